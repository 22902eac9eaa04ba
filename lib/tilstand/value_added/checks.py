"""Faults of columns, found before they reach a formula."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from tilstand.value_added.errors import InfiniteValueError, NonNumericError, UnknownColumnError

# Text with more different values than this, most of them numbers, is not meant as categories.
_FEW_CATEGORIES = 12


def check_columns(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse names that are not columns of the data.

    Parameters
    ----------
    frame : DataFrame
        The data.
    names : iterable of str
        Columns that must be there, once.

    Raises
    ------
    UnknownColumnError
        One line for each name that is not.
    """
    names = list(names)
    columns = frame.columns
    unknown = [name for name in dict.fromkeys(names) if name not in columns]
    if unknown:
        known = ", ".join(map(str, columns))
        raise UnknownColumnError(
            [f"{name}: no such column; the data have {known}" for name in unknown]
        )
    if not columns.is_unique:
        several = [name for name in dict.fromkeys(names) if (columns == name).sum() > 1]
        if several:
            raise UnknownColumnError(
                [f"{name}: stands more than once among the columns" for name in several]
            )


def holds_numbers(column: pd.Series) -> bool:
    """Tell whether a column of Python objects holds nothing but numbers.

    Parameters
    ----------
    column : Series, shape (n,)
        Any column.

    Returns
    -------
    bool
        True for an object column of whole, floating or decimal numbers and missing values.
    """
    if column.dtype != object:
        return False
    kind = pd.api.types.infer_dtype(column, skipna=True)
    return kind in {"integer", "floating", "mixed-integer-float", "decimal"}


def check_numeric(frame: pd.DataFrame, name: str) -> None:
    """Refuse a column that does not hold numbers.

    Parameters
    ----------
    frame : DataFrame
        The data.
    name : str
        A column that must hold numbers.

    Raises
    ------
    NonNumericError
        With the first value that is not a number and its row.
    """
    column = frame[name]
    if pd.api.types.is_complex_dtype(column.dtype):
        raise NonNumericError(name, 1, f"'{column.iloc[0]}', a real number was expected")
    if pd.api.types.is_numeric_dtype(column.dtype) or holds_numbers(column):
        return
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = np.flatnonzero((numbers.isna() & column.notna()).to_numpy())
    row, value = (wrong[0] + 1, column.iloc[wrong[0]]) if len(wrong) else (1, column.iloc[0])
    raise NonNumericError(name, int(row), f"{str(value)!r}, a number was expected")


def refuse_spoilt_numbers(frame: pd.DataFrame, name: str) -> None:
    """Refuse a column of numbers that a stray sign has turned into text.

    Parameters
    ----------
    frame : DataFrame
        The data.
    name : str
        A predictor that is used as it is.

    Raises
    ------
    NonNumericError
        With the first value that is not a number and its row.
    """
    # A "*" or a word among scores makes text of the whole column, and a category of each score.
    values = pd.Series(frame[name].dropna().unique())
    if pd.api.types.is_numeric_dtype(values.dtype) or len(values) <= _FEW_CATEGORIES:
        return
    numbers = pd.to_numeric(values.astype(str), errors="coerce").notna()
    if 0.5 < numbers.mean() < 1:
        check_numeric(frame, name)


def refuse_infinite(name: str, column: np.ndarray, positions: np.ndarray) -> None:
    """Refuse infinite values.

    Parameters
    ----------
    name : str
        The column's name.
    column : ndarray, shape (n,)
        Its values.
    positions : ndarray of int, shape (n,)
        Their rows in the data, from 0.

    Raises
    ------
    InfiniteValueError
        With the first such value and its row.
    """
    infinite = np.flatnonzero(np.isinf(column))
    if len(infinite):
        row = int(positions[infinite[0]]) + 1
        raise InfiniteValueError(
            name,
            row,
            f"{column[infinite[0]]}, a finite number was expected "
            f"({len(infinite)} infinite in the column)",
        )


def missing_by_column(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, int]:
    """Count the rows without a value, by column.

    Parameters
    ----------
    frame : DataFrame
        The data.
    names : iterable of str
        Columns to look at.

    Returns
    -------
    dict of str to int
        Columns that lack a value somewhere.
    """
    counts = {name: int(frame[name].isna().sum()) for name in dict.fromkeys(names)}
    return {name: count for name, count in counts.items() if count}
