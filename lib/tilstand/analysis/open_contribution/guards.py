"""Try the national fit by what a reviewer would: a placebo, other slopes, other test errors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.open_contribution.fit import OpenFit, fit_open, lag_covariances
from tilstand.analysis.open_contribution.pairs import open_pairs
from tilstand.analysis.open_contribution.settings import COMPOSITE, Settings
from tilstand.analysis.open_contribution.slope import within_slope

if TYPE_CHECKING:
    from collections.abc import Collection

    from tilstand.analysis.open_contribution.pairs import OpenPairs

#: Test errors that are tried beside the settings' own, scale points.
OTHER_SEM = (3.0, 4.5)
#: Share of the schools with the highest earlier means that one trial leaves out.
TOP_FIFTH = 0.2
TRIED = ("assumption", "setting", "reading", "numeracy", "low", "median", "high", "told")


def placebo(
    figures: pd.DataFrame, settings: Settings, first_year: int, apart: Collection[str] = ()
) -> OpenFit | None:
    """Run the same machinery where no school can have done anything.

    Parameters
    ----------
    figures : DataFrame
        *Figures* with grade 8 of several autumns.
    settings : Settings
        Assumptions.
    first_year : int
        First autumn on today's scale.
    apart : collection of str
        Units that stand apart.

    Returns
    -------
    OpenFit or None
        Grade 8 against the next autumn's grade 8: other pupils, so that their sampling counts as
        error of the earlier mean. Pairs of autumns do not overlap. What "stays" here is made by
        the method or by changes of intake, not by schools.
    """
    made = open_pairs(figures, first_year=first_year, outcome_grade="8", apart=apart, most=99)
    # Pairs that share an autumn share its pupils: every other pair stands for itself.
    apart_in_time = made.autumns[::-1][::2]
    return fit_open(made.pairs[made.pairs["autumn"].isin(apart_in_time)], settings, errors="others")


def summary(fit: OpenFit, assumption: str, setting: float = np.nan) -> dict[str, float | str]:
    """Lay out a fit as a row of the table of trials.

    Parameters
    ----------
    fit : OpenFit
        Any fit.
    assumption : str
        What was assumed.
    setting : float
        The number that was assumed, where it is one.

    Returns
    -------
    dict
        `TRIED`: slopes, the stable spread with its interval, and schools told from zero.
    """
    low, median, high = fit.weighed.spread(0)
    slopes = {subject: fit.slopes[subject].value for subject in COMPOSITE}
    told = {"low": low, "median": median, "high": high, "told": fit.apart}
    return {"assumption": assumption, "setting": setting, **slopes, **told}


def sensitivity(
    made: OpenPairs, settings: Settings, fit: OpenFit, absent: Collection[str] = ()
) -> pd.DataFrame:
    """Fit the schools under other assumptions.

    Parameters
    ----------
    made : OpenPairs
        The country's pairs.
    settings : Settings
        The book's own assumptions.
    fit : OpenFit
        The fit under them.
    absent : collection of str
        Schools where many more were away from the later test than from the earlier.

    Returns
    -------
    DataFrame
        `TRIED`, and ``correlation`` with the book's own estimates, one row an assumption: base,
        one (plain growth), within (a school's own cohorts give the slope), sem, even (cohorts of
        very different size left out), ceiling (schools of the highest intake left out), present
        (schools in ``absent`` left out). Rows that cannot be fitted are left out.
    """
    pairs = made.pairs
    trials: list[tuple[str, float, OpenFit | None]] = [("base", settings.sem, fit)]
    trials.append(("one", 1.0, fit_open(pairs, settings, 1.0)))
    inside = np.mean([within_slope(pairs[pairs["subject"] == s], settings) for s in COMPOSITE])
    if np.isfinite(inside):
        trials.append(("within", float(inside), fit_open(pairs, settings, float(inside))))
    trials += [("sem", sem, fit_open(pairs, replace(settings, sem=sem))) for sem in OTHER_SEM]
    change = pairs.assign(change=np.abs(np.log(pairs["n9"] / pairs["n8"])))
    largest = change.groupby(["unit", "autumn"])["change"].transform("max")
    kept = pairs[largest <= settings.largest_change]
    trials.append(("even", settings.largest_change, fit_open(kept, settings)))
    intake = fit.schools.set_index("unit")["x"]
    low = intake.index[intake <= intake.quantile(1 - TOP_FIFTH)]
    trials.append(("ceiling", 100 * TOP_FIFTH, fit_open(pairs[pairs["unit"].isin(low)], settings)))
    if absent:
        there = pairs[~pairs["unit"].isin(list(absent))]
        trials.append(("present", settings.largest_absence, fit_open(there, settings)))
    rows = []
    own = fit.schools.set_index("unit")["estimate"]
    for assumption, setting, tried in trials:
        if tried is None:
            continue
        other = tried.schools.set_index("unit")["estimate"]
        both = own.index.intersection(other.index)
        enough = len(both) > 2 and other[both].std() > 0 and own[both].std() > 0
        alike = float(np.corrcoef(own[both], other[both])[0, 1]) if enough else np.nan
        rows.append({**summary(tried, assumption, setting), "correlation": alike})
    return pd.DataFrame(rows)


def checks(fit: OpenFit) -> dict[str, float]:
    """Compute the numbers that show whether the model fits the tables.

    Parameters
    ----------
    fit : OpenFit
        The national fit.

    Returns
    -------
    dict of float
        ``lag_1`` and ``lag_2`` (covariances of schools' differences, scale points squared),
        ``sigma2`` (pupil variance), ``shock`` (median SD of what an autumn does to a school),
        ``own`` (median SD of a cohort's own part) and ``intake`` (correlation of the estimates
        with the earlier mean, which a right slope makes small).
    """
    lags = lag_covariances(fit.data)
    estimate, x = fit.schools["estimate"], fit.schools["x"]
    intake = float(np.corrcoef(estimate, x)[0, 1]) if estimate.std() > 0 else 0.0
    return {
        "lag_1": lags.get(1, np.nan),
        "lag_2": lags.get(2, np.nan),
        "sigma2": fit.weighed.mean(3),
        "shock": fit.weighed.spread(2)[1],
        "own": fit.weighed.spread(1)[1],
        "intake": intake,
    }
