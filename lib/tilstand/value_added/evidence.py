"""What the estimator does where the truth is known, and where it should find nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns
from tilstand.value_added.doubts import quietly
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.results import RandomInterceptResults


@quietly()
def forecast_slope(
    earlier: pd.DataFrame, later: pd.DataFrame, formula: str, groups: str
) -> dict[str, float]:
    """Ask whether contributions foretell other pupils' results, unit for unit.

    Parameters
    ----------
    earlier, later : DataFrame
        Pupils the contributions are estimated from, and others of the same schools: a later
        cohort, or the other half of the same.
    formula : str
        ``outcome ~ predictors``.
    groups : str
        The column of school ids.

    Returns
    -------
    dict
        ``slope`` of the later pupils' mean residual on the estimate, weighted by their number,
        its ``se`` (robust to unequal variances), ``ci_low, ci_high`` and ``schools``. About 1 for
        two halves of a cohort; for a later cohort about the correlation between cohorts.

    References
    ----------
    Chetty, Friedman & Rockoff (2014), Measuring the impacts of teachers I, American Economic
    Review 104:2593-2632, section III. White (1980), Econometrica 48:817-838.
    """
    first = RandomIntercept.from_formula(formula, earlier, groups).fit()
    second = RandomIntercept.from_formula(formula, later, groups).fit()
    estimate = pd.Series(first.conditional_mode, index=first.schools)
    residual = pd.Series(second.unshrunk, index=second.schools)
    weight = pd.Series(second.model.statistics.n, index=second.schools)
    both = estimate.index.intersection(residual.index)
    return _weighted_slope(
        estimate[both].to_numpy(), residual[both].to_numpy(), weight[both].to_numpy()
    )


@quietly()
def placebo(
    results: RandomInterceptResults,
    pupils: pd.DataFrame,
    earlier: str,
    controls: str,
    groups: str,
) -> dict[str, float]:
    """Ask whether contributions foretell what schools cannot have caused.

    Parameters
    ----------
    results : RandomInterceptResults
        The contributions.
    pupils : DataFrame
        The pupils, with a score from before they came to the school.
    earlier : str
        That score's column.
    controls : str
        Right side of its formula; ``1`` for none.
    groups : str
        The column of school ids.

    Returns
    -------
    dict
        As `forecast_slope`: about 0 if pupils are not sorted to schools on what the model leaves
        out and the prior has no error.

    References
    ----------
    Rothstein (2010), Teacher quality in educational production, Quarterly Journal of Economics
    125:175-214.
    """
    check_columns(pupils, [earlier, groups])
    fitted = RandomIntercept.from_formula(f"{earlier} ~ {controls}", pupils, groups).fit()
    estimate = pd.Series(results.conditional_mode, index=results.schools)
    residual = pd.Series(fitted.unshrunk, index=fitted.schools)
    weight = pd.Series(fitted.model.statistics.n, index=fitted.schools)
    both = estimate.index.intersection(residual.index)
    return _weighted_slope(
        estimate[both].to_numpy(), residual[both].to_numpy(), weight[both].to_numpy()
    )


def _weighted_slope(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    x_gap = x - np.average(x, weights=weight)
    y_gap = y - np.average(y, weights=weight)
    spread = weight @ x_gap**2
    if spread == 0:
        nothing = float("nan")
        return {
            "slope": nothing,
            "se": nothing,
            "ci_low": nothing,
            "ci_high": nothing,
            "schools": float(len(x)),
        }
    slope = float(weight @ (x_gap * y_gap) / spread)
    residual = y_gap - slope * x_gap
    few = len(x) / max(len(x) - 2, 1)
    se = float(np.sqrt(few * np.sum((weight * x_gap * residual) ** 2)) / spread)
    return {
        "slope": slope,
        "se": se,
        "ci_low": slope - 1.96 * se,
        "ci_high": slope + 1.96 * se,
        "schools": float(len(x)),
    }


@quietly()
def split_half(
    formula: str, groups: str, pupils: pd.DataFrame, rng: np.random.Generator
) -> dict[str, float]:
    """Correlate two random halves of every school's pupils.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    groups : str
        The column of school ids.
    pupils : DataFrame
        Pupils.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict
        ``correlation`` of the halves' unshrunk means, ``reliability`` of the whole by Spearman
        and Brown, ``expected_reliability``, the model's average, and ``forecast``, the slope of
        one half on the other's shrunken contribution. The first two are not a number with fewer
        than three schools in both halves, the second where the halves stand opposite.

    References
    ----------
    Spearman (1910), British Journal of Psychology 3:271-295; Brown (1910), 3:296-322.
    """
    check_columns(pupils, [groups])
    order = pd.Series(rng.random(len(pupils)), index=pupils.index)
    first = order.groupby(pupils[groups]).rank(method="first") % 2 == 1
    halves = [
        RandomIntercept.from_formula(formula, pupils[half], groups).fit()
        for half in (first, ~first)
    ]
    a, b = (pd.Series(half.unshrunk, index=half.schools) for half in halves)
    both = a.index.intersection(b.index)
    r = float(a[both].corr(b[both], min_periods=3))  # two schools' is 1 or -1 whatever they are
    whole = RandomIntercept.from_formula(formula, pupils, groups).fit()
    forecast = forecast_slope(pupils[first], pupils[~first], formula, groups)
    return {
        "correlation": r,
        "reliability": 2 * r / (1 + r) if r > -0.999 else float("nan"),
        "expected_reliability": float(whole.reliability.mean()),
        "forecast": forecast["slope"],
        "forecast_se": forecast["se"],
    }


@quietly()
def agreement_table(
    pupils: pd.DataFrame, groups: str, formulas: Mapping[str, str], *, reml: bool = True
) -> pd.DataFrame:
    """Certify fits by statsmodels' MixedLM.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    groups : str
        The column of school ids.
    formulas : mapping of str to str
        Formulas by name.
    reml : bool
        Restricted maximum likelihood.

    Returns
    -------
    DataFrame, one row a formula
        ``formula, log_likelihood, mixedlm, difference, score``.
    """
    rows = {}
    for name, formula in formulas.items():
        results = RandomIntercept.from_formula(formula, pupils, groups).fit(reml=reml)
        rows[name] = {"formula": formula, **results.certify(), "score": results.optimum.score}
    table = pd.DataFrame(rows).T
    table.index.name = "model"
    return table
