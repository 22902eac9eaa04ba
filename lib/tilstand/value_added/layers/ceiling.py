"""A ceiling of the outcome: imputed beyond it, or ranked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special, stats

from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import ValueAddedError, check_level
from tilstand.value_added.layers.modes import modes_of

if TYPE_CHECKING:
    from tilstand.value_added.layers.model import LayeredIntercept
    from tilstand.value_added.layers.results import LayeredResults
    from tilstand.value_added.pupil_model import Observations

# Rounds before the first imputation that counts.
_BURN_IN = 6
_ENDS = ("mean_observed", "newest", "stable", "change")


def normal_scores(outcome: pd.Series) -> pd.Series:
    """Put ranks in the place of an outcome, as quantiles of the standard normal distribution.

    Parameters
    ----------
    outcome : Series, shape (n,)
        Of any scale; equal values share the middle of their ranks.

    Returns
    -------
    Series, shape (n,)
        Missing where the outcome is.

    References
    ----------
    Blom (1958), Statistical estimates and transformed beta-variables, for the quantiles.

    Examples
    --------
    >>> normal_scores(pd.Series([1.0, 2.0, 2.0, 9.0])).round(2).tolist()
    [-1.05, 0.0, 0.0, 1.05]
    """
    rank = outcome.rank(method="average")
    return pd.Series(special.ndtri((rank - 0.375) / (outcome.count() + 0.25)), outcome.index)


@quietly()
def beyond_ceiling(
    results: LayeredResults,
    *,
    ceiling: float | None = None,
    imputations: int = 10,
    seed: int = 1,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Estimate contributions where the best scores are cut off, by imputing what lies beyond.

    Parameters
    ----------
    results : LayeredResults
        A fit whose pupils can be read again.
    ceiling : float, optional
        Scores from here on say only that the pupil reached it; the highest score if not given.
    imputations : int
        Completed data sets that the answer is averaged over.
    seed : int
        Start of the random numbers.
    level : float
        Level of the intervals.

    Returns
    -------
    DataFrame, one row a school
        ``school, n, cohorts`` and of ``mean_observed, newest, stable, change`` the centre with
        ``_low`` and ``_high``, as in `LayeredResults.school_effects`, on the scale that the
        outcome would have without a ceiling.

    Raises
    ------
    ValueAddedError
        If no pupil or every pupil lies at the ceiling, and for fewer than two imputations.

    Notes
    -----
    A Tobit model by data augmentation: in turn the model is fitted, the units' effects are drawn
    given it, and the scores at the ceiling are drawn from the normal distribution beyond it.
    Intervals are widened by the variance between imputations.

    Examples
    --------
    >>> import numpy as np
    >>> from tilstand.value_added.layers import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 2, 20))[:2])
    >>> level = 50 + 3 * rng.normal(size=12)[:, None] + 3 * rng.normal(size=(12, 2))
    >>> score = level[school, cohort] + 8 * rng.normal(size=480)
    >>> pupils = pd.DataFrame({"score": np.minimum(score, 60), "school": school, "cohort": cohort})
    >>> model = LayeredIntercept.from_formula("score ~ 1", pupils, ["school", "cohort"])
    >>> found = beyond_ceiling(model.fit(), imputations=2)
    >>> len(found)
    12

    References
    ----------
    Tobin (1958), Econometrica 26:24-36. Rubin (1987), Multiple imputation for nonresponse in
    surveys, section 3.3. Koedel & Betts (2010), Value added to what? How a ceiling in the testing
    instrument influences value-added estimation, Education Finance and Policy 5:54-81.
    """
    check_level(level)
    if not (isinstance(imputations, int) and imputations >= 2):
        raise ValueAddedError(
            f"imputations: {imputations!r} is not a whole number, at least 2 to have a variance"
        )
    seen = results.model.observations()
    top = float(seen.endog.max()) if ceiling is None else float(ceiling)
    at_top = seen.endog >= top
    if not 0 < at_top.sum() < len(at_top):
        raise ValueAddedError(
            f"ceiling: {int(at_top.sum())} of {len(at_top)} pupils are at {top:g}"
        )
    rng = np.random.default_rng(seed)
    fit, tables = results, []
    for step in range(_BURN_IN + imputations):
        complete = _drawn(fit, seen, at_top, top, rng)
        fit = _with_outcome(results.model, seen, complete).fit(reml=results.reml)
        if step >= _BURN_IN:
            tables.append(fit.school_effects(level))
    first = tables[0][[c for c in ("municipality", "school", "n", "cohorts") if c in tables[0]]]
    z = float(stats.norm.isf((1 - level) / 2))
    columns = {}
    for name in _ENDS:
        centre, low, high = (
            np.array([table[f"{name}{end}"] for table in tables]) for end in ("", "_low", "_high")
        )
        mean = centre.mean(axis=0)
        within = (((high - low) / (2 * z)) ** 2).mean(axis=0)
        between = centre.var(axis=0, ddof=1) * (1 + 1 / imputations)
        wider = np.sqrt(1 + between / within)
        columns[name] = mean
        columns[f"{name}_low"] = mean - wider * (centre - low).mean(axis=0)
        columns[f"{name}_high"] = mean + wider * (high - centre).mean(axis=0)
    return first.assign(**columns)


def _drawn(
    fit: LayeredResults,
    seen: Observations,
    at_top: np.ndarray,
    top: float,
    rng: np.random.Generator,
) -> np.ndarray:
    modes = modes_of(fit.model, fit.likelihood, fit.ratio)
    slopes = fit.params.to_numpy()
    sums = modes.pulled[0].T @ np.append(-slopes, 1.0)
    sums = sums + np.sqrt(modes.variance[0]) * rng.standard_normal(len(sums))
    centre = seen.exog[at_top] @ slopes + sums[seen.school[at_top]]
    sd = np.sqrt(fit.scale)
    # Beyond z the normal has the share ndtr(-z); a uniform part of it is a draw from there.
    beyond = special.ndtr(-(top - centre) / sd)
    complete = seen.endog.copy()
    complete[at_top] = centre - sd * special.ndtri(
        np.maximum(beyond, 1e-300) * rng.uniform(1e-12, 1, int(at_top.sum()))
    )
    return complete


def _with_outcome(
    model: LayeredIntercept, seen: Observations, outcome: np.ndarray
) -> LayeredIntercept:
    """Return the model with another outcome for the same pupils."""
    old = model.statistics
    leaf = model.tree.order[seen.school]
    mean = np.bincount(leaf, outcome, len(old.n)) / old.n
    gap = outcome - mean[leaf]
    means, within, origin = old.means.copy(), old.within.copy(), old.origin.copy()
    origin[-1] = 0.0
    means[:, -1] = mean
    within[-1, :-1] = within[:-1, -1] = gap @ seen.exog
    within[-1, -1] = gap @ gap
    return type(model).from_statistics(
        replace(old, origin=origin, means=means, within=within),
        model.columns,
        values=model.values,
        orders=model.orders,
        class_share=model.class_share,
    )
