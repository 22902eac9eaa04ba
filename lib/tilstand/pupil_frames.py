"""Bring an edition's pupil file into the frames that analysis of pupils takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.mastery_levels import LIMITS, level_of
from tilstand.analysis.pupil_data import PAIR_COLUMNS, TEST_COLUMNS, PupilData

if TYPE_CHECKING:
    from tilstand.pupil_file import PupilFile

#: What a test is called when the edition doesn't say its subject.
UNNAMED = "test"
#: Tests that follow each other: 9. trinn sits the test of 8. trinn again.
PAIRS = {(9, 8), (8, 5)}
_LAST_PRIMARY = 7


def frames_of(pupils: pd.DataFrame, file: PupilFile, year: int) -> PupilData:
    """Make the frames of a pupil file: one test a pupil, and the one before it.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        As `sources.edition_pupils.read_edition_pupils` gives it.
    file : PupilFile
        What the tests are called.
    year : int
        The edition's year: the autumn of the test where the file has no cohorts.

    Returns
    -------
    PupilData
        ``tests`` of the municipality's own pupils, and ``pairs`` where the two tests follow each
        other in `PAIRS`; the rest is empty.
    """
    own = pupils[pupils["home"].astype(bool)].reset_index(drop=True)
    grade = _grade(file.grade, 9)
    prior_grade = _grade(file.prior_grade, grade - 1)
    score = own["outcome"].astype(float)
    blank = pd.Series("", index=own.index)
    shared = pd.DataFrame(
        {
            "pupil": own["pupil"] if "pupil" in own else own.index.astype(str),
            "year": own["cohort"].astype(int) if file.cohort else year,
            "grade": grade,
            "subject": file.subject or UNNAMED,
            "school": own["school"].astype(str),
            "feeder_school": own.get("feeder_school", blank),
            "gender": own.get("gender", blank),
            "exempt": own.get("exempt", pd.Series(False, index=own.index)),
            "score": score,
            "level": level_of(score, _scale(grade)),
        },
        index=own.index,
    )
    tests = shared[list(TEST_COLUMNS)]
    prior = own["prior"].astype(float)
    both = shared.assign(
        prior=prior, outcome=score, start=level_of(prior, _scale(prior_grade)), end=shared["level"]
    )
    pairs = both[prior.notna() & score.notna()]
    if (grade, prior_grade) not in PAIRS:
        pairs = pairs.iloc[:0]
    return PupilData(tests=tests, pairs=pairs[list(PAIR_COLUMNS)])


def _grade(said: str, default: int) -> int:
    return int(said) if said.isdigit() else default


def _scale(grade: int) -> int:
    """Find the test whose levels hold for a grade: three levels in primary school, five after."""
    return grade if grade in LIMITS else (5 if grade <= _LAST_PRIMARY else 8)
