"""Simulate what the example's pupils have beside national tests: marks, a survey, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from tilstand.simulation.school_map import SchoolMap

#: Years that the example spans, the edition's own the last.
YEARS = 4
#: Indexes of the pupil survey with their level and their spread between pupils, on 1-5.
INDEXES = {
    "survey_wellbeing": (4.2, 0.75),
    "survey_teacher_support": (4.1, 0.75),
    "survey_learning_culture": (3.9, 0.70),
    "survey_motivation": (3.5, 0.85),
    "survey_assessment": (3.5, 0.80),
    "survey_home_support": (4.1, 0.75),
}
SURVEY_GRADES = (7, 10)
SUBJECTS = ("norwegian_main", "mathematics", "english")
# Years on the way from 8. trinn: the exam stands in the spring three years after that autumn.
TO_EXAM = 3
_COMPLETION_YEARS = 5


def marks_of(
    places: SchoolMap,
    pupils: pd.DataFrame,
    ability: dict[tuple[int, str], np.ndarray],
    year: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Grade the leavers: teachers' grades lean by school, the exam does not."""
    spring = (pupils["cohort"] + TO_EXAM).to_numpy()
    kept = (spring > year - YEARS) & (spring <= year)
    rows = pupils[kept]
    n = len(rows)
    girl = (rows["gender"] == "female").to_numpy()
    reading, numeracy = ability[9, "reading"][kept], ability[9, "numeracy"][kept]
    skill = {
        "norwegian_main": reading,
        "mathematics": numeracy,
        "english": ability[8, "english"][kept] + 0.35,
    }
    effort = 0.35 * rng.standard_normal(n) + 0.25 * girl
    leniency = 0.12 * rng.standard_normal(len(places.keys))[rows["lower"].to_numpy()]
    # One subject of the three is drawn for the exam of each class; here, for each pupil.
    drawn = rng.integers(0, len(SUBJECTS), n)
    common = {
        "pupil": rows["pupil"].to_numpy(),
        "year": spring[kept],
        "school": places.keys[rows["lower"]],
        "gender": rows["gender"].to_numpy(),
    }
    parts = []
    for number, subject in enumerate(SUBJECTS):
        level = 3.55 + 0.85 * skill[subject]
        final = level + effort + leniency + 0.4 * rng.standard_normal(n)
        exam = level - 0.1 + 0.55 * rng.standard_normal(n)
        sat = pd.Series(np.round(exam).clip(1, 6)).where(drawn == number)
        parts.append(
            pd.DataFrame(
                {**common, "subject": subject, "final": np.round(final).clip(1, 6)}
            ).assign(exam=sat)
        )
    broad = 37.5 + 6.5 * (reading + numeracy) / 2 + 11 * effort + 3 * leniency
    total = np.round(broad + 3.0 * rng.standard_normal(n), 1).clip(10, 60)
    points = pd.DataFrame({**common, "points": pd.Series(total).mask(rng.random(n) < 0.01)})
    return pd.concat(parts, ignore_index=True), points


def answers_of(
    places: SchoolMap, pupils: pd.DataFrame, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Let nine pupils in ten answer; schools differ by little. One row an answerer, without key."""
    climate = 0.07 * rng.standard_normal((len(places.keys), len(INDEXES)))
    harm = 0.25 * rng.standard_normal(len(places.keys))
    answers = []
    for grade in SURVEY_GRADES:
        autumn = (pupils["cohort"] + grade - 8).to_numpy()
        kept = (autumn > year - YEARS) & (autumn <= year) & (rng.random(len(pupils)) < 0.9)
        rows = pupils[kept]
        at = (rows["feeder"] if grade == 7 else rows["lower"]).to_numpy()
        # A pupil of the new school's area answered elsewhere before it opened: `feeder` knows.
        mood = 0.5 * rng.standard_normal(len(rows))
        told: dict[str, object] = {
            "year": autumn[kept],
            "grade": grade,
            "school": places.keys[at],
            "gender": rows["gender"].to_numpy(),
        }
        for number, (index, (level, spread)) in enumerate(INDEXES.items()):
            lower = 0.2 * (grade == 10)
            own = np.sqrt(1 - 0.5**2) * rng.standard_normal(len(rows))
            value = level - lower + climate[at, number] + spread * (mood + own)
            # An index is a mean of four questions: steps of a quarter.
            told[index] = (np.round(4 * value) / 4).clip(1, 5)
        chance = 1 / (1 + np.exp(2.75 - harm[at] + 0.5 * mood - 0.35 * (grade == 7)))
        answers.append(pd.DataFrame({**told, "bullied": rng.random(len(rows)) < chance}))
    return pd.concat(answers, ignore_index=True)


def completion_of(places: SchoolMap, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Follow those who began vg1 so long ago that five years have passed."""
    parts = []
    for begun in range(year - YEARS + 1 - _COMPLETION_YEARS, year + 1 - _COMPLETION_YEARS):
        n = int(rng.poisson(900))
        gender = np.where(rng.random(n) < 0.49, "female", "male")
        chance = np.where(gender == "female", 0.87, 0.79)
        parts.append(
            pd.DataFrame(
                {
                    "pupil": [f"V{begun}{number:04d}" for number in range(n)],
                    "year": begun,
                    "school": rng.choice(places.keys[places.lower], n),
                    "gender": gender,
                    "completed": rng.random(n) < chance,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
