"""Arrays as statsmodels' models take them, as a frame of pupils."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.errors import FormulaError, NonNumericError


def frame_of_arrays(
    endog: Any, exog: Any, groups: Any
) -> tuple[pd.DataFrame, tuple[str, ...], str, str]:
    """Put outcome, predictors and school ids side by side.

    Parameters
    ----------
    endog : array_like, shape (n,)
        Outcome.
    exog : array_like, shape (n, p)
        Predictors.
    groups : array_like, shape (n,)
        School ids.

    Returns
    -------
    frame : DataFrame, n rows
        All of them.
    names : tuple of str
        The predictors' names: those of pandas objects, else ``const`` and ``x1, x2, ...``.
    outcome, school : str
        The names of the other two.

    Raises
    ------
    FormulaError, NonNumericError
        If lengths, indexes or shapes do not go together, or something is no number.

    Examples
    --------
    >>> frame, names, outcome, school = frame_of_arrays([1.0, 2.0], [[1, 5], [1, 7]], ["a", "b"])
    >>> names, outcome, school, frame.shape
    (('const', 'x1'), 'y', 'group', (2, 4))
    """
    y = endog.iloc[:, 0] if isinstance(endog, pd.DataFrame) and endog.shape[1] == 1 else endog
    outcome = str(getattr(y, "name", None) or "y")
    school = str(getattr(groups, "name", None) or "group")
    columns, names = _predictors(exog)
    ids = groups if isinstance(groups, pd.Series) else pd.Series(groups)
    lengths = {"endog": len(y), "exog": len(columns), "groups": len(ids)}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise FormulaError(f"endog, exog and groups differ in length: {said}")
    index = next(
        (a.index for a in (y, exog, groups) if isinstance(a, (pd.Series, pd.DataFrame))), None
    )
    for name, one in (("exog", exog), ("groups", groups)):
        if isinstance(one, (pd.Series, pd.DataFrame)) and not one.index.equals(index):
            raise FormulaError(f"{name}: its index is not that of endog")
    if "Intercept" in names and not (columns[:, names.index("Intercept")] == 1).all():
        raise FormulaError("exog: a column called Intercept has to be one for every pupil")
    taken = {*names, outcome}
    if len(taken) <= len(names):
        raise FormulaError(f"the names {', '.join([*names, outcome])} are not all different")
    while school in taken:
        school = f"{school}_id"
    frame = pd.DataFrame(dict(zip(names, columns.T, strict=True)))
    try:
        frame[outcome] = np.asarray(y, dtype=float).reshape(-1)
    except (TypeError, ValueError):
        raise NonNumericError(outcome, 1, "not numbers, as an outcome must be") from None
    frame[school] = ids.reset_index(drop=True)
    if index is not None:
        frame.index = index
    return frame, names, outcome, school


def frame_with_groups(data: Any, groups: Any) -> tuple[Any, str]:
    """Put school ids given as an array among a frame's columns.

    Parameters
    ----------
    data : DataFrame, mapping of columns, or anything else that holds pupils
        The pupils.
    groups : str or array_like, shape (n,)
        The column of school ids, or the ids of a frame's rows.

    Returns
    -------
    data : object
        The pupils, with the ids where they were given apart; a mapping as a frame.
    groups : str
        The column of school ids.

    Raises
    ------
    FormulaError
        If ids do not go with the pupils.

    Examples
    --------
    >>> import pandas as pd
    >>> pupils = pd.DataFrame({"y": [1.0, 2.0], "school": ["a", "b"]})
    >>> frame_with_groups(pupils, pupils["school"])[1]
    'school'
    """
    if isinstance(data, Mapping):
        data = pd.DataFrame(data)
    if isinstance(groups, str):
        return data, groups
    if not isinstance(data, pd.DataFrame):
        raise FormulaError(
            "the pupils come second and the column of school ids third: "
            "from_formula(formula, data, groups='school')"
        )
    ids = groups if isinstance(groups, pd.Series) else pd.Series(np.asarray(groups).ravel())
    if len(ids) != len(data):
        raise FormulaError(f"groups: {len(ids)} ids for {len(data)} pupils")
    if isinstance(groups, pd.Series) and not groups.index.equals(data.index):
        raise FormulaError("groups: its index is not that of the pupils")
    name = str(ids.name or "group")
    if name in data and (data.columns == name).sum() == 1 and data[name].equals(ids):
        return data, name
    while name in data:
        name = f"{name}_id"
    return data.assign(**{name: ids.to_numpy() if groups is not ids else ids}), name


def _predictors(exog: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    try:
        values = np.asarray(exog, dtype=float)
    except (TypeError, ValueError):
        raise FormulaError(
            "exog: holds something that is no number: use from_formula for categories"
        ) from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise FormulaError(f"exog: {values.ndim} dimensions, rows and columns were expected")
    if isinstance(exog, pd.DataFrame):
        return values, tuple(map(str, exog.columns))
    if isinstance(exog, pd.Series) and exog.name is not None:
        return values, (str(exog.name),)
    constant = [i for i in range(values.shape[1]) if len(values) and (values[:, i] == 1).all()]
    names, number = [], 0
    for i in range(values.shape[1]):
        if constant[:1] == [i]:
            names.append("const")
        else:
            number += 1
            names.append(f"x{number}")
    return values, tuple(names)
