"""Simulate the pupils of Eksempel kommune, and of the country around it, test by test.

Everything here is invented: schools, pupils and answers. The four years end with the edition's
own. The pupils are the same in every edition but for their years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.simulation.marks_and_answers import (
    TO_EXAM,
    YEARS,
    answers_of,
    completion_of,
    marks_of,
)
from tilstand.simulation.plan import TESTS
from tilstand.simulation.school_map import TINY, SchoolMap, map_schools
from tilstand.simulation.schools import OPENED_AGO, example_schools, other_schools

if TYPE_CHECKING:
    from tilstand.simulation.schools import InventedSchool

SEED = 3034
RELIABILITY = 0.85
#: Municipalities around the example, each with as many lower secondary schools.
OTHERS, SCHOOLS_EACH = 6, 10
_POINTS = 9.0


@dataclass(frozen=True)
class Example:
    """Hold the invented pupils and what is true of them.

    Parameters
    ----------
    schools : list of InventedSchool
        Their schools.
    tests : DataFrame, one row a pupil and test
        ``pupil, year, grade, subject, school, feeder_school, gender, education, immigrant, moved,
        exempt, score`` and, where a test on 5. or 8. trinn lies within the four years, its score in
        the subject: ``before_5`` and ``before_8``.
    marks, points, answers, completion : DataFrame
        As `marks_of`, `answers_of` and `completion_of` return them.
    truth : DataFrame
        ``school, grade, contribution``: what each school truly adds to the tests of 8. trinn
        (primary) and 9. trinn (lower secondary), scale points, the same in all subjects.
    """

    schools: list[InventedSchool]
    tests: pd.DataFrame
    marks: pd.DataFrame
    points: pd.DataFrame
    answers: pd.DataFrame
    completion: pd.DataFrame
    truth: pd.DataFrame


def example_municipality(year: int) -> Example:
    """Simulate the example municipality.

    Parameters
    ----------
    year : int
        Data year of the edition: the last of the four.

    Returns
    -------
    Example
        About 950 pupils a grade. Deterministic.

    Notes
    -----
    As in `simulation.simulate`: ability follows ``a_g = r a_f + background + u + growth`` from
    test to test, with ``u`` the contribution of the school that the result is owed to, and a test
    shows ``50 + 9 (a + error)`` in whole points, with the error that a reliability of 0.85 means.
    """
    rng = np.random.default_rng(SEED)
    schools = example_schools()
    places = map_schools(schools, rng)
    pupils, contributions = _pupils(places, year, rng)
    ability = _abilities(pupils, contributions, rng)
    tests = _tests(places, pupils, ability, year, rng)
    marks, points = marks_of(places, pupils, ability, year, rng)
    answers = answers_of(places, pupils, year, rng)
    completion = completion_of(places, year, rng)
    return Example(
        schools, tests, marks, points, answers, completion, _truth(places, contributions)
    )


def municipalities_around(year: int) -> pd.DataFrame:
    """Simulate the pupils of the country that the example municipality lies in.

    Parameters
    ----------
    year : int
        Data year of the edition.

    Returns
    -------
    DataFrame, one row a pupil and test
        As ``tests`` of `Example`, with ``municipality``. The same process as in the example, of
        municipalities whose pupils on average start lower and that differ from each other.
    """
    rng = np.random.default_rng([SEED, 1])
    parts = []
    for number in range(1, OTHERS + 1):
        places = map_schools(other_schools(number, SCHOOLS_EACH), rng)
        pupils, contributions = _pupils(places, year, rng)
        level = -0.25 + 0.2 * rng.standard_normal()
        ability = _abilities(pupils, contributions, rng, level)
        tests = _tests(places, pupils, ability, year, rng)
        parts.append(tests.assign(municipality=f"Kommune {number:02d}"))
    return pd.concat(parts, ignore_index=True)


#: Schools of the example that are unlike the others; a municipality around it has none of them.


def _pupils(
    places: SchoolMap, year: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Draw the cohorts by the autumn of their 8. trinn, and every school's contribution."""
    count = len(places.keys)
    intake = 0.3 * rng.standard_normal(count)
    cohorts = range(year - YEARS + 1 - TO_EXAM, year + YEARS)
    feeder = np.concatenate([np.repeat(places.primary, _drawn_sizes(places, rng)) for _ in cohorts])
    each = len(feeder)
    cohort = np.concatenate(
        [np.full(size, c) for c, size in zip(cohorts, _lengths(feeder), strict=True)]
    )
    # Before it opened, the new school's pupils went to the school beside it.
    opened = year - OPENED_AGO
    grade_5 = np.where((feeder == places.new) & (cohort - 3 < opened), places.beside_new, feeder)
    leaving = np.where((feeder == places.new) & (cohort - 1 < opened), places.beside_new, feeder)
    moved_on = rng.random(each) < 0.08
    elsewhere = rng.choice(places.lower[places.lower != places.combined], each)
    stays = np.isin(leaving, [places.combined])
    lower = np.where(moved_on & ~stays, elsewhere, places.parent[leaving])
    education = np.digitize(0.9 * intake[feeder] + rng.standard_normal(each), [-1.1, -0.1, 0.8])
    special, immigrant = rng.random(each) < 0.07, rng.random(each) < 0.17
    pupils = pd.DataFrame(
        {
            "pupil": [f"X{number:05d}" for number in range(1, each + 1)],
            "cohort": cohort,
            "at_5": grade_5,
            "feeder": leaving,
            "lower": lower,
            "gender": np.where(rng.random(each) < 0.49, "female", "male"),
            "special": special,
            "immigrant": immigrant,
            "education": education,
            "here_at_5": rng.random(each) > 0.05,
            "here_at_8": rng.random(each) > 0.02,
            "background": 0.25 * (education - 1.6) - 0.25 * immigrant - 0.8 * special,
            "intake": intake[feeder],
        }
    )
    contributions = {
        "primary": 0.10 * rng.standard_normal(count),
        "lower": 0.11 * rng.standard_normal(count),
    }
    return pupils, contributions


def _drawn_sizes(places: SchoolMap, rng: np.random.Generator) -> np.ndarray:
    drawn = rng.poisson(places.size[places.primary]).clip(TINY)
    return np.where(places.primary == places.tiny, TINY, drawn)


def _lengths(feeder: np.ndarray) -> list[int]:
    """Find where each cohort starts: the primary schools begin anew."""
    starts = np.flatnonzero(np.r_[True, np.diff(feeder) < 0, True])
    return [int(length) for length in np.diff(starts)]


def _abilities(
    pupils: pd.DataFrame,
    contributions: dict[str, np.ndarray],
    rng: np.random.Generator,
    level: float = 0.15,
) -> dict[tuple[int, str], np.ndarray]:
    """Follow ability, in SDs of the country, from test to test, starting at a level."""
    n = len(pupils)
    girl = (pupils["gender"] == "female").to_numpy()
    leaning = {"reading": 0.2, "numeracy": -0.15, "english": 0.0}
    start = (level + pupils["background"] + 0.6 * pupils["intake"]).to_numpy()
    shared = rng.standard_normal(n)
    ability: dict[tuple[int, str], np.ndarray] = {}
    together = {grade: rng.standard_normal(n) for grade in TESTS}
    for subject in TESTS[5]:
        own = rng.standard_normal(n)
        sex = leaning[subject] * (girl - 0.5)
        at_5 = start + sex + 0.8 * (0.75 * shared + 0.66 * own)
        growth = 0.55 * (0.7 * together[8] + 0.71 * rng.standard_normal(n))
        gain = contributions["primary"][pupils["feeder"].to_numpy()]
        at_8 = 0.82 * at_5 + 0.12 * pupils["background"].to_numpy() + gain + growth
        ability |= {(5, subject): at_5, (8, subject): at_8}
        if subject in TESTS[9]:
            growth = 0.35 * (0.7 * together[9] + 0.71 * rng.standard_normal(n))
            gain = contributions["lower"][pupils["lower"].to_numpy()]
            ability[9, subject] = 0.38 + 0.92 * at_8 + gain + growth
    return ability


def _tests(
    places: SchoolMap,
    pupils: pd.DataFrame,
    ability: dict[tuple[int, str], np.ndarray],
    year: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    parts, in_grade_5 = [], []
    after_8 = {5: -3, 8: 0, 9: 1}
    error = np.sqrt((1 - RELIABILITY) / RELIABILITY) * 0.97
    by_school = np.exp(0.4 * rng.standard_normal(len(places.keys)))
    for (grade, subject), true in sorted(ability.items()):
        autumn = (pupils["cohort"] + after_8[grade]).to_numpy()
        present = pupils["here_at_5"] if grade == 5 else pupils["here_at_8"] | (grade == 9)
        kept = (autumn > year - YEARS) & (autumn <= year) & present.to_numpy()
        rows = pupils[kept]
        at = (rows["at_5"] if grade == 5 else rows["lower"]).to_numpy()
        score = np.round(50 + _POINTS * (true + error * rng.standard_normal(len(true))))
        score = score.clip(1, 100)
        if grade == 5:
            sat = pupils.loc[pupils["here_at_5"], ["pupil"]]
            in_grade_5.append(sat.assign(subject=subject, before_5=score[pupils["here_at_5"]]))
        moved = ~(pupils["here_at_5"] & pupils["here_at_8"])
        risk = 0.018 * by_school[at] * (1 + 9 * rows["special"] + 3 * rows["immigrant"])
        exempt = rng.random(len(rows)) < risk.to_numpy()
        absent = rng.random(len(rows)) < 0.02
        shown = pd.Series(score[kept]).mask(exempt | absent)
        parts.append(
            pd.DataFrame(
                {
                    "pupil": rows["pupil"].to_numpy(),
                    "year": autumn[kept],
                    "grade": grade,
                    "subject": subject,
                    "school": places.keys[at],
                    "feeder_school": places.keys[rows["feeder"]] if grade > 5 else "",
                    "gender": rows["gender"].to_numpy(),
                    "education": rows["education"].to_numpy(),
                    "immigrant": rows["immigrant"].to_numpy(),
                    "moved": moved[kept].to_numpy(),
                    "exempt": exempt,
                    "score": shown,
                }
            )
        )
    return _with_earlier(pd.concat(parts, ignore_index=True), pd.concat(in_grade_5))


def _with_earlier(tests: pd.DataFrame, in_grade_5: pd.DataFrame) -> pd.DataFrame:
    """Put each pupil's earlier scores in the subject beside the later ones.

    The test just before is known where it lies within the four years, as it would be to who keeps
    four years' files; 9. trinn knows its score on 5. trinn from before that.
    """
    sat = tests[["pupil", "grade", "subject", "score"]]
    within = {
        grade: sat[sat["grade"] == grade].rename(columns={"score": f"before_{grade}"})
        for grade in (5, 8)
    }
    key, parts = ["pupil", "subject"], []
    for grade, rows in tests.groupby("grade", sort=False):
        first = in_grade_5 if grade == 9 else within[5].drop(columns="grade")
        found = rows.merge(first, on=key, how="left")
        found = found.merge(within[8].drop(columns="grade"), on=key, how="left")
        early = [name for name in ("before_5", "before_8") if int(name[-1]) >= int(str(grade))]
        parts.append(found.assign(**dict.fromkeys(early, np.nan)))
    return pd.concat(parts, ignore_index=True)


def _truth(places: SchoolMap, contributions: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "school": places.keys[at],
                "grade": grade,
                "contribution": _POINTS * contributions[kind][at],
            }
        )
        for grade, kind, at in ((8, "primary", places.primary), (9, "lower", places.lower))
    ]
    return pd.concat(parts, ignore_index=True)
