"""Write text from data so that nothing runs it: not a spreadsheet, and not a terminal's line."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A cell that begins with one of these is a formula to a spreadsheet; the wide forms are so in
#: East Asian settings.
TRIGGERS = "=+-@\uff1d\uff0b\uff0d\uff20"
# What a spreadsheet may skip before it looks for a formula. A tab or a line break at the start
# also moves the rest of the text into a cell of its own.
_SKIPPED = r"[\s\x00-\x1f\x7f\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]*"
_NEGATIVE = re.compile(r"-(?:\d[\d \u00a0\u202f]*)?(?:[.,]\d+)?\s?%?")
_RUNS = re.compile(rf"{_SKIPPED}[{re.escape(TRIGGERS)}]|[\t\r\n\x00]")
# A file written with commas is split at semicolons or tabs where those are the custom.
_INSIDE = re.compile(rf"([;\t\r\n|]{_SKIPPED})(?=[=+@\uff1d\uff0b\uff20]|-(?!\d))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# More of a value than this is not needed to find it in a file.
LONGEST = 60


def spreadsheet_safe(text: str) -> str:
    """Neutralise a text cell that a spreadsheet would run as a formula.

    An apostrophe before the text makes it text to every spreadsheet. Negative numbers stay
    numbers, and a single hyphen stays what Norwegian tables print for nothing.

    Parameters
    ----------
    text : str
        Content of one cell.

    Returns
    -------
    str
        The same text, with an apostrophe wherever a formula would begin.

    References
    ----------
    OWASP. CSV Injection. https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> spreadsheet_safe("=1+1")
    "'=1+1"
    >>> spreadsheet_safe("-1,5")
    '-1,5'
    >>> spreadsheet_safe("Åsen skole")
    'Åsen skole'
    """
    inner = _INSIDE.sub(r"\1'", text)
    if _NEGATIVE.fullmatch(text):
        return text
    return f"'{inner}" if _RUNS.match(text) else inner


def spreadsheet_safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Neutralise every text cell and column name of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table. Its index is not looked at: write it without.

    Returns
    -------
    pandas.DataFrame
        A copy whose numbers, dates and missing values are as they were.

    Examples
    --------
    >>> import pandas as pd
    >>> spreadsheet_safe_frame(pd.DataFrame({"school": ["@SUM(A1)"], "change": [-3]}))
          school  change
    0  '@SUM(A1)      -3
    """
    safe = frame.rename(columns=_safe)
    for at in range(safe.shape[1]):
        column = safe.iloc[:, at]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        texts = column.dtype == object or pd.api.types.is_string_dtype(column.dtype)
        cells = column.tolist() if texts else []  # pandas hands texts out one by one slowly
        if any(isinstance(value, str) and _safe(value) != value for value in cells):
            safe.isetitem(at, [_safe(value) for value in cells])
    return safe


def csv_of(frame: pd.DataFrame, **options: Any) -> str:
    r"""Write a table as CSV that no spreadsheet runs anything of; nothing else writes CSV.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table. Its index is left out.
    **options
        As `pandas.DataFrame.to_csv` takes them, such as ``sep`` and ``float_format``.

    Returns
    -------
    str
        The table, with line feeds between its rows.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_of(pd.DataFrame({"school": ["+47"], "count": [7]}))
    "school,count\n'+47,7\n"
    """
    safe = spreadsheet_safe_frame(frame)
    return str(safe.to_csv(index=False, lineterminator="\n", **options))


def csv_lines(rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    r"""Write rows as CSV that no spreadsheet runs anything of.

    Parameters
    ----------
    rows : iterable of iterable
        Cells, the header first.
    delimiter : str
        What stands between them.

    Returns
    -------
    str
        The rows, a line feed after each.

    Examples
    --------
    >>> csv_lines([["name", "n"], ["@SUM(A1)", 3]])
    "name,n\n'@SUM(A1),3\n"
    """
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    table.writerows([_safe(cell) for cell in row] for row in rows)
    return stream.getvalue()


def one_line(text: str, longest: int = LONGEST) -> str:
    r"""Quote a value from a file in a message of one line.

    Parameters
    ----------
    text : str
        The value.
    longest : int
        Characters after which it is cut.

    Returns
    -------
    str
        The value with a visible mark for each control character, no longer than `longest`.

    Examples
    --------
    >>> one_line("1\x002")
    '1�2'
    >>> one_line("9" * 100, 5)
    '99999…'
    """
    plain = _CONTROL.sub("\ufffd", text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


def _safe(value: object) -> object:
    return spreadsheet_safe(value) if isinstance(value, str) else value
