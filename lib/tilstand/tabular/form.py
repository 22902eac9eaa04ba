"""Find the header and the body of a table, and name what stands above, under and beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.errors import Fault
from tilstand.tabular.encodings import garbled
from tilstand.tabular.names import is_total

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tilstand.tabular.delimited import Record

#: Rows at the top that are looked at for a title and a header.
TOP = 10
NO_ROWS = (
    "rows of data below the column names: there are none; choose units or rows and export anew"
)
LETTERS = "letters such as æ, ø, å; save anew as UTF-8"
#: As many as a spreadsheet has.
MOST_COLUMNS = 16_384
#: A column is one that rows fill when so many of them do.
MOSTLY = 0.9
_NARROW = 3


@dataclass(frozen=True)
class Header:
    """Hold the row of column names.

    Parameters
    ----------
    row : int
        Spreadsheet row.
    names : list of str
        Without spaces around them; nameless columns at the end are not there.
    """

    row: int
    names: list[str]


def read_header(top: Sequence[Record], name: str) -> tuple[Header, list[Fault]]:
    """Read the header of a table.

    Parameters
    ----------
    top : sequence of (int, list of str)
        The first `TOP` records or more, the header among them.
    name : str
        How faults name the file.

    Returns
    -------
    header : Header
        The first record.
    faults : list of Fault
        One, where the first record is a title above the table, or the names stand in two rows.
    """
    row, cells = top[0]
    header = Header(row, [cell.strip() for cell in cells])
    while header.names and not header.names[-1]:
        header.names.pop()
    if len(header.names) > MOST_COLUMNS:
        expected = f"at most {MOST_COLUMNS} columns"
        return header, [Fault(name, row, "", f"{len(header.names)} columns", expected)]
    return header, _title(top[:TOP], name) or _two_rows(top, name)


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _title(top: Sequence[Record], name: str) -> list[Fault]:
    row, cells = top[0]
    width = max(_filled(record) for _, record in top)
    alone = _filled(cells) == 1 and bool(cells[0].strip())
    if width < 2 or not (alone or _filled(cells) <= width // 3):
        return []
    table = next(number for number, record in top if _filled(record) > width // 2)
    if table == row:
        return []
    above = f"row {row} is" if table == row + 1 else f"rows {row} to {table - 1} are"
    shown = next(cell.strip() for cell in cells if cell.strip())[:60]
    expected = f"the column names: {above} a title; delete it, so that the table starts in row 1"
    return [Fault(name, row, "", shown, expected)]


def _two_rows(top: Sequence[Record], name: str) -> list[Fault]:
    """Find column names in two rows, the upper ones over merged cells."""
    if len(top) < 2:
        return []
    (row, upper), (below, lower) = top[:2]
    width = max(len(upper), len(lower))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (upper, lower))
    nameless = [place for place in range(1, width) if not upper[place].strip()]
    over = [place for place in range(width) if upper[place].strip() and not lower[place].strip()]
    filled = [lower[place].strip() for place in nameless if lower[place].strip()]
    words = all(not re.fullmatch(r"[-\d\s.,*]*", cell) for cell in lower if cell.strip())
    if not (over and filled and words and len(filled) == len(nameless)):
        return []
    shown = upper[nameless[0] - 1].strip() or upper[0].strip()
    expected = (
        f"one row of column names: they stand in rows {row} and {below}, with merged cells; write "
        "each column's whole name in one row and delete the other"
    )
    return [Fault(name, row, "", shown[:60], expected)]


def header_faults(header: Header, name: str, wanted: Collection[str] | None = None) -> list[Fault]:
    """Find columns without a name, with a spoilt one, or with one that stands twice.

    Parameters
    ----------
    header : Header
        The column names.
    name : str
        How faults name the file.
    wanted : collection of str, optional
        The columns that will be used; all if not given.

    Returns
    -------
    list of Fault
        One a column, from left to right.
    """
    faults = []
    seen: set[str] = set()
    for place, column in enumerate(header.names, start=1):
        if wanted is not None and column not in wanted:
            continue
        if not column:
            faults.append(Fault(name, header.row, f"column {place}", "", "a name for the column"))
        elif garbled(column):
            faults.append(Fault(name, header.row, column, column, LETTERS))
        elif column in seen:
            expected = "a column name that stands only once"
            faults.append(Fault(name, header.row, column, column, expected))
        seen.add(column)
    return faults


def row_fault(row: int, cells: Sequence[str], header: Header, name: str) -> Fault | None:
    """Find a row with fewer or more cells than the header has names.

    Parameters
    ----------
    row : int
        Spreadsheet row.
    cells : sequence of str
        Its cells.
    header : Header
        The column names.
    name : str
        How faults name the file.

    Returns
    -------
    Fault or None
        None where the row fits; blank cells to the right of the table do no harm.
    """
    width = len(header.names)
    if len(cells) == width or (
        len(cells) > width and not any(cell.strip() for cell in cells[width:])
    ):
        return None
    return Fault(name, row, "", f"{len(cells)} cells", f"{width} cells as in the header")


def under_the_table(body: Sequence[Record], header: Header, name: str) -> list[Fault]:
    """Find a total or a note in the last row.

    Parameters
    ----------
    body : sequence of (int, list of str)
        The rows under the header, or the first and the last of them.
    header : Header
        The column names.
    name : str
        How faults name the file.

    Returns
    -------
    list of Fault
        One, or none. A total is told by its word beside cells that are blank there and filled in
        the other rows, a note by standing alone.
    """
    if len(body) < _NARROW:
        return []
    row, cells = body[-1]
    others = body[:-1]
    width = len(header.names)
    at = next((place for place, cell in enumerate(cells) if cell.strip()), 0)
    column = header.names[at] if at < width else ""
    word = cells[at].strip()
    if is_total(word):
        blank = [place for place in range(width) if not "".join(cells[place : place + 1]).strip()]
        if any(_mostly_filled(others, place) for place in blank):
            expected = f"a row like those above it: row {row} looks like a total; delete it"
            return [Fault(name, row, column, word, expected)]
    elif width >= _NARROW and _filled(cells) == 1 and at == 0 and any(map(str.isalpha, word)):
        usual = sum(_filled(record) > 1 for _, record in others)
        if usual == len(others):
            expected = f"a row like those above it: row {row} looks like a note; delete it"
            return [Fault(name, row, "", word[:60], expected)]
    return []


def _mostly_filled(rows: Sequence[Record], place: int) -> bool:
    filled = sum(len(cells) > place and bool(cells[place].strip()) for _, cells in rows)
    return filled >= MOSTLY * len(rows)


def beside_the_table(body: Sequence[Record], header: Header, name: str) -> list[Fault]:
    """Find a column that most rows fill and the header does not name.

    Parameters
    ----------
    body : sequence of (int, list of str)
        The rows under the header.
    header : Header
        The column names.
    name : str
        How faults name the file.

    Returns
    -------
    list of Fault
        One, or none.
    """
    width = len(header.names)
    beyond = sum(len(cells) > width and any(map(str.strip, cells[width:])) for _, cells in body)
    if len(body) < _NARROW or beyond < MOSTLY * len(body):
        return []
    return [Fault(name, header.row, f"column {width + 1}", "", "a name for the column")]
