"""State the frames that everything about pupils is computed from, real or simulated."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

TEST_COLUMNS = (
    "pupil",
    "year",
    "grade",
    "subject",
    "school",
    "feeder_school",
    "gender",
    "exempt",
    "score",
    "level",
)
PAIR_COLUMNS = (
    "pupil",
    "year",
    "grade",
    "subject",
    "school",
    "gender",
    "start",
    "end",
    "prior",
    "outcome",
)
MARK_COLUMNS = ("pupil", "year", "school", "gender", "subject", "final", "exam")
POINT_COLUMNS = ("pupil", "year", "school", "gender", "points")
ANSWER_COLUMNS = ("year", "grade", "school", "gender", "index", "value")
BULLYING_COLUMNS = ("year", "grade", "school", "gender", "bullied")
COMPLETION_COLUMNS = ("pupil", "year", "school", "gender", "completed")


def _no_rows(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class PupilData:
    """Hold one municipality's pupils; nothing of it is ever shown, only tables made from it.

    Parameters
    ----------
    tests : DataFrame, one row a pupil and test
        ``year`` (autumn), ``grade`` (5, 8, 9), ``subject``, ``school`` (where the test was sat),
        ``feeder_school`` (the primary school; blank where unknown), ``gender`` (female, male, or
        blank), ``exempt`` (bool), ``score`` (scale points, missing when not sat) and ``level``
        (mastery level, missing with the score).
    pairs : DataFrame, one row a pupil and subject
        Who has two tests in a row, at the later one: ``year``, ``grade`` (9: the same test as on
        8. trinn; 8: the test of 5. trinn came before), ``school`` that the later result is owed
        to, ``start`` and ``end`` (levels), ``prior`` and ``outcome`` (scores).
    marks : DataFrame, one row a pupil and subject
        ``year`` (spring of 10. trinn), ``final`` (standpunkt, 1-6) and ``exam`` (1-6, missing for
        who was not drawn).
    points : DataFrame, one row a pupil
        Grunnskolepoeng, 0-60; missing for who has too few grades.
    answers : DataFrame, one row an answer
        Elevundersøkelsen: ``index`` and ``value`` (1-5). Answers are anonymous: no pupil's key.
    bullying : DataFrame, one row an answer
        ``bullied`` (bool): two or three times a month or more often.
    completion : DataFrame, one row a pupil
        ``year`` is the autumn of vg1; ``completed`` (bool) within five years.
    """

    tests: pd.DataFrame = field(default_factory=lambda: _no_rows(TEST_COLUMNS))
    pairs: pd.DataFrame = field(default_factory=lambda: _no_rows(PAIR_COLUMNS))
    marks: pd.DataFrame = field(default_factory=lambda: _no_rows(MARK_COLUMNS))
    points: pd.DataFrame = field(default_factory=lambda: _no_rows(POINT_COLUMNS))
    answers: pd.DataFrame = field(default_factory=lambda: _no_rows(ANSWER_COLUMNS))
    bullying: pd.DataFrame = field(default_factory=lambda: _no_rows(BULLYING_COLUMNS))
    completion: pd.DataFrame = field(default_factory=lambda: _no_rows(COMPLETION_COLUMNS))
