"""Turn a count that is too narrow into a demand on the pattern of blanks."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from tilstand.disclosure.problem import Problem

# An open cell may move this little while a cut is sought: a price that makes the cut name as few
# open cells as it can.
LEEWAY = 1e-3
FAR = 1e4


class Demands:
    """Collect linear demands ``coefficients @ hidden >= at_least`` on the blanks."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._rows: list[tuple[np.ndarray, np.ndarray]] = []
        self._least: list[float] = []

    def __len__(self) -> int:
        """Count the demands."""
        return len(self._rows)

    def add(self, at: np.ndarray, size: np.ndarray, least: float) -> None:
        """Add one demand.

        Parameters
        ----------
        at : numpy.ndarray of int
            Cells that count towards it.
        size : numpy.ndarray
            What each counts.
        least : float
            What they must come to.
        """
        self._rows.append((at, size))
        self._least.append(least)

    def system(self) -> tuple[sp.csr_matrix, np.ndarray]:
        """Return all demands as a matrix and its right-hand side."""
        owner = np.repeat(np.arange(len(self._rows)), [len(at) for at, _ in self._rows])
        at = np.concatenate([at for at, _ in self._rows] or [np.zeros(0, dtype=np.int64)])
        size = np.concatenate([size for _, size in self._rows] or [np.zeros(0)])
        shape = (len(self._rows), self._cells)
        return sp.csr_matrix((size, (owner, at)), shape=shape), np.array(self._least)


def sum_demands(problem: Problem) -> Demands:
    """State what each single sum demands of the blanks in it.

    A hidden count needs another hidden cell in each of its sums. Where the sum's total is
    printed, the blanks below it must together be worth more than one a cell: a count cannot be
    further from the truth than the others can give or take.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.

    Returns
    -------
    Demands
        Valid for every safe pattern of least size.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001), section 4: bridgeless and cover inequalities.
    """
    demands = Demands(len(problem.values))
    slack = problem.slack
    for cells, signs in problem.sums():
        first, asked = problem.primary[cells], problem.asked[cells]
        if asked.any() and first.sum() == 1:
            demands.add(cells[~first], np.ones((~first).sum()), 1.0)
        elif not first.any():
            for at in range(len(cells)):
                sizes = np.ones(len(cells))
                sizes[at] = -1.0
                demands.add(cells, sizes, 0.0)
        # All cells of one sign: they are the parts, and the total is printed or may be hidden.
        for side in (1.0, -1.0):
            same = signs == side
            if not (asked & same).any() or (first & ~same).any():
                continue
            need = float(problem.need[cells[asked & same]].max())
            short = need - float(slack[cells[first & same]].sum())
            if short > 0:
                sizes = np.where(same, np.minimum(slack[cells], short), short)[~first]
                useful = sizes > 0
                demands.add(cells[~first][useful], sizes[useful], short)
    return demands


def path_demand(
    problem: Problem, hidden: np.ndarray, cell: int
) -> tuple[tuple[np.ndarray, np.ndarray, float], np.ndarray] | None:
    """Find a demand that a pattern breaks because it leaves one count too narrow.

    With multipliers for the sums, the width of the count is at most the sum over the hidden
    cells of what each can contribute; that must reach the required width.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    cell : int
        The count that is too narrow.

    Returns
    -------
    tuple or None
        The demand (cells, what each counts, what is needed) and the sensitive counts that stand
        in it; None when the linear relaxation finds the count wide enough.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001), section 4.1: capacity constraints by Benders' method.
    """
    at = np.flatnonzero(problem.hideable)
    mine = int(np.searchsorted(at, cell))
    matrix = problem.live[:, at]
    blank = hidden[at]
    slack = problem.slack[at].astype(float)
    need = float(problem.need[cell])
    worth = np.zeros(len(at))
    # A count that cannot lie lower has only one way to go.
    for sign in (1.0, -1.0) if slack[mine] > 0 else (1.0,):
        low = np.where(blank, -slack, -LEEWAY)
        high = np.where(blank, FAR, LEEWAY)
        low[mine], high[mine] = max(-slack[mine], -need), need
        aim = np.zeros(len(at))
        aim[mine] = -sign
        result = linprog(
            aim,
            A_eq=matrix,
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.column_stack([low, high]),
            method="highs-ds",
        )
        if result.x is None:
            return None
        price = aim - matrix.T @ result.eqlin.marginals
        up = np.where(np.arange(len(at)) == mine, need, FAR)
        down = np.where(np.arange(len(at)) == mine, -low[mine], slack)
        worth += np.maximum(-price, 0) * up + np.maximum(price, 0) * down
    worth[worth < 1e-7] = 0.0
    worth = np.minimum(worth, need)
    if worth[blank].sum() >= need - 1e-6:
        return None
    given = worth[problem.primary[at]].sum()
    free = ~problem.primary[at] & (worth > 0)
    demand = (at[free], np.minimum(worth[free], need - given), need - given)
    return demand, at[problem.primary[at] & (worth > 0)]
