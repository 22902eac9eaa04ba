"""Which column of ids stands for which layer, and the frames they are read from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.value_added.checks import check_columns
from tilstand.value_added.errors import FormulaError
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.layers.arrays import roles_by_count
from tilstand.value_added.layers.tree import ROLES
from tilstand.value_added.parquet import parquet_columns, parquet_frames
from tilstand.value_added.random_intercept import _Once


def roles_of(groups: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    """Match columns of ids with their roles.

    Parameters
    ----------
    groups : sequence of str, or mapping of str to str
        As for `LayeredIntercept.from_formula`.

    Returns
    -------
    dict of str to str
        Role to column, outermost first.

    Raises
    ------
    FormulaError
        If there is no school among them, or a column stands for two roles.

    Examples
    --------
    >>> from tilstand.value_added.layers.roles import roles_of
    >>> roles_of(["skole", "kull"])
    {'school': 'skole', 'cohort': 'kull'}
    """
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, Mapping):
        groups = dict(zip(roles_by_count(len(groups)), groups, strict=True))
    unknown = [role for role in groups if role not in ROLES]
    if unknown:
        raise FormulaError(f"groups: {unknown[0]!r} is none of {', '.join(ROLES)}")
    if "school" not in groups:
        raise FormulaError("groups: the column of schools is missing")
    columns = {role: groups[role] for role in ROLES if role in groups}
    if len(set(columns.values())) < len(columns):
        double = next(one for one in columns.values() if [*columns.values()].count(one) > 1)
        raise FormulaError(f"groups: {double} is named for two levels")
    return columns


def frames_of(
    data: Any, formula: str, groups: Sequence[str]
) -> Callable[[], Iterable[pd.DataFrame]]:
    """Open pupils as frames, as often as asked.

    Parameters
    ----------
    data : DataFrame, path of a Parquet file, iterable of DataFrame, or callable
        The pupils, whole or in blocks; an iterator can be read once.
    formula : str
        Says which columns are read from a file.
    groups : sequence of str
        Columns of ids.

    Returns
    -------
    callable
        Called without arguments, goes through the frames from the first.

    Raises
    ------
    ValueAddedError
        When a column is not in the file.
    """
    if isinstance(data, pd.DataFrame):
        return lambda: (data,)
    if isinstance(data, (str, Path)):
        path = Path(data)
        header = pd.DataFrame(columns=parquet_columns(path))
        check_columns(header, groups)
        wanted = list(dict.fromkeys([*groups, *formula_columns(formula, header)]))
        return lambda: parquet_frames(path, wanted)
    if callable(data):
        return data  # type: ignore[no-any-return]
    if isinstance(data, Iterator):
        return _Once(data)
    return lambda: data
