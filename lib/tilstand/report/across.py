"""Show tables with one line a label and one column for each year or place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.sourcing import marks_line, source_line
from tilstand.report.tables import Column

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page import Page


def show_across(
    page: Page,
    rows: pd.DataFrame,
    *,
    header: str,
    name: str,
    title: str,
    over: str = "year",
    decimals: int | None = 0,
    order: list[str] | None = None,
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
    decimals : int
        Decimals of the numbers.
    order : list of str, optional
        Order of the columns; sorted if not given.
    """
    if rows.empty:
        return
    frame, names = page.wide(rows, over)
    names = [column for column in order if column in names] if order else names
    line = " ".join(
        part
        for part in (marks_line(rows, page.language), source_line(rows, page.register, page.language))
        if part
    )
    columns = [Column("label", header), *[Column(column, column, decimals) for column in names]]
    page.table(frame, columns, name=name, title=title, source=line)
