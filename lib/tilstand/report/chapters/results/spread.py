"""Read how far apart schools lie, from the ends that a source prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.page.groups import name_of

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

INDICATOR = "np_schools_share"
LEVELS = ("lowest_level", "highest_level")


def spans(page: Page, grade: str, subject: str) -> pd.DataFrame:
    """Return rows for a span figure: one line for the lowest and one for the highest level.

    Parameters
    ----------
    page : Page
        The chapter's page.
    grade, subject : str
        The test.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``low`` and ``high``, the ends among the schools in percent, and ``single``,
        one school that stands apart (NaN where there is none). No school is named.
    """
    found = page.rows(INDICATOR, by="category", grade=grade, subject=subject)
    rows = []
    for level in LEVELS:
        part = found[found["category"].str.startswith(f"{level}/")]
        if part.empty:
            continue
        ends = dict(zip(part["category"].str.partition("/")[2], part["value"], strict=True))
        apart = "main_max" in ends
        rows.append(
            {
                **part.iloc[0],
                "label": name_of(page, "category", level),
                "low": ends["main_min" if apart else "min"],
                "high": ends["main_max" if apart else "max"],
                "single": ends["max"] if apart else float("nan"),
            }
        )
    return pd.DataFrame(rows)
