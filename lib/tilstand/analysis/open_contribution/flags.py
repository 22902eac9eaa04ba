"""Flag the schools whose tables show other signs of trouble: absence, and a test too easy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.open_contribution.settings import COMPOSITE

if TYPE_CHECKING:
    from tilstand.analysis.open_contribution.settings import Settings

MASTERY, TAKING_PART = "np_mastery_share", "np_participation_share"
TOP = "level_5"
FLAGS = ("unit", "absence", "top", "flag_absence", "flag_top")


def school_flags(
    figures: pd.DataFrame,
    settings: Settings,
    *,
    first_year: int = 0,
    last_year: int = 9999,
    prior_grade: str = "8",
    outcome_grade: str = "9",
) -> pd.DataFrame:
    """Tell at which schools fewer sat the later test, and where many are on the highest level.

    Parameters
    ----------
    figures : DataFrame
        *Figures* with shares by mastery level and of those who sat the test, percent.
    settings : Settings
        The limits.
    first_year, last_year : int
        First and last autumn to use.
    prior_grade, outcome_grade : str
        Grades of the two tests, a year apart.

    Returns
    -------
    DataFrame
        `FLAGS`, one row a school with any such number: ``absence`` (fall of the share that sat the
        test from the earlier grade to the later of the same cohort, percentage points, mean over
        cohorts and subjects), ``top`` (share on the highest level of the later test, percent, mean
        over autumns, the subject with most), and whether each is above its limit. What no table
        shows is missing and flags nobody.
    """
    rows = figures[
        (figures["level"] == "school")
        & (figures["gender"] == "")
        & figures["subject"].isin(COMPOSITE)
        & figures["status"].isin(["ok", "provisional"])
        & figures["year"].between(first_year, last_year)
    ]
    key = ["unit", "subject", "year"]
    took = rows[(rows["indicator"] == TAKING_PART) & (rows["category"] == "")]
    before = took.loc[took["grade"] == prior_grade, [*key, "value"]]
    after = took.loc[took["grade"] == outcome_grade, [*key, "value"]]
    both = before.merge(after.assign(year=after["year"] - 1), on=key, suffixes=("8", "9"))
    absence = (both["value8"] - both["value9"]).groupby(both["unit"]).mean()
    high = rows[
        (rows["indicator"] == MASTERY)
        & (rows["category"] == TOP)
        & (rows["grade"] == outcome_grade)
    ]
    top = high.groupby(["unit", "subject"])["value"].mean().groupby("unit").max()
    table = pd.DataFrame({"absence": absence, "top": top}).rename_axis("unit").reset_index()
    return table.assign(
        flag_absence=table["absence"] > settings.largest_absence,
        flag_top=table["top"] > settings.top_level,
    )[list(FLAGS)]
