"""New outcomes for the same pupils, drawn straight from the model's sufficient statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tilstand.value_added.sufficient import SufficientStatistics


def draw_outcome(
    statistics: SufficientStatistics,
    school_sd: float,
    residual_sd: float,
    rng: np.random.Generator,
) -> tuple[SufficientStatistics, np.ndarray]:
    """Draw an outcome with no fixed effects for the same schools, sizes and predictors.

    Errors of estimated contributions do not depend on the fixed effects' true values, so zero
    serves for every study of intervals.

    Parameters
    ----------
    statistics : SufficientStatistics
        The design; its outcome is replaced.
    school_sd, residual_sd : float
        Standard deviations of the true contributions and of the pupils' residuals.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    statistics : SufficientStatistics
        The same predictors with the drawn outcome.
    truth : ndarray, shape (J,)
        The true contributions.

    References
    ----------
    The within-school residual cross-products are normal given the predictors', and what is left
    of the residual sum of squares is chi-square, independent of the means: Seber & Lee (2003),
    Linear regression analysis, theorem 3.5.
    """
    schools, k = statistics.means.shape
    truth = school_sd * np.asarray(rng.standard_normal(schools))
    outcome = truth + residual_sd / np.sqrt(statistics.n) * rng.standard_normal(schools)
    means = statistics.means.copy()
    means[:, -1] = outcome
    origin = statistics.origin.copy()
    origin[-1] = 0.0

    cross = statistics.within[:-1, :-1]
    values, vectors = np.linalg.eigh(cross)
    kept = values > 1e-12 * max(values.max(initial=0.0), 1e-300)
    spread = np.sqrt(values[kept])
    explained = rng.standard_normal(int(kept.sum()))
    freedom = statistics.pupils - schools - len(explained)
    within = np.zeros((k, k))
    within[:-1, :-1] = cross
    within[:-1, -1] = residual_sd * vectors[:, kept] @ (spread * explained)
    within[-1, :-1] = within[:-1, -1]
    left = rng.chisquare(freedom) if freedom > 0 else 0.0
    within[-1, -1] = residual_sd**2 * (explained @ explained + left)
    return replace(statistics, origin=origin, means=means, within=within), truth
