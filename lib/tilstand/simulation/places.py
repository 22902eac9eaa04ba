"""Draw the places of a simulated country and the pupils who live there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.simulation.plan import HOME, Plan

_SMALLEST_SCHOOL = 6
_EDUCATION = ["grunnskole", "videregående", "kort høyere", "lang høyere"]


@dataclass(frozen=True)
class Places:
    """Hold the schools of a simulated country, before they have pupils.

    Parameters
    ----------
    municipality : ndarray of int, shape (lower secondary schools,)
        Number of the municipality; 0 is the fictional one that the book shows.
    intake : ndarray, shape (lower secondary schools,)
        Mean ability of the pupils who come, SDs of ability.
    size : ndarray, shape (lower secondary schools,)
        Relative size.
    primary_parent : ndarray of int, shape (primary schools,)
        The lower secondary school that most pupils of a primary go on to.
    primary_intake : ndarray, shape (primary schools,)
        How far a primary's intake lies from its parent's, SDs of ability.
    """

    municipality: np.ndarray
    intake: np.ndarray
    size: np.ndarray
    primary_parent: np.ndarray
    primary_intake: np.ndarray


def draw_places(plan: Plan, rng: np.random.Generator) -> Places:
    """Draw municipalities, schools and what their pupils bring with them.

    Parameters
    ----------
    plan : Plan
        What the country looks like.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Places
        Half of the differences between schools' intakes lie between municipalities.
    """
    home = min(plan.home_schools, plan.schools)
    others = np.arange(plan.schools - home) // 10 + 1
    municipality = np.concatenate([np.zeros(home, dtype=int), others])
    count = int(municipality.max()) + 1
    spread = np.sqrt(plan.intake_share / 2)
    of_municipality = spread * rng.standard_normal(count)
    of_municipality[0] = plan.home_intake
    intake = of_municipality[municipality] + spread * rng.standard_normal(plan.schools)
    size = np.exp(plan.small_schools * rng.standard_normal(plan.schools))
    primaries = max(round(plan.primaries_per_school * plan.schools), plan.schools)
    extra = rng.integers(0, plan.schools, primaries - plan.schools)
    parent = np.sort(np.concatenate([np.arange(plan.schools), extra]))
    return Places(municipality, intake, size, parent, 0.15 * rng.standard_normal(primaries))


def draw_pupils(plan: Plan, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw pupils and let them go to schools.

    Parameters
    ----------
    plan : Plan
        How many, and in which cohorts.
    places : Places
        The schools.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame, one row a pupil
        As in `Simulated`, without tests; ``_school`` and ``_feeder`` number the schools.
    """
    cohort = np.sort(rng.integers(0, len(plan.cohorts), plan.pupils))
    weight = places.size + _SMALLEST_SCHOOL * plan.schools / plan.pupils
    school = rng.choice(plan.schools, plan.pupils, p=weight / weight.sum())
    # Every school has pupils, whatever the draw.
    school[: plan.schools] = rng.permutation(plan.schools)
    feeder = _feeders(places, school, rng)
    moved = rng.random(plan.pupils) < plan.moved
    immigrant = rng.random(plan.pupils) < 0.17
    education = [_EDUCATION[level] for level in _education(places.intake[school], rng)]
    special = rng.random(plan.pupils) < 0.08
    n = plan.pupils
    return pd.DataFrame(
        {
            "pupil": [f"P{i:07d}" for i in range(1, n + 1)],
            "cohort": np.asarray(plan.cohorts)[cohort],
            "municipality": _municipality_names(places)[places.municipality[school]],
            "school": school_names("U", school, plan.schools),
            "feeder_school": school_names("B", feeder, len(places.primary_parent)),
            "gender": np.where(rng.random(n) < 0.487, "F", "M"),
            "birth_month": rng.integers(1, 13, n),
            "parents_education": pd.Categorical(education, _EDUCATION, ordered=True),
            "immigration_background": immigrant,
            "special_education": special,
            "moved": moved,
            "_school": school,
            "_feeder": feeder,
        }
    )


def _feeders(places: Places, school: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    first = np.searchsorted(places.primary_parent, school, side="left")
    last = np.searchsorted(places.primary_parent, school, side="right")
    own = first + np.floor(rng.random(len(school)) * (last - first)).astype(int)
    # One pupil in ten comes from a primary of the neighbouring lower secondary school.
    neighbour = (own + rng.choice([-1, 1], len(school))) % len(places.primary_parent)
    near = places.municipality[places.primary_parent[neighbour]] == places.municipality[school]
    return np.where((rng.random(len(school)) < 0.1) & near, neighbour, own)


def _education(intake: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    leaning = 0.8 * intake + rng.standard_normal(len(intake))
    return np.digitize(leaning, [-1.0, 0.0, 0.9])


def school_names(kind: str, position: np.ndarray, count: int) -> np.ndarray:
    """Name schools by a letter and a number of equal width.

    Parameters
    ----------
    kind : {"B", "U"}
        Primary or lower secondary.
    position : ndarray of int
        Which schools, counted from 0.
    count : int
        How many there are in all.

    Returns
    -------
    ndarray of str
        ``U0001`` for the first lower secondary school.
    """
    width = max(4, len(str(count)))
    return np.array([f"{kind}{i:0{width}d}" for i in range(1, count + 1)], dtype=object)[position]


def _municipality_names(places: Places) -> np.ndarray:
    count = int(places.municipality.max())
    return np.array([HOME, *(f"Kommune {i:03d}" for i in range(1, count + 1))], dtype=object)
