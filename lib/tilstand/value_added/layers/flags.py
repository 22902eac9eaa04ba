"""Over, around and under by the layered model, with the number of wrong flags to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.value_added.bands import BandRule, band_of, tail
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.tables import observed_mean
from tilstand.value_added.layers.targets import evaluate, newest_target, units_target
from tilstand.value_added.mixture import mixture_interval

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults


def layered_bands(
    results: LayeredResults,
    rule: BandRule | None = None,
    *,
    target: str = "mean_observed",
    prior: LayeredPrior | None = None,
) -> pd.DataFrame:
    """Place each school over, around or under the reference.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    rule : BandRule, optional
        When a school is flagged.
    target : str
        ``mean_observed``, ``newest`` or ``stable``. In simulations the flags of the first two
        are wrong as often as stated to within a percentage point from ten schools on, and less
        often with fewer. Of flags of ``stable`` up to three points more are wrong than stated
        where cohorts are little alike: the book prints none.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    DataFrame, one row a school
        ``school, n, estimate`` (mean of the distribution), ``low, high, p_over, p_under, band,
        error_probability``; the flags' error probabilities add up to the number of wrong flags
        to expect, see `bands.band_summary`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added.layers import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 3, 20))[:2])
    >>> score = 50 + 3 * rng.normal(size=12)[school] + 8 * rng.normal(size=720)
    >>> pupils = pd.DataFrame({"score": score, "school": school, "cohort": 2022 + cohort})
    >>> model = LayeredIntercept.from_formula("score ~ 1", pupils, ["school", "cohort"])
    >>> results = model.fit()
    >>> from tilstand.value_added.layers import layered_bands
    >>> len(layered_bands(results))
    12
    """
    rule = rule or BandRule()
    tree, likelihood = results.model.tree, results.restricted
    school, cell = tree.level("school"), tree.level("cohort")
    if target == "stable" and "cohort" not in tree.levels:
        raise ValueError("what stays with a school cannot be told from one cohort")
    wanted = {
        "mean_observed": observed_mean(results),
        "newest": newest_target(tree, cell, school),
        "stable": units_target(tree, school),
    }
    if target not in wanted:
        raise ValueError(f"target is one of {', '.join(wanted)}, not {target!r}")
    nodes = results.nodes(prior)
    (spread,) = evaluate(likelihood, nodes.ratio, [wanted[target]], excess=results.model.mean_error)
    ends = mixture_interval(nodes.weights, spread.mean, spread.sd, likelihood.degrees, rule.level)
    over = nodes.weights @ tail(
        (spread.mean - rule.reference - rule.margin) / spread.sd, likelihood.degrees
    )
    under = nodes.weights @ tail(
        (rule.reference - rule.margin - spread.mean) / spread.sd, likelihood.degrees
    )
    n = results.pupils(school)
    return pd.DataFrame(
        {
            "school": tree.ids[school]["school"],
            "n": n,
            "estimate": ends.mean,
            "low": ends.low,
            "high": ends.high,
            "p_over": over,
            "p_under": under,
            "band": band_of(rule, n, ends),
            "error_probability": 1 - np.maximum(over, under),
        }
    )
