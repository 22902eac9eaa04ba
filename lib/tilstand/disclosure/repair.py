"""Widen what is too narrow with as few more blanks as possible, and take back needless ones."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from .probe import unsafe_cells
from .problem import Problem
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
    room: int = 1,
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
    room : int
        How many times further than the count other cells may move. Few need more than 1, which
        solves much faster; where it is too little, more is tried.

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
        return widen(problem, hidden, cell, witnesses, cost, 4 * room)
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


def reopen(
    problem: Problem,
    hidden: np.ndarray,
    witnesses: Witnesses,
    cost: np.ndarray,
    demands: tuple[sp.csr_matrix, np.ndarray],
) -> np.ndarray:
    """Open blanks that no sensitive count needs, dearest first.

    A blank whose number a reader could compute is always opened: that tells nobody anything new,
    and a blank that hides nothing is a false promise.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        A safe pattern.
    witnesses : Witnesses
        Proofs that the pattern is safe.
    cost : numpy.ndarray, shape (cells,)
        What each blank costs.
    demands : tuple of scipy.sparse.csr_matrix and numpy.ndarray
        Demands that any good pattern meets: what they need is not tried.

    Returns
    -------
    numpy.ndarray of bool
        A safe pattern within the given one.
    """
    hidden = hidden.copy()
    matrix, least = demands[0].tocsc(), demands[1]
    spare = matrix @ hidden.astype(float) - least
    extra = np.flatnonzero(hidden & ~problem.primary)
    computable = witnesses.widths(hidden) == 0
    for cell in extra[np.lexsort((extra, -problem.values[extra], -cost[extra]))]:
        part = slice(matrix.indptr[cell], matrix.indptr[cell + 1])
        rows, sizes = matrix.indices[part], matrix.data[part]
        if not computable[cell] and np.any(spare[rows] - sizes < -1e-6):
            continue
        hidden[cell] = False
        if len(unsafe_cells(problem, hidden, witnesses, whole=True, first_only=True)):
            hidden[cell] = True
        else:
            spare[rows] -= sizes
    return hidden
