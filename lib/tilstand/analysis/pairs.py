"""Join each pupil's test with the earlier one in the same subject."""

from __future__ import annotations

import pandas as pd

from tilstand.analysis.pupil_data import PAIR_COLUMNS

#: The grade and the years before of the test that comes before each grade's.
BEFORE = {8: (5, 3), 9: (8, 1)}


def join_tests(tests: pd.DataFrame) -> pd.DataFrame:
    """Join tests of the same pupils.

    Parameters
    ----------
    tests : DataFrame
        As in `PupilData`.

    Returns
    -------
    DataFrame
        As ``pairs`` in `PupilData`. A result on 8. trinn is owed to the primary school that the
        pupil came from, one on 9. trinn to the school that the pupil is at.
    """
    sat = tests[tests["score"].notna()]
    parts = []
    for grade, (earlier, years) in BEFORE.items():
        first = sat[sat["grade"] == earlier]
        first = first.assign(year=first["year"] + years)
        both = sat[sat["grade"] == grade].merge(
            first[["pupil", "year", "subject", "score", "level"]],
            on=["pupil", "year", "subject"],
            suffixes=("", "_before"),
        )
        owed = "feeder_school" if grade == 8 else "school"
        renamed = {"level_before": "start", "level": "end"}
        renamed |= {"score_before": "prior", "score": "outcome"}
        parts.append(both.assign(school=both[owed]).rename(columns=renamed)[list(PAIR_COLUMNS)])
    joined = pd.concat(parts, ignore_index=True)
    return joined[joined["school"].fillna("") != ""].reset_index(drop=True)
