"""The pupils' own values again: their leaves, predictors and outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.design import Design
from tilstand.value_added.errors import UnknownCategoryError
from tilstand.value_added.layers.leaves import LeafIds
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.pupil_model import Observations


def observed_part(model: Any, design: Design, frame: pd.DataFrame) -> Observations:
    """Read the complete pupils of a frame.

    Parameters
    ----------
    model : LayeredIntercept
        Made from these pupils.
    design : Design
        Its design.
    frame : DataFrame, n rows
        Pupils.

    Returns
    -------
    Observations
        With the pupils' leaves, in the tree's order, as their "schools".
    """
    codes, names = LeafIds(model.columns).number(frame)
    complete = (codes >= 0) & frame[list(design.variables)].notna().all(axis=1).to_numpy()
    used, codes = frame[complete], codes[complete]
    data = np.column_stack(
        [
            np.ones(len(used)) if column is None else np.asarray(column, dtype=float)
            for column in design.columns(used)
        ]
    )
    known = np.isfinite(data).all(axis=1)
    leaves = model.statistics.schools[model.tree.order]
    leaf = leaves.get_indexer(names)[codes[known]]
    own = dict(zip((*design.names, design.outcome), data[known].T, strict=True))
    # The cohorts' columns are not the design's but the leaves'.
    of_leaves = (model.statistics.means + model.statistics.origin)[model.tree.order]
    exog = np.column_stack(
        [
            own[name] if name in own else of_leaves[leaf, i]
            for i, name in enumerate(model.exog_names)
        ]
    )
    return Observations(used.index[known], leaf, exog, own[design.outcome])


def new_predictors(model: Any, frame: pd.DataFrame, *, ids: bool) -> np.ndarray:
    """Compute the predictors of new pupils.

    Parameters
    ----------
    model : LayeredIntercept
        With a formula.
    frame : DataFrame, n rows
        Pupils; the outcome is not needed.
    ids : bool
        Whether all columns of ids have to be there.

    Returns
    -------
    ndarray, shape (n, p)
        One row a pupil, missing where a value is.

    Raises
    ------
    UnknownColumnError, UnknownCategoryError, NonNumericError
        For the first column or category that is not there.
    """
    design, names = model.design, model.exog_names
    assert design is not None
    of_cohorts = [name for name in names if name not in design.names]
    needed = list(model.columns.values()) if ids else []
    if of_cohorts and not ids:
        needed = [model.columns["cohort"]]
    x = np.empty((len(frame), len(names)))
    own = [names.index(name) for name in design.names]
    x[:, own] = design.checked(frame, needed)
    if of_cohorts:
        x[:, [names.index(name) for name in of_cohorts]] = _cohort_columns(
            model, frame[model.columns["cohort"]], of_cohorts
        )
    return x


def _cohort_columns(model: Any, cohorts: pd.Series, names: list[str]) -> np.ndarray:
    part = list(model.columns).index("cohort")
    text = [str(leaf).split(JOINT)[part] for leaf in model.statistics.schools]
    columns = [model.exog_names.index(name) for name in names]
    values = (model.statistics.means + model.statistics.origin)[:, columns]
    known = pd.DataFrame(values, index=text).groupby(level=0).first()
    asked = id_text(cohorts)
    at = known.index.get_indexer(asked)
    wrong = np.flatnonzero((at < 0) & cohorts.notna().to_numpy())
    if len(wrong):
        there = ", ".join(known.index)
        fault = f"{cohorts.iloc[wrong[0]]!r}, one of {there} was expected"
        raise UnknownCategoryError(str(cohorts.name), int(wrong[0]) + 1, fault)
    found = known.to_numpy()[at]
    found[at < 0] = np.nan
    return np.asarray(found)


def id_text(ids: pd.Series) -> pd.Index:
    """Write ids as the leaves' names do, missing ones as nothing.

    Parameters
    ----------
    ids : Series, shape (n,)
        Ids of any type.

    Returns
    -------
    Index of str, shape (n,)
        As text.
    """
    from tilstand.value_added.school_ids import school_codes

    codes, labels = school_codes(ids, sort=False)
    text = np.append(labels.astype(str).to_numpy(dtype=object), "")
    return pd.Index(text[codes], dtype="str")


def leaf_positions(model: Any, frame: pd.DataFrame) -> list[np.ndarray]:
    """Find the units of new pupils at every level.

    Parameters
    ----------
    model : LayeredIntercept
        The model.
    frame : DataFrame, n rows
        With its columns of ids.

    Returns
    -------
    list of ndarray of int, shape (n,)
        For each level, innermost first: positions in the tree, -1 for units not in the fit.
    """
    tree, roles = model.tree, list(model.columns)
    parts = [str(leaf).split(JOINT) for leaf in model.statistics.schools[tree.order]]
    asked = [id_text(frame[column]).to_numpy(dtype=object) for column in model.columns.values()]
    found = []
    for level, role in enumerate(tree.levels):
        depth = roles.index(role) + 1
        known = {
            JOINT.join(part[:depth]): unit
            for part, unit in zip(parts, tree.ancestors(0, level), strict=True)
        }
        names = (JOINT.join(one) for one in zip(*asked[:depth], strict=True))
        found.append(np.array([known.get(one, -1) for one in names], dtype=int))
    return found
