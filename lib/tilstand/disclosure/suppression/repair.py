"""Widen what is too narrow with as few more blanks as possible."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.problem import Problem

from .bundles import cheapest_proof
from .circuits import DETOUR
from .witnesses import Witnesses

# Enough branching to come close; more would only trade minutes for a blank.
NODES = 40
MOST_ROOM = 16


def widen(
    problem: Problem,
    hidden: np.ndarray,
    cell: int,
    witnesses: Witnesses,
    cost: np.ndarray,
) -> np.ndarray | None:
    """Find the cheapest table that moves one count far enough, and blank what it moves.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks so far; they cost nothing.
    cell : int
        The count that is too narrow.
    witnesses : Witnesses
        Where the table is kept as proof.
    cost : numpy.ndarray, shape (cells,)
        What each further blank costs.

    Returns
    -------
    numpy.ndarray of bool or None
        The wider pattern; None when no pattern of blanks protects the count.

    References
    ----------
    Kelly, J. P., Golden, B. L. & Assad, A. A. (1992). Cell suppression: disclosure protection for
    sensitive tabular data. Networks 22, 397-417. Here with whole numbers and a charge a cell.
    """
    need = int(problem.need[cell])
    moves = cheapest_proof(problem, cell, np.where(hidden, DETOUR, cost))
    wider = hidden.copy()
    for move in moves:
        if witnesses.add(move):
            wider |= move != 0
    if witnesses.widths(wider)[cell] >= need:
        return wider
    return _widen_any(problem, hidden, cell, witnesses, cost, 1)


def widen_each(
    problem: Problem,
    hidden: np.ndarray,
    narrow: np.ndarray,
    witnesses: Witnesses,
    cost: np.ndarray,
) -> np.ndarray:
    """Mend narrow counts one by one.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks so far.
    narrow : numpy.ndarray of int
        Positions of the counts, in the order in which they are mended.
    witnesses : Witnesses
        Where proofs are kept.
    cost : numpy.ndarray, shape (cells,)
        What each further blank costs.

    Returns
    -------
    numpy.ndarray of bool
        The wider pattern.
    """
    for cell in narrow:
        if witnesses.widths(hidden)[cell] < problem.need[cell]:
            wider = widen(problem, hidden, int(cell), witnesses, cost)
            hidden = hidden if wider is None else wider
    return hidden


def _widen_any(
    problem: Problem,
    hidden: np.ndarray,
    cell: int,
    witnesses: Witnesses,
    cost: np.ndarray,
    room: int,
) -> np.ndarray | None:
    """Widen where no circuit does, with tables in which cells move by different numbers.

    `room` is how many times further than the count other cells may move. Few need more than 1,
    which solves much faster; where it is too little, more is tried.
    """
    need = int(problem.need[cell])
    slack = int(problem.slack[cell])
    reach = float(need * room)
    # One table that lies far enough off, above or below, or one on each side of the true count.
    ways = [(need, 0), (0, need)]
    if room >= MOST_ROOM:
        ways += [(up, need - up) for up in range(need - 1, 0, -1)]
    best: tuple[float, np.ndarray] | None = None
    for at, (up, down) in enumerate(ways):
        if down > slack or (at >= 2 and best is not None):
            continue
        wider = hidden
        for steps in (up, -down):
            found = _shift(problem, wider, cell, steps, cost, reach) if steps else None
            if steps and (found is None or not witnesses.add(found)):
                break
            wider = wider if found is None else wider | (found != 0)
        else:
            loss = float(cost[wider & ~hidden].sum())
            if best is None or loss < best[0]:
                best = (loss, wider)
    if best is None and room < MOST_ROOM:
        return _widen_any(problem, hidden, cell, witnesses, cost, 4 * room)
    return None if best is None else best[1]


def _shift(
    problem: Problem, hidden: np.ndarray, cell: int, steps: int, cost: np.ndarray, reach: float
) -> np.ndarray | None:
    """Find the table that moves one count by so many steps and costs the fewest new blanks."""
    at = np.flatnonzero(problem.hideable)
    mine = int(np.searchsorted(at, cell))
    matrix = problem.live[:, at]
    count = len(at)
    eye = sp.identity(count, format="csr")
    price = np.where(hidden[at], 0.0, cost[at])
    low = np.maximum(-problem.slack[at].astype(float), -reach)
    high = np.full(count, reach)
    low[mine] = high[mine] = float(steps)
    ceiling, depth = sp.diags(np.maximum(high, 0)), sp.diags(np.maximum(-low, 0))
    links = sp.vstack(
        [
            sp.hstack([matrix, sp.csr_matrix(matrix.shape)]),
            sp.hstack([eye, -ceiling]),
            sp.hstack([-eye, -depth]),
        ],
        format="csr",
    )
    least = np.r_[np.zeros(matrix.shape[0]), np.full(2 * count, -np.inf)]
    most = np.zeros(matrix.shape[0] + 2 * count)
    result = milp(
        np.r_[np.zeros(count), price],
        constraints=LinearConstraint(links, least, most),
        integrality=np.ones(2 * count),
        bounds=Bounds(np.r_[low, hidden[at].astype(float)], np.r_[high, np.ones(count)]),
        options={"node_limit": NODES, "mip_rel_gap": 0.05},
    )
    if result.x is None:
        return None
    move = np.zeros(len(hidden))
    move[at] = np.rint(result.x[:count])
    return move
