"""Compute what the chapters on school contribution show: our schools among all those given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.value_added import RandomIntercept
from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.ladder import climb, ladder_steps
from tilstand.value_added.measurement_error import fit_calibrated
from tilstand.value_added.missing import flow_table, missing_sensitivity
from tilstand.value_added.pooling import Pooled, pool_cohorts
from tilstand.value_added.ranking import draw_effects, rank_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tilstand.value_added.results import RandomInterceptResults

FORMULA = "outcome ~ prior"
#: Smallest school that is shown or gets a band; every school stays in the model.
MIN_PUPILS = 10
RULE = BandRule(reference=0.0, margin=0.0, false_discovery_rate=0.05, min_pupils=MIN_PUPILS)
#: Smallest count of pupils that is printed of real pupils, other than nought.
MIN_COUNT = 5
RELIABILITIES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
_DRAWS = 4000


@dataclass(frozen=True)
class Fits:
    """Hold the model that the chapters show, and the same with the earlier result as observed.

    Parameters
    ----------
    main : RandomInterceptResults
        Corrected for the error of the earlier result where its reliability is known.
    naive : RandomInterceptResults
        Not corrected.
    reliability : float or None
        What was assumed; None where nothing was corrected.
    """

    main: RandomInterceptResults
    naive: RandomInterceptResults
    reliability: float | None


def fit(pupils: pd.DataFrame, reliability: float | None) -> Fits:
    """Fit the chapters' model.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        ``outcome, prior, school``.
    reliability : float or None
        Reliability of ``prior`` among all pupils.

    Returns
    -------
    Fits
        Both models; the same one twice where there is no reliability.
    """
    if reliability is None:
        naive = RandomIntercept.from_formula(FORMULA, "school", pupils).fit()
        return Fits(naive, naive, None)
    both = fit_calibrated(FORMULA, "school", pupils, {"prior": reliability})
    return Fits(both.calibrated, both.naive, reliability)


def our_schools(results: RandomInterceptResults, schools: Sequence[str]) -> pd.DataFrame:
    """Give our schools' contributions with intervals, by name, never by result.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    schools : sequence of str
        Our schools' ids.

    Returns
    -------
    DataFrame
        ``school, n, unshrunk, estimate, expected, se, ci_low, ci_high, reliability`` of those
        with at least ten pupils, ordered by id.
    """
    effects = results.school_effects()
    ours = effects[effects["school"].isin(list(schools)) & (effects["n"] >= MIN_PUPILS)]
    return ours.sort_values("school").reset_index(drop=True)


def guide_schools(ours: pd.DataFrame) -> pd.DataFrame:
    """Pick the smallest, the middle and the largest school, for a reading guide.

    Parameters
    ----------
    ours : DataFrame
        From `our_schools`.

    Returns
    -------
    DataFrame
        Three rows at most, ordered by id.
    """
    by_size = ours.sort_values(["n", "school"]).index
    picked = {by_size[0], by_size[len(by_size) // 2], by_size[-1]} if len(by_size) else set()
    return ours.loc[sorted(picked)].reset_index(drop=True)


def bands(results: RandomInterceptResults, schools: Sequence[str] | None = None) -> pd.DataFrame:
    """Place schools over, around or under the reference, by the chapters' rule.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    schools : sequence of str, optional
        Our schools; all of the fit's if not given. The rule looks at all of them either way.

    Returns
    -------
    DataFrame
        As `band_table` gives it.
    """
    table = band_table(results, RULE)
    return table if schools is None else table[table["school"].isin(list(schools))]


def count_bands(table: pd.DataFrame, truth: pd.Series | None = None) -> dict[str, float]:
    """Count schools by band, and the flags that are expected, or known, to be wrong.

    Parameters
    ----------
    table : DataFrame
        From `bands`.
    truth : Series, optional
        True contributions by school id; centred on the fit's schools here.

    Returns
    -------
    dict
        ``schools, over, around, under, too_few, flags, expected_false`` and ``false``, which is
        NaN where the truth is not known.
    """
    flags = table["band"].isin(["over", "under"])
    counts = table["band"].value_counts()
    wrong = float("nan")
    if truth is not None:
        true = truth.reindex(table["school"]).to_numpy() - truth.mean()
        side = table["band"].map({"over": 1.0, "under": -1.0}).to_numpy(dtype=float)
        wrong = float((side * true <= 0).sum())
    return {
        "schools": float(len(table)),
        "over": float(counts.get("over", 0)),
        "around": float(counts.get("around", 0)),
        "under": float(counts.get("under", 0)),
        "too_few": float(counts.get("too few", 0)),
        "flags": float(flags.sum()),
        "expected_false": float(table.loc[flags, "error_probability"].sum()),
        "false": wrong,
    }


def intervals_that_hold(ours: pd.DataFrame, truth: pd.Series | None) -> float:
    """Count the intervals that hold the true contribution; NaN where it is not known."""
    if truth is None:
        return float("nan")
    true = truth.reindex(ours["school"]).to_numpy() - truth.mean()
    return float(((ours["ci_low"] <= true) & (true <= ours["ci_high"])).sum())


def municipality(
    results: RandomInterceptResults, schools: Sequence[str], seed: int = 1
) -> dict[str, float]:
    """Average our schools' contributions, weighted by pupils, in every draw.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit of more schools than ours.
    schools : sequence of str
        Our schools.
    seed : int
        Start of the random numbers.

    Returns
    -------
    dict
        ``estimate, low, high``; 0 is the average school of the fit. Consistent with the schools:
        the same draws, and nothing else.
    """
    draws = draw_effects(results, _DRAWS, np.random.default_rng(seed))
    ours = np.flatnonzero(results.schools.isin(list(schools)))
    weights = results.model.statistics.n[ours]
    average = draws[:, ours] @ weights / weights.sum()
    low, high = np.quantile(average, [0.025, 0.975])
    return {"estimate": float(average.mean()), "low": float(low), "high": float(high)}


def true_average(
    results: RandomInterceptResults, schools: Sequence[str], truth: pd.Series | None
) -> float:
    """Average our schools' true contributions, weighted by pupils; NaN where unknown."""
    if truth is None:
        return float("nan")
    n = pd.Series(results.model.statistics.n, index=results.schools).loc[list(schools)]
    return float(np.average(truth.reindex(n.index) - truth.mean(), weights=n))


def rank_width(results: RandomInterceptResults, seed: int = 1) -> dict[str, float]:
    """Say how many places of a ranking the data leave open for a typical school.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    seed : int
        Start of the random numbers.

    Returns
    -------
    dict
        ``places``, the median length of the 95 % rank intervals, ``schools`` and ``share``, the
        first in percent of the second.
    """
    ranks = rank_table(results, np.random.default_rng(seed))
    places = float((ranks["rank_high"] - ranks["rank_low"] + 1).median())
    return {"places": places, "schools": float(len(ranks)), "share": 100 * places / len(ranks)}


def flow(pupils: pd.DataFrame, *, protect: bool) -> pd.DataFrame:
    """Count the pupils from enrolled to analysed.

    Parameters
    ----------
    pupils : DataFrame
        ``outcome, prior`` and, where known, ``exempt`` and ``moved``.
    protect : bool
        Print no count from 1 to 4 and none that it could be derived from: reasons are put
        together, and the whole is left out where even that is too small.

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
    if protect and any(0 < count < MIN_COUNT for count in lost.values()):
        whole = sum(lost.values())
        steps = {"analysed": counts["analysed"]}
        if whole >= MIN_COUNT:
            steps = {"enrolled": counts["enrolled"], "not analysed": whole, **steps}
    rows = pd.DataFrame({"step": list(steps), "pupils": list(steps.values())})
    whole = counts["enrolled"] if "enrolled" in steps else np.nan
    return rows.assign(share=100 * rows["pupils"] / whole)


def model_ladder(
    pupils: pd.DataFrame, others: tuple[str, ...], background: tuple[str, ...]
) -> pd.DataFrame:
    """Climb from raw means to intake and say what each step changes.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    others, background : tuple of str
        Columns of other earlier results and of background.

    Returns
    -------
    DataFrame
        ``step, school_sd, residual_sd, explained`` (percent of the raw variance), ``aic``,
        ``correlation`` with the step before, ``changed_band`` and ``schools``.
    """
    steps = ladder_steps("outcome", "prior", other_priors=others, background=background)
    climbed = climb(steps, "school", pupils, rule=RULE)
    table = climbed.table.reset_index()
    return table.assign(
        school_sd=np.sqrt(table["school_variance"]),
        residual_sd=np.sqrt(table["residual_variance"]),
        explained=100 * table["explained"],
        schools=len(climbed.estimates),
    )


def missing_priors(pupils: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """Compare treatments of pupils without an earlier result, and of those who moved in.

    Parameters
    ----------
    pupils : DataFrame
        Pupils; treatments that nothing in them calls for are left out.
    seed : int
        Start of the random numbers of the imputations.

    Returns
    -------
    DataFrame
        ``treatment, slope, school_sd, correlation, largest_change, changed_band``. No counts of
        pupils: two of them would give away a small difference.
    """
    moved = "moved" if "moved" in pupils else None
    rng = np.random.default_rng(seed)
    found = missing_sensitivity(
        FORMULA, "school", pupils, "prior", rng, moved=moved, draws=5, rule=RULE
    )
    table = found.table.reset_index()
    return table.assign(school_sd=np.sqrt(table["school_variance"]))


def reliability_grid(pupils: pd.DataFrame, schools: Sequence[str], *, wider: bool) -> pd.DataFrame:
    """Ask what the answer would be if the earlier result were more, or less, reliable.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    schools : sequence of str
        Our schools.
    wider : bool
        Whether the pupils stand for more than our municipality, whose average is then given.

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
        average = municipality(results, schools)["estimate"] if wider else float("nan")
        rows.append(
            {
                "reliability": value,
                "slope": float(results.params["prior"]),
                "school_sd": float(np.sqrt(results.school_variance)),
                "average": average,
                "correlation": float(estimate.corr(naive)),
                "flags": count_bands(bands(results, schools))["flags"],
            }
        )
    return pd.DataFrame(rows)


def pool(cohorts: pd.DataFrame) -> Pooled | None:
    """Estimate contributions from all cohorts together; None where there is only one."""
    if cohorts["cohort"].nunique() < 2:
        return None
    return pool_cohorts(f"{FORMULA} + C(cohort)", "school", "cohort", cohorts)


def pooled_schools(
    pooled: Pooled | None, single: RandomInterceptResults, schools: Sequence[str]
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

    Returns
    -------
    DataFrame
        ``school, n, estimate, ci_low, ci_high, single, single_width, width``, by id; schools with
        at least ten pupils in the latest cohort.
    """
    if pooled is None:
        return pd.DataFrame()
    ours = our_schools(single, schools)
    last = ours[["school", "estimate"]].rename(columns={"estimate": "single"})
    last = last.assign(single_width=ours["ci_high"] - ours["ci_low"])
    both = last.merge(pooled.schools, on="school")
    return both.assign(width=both["ci_high"] - both["ci_low"])
