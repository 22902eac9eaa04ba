"""Columns of a frame in the types that the formula package can compute with."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import patsy
import patsy.builtins

from tilstand.value_added.checks import holds_numbers

# Cells of a frame whose numbers are all put in double precision.
_SMALL = 500_000
_column_array: Any = getattr(
    pd.DataFrame, "_get_column_array", lambda frame, at: frame.iloc[:, at].to_numpy()
)


def for_formula(
    frame: pd.DataFrame,
    variables: tuple[str, ...],
    levels: Mapping[str, pd.Index],
    outcome: str | None = None,
    whole: Collection[str] = (),
) -> pd.DataFrame:
    """Turn columns into types that the formula package knows.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils, with pandas' nullable types and strings where the data have them.
    variables : tuple of str
        The columns that the formula uses.
    levels : mapping of str to Index
        The categories that occur, of each column that is declared or used as such.
    outcome : str, optional
        The column that is made numbers whatever it holds.
    whole : collection of str
        Columns of whole numbers that stay so, because the formula makes categories of them.

    Returns
    -------
    DataFrame, n rows
        The columns `variables`; numbers in double precision.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> small = pd.DataFrame({"score": np.array([100, 50], dtype="int8")})
    >>> (for_formula(small, ("score",), {})["score"] ** 2).tolist()
    [10000.0, 2500.0]
    """
    converted: dict[str, Any] = {}
    for name in variables:
        column = frame[name]
        kind: Any = column.dtype
        if name == outcome:
            converted[name] = numbers(column).astype(float)
        elif name in levels:
            converted[name] = _as_category(column, levels[name])
        elif holds_numbers(column):
            converted[name] = numbers(column).astype(float)
        elif pd.api.types.is_integer_dtype(kind):
            # A square of 8-bit scores overflows in silence; a year that is a category stays whole.
            converted[name] = numbers(column).astype(int if name in whole else float)
        elif isinstance(kind, (pd.CategoricalDtype, np.dtype)):
            converted[name] = column
        elif pd.api.types.is_bool_dtype(kind):
            converted[name] = column.to_numpy(bool)
        elif pd.api.types.is_numeric_dtype(kind):
            converted[name] = numbers(column)
        else:
            converted[name] = column.astype(object)
    return pd.DataFrame(converted, index=frame.index)


def _as_category(column: pd.Series, levels: pd.Index) -> pd.Categorical:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.set_categories(levels).array
    return pd.Categorical.from_codes(levels.get_indexer(pd.Index(column)), levels)


def numbers(column: pd.Series) -> np.ndarray:
    """Read a column as numbers.

    Parameters
    ----------
    column : Series, n rows
        Numbers of any type, or texts that are numbers.

    Returns
    -------
    ndarray, shape (n,)
        Missing values as NaN.
    """
    kind: Any = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "fiu":
        return column.to_numpy()
    if isinstance(kind, np.dtype) and kind.kind == "O":
        return pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    return column.to_numpy(dtype=float, na_value=np.nan)


def many_numbers(frame: pd.DataFrame, names: Sequence[str]) -> list[np.ndarray]:
    """Read columns as numbers, in double precision where the frame is small.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    names : sequence of str
        Its columns of numbers.

    Returns
    -------
    list of ndarray, shape (n,)
        As `numbers` gives them; not to be written to.

    Examples
    --------
    >>> import pandas as pd
    >>> many_numbers(pd.DataFrame({"x": [1.5], "s": ["a"], "y": [2]}), ["y", "x"])
    [array([2.]), array([1.5])]
    """
    small = len(frame) * len(names) <= _SMALL
    found = []
    for name, held in zip(names, all_held(frame, names), strict=True):
        plain = isinstance(held, np.ndarray) and held.dtype.kind in "fiu"
        values = held if plain else numbers(frame[name])
        found.append(values.astype(float) if small and values.dtype != float else values)
    return found


def as_held(frame: pd.DataFrame, name: str) -> Any:
    """Return a column's values as the frame holds them: a `Series` takes longer than its sums.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    name : str
        The name of one of its columns.

    Returns
    -------
    ndarray or ExtensionArray, shape (n,)
        Not to be written to.

    Examples
    --------
    >>> import pandas as pd
    >>> as_held(pd.DataFrame({"x": [1.5], "y": [2]}), "y")
    array([2])
    """
    return _column_array(frame, frame.columns.get_loc(name))


def all_held(frame: pd.DataFrame, names: Sequence[str]) -> list[Any]:
    """Return several columns as `as_held` does one.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    names : sequence of str
        The names of columns.

    Returns
    -------
    list of ndarray or ExtensionArray, shape (n,)
        Not to be written to.

    Examples
    --------
    >>> import pandas as pd
    >>> all_held(pd.DataFrame({"x": [1.5], "y": [2]}), ["y", "x"])
    [array([2]), array([1.5])]
    """
    place = frame.columns.get_loc
    return [_column_array(frame, place(name)) for name in names]


def names_in(code: str) -> list[str]:
    """Name the columns that a term's code may use.

    Parameters
    ----------
    code : str
        Such as ``np.log(x)`` or ``Q("a b")``.

    Returns
    -------
    list of str
        Names that are not those of functions, in order of appearance.
    """
    # patsy calls the arguments of its own stateful functions by other names only when evaluating.
    tree = ast.parse(code, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and (id(node) not in called or not _is_function(node.id))
    ]
    quoted = re.findall(r"""\bQ\(\s*(["'])(.+?)\1\s*\)""", code)
    return [*names, *(name for _, name in quoted)]


def _is_function(name: str) -> bool:
    return hasattr(patsy.builtins, name) or name in {"abs", "min", "max", "round", "pow"}


class KeepMissing(patsy.NAAction):  # type: ignore[misc]
    """Leave what a transformation made missing where it is, to be counted later."""

    def handle_NA(self, values: list[Any], *_: Any) -> list[Any]:  # noqa: N802
        """Keep every row."""
        return values
