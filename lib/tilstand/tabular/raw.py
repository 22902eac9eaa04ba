"""Read a file that a user brings, whatever program saved it, without guessing at its cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tilstand.errors import Fault
from tilstand.tabular.delimited import split
from tilstand.tabular.encodings import decode, garbled
from tilstand.tabular.workbook import Rows, read_excel, read_parquet

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
EXCEL, PARQUET, OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class RawTable:
    """Hold a user's table as text.

    Parameters
    ----------
    name : str
        How faults name the file.
    header : list of str
        Column names, without spaces around them.
    rows : list of (int, list of str)
        Spreadsheet row and cells, as many as the header's, exactly as they stand.
    header_row : int
        Spreadsheet row of the header.
    hidden_lines : int
        Lines at the top of the file that a spreadsheet does not show (a ``sep=`` line).
    """

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    header_row: int = 1
    hidden_lines: int = 0

    def fault(self, row: int, column: str, value: str, expected: str) -> Fault:
        """Point at a cell; where a text editor counts rows otherwise, say its line as well."""
        if row and self.hidden_lines:
            expected += f" (line {row + self.hidden_lines} in a text editor)"
        return Fault(self.name, row, column, value, expected)


def read_raw(path: Path, name: str) -> tuple[RawTable, list[Fault]]:
    """Read a CSV, Excel or Parquet file as text and collect what is wrong with its form.

    Parameters
    ----------
    path : Path
        The file; its first bytes tell what it is, not the ending of its name.
    name : str
        How faults name the file.

    Returns
    -------
    table : RawTable
        Header and rows; empty when the form is too broken to tell cells apart.
    faults : list of Fault
        Encoding, delimiter, quotes, header, number of cells, garbled letters: every one in the
        file, by row.
    """
    nothing = RawTable(name, [], [])
    try:
        content = path.read_bytes()
    except OSError as error:
        return nothing, [Fault(name, 0, "", error.strerror or "", "a file that can be read")]
    records, hidden_lines, faults = _records(content, name)
    if faults:
        return replace(nothing, hidden_lines=hidden_lines), _said(faults, hidden_lines)
    if not records:
        return nothing, [Fault(name, 1, "", "an empty file", "a header and rows")]
    table, faults = _table(records, name, hidden_lines)
    if not table.rows and not faults:
        faults = [Fault(name, records[0][0] + 1, "", "no rows", "at least one row of data")]
    return table, sorted(_said(faults, hidden_lines))


def _records(content: bytes, name: str) -> tuple[Rows, int, list[Fault]]:
    if content.startswith(OLD_EXCEL):
        value = "an old or locked Excel file"
        return [], 0, [Fault(name, 0, "", value, "an unlocked .xlsx or CSV file (save it anew)")]
    if content.startswith((EXCEL, PARQUET)):
        read = read_excel if content.startswith(EXCEL) else read_parquet
        rows, faults = read(content, name)
        return rows, 0, faults
    text, faults = decode(content, name)
    if faults or not text.strip():
        return [], 0, faults
    records, faults = split(text, name)
    return records.cells, records.hidden_lines, faults


def _said(faults: list[Fault], hidden_lines: int) -> list[Fault]:
    if not hidden_lines:
        return faults
    return [
        replace(fault, expected=f"{fault.expected} (line {fault.row + 1} in a text editor)")
        if fault.row and not fault.value.startswith("sep=")
        else fault
        for fault in faults
    ]


def _table(records: Rows, name: str, hidden_lines: int) -> tuple[RawTable, list[Fault]]:
    top, names = records[0]
    header = [cell.strip() for cell in names]
    while header and not header[-1] and _empty_column(records[1:], len(header) - 1):
        header.pop()
    width = len(header)
    faults = _header_faults(name, top, header)
    rows = []
    for row, cells in records[1:]:
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            expected = f"{width} cells as in the header"
            faults.append(Fault(name, row, "", f"{len(cells)} cells", expected))
            continue
        rows.append((row, cells[:width]))
        faults += [
            Fault(name, row, header[place], cell, "letters such as æ, ø, å; save anew as UTF-8")
            for place, cell in enumerate(cells[:width])
            if not cell.isascii() and garbled(cell)
        ]
    return RawTable(name, header, rows, top, hidden_lines), faults


def _empty_column(records: Rows, place: int) -> bool:
    return not any(cells[place].strip() for _, cells in records if len(cells) > place)


def _header_faults(name: str, row: int, header: list[str]) -> list[Fault]:
    faults = []
    seen: set[str] = set()
    for place, column in enumerate(header, start=1):
        if not column:
            faults.append(Fault(name, row, f"column {place}", "", "a name for the column"))
        elif garbled(column):
            expected = "letters such as æ, ø, å; save anew as UTF-8"
            faults.append(Fault(name, row, column, column, expected))
        elif column in seen:
            faults.append(Fault(name, row, column, column, "a column name that stands only once"))
        seen.add(column)
    return faults
