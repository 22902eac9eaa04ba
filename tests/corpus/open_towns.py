"""Simulate municipalities' published means of one cohort in grade 5 and in grade 8."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Pupils' standard deviation in a municipality, scale points: margins are 17.5 / sqrt(n).
PUPIL_SD = 8.93
_PER_SCHOOL = 55


def simulate_towns(
    rng: np.random.Generator,
    *,
    units: int = 300,
    slope: float = 0.65,
    correlation: float = 0.7,
    school_sd: float = 2.0,
    town_sd: float = 0.5,
    intake_sd: float = 1.8,
    step: float = 1.0,
) -> pd.DataFrame:
    """Simulate the pairs of means that two public tables show, with what is true of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    units : int
        Municipalities.
    slope : float
        Points of later mean for a point of earlier, between municipalities.
    correlation : float
        Correlation of the sampling errors of a municipality's two means: the same pupils.
    school_sd, town_sd : float
        Standard deviations of what schools and municipalities add, scale points; schools average
        out within a municipality.
    intake_sd : float
        Standard deviation of municipalities' true earlier means.
    step : float
        Rounding; 0 for none.

    Returns
    -------
    DataFrame
        ``prior``, ``outcome``, ``prior_variance``, ``outcome_variance``, ``prior_rounding``,
        ``outcome_rounding``, ``n``, ``truth`` (the contribution) and ``intake``.
    """
    n = np.exp(rng.normal(4.6, 1.1, units)).clip(10, 6000).round()
    schools = np.maximum(1, np.round(n / _PER_SCHOOL))
    truth = town_sd * rng.standard_normal(units)
    truth += school_sd * rng.standard_normal(units) / np.sqrt(schools)
    intake = intake_sd * rng.standard_normal(units)
    first, second = rng.standard_normal((2, units))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    sd = PUPIL_SD / np.sqrt(n)
    prior = 50 + intake + sd * first
    outcome = 50 + slope * intake + truth + sd * second
    if step:
        prior, outcome = np.round(prior / step) * step, np.round(outcome / step) * step
    return pd.DataFrame(
        {
            "prior": prior,
            "outcome": outcome,
            "prior_variance": sd**2,
            "outcome_variance": sd**2,
            "prior_rounding": step**2 / 12,
            "outcome_rounding": step**2 / 12,
            "n": n,
            "prior_n": n,
            "outcome_n": n,
            "truth": truth,
            "intake": intake,
        }
    )
