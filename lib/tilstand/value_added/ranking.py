"""Ranks and comparisons that say how little one list shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtr

from tilstand.value_added.prior import Prior
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.uncertainty import posterior

# Average half-widths over at most this many schools squared.
_PAIRS = 1500


def draw_effects(
    results: RandomInterceptResults,
    draws: int,
    rng: np.random.Generator,
    *,
    prior: Prior | None = None,
    level_of: np.ndarray | None = None,
) -> np.ndarray:
    """Draw the schools' contributions jointly, parameters' uncertainty included.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.
    prior : Prior, optional
        What is believed of the variance ratio beforehand.
    level_of : ndarray, shape (p,), optional
        Predictors at which the expected outcome is added to every contribution, drawn along with
        it; ``[1]`` adds the intercept of a model without predictors.

    Returns
    -------
    ndarray, shape (draws, J)
        Outcome's units. Variance ratio, residual variance and fixed effects are drawn once a row,
        so that what all schools share stays shared.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> score = 50 + 4 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ 1", pupils, groups="school").fit()
    >>> from tilstand.value_added.ranking import draw_effects
    >>> draw_effects(results, 3, np.random.default_rng(2)).shape
    (3, 8)

    References
    ----------
    Gelman, Carlin, Stern, Dunson, Vehtari & Rubin (2013), Bayesian data analysis, section 5.4.
    """
    mixture = posterior(results.likelihood, prior, results.mean_noise)
    given = mixture.given
    n = results.model.statistics.n
    x = results.likelihood.means[:, :-1]
    effects = np.empty((draws, len(n)))
    chosen = np.sort(rng.choice(len(mixture.weights), size=draws, p=mixture.weights))
    for node in np.unique(chosen):
        rows = np.flatnonzero(chosen == node)
        ratio = given.ratio[node]
        chance = mixture.degrees / rng.chisquare(mixture.degrees, len(rows))
        residual = given.residual_variance[node] * chance
        root = np.linalg.cholesky(given.inverse[node])
        move = rng.standard_normal((len(rows), x.shape[1])) @ root.T * np.sqrt(residual)[:, None]
        shrinkage = n * ratio / (1 + n * ratio)
        own = residual[:, None] * shrinkage / n + shrinkage**2 * results.mean_noise / n
        noise = np.sqrt(own) * rng.standard_normal((len(rows), len(n)))
        effects[rows] = mixture.mean[node] - shrinkage * (move @ x.T) + noise
        if level_of is not None:
            back, shift = results.likelihood.back
            drawn = (given.coefficients[node] + move) @ (level_of @ back) + level_of @ shift
            effects[rows] += drawn[:, None]
    return effects


def expected_ranks(estimate: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Average each school's rank over what its contribution may be.

    Parameters
    ----------
    estimate : ndarray, shape (J,)
        Contributions.
    covariance : ndarray, shape (J, J)
        Covariance of their errors.

    Returns
    -------
    ndarray, shape (J,)
        Rank 1 is the highest contribution: one plus the sum, over the others, of the probability
        ``Phi((u_j - u_i) / sqrt(v_i + v_j - 2 c_ij))`` that they lie above.

    Examples
    --------
    >>> import numpy as np
    >>> from tilstand.value_added import expected_ranks
    >>> expected_ranks(np.array([2.0, 0.0, -2.0]), np.eye(3)).round(2).tolist()
    [1.08, 2.0, 2.92]

    References
    ----------
    Laird & Louis (1989), Empirical Bayes ranking methods, Journal of Educational Statistics
    14:29-46; Lingsma et al. (2010), QJM 103:99-108, for the form with covariances.
    """
    own = np.diag(covariance)
    spread = np.sqrt(np.maximum(own[:, None] + own - 2 * covariance, 0))
    gap = estimate - estimate[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        above = ndtr(gap / spread)
    above[np.isnan(above)] = 0.5
    np.fill_diagonal(above, 0.0)
    return np.asarray(1 + above.sum(axis=1))


def rank_table(
    results: RandomInterceptResults,
    rng: np.random.Generator,
    *,
    draws: int = 4000,
    level: float = 0.95,
    fraction: float = 0.2,
    prior: Prior | None = None,
) -> pd.DataFrame:
    """Say for each school which ranks the data leave open.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    rng : numpy.random.Generator
        Source of randomness.
    draws : int
        Joint draws of the contributions.
    level : float
        Level of the rank intervals.
    fraction : float
        The top and bottom part whose probability is given.
    prior : Prior, optional
        What is believed of the variance ratio beforehand.

    Returns
    -------
    DataFrame, J rows
        ``school, n, estimate, expected_rank, rank_low, rank_high, p_top, p_bottom``; rank 1 is
        the highest contribution. In the order of the schools' ids, not of the ranks.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> score = 50 + 4 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ 1", pupils, groups="school").fit()
    >>> from tilstand.value_added import rank_table
    >>> ranks = rank_table(results, np.random.default_rng(2), draws=200)
    >>> bool((ranks["rank_low"] <= ranks["rank_high"]).all()), len(ranks)
    (True, 8)

    References
    ----------
    Goldstein & Spiegelhalter (1996), League tables and their limitations, JRSS A 159:385-443.
    """
    effects = draw_effects(results, draws, rng, prior=prior)
    return pd.DataFrame(
        {
            "school": results.schools,
            "n": results.model.statistics.n.astype(int),
            "estimate": results.conditional_mode,
            **rank_columns(effects, level, fraction),
        }
    )


def rank_columns(
    effects: np.ndarray, level: float = 0.95, fraction: float = 0.2
) -> dict[str, np.ndarray]:
    """Sum up which ranks joint draws leave open.

    Parameters
    ----------
    effects : ndarray, shape (draws, J)
        Joint draws of contributions.
    level : float
        Level of the rank intervals.
    fraction : float
        The top and bottom part whose probability is given.

    Returns
    -------
    dict of str to ndarray, shape (J,)
        ``expected_rank, rank_low, rank_high, p_top, p_bottom``; rank 1 is the highest.
    """
    ranks = ranks_from_top(effects)
    count = effects.shape[1]
    part = max(round(fraction * count), 1)
    tail = (1 - level) / 2
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="nearest")
    return {
        "expected_rank": ranks.mean(axis=0),
        "rank_low": low.astype(int),
        "rank_high": high.astype(int),
        "p_top": (ranks <= part).mean(axis=0),
        "p_bottom": (ranks > count - part).mean(axis=0),
    }


def ranks_from_top(effects: np.ndarray) -> np.ndarray:
    """Rank contributions, 1 for the highest.

    Parameters
    ----------
    effects : ndarray, shape (draws, J)
        Contributions.

    Returns
    -------
    ndarray of int, shape (draws, J)
        Ranks within each row.
    """
    order = np.argsort(-effects, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, effects.shape[1] + 1)[None, :], axis=1)
    return ranks


def pairwise_intervals(
    results: RandomInterceptResults, level: float = 0.95, *, prior: Prior | None = None
) -> pd.DataFrame:
    """Compute intervals for comparing two schools by whether they overlap.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    level : float
        Level of the comparison of two schools, on average over all pairs.
    prior : Prior, optional
        What is believed of the variance ratio beforehand.

    Returns
    -------
    DataFrame, J rows
        ``school, n, expected, se, pair_low, pair_high, multiplier``: two schools differ at the
        level if their intervals do not overlap. The multiplier of the standard error is about
        1.4 at 95 %, not 1.96.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> score = 50 + 4 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ 1", pupils, groups="school").fit()
    >>> from tilstand.value_added import pairwise_intervals
    >>> round(float(pairwise_intervals(results)["multiplier"].iloc[0]), 1)
    1.4

    References
    ----------
    Goldstein & Healy (1995), The graphical presentation of a collection of means, JRSS A
    158:175-177.
    """
    effects = results.school_effects(level, prior=prior)
    se = effects["se"].to_numpy()
    multiplier = comparison_multiplier(se, level)
    return pd.DataFrame(
        {
            "school": effects["school"],
            "n": effects["n"],
            "expected": effects["expected"],
            "se": se,
            "pair_low": effects["expected"] - multiplier * se,
            "pair_high": effects["expected"] + multiplier * se,
            "multiplier": multiplier,
        }
    )


def comparison_multiplier(se: np.ndarray, level: float = 0.95) -> float:
    """Average, over pairs, the multiple of both standard errors that makes overlap a test.

    Parameters
    ----------
    se : ndarray, shape (J,)
        Standard errors.
    level : float
        Level of the comparison of two schools.

    Returns
    -------
    float
        ``mean of z sqrt(s_i^2 + s_j^2) / (s_i + s_j)``.

    References
    ----------
    Goldstein & Healy (1995), equation 1.
    """
    ordered = np.sort(np.asarray(se, dtype=float))
    if len(ordered) > _PAIRS:
        ordered = np.quantile(ordered, (np.arange(_PAIRS) + 0.5) / _PAIRS)
    first, second = np.triu_indices(len(ordered), 1)
    a, b = ordered[first], ordered[second]
    ratio = np.sqrt(a**2 + b**2) / (a + b)
    return float(stats.norm.isf((1 - level) / 2) * ratio.mean())
