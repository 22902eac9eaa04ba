"""Tell how much schools differ once the chance in their means is taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from tilstand.analysis.proportions import LEVEL, Interval

FEWEST = 3


@dataclass(frozen=True)
class Spread:
    """Hold how far apart the true means of schools lie.

    Parameters
    ----------
    schools : int
        How many means there are.
    mean : float
        Weighted mean of the schools, scale points.
    sd : float
        Standard deviation of the true means between schools.
    interval : Interval
        Interval of that standard deviation.
    observed_sd : float
        Standard deviation of the published means, chance included.
    chance_share : float
        Share of the published means' variance that chance and rounding explain, 0 to 1.
    """

    schools: int
    mean: float
    sd: float
    interval: Interval
    observed_sd: float
    chance_share: float


def heterogeneity(values: np.ndarray, variances: np.ndarray, between: float) -> float:
    """Compute the generalised Q statistic at a between-school variance.

    Parameters
    ----------
    values, variances : array
        Means and their known variances.
    between : float
        Assumed variance between schools.

    Returns
    -------
    float
        ``sum(w * (y - m)**2)`` with ``w = 1 / (v + between)`` and ``m`` the weighted mean; it is
        chi-squared with ``k - 1`` degrees of freedom when the variance assumed is the true one.

    References
    ----------
    DerSimonian, R. & Kacker, R. (2007). Random-effects model for meta-analysis of clinical
    trials: an update. Contemporary Clinical Trials, 28, 105-114.
    """
    weights = 1 / (variances + between)
    mean = np.average(values, weights=weights)
    return float(np.sum(weights * (values - mean) ** 2))


def between_schools(values: np.ndarray, variances: np.ndarray, level: float = LEVEL) -> Spread:
    """Estimate the spread of true school means.

    Parameters
    ----------
    values : array, shape (schools,)
        Published means, scale points.
    variances : array, shape (schools,)
        Their variances, from sampling and rounding.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Spread
        The variance between schools solves ``Q(variance) = k - 1`` (Paule and Mandel), 0 when
        Q(0) is already smaller. The interval holds all variances whose Q lies between the
        chi-squared quantiles (Q-profile). Both need no normality of many schools, only of each
        mean.

    Raises
    ------
    ValueError
        With fewer than three schools, or a variance that is not positive.

    References
    ----------
    Paule, R. C. & Mandel, J. (1982). Consensus values and weighting factors. Journal of Research
    of the National Bureau of Standards, 87, 377-385.
    Viechtbauer, W. (2007). Confidence intervals for the amount of heterogeneity in
    meta-analysis. Statistics in Medicine, 26, 37-52.
    """
    values, variances = np.asarray(values, float), np.asarray(variances, float)
    if len(values) < FEWEST:
        message = f"spread between schools needs {FEWEST} schools or more, got {len(values)}"
        raise ValueError(message)
    if not (np.isfinite(variances).all() and (variances > 0).all()):
        message = "spread between schools needs a positive variance for every school"
        raise ValueError(message)
    freedom = len(values) - 1
    between = _solve(values, variances, freedom)
    tail = (1 - level) / 2
    low = _solve(values, variances, stats.chi2.ppf(1 - tail, freedom))
    high = _solve(values, variances, stats.chi2.ppf(tail, freedom))
    observed = float(np.var(values, ddof=1))
    share = 1 - between / observed if observed > 0 else 1.0
    return Spread(
        schools=len(values),
        mean=float(np.average(values, weights=1 / (variances + between))),
        sd=float(np.sqrt(between)),
        interval=Interval(float(np.sqrt(low)), float(np.sqrt(high))),
        observed_sd=float(np.sqrt(observed)),
        chance_share=float(np.clip(share, 0, 1)),
    )


def _solve(values: np.ndarray, variances: np.ndarray, target: float) -> float:
    """Find the variance at which the falling function Q meets a target; 0 if it never does."""
    if heterogeneity(values, variances, 0) <= target:
        return 0.0
    top = float(np.var(values, ddof=1)) + float(variances.max())
    while heterogeneity(values, variances, top) > target:
        top *= 2
    found = optimize.brentq(
        lambda between: heterogeneity(values, variances, between) - target, 0, top
    )
    return float(found)
