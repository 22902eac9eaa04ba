"""Ask how much contributions hang on choices, and whether they foretell what they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.contributions import (
    FORMULA,
    Fits,
    bands,
    count_bands,
    fit,
    municipality_if,
    our_schools,
    rule_for,
)
from tilstand.value_added import evidence
from tilstand.value_added.ladder import climb, ladder_steps
from tilstand.value_added.missing import flow_table, missing_sensitivity
from tilstand.value_added.pooling import Pooled, pool_cohorts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tilstand.value_added.results import RandomInterceptResults

RELIABILITIES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)


def flow(pupils: pd.DataFrame, min_count: int) -> pd.DataFrame:
    """Count the pupils from enrolled to analysed.

    Parameters
    ----------
    pupils : DataFrame
        ``outcome, prior`` and, where known, ``exempt`` and ``moved``.
    min_count : int
        Smallest count that is shown, other than nought. No smaller one is, and none that it could
        be derived from: reasons are put together, and the whole is left out where even that is
        too small.

    Returns
    -------
    DataFrame
        ``step, pupils, share``; shares in percent of the enrolled.
    """
    exempt = "exempt" if "exempt" in pupils else None
    table = flow_table(pupils, "outcome", ["prior"], exempt=exempt)
    counts = {str(step): int(table[step].iloc[0]) for step in table.columns[:5]}
    lost = {step: counts[step] for step in ("exempt", "no outcome", "no prior")}
    steps = counts if exempt else {step: n for step, n in counts.items() if step != "exempt"}
    if any(0 < count < min_count for count in lost.values()):
        whole = sum(lost.values())
        steps = {"analysed": counts["analysed"]}
        if whole >= min_count:
            steps = {"enrolled": counts["enrolled"], "not analysed": whole, **steps}
    rows = pd.DataFrame({"step": list(steps), "pupils": list(steps.values())})
    of_all = counts["enrolled"] if "enrolled" in steps else np.nan
    return rows.assign(share=100 * rows["pupils"] / of_all)


def model_ladder(
    pupils: pd.DataFrame,
    others: tuple[str, ...],
    background: tuple[str, ...],
    least: int,
    reliability: float | None = None,
) -> pd.DataFrame:
    """Climb from raw means to intake and say what each step changes.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    others, background : tuple of str
        Columns of other earlier results and of background.
    least : int
        Pupils of the smallest school that gets a band.
    reliability : float, optional
        Of the earlier result; not corrected for without.

    Returns
    -------
    DataFrame
        ``step, school_sd, residual_sd, explained`` (percent of the raw variance), ``aic``,
        ``correlation`` with the step before, ``changed_band`` and ``schools``.
    """
    steps = ladder_steps("outcome", "prior", other_priors=others, background=background)
    errors = None if reliability is None else {"prior": reliability}
    climbed = climb(steps, "school", pupils, rule=rule_for(least), errors=errors)
    table = climbed.table.reset_index()
    return table.assign(
        changed_band=table["changed_band"].astype(float).where(table.index > 0),
        school_sd=np.sqrt(table["school_variance"]),
        residual_sd=np.sqrt(table["residual_variance"]),
        explained=100 * table["explained"],
        schools=len(climbed.estimates),
    )


def missing_priors(
    pupils: pd.DataFrame, reliability: float | None = None, seed: int = 4
) -> pd.DataFrame:
    """Compare treatments of pupils without an earlier result, and of those who moved in.

    Parameters
    ----------
    pupils : DataFrame
        Pupils; treatments that nothing in them calls for are left out.
    reliability : float, optional
        Of the earlier result; not corrected for without.
    seed : int
        Start of the random numbers of the imputations.

    Returns
    -------
    DataFrame
        ``treatment, slope, school_sd, correlation, largest_change``, the last two against complete
        cases. No counts of pupils: two of them would give away a small difference.
    """
    moved = "moved" if "moved" in pupils else None
    rng = np.random.default_rng(seed)
    found = missing_sensitivity(
        FORMULA, "school", pupils, "prior", rng, moved=moved, draws=5, reliability=reliability
    )
    table = found.table.reset_index()
    wanted = ["treatment", "slope", "correlation", "largest_change"]
    return table[wanted].assign(school_sd=np.sqrt(table["school_variance"]))


def reliability_grid(
    pupils: pd.DataFrame,
    schools: Sequence[str],
    least: int,
    *,
    wider: bool,
    hidden: Collection[str] | None = None,
) -> pd.DataFrame:
    """Ask what the answer would be if the earlier result were more, or less, reliable.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    schools : sequence of str
        Our schools.
    least : int
        Pupils of the smallest school that gets a band.
    wider : bool
        Whether the pupils stand for more than our municipality, whose average is then given.
    hidden : collection of str, optional
        Schools that get no band whatever their size.

    Returns
    -------
    DataFrame, one row a reliability
        ``reliability, slope, school_sd, average`` (ours; NaN if not ``wider``), ``correlation``
        with the uncorrected contributions of all schools and ``flags`` among ours.
    """
    fits = [fit(pupils, value).main for value in RELIABILITIES]
    naive = pd.Series(fits[0].conditional_mode, index=fits[0].schools)
    rows = []
    for value, results in zip(RELIABILITIES, fits, strict=True):
        estimate = pd.Series(results.conditional_mode, index=results.schools)
        average = municipality_if(results, schools, wider=wider)["estimate"]
        rows.append(
            {
                "reliability": value,
                "slope": float(results.params["prior"]),
                "school_sd": float(np.sqrt(results.school_variance)),
                "average": average,
                "correlation": float(estimate.corr(naive)),
                "flags": count_bands(bands(results, least, schools, hidden))["flags"],
            }
        )
    return pd.DataFrame(rows)


def pool(cohorts: pd.DataFrame, reliability: float | None = None) -> Pooled | None:
    """Estimate contributions from all cohorts together; None where there is only one.

    Parameters
    ----------
    cohorts : DataFrame
        ``outcome, prior, school, cohort``.
    reliability : float, optional
        Of the earlier result; not corrected for without.

    Returns
    -------
    Pooled or None
        The model of all cohorts.
    """
    if cohorts["cohort"].nunique() < 2:
        return None
    known = None if reliability is None else {"prior": reliability}
    formula = f"{FORMULA} + C(cohort)"
    return pool_cohorts(formula, "school", "cohort", cohorts, reliability=known)


def pooled_schools(
    pooled: Pooled | None,
    single: RandomInterceptResults,
    schools: Sequence[str],
    least: int,
    hidden: Collection[str] | None = None,
    hidden_single: Collection[str] | None = None,
) -> pd.DataFrame:
    """Put our schools' pooled contributions beside those of the latest cohort alone.

    Parameters
    ----------
    pooled : Pooled or None
        All cohorts; nothing to show where there is only one.
    single : RandomInterceptResults
        The latest cohort, by the same formula.
    schools : sequence of str
        Our schools.
    least : int
        Pupils of the smallest school that is shown.
    hidden, hidden_single : collection of str, optional
        Schools that are not shown whatever their size, and those of which no contribution to the
        latest cohort alone is, where that has been reckoned. Only schools shown for the latest
        cohort are shown at all where it has not.

    Returns
    -------
    DataFrame
        ``school, n, estimate, ci_low, ci_high, single, single_width, width``, by id; the latest
        cohort's are missing where they are not shown.
    """
    if pooled is None:
        return pd.DataFrame()
    ours = our_schools(single, schools, least, hidden_single)
    last = ours[["school", "estimate"]].rename(columns={"estimate": "single"})
    last = last.assign(single_width=ours["ci_high"] - ours["ci_low"])
    shown = pooled.schools[pooled.schools["school"].isin(list(schools))]
    out = (shown["n"] < least) | shown["school"].isin(list(hidden or ()))
    shown = shown[~out] if hidden is not None else shown[shown["school"].isin(list(ours["school"]))]
    both = shown.merge(last, on="school", how="left").sort_values("school", ignore_index=True)
    return both.assign(width=both["ci_high"] - both["ci_low"])


def checks(
    fits: Fits, pupils: pd.DataFrame, earlier_cohort: pd.DataFrame, seed: int = 5
) -> dict[str, float]:
    """Try the contributions on what they should foretell, and on what they should not.

    Parameters
    ----------
    fits : Fits
        The chapters' model.
    pupils, earlier_cohort : DataFrame
        The latest cohort and the one before; no rows where there is none.
    seed : int
        Start of the random numbers that split the schools.

    Returns
    -------
    dict
        ``half_correlation, half_reliability, model_reliability, half_slope``; ``cohort_slope`` with
        ``_low, _high``; ``placebo`` and ``placebo_naive`` with the same. NaN where the pupils have
        no earlier cohort or no earlier score.
    """
    rng = np.random.default_rng(seed)
    halves = evidence.split_half(FORMULA, "school", pupils, rng)
    found = {
        "half_correlation": halves["correlation"],
        "half_reliability": halves["reliability"],
        "model_reliability": halves["expected_reliability"],
        "half_slope": halves["forecast"],
        "half_slope_low": halves["forecast"] - 1.96 * halves["forecast_se"],
        "half_slope_high": halves["forecast"] + 1.96 * halves["forecast_se"],
    }
    slopes: dict[str, dict[str, float]] = {"cohort_slope": {}, "placebo": {}, "placebo_naive": {}}
    if not earlier_cohort.empty:
        slopes["cohort_slope"] = evidence.forecast_slope(earlier_cohort, pupils, FORMULA, "school")
    if "earlier" in pupils:
        for name, results in (("placebo", fits.main), ("placebo_naive", fits.naive)):
            slopes[name] = evidence.placebo(results, pupils, "earlier", "prior", "school")
    nothing = float("nan")
    for name, slope in slopes.items():
        found[name] = slope.get("slope", nothing)
        found[f"{name}_low"] = slope.get("ci_low", nothing)
        found[f"{name}_high"] = slope.get("ci_high", nothing)
    return found


def agreement(pupils: pd.DataFrame, others: tuple[str, ...]) -> pd.DataFrame:
    """Let statsmodels' MixedLM evaluate our optimum.

    Returns
    -------
    DataFrame
        ``step, log_likelihood, mixedlm, difference, score``.
    """
    steps = ladder_steps("outcome", "prior", other_priors=others)
    chosen = {name: steps[name] for name in ("M0 raw", "M1 prior", "M2 flexible prior")}
    table = evidence.agreement_table(pupils, "school", chosen)
    numbers = ["log_likelihood", "mixedlm", "difference", "score"]
    return table.reset_index(names="step").astype(dict.fromkeys(numbers, float))


def between_cohorts(pooled: Pooled | None) -> dict[str, float]:
    """Return the correlation of true contributions to two cohorts; NaN where there is but one."""
    nothing = float("nan")
    if pooled is None:
        return {"estimate": nothing, "ci_low": nothing, "ci_high": nothing}
    return pooled.correlation


def step(rows: pd.DataFrame, name: str, column: str) -> float:
    """Return one number of the flow; NaN where the step is not there."""
    found = rows.loc[rows["step"] == name, column]
    return float(found.iloc[0]) if len(found) else float("nan")


def median_of(rows: pd.DataFrame, column: str) -> float:
    """Return a column's median; NaN where there are no rows."""
    return float(rows[column].median()) if len(rows) else float("nan")
