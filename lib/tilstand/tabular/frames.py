"""Read an analyst's own table as typed frames, in chunks of rows where it is large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pandas as pd

from tilstand.errors import DataError, Fault
from tilstand.tabular import form
from tilstand.tabular.delimited import BrokenRecordError, Record
from tilstand.tabular.encodings import garbled
from tilstand.tabular.kinds import EXCEL, STREAMED, Limits, kind_of
from tilstand.tabular.names import joined, questions
from tilstand.tabular.raw import TextFile, in_editor, text_file
from tilstand.tabular.typed import Column, made
from tilstand.tabular.workbook import read_excel

#: Rows held at a time when a file is streamed.
CHUNK = 65_536
#: So many faults of form are collected before the reading stops.
MOST_FAULTS = 1_000


@dataclass(frozen=True)
class OwnTable:
    """Hold the header of a table whose rows are read as often as is wanted.

    Parameters
    ----------
    name : str
        How faults name the file.
    header : Header
        Row and names of the columns.
    source : TextFile or list of (int, list of str)
        Where the rows come from, the header first.
    """

    name: str
    header: form.Header
    source: TextFile | list[Record]

    @property
    def columns(self) -> list[str]:
        """Name the columns."""
        return self.header.names

    @property
    def hidden_lines(self) -> int:
        """Count the lines that a spreadsheet does not show."""
        return self.source.dialect.hidden_lines if isinstance(self.source, TextFile) else 0

    @contextmanager
    def body(self) -> Iterator[Iterator[Record]]:
        """Open the rows under the header."""
        if isinstance(self.source, TextFile):
            with self.source.records() as records:
                next(records)
                yield records
        else:
            yield iter(self.source[1:])

    def row_of(self, position: int) -> int:
        """Find the spreadsheet row of the record that is `position`-th under the header, from 1."""
        with self.body() as records:
            return next(islice(records, position - 1, None), (position + self.header.row, []))[0]

    def error(self, faults: list[Fault]) -> DataError:
        """Gather faults into one error, rows as a person sees them."""
        return DataError([in_editor(fault, self.hidden_lines) for fault in sorted(set(faults))])


@dataclass
class Typed:
    """Yield the wanted columns of a table in their types, a frame a chunk, as often as is wanted.

    Parameters
    ----------
    table : OwnTable
        The table.
    columns : list of Column
        What the first reading has learnt of each.
    rows : int
        Rows of the table.
    notes : list of str
        Spellings that were read as one name, and names that are nearly equal.
    """

    table: OwnTable
    columns: list[Column]
    rows: int
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Choose the spellings of ids, and note them."""
        self._spellings = {one.name: one.spellings() for one in self.columns if one.as_text}
        for column, spellings in self._spellings.items():
            self.notes += joined(spellings, column)
            self.notes += questions(spellings.values(), column)

    def __call__(self) -> Iterator[pd.DataFrame]:
        """Read the file again.

        Yields
        ------
        DataFrame
            At most `CHUNK` rows; the index counts the rows of the table from 0.
        """
        start = 0
        for _, cells in _chunks(self.table, [one.name for one in self.columns]):
            frame = {
                one.name: made(one, texts, self._spellings.get(one.name, {}))
                for one, texts in zip(self.columns, cells, strict=True)
            }
            rows = len(cells[0]) if cells else 0
            yield pd.DataFrame(frame, index=pd.RangeIndex(start, start + rows))
            start += rows

    def frame(self) -> pd.DataFrame:
        """Read the whole table into one frame."""
        return pd.concat(list(self()))


def open_table(path: Path, name: str, limits: Limits = STREAMED) -> OwnTable:
    """Open a CSV or Excel file of an analyst.

    Parameters
    ----------
    path : Path
        The file; its first bytes tell what it is.
    name : str
        How faults name the file.
    limits : Limits
        How large the file may be.

    Returns
    -------
    OwnTable
        Header and rows.

    Raises
    ------
    DataError
        Where the file is no table, or its header cannot be told.
    """
    kind, faults = kind_of(path, name, limits)
    if faults:
        raise DataError([*faults])
    source: TextFile | list[Record]
    if kind == EXCEL:
        source, faults = read_excel(path, name)
        top = source[: form.TOP]
    else:
        source, faults = text_file(path, name)
        top = [] if faults else _top(source)
    if not top and not faults:
        faults = [Fault(name, 1, "", "an empty file", "a header and rows")]
    table = OwnTable(name, form.Header(1, []), source)
    if faults:
        raise table.error(faults)
    header, faults = form.read_header(top, name)
    if faults:
        raise table.error(faults)
    return OwnTable(name, header, source)


def _top(source: TextFile) -> list[Record]:
    try:
        with source.records() as records:
            return list(islice(records, form.TOP))
    except BrokenRecordError as error:
        raise DataError([error.fault]) from None


def typed(
    table: OwnTable,
    columns: Sequence[str],
    text: Sequence[str] = (),
    schools: Sequence[str] = (),
) -> Typed:
    """Learn the types of columns from the whole of a table.

    Parameters
    ----------
    table : OwnTable
        The table.
    columns : sequence of str
        Columns that will be used; faults in others are passed over.
    text : sequence of str
        Those of them that are ids: text whatever they look like, spellings of a name read as one.
    schools : sequence of str
        Those of the ids that are schools or places; a total among them is a fault.

    Returns
    -------
    Typed
        The table's frames.

    Raises
    ------
    DataError
        One line a fault of form in the table.
    """
    wanted = list(dict.fromkeys(columns))
    found = [Column(name, name in text, name in schools) for name in wanted]
    faults = form.header_faults(table.header, table.name, wanted)
    if faults:
        raise table.error(faults)
    rows = 0
    ends: list[Record] = []
    try:
        for records, cells in _chunks(table, wanted, faults):
            rows += len(records)
            ends = [*(ends or records[: form.TOP]), records[-1]]
            numbers = [row for row, _ in records]
            for column, texts in zip(found, cells, strict=True):
                column.look(numbers, texts)
                faults += _garbled(table, column, numbers, texts)
            if len(faults) > MOST_FAULTS:
                break
    except BrokenRecordError as error:
        faults.append(error.fault)
    if rows > form.TOP and (under := form.under_the_table(ends, table.header, table.name)):
        faults = [fault for fault in faults if fault.row != under[0].row] + under
    if not rows and not faults:
        row = table.header.row + 1
        faults = [Fault(table.name, row, "", "no rows", form.NO_ROWS)]
    commas = any("," in one.first for one in found if one.kind == "number")
    faults += [fault for one in found for fault in one.doubts(table.name, commas=commas)]
    if faults:
        raise table.error(faults)
    return Typed(table, found, rows)


def _chunks(
    table: OwnTable, wanted: Sequence[str], faults: list[Fault] | None = None
) -> Iterator[tuple[list[Record], list[list[str]]]]:
    """Read chunks of rows, and of each the wanted columns; collect rows of another width."""
    places = [table.columns.index(name) for name in wanted]
    width = len(table.columns)
    with table.body() as records:
        while chunk := list(islice(records, CHUNK)):
            whole = chunk
            if faults is not None:
                wrong = [
                    fault
                    for row, cells in chunk
                    if len(cells) != width
                    and (fault := form.row_fault(row, cells, table.header, table.name))
                ]
                faults += wrong
                broken = {fault.row for fault in wrong}
                whole = [record for record in chunk if record[0] not in broken] or [chunk[-1]]
            yield (
                whole,
                [
                    [cells[place].strip() if place < len(cells) else "" for _, cells in whole]
                    for place in places
                ],
            )


def _garbled(
    table: OwnTable, column: Column, rows: Sequence[int], texts: Sequence[str]
) -> list[Fault]:
    spoilt = {text for text in set(texts) if not text.isascii() and garbled(text)}
    if not spoilt:
        return []
    return [
        Fault(table.name, row, column.name, text, form.LETTERS)
        for row, text in zip(rows, texts, strict=True)
        if text in spoilt
    ]
