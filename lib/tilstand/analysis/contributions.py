"""Compute what the chapters on school contribution show: our schools among all those given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.value_added import RandomIntercept
from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.doubts import quietly
from tilstand.value_added.measurement_error import fit_calibrated
from tilstand.value_added.ranking import draw_effects, pairwise_intervals, rank_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tilstand.value_added.results import RandomInterceptResults

FORMULA = "outcome ~ prior"
_DRAWS = 4000
# Sure to lie in an outer fifth, and ruled out from one.
_SURE = 0.9
_RULED_OUT = 0.025
TOO_FEW = "too few"


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


@quietly()
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
        naive = RandomIntercept.from_formula(FORMULA, pupils, "school").fit()
        return Fits(naive, naive, None)
    both = fit_calibrated(FORMULA, pupils, "school", {"prior": reliability})
    return Fits(both.calibrated, both.naive, reliability)


def rule_for(least: int) -> BandRule:
    """Make the chapters' rule for bands.

    Parameters
    ----------
    least : int
        Pupils of the smallest school that gets a band; every school stays in the model.
    """
    return BandRule(reference=0.0, margin=0.0, min_pupils=least)


def our_schools(
    results: RandomInterceptResults,
    schools: Sequence[str],
    least: int,
    hidden: Collection[str] | None = None,
) -> pd.DataFrame:
    """List our schools' contributions with intervals, by name, never by result.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    schools : sequence of str
        Our schools' ids.
    least : int
        Pupils of the smallest school that is shown.
    hidden : collection of str, optional
        Schools that are not shown whatever their size, where that has been reckoned.

    Returns
    -------
    DataFrame
        ``school, n, unshrunk, estimate, expected, se, ci_low, ci_high, reliability`` of those
        that are not hidden and have at least as many pupils, ordered by id. Where nothing has been
        reckoned and one school alone would be left out, the smallest of the others goes with it:
        totals would give it away.
    """
    effects = results.school_effects()
    ours = effects[effects["school"].isin(list(schools))].sort_values(["n", "school"])
    out = (ours["n"] < least) | ours["school"].isin(list(hidden or ()))
    alone = hidden is None and out.sum() == 1
    shown = ours[~out].iloc[1 if alone else 0 :]
    return shown.sort_values("school").reset_index(drop=True)


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


def bands(
    results: RandomInterceptResults,
    least: int,
    schools: Sequence[str] | None = None,
    hidden: Collection[str] | None = None,
) -> pd.DataFrame:
    """Place schools over, around or under the reference, by the chapters' rule.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    least : int
        Pupils of the smallest school that gets a band.
    schools : sequence of str, optional
        Our schools; all of the fit's if not given. The rule looks at all of them either way.
    hidden : collection of str, optional
        Schools that are not shown: they count as those with too few pupils.

    Returns
    -------
    DataFrame
        As `band_table` gives it.
    """
    table = band_table(results, rule_for(least))
    table.loc[table["school"].isin(list(hidden or ())), "band"] = TOO_FEW
    return table if schools is None else table[table["school"].isin(list(schools))]


def count_bands(table: pd.DataFrame) -> dict[str, float]:
    """Count schools by band, and the flags that are expected to be wrong.

    Parameters
    ----------
    table : DataFrame
        From `bands`.

    Returns
    -------
    dict
        ``schools, over, around, under, too_few, flags`` and ``expected_false``.
    """
    flags = table["band"].isin(["over", "under"])
    counts = table["band"].value_counts()
    return {
        "schools": float(len(table)),
        "over": float(counts.get("over", 0)),
        "around": float(counts.get("around", 0)),
        "under": float(counts.get("under", 0)),
        "too_few": float(counts.get(TOO_FEW, 0)),
        "flags": float(flags.sum()),
        "expected_false": float(table.loc[flags, "error_probability"].sum()),
    }


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


def comparisons(
    results: RandomInterceptResults,
    schools: Sequence[str],
    least: int,
    hidden: Collection[str] | None = None,
    seed: int = 1,
) -> dict[str, float]:
    """Count what can be said of our schools' places and of two of them at a time, naming none.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    schools : sequence of str
        Our schools.
    least : int
        Pupils of the smallest school that is compared.
    hidden : collection of str, optional
        Schools that are not compared whatever their size.
    seed : int
        Start of the random numbers.

    Returns
    -------
    dict
        ``places``, the median length of our schools' 95 % rank intervals among ``ranked``;
        ``sure``, our schools that lie in the top or in the bottom fifth with a probability of at
        least 0.9; ``open``, those for which neither can be ruled out at 95 %; ``compared``, our
        schools of at least `least` pupils; ``pairs`` of them, those ``told`` apart by intervals of
        ``multiplier`` standard errors, which overlap where two schools cannot be told apart.

    References
    ----------
    Goldstein & Healy (1995), The graphical presentation of a collection of means, JRSS A
    158:175-177. Goldstein & Spiegelhalter (1996), JRSS A 159:385-443.
    """
    every = rank_table(results, np.random.default_rng(seed))
    named = set(schools) - set(hidden or ())
    ours = (every["school"].isin(list(named)) & (every["n"] >= least)).to_numpy()
    ranks, pairs = every[ours], pairwise_intervals(results)[ours]
    ends = ranks[["p_top", "p_bottom"]]
    low, high = pairs["pair_low"].to_numpy(), pairs["pair_high"].to_numpy()
    count = len(ranks)
    return {
        "places": float((ranks["rank_high"] - ranks["rank_low"] + 1).median()),
        "ranked": float(len(every)),
        "sure": float((ends.max(axis=1) >= _SURE).sum()),
        "open": float((ends.min(axis=1) > _RULED_OUT).sum()),
        "compared": float(count),
        "pairs": count * (count - 1) / 2,
        # Only one order of two schools can have a gap between their intervals.
        "told": float((low[:, None] > high).sum()),
        "multiplier": float(pairs["multiplier"].mean()),
    }


def municipality_if(
    results: RandomInterceptResults, schools: Sequence[str], *, wider: bool
) -> dict[str, float]:
    """Return the municipality's contribution; NaN where its own average is what zero means."""
    if not wider:
        return dict.fromkeys(("estimate", "low", "high"), float("nan"))
    return municipality(results, schools)


def naive_beside(
    fits: Fits, schools: Sequence[str], least: int, hidden: Collection[str] | None = None
) -> pd.DataFrame:
    """List our schools with the uncorrected contribution; no rows where nothing was corrected."""
    if fits.reliability is None:
        return pd.DataFrame()
    naive = pd.Series(fits.naive.conditional_mode, index=fits.naive.schools)
    ours = our_schools(fits.main, schools, least, hidden)
    return ours.assign(naive=naive.reindex(ours["school"]).to_numpy())


def largest_gap(both: pd.DataFrame) -> float:
    """Return the largest difference between corrected and uncorrected; NaN where there is none."""
    return float((both["estimate"] - both["naive"]).abs().max()) if len(both) else float("nan")
