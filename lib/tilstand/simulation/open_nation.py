"""Simulate a whole country's pupils and what public tables of national tests show of them.

Nothing here is a real school or municipality: sizes are drawn like the country's, names are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

SUBJECTS = ("reading", "numeracy")
INDICATOR = "np_scale_points"
MASTERY, TAKING_PART = "np_mastery_share", "np_participation_share"
#: Lowest result of the mastery levels above the first, scale points.
LEVELS = (38.0, 45.0, 55.0, 63.0)
#: Shares of schools at or below so many pupils a cohort, among those with ten or more.
_SIZES = ((0, 0.05, 0.25, 0.5, 0.75, 0.95, 1), (10, 13, 27, 63, 104, 154, 250))
_HIDDEN_BELOW = 10
_WIDTH_95 = 1.96
#: Real organisation numbers begin with 8 or 9.
_FIRST_ORGANISATION = 100_000_000


@dataclass(frozen=True)
class NationPlan:
    """Say what the country looks like.

    Parameters
    ----------
    schools : int
        Lower secondary schools, those too small to be published among them.
    small : float
        Share of schools that are too small to be published.
    pairs : int
        Pairs of autumns; one cohort more sits grade 8.
    contribution_sd : float
        Standard deviation of one cohort's true contribution in one subject, scale points.
    stable : float
        Share of its variance that stays with the school.
    subjects : float
        Correlation of a school's contributions between the subjects.
    intake_sd, cohort_sd : float
        Standard deviations of schools' true means at the earlier test, and of their cohorts.
    pupil_sd, sem : float
        Standard deviations of pupils' true results within a school and of the test's error.
    slope : float
        Points of later true result for a point of earlier.
    pupil_correlation : float
        Correlation of one pupil's two results within a school.
    move, absent : float
        Share of pupils who leave, and as many who come, in a year; share absent from a test.
    shock : float
        Standard deviation of what an autumn at a school adds to both grades' tests.
    shock_subjects : float
        Correlation of that between the subjects.
    class_sd, class_size : float
        Standard deviation of what a class adds to the later test, and pupils in a class.
    intake_correlation : float
        Correlation of the stable contribution with the school's intake.
    ceiling : float
        Highest result that a test can show, scale points.
    selection : float
        Share of the lowest sixth absent from the later test at an average school, 0 to 1.
    first_year : int
        Autumn of the first cohort's grade 8.
    views : bool
        Whether mastery levels and taking part are published too.
    """

    schools: int = 1100
    small: float = 0.3
    pairs: int = 3
    contribution_sd: float = 0.6
    stable: float = 0.7
    subjects: float = 0.6
    intake_sd: float = 2.3
    cohort_sd: float = 1.0
    pupil_sd: float = 8.2
    sem: float = 3.9
    slope: float = 0.95
    pupil_correlation: float = 0.775
    move: float = 0.04
    absent: float = 0.05
    shock: float = 0.0
    shock_subjects: float = 0.6
    class_sd: float = 0.0
    class_size: float = 24.0
    intake_correlation: float = 0.0
    ceiling: float = 100.0
    selection: float = 0.0
    first_year: int = 2022
    views: bool = False


@dataclass(frozen=True)
class Nation:
    """Hold what is published and what is true.

    Parameters
    ----------
    figures : DataFrame
        Rows of the *figures* contract's main columns, level ``school``, all pupils and each
        gender; hidden rows have status ``suppressed``.
    truth : DataFrame
        One row a school: ``unit``, ``stable`` and ``mean`` (composite: what stays, and the
        average of the cohorts', scale points), ``intake`` (true mean at the earlier test) and
        ``town``, the number of its municipality.
    plan : NationPlan
        What made it.
    """

    figures: pd.DataFrame = field(repr=False)
    truth: pd.DataFrame = field(repr=False)
    plan: NationPlan


def simulate_nation(plan: NationPlan, rng: np.random.Generator) -> Nation:
    """Simulate pupils from grade 8 to grade 9 and publish what public tables show.

    Parameters
    ----------
    plan : NationPlan
        What the country looks like.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Nation
        Published figures with known truth.

    Notes
    -----
    A pupil's true result in grade 9 is ``slope`` times that in grade 8 and the school's
    contribution and growth of the pupil's own, whose spread makes the two results correlate as
    planned. Pupils who move bring half of the contribution of where they come from: here none,
    for their schools are drawn at random.
    """
    count = plan.schools
    size = _sizes(plan, rng)
    units = np.array([organisation(number) for number in range(count)])
    intake = plan.intake_sd * _correlated(rng, count, 0.85)
    stable = plan.contribution_sd * np.sqrt(plan.stable) * _correlated(rng, count, plan.subjects)
    rho = plan.intake_correlation
    if rho:
        own = intake / plan.intake_sd
        sd = plan.contribution_sd * np.sqrt(plan.stable)
        stable = rho * sd * own + np.sqrt(1 - rho**2) * stable
    autumns = plan.pairs + 1
    shock = np.stack(
        [plan.shock * _correlated(rng, count, plan.shock_subjects) for _ in range(autumns)]
    )
    parts, cohorts = [], []
    own_sd = plan.contribution_sd * np.sqrt(1 - plan.stable)
    for cohort in range(autumns):
        effect = stable + own_sd * _correlated(rng, count, plan.subjects)
        mean = 50 + intake + plan.cohort_sd * _correlated(rng, count, 0.7)
        n = np.maximum(4, np.round(size * np.exp(0.15 * rng.standard_normal(count)))).astype(int)
        n = np.where(size < _HIDDEN_BELOW, np.minimum(n, _HIDDEN_BELOW - 1), n)
        tests = _cohort(plan, rng, n, mean, effect)
        year = plan.first_year + cohort
        parts.append(_published(tests["8"], shock[cohort], units, year, "8", plan))
        if cohort < plan.pairs:
            cohorts.append(effect)
            parts.append(_published(tests["9"], shock[cohort + 1], units, year + 1, "9", plan))
    truth = pd.DataFrame(
        {
            "unit": units,
            "stable": stable.mean(axis=1),
            "mean": np.mean(cohorts, axis=0).mean(axis=1),
            "intake": 50 + intake.mean(axis=1),
            "town": np.arange(count) % max(1, count // 4),
            "size": size,
        }
    )
    return Nation(pd.concat(parts, ignore_index=True), truth, plan)


def organisation(number: int) -> str:
    """Make an invented organisation number whose last digit is the check that it has to be."""
    serial = _FIRST_ORGANISATION // 10 + 13 * number
    while True:
        digits = f"{serial:08d}"
        weights = (3, 2, 7, 6, 5, 4, 3, 2)
        check = -sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        if check < 10:
            return f"{digits}{check}"
        serial += 1


def _sizes(plan: NationPlan, rng: np.random.Generator) -> np.ndarray:
    small = rng.random(plan.schools) < plan.small
    size = np.interp(rng.random(plan.schools), *_SIZES)
    return np.where(small, rng.integers(4, _HIDDEN_BELOW, plan.schools), size)


def _correlated(rng: np.random.Generator, count: int, rho: float) -> np.ndarray:
    """Draw standard normal numbers for each subject, shape (count, 2)."""
    shared = rng.standard_normal((count, 1))
    own = rng.standard_normal((count, len(SUBJECTS)))
    return np.asarray(np.sqrt(rho) * shared + np.sqrt(1 - rho) * own)


@dataclass(frozen=True)
class _Test:
    school: np.ndarray
    girl: np.ndarray
    score: np.ndarray  # missing where the pupil did not sit it


def _cohort(
    plan: NationPlan, rng: np.random.Generator, n: np.ndarray, mean: np.ndarray, effect: np.ndarray
) -> dict[str, _Test]:
    schools = len(n)
    school = np.repeat(np.arange(schools), n)
    pupils = len(school)
    girl = rng.random(pupils) < 0.49
    within = plan.pupil_sd * _correlated(rng, pupils, 0.7)
    at_8 = mean[school] + within
    score_8 = at_8 + plan.sem * rng.standard_normal(at_8.shape)
    leaves = rng.random(pupils) < plan.move
    comes = np.repeat(np.arange(schools), rng.binomial(n, plan.move))
    newcomers = mean[comes] + plan.pupil_sd * _correlated(rng, len(comes), 0.7)
    observed = plan.pupil_correlation * (plan.pupil_sd**2 + plan.sem**2)
    # Growth keeps the spread of grade 9 what it has to be for the planned correlation.
    slope_pupil = observed / plan.pupil_sd**2
    growth_sd = np.sqrt(max(plan.pupil_sd**2 * (1 - slope_pupil**2), 0.5))
    stays = np.flatnonzero(~leaves)
    school_9 = np.r_[school[stays], comes]
    before = np.concatenate([at_8[stays], newcomers])
    girl_9 = np.r_[girl[stays], rng.random(len(comes)) < 0.49]
    half = np.r_[np.ones(len(stays)), np.full(len(comes), 0.5)][:, None]
    growth = growth_sd * _correlated(rng, len(school_9), 0.3)
    at_9 = 52.5 + plan.slope * (before - 50) + half * effect[school_9] + growth
    if plan.class_sd:
        at_9 += _classes(plan, rng, school_9)
    score_9 = at_9 + plan.sem * rng.standard_normal(at_9.shape)
    gone_8 = rng.random(score_8.shape) < plan.absent
    gone_9 = rng.random(score_9.shape) < plan.absent
    if plan.selection:
        low = before < np.quantile(before, 1 / 6, axis=0)
        of_school = plan.selection * 2 * rng.random(schools)
        gone_9 |= low & (rng.random(low.shape) < of_school[school_9][:, None])
    return {
        "8": _Test(school, girl, np.where(gone_8, np.nan, score_8)),
        "9": _Test(school_9, girl_9, np.where(gone_9, np.nan, score_9)),
    }


def _classes(plan: NationPlan, rng: np.random.Generator, school: np.ndarray) -> np.ndarray:
    """Let each class of a school add something of its own to the later test."""
    count = np.bincount(school)
    classes = np.maximum(1, np.round(count / plan.class_size)).astype(int)
    first = np.cumsum(classes) - classes
    mine = first[school] + (rng.random(len(school)) * classes[school]).astype(int)
    return np.asarray(plan.class_sd * _correlated(rng, int(classes.sum()), 0.6)[mine])


def _published(
    test: _Test, shock: np.ndarray, units: np.ndarray, year: int, grade: str, plan: NationPlan
) -> pd.DataFrame:
    """Round the means and hide those of few pupils, as the statistics bank does."""
    parts = []
    for column, subject in enumerate(SUBJECTS):
        score = np.minimum(test.score[:, column] + shock[test.school, column], plan.ceiling)
        key = {"level": "school", "unit": units, "grade": grade, "subject": subject, "year": year}
        if plan.views:
            parts += _views(test.school, score, key)
        for gender, who in (("", None), ("female", test.girl), ("male", ~test.girl)):
            sat = np.isfinite(score) if who is None else np.isfinite(score) & who
            n = np.bincount(test.school[sat], minlength=len(units))
            total = np.bincount(test.school[sat], score[sat], minlength=len(units))
            square = np.bincount(test.school[sat], score[sat] ** 2, minlength=len(units))
            shown = n >= _HIDDEN_BELOW
            with np.errstate(divide="ignore", invalid="ignore"):
                mean = total / n
                sd = np.sqrt(np.maximum(square / n - mean**2, 0) * n / (n - 1))
                margin = np.round(_WIDTH_95 * sd / np.sqrt(n), 1)
            parts.append(
                pd.DataFrame(
                    {
                        "indicator": INDICATOR,
                        **key,
                        "gender": gender,
                        "category": "",
                        "value": np.where(shown, np.round(mean), np.nan),
                        "n": np.where(shown, n, np.nan),
                        "margin": np.where(shown, margin, np.nan),
                        "status": np.where(shown, "ok", "suppressed"),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _views(school: np.ndarray, score: np.ndarray, key: dict) -> list[pd.DataFrame]:
    """Publish the shares at each mastery level, and of those who sat the test, percent."""
    count = len(key["unit"])
    listed = np.bincount(school, minlength=count)
    sat = np.isfinite(score)
    n = np.bincount(school[sat], minlength=count)
    level = np.searchsorted(LEVELS, score[sat], side="right")
    counts = [
        (MASTERY, f"level_{one + 1}", np.bincount(school[sat], level == one, minlength=count), n)
        for one in range(len(LEVELS) + 1)
    ]
    counts.append((TAKING_PART, "", n, listed))
    shown = n >= _HIDDEN_BELOW
    return [
        pd.DataFrame(
            {
                "indicator": indicator,
                **key,
                "gender": "",
                "category": category,
                "value": np.where(shown, np.round(100 * part / np.maximum(whole, 1), 1), np.nan),
                "status": np.where(shown, "ok", "suppressed"),
            }
        )
        for indicator, category, part, whole in counts
    ]
