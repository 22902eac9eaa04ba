"""Bring an edition's pupil file into the frames that analysis of pupils takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.mastery_levels import LIMITS, level_of
from tilstand.analysis.pupil_data import (
    ANSWER_COLUMNS,
    BULLYING_COLUMNS,
    COMPLETION_COLUMNS,
    MARK_COLUMNS,
    PAIR_COLUMNS,
    POINT_COLUMNS,
    TEST_COLUMNS,
    PupilData,
)

if TYPE_CHECKING:
    from tilstand.edition.pupil_file import PupilFile

#: What a test is called when the edition doesn't say its subject.
UNNAMED = "test"
#: Tests that follow each other: 9. trinn sits the test of 8. trinn again.
PAIRS = {(9, 8), (8, 5)}
#: The grade whose result is owed to the primary school, where the file names it.
OWED_TO_FEEDER = 8
#: The grade of a file's tests, and of its marks, when nothing says it.
DEFAULT_GRADE, LAST_GRADE = 9, 10
#: What fields of the pupil survey begin with.
SURVEY = "survey_"
_LAST_PRIMARY = 7


def frames_of(pupils: pd.DataFrame, file: PupilFile, year: int) -> PupilData:
    """Make the frames of a pupil file: a test and the one before it, marks, answers.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        As `pupils.reading.read_edition_pupils` gives it.
    file : PupilFile
        What the tests are called.
    year : int
        The edition's year: the autumn of the rows where the file has no cohorts.

    Returns
    -------
    PupilData
        Of the municipality's own pupils: ``tests`` where there is a result, ``pairs`` where two
        tests follow each other in `PAIRS`, and what the other fields of the schema fill.
    """
    own = pupils[pupils["home"].astype(bool)].reset_index(drop=True)
    blank = pd.Series("", index=own.index)
    autumn = own["cohort"].astype(int) if file.cohort else pd.Series(year, index=own.index)
    shared = pd.DataFrame(
        {
            "pupil": own["pupil"] if "pupil" in own else own.index.astype(str),
            "year": autumn,
            "school": own["school"].astype(str),
            "feeder_school": own.get("feeder_school", blank),
            "gender": own.get("gender", blank),
        },
        index=own.index,
    )
    tests, pairs = _tests(own, shared, file) if "outcome" in own else (None, None)
    left = shared.assign(year=autumn + LAST_GRADE + 1 - _grades(own, file, LAST_GRADE))
    answered = shared.assign(grade=_grades(own, file, LAST_GRADE))
    subject = left.assign(subject=file.subject or UNNAMED)
    empty = PupilData()
    return PupilData(
        tests=empty.tests if tests is None else tests,
        pairs=empty.pairs if pairs is None else pairs,
        marks=_filled(subject, own, {"final": "final", "exam": "exam"}, MARK_COLUMNS),
        points=_all(left, own, {"points": "grade_points"}, POINT_COLUMNS),
        answers=_answers(answered, own),
        bullying=_filled(answered, own, {"bullied": "bullied"}, BULLYING_COLUMNS),
        completion=_filled(left, own, {"completed": "completed"}, COMPLETION_COLUMNS),
    )


def test_of(file: PupilFile) -> tuple[str, str]:
    """Name a file's test as the tables name it.

    Parameters
    ----------
    file : PupilFile
        What the tests are called.

    Returns
    -------
    grade, subject : str
        Both as text.
    """
    return str(_grade(file.grade, DEFAULT_GRADE)), file.subject or UNNAMED


def pairs_everywhere(pupils: pd.DataFrame, file: PupilFile, year: int) -> pd.DataFrame:
    """Make the pairs of tests of all pupils in a file, other municipalities' too.

    Parameters
    ----------
    pupils, file, year
        As for `frames_of`.

    Returns
    -------
    DataFrame
        Columns of ``PupilData.pairs``, ``home`` (is the pupil's school ours) and ``municipality``,
        blank where the file has none.
    """
    pairs = frames_of(pupils.assign(home=True), file, year).pairs
    placed = pupils.get("municipality", pd.Series("", index=pupils.index)).fillna("")
    return pairs.assign(
        home=pupils["home"].astype(bool).reindex(pairs.index),
        municipality=placed.reindex(pairs.index),
    )


def joined(parts: Sequence[PupilData]) -> PupilData:
    """Put the frames of several files together.

    Parameters
    ----------
    parts : sequence of PupilData
        One a file.

    Returns
    -------
    PupilData
        All rows; a pupil's keys in two files are not each other's.
    """
    whole = {}
    for field in fields(PupilData):
        frames = [getattr(part, field.name) for part in parts]
        filled = [frame for frame in frames if len(frame)]
        whole[field.name] = pd.concat(filled, ignore_index=True) if filled else frames[0]
    return PupilData(**whole)


def _tests(
    own: pd.DataFrame, shared: pd.DataFrame, file: PupilFile
) -> tuple[pd.DataFrame, pd.DataFrame]:
    grades = _grades(own, file, DEFAULT_GRADE)
    score = own["outcome"].astype(float)
    told = shared.assign(
        grade=grades,
        subject=file.subject or UNNAMED,
        exempt=own.get("exempt", pd.Series(False, index=own.index)),
        score=score,
        level=_levels(score, grades),
    )
    tests = told[list(TEST_COLUMNS)]
    if "prior" not in own:
        return tests, PupilData().pairs
    prior_grades = _prior_grades(file, grades)
    prior = own["prior"].astype(float)
    both = told.assign(
        prior=prior, outcome=score, start=_levels(prior, prior_grades), end=told["level"]
    )
    follows = [pair in PAIRS for pair in zip(grades, prior_grades, strict=True)]
    pairs = both[prior.notna() & score.notna() & pd.Series(follows, index=own.index, dtype=bool)]
    return tests, pairs.assign(school=owed_schools(pairs, file))[list(PAIR_COLUMNS)]


def owed_schools(pupils: pd.DataFrame, file: PupilFile) -> pd.Series:
    """Name the school that each pupil's later result is owed to.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        ``school`` and, where the file names them, ``feeder_school`` and ``grade``.
    file : PupilFile
        What the tests are called.

    Returns
    -------
    Series
        What pupils have learnt by the autumn of 8. trinn, they learnt at the school they came
        from; the school itself otherwise, and where the one before is not known.
    """
    before = pupils.get("feeder_school", pd.Series("", index=pupils.index)).fillna("")
    came = (_grades(pupils, file, DEFAULT_GRADE) == OWED_TO_FEEDER) & (before != "")
    return pupils["school"].where(~came, before)


def _filled(
    shared: pd.DataFrame, own: pd.DataFrame, named: dict[str, str], columns: tuple[str, ...]
) -> pd.DataFrame:
    """Take the rows that have a value in one of the fields; none where the file has no field."""
    rows = _all(shared, own, named, columns)
    return rows[rows[list(named)].notna().any(axis=1)]


def _all(
    shared: pd.DataFrame, own: pd.DataFrame, named: dict[str, str], columns: tuple[str, ...]
) -> pd.DataFrame:
    there = {name: own[field] for name, field in named.items() if field in own}
    rows = shared if there else shared.iloc[:0]
    return rows.assign(**there).reindex(columns=list(columns))


def _answers(shared: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    indexes = [name for name in map(str, own.columns) if name.startswith(SURVEY)]
    parts = [shared.assign(index=name, value=own[name]) for name in indexes]
    rows = [part[part["value"].notna()] for part in parts]
    filled = [part[list(ANSWER_COLUMNS)] for part in rows if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else PupilData().answers


def _grades(own: pd.DataFrame, file: PupilFile, default: int) -> pd.Series:
    """Return each row's grade: the edition's word, else the file's column, else the default."""
    if file.grade.isdigit() or "grade" not in own:
        return pd.Series(_grade(file.grade, default), index=own.index)
    return own["grade"].astype("Int64").fillna(default).astype(int)


def _prior_grades(file: PupilFile, grades: pd.Series) -> pd.Series:
    before = grades - 1
    if file.prior_grade.isdigit():
        before = pd.Series(int(file.prior_grade), index=grades.index)
    return before


def _levels(score: pd.Series, grades: pd.Series) -> pd.Series:
    level = pd.Series(pd.NA, index=score.index, dtype="Int64")
    for grade in sorted(set(grades)):
        here = grades == grade
        level = level.where(~here, level_of(score.where(here), _scale(int(grade))))
    return level


def _grade(said: str, default: int) -> int:
    return int(said) if said.isdigit() else default


def _scale(grade: int) -> int:
    """Find the test whose levels hold for a grade: three levels in primary school, five after."""
    return grade if grade in LIMITS else (5 if grade <= _LAST_PRIMARY else 8)
