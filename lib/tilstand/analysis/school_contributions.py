"""Estimate what each school adds, from pairs of tests, for the schools' own pages."""

from __future__ import annotations

import pandas as pd

from tilstand.analysis import layered_contributions as layered
from tilstand.analysis import layered_hidden
from tilstand.value_added.errors import ReliabilityError

COLUMNS = (
    *("grade", "subject", "school", "n", "estimate", "low", "high", "first", "last"),
    *("newest", "newest_low", "newest_high", "cohorts", "wider"),
    *("like", "difference", "difference_low", "difference_high", "rule"),
)
NEWEST = ("newest", "newest_low", "newest_high")
#: Columns of numbers that are printed with one decimal.
ROUNDED = ("estimate", "low", "high", *NEWEST, "difference", "difference_low", "difference_high")


def all_contributions(pairs: pd.DataFrame, reliability: float | None, least: int) -> pd.DataFrame:
    """Estimate contributions to every test that has an earlier one, over its cohorts.

    Parameters
    ----------
    pairs : DataFrame
        As ``pairs`` of `PupilData`; with ``home`` and ``municipality`` where the file holds other
        municipalities' pupils too, who are compared with and not listed.
    reliability : float or None
        Reliability of the earlier test; no correction for its error without.
    least : int
        Pupils of the smallest cohort of a school that is shown: the edition's
        ``disclosure.min_n``.

    Returns
    -------
    DataFrame, one row a test and school
        ``grade`` and ``subject`` as text, ``school, n``; ``estimate`` with its 95 % interval
        ``low`` and ``high``, the average of the observed ``cohorts``; ``newest`` with its own;
        ``first`` and ``last`` year; ``wider``, whether 0 is the average school of more than our
        municipality; ``like`` schools, the ``difference`` from their average with its interval,
        missing where there are too few to choose among, and the ``rule`` they are found by. Scale
        points. Schools with a smaller cohort are left out, and one more whenever exactly one would
        be. A test with nothing to compare, or too few schools, has none.

    Notes
    -----
    The result on 8. trinn belongs to the primary school, that on 9. trinn to the school itself
    (`pairs.join_tests`). The model is that of all pages, `layered_contributions.fit_cohorts`.
    """
    parts = []
    for (grade, subject), rows in pairs.groupby(["grade", "subject"], sort=True):
        pupils = rows.astype({"prior": float, "outcome": float}).rename(columns={"year": "cohort"})
        home = pupils.get("home", pd.Series(True, index=pupils.index)).astype(bool)
        try:
            fits = layered.fit_cohorts(pupils.reset_index(drop=True), reliability)
        except (*layered.NO_CONTRIBUTION, ReliabilityError):
            continue
        schools = set(pupils.loc[home, "school"])
        shown = schools - layered_hidden.hidden_schools(fits.main, schools, least)
        ours = layered.school_rows(fits.main, shown)
        like, rule = layered.like_rows(fits, ours["school"])
        named = {"low": "difference_low", "high": "difference_high"}
        told = {"ci_low": "low", "ci_high": "high"}
        both = ours.rename(columns=told).merge(like.rename(columns=named), how="left", on="school")
        parts.append(
            both.assign(
                grade=str(grade),
                subject=str(subject),
                first=str(rows["year"].min()),
                last=str(rows["year"].max()),
                wider=not bool(home.all()),
                rule=rule,
            )[list(COLUMNS)]
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
