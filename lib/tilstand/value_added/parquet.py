"""Stream pupils from a Parquet file in frames of limited size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.value_added.errors import UnreadableFileError

# Pupils held at a time.
_BATCH = 65_536


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


def not_a_file(path: Path) -> str:
    """Say of a path at which there is no file what is there.

    Parameters
    ----------
    path : Path
        A folder, or nothing.

    Returns
    -------
    str
        One line.
    """
    if path.is_dir():
        return f"{path}: is a folder: name the pupil file in it (CSV, Excel or Parquet)"
    return f"{path}: no such file"


def _opened(path: Path) -> Any:
    import pyarrow
    import pyarrow.parquet

    if path.is_dir():
        raise UnreadableFileError(not_a_file(path))
    try:
        # A small read-ahead: row groups are decoded as they are asked for.
        return pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except FileNotFoundError:
        raise UnreadableFileError(not_a_file(path)) from None
    except pyarrow.ArrowException as error:
        first = str(error).splitlines()[0]
        raise UnreadableFileError(f"{path}: cannot be read as parquet: {first}") from error
