"""Read Excel and Parquet files as the text that a person would type."""

from __future__ import annotations

import datetime as dt
import io
import numbers
import zipfile
from typing import TYPE_CHECKING, Any

from tilstand.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

Rows = list[tuple[int, list[str]]]


def as_text(value: Any) -> str:
    """Write a typed cell as text: numbers with decimal comma, nothing as an empty string.

    Parameters
    ----------
    value : object
        What Excel or Parquet holds.

    Returns
    -------
    str
        ``51`` for 51 and 51.0, ``0,4`` for 0.4, an ISO date for a date.
    """
    if value is None or value != value:
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        number = float(value)
        return str(int(number)) if number.is_integer() else f"{number:.12g}".replace(".", ",")
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def read_excel(content: bytes, name: str) -> tuple[Rows, list[Fault]]:
    """Read the first sheet of an .xlsx workbook that holds anything.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        How faults name the file.

    Returns
    -------
    rows : list of (int, list of str)
        Rows with text, by their number in Excel.
    faults : list of Fault
        A workbook that can't be opened, a formula without a stored result, figures on several
        sheets.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError):
        return [], [Fault(name, 0, "", "not readable", "an Excel workbook (.xlsx) or a CSV file")]
    sheets = [sheet for sheet in values.worksheets if _filled(sheet.iter_rows(values_only=True))]
    if not sheets:
        return [], []
    if len(sheets) > 1:
        titles = ", ".join(sheet.title for sheet in sheets)
        return [], [Fault(name, 0, "", titles, "one sheet with data; save the others elsewhere")]
    title = sheets[0].title
    rows = _texts(sheets[0].iter_rows(values_only=True))
    return rows, _uncomputed(formulas[title].iter_rows(values_only=True), dict(rows), name)


def _filled(rows: Iterable[tuple[Any, ...]]) -> bool:
    return any(value is not None for row in rows for value in row)


def _texts(rows: Iterable[tuple[Any, ...]]) -> Rows:
    texts = ((number, [as_text(value) for value in row]) for number, row in enumerate(rows, 1))
    return [(number, cells) for number, cells in texts if any(cell.strip() for cell in cells)]


def _uncomputed(
    formulas: Iterable[tuple[Any, ...]], shown: dict[int, list[str]], name: str
) -> list[Fault]:
    from openpyxl.utils import get_column_letter

    faults = []
    for number, row in enumerate(formulas, 1):
        for place, formula in enumerate(row):
            computed = number in shown and shown[number][place] != ""
            if isinstance(formula, str) and formula.startswith("=") and not computed:
                expected = "a value (open the file in Excel and save it, or paste values only)"
                faults.append(Fault(name, number, get_column_letter(place + 1), formula, expected))
    return faults


def read_parquet(content: bytes, name: str) -> tuple[Rows, list[Fault]]:
    """Read a Parquet file; its column names become row 1, as if it were saved from Excel."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError):
        return [], [Fault(name, 0, "", "not readable", "a Parquet file")]
    columns = [[as_text(value) for value in column.to_pylist()] for column in table.columns]
    body = enumerate(zip(*columns, strict=True), start=2)
    return [(1, list(table.column_names)), *((row, list(cells)) for row, cells in body)], []
