"""Ask how much contributions hang on choices, and whether they foretell what they should."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis import layered_contributions as layered
from tilstand.analysis import layered_summaries
from tilstand.analysis.contributions import FORMULA, Fits, count_bands, rule_for
from tilstand.analysis.layered_contributions import NO_CONTRIBUTION
from tilstand.value_added import evidence
from tilstand.value_added.doubts import quietly
from tilstand.value_added.ladder import climb, ladder_steps
from tilstand.value_added.missing import missing_sensitivity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tilstand.analysis.layered_contributions import LayeredFits

RELIABILITIES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)


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
    others, background = _filled(pupils, others), _filled(pupils, background)
    errors = None if reliability is None else {"prior": reliability}
    try:
        steps = ladder_steps("outcome", "prior", other_priors=others, background=background)
        climbed = climb(steps, "school", pupils, rule=rule_for(least), errors=errors)
    except NO_CONTRIBUTION:  # too few have all of them
        steps = ladder_steps("outcome", "prior")
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


@quietly()
def reliability_grid(
    fits: LayeredFits, schools: Sequence[str], hidden: Collection[object], own: str
) -> pd.DataFrame:
    """Ask what the answer would be if the earlier result were more, or less, reliable.

    Parameters
    ----------
    fits : LayeredFits
        The model.
    schools : sequence of str
        Our schools.
    hidden : collection
        Those of them that get no band.
    own : str
        Our municipality; blank where the file has no other.

    Returns
    -------
    DataFrame, one row a reliability
        ``reliability, slope, school_sd, average`` (ours; NaN without other municipalities),
        ``correlation`` with the uncorrected contributions of all schools and ``flags`` among ours.
    """
    plain = fits.naive.school_effects()["estimate"]
    rows = []
    for value in RELIABILITIES:
        results = fits.naive
        if value < 1:
            results = fits.naive.model.calibrated({"prior": value}).fit()
        bands = layered.band_rows(results, hidden)
        rows.append(
            {
                "reliability": value,
                "slope": float(results.params["prior"]),
                "school_sd": layered_summaries.spread_between(results)["school_sd"],
                "average": layered_summaries.municipality_average(results, own)["estimate"],
                "correlation": float(results.school_effects()["estimate"].corr(plain)),
                "flags": count_bands(bands[bands["school"].isin(list(schools))])["flags"],
            }
        )
    return pd.DataFrame(rows)


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
        no earlier cohort, no earlier score, or too few of either.
    """
    rng = np.random.default_rng(seed)
    nothing = float("nan")
    halves: dict[str, float] = defaultdict(lambda: nothing)
    with suppress(*NO_CONTRIBUTION):
        halves |= evidence.split_half(FORMULA, "school", pupils, rng)
    found = {
        "half_correlation": halves["correlation"],
        "half_reliability": halves["reliability"],
        "model_reliability": halves["expected_reliability"],
        "half_slope": halves["forecast"],
        "half_slope_low": halves["forecast"] - 1.96 * halves["forecast_se"],
        "half_slope_high": halves["forecast"] + 1.96 * halves["forecast_se"],
    }
    slopes: dict[str, dict[str, float]] = {"cohort_slope": {}, "placebo": {}, "placebo_naive": {}}
    with suppress(*NO_CONTRIBUTION):
        if not earlier_cohort.empty:
            cohorts = earlier_cohort, pupils
            slopes["cohort_slope"] = evidence.forecast_slope(*cohorts, FORMULA, "school")
    for name, results in (("placebo", fits.main), ("placebo_naive", fits.naive)):
        with suppress(*NO_CONTRIBUTION):
            if "earlier" in pupils:
                slopes[name] = evidence.placebo(results, pupils, "earlier", "prior", "school")
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
        ``step, log_likelihood, mixedlm, difference, score``; steps that the pupils are too few or
        too much alike for are left out.
    """
    steps = ladder_steps("outcome", "prior", other_priors=_filled(pupils, others))
    tables = []
    for name in ("M0 raw", "M1 prior", "M2 flexible prior"):
        with suppress(*NO_CONTRIBUTION):
            tables.append(evidence.agreement_table(pupils, "school", {name: steps[name]}))
    table = pd.concat(tables)
    numbers = ["log_likelihood", "mixedlm", "difference", "score"]
    return table.reset_index(names="step").astype(dict.fromkeys(numbers, float))


def _filled(pupils: pd.DataFrame, names: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the columns in which nobody has a value."""
    return tuple(name for name in names if pupils[name].notna().any())
