"""Show tables with one line a label and one column for each year or place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.page.sourcing import marks_line, source_line
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page


def source_of(page: Page, *frames: pd.DataFrame) -> str:
    """Write the marks and the source line of a table made from several frames.

    Parameters
    ----------
    page : Page
        The open page.
    *frames : pandas.DataFrame
        Rows with ``source``, ``section`` and ``mark``.

    Returns
    -------
    str
        Empty when there are no rows.

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> from tilstand.report.page.across import source_of
    >>> page = open_page(2020, "en")
    >>> source_of(page, page.rows("pupils"))
    'Source: Tilstandsrapporten 2020, section 3.2.1.'
    """
    columns = ["source", "section", "mark", "n"]
    rows = pd.concat([frame[columns] for frame in frames], ignore_index=True)
    if rows.empty:
        return ""
    lines = (marks_line(rows, page.language), source_line(rows, page.register, page.language))
    return " ".join(line for line in lines if line)


def show_across(
    page: Page,
    rows: pd.DataFrame,
    *,
    header: str,
    name: str,
    title: str,
    over: str = "year",
    decimals: int | dict[str, int] = 0,
) -> None:
    """Show rows as a numbered table with its source; nothing when there are no rows.

    Parameters
    ----------
    page : Page
        The open page.
    rows : pandas.DataFrame
        As ``page.rows`` returns them, or with labels of their own.
    header : str
        Header of the column of labels.
    name : str
        Anchor and file name.
    title : str
        What the table holds.
    over : str
        Column of ``rows`` that becomes the table's columns.
    decimals : int or dict
        Decimals of the numbers; a dict of column and decimals also orders the columns.

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> page = open_page(2020, "en")
    >>> rows = page.rows("pupils", by="grade").tail(3)
    >>> show_across(page, rows, header="Grade", name="grades", title="Pupils by grade")
    {'application/vnd.tilstand.exhibit+json': {'kind': 'table', 'name': 'grades', ...
    """
    if rows.empty:
        return
    frame, names = page.wide(rows, over)
    if isinstance(decimals, dict):
        names = [column for column in decimals if column in names]
    else:
        decimals = dict.fromkeys(names, decimals)
    columns = [
        Column("label", header),
        *[Column(column, column, decimals[column]) for column in names],
    ]
    page.table(frame, columns, name=name, title=title, source=source_of(page, rows))
