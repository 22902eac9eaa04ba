"""Classes joined to the cohorts of the schools they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilstand.value_added.sufficient import SufficientStatistics

if TYPE_CHECKING:
    from tilstand.value_added.layers.model import LayeredIntercept


def cell_statistics(model: LayeredIntercept) -> tuple[SufficientStatistics, np.ndarray]:
    """Join the leaves of each school and cohort.

    Parameters
    ----------
    model : LayeredIntercept
        The pupils by leaf.

    Returns
    -------
    statistics : SufficientStatistics
        By school and cohort, in the order of the tree's cohort level.
    school : ndarray of int
        Each one's school, as a position in the tree's school level.
    """
    tree, s = model.tree, model.statistics
    cell, school = tree.level("cohort"), tree.level("school")
    owner = tree.ancestors(cell, school)
    n, means = s.n[tree.order], s.means[tree.order]
    if cell == 0:
        names = s.schools[tree.order]
        return SufficientStatistics(s.names, names, n, s.origin, means, s.within), owner
    at = tree.ancestors(0, cell)
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    total = np.add.reduceat(n, starts)
    joined = np.add.reduceat(means * n[:, None], starts) / total[:, None]
    gap = means - joined[at]
    within = s.within + (gap.T * n) @ gap
    names = s.schools[tree.order][starts]
    return SufficientStatistics(s.names, names, total, s.origin, joined, within), owner


def between_classes(model: LayeredIntercept) -> np.ndarray:
    """Return the sum of squared shares of the classes in each school and cohort.

    Parameters
    ----------
    model : LayeredIntercept
        The pupils by leaf.

    Returns
    -------
    ndarray, one a school and cohort
        ``sum (n_c / n)^2``: what of the class variance a cohort's mean carries; 1 where a cohort
        is one class.
    """
    tree = model.tree
    n = model.statistics.n[tree.order]
    at = tree.ancestors(0, tree.level("cohort"))
    return np.asarray(np.bincount(at, n**2) / np.bincount(at, n) ** 2)
