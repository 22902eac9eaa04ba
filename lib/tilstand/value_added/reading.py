"""Pupil files: CSV, Excel and Parquet, with school ids as the text they are."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.value_added.errors import NoPupilsError, UnreadableFileError

# Pupils held at a time when a Parquet file is streamed.
_BATCH = 65_536
_BLOCK = 65_536
# A first line that tells a spreadsheet the delimiter, and is no row.
_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


def read_pupils(path: Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a pupil file.

    Parameters
    ----------
    path : Path
        ``.csv``/``.txt``/``.tsv`` (comma, semicolon or tab; decimal point or comma; UTF-8, UTF-16
        or Windows Latin-1), ``.xlsx`` or ``.parquet``.
    text : sequence of str
        Columns to read as text, such as school ids with leading zeros. Of a CSV file, blanks at
        the ends and doubled ones are taken away, and letters brought to one Unicode form.

    Returns
    -------
    DataFrame
        One row a pupil.

    Raises
    ------
    UnreadableFileError, NoPupilsError
        With one line naming the file.
    """
    if not path.is_file():
        raise UnreadableFileError(_not_a_file(path))
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            frame = pd.concat(parquet_frames(path), ignore_index=True)
        elif kind in {".xlsx", ".xlsm"}:
            if not zipfile.is_zipfile(path):
                raise UnreadableFileError(  # noqa: TRY301
                    f"{path}: not an Excel workbook: save it from Excel as .xlsx or CSV"
                )
            frame = pd.read_excel(path, dtype=dict.fromkeys(text, str))
        elif kind in {".csv", ".txt", ".tsv"}:
            frame = _read_csv(path, text)
        else:
            raise UnreadableFileError(  # noqa: TRY301
                f"{path}: not a CSV, Excel (.xlsx) or Parquet file"
            )
    except UnreadableFileError:
        raise
    except pd.errors.EmptyDataError:
        raise NoPupilsError(f"{path}: the file is empty") from None
    except Exception as error:
        first = str(error).splitlines() or [type(error).__name__]
        raise UnreadableFileError(f"{path}: cannot be read as {kind[1:]}: {first[0]}") from error
    if frame.empty:
        raise NoPupilsError(f"{path}: the file holds no pupils")
    return frame


def _read_csv(path: Path, text: Sequence[str]) -> pd.DataFrame:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_BLOCK)
    if not head.strip():
        raise pd.errors.EmptyDataError
    first, _, rest = head.partition("\n")
    told = _SEP.fullmatch(first.strip("\r\n \ufeff"))
    delimiter = told.group(1) if told else max(";\t,", key=first.count)
    body = rest if told else head
    # With a comma between cells, a comma inside one can only stand in quotes.
    cells = [cell for row in csv.reader(io.StringIO(body), delimiter=delimiter) for cell in row]
    comma = any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in cells)
    frame = pd.read_csv(
        path,
        sep=delimiter,
        decimal="," if comma else ".",
        encoding=encoding,
        dtype=dict.fromkeys(text, str),
        low_memory=False,
        skipinitialspace=True,
        skiprows=1 if told else 0,
    )
    frame = frame.rename(columns=str.strip)
    ids = [column for column in text if column in frame]
    return frame.assign(**{column: _plain(frame[column]) for column in ids})


def _plain(ids: pd.Series) -> pd.Series:
    """Write ids so that blanks at the ends, doubled ones and Unicode form make no difference."""
    names = {name: _name(name) for name in ids.dropna().unique()}
    return ids.map(names)


def _name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _encoding(path: Path) -> str:
    """Find a file's encoding from all of its bytes: no letter is cut where a block ends."""
    with path.open("rb") as file:
        raw = file.read(_BLOCK)
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        for encoding, high in (("utf-16-le", raw[1::2]), ("utf-16-be", raw[::2])):
            if high.count(0) > len(high) / 2:
                return encoding
        letters = codecs.getincrementaldecoder("utf-8")()
        try:
            while raw:
                letters.decode(raw)
                raw = file.read(_BLOCK)
            letters.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def parquet_columns(path: Path) -> list[str]:
    """List a Parquet file's columns.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    list of str
        Column names in order.

    Raises
    ------
    UnreadableFileError
        If the file is not there or not Parquet.
    """
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def parquet_frames(path: Path, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Stream a Parquet file in frames of limited size.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str, optional
        Columns to read; all if none are named.

    Yields
    ------
    DataFrame
        At most 65,536 pupils at a time.

    Raises
    ------
    UnreadableFileError
        If the file is not there or not Parquet.
    """
    with _opened(path) as file:
        wanted = None if columns is None else list(columns)
        for batch in file.iter_batches(batch_size=_BATCH, columns=wanted, use_threads=False):
            yield batch.to_pandas()


def _not_a_file(path: Path) -> str:
    if path.is_dir():
        return f"{path}: is a folder: name the pupil file in it (CSV, Excel or Parquet)"
    return f"{path}: no such file"


def _opened(path: Path) -> Any:
    import pyarrow
    import pyarrow.parquet

    if path.is_dir():
        raise UnreadableFileError(_not_a_file(path))
    try:
        # A small read-ahead: row groups are decoded as they are asked for.
        return pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except FileNotFoundError:
        raise UnreadableFileError(_not_a_file(path)) from None
    except pyarrow.ArrowException as error:
        first = str(error).splitlines()[0]
        raise UnreadableFileError(f"{path}: cannot be read as parquet: {first}") from error
