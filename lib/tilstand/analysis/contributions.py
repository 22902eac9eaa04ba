"""Fit one cohort, for what is tried on it, and count what bands and guides show of schools."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tilstand.value_added import RandomIntercept, RandomInterceptResults
from tilstand.value_added.bands import BandRule
from tilstand.value_added.doubts import quietly
from tilstand.value_added.measurement_error import fit_calibrated

FORMULA = "outcome ~ prior"


@dataclass(frozen=True)
class Fits:
    """Hold the model of one cohort, and the same with the earlier result as observed.

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
    """Fit one cohort: what the layered model is where there is no other.

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


def guide_schools(ours: pd.DataFrame) -> pd.DataFrame:
    """Pick the smallest, the middle and the largest school, for a reading guide.

    Parameters
    ----------
    ours : DataFrame
        From `layered_contributions.school_rows`.

    Returns
    -------
    DataFrame
        Three rows at most, ordered by id.
    """
    by_size = ours.sort_values(["n", "school"]).index
    picked = {by_size[0], by_size[len(by_size) // 2], by_size[-1]} if len(by_size) else set()
    return ours.loc[sorted(picked)].reset_index(drop=True)


def count_bands(table: pd.DataFrame) -> dict[str, float]:
    """Count schools by band, and the flags that are expected to be wrong.

    Parameters
    ----------
    table : DataFrame
        From `layered_contributions.band_rows`.

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
        "too_few": float(counts.get("too few", 0)),
        "flags": float(flags.sum()),
        "expected_false": float(table.loc[flags, "error_probability"].sum()),
    }


def largest_gap(both: pd.DataFrame) -> float:
    """Return the largest difference between corrected and uncorrected; NaN where there is none."""
    return float((both["estimate"] - both["naive"]).abs().max()) if len(both) else float("nan")
