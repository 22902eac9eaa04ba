"""Sums of effects at the optimum, in the columns' own units, as predictions of pupils need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.layers.tree import Tree

if TYPE_CHECKING:
    from tilstand.value_added.layers.recursion import LayeredLikelihood


@dataclass(frozen=True)
class Modes:
    """Hold what the fit knows of the effects of every unit and all units it lies in.

    Parameters
    ----------
    pulled : tuple of ndarray, shape (k, units)
        For each level, innermost first, and each column: ``pulled'(-b, 1)`` is the conditional
        mode of the sum of effects.
    variance : tuple of ndarray, shape (units,)
        Its conditional variance, fixed effects as known; outcome's units squared.
    """

    pulled: tuple[np.ndarray, ...]
    variance: tuple[np.ndarray, ...]


def modes_of(model: Any, likelihood: LayeredLikelihood, ratio: np.ndarray) -> Modes:
    """Return the sums of effects down to every unit.

    Parameters
    ----------
    model : LayeredIntercept
        The model.
    likelihood : LayeredLikelihood
        Its likelihood.
    ratio : ndarray, shape (L,)
        Variances over the residual variance, innermost level first.

    Returns
    -------
    Modes
        At these ratios, see `targets.evaluate`.
    """
    statistics, tree = model.statistics, model.tree
    sweep = likelihood.sweep(ratio[None])
    scale = float(likelihood.residual_variance(sweep)[0])
    a, f = [one[0] for one in sweep.a], [one[0] for one in sweep.f]
    z = [(statistics.means + statistics.origin)[tree.order].T]
    for level in range(1, tree.depth):
        starts = tree.starts[level - 1]
        total = np.add.reduceat(a[level - 1], starts)
        z.append(np.add.reduceat(a[level - 1] * z[-1], starts, axis=1) / total)
    pulled, variance = [], []
    above: np.ndarray | float = 0.0
    left: np.ndarray | float = 0.0
    for level in range(tree.depth - 1, -1, -1):
        r = ratio[level]
        h = above + r * a[level] * (z[level] - above)
        v = r / f[level] + left / f[level] ** 2
        pulled.append(np.asarray(h))
        variance.append(np.asarray(v * scale))
        if level:
            parent = tree.parent[level - 1]
            above, left = h[:, parent], v[parent]
    return Modes(tuple(pulled[::-1]), tuple(variance[::-1]))


def effects_by_top(results: Any) -> dict[Any, pd.Series]:
    """Return the conditional modes of all effects in each unit of the outermost level.

    Parameters
    ----------
    results : LayeredResults
        A fit.

    Returns
    -------
    dict of object to Series
        By the outermost level's ids, in MixedLM's form: ``Group`` is the unit's own effect, the
        others those of the units in it.
    """
    tree = results.model.tree
    modes = [results.blups(role)["blup"].to_numpy() for role in tree.levels]
    return {
        name: pd.Series(
            np.concatenate([modes[level][units[level]] for level in range(tree.depth)[::-1]]),
            index=_labels(tree, units),
        )
        for name, units in _inside(tree)
    }


def covariances_by_top(results: Any) -> dict[Any, pd.DataFrame]:
    """Return the conditional covariances of all effects in each unit of the outermost level.

    Parameters
    ----------
    results : LayeredResults
        A fit.

    Returns
    -------
    dict of object to DataFrame
        In the order of `effects_by_top`, all parameters as known, as in MixedLM; outcome's units
        squared.
    """
    tree, precision = results.model.tree, results.likelihood.precision
    found = {}
    for name, units in _inside(tree):
        leaves = units[0]
        columns = [
            tree.ancestors(0, level)[leaves][:, None] == units[level]
            for level in range(tree.depth)[::-1]
        ]
        z = np.hstack(columns).astype(float)
        counts = [len(units[level]) for level in range(tree.depth)[::-1]]
        before = np.repeat(results.ratio[::-1], counts)
        spread = (z * before) @ z.T + np.diag(1 / precision[leaves])
        pull = (z * before).T
        covariance = np.diag(before) - pull @ np.linalg.solve(spread, pull.T)
        labels = _labels(tree, units)
        found[name] = pd.DataFrame(covariance * results.scale, index=labels, columns=labels)
    return found


def _inside(tree: Tree) -> list[tuple[Any, list[np.ndarray]]]:
    """Return each outermost unit's name and its units of every level."""
    top = tree.depth - 1
    owners = [tree.ancestors(level, top) for level in range(tree.depth)]
    names: list[Any] = tree.ids[top][tree.levels[top]].tolist()
    if top == tree.level("school") and "municipality" in tree.ids[top]:
        names = [tuple(one) for one in tree.ids[top][["municipality", "school"]].to_numpy()]
    return [
        (name, [np.flatnonzero(owner == unit) for owner in owners])
        for unit, name in enumerate(names)
    ]


def _labels(tree: Tree, units: list[np.ndarray]) -> list[str]:
    top = tree.depth - 1
    labels = ["Group"]
    for level in range(top - 1, -1, -1):
        ids = tree.ids[level].iloc[units[level]]
        below = [role for role in ids if role not in tree.ids[top]]
        labels += [
            f"{tree.levels[level]}[{', '.join(map(str, one))}]"
            for one in ids[below].itertuples(index=False)
        ]
    return labels
