"""Protect a table that is too large for the linear programs, with hypercubes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tilstand.disclosure.problem import Problem

from .hypercube import Hypercubes
from .repair import widen
from .witnesses import Witnesses


def mend_with_cubes(
    problem: Problem,
    hidden: np.ndarray,
    grids: Sequence[np.ndarray],
    witnesses: Witnesses,
    cost: np.ndarray,
) -> np.ndarray:
    """Make a pattern safe by giving every sensitive count a hypercube of blanks.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        A first pattern, sensitive counts included.
    grids : sequence of numpy.ndarray of int
        The tables' cells as arrays with one axis a dimension.
    witnesses : Witnesses
        Where each hypercube is kept as proof.
    cost : numpy.ndarray, shape (cells,)
        What each further blank costs.

    Returns
    -------
    numpy.ndarray of bool
        A safe pattern, or as safe as it can be made.

    References
    ----------
    Giessing, S. & Repsilber, D. (2002). Tools and strategies to protect multiple tables with the
    GHQUAR cell suppression engine. In: Inference Control in Statistical Databases, LNCS 2316.
    """
    hidden = hidden.copy()
    cubes = [Hypercubes(problem, grid) for grid in grids]
    # Blanks that are there already are used first, so that fewer new ones are made.
    for free in (True, False):
        for cell in witnesses.unproved(hidden):
            if witnesses.widths(hidden)[cell] >= problem.need[cell]:
                continue
            _prove(problem, hidden, int(cell), cubes, witnesses, cost, free=free)
    for cell in witnesses.unproved(hidden):
        if witnesses.widths(hidden)[cell] < problem.need[cell]:
            wider = widen(problem, hidden, int(cell), witnesses, cost)
            hidden = hidden if wider is None else wider
    return _reopen_with_cubes(problem, hidden, cubes, witnesses, cost)


def _prove(
    problem: Problem,
    hidden: np.ndarray,
    cell: int,
    cubes: Sequence[Hypercubes],
    witnesses: Witnesses,
    cost: np.ndarray,
    *,
    free: bool,
) -> bool:
    """Take the cheapest hypercube of any table as proof, blanking its corners."""
    found = [cube for table in cubes if (cube := table.find(cell, hidden, cost)) is not None]
    if not found:
        return False
    price, corners, moves = min(found, key=lambda cube: cube[0])
    if free and price > 0:
        return False
    move = np.zeros(len(hidden))
    move[corners] = moves
    hidden[corners] = True
    return witnesses.add(move) and bool(witnesses.widths(hidden)[cell] >= problem.need[cell])


def _reopen_with_cubes(
    problem: Problem,
    hidden: np.ndarray,
    cubes: Sequence[Hypercubes],
    witnesses: Witnesses,
    cost: np.ndarray,
) -> np.ndarray:
    """Open blanks as long as every sensitive count finds another proof, dearest first."""
    extra = np.flatnonzero(hidden & ~problem.primary)
    for cell in extra[np.lexsort((extra, -problem.values[extra], -cost[extra]))]:
        hidden[cell] = False
        for lost in witnesses.unproved(hidden):
            if witnesses.widths(hidden)[lost] >= problem.need[lost]:
                continue
            if not _prove(problem, hidden, int(lost), cubes, witnesses, cost, free=True):
                hidden[cell] = True
                break
    return hidden
