"""Read Parquet files: as text like any other table, or in frames of limited size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.errors import DataError, Fault
from tilstand.tabular.workbook import EXCEL_DIGITS, Rows, as_text

#: Cells held in memory at most, as text.
MOST_CELLS = 3_000_000
#: Rows of a frame.
BATCH = 65_536
#: Significant digits in single precision; what follows is noise.
SINGLE_DIGITS = 7


def parquet_file(path: Path, name: str) -> Any:
    """Open a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name it.

    Returns
    -------
    pyarrow.parquet.ParquetFile
        To be closed.

    Raises
    ------
    DataError
        If the file is not there or not Parquet.
    """
    import pyarrow
    import pyarrow.parquet

    if path.is_dir():
        raise DataError(f"{name}: is a folder: name the file in it (CSV, Excel or Parquet)")
    try:
        # A small read-ahead: row groups are decoded as they are asked for.
        return pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except FileNotFoundError:
        raise DataError(f"{name}: no such file") from None
    except pyarrow.ArrowException as error:
        first = str(error).splitlines()[0]
        raise DataError(f"{name}: cannot be read as parquet: {first}") from error


def parquet_columns(path: Path, name: str) -> dict[str, bool]:
    """List a Parquet file's columns.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name it.

    Returns
    -------
    dict of str to bool
        Each column in order, and whether its cells are text.

    Raises
    ------
    DataError
        If the file is not there or not Parquet.
    """
    import pyarrow as pa

    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary)
    with parquet_file(path, name) as file:
        schema = file.schema_arrow
    return {one.name: any(is_text(one.type) for is_text in texts) for one in schema}


def parquet_frames(
    path: Path, name: str, columns: Sequence[str] | None = None
) -> Iterator[pd.DataFrame]:
    """Stream a Parquet file in frames of limited size.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name it.
    columns : sequence of str, optional
        Columns to read; all if none are named.

    Yields
    ------
    DataFrame
        At most `BATCH` rows at a time.

    Raises
    ------
    DataError
        If the file is not there, not Parquet or damaged.
    """
    import pyarrow

    wanted = None if columns is None else list(columns)
    with parquet_file(path, name) as file:
        try:
            for batch in file.iter_batches(batch_size=BATCH, columns=wanted, use_threads=False):
                yield batch.to_pandas()
        except (pyarrow.ArrowException, OSError) as error:
            first = str(error).splitlines()[0]
            raise DataError(f"{name}: cannot be read as parquet: {first}") from error


def read_parquet(path: Path, name: str) -> tuple[Rows, list[Fault]]:
    """Read a Parquet file; its column names become row 1, as if it were saved from Excel.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name the file.

    Returns
    -------
    rows : list of (int, list of str)
        Header and rows as text.
    faults : list of Fault
        A file that can't be read, holds lists in its cells or is too large.
    """
    import pyarrow as pa

    try:
        with parquet_file(path, name) as file:
            cells = file.metadata.num_rows * len(file.schema_arrow)
            if cells > MOST_CELLS:
                return [], [Fault(name, 0, "", f"{cells} cells", f"at most {MOST_CELLS} cells")]
            nested = [one.name for one in file.schema_arrow if pa.types.is_nested(one.type)]
            if nested:
                expected = "one value a cell, not a list or a group"
                return [], [Fault(name, 1, nested[0], "a column of lists", expected)]
            table = file.read()
            columns = [_column(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError, DataError):
        return [], [Fault(name, 0, "", "not readable", "a Parquet file")]
    body = enumerate(zip(*columns, strict=True), start=2)
    return [(1, list(table.column_names)), *((row, list(cells)) for row, cells in body)], []


def _column(column: Any) -> list[str]:
    import pyarrow as pa

    single = pa.types.is_float32(column.type) or pa.types.is_float16(column.type)
    digits = SINGLE_DIGITS if single else EXCEL_DIGITS
    return [as_text(value, digits) for value in column.to_pylist()]
