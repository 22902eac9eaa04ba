"""Say which schools' contributions may be shown beside the tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tilstand.analysis.school_contributions import ROUNDED
from tilstand.analysis.social_side import BULLIED, INDEX, WELLBEING, Group
from tilstand.analysis.table_forms import CORRECTED, PLAIN
from tilstand.disclosure.cells import TOTAL
from tilstand.pupils.protection.protected import Protected

#: The table of what contributions rest on.
TABLE = "adjusted"


@dataclass(frozen=True)
class Allowed:
    """Name the schools whose contributions to a test may be shown.

    Parameters
    ----------
    pooled, uncorrected : frozenset of str
        Schools that the contribution of all cohorts together may be shown of, and beside it the
        one that is not corrected for test error.
    each : frozenset of str
        Schools that the contribution to every single cohort may be shown of.
    """

    pooled: frozenset[str] = frozenset()
    uncorrected: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()


def allowed_schools(protected: Protected, grade: str, subject: str) -> Allowed:
    """Find the schools whose contributions tell no mean that the tables hide.

    A contribution is the mean of a group's later results less a slope times that of the earlier
    ones. Those sums are protected together with all other means (`analysis.pupil_tables`, table
    ``adjusted``): a school is left out only where its own, with the number of its pupils and all
    else that is published, would pin a hidden mean. Its intervals tell the number of pupils, so
    that has to be open too.

    Parameters
    ----------
    protected : Protected
        The edition's tables.
    grade, subject : str
        The test.

    Returns
    -------
    Allowed
        No school of a test whose results are owed to the schools that pupils came from, nor where
        a published year has changed since: two estimates would tell of the few who did.
    """
    means = _means(protected, grade, subject)
    if means.empty:
        return Allowed()
    years = means.loc[means["year"] != TOTAL, "year"]
    open_ones = means[(means["status"] == "ok") & means["n"].notna() & (means["school"] != TOTAL)]
    lines = set(means["line"])
    mine = CORRECTED if CORRECTED in lines else PLAIN

    def schools(year: str, line: str) -> frozenset[str]:
        found = open_ones[(open_ones["year"] == year) & (open_ones["line"] == line)]
        return frozenset(found["school"].astype(str))

    last, changed = years.max(), protected.changed.get(TABLE, ())
    # Years that stay as they were published are not those that the pupils' file has.
    pooled = frozenset[str]() if changed else schools(TOTAL, mine)
    each = pooled & schools(last, mine)
    for year in sorted(set(years)):
        sat = means[(means["year"] == year) & (means["status"] != "empty")]
        each -= frozenset(sat["school"].astype(str)) - schools(year, mine)
    return Allowed(pooled, pooled & schools(TOTAL, PLAIN), each)


def _means(protected: Protected, grade: str, subject: str) -> pd.DataFrame:
    """Open what contributions to a test rest on; no rows where they are not the school's own."""
    own = any(
        layout.table == TABLE
        and layout.separate.get("grade") == grade
        and layout.separate.get("subject") == subject
        and "school" in layout.dimensions
        for layout in protected.layouts.values()
    )
    if not own:
        return pd.DataFrame()
    means = protected.means(TABLE, "year", "school")
    return means[(means["grade"] == grade) & (means["subject"] == subject)]


def open_answers(protected: Protected) -> dict[str, frozenset[Group]]:
    """Find the answers whose school's mean, or share, of all years together is shown.

    Parameters
    ----------
    protected : Protected
        The edition's tables.

    Returns
    -------
    dict of str to frozenset of (str, str)
        Grades and schools by outcome of `analysis.social_side`; none of a table with a year that
        stays as it was published though its answers have changed since.
    """
    found = {}
    for outcome, table, more in ((WELLBEING, "survey", ()), (BULLIED, "bullying", ("bullied",))):
        view = ("year", "school", *more)
        there = any(
            layout.table == table and set(layout.view) == set(view)
            for layout in protected.layouts.values()
        )
        if not there or protected.changed.get(table):
            continue
        cells = protected.counts(table, *view) if more else protected.means(table, *view)
        cells = cells[(cells["year"] == TOTAL) & (cells["school"] != TOTAL)]
        if not more:
            cells = cells[cells["index"] == INDEX]
        is_open = cells["status"] == "ok"
        if "n" in cells:
            is_open &= cells["n"].notna()
        keys = [cells["grade"].astype(str), cells["school"].astype(str)]
        whole = is_open.groupby(keys).all()
        found[outcome] = frozenset((str(one[0]), str(one[1])) for one in whole.index[whole])
    return found


def contributions_to_show(estimates: pd.DataFrame, protected: Protected) -> pd.DataFrame:
    """Leave out the contributions of schools whose mean or number of pupils is hidden.

    Parameters
    ----------
    estimates : DataFrame
        As `school_contributions.all_contributions` gives it: of all cohorts together.
    protected : Protected
        The edition's tables.

    Returns
    -------
    DataFrame
        The same columns, with one decimal: what is downloaded is what is printed. No rows where a
        published year has changed since.
    """
    rounded = estimates.assign(**{name: estimates[name].astype(float).round(1) for name in ROUNDED})
    if not any(layout.table == TABLE for layout in protected.layouts.values()):
        return rounded
    if protected.changed.get(TABLE):
        return rounded.iloc[:0]
    means = protected.means(TABLE, "year", "school")
    whole = means[means["year"] == TOTAL]
    keys = ["grade", "subject", "school"]
    # The schools' pages show one contribution, corrected where the others are.
    last = whole.groupby(keys)["line"].transform("min")
    whole = whole[(whole["line"] == last) & (whole["status"] == "ok") & whole["n"].notna()]
    shown = set(whole[keys].astype(str).itertuples(index=False, name=None))
    names = [*estimates[keys].astype(str).itertuples(index=False, name=None)]
    alone = {test: allowed_schools(protected, *test).each for test in {name[:2] for name in names}}
    newest = [school in alone[grade, subject] for grade, subject, school in names]
    columns = [name for name in ROUNDED if name.startswith("newest")]
    rounded[columns] = rounded[columns].where(pd.Series(newest, index=rounded.index), float("nan"))
    return rounded.loc[[name in shown for name in names]].reset_index(drop=True)
