"""Set a cohort's later mean against its earlier one, when both means carry known error."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import optimize, stats

from tilstand.analysis.proportions import LEVEL, SIGN_LEVEL, Interval
from tilstand.analysis.published_means import STEP, rounding_variance, stands_out

PAIR_COLUMNS = ("prior", "outcome", "prior_variance", "outcome_variance")
FEWEST = 20
SMALLEST_SD = 1e-4


@dataclass(frozen=True)
class Growth:
    """Hold the line that links the earlier to the later mean, free of attenuation.

    Parameters
    ----------
    units : int
        Units that the line rests on.
    centre : float
        Earlier mean at which ``level`` holds, scale points.
    level : float
        Expected later mean of a unit whose true earlier mean is ``centre``.
    slope : float
        Points of later mean for a point of true earlier mean.
    slope_interval : Interval
        95 % interval of the slope.
    naive_slope : float
        Slope of ordinary least squares, which error in the earlier mean pulls towards zero.
    prior_mean, prior_sd : float
        Mean and standard deviation of the true earlier means.
    growth_sd : float
        Standard deviation of the true contributions between units.
    error_correlation : float
        Correlation assumed between the sampling errors of the two means of a unit.
    step : float
        Rounding of both means.
    covariance : array, shape (2, 2)
        Of ``level`` and ``slope``.
    log_likelihood : float
        At the optimum; compares assumptions on the same units.
    """

    units: int
    centre: float
    level: float
    slope: float
    slope_interval: Interval
    naive_slope: float
    prior_mean: float
    prior_sd: float
    growth_sd: float
    error_correlation: float
    step: float
    log_likelihood: float
    covariance: np.ndarray = field(repr=False)

    def expected(self, prior: pd.Series) -> pd.Series:
        """Return the later mean that the line expects of an earlier one."""
        return self.level + self.slope * (prior - self.centre)


def fit_growth(pairs: pd.DataFrame, error_correlation: float = 0.0, step: float = STEP) -> Growth:
    """Fit the line by maximum likelihood, with the error of each mean as known.

    Parameters
    ----------
    pairs : DataFrame, one row a unit
        ``prior`` and ``outcome`` (published means, scale points), ``prior_variance`` and
        ``outcome_variance`` (their sampling variances).
    error_correlation : float
        Correlation of a unit's two sampling errors, 0 to below 1. The cohort is largely the same
        pupils, so it may be positive; public tables cannot show it, which is why it is open to
        the reader. Zero is the classical errors-in-variables model.
    step : float
        Rounding of both means; adds ``step**2 / 12`` to each variance.

    Returns
    -------
    Growth
        Of the model ``x = xi + u``, ``y = level + slope * (xi - centre) + zeta + e`` with ``xi``
        normal, ``zeta`` the contribution, ``var(u)``, ``var(e)`` and ``cov(u, e)`` known unit by
        unit. Units with small error weigh more, as much as the data warrant. Covariances are
        those of the inverse observed information.

    Raises
    ------
    ValueError
        With fewer than twenty units, or a correlation outside [0, 1).

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 3.1 (unequal, known error
    variances).
    Carroll, R. J., Ruppert, D., Stefanski, L. A. & Crainiceanu, C. M. (2006). Measurement Error
    in Nonlinear Models, 2nd ed. Chapman & Hall/CRC. Chapter 8 (structural likelihood).
    """
    if not 0 <= error_correlation < 1:
        message = f"error_correlation is {error_correlation}, expected 0 or more and below 1"
        raise ValueError(message)
    if len(pairs) < FEWEST:
        message = f"a growth line needs {FEWEST} units or more, got {len(pairs)}"
        raise ValueError(message)
    x, y, vx, vy = (pairs[column].to_numpy(float) for column in PAIR_COLUMNS)
    shared = error_correlation * np.sqrt(vx * vy)
    rounding = rounding_variance(step)
    centre = float(np.average(x, weights=1 / (vx + np.var(x))))
    known = (x - centre, y, vx + rounding, vy + rounding, shared)
    best = _maximise(known)
    curvature = _curvature(best.x, known)
    covariance = np.linalg.inv(curvature)[:2, :2]
    level, slope, mean, log_prior, log_growth = best.x
    width = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(covariance[1, 1])
    return Growth(
        units=len(pairs),
        centre=centre,
        level=float(level),
        slope=float(slope),
        slope_interval=Interval(float(slope - width), float(slope + width)),
        naive_slope=float(np.polyfit(x, y, 1)[0]),
        prior_mean=float(centre + mean),
        prior_sd=float(np.exp(log_prior)),
        growth_sd=float(np.exp(log_growth)),
        error_correlation=error_correlation,
        step=step,
        log_likelihood=float(-best.fun),
        covariance=covariance,
    )


def _minus_log_likelihood(parameters: np.ndarray, known: tuple[np.ndarray, ...]) -> float:
    level, slope, mean, log_prior, log_growth = parameters
    x, y, vx, vy, shared = known
    prior, growth = np.exp(2 * log_prior), np.exp(2 * log_growth)
    xx, xy = prior + vx, slope * prior + shared
    yy = slope**2 * prior + growth + vy
    determinant = xx * yy - xy**2
    dx, dy = x - mean, y - level - slope * mean
    squares = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / determinant
    return float(0.5 * np.sum(np.log(determinant) + squares) + len(x) * np.log(2 * np.pi))


def _maximise(known: tuple[np.ndarray, ...]) -> optimize.OptimizeResult:
    x, y, vx, vy, shared = known
    prior = max(np.var(x) - np.mean(vx), 0.1 * np.var(x))
    slope = (np.cov(x, y)[0, 1] - np.mean(shared)) / prior
    growth = max(np.var(y) - slope**2 * prior - np.mean(vy), 0.05 * np.var(y))
    start = [y.mean(), slope, x.mean(), 0.5 * np.log(prior), 0.5 * np.log(growth)]
    # A variance of zero is an answer too: the logarithm stops where it is zero to the eye.
    sd = (np.log(SMALLEST_SD), None)
    free = (None, None)
    return optimize.minimize(
        _minus_log_likelihood,
        start,
        args=(known,),
        method="L-BFGS-B",
        bounds=[free, free, free, sd, sd],
        options={"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-7},
    )


def _curvature(at: np.ndarray, known: tuple[np.ndarray, ...]) -> np.ndarray:
    """Differentiate twice by central differences; a variance at zero counts as known."""
    free = [i for i in range(5) if i < 3 or at[i] > np.log(SMALLEST_SD) + 1e-3]
    steps = 1e-4
    second = np.zeros((len(free), len(free)))
    for row, i in enumerate(free):
        for column, j in enumerate(free):
            ends = []
            for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = at.copy()
                moved[i] += signs[0] * steps
                moved[j] += signs[1] * steps
                ends.append(_minus_log_likelihood(moved, known))
            second[row, column] = (ends[0] - ends[1] - ends[2] + ends[3]) / (4 * steps**2)
    return second


def contributions(pairs: pd.DataFrame, fit: Growth, level: float = LEVEL) -> pd.DataFrame:
    """Return each unit's later mean minus the expected one, with intervals.

    Parameters
    ----------
    pairs : DataFrame, one row a unit
        As for `fit_growth`; other columns are kept. Units that the line does not rest on may be
        among them.
    fit : Growth
        The line.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        The rows with ``expected``, ``contribution`` (``y - expected``), ``se``, ``low`` and
        ``high``; ``reliability`` (the share of the contribution's variance that is not error);
        ``shrunk``, ``shrunk_low`` and ``shrunk_high`` (best linear prediction from both means);
        ``certainty`` (clear, sign or chance); ``stands_out`` (still told from zero when
        at most one in twenty of those told is expected to be wrong).

    Notes
    -----
    With true earlier mean ``xi`` the contribution is ``y - line(x) = zeta + e - slope * u``, whose
    error variance is ``var(e) + slope**2 * var(u) - 2 * slope * cov(u, e)``; that of the line is
    added.

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 1.2.3 (prediction).
    Harville, D. A. (1976). Extension of the Gauss-Markov theorem to include the estimation of
    random effects. Annals of Statistics, 4, 384-395.
    """
    x, y, vx, vy = (pairs[column].to_numpy(float) for column in PAIR_COLUMNS)
    shared = fit.error_correlation * np.sqrt(vx * vy)
    rounding = rounding_variance(fit.step)
    vx, vy = vx + rounding, vy + rounding
    design = np.column_stack([np.ones(len(x)), x - fit.centre])
    line = np.einsum("ij,jk,ik->i", design, fit.covariance, design)
    error = vy + fit.slope**2 * vx - 2 * fit.slope * shared + line
    residual = y - (fit.level + fit.slope * (x - fit.centre))
    se = np.sqrt(error)
    wide, narrow = (stats.norm.ppf(0.5 + share / 2) for share in (level, SIGN_LEVEL))
    size = np.abs(residual) / se
    certainty = np.select(
        [size > stats.norm.ppf(0.5 + LEVEL / 2), size > narrow], ["clear", "sign"], "chance"
    )
    shrunk, left = _predict(x, y, vx, vy, shared, fit)
    shrunk_se = np.sqrt(left + (1 - left / max(fit.growth_sd**2, 1e-12)) ** 2 * line)
    return pairs.assign(
        expected=y - residual,
        contribution=residual,
        se=se,
        low=residual - wide * se,
        high=residual + wide * se,
        reliability=fit.growth_sd**2 / (fit.growth_sd**2 + error),
        shrunk=shrunk,
        shrunk_low=shrunk - wide * shrunk_se,
        shrunk_high=shrunk + wide * shrunk_se,
        certainty=certainty,
        stands_out=stands_out(residual, error),
    )


def _predict(
    x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray, shared: np.ndarray, fit: Growth
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the true contribution from both means; give the variance that is left too."""
    prior, growth = fit.prior_sd**2, fit.growth_sd**2
    xx, xy = prior + vx, fit.slope * prior + shared
    yy = fit.slope**2 * prior + growth + vy
    determinant = xx * yy - xy**2
    dx = x - fit.prior_mean
    dy = y - fit.level - fit.slope * (fit.prior_mean - fit.centre)
    prediction = growth * (xx * dy - xy * dx) / determinant
    return prediction, growth - growth**2 * xx / determinant
