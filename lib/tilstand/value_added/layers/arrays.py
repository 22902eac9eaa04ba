"""Ids of several layers given as arrays, beside outcome and predictors or beside pupils."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.arrays import frame_of_arrays, frame_with_groups
from tilstand.value_added.errors import FormulaError
from tilstand.value_added.layers.tree import ROLES

_BY_COUNT = {1: ROLES[1:2], 2: ROLES[1:3], 3: ROLES[1:], 4: ROLES}


def roles_by_count(count: int) -> tuple[str, ...]:
    """Say what so many columns of ids stand for, outermost first.

    Parameters
    ----------
    count : int
        Columns.

    Returns
    -------
    tuple of str
        Roles.

    Raises
    ------
    FormulaError
        If there are none, or more than four.

    Examples
    --------
    >>> roles_by_count(2)
    ('school', 'cohort')
    """
    if count not in _BY_COUNT:
        raise FormulaError(f"groups: {count} columns, one to four were expected")
    return _BY_COUNT[count]


def frame_of_layers(
    endog: Any, exog: Any, groups: Any
) -> tuple[pd.DataFrame, tuple[str, ...], str, dict[str, str]]:
    """Put outcome, predictors and the ids of all layers side by side.

    Parameters
    ----------
    endog : array_like, shape (n,)
        Outcome.
    exog : array_like, shape (n, p)
        Predictors.
    groups : DataFrame, n rows; mapping of role to array_like; or array_like, shape (n,) or (n, L)
        Ids, outermost first.

    Returns
    -------
    frame : DataFrame, n rows
        All of them.
    names : tuple of str
        The predictors' names.
    outcome : str
        The outcome's name.
    columns : dict of str to str
        Role to column of ids.

    Raises
    ------
    ValueAddedError
        In one line, if something does not go with the rest.

    Examples
    --------
    >>> groups = {"school": ["a", "b"], "cohort": [7, 7]}
    >>> frame, *_, columns = frame_of_layers([1, 2], [1, 1], groups)
    >>> columns, list(frame)
    ({'school': 'school', 'cohort': 'cohort'}, ['const', 'y', 'school', 'cohort'])
    """
    (first, outermost), *others = _ids(groups, endog).items()
    frame, names, outcome, column = frame_of_arrays(endog, exog, outermost)
    columns = {first: column}
    for role, one in others:
        if len(one) != len(frame):
            raise FormulaError(f"groups: {len(one)} ids of a {role} for {len(frame)} pupils")
        frame, columns[role] = frame_with_groups(frame, one.set_axis(frame.index))
    return frame, names, outcome, columns


def layers_with_ids(data: Any, groups: Any) -> tuple[Any, Any]:
    """Put ids given as arrays among a frame's columns.

    Parameters
    ----------
    data : DataFrame, mapping of columns, or anything else that holds pupils
        The pupils.
    groups : DataFrame, Series, or mapping of role to array_like; or names of columns
        Ids of the frame's rows, or where they stand.

    Returns
    -------
    data : object
        The pupils, with the ids where they were given apart.
    groups : sequence of str, or dict of str to str
        Columns of ids.

    Raises
    ------
    FormulaError
        If ids do not go with the pupils.

    Examples
    --------
    >>> pupils = pd.DataFrame({"y": [1.0, 2.0], "school": [1, 2], "year": [7, 7]})
    >>> layers_with_ids(pupils, pupils[["school", "year"]])[1]
    {'school': 'school', 'cohort': 'year'}
    """
    if isinstance(data, Mapping):
        data = pd.DataFrame(data)
    if isinstance(groups, str):
        return data, [groups]
    held = list(groups.values()) if isinstance(groups, Mapping) else groups
    if not isinstance(held, (pd.DataFrame, pd.Series, np.ndarray)) and all(
        isinstance(one, str) for one in held
    ):
        return data, groups
    columns = {}
    for role, ids in _ids(groups, data).items():
        data, columns[role] = frame_with_groups(data, ids)
    return data, columns


def _ids(groups: Any, beside: Any) -> dict[str, pd.Series]:
    """Return ids by role; arrays get the index of what they stand beside."""
    index = beside.index if isinstance(beside, (pd.DataFrame, pd.Series)) else None
    if isinstance(groups, pd.Series):
        groups = groups.to_frame(groups.name or "school")
    if not isinstance(groups, (pd.DataFrame, Mapping)):
        values = np.asarray(groups)
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2:
            raise FormulaError(f"groups: {values.ndim} dimensions, rows and columns were expected")
        groups = dict(zip(roles_by_count(values.shape[1]), values.T, strict=True))
    if isinstance(groups, pd.DataFrame):
        roles = roles_by_count(groups.shape[1])
        return {role: groups[name] for role, name in zip(roles, groups, strict=True)}
    found = {}
    for role, given in groups.items():
        ids = given if isinstance(given, pd.Series) else pd.Series(list(given), name=role)
        if ids is not given and index is not None and len(index) == len(ids):
            ids.index = index
        found[role] = ids
    return found
