"""What the estimator does where the truth is known, and where it should find nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.checks import check_columns
from tilstand.value_added.doubts import quietly
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.ranking import rank_table
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.school_ids import school_labels

#: Draw a data set: pupils, and the true contribution by school id.
Draw = Callable[[np.random.Generator], tuple[pd.DataFrame, pd.Series]]
#: Fit a data set.
Fit = Callable[[pd.DataFrame], RandomInterceptResults]


@dataclass(frozen=True)
class Scenario:
    """Pair a way to draw data with a way to fit them.

    Parameters
    ----------
    draw : callable
        Takes a random generator; gives pupils and the true contributions by school.
    fit : callable
        Takes the pupils; gives results.
    intake : str, optional
        A column of the pupils whose school mean errors are correlated with, such as the true
        prior.
    school : str
        The column of school ids.
    """

    draw: Draw
    fit: Fit
    intake: str | None = None
    school: str = "school"


def recover(
    results: RandomInterceptResults,
    truth: pd.Series,
    rng: np.random.Generator,
    *,
    intake: pd.Series | None = None,
    rule: BandRule | None = None,
    level: float = 0.95,
) -> dict[str, float]:
    """Hold one fit against the truth.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    truth : Series
        True contributions by school id, from the average school of the population they are drawn
        from: that is what the intervals are of, not the average of the schools at hand.
    rng : numpy.random.Generator
        Source of randomness for the rank intervals.
    intake : Series, optional
        True mean intake by school id.
    rule : BandRule, optional
        The rule whose flags are checked.
    level : float
        Level of the intervals.

    Returns
    -------
    dict
        ``bias`` (mean of estimate minus truth), ``shrinkage_gap`` (that mean among the fifth of
        schools with the lowest truth minus among the highest: what shrinkage costs), ``rmse``,
        ``rmse_unshrunk``, ``correlation``, ``coverage``, ``rank_coverage``, ``flags``,
        ``false_flags``, ``expected_false_flags`` and ``error_intake`` (correlation of the error
        with intake).
    """
    effects = results.school_effects(level).set_index("school")
    true = truth.reindex(effects.index)
    estimate = effects["estimate"]
    error = estimate - true
    fifth = max(len(true) // 5, 1)
    order = true.sort_values().index
    ranks = rank_table(results, rng, draws=1000, level=level).set_index("school")
    true_rank = true.rank(ascending=False, method="first")
    bands = band_table(results, rule).set_index("school")
    reference = rule or BandRule()
    over = (bands["band"] == "over") & (true <= reference.reference + reference.margin)
    under = (bands["band"] == "under") & (true >= reference.reference - reference.margin)
    flagged = bands["band"].isin(["over", "under"])
    kept = (effects["ci_low"] <= true) & (true <= effects["ci_high"])
    ranked = (ranks["rank_low"] <= true_rank) & (true_rank <= ranks["rank_high"])
    return {
        "bias": float(error.mean()),
        "shrinkage_gap": float(error[order[:fifth]].mean() - error[order[-fifth:]].mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "rmse_unshrunk": float(np.sqrt(((effects["unshrunk"] - true) ** 2).mean())),
        "correlation": float(estimate.corr(true)) if estimate.std() > 0 else float("nan"),
        "coverage": float(kept.mean()),
        "rank_coverage": float(ranked.mean()),
        "flags": float(flagged.sum()),
        "false_flags": float((over | under).sum()),
        "expected_false_flags": float(bands.loc[flagged, "error_probability"].sum()),
        "error_intake": (
            float(error.corr(intake.reindex(effects.index))) if intake is not None else float("nan")
        ),
    }


@quietly()
def recovery_table(
    scenarios: Mapping[str, Scenario],
    *,
    replications: int,
    seed: int = 2026,
    rule: BandRule | None = None,
) -> pd.DataFrame:
    """Average recovery over data sets drawn from each scenario.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        What to try.
    replications : int
        Data sets for each.
    seed : int
        Start of the random numbers, the same for every scenario.
    rule : BandRule, optional
        The rule whose flags are checked.

    Returns
    -------
    DataFrame, one row a scenario
        Means of what `recover` gives, ``coverage_mc_se`` and ``boundary``.
    """
    rows = {}
    for name, scenario in scenarios.items():
        runs = []
        for replication in range(replications):
            rng = np.random.default_rng([seed, replication])
            pupils, truth = scenario.draw(rng)
            results = scenario.fit(pupils)
            intake = None
            if scenario.intake is not None:
                by_school = pupils.groupby(school_labels(pupils[scenario.school]))
                intake = by_school[scenario.intake].mean()
            run = recover(results, truth, rng, intake=intake, rule=rule)
            runs.append({**run, "boundary": float(results.boundary)})
        table = pd.DataFrame(runs)
        rows[name] = table.mean()
        rows[name]["coverage_mc_se"] = table["coverage"].std(ddof=1) / np.sqrt(replications)
    found = pd.DataFrame(rows).T
    found.insert(0, "replications", replications)
    found.index.name = "scenario"
    return found


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
        one half on the other's shrunken contribution.

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
    r = float(a[both].corr(b[both]))
    whole = RandomIntercept.from_formula(formula, pupils, groups).fit()
    forecast = forecast_slope(pupils[first], pupils[~first], formula, groups)
    return {
        "correlation": r,
        "reliability": 2 * r / (1 + r),
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
