"""Put rows under headings, for figures that show several subjects or grades at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording

if TYPE_CHECKING:
    from tilstand.report.page.reading import Reading


def name_of(page: Reading, dimension: str, code: str) -> str:
    """Name a value of ``subject``, ``category`` or ``grade``, with a capital letter.

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> from tilstand.report.page.groups import name_of
    >>> name_of(open_page(2020, "en"), "grade", "8")
    'Grade 8'
    """
    if dimension == "grade":
        return wording.sentence(wording.grade_name(code, page.language))
    return wording.sentence(page.register.category_label(code, page.language))


def under_headings(
    page: Reading, rows: pd.DataFrame, dimension: str, order: list[str]
) -> pd.DataFrame:
    """Add ``group``, the heading that each row stands under.

    Parameters
    ----------
    page : Reading
        Gives the language.
    rows : pandas.DataFrame
        As ``page.rows`` returns them.
    dimension : {"subject", "category", "grade"}
        What the headings name.
    order : list of str
        Codes in the order to show; rows with other codes are left out.

    Returns
    -------
    pandas.DataFrame
        Rows of one heading together, in the order they had within it.
    """
    kept = rows[rows[dimension].isin(order)]
    place = kept[dimension].map({code: number for number, code in enumerate(order)})
    kept = kept.assign(_place=place).sort_values("_place", kind="stable").drop(columns="_place")
    names = {code: name_of(page, dimension, code) for code in order}
    return kept.assign(group=kept[dimension].map(names)).reset_index(drop=True)


def under_first_part(page: Reading, *frames: pd.DataFrame, otherwise: str = "") -> pd.DataFrame:
    """Put rows with compound categories under the category's first part.

    Parameters
    ----------
    page : Reading
        Gives the language.
    *frames : pandas.DataFrame
        As ``page.rows(..., by="category")`` returns them; they are put together.
    otherwise : str
        Label of rows whose category has one part only.

    Returns
    -------
    pandas.DataFrame
        With ``group`` (first part) and ``label`` (second part), sorted by the first.
    """
    rows = pd.concat([frame for frame in frames if not frame.empty] or [frames[0]])
    if rows.empty:
        return rows
    parts = rows["category"].str.partition("/")
    labels = [
        page.register.category_label(code, page.language) if code else otherwise
        for code in parts[2]
    ]
    made = rows.assign(group=[name_of(page, "category", code) for code in parts[0]], label=labels)
    return made.sort_values("group", kind="stable").reset_index(drop=True)
