"""Intervals of school contributions that hold what they promise with few schools."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special
from scipy.optimize import brentq

from tilstand.value_added.likelihood import Conditional, ProfileLikelihood
from tilstand.value_added.mixture import Interval, mixture_interval
from tilstand.value_added.parametric import draw_outcome
from tilstand.value_added.prior import DEFAULT_PRIOR, Prior
from tilstand.value_added.scan import GRID

METHODS = ("integrated", "second_order", "bootstrap", "fixed_effects", "conditional")
# The posterior is cut where its density has fallen by this factor (logarithm).
_NEGLIGIBLE = 14.0
# Steps of the close looks between two ratios, and around one.
_BETWEEN = np.linspace(0.0, 1.0, 32)
_AROUND = np.exp(np.linspace(-0.02, 0.02, 15))
_BOOTSTRAP_DRAWS = 199


@dataclass(frozen=True)
class Posterior:
    """Hold the school contributions' distribution as a mixture over variance ratios.

    Parameters
    ----------
    weights : ndarray, shape (g,)
        Weights of the ratios, summing to 1.
    given : Conditional
        Estimates at each ratio.
    mean, sd : ndarray, shape (g, J)
        Mean and scale of each contribution given the ratio, fixed effects' uncertainty included.
    degrees : int
        Degrees of freedom of the residual variance.
    """

    weights: np.ndarray
    given: Conditional
    mean: np.ndarray
    sd: np.ndarray
    degrees: int


def variance_nodes(likelihood: ProfileLikelihood, prior: Prior) -> tuple[Conditional, np.ndarray]:
    """Weigh the variance ratios that the data leave possible.

    Parameters
    ----------
    likelihood : ProfileLikelihood
        Restricted likelihood; integrating the residual variance over its scale-invariant density
        gives the same function of the ratio as profiling it out.
    prior : Prior
        What is believed beforehand.

    Returns
    -------
    given : Conditional
        The estimates at Gauss-Legendre nodes in the SD ratio.
    weights : ndarray, shape (g,)
        The nodes' posterior weights; outer nodes that could not move an interval are left out.
    """
    if prior.ratio is not None and prior.ratio_se == 0:
        return likelihood.at(prior.ratio), np.ones(1)

    def height(sd_ratio: np.ndarray) -> np.ndarray:
        return likelihood.heights(sd_ratio**2) + prior.log_density(sd_ratio)

    # The likelihood's own scan serves here too, seen as of the SD ratio.
    scan = likelihood.scan
    start = int(scan.ratio[0] == 0)
    coarse = np.sqrt(scan.ratio[start:])
    found = scan.heights[start:] + prior.log_density(coarse)
    if scan.bound + _most_believed(prior) > found.max() - _NEGLIGIBLE:
        # What the scan leaves out may matter to this prior.
        coarse = np.sqrt(GRID[1:])
        found = height(coarse)
    top = int(found.argmax())
    below, above = float(coarse[max(top - 1, 0)]), float(coarse[min(top + 1, len(coarse) - 1)])
    # A likelihood sharper than the scan shows its shape only close up.
    best = np.sqrt(likelihood.optimum.ratio) or below
    fine = np.concatenate([below * (above / below) ** _BETWEEN, best * _AROUND])
    seen, heights = np.concatenate([coarse, fine]), np.concatenate([found, height(fine)])
    highest = int(heights.argmax())
    peak = float(seen[highest])
    possible = seen[heights > heights[highest] - _NEGLIGIBLE]
    # The points next to the outermost possible ones, where there are any.
    low = possible.min()
    high = possible.max()
    low = seen.max(where=seen < low, initial=0.0) or low
    high = min(seen.min(where=seen > high, initial=np.inf), seen.max())
    points, lengths = _gauss_legendre(16 if low > 0.4 * high else 24 if low > 0.1 * high else 40)
    if low < 1e-2 * peak:
        low = 0.0
    if low == 0.0 and high > 5 * peak:
        # A long upper tail: evenly spread nodes would miss the top, so crowd them towards zero.
        unit = (points + 1) / 2
        nodes, lengths = high * unit**2, lengths * unit
    else:
        nodes = low + (high - low) * (points + 1) / 2
    ratio = nodes**2
    heights, factors = likelihood.factors(ratio)
    log_weight = heights + prior.log_density(nodes)
    weights = lengths * np.exp(log_weight - log_weight.max())
    counts = (weights > 1e-8 * weights.sum()).nonzero()[0]
    kept = slice(int(counts[0]), int(counts[-1]) + 1)
    given = likelihood.given(ratio[kept], heights[kept], factors[kept])
    return given, weights[kept] / weights[kept].sum()


@lru_cache
def _most_believed(prior: Prior) -> float:
    return float(prior.log_density(np.sqrt(GRID[1:])).max())


@lru_cache(maxsize=4)
def _gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    points, lengths = np.polynomial.legendre.leggauss(count)
    return points, lengths


def posterior(
    likelihood: ProfileLikelihood, prior: Prior | None = None, mean_noise: float = 0.0
) -> Posterior:
    """Spread the school contributions over the variance's uncertainty.

    Parameters
    ----------
    likelihood : ProfileLikelihood
        The model; an ML fit is integrated over its restricted likelihood too.
    prior : Prior, optional
        What is believed beforehand.
    mean_noise : float
        Variance that error in the predictors adds to a school's mean, times its pupils.

    Returns
    -------
    Posterior
        A mixture with the fixed effects', the residual's and the school variance's uncertainty.

    References
    ----------
    Given the ratio, mean and variance are the best linear unbiased predictor and its error
    variance: Henderson (1975), Biometrics 31:423-447; Searle, Casella & McCulloch (1992),
    Variance components, section 7.4.
    """
    if not likelihood.reml:
        likelihood = ProfileLikelihood(likelihood.statistics, reml=True)
    given, weights = variance_nodes(likelihood, prior or DEFAULT_PRIOR)
    n = likelihood.statistics.n
    own = given.ratio[:, None] / (1 + n * given.ratio[:, None])  # shrinkage over n
    shrinkage = n * own
    mean = shrinkage * likelihood.residuals(given)
    spread = own + shrinkage**2 * likelihood.leverages(given)
    spread *= given.residual_variance[:, None]
    if mean_noise:
        spread += shrinkage**2 * mean_noise / n
    sd = np.sqrt(spread, out=spread)
    return Posterior(weights, given, mean, sd, likelihood.degrees)


def school_intervals(
    likelihood: ProfileLikelihood,
    level: float = 0.95,
    *,
    method: str = "integrated",
    prior: Prior | None = None,
    rng: np.random.Generator | None = None,
    mean_noise: float = 0.0,
) -> Interval:
    """Compute an interval for each school's contribution.

    Parameters
    ----------
    likelihood : ProfileLikelihood
        The fitted model.
    level : float
        Level of the intervals.
    method : str
        ``integrated``: quantiles of the contribution's distribution over the school variance's
        uncertainty (the default). ``second_order``: normal with the mean squared error corrected
        to second order. ``bootstrap``: quantiles of the errors in data drawn from the fit.
        ``fixed_effects``: variances as known. ``conditional``: all parameters as known.
    prior : Prior, optional
        For ``integrated``: what is believed of the school SD beforehand.
    rng : numpy.random.Generator, optional
        For ``bootstrap``; a fixed seed if none is given.
    mean_noise : float
        For ``integrated``: variance that error in the predictors adds to a school's mean, times
        its pupils.

    Returns
    -------
    Interval
        Centre, spread and ends.

    References
    ----------
    Prasad & Rao (1990), The estimation of the mean squared error of small-area estimators, JASA
    85:163-171. Datta & Lahiri (2000), Statistica Sinica 10:613-627 (REML). Morris & Tang (2011),
    Statistical Science 26:271-287.
    """
    if method == "integrated":
        spread = posterior(likelihood, prior, mean_noise)
        return mixture_interval(spread.weights, spread.mean, spread.sd, spread.degrees, level)
    if method == "bootstrap":
        return _bootstrap_interval(likelihood, level, rng or np.random.default_rng(0))
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    mean, mse = _plain_errors(likelihood, method)
    half = -special.ndtri((1 - level) / 2) * np.sqrt(mse)
    return Interval(mean, np.sqrt(mse), mean - half, mean + half)


def _plain_errors(likelihood: ProfileLikelihood, method: str) -> tuple[np.ndarray, np.ndarray]:
    ratio = likelihood.optimum.ratio
    given = likelihood.at(ratio)
    n = likelihood.statistics.n
    residual = given.residual_variance[0]
    shrinkage = n * ratio / (1 + n * ratio)
    mean = shrinkage * likelihood.residuals(given)[0]
    mse = residual * shrinkage / n
    if method == "conditional":
        return mean, mse
    mse = mse + residual * shrinkage**2 * likelihood.leverages(given)[0]
    if method == "fixed_effects":
        return mean, mse
    school = ratio * residual
    total = residual + n * school
    # Information of (school variance, residual variance), Searle et al. (1992), section 6.8.
    information = np.array(
        [
            [np.sum(n**2 / total**2), np.sum(n / total**2)],
            [np.sum(n / total**2), np.sum(1 / total**2) + np.sum(n - 1) / residual**2],
        ]
    )
    covariance = 2 * np.linalg.inv(information)
    mean_variance = school + residual / n
    moved = (
        residual**2 * covariance[0, 0]
        + school**2 * covariance[1, 1]
        - 2 * residual * school * covariance[0, 1]
    )
    return mean, mse + 2 * moved / n**2 / mean_variance**3


def _bootstrap_interval(
    likelihood: ProfileLikelihood, level: float, rng: np.random.Generator
) -> Interval:
    ratio = likelihood.optimum.ratio
    if ratio == 0:
        # Data drawn with no school variance would say that all schools are equal.
        given, weights = variance_nodes(likelihood, DEFAULT_PRIOR)
        ratio = float(weights @ given.ratio)
    residual_sd = np.sqrt(likelihood.at(ratio).residual_variance[0])
    mean, _ = _plain_errors(likelihood, "conditional")
    errors = np.empty((_BOOTSTRAP_DRAWS, len(mean)))
    for draw in range(_BOOTSTRAP_DRAWS):
        drawn, truth = draw_outcome(
            likelihood.statistics, np.sqrt(ratio) * residual_sd, residual_sd, rng
        )
        again = ProfileLikelihood(drawn, reml=likelihood.reml)
        errors[draw] = truth - _plain_errors(again, "conditional")[0]
    tail = (1 - level) / 2
    low, high = np.quantile(errors, [tail, 1 - tail], axis=0)
    return Interval(mean, np.sqrt((errors**2).mean(axis=0)), mean + low, mean + high)


def variance_interval(likelihood: ProfileLikelihood, level: float = 0.95) -> tuple[float, float]:
    """Compute the profile-likelihood interval of the school variance.

    Parameters
    ----------
    likelihood : ProfileLikelihood
        The fitted model.
    level : float
        Level of the interval.

    Returns
    -------
    tuple of float
        Lower end, zero where the likelihood does not refute zero, and upper end, outcome's units
        squared. The ends are those of the variance ratio, each times the residual variance that
        fits it.

    References
    ----------
    Pawitan (2001), In all likelihood, section 2.6.
    """
    best = likelihood.optimum
    floor = best.log_likelihood - special.chdtri(1, 1 - level) / 2

    def above(log_ratio: float) -> float:
        return float(likelihood.at(np.exp(log_ratio)).log_likelihood[0]) - floor

    start = np.log(best.ratio) if best.ratio > 0 else np.log(1e-8)
    far = start
    while above(far) > 0 and far < 60:
        far += 1.0
    upper = float(np.exp(brentq(above, max(far - 1.0, start), far))) if far < 60 else np.inf
    lower = 0.0
    if best.ratio > 0 and float(likelihood.at(0.0).log_likelihood[0]) < floor:
        near = start
        while above(near) > 0:
            near -= 1.0
        lower = float(np.exp(brentq(above, near, min(near + 1.0, start))))
    if not np.isfinite(upper):
        return _variance_at(likelihood, lower), np.inf
    return _variance_at(likelihood, lower), _variance_at(likelihood, upper)


def _variance_at(likelihood: ProfileLikelihood, ratio: float) -> float:
    return float(ratio * likelihood.at(ratio).residual_variance[0])
