"""Read the pupil file that an analyst names: the command's side of `tilstand.tabular`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.errors import DataError
from tilstand.tabular import parquet
from tilstand.tabular.cells import expected_number
from tilstand.tabular.frames import OwnTable, open_table, typed
from tilstand.tabular.kinds import NO_LIMITS, PARQUET, STREAMED, kind_of
from tilstand.tabular.names import joined, questions
from tilstand.tabular.typed import Column, made
from tilstand.value_added.errors import (
    CellError,
    NoPupilsError,
    UnreadableFileError,
    ValueAddedError,
)
from tilstand.value_added.parquet import parquet_columns, parquet_frames

# A table of more pupils is streamed, in chunks of rows, each time that it is needed.
MOST_IN_MEMORY = 1_000_000
Frames = Callable[[], Iterator[pd.DataFrame]]


class PupilFile:
    """Open a pupil file and know its columns.

    Parameters
    ----------
    path : Path
        CSV (any delimiter, encoding and decimal sign), Excel or Parquet; its first bytes tell.
    allow_large : bool
        Read a file of any size.

    Raises
    ------
    UnreadableFileError, NoPupilsError
        With a line for each fault of the file.
    """

    def __init__(self, path: Path, *, allow_large: bool = False) -> None:
        if not path.is_file():
            there = "is a folder: name the pupil file in it (CSV, Excel or Parquet)"
            raise UnreadableFileError(f"{path}: {there if path.is_dir() else 'no such file'}")
        self.path = path
        self.notes: list[str] = []
        #: Cells that are no numbers, by the columns of numbers that have some.
        self.spoilt: dict[str, int] = {}
        self.table: OwnTable | None = None
        limits = NO_LIMITS if allow_large else STREAMED
        # A Parquet file is read in chunks of its own, however large.
        kind, faults = kind_of(path, str(path), NO_LIMITS)
        if kind == PARQUET and not faults:
            self.columns = parquet_columns(path)
            return
        if path.suffix.lower() == ".parquet" and not faults:
            raise UnreadableFileError(f"{path}: cannot be read as parquet: it is something else")
        try:
            self.table = open_table(path, str(path), limits)
        except DataError as error:
            raise _refused(error) from None
        self.columns = self.table.columns

    def data(
        self, columns: Sequence[str], text: Sequence[str], schools: Sequence[str] = ()
    ) -> pd.DataFrame | Path | Frames:
        """Read columns, in one frame where they fit.

        Parameters
        ----------
        columns : sequence of str
            Columns that are used.
        text : sequence of str
            Those that are ids: spellings that differ in blanks, case or Unicode form are one.
        schools : sequence of str
            Those of the ids that are schools or municipalities; a total among them is refused.

        Returns
        -------
        DataFrame, Path or callable
            The pupils, the path of a Parquet file that is streamed, or what gives frames of it.

        Raises
        ------
        UnreadableFileError, NoPupilsError
            With a line for each fault of the file.
        """
        if self.table is None:
            return self._streamed(columns, text, schools)
        try:
            found = typed(self.table, columns, text, schools)
        except DataError as error:
            raise _refused(error) from None
        self.notes += found.notes
        self.spoilt = {one.name: one.words for one in found.columns if one.spoilt}
        return found.frame() if found.rows <= MOST_IN_MEMORY else found

    def _streamed(
        self, columns: Sequence[str], text: Sequence[str], schools: Sequence[str]
    ) -> Path | Frames:
        """Stream a Parquet file; its columns of text become what a CSV file's would."""
        wanted = list(dict.fromkeys(columns))
        cells = parquet.parquet_columns(self.path, str(self.path))
        found = {
            name: Column(name, name in text, name in schools) for name in wanted if cells[name]
        }
        start = 2  # the columns' names are row 1, as if the file were saved from Excel
        trimmed = set()
        for frame in parquet_frames(self.path, [*found]) if found else ():
            for name, column in found.items():
                texts = _texts(frame[name])
                column.look(range(start, start + len(frame)), texts)
                if column.as_text and texts != _as_they_stand(frame[name]):
                    trimmed.add(name)
            start += len(frame)
        commas = any("," in one.first for one in found.values() if one.kind == "number")
        name = str(self.path)
        if wrong := [x for one in found.values() for x in one.doubts(name, commas=commas)]:
            raise _refused(DataError(wrong))
        self.spoilt = {name: one.words for name, one in found.items() if one.spoilt}
        spellings = {name: one.spellings() for name, one in found.items() if one.as_text}
        for name, shown in spellings.items():
            self.notes += joined(shown, name) + questions(shown.values(), name)
        changed = {
            name: one
            for name, one in found.items()
            if one.kind != "text"
            or one.spoilt
            or name in trimmed
            or any(x != y for x, y in spellings.get(name, {}).items())
        }
        if not changed:
            return self.path

        def frames() -> Iterator[pd.DataFrame]:
            for frame in parquet_frames(self.path, wanted):
                yield frame.assign(
                    **{
                        name: made(one, _texts(frame[name]), spellings.get(name, {}))
                        for name, one in changed.items()
                    }
                )

        return frames

    def seen(self, error: ValueAddedError) -> ValueAddedError:
        """Move a fault to the row that a spreadsheet shows, and say its cause and its number."""
        if not isinstance(error, CellError):
            return error
        if error.column in self.spoilt:
            words = self.spoilt[error.column]
            cause = expected_number("".join(error.fault.split("'")[1:2]), error.fault)
            more = f" ({words} such cells in the column)" if words > 1 else ""
            error = type(error)(error.column, error.row, f"{cause}{more}")
        if self.table is None:
            return error
        return error.moved(self.table.row_of(error.row) - 1 - error.row)


def read_pupils(path: Path, text: Sequence[str] = (), *, allow_large: bool = False) -> pd.DataFrame:
    """Read every column of a pupil file into one frame.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet.
    text : sequence of str
        Columns to read as text, such as school ids with leading zeros. Names that differ in
        blanks, case or Unicode form are read as one.
    allow_large : bool
        Read a file of any size.

    Returns
    -------
    DataFrame
        One row a pupil.

    Raises
    ------
    UnreadableFileError, NoPupilsError
        With a line for each fault of the file.
    """
    file = PupilFile(path, allow_large=allow_large)
    named = [column for column in file.columns if column]
    data: Any = file.data(named, [column for column in text if column in named])
    if isinstance(data, Path):
        data = pd.concat(parquet_frames(data), ignore_index=True)
    elif not isinstance(data, pd.DataFrame):
        data = pd.concat(data(), ignore_index=True)
    if data.empty:
        raise NoPupilsError(f"{path}: the file holds no pupils")
    return data


def _as_they_stand(column: pd.Series) -> list[str]:
    return column.astype(object).where(column.notna(), "").astype(str).tolist()


def _texts(column: pd.Series) -> list[str]:
    return [text.strip() for text in _as_they_stand(column)]


def _refused(error: DataError) -> ValueAddedError:
    nobody = any("'an empty file'" in line or "'no rows'" in line for line in error.lines)
    return (NoPupilsError if nobody else UnreadableFileError)(error.lines)
