"""Estimate growth from grade 5 to grade 8 in each subject, and try other assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.cohort_growth import FEWEST, Growth, contributions, fit_growth
from tilstand.analysis.comparable import on_one_scale
from tilstand.analysis.published_tests import INDICATOR, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tilstand.register import Register

PRIOR_GRADE, OUTCOME_GRADE = "5", "8"
YEARS_BETWEEN = int(OUTCOME_GRADE) - int(PRIOR_GRADE)
#: Assumptions that public tables cannot settle, tried one at a time.
CORRELATIONS = (0.5, 0.8)
TEST_ERRORS = (3.0, 4.5)


def last_cohort_year(tests: pd.DataFrame, register: Register) -> int:
    """Find the newest autumn whose cohort of municipalities has both tests on one scale.

    Parameters
    ----------
    tests : pandas.DataFrame
        Rows of both grades, as `published_tests.rows_of_tests` selects them.
    register : Register
        Breaks in series.

    Returns
    -------
    int
        Autumn of the later test; 0 where there is none.
    """
    towns = tests[(tests["level"] == "municipality") & tests["margin"].notna()]
    years = {
        grade: set(towns.loc[towns["grade"] == grade, "year"])
        for grade in (PRIOR_GRADE, OUTCOME_GRADE)
    }
    both = [
        int(year)
        for year in years[OUTCOME_GRADE]
        if year - YEARS_BETWEEN in years[PRIOR_GRADE]
        and on_one_scale(register, INDICATOR, year - YEARS_BETWEEN, year)
    ]
    return max(both, default=0)


def of_subject(pairs: pd.DataFrame, subject: str) -> pd.DataFrame:
    """Select one subject's rows."""
    return pairs[pairs["subject"] == subject]


def fit_subjects(pairs: pd.DataFrame) -> dict[str, Growth]:
    """Fit the line of each subject on the units whose earlier test has whole coverage.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As `cohort_pairs` makes them, all subjects.

    Returns
    -------
    dict of str to Growth
        By subject; left out where fewer than `FEWEST` units are left.
    """
    fits = {}
    for subject in SUBJECTS:
        rows = of_subject(pairs, subject)
        whole = rows[~rows["partial"].astype(bool)]
        if len(whole) >= FEWEST:
            fits[subject] = fit_growth(whole)
    return fits


def contributions_of_subjects(pairs: pd.DataFrame, fits: Mapping[str, Growth]) -> pd.DataFrame:
    """Estimate every unit's contribution in every subject that has a line.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Units to estimate, all subjects; those of partial coverage get no estimate.
    fits : mapping of str to Growth
        The line of each subject.

    Returns
    -------
    pandas.DataFrame
        Rows of `cohort_growth.contributions`, subject by subject; empty where there are none.
    """
    whole = pairs[~pairs["partial"].astype(bool)]
    frames = [
        contributions(of_subject(whole, subject), fit)
        for subject, fit in fits.items()
        if len(of_subject(whole, subject))
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def sensitivity(
    pairs: pd.DataFrame, fit: Growth, other_margins: Mapping[float, pd.DataFrame], place: str
) -> pd.DataFrame:
    """Estimate one place's contribution under other assumptions than those of the book.

    Parameters
    ----------
    pairs : pandas.DataFrame
        One subject's units.
    fit : Growth
        The subject's line under the book's assumptions.
    other_margins : mapping of float to DataFrame
        The same units where the published margins are taken for another level of confidence.
    place : str
        Whose contribution is estimated.

    Returns
    -------
    pandas.DataFrame
        ``assumption`` (base, correlation, test, margin, everyone), ``setting``, ``slope``,
        ``contribution``, ``low`` and ``high``.
    """
    whole = pairs[~pairs["partial"]]
    trials = [("base", fit.error_correlation, fit, pairs)]
    trials += [("correlation", c, fit_growth(whole, c), pairs) for c in CORRELATIONS]
    trials += [("test", sem, fit_growth(whole, sem=sem), pairs) for sem in TEST_ERRORS]
    for level, other in other_margins.items():
        trials.append(("margin", level, fit_growth(other[~other["partial"]]), other))
    trials.append(("everyone", 0.0, fit_growth(pairs), pairs))
    rows = []
    for assumption, setting, line, of in trials:
        row = contributions(of[of["place"] == place], line).iloc[0]
        ends = {name: row[name] for name in ("contribution", "low", "high")}
        rows.append({"assumption": assumption, "setting": setting, "slope": line.slope, **ends})
    return pd.DataFrame(rows)
