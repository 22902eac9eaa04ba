"""Know how sure a published mean is, from the margin that stands beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tilstand.analysis.proportions import LEVEL, SIGN_LEVEL, Certainty, Difference, Interval

#: Udir prints scale points as whole numbers.
STEP = 1.0

Numbers = Any


def sampling_variance(margin: Numbers, level: float = LEVEL) -> Numbers:
    """Turn a published margin into the variance of the mean beside it.

    Parameters
    ----------
    margin : float or array
        Half the width of the published interval, scale points.
    level : float
        Confidence level of that interval. Udir does not document it: in the exports the margin
        times the square root of n is about 17.5, near a 95 % half-width for pupils with a
        standard deviation of 9 within a municipality.

    Returns
    -------
    float or array
        Variance, scale points squared: ``(margin / z)**2``.
    """
    return (margin / _deviations(level)) ** 2


@cache
def _deviations(level: float) -> float:
    """Count the standard errors in half a normal interval: scipy is slow to, and asked often."""
    return stats.norm.ppf(0.5 + level / 2)


def rounding_variance(step: float = STEP) -> float:
    """Return the variance that rounding to whole steps adds.

    Parameters
    ----------
    step : float
        Distance between two printable values; 0 for unrounded values.

    Returns
    -------
    float
        ``step**2 / 12``: the rounding error as uniform within half a step on both sides.

    References
    ----------
    Sheppard, W. F. (1898). On the calculation of the most probable values of frequency-constants.
    Proceedings of the London Mathematical Society, 29, 353-380.
    """
    return step**2 / 12


def mean_variance(margin: Numbers, level: float = LEVEL, step: float = STEP) -> Numbers:
    """Return the variance of a mean as it is printed: from sampling, and from rounding."""
    return sampling_variance(margin, level) + rounding_variance(step)


def mean_difference(estimate: float, variance: float) -> Difference:
    """Put an interval and a word of certainty on a difference of means.

    Parameters
    ----------
    estimate : float
        The difference, scale points.
    variance : float
        Its variance.

    Returns
    -------
    Difference
        With the normal 95 % interval; ``clear`` when it excludes zero, ``sign`` when only the
        80 % interval does. Without any variance there is no interval, and nothing is told.
    """
    error = np.sqrt(variance) if variance > 0 else np.nan
    halves = [_deviations(level) * error for level in (LEVEL, SIGN_LEVEL)]
    wide, narrow = (Interval(estimate - half, estimate + half) for half in halves)
    certainty: Certainty = "chance"
    if narrow.excludes(0):
        certainty = "clear" if wide.excludes(0) else "sign"
    return Difference(float(estimate), Interval(float(wide.low), float(wide.high)), certainty)


def part_variance(part: Numbers, whole: float, share: Numbers, step: float = STEP) -> Numbers:
    """Return the variance of a part's mean minus the mean of the whole that it belongs to.

    Parameters
    ----------
    part : float or array
        Sampling variance of the part's mean (a school's).
    whole : float
        Sampling variance of the whole's mean (the municipality's).
    share : float or array
        The part's share of the whole's pupils, 0 to 1.
    step : float
        Rounding of both.

    Returns
    -------
    float or array
        ``part + whole - 2 * share * part`` and the rounding of both: with ``M = share * y + rest``
        the covariance of ``y`` and ``M`` is ``share * part``. Never below the rounding alone.
    """
    sampled = part + whole - 2 * share * part
    return np.maximum(sampled, 0) + 2 * rounding_variance(step)


def stands_out(estimates: Numbers, variances: Numbers, rate: float = 0.05) -> np.ndarray:
    """Tell which of many differences are not zero, few of them wrongly.

    Parameters
    ----------
    estimates, variances : array
        Differences and their variances.
    rate : float
        Expected share of wrong ones among those told.

    Returns
    -------
    array of bool
        True where the two-sided normal test stands after the step-up procedure.

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B, 57, 289-300.
    """
    z = np.abs(np.asarray(estimates, float)) / np.sqrt(np.asarray(variances, float))
    if not len(z):
        return np.zeros(0, bool)
    return np.asarray(multipletests(2 * stats.norm.sf(z), alpha=rate, method="fdr_bh")[0], bool)
