"""Read Excel files as the text that a person would type."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import math
import numbers
from typing import TYPE_CHECKING, Any

from tilstand.errors import Fault
from tilstand.tabular.archive import BROKEN, NOT_READABLE, look_into

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Rows = list[tuple[int, list[str]]]
#: Cells held in memory as text at most: those that are read in ten seconds.
MOST_CELLS = 1_000_000
#: Significant digits of the numbers in Excel; what follows is noise.
EXCEL_DIGITS = 15


class _TooManyCellsError(Exception):
    """Stop before the memory is full."""


def as_text(value: Any, digits: int = EXCEL_DIGITS) -> str:
    """Write a typed cell as text: numbers with decimal comma, nothing as an empty string.

    Parameters
    ----------
    value : object
        What Excel or Parquet holds.
    digits : int
        Significant digits of a number with decimals.

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
    if isinstance(value, numbers.Real | decimal.Decimal):
        return _number_as_text(float(value), digits)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _number_as_text(number: float, digits: int) -> str:
    if math.isinf(number):
        return str(number)
    if number.is_integer():
        return str(int(number))
    return f"{decimal.Decimal(f'{number:.{digits}g}'):f}".replace(".", ",")


def read_excel(path: Path, name: str) -> tuple[Rows, list[Fault]]:
    """Read the first sheet of an .xlsx workbook that holds anything.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name the file.

    Returns
    -------
    rows : list of (int, list of str)
        Rows with text, by their number in Excel, equally long.
    faults : list of Fault
        A workbook that can't be opened or is too large, a formula without a stored result,
        figures on several sheets.
    """
    content = path.read_bytes()
    contents, faults = look_into(io.BytesIO(content), name)
    if faults:
        return [], faults
    try:
        return _read_sheets(content, name, formulas=contents.formulas)
    except _TooManyCellsError:
        expected = f"at most {MOST_CELLS} cells (save a large table as CSV or Parquet)"
        return [], [Fault(name, 0, "", "a sheet of more cells", expected)]
    except (*BROKEN, SyntaxError, TypeError, AttributeError, IndexError, RecursionError):
        return [], [Fault(name, 0, "", "not readable", NOT_READABLE)]


def _read_sheets(content: bytes, name: str, *, formulas: bool) -> tuple[Rows, list[Fault]]:
    filled = []
    for title, rows in _sheets(content, computed=True):
        texts = _texts(rows)
        if texts:
            filled.append((title, texts))
    if not filled:
        return [], []
    if len(filled) > 1:
        titles = ", ".join(title for title, _ in filled)
        return [], [Fault(name, 0, "", titles, "one sheet with data; save the others elsewhere")]
    ((title, texts),) = filled
    if not formulas:
        return texts, []
    written = next(rows for other, rows in _sheets(content, computed=False) if other == title)
    return texts, _uncomputed(written, dict(texts), name)


def _sheets(content: bytes, *, computed: bool) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=computed)
    except InvalidFileException as error:
        raise ValueError(str(error)) from None
    for sheet in book.worksheets:
        # The stated size may reach to the last column though nothing stands there.
        sheet.reset_dimensions()
        yield sheet.title, sheet.iter_rows(values_only=True)


def _texts(rows: Iterable[tuple[Any, ...]]) -> Rows:
    texts: Rows = []
    width = held = 0
    for number, row in enumerate(rows, 1):
        cells = [as_text(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        texts.append((number, cells))
        width = max(width, len(cells))
        held += len(cells)
        if held > MOST_CELLS:
            raise _TooManyCellsError
    if width * len(texts) > MOST_CELLS:  # a single cell far out to the right
        width = len(texts[0][1])
    return [(number, cells + [""] * (width - len(cells))) for number, cells in texts]


def _uncomputed(
    formulas: Iterable[tuple[Any, ...]], shown: dict[int, list[str]], name: str
) -> list[Fault]:
    from openpyxl.utils import get_column_letter

    faults = []
    for number, row in enumerate(formulas, 1):
        cells = shown.get(number, [])
        for place, formula in enumerate(row):
            computed = place < len(cells) and cells[place] != ""
            if isinstance(formula, str) and formula.startswith("=") and not computed:
                expected = "a value (open the file in Excel and save it, or paste values only)"
                faults.append(Fault(name, number, get_column_letter(place + 1), formula, expected))
    return faults
