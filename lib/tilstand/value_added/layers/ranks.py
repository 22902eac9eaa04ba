"""Places and pairs by the layered model: how little an order of schools would show."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.errors import check_level
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.tables import observed_mean
from tilstand.value_added.layers.targets import evaluate, gatherer, intervals, predictions
from tilstand.value_added.ranking import rank_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from tilstand.value_added.layers.results import LayeredResults


def draw_contributions(
    results: LayeredResults,
    draws: int,
    rng: np.random.Generator,
    *,
    prior: LayeredPrior | None = None,
) -> np.ndarray:
    """Draw the averages of the schools' observed cohorts jointly.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    ndarray, shape (draws, J)
        Outcome's units. Variances and fixed effects are drawn once a row, so that what all schools
        share stays shared; what schools of one municipality share beyond that is taken as
        independent.

    Examples
    --------
    >>> from tilstand.value_added.layers import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 3, 20))[:2])
    >>> score = 50 + 3 * rng.normal(size=12)[school] + 8 * rng.normal(size=720)
    >>> pupils = pd.DataFrame({"score": score, "school": school, "cohort": 2022 + cohort})
    >>> results = LayeredIntercept.from_formula("score ~ 1", pupils, ["school", "cohort"]).fit()
    >>> draws = draw_contributions(results, 4000, np.random.default_rng(2))
    >>> gap = draws.mean(axis=0) - results.school_effects()["mean_observed"]
    >>> bool(abs(gap).max() < 0.1)
    True

    References
    ----------
    Gelman, Carlin, Stern, Dunson, Vehtari & Rubin (2013), Bayesian data analysis, section 5.4.
    """
    nodes, likelihood = results.nodes(prior), results.restricted
    target = observed_mean(results)
    chosen = rng.choice(len(nodes.weights), size=draws, p=nodes.weights)
    used, counts = np.unique(chosen, return_counts=True)
    (own,) = evaluate(
        likelihood, nodes.ratio[used], [target], excess=results.model.mean_error, conditional=True
    )
    gather = gatherer(likelihood.tree, target)
    effects = []
    for at, count in enumerate(counts):
        sweep = likelihood.sweep(nodes.ratio[used[at : at + 1]])
        pulled = gather(target.weights * predictions(likelihood.tree, sweep)[target.level])[0]
        shared = sweep.root[0] @ pulled[:-1] * np.sqrt(likelihood.residual_variance(sweep)[0])
        spread = np.sqrt(likelihood.degrees / rng.chisquare(likelihood.degrees, (count, 1)))
        moved = rng.standard_normal((count, len(shared))) @ shared
        noise = rng.standard_normal((count, len(own.sd[at]))) * own.sd[at]
        effects.append(own.mean[at] + spread * (moved + noise))
    return np.concatenate(effects)


def layered_ranks(
    results: LayeredResults,
    rng: np.random.Generator,
    *,
    draws: int = 4000,
    level: float = 0.95,
    fraction: float = 0.2,
    prior: LayeredPrior | None = None,
) -> pd.DataFrame:
    """Say for each school which ranks the data leave open.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    rng : numpy.random.Generator
        Source of randomness.
    draws : int
        Joint draws of the contributions.
    level : float
        Level of the rank intervals.
    fraction : float
        The top and bottom part whose probability is given.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    DataFrame, one row a school
        ``school, n``, and what `ranking.rank_columns` gives, of the averages of the observed
        cohorts. In the order of the schools' ids, not of the ranks.

    References
    ----------
    Goldstein & Spiegelhalter (1996), League tables and their limitations, JRSS A 159:385-443.

    Examples
    --------
    >>> from tilstand.value_added import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"school": np.repeat(np.arange(14), 30)})
    >>> frame["x"] = frame["school"] / 7 + rng.normal(size=420)
    >>> frame["y"] = frame["x"] + 0.3 * rng.normal(size=14)[frame["school"]] + rng.normal(size=420)
    >>> fit = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    >>> ranks = layered_ranks(fit, np.random.default_rng(2))
    >>> len(ranks), bool((ranks["rank_low"] <= ranks["rank_high"]).all())
    (14, True)
    """
    check_level(level)
    effects = draw_contributions(results, draws, rng, prior=prior)
    tree = results.model.tree
    names = {"school": results.schools, "n": results.pupils(tree.level("school"))}
    return pd.DataFrame({**names, **rank_columns(effects, level, fraction)})


def pairs_apart(
    results: LayeredResults,
    schools: Collection[Any],
    *,
    level: float = 0.95,
    prior: LayeredPrior | None = None,
) -> pd.DataFrame:
    """Compare schools two and two by the interval of their difference.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    schools : collection of ids
        Schools that are compared.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    DataFrame, one row a pair
        ``school, other, difference, low, high, apart``, in the order of the ids; outcome's units.
        A pair is apart where the whole interval lies on one side of zero.

    Examples
    --------
    >>> from tilstand.value_added import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"school": np.repeat(np.arange(14), 30)})
    >>> frame["x"] = frame["school"] / 7 + rng.normal(size=420)
    >>> frame["y"] = frame["x"] + 0.3 * rng.normal(size=14)[frame["school"]] + rng.normal(size=420)
    >>> fit = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    >>> pairs_apart(fit, [0, 1, 2])[["school", "other"]].to_numpy().tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    check_level(level)
    at = np.flatnonzero(results.schools.isin(list(schools)))
    pairs = np.array(list(combinations(at, 2)), dtype=int).reshape(-1, 2)
    mix = np.zeros((len(pairs), len(results.schools)))
    rows = np.arange(len(pairs))
    mix[rows, pairs[:, 0]], mix[rows, pairs[:, 1]] = 1.0, -1.0
    nodes = results.nodes(prior)
    (found,) = evaluate(
        results.restricted,
        nodes.ratio,
        [observed_mean(results)],
        excess=results.model.mean_error,
        mix=mix,
    )
    ends = intervals(results.restricted, nodes, found, level)
    return pd.DataFrame(
        {
            "school": results.schools[pairs[:, 0]],
            "other": results.schools[pairs[:, 1]],
            "difference": ends.mean,
            "low": ends.low,
            "high": ends.high,
            "apart": (ends.low > 0) | (ends.high < 0),
        }
    )
