"""Stream pupils from a Parquet file in frames of limited size, through the one reader of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from tilstand.value_added.errors import UnreadableFileError


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
    from tilstand.tabular import parquet

    with _refusals():
        return list(parquet.parquet_columns(path, str(path)))


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
        If the file is not there, not Parquet or damaged.
    """
    from tilstand.tabular import parquet

    with _refusals():
        yield from parquet.parquet_frames(path, str(path), columns)


@contextmanager
def _refusals() -> Iterator[None]:
    from tilstand.errors import DataError

    try:
        yield
    except DataError as error:
        raise UnreadableFileError(error.lines) from error
