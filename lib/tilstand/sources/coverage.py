"""Find tests that far fewer pupils sat than one should expect."""

from __future__ import annotations

import math

import pandas as pd

SHARE = 0.8
DEVIATIONS = 4.0
COVERAGE_COLUMNS = ("place", "unit", "year", "grade", "subject", "n", "expected", "share")


def partial_coverage(
    figures: pd.DataFrame, share: float = SHARE, deviations: float = DEVIATIONS
) -> pd.DataFrame:
    """List municipalities' tests that only a part of the pupils seem to have sat.

    Parameters
    ----------
    figures : pandas.DataFrame
        Figures with ``place``, ``n`` as numbers, both sexes and all ownerships together.
    share : float
        Largest share of the expected pupils that is called partial.
    deviations : float
        How many times the square root of the expected number has to be missing, so that a small
        year group is not taken for a partial one.

    Returns
    -------
    pandas.DataFrame
        One row a municipality, year, grade and subject, with the expected number and the share
        of it, most pupils missing first.

    Notes
    -----
    Expected is the largest of: the same test one year before and after; the same pupils' test in
    another grade (year minus grade the same); the other subjects of the same year and grade.
    """
    rows = figures[
        (figures["level"] == "municipality")
        & (figures["indicator"] == "np_scale_points")
        & (figures["gender"] == "")
        & (figures["category"] == "")
        & figures["n"].notna()
    ].copy()
    if rows.empty:
        return pd.DataFrame(columns=list(COVERAGE_COLUMNS))
    rows["grade_number"] = rows["grade"].astype(int)
    by_test: dict[tuple, float] = {}
    for row in rows.to_dict("records"):
        by_test[_key(row, row["year"], row["grade_number"], row["subject"])] = float(row["n"])
    subjects = sorted(rows["subject"].unique())
    grades = sorted(rows["grade_number"].unique())
    found = []
    for row in rows.to_dict("records"):
        year, grade = row["year"], row["grade_number"]
        kin = [_key(row, year + step, grade, row["subject"]) for step in (-1, 1)]
        kin += [_key(row, year + g - grade, g, row["subject"]) for g in grades if g != grade]
        kin += [_key(row, year, grade, other) for other in subjects if other != row["subject"]]
        expected = max((by_test.get(key, 0.0) for key in kin), default=0.0)
        missing = expected - row["n"]
        if row["n"] < share * expected and missing > deviations * math.sqrt(expected):
            told = {"expected": expected, "share": row["n"] / expected}
            found.append({**{column: row.get(column) for column in COVERAGE_COLUMNS}, **told})
    table = pd.DataFrame(found, columns=list(COVERAGE_COLUMNS))
    order = (table["n"] - table["expected"]).sort_values(kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _key(row: dict, year: int, grade: int, subject: str) -> tuple:
    return (row["place"], int(year), int(grade), subject)
