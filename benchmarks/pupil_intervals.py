"""Measure how often the intervals about pupils hold the simulated truth, and write a table.

The table in data/evidence/pupil_intervals.csv was made by

    python benchmarks/pupil_intervals.py --output data/evidence/pupil_intervals.csv
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from scipy import stats

from tilstand.analysis.certainty import gap
from tilstand.analysis.changes import paired_change
from tilstand.analysis.mastery_levels import LIMITS
from tilstand.analysis.school_levels import overdispersion, school_shares
from tilstand.analysis.school_moves import moved
from tilstand.analysis.school_tests import means_apart
from tilstand.analysis.school_variance import split_variance

#: Schools, pupils a grade at the middle school, and cohorts of the municipality that is drawn.
SCHOOLS, PUPILS, YEARS = 21, 45, 4
_SD = 9.0
# Between the highest whole point of the lowest level on 5. trinn and the next.
_LIMIT = LIMITS[5][0] - 0.5


def level_shares(rng: np.random.Generator, cohort_sd: float = 1.5) -> tuple[int, int]:
    """Draw a municipality and count the intervals of four-year shares that hold the truth.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    cohort_sd : float
        How far cohorts of one school lie from each other, scale points.

    Returns
    -------
    tuple of int
        Intervals that hold the school's share over endlessly many cohorts, and intervals.
    """
    size = _sizes(rng)
    school = 50 + 2.5 * rng.standard_normal(SCHOOLS)
    rows = []
    for place, n in enumerate(size):
        for _ in range(YEARS):
            mean = school[place] + cohort_sd * rng.standard_normal()
            low = int((mean + _SD * rng.standard_normal(n) < _LIMIT).sum())
            rows.append((f"S{place:02d}", low, int(n)))
    yearly = pd.DataFrame(rows, columns=["school", "count", "n"])
    pooled = yearly.groupby("school", as_index=False)[["count", "n"]].sum()
    found = school_shares(pooled, overdispersion(yearly))
    # Over cohorts, pupils of a school spread by both.
    truth = 100 * _below(_LIMIT, school, np.hypot(_SD, cohort_sd))
    return int(((found["low"] <= truth) & (truth <= found["high"])).sum()), SCHOOLS


def paired_changes(rng: np.random.Generator) -> tuple[int, int]:
    """Count the intervals of schools' mean changes from 8. to 9. trinn that hold the truth."""
    truth = 3 + rng.standard_normal(SCHOOLS)
    held = 0
    for gain, n in zip(truth, _sizes(rng), strict=True):
        ability = 50 + _SD * rng.standard_normal(n)
        later = ability + gain + 4 * rng.standard_normal(n)
        first, second = (np.round(true + 3.8 * rng.standard_normal(n)) for true in (ability, later))
        change = second - first
        ends = paired_change(change.mean(), n, change.std(ddof=1)).interval
        held += ends.low <= gain <= ends.high
    return int(held), SCHOOLS


def spread_between(rng: np.random.Generator, icc: float = 0.06) -> tuple[int, int]:
    """Count the intervals of the share between schools that hold the truth: one a municipality."""
    school = 50 + np.sqrt(icc) * _SD * rng.standard_normal(SCHOOLS)
    rows = [
        _summary(place, np.round(mean + np.sqrt(1 - icc) * _SD * rng.standard_normal(n)))
        for place, (mean, n) in enumerate(zip(school, _sizes(rng), strict=True))
    ]
    ends = split_variance(pd.DataFrame(rows)).interval
    return int(ends.low <= 100 * icc <= ends.high), 1


def false_alarms(rng: np.random.Generator) -> tuple[int, int]:
    """Count the municipalities without any false alarm where no schools differ."""
    every = [4 + 0.7 * rng.standard_normal(n) for n in _sizes(rng)]
    rows = [_summary(place, values) for place, values in enumerate(every)]
    whole = pd.Series(_summary(0, np.concatenate(every)))
    return int(not means_apart(pd.DataFrame(rows), whole)["apart"].any()), 1


def cohort_gaps(rng: np.random.Generator) -> tuple[int, int]:
    """Count the intervals of what parts a school's two cohorts that hold the truth."""
    rows, truth = _two_cohorts(rng, step=2.0)
    held = 0
    for (first, last), gain in zip(rows, truth, strict=True):
        ends = gap(_told(last), _told(first))
        held += ends is not None and ends.interval.low <= gain <= ends.interval.high
    return held, SCHOOLS


def moves_by_chance(rng: np.random.Generator) -> tuple[int, int]:
    """Count the municipalities in which no school is said to have moved where none has."""
    rows, _ = _two_cohorts(rng, step=0.0)
    told = pd.DataFrame(
        [
            {"school": f"S{place:02d}", "subject": "", "year": year, **_ends(part)}
            for place, both in enumerate(rows)
            for year, part in enumerate(both)
        ]
    )
    return int(not (moved(told)["certainty"] == "clear").any()), 1


def _two_cohorts(
    rng: np.random.Generator, step: float
) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """Draw two cohorts of each school, the second lifted by a step of its own."""
    lifts = step * rng.standard_normal(SCHOOLS)
    drawn = [
        (50 + _SD * rng.standard_normal(n), 50 + lift + _SD * rng.standard_normal(n))
        for lift, n in zip(lifts, _sizes(rng), strict=True)
    ]
    return drawn, lifts


def _ends(scores: np.ndarray) -> dict[str, float]:
    n = len(scores)
    ends = paired_change(float(scores.mean()), n, float(scores.std(ddof=1))).interval
    return {"value": float(scores.mean()), "low": ends.low, "high": ends.high}


def _told(scores: np.ndarray) -> tuple[float, float, float]:
    ends = _ends(scores)
    return ends["value"], ends["low"], ends["high"]


CHECKS: dict[str, Callable[[np.random.Generator], tuple[int, int]]] = {
    "four-year share on the lowest level": level_shares,
    "mean change from 8. to 9. trinn": paired_changes,
    "share of variance between schools": spread_between,
    "no school told apart where none differs": false_alarms,
    "what parts two cohorts of a school": cohort_gaps,
    "no school said to have moved where none has": moves_by_chance,
}


def coverage(name: str, municipalities: int, seed: int = 1) -> dict[str, float]:
    """Draw municipalities and compute the share of intervals that hold the truth.

    Parameters
    ----------
    name : str
        One of `CHECKS`.
    municipalities : int
        How many to draw.
    seed : int
        Start of the random numbers.

    Returns
    -------
    dict
        ``intervals, held, percent`` and ``error``, the Monte Carlo standard error in points.
    """
    rng = np.random.default_rng(seed)
    drawn = [CHECKS[name](rng) for _ in range(municipalities)]
    held, total = (sum(part) for part in zip(*drawn, strict=True))
    percent = 100 * held / total
    error = float(np.sqrt(percent * (100 - percent) / total))
    return {"intervals": total, "held": held, "percent": percent, "error": error}


def _sizes(rng: np.random.Generator) -> np.ndarray:
    return np.asarray(np.round(PUPILS * np.exp(0.4 * rng.standard_normal(SCHOOLS))), int).clip(10)


def _below(limit: float, mean: np.ndarray, sd: float) -> np.ndarray:
    return np.asarray(stats.norm.cdf(limit, mean, sd))


def _summary(place: int, values: np.ndarray) -> dict[str, float | str]:
    return {
        "school": f"S{place:02d}",
        "value": float(values.mean()),
        "n": float(len(values)),
        "sd": float(values.std(ddof=1)),
    }


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    municipalities: Annotated[int, typer.Option(help="Municipalities drawn for each.")] = 2000,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the coverage table."""
    rows = [{"check": name, **coverage(name, municipalities, seed)} for name in CHECKS]
    table = pd.DataFrame(rows)
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, index=False, float_format="%.3f")
    print(table.to_string(index=False))


if __name__ == "__main__":
    typer.run(main)
