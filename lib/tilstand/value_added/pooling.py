"""Two or three cohorts in one model: what stays with a school and what was one year's.

Separately shrunken contributions of two years must not be correlated with each other: shrinkage
distorts the correlation. One model of both gives it directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tilstand.value_added.checks import check_columns
from tilstand.value_added.errors import TooFewSchoolsError
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.targets import units_target
from tilstand.value_added.prior import Prior


@dataclass(frozen=True)
class Pooled:
    """Hold what several cohorts say of the schools.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, n, cohorts, estimate, expected, se, ci_low, ci_high, reliability``: the
        contribution that a school keeps from cohort to cohort, and ``mean_observed`` with
        ``_low`` and ``_high``: the average of its observed cohorts.
    cohorts : DataFrame, one row a school and cohort
        ``school, cohort, n, unshrunk, estimate, se, ci_low, ci_high``: the contribution to one
        cohort, informed by the others.
    variances : dict of str to float
        ``stable``, ``cohort`` and ``residual`` variance, outcome's units squared.
    correlation : dict of str to float
        ``estimate, ci_low, ci_high`` of the correlation between a school's true contributions to
        two cohorts.
    log_likelihood : float
        Restricted log-likelihood at the optimum.
    results : LayeredResults
        The layered fit that all of this is read off.
    """

    schools: pd.DataFrame
    cohorts: pd.DataFrame
    variances: dict[str, float]
    correlation: dict[str, float]
    log_likelihood: float
    results: LayeredResults


def pool_cohorts(
    formula: str,
    groups: str,
    cohort: str,
    data: pd.DataFrame,
    *,
    level: float = 0.95,
    prior: Prior | None = None,
    reliability: Mapping[str, float] | None = None,
) -> Pooled:
    """Estimate contributions from several cohorts together.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``; add ``C(cohort)`` to let the cohorts' levels differ.
    groups, cohort : str
        The columns of school ids and of cohorts.
    data : DataFrame
        Pupils of all cohorts.
    level : float
        Level of the intervals.
    prior : Prior, optional
        What is believed beforehand of the total SD of schools and cohorts, in units of the
        residual SD; the share of it that stays is uniform.
    reliability : mapping of str to float, optional
        Reliability of priors that the formula takes as they are; they are calibrated.

    Returns
    -------
    Pooled
        Stable contributions, those to each cohort, and how far they go together.

    Raises
    ------
    ValueAddedError
        As for one cohort, and if no school has pupils in two cohorts.

    Notes
    -----
    ``y_ijt = x_ijt' b + u_j + v_jt + e_ijt`` with ``u_j`` stable and ``v_jt`` of the cohort; the
    correlation between cohorts is ``Var(u) / (Var(u) + Var(v))``. This is the layered model of
    `layers.model.LayeredIntercept`, in the form that the chapters read.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 3, 20))[:2])
    >>> score = 50 + 3 * rng.normal(size=12)[school] + 2 * rng.normal(size=(12, 3))[school, cohort]
    >>> score += 8 * rng.normal(size=720)
    >>> pupils = pd.DataFrame({"score": score, "school": school, "cohort": cohort})
    >>> from tilstand.value_added import pool_cohorts
    >>> pooled = pool_cohorts("score ~ 1", "school", "cohort", pupils)
    >>> type(pooled).__name__
    'Pooled'

    References
    ----------
    Goldstein (2011), Multilevel statistical models, chapter 2; Leckie & Goldstein (2009), The
    limitations of using school league tables to inform school choice, JRSS A 172:835-851.
    """
    check_columns(data, [groups, cohort])
    model = LayeredIntercept.from_formula(formula, data, {"school": groups, "cohort": cohort})
    if "cohort" not in model.tree.levels:
        raise TooFewSchoolsError("no school has pupils in two cohorts: nothing to pool")
    if reliability:
        model = model.calibrated(reliability)
    results = model.fit()
    belief = None if prior is None else LayeredPrior(total=prior)
    by_school = results.school_effects(level, prior=belief)
    by_cohort = results.cohort_effects(level, prior=belief)
    tree = model.tree
    stable = results.at_optimum([units_target(tree, tree.level("school"))])[0]
    ratio = results.ratio[tree.level("school")]
    summed = results.likelihood.sweep(results.ratio[None]).a[tree.level("school")][0]
    schools = pd.DataFrame(
        {
            "school": by_school["school"].astype("str"),
            "n": by_school["n"],
            "cohorts": by_school["cohorts"],
            "estimate": stable,
            "expected": by_school["stable"],
            "se": by_school["stable_se"],
            "ci_low": by_school["stable_low"],
            "ci_high": by_school["stable_high"],
            "reliability": ratio * summed,
            "mean_observed": by_school["mean_observed"],
            "mean_observed_low": by_school["mean_observed_low"],
            "mean_observed_high": by_school["mean_observed_high"],
        }
    )
    kept = ["school", "cohort", "n", "unshrunk", "estimate", "se", "ci_low", "ci_high"]
    cohorts = by_cohort[kept].assign(school=by_cohort["school"].astype("str"))
    found = results.correlation(level, prior=belief)
    return Pooled(
        schools,
        cohorts,
        {
            "stable": results.variances["school"],
            "cohort": results.variances["school_cohort"],
            "residual": results.scale,
        },
        {"estimate": found["estimate"], "ci_low": found["low"], "ci_high": found["high"]},
        results.llf,
        results,
    )
