"""Pick single rows for a sentence: the highest, the lowest, or a value the book does not use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.report.numbers import Value
from tilstand.report.series import row_ref

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.reading import Reading


@dataclass(frozen=True)
class Pick:
    """Hold a row's name and number.

    Parameters
    ----------
    label : str or None
        The row's label; None where there is no row.
    value : Value
        Its number.
    """

    label: str | None
    value: Value


def highest(rows: pd.DataFrame, decimals: int = 0) -> Pick:
    """Pick the row with the highest value; of several, the first.

    Parameters
    ----------
    rows : pandas.DataFrame
        As ``page.rows`` returns them.
    decimals : int
        Decimals to print.

    Returns
    -------
    Pick
        Missing when there are no rows.
    """
    return _pick(rows, int(rows["value"].argmax()) if len(rows) else None, decimals)


def lowest(rows: pd.DataFrame, decimals: int = 0) -> Pick:
    """Pick the row with the lowest value; see `highest`."""
    return _pick(rows, int(rows["value"].argmin()) if len(rows) else None, decimals)


def _pick(rows: pd.DataFrame, position: int | None, decimals: int) -> Pick:
    if position is None:
        return Pick(None, Value(None))
    row = rows.iloc[position]
    number = float(row["value"])
    printed = str(row.get("printed", number))
    # Rows may carry a number worked out from the printed one, such as a change in percent.
    recipe = "value" if printed and float(printed) == number else "computed"
    value = Value(number, decimals, int(row["year"]), (str(row["ref"]),), recipe=recipe)
    return Pick(str(row["label"]), value)


def contested(page: Reading, indicator: str, year: int, section: str, **where: str) -> Value:
    """Return a value that a source prints, but that the book does not use.

    Parameters
    ----------
    page : Reading
        The open page.
    indicator : str
        Code of the catalogue.
    year : int
        The year it is printed for.
    section : str
        Section of the source that prints it.
    **where : str
        ``grade``, ``gender``, ``subject`` or ``category``; blank if not given.

    Returns
    -------
    Value
        The municipality's value; missing where the edition has none.
    """
    found = page.near
    found = found[(found["indicator"] == indicator) & (found["year"] == year)]
    found = found[(found["mark"] == "contested_other") & (found["place"] == page.place)]
    found = found[found["section"] == section]
    for dimension in ("grade", "gender", "subject", "category"):
        found = found[found[dimension] == where.get(dimension, "")]
    if found.empty:
        return Value(None, year=year)
    row = found.iloc[0]
    decimals = len(str(row["printed"]).partition(".")[2])
    return Value(float(row["value"]), decimals, year, (row_ref(row),), recipe="contested")


def year_before(page: Reading, indicator: str) -> int:
    """Return the year before the edition's if the indicator has a value then.

    Reports often print last year's accounts beside this year's counts.

    Parameters
    ----------
    page : Reading
        The open page.
    indicator : str
        Code of the catalogue; the municipality's own value decides.

    Returns
    -------
    int
        The year, or 0, for which no series has a value.
    """
    year = page.year - 1
    return 0 if page.series(indicator).at(year).missing else year


DIMENSIONS = ("grade", "subject", "category")


def read_measure(spec: str) -> tuple[str, dict[str, str]]:
    """Read a measure written as ``indicator|grade|subject|category``; the rest is blank.

    Examples
    --------
    >>> read_measure("bullied_share|5-10")
    ('bullied_share', {'grade': '5-10', 'subject': '', 'category': ''})
    """
    indicator, *cells = spec.split("|")
    return indicator, dict(zip(DIMENSIONS, [*cells, "", "", ""], strict=False))
