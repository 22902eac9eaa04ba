"""Read a file that a user brings, whatever program saved it, without guessing at its cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tilstand.errors import Fault
from tilstand.tabular import form
from tilstand.tabular.delimited import (
    HEAD,
    BrokenRecordError,
    Dialect,
    Record,
    find_dialect,
    records,
)
from tilstand.tabular.encodings import Encoding, decide, garbled, opened
from tilstand.tabular.kinds import BOOK, EXCEL, TEXT, Limits, kind_of
from tilstand.tabular.parquet import read_parquet
from tilstand.tabular.workbook import read_excel

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


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
    rows: list[Record]
    header_row: int = 1
    hidden_lines: int = 0

    def fault(self, row: int, column: str, value: str, expected: str) -> Fault:
        """Point at a cell; where a text editor counts rows otherwise, say its line as well."""
        return in_editor(Fault(self.name, row, column, value, expected), self.hidden_lines)


@dataclass(frozen=True)
class TextFile:
    """Know how a text file is read, and read it as often as is wanted.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name it.
    encoding : Encoding
        Decided by all of its bytes.
    dialect : Dialect
        How it is cut into cells.
    """

    path: Path
    name: str
    encoding: Encoding
    dialect: Dialect

    @contextmanager
    def records(self) -> Iterator[Iterator[Record]]:
        """Open the file and cut it, a record at a time, the header first."""
        with self.path.open("rb") as stream, opened(stream, self.encoding) as text:
            yield records(text, self.dialect, self.name)


def text_file(path: Path, name: str) -> tuple[TextFile, list[Fault]]:
    """Find out how a text file is read.

    Parameters
    ----------
    path : Path
        A file of kind ``text``.
    name : str
        How faults name the file.

    Returns
    -------
    file : TextFile
        Encoding and delimiter.
    faults : list of Fault
        Where there is none that fits the whole file.
    """
    with path.open("rb") as stream:
        encoding, faults = decide(stream, name)
        if faults:
            return TextFile(path, name, encoding, Dialect("")), faults
        with opened(stream, encoding) as text:
            head = text.read(HEAD)
    if not head.strip():
        faults = [Fault(name, 1, "", "an empty file", "a header and rows")]
        return TextFile(path, name, encoding, Dialect("")), faults
    dialect, faults = find_dialect(head, name)
    return TextFile(path, name, encoding, dialect), faults


def read_raw(
    path: Path,
    name: str,
    limits: Limits = BOOK,
    wanted: Collection[str] | None = None,
    *,
    totals: bool = False,
) -> tuple[RawTable, list[Fault]]:
    """Read a CSV, Excel or Parquet file as text and collect what is wrong with its form.

    Parameters
    ----------
    path : Path
        The file; its first bytes tell what it is, not the ending of its name.
    name : str
        How faults name the file.
    limits : Limits
        How large the file may be.
    wanted : collection of str, optional
        The columns that will be used, where others may be nameless or garbled.
    totals : bool
        Whether rows of totals belong to the table.

    Returns
    -------
    table : RawTable
        Header and rows; empty when the form is too broken to tell cells apart.
    faults : list of Fault
        Encoding, delimiter, quotes, header, number of cells, garbled letters, a title or a total:
        every one in the file, by row.
    """
    nothing = RawTable(name, [], [])
    found, hidden_lines, faults = _records(path, name, limits)
    if faults:
        return replace(nothing, hidden_lines=hidden_lines), _in_editor(faults, hidden_lines)
    if not found:
        return nothing, [Fault(name, 1, "", "an empty file", "a header and rows")]
    under = [] if totals or len(found) < 2 else _under(found, name)
    table, faults = _table(found[:-1] if under else found, name, hidden_lines, wanted)
    faults += under
    if not table.rows and not faults:
        faults = [Fault(name, found[0][0] + 1, "", "no rows", form.NO_ROWS)]
    return table, sorted(_in_editor(faults, hidden_lines))


def _records(path: Path, name: str, limits: Limits) -> tuple[list[Record], int, list[Fault]]:
    kind, faults = kind_of(path, name, limits)
    if faults:
        return [], 0, faults
    if kind != TEXT:
        is_excel = kind == EXCEL
        rows, faults = (read_excel if is_excel else read_parquet)(path, name)
        return rows, 0, faults
    file, faults = text_file(path, name)
    hidden_lines = file.dialect.hidden_lines
    if faults:
        return [], hidden_lines, faults
    held, found = 0, []
    try:
        with file.records() as stream:
            for record in stream:
                found.append(record)
                held += len(record[1])
                if faults := limits.cells_fault(name, held):
                    return [], hidden_lines, faults
    except BrokenRecordError as error:
        return [], hidden_lines, [error.fault]
    return found, hidden_lines, []


def _under(found: list[Record], name: str) -> list[Fault]:
    header, faults = form.read_header(found, name)
    return [] if faults else form.under_the_table(found[1:], header, name)


def in_editor(fault: Fault, hidden_lines: int) -> Fault:
    """Say a row's line in a text editor too, where that counts otherwise."""
    if not hidden_lines or not fault.row or fault.value.startswith("sep="):
        return fault
    line = fault.row + hidden_lines
    return replace(fault, expected=f"{fault.expected} (line {line} in a text editor)")


def _in_editor(faults: list[Fault], hidden_lines: int) -> list[Fault]:
    return [in_editor(fault, hidden_lines) for fault in faults]


def _table(
    found: list[Record], name: str, hidden_lines: int, wanted: Collection[str] | None
) -> tuple[RawTable, list[Fault]]:
    header, faults = form.read_header(found, name)
    body = found[1:]
    nothing = RawTable(name, header.names, [], header.row, hidden_lines)
    if faults:
        return replace(nothing, header=[]), faults
    faults = form.beside_the_table(body, header, name)
    if faults:
        return nothing, form.header_faults(header, name, wanted) + faults
    faults = form.header_faults(header, name, wanted)
    width = len(header.names)
    read = [place for place, one in enumerate(header.names) if wanted is None or one in wanted]
    rows = []
    for row, cells in body:
        wrong = form.row_fault(row, cells, header, name)
        if wrong:
            faults.append(wrong)
            continue
        rows.append((row, cells[:width]))
        line = "\n".join(cells)  # most rows are told fine at one look
        if line.isascii() or not garbled(line):
            continue
        faults += [
            Fault(name, row, header.names[place], cells[place], form.LETTERS)
            for place in read
            if not cells[place].isascii() and garbled(cells[place])
        ]
    return replace(nothing, rows=rows), faults
