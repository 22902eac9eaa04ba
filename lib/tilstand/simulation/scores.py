"""Let simulated pupils grow, by what their schools contribute, and sit their tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tilstand.simulation.places import Places, school_names
from tilstand.simulation.plan import OWED_TO, TESTS, Plan, Simulated

# Scale points per unit of ability, so that scores spread about 10 points around 50.
_POINTS = 9.0
# Share of what a pupil gains between tests that all subjects have in common.
_SHARED_GROWTH = 0.5


def sit_tests(
    plan: Plan, places: Places, pupils: pd.DataFrame, rng: np.random.Generator
) -> Simulated:
    """Let pupils grow from test to test and show it with error.

    Parameters
    ----------
    plan : Plan
        How much schools contribute, and how well tests measure.
    places : Places
        The schools.
    pupils : DataFrame
        As `draw_pupils` gives them.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Simulated
        Pupils with their tests, and the truth about them.
    """
    n = len(pupils)
    school, feeder = pupils["_school"].to_numpy(), pupils["_feeder"].to_numpy()
    position = np.searchsorted(np.asarray(plan.cohorts), pupils["cohort"].to_numpy())
    background = _background(pupils)
    intake = places.intake[school] + places.primary_intake[feeder]
    shared = rng.standard_normal(n)
    ability: dict[str, np.ndarray] = {}
    truth: list[pd.DataFrame] = []
    scores: dict[str, np.ndarray] = {}
    current: dict[str, np.ndarray] = {}
    contribution_sd = plan.growth_sd * np.sqrt(
        plan.contribution_share / (1 - plan.contribution_share)
    )
    for grade, subjects in TESTS.items():
        owed = feeder if OWED_TO[grade] == "feeder_school" else school
        count = len(places.primary_parent) if OWED_TO[grade] == "feeder_school" else plan.schools
        mean_intake = np.bincount(owed, intake, count) / np.maximum(
            np.bincount(owed, None, count), 1
        )
        effects = contribution_sd * _contributions(plan, mean_intake, len(subjects), rng)
        taken = _taken(plan, pupils, grade, rng)
        together = rng.standard_normal(n)
        pupils[f"exempt_{grade}"] = taken["exempt"]
        for s, subject in enumerate(subjects):
            own = rng.standard_normal(n)
            gain = effects[owed, position, s]
            if grade == 5:
                start = intake + background + 0.8 * (0.75 * shared + np.sqrt(1 - 0.75**2) * own)
                current[subject] = start + gain
            else:
                carried = 0.85 * current[subject] + 0.1 * background
                growth = np.sqrt(_SHARED_GROWTH) * together + np.sqrt(1 - _SHARED_GROWTH) * own
                current[subject] = carried + gain + plan.growth_sd * growth
            ability[f"{subject}_{grade}"] = current[subject]
            truth.append(_truth(plan, effects[:, :, s], grade, subject))
            scores[f"{subject}_{grade}"] = _shown(plan, current[subject], taken["taken"], rng)
    points = pd.DataFrame({name: _scale(value) for name, value in ability.items()})
    for name, value in scores.items():
        pupils[name] = value
    pupils["simulated"] = True
    return Simulated(
        pupils.drop(columns=["_school", "_feeder"]),
        pd.concat(truth, ignore_index=True),
        points,
        plan,
    )


def _background(pupils: pd.DataFrame) -> np.ndarray:
    education = pupils["parents_education"].cat.codes.to_numpy()
    month = pupils["birth_month"].to_numpy()
    value = (
        0.25 * (education - 1.5)
        - 0.02 * (month - 6.5)
        - 0.25 * pupils["immigration_background"].to_numpy()
        - 0.8 * pupils["special_education"].to_numpy()
    )
    return np.asarray(value - value.mean())


def _contributions(
    plan: Plan, intake: np.ndarray, subjects: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw unit-variance contributions, shape (schools, cohorts, subjects)."""
    count, cohorts = len(intake), len(plan.cohorts)
    standard = (intake - intake.mean()) / intake.std()
    r = plan.intake_correlation
    stable = rng.standard_normal((count, 1, 1))
    by_subject = rng.standard_normal((count, 1, subjects))
    by_cohort = rng.standard_normal((count, cohorts, subjects))
    common, kept = plan.subject_correlation, plan.cohort_correlation
    mixed = np.sqrt(common) * stable + np.sqrt(1 - common) * by_subject
    mixed = np.sqrt(kept) * mixed + np.sqrt(1 - kept) * by_cohort
    drawn: np.ndarray = r * standard[:, None, None] + np.sqrt(1 - r**2) * mixed
    return drawn - drawn.mean(axis=0)


def _taken(
    plan: Plan, pupils: pd.DataFrame, grade: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    n = len(pupils)
    leaning = (
        1.0
        + 6.0 * pupils["special_education"].to_numpy()
        + 2.0 * pupils["immigration_background"].to_numpy()
    )
    exempt = rng.random(n) < np.minimum(plan.exempt * leaning / leaning.mean(), 1.0)
    absent = rng.random(n) < plan.absent
    # Who moved in did so after the tests of 8. trinn as often as after those of 5. trinn.
    late = rng.random(n) < 0.5
    elsewhere = pupils["moved"].to_numpy() & ((grade == 5) | ((grade == 8) & late))
    return {"exempt": exempt, "taken": ~(exempt | absent | elsewhere)}


def _scale(value: np.ndarray) -> np.ndarray:
    return 50 + _POINTS * value


def _shown(
    plan: Plan, ability: np.ndarray, taken: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    error = np.sqrt((1 - plan.reliability) / plan.reliability) * ability.std()
    shown = np.round(_scale(ability + error * rng.standard_normal(len(ability)))).clip(0, 100)
    return np.where(taken, shown, np.nan)


def _truth(plan: Plan, effects: np.ndarray, grade: int, subject: str) -> pd.DataFrame:
    count = len(effects)
    kind = "B" if OWED_TO[grade] == "feeder_school" else "U"
    schools = school_names(kind, np.arange(count), count)
    return pd.concat(
        pd.DataFrame(
            {
                "school": schools,
                "grade": grade,
                "subject": subject,
                "cohort": cohort,
                "contribution": _POINTS * effects[:, i],
            }
        )
        for i, cohort in enumerate(plan.cohorts)
    )
