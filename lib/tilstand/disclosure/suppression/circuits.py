"""Find the cheapest circuit of blanks through a count: one pupil moved along it shows nowhere."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.problem import Problem

# Enough branching to come close; most circuits are whole numbers without any.
NODES = 40
NEAR = 0.05
# A blank that is there already costs next to nothing, so that no circuit takes a detour.
DETOUR = 1e-3


class Circuits:
    """Look for circuits through one count.

    A circuit moves each of its cells by one, up or down, and leaves every sum as it is. Repeated
    `ahead` times, and `back` times in the other direction, it proves an interval of
    ``ahead + back`` for each of its cells, as long as none of them runs out of pupils. Unlike a
    table in which every cell may move by any number, a circuit costs what its cells cost, which
    the linear relaxation knows almost exactly; so it is found in a fraction of the time.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    cell : int
        The count.
    price : numpy.ndarray, shape (cells,)
        What each cell on the way costs.
    among : numpy.ndarray of bool, shape (cells,), optional
        Cells that a circuit may take; all that may be hidden if not given.

    References
    ----------
    Kelly, J. P., Golden, B. L. & Assad, A. A. (1992). Cell suppression: disclosure protection for
    sensitive tabular data. Networks 22, 397-417: circuits in a two-way table. Here in any system
    of sums, by integer programming.
    """

    def __init__(
        self, problem: Problem, cell: int, price: np.ndarray, among: np.ndarray | None = None
    ) -> None:
        self._at = np.flatnonzero(problem.hideable if among is None else among)
        self._mine = int(np.searchsorted(self._at, cell))
        self._size = len(price)
        self._slack = problem.slack[self._at]
        matrix = problem.live[:, self._at]
        matrix = matrix[np.diff(matrix.indptr) > 0]
        self._sums = LinearConstraint(sp.hstack([matrix, -matrix], format="csr"), 0.0, 0.0)
        self._price = np.concatenate([price[self._at], price[self._at]])

    def cheapest(self, need: int) -> np.ndarray | None:
        """Find the cheapest circuit that is wide enough.

        Parameters
        ----------
        need : int
            Required width.

        Returns
        -------
        numpy.ndarray or None
            What each cell moves by: -1, 0 or 1; None when no circuit is wide enough.
        """
        best: tuple[float, np.ndarray] | None = None
        rough: list[tuple[float, int]] = []
        for back in range(min(need, int(self._slack[self._mine])) + 1):
            found = self._solve(need - back, back, whole=False)
            if found is None:
                continue
            price, move = found
            if np.all(np.abs(move - np.rint(move)) < 1e-6):
                best = found if best is None or price < best[0] else best
            else:
                rough.append((price, back))
        for price, back in sorted(rough):
            # What fractions cannot do more cheaply, whole numbers cannot either.
            if best is not None and price >= best[0] * (1 - NEAR):
                break
            found = self._solve(need - back, back, whole=True)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        if best is None:
            return None
        move = np.zeros(self._size)
        move[self._at] = np.rint(best[1])
        return move

    def _solve(self, ahead: int, back: int, *, whole: bool) -> tuple[float, np.ndarray] | None:
        """Go `ahead` steps one way and `back` the other; return price and moves."""
        count = len(self._at)
        high = np.concatenate([self._slack >= back, self._slack >= ahead]).astype(float)
        low = np.zeros(2 * count)
        low[self._mine], high[self._mine] = 1.0, 1.0
        high[count + self._mine] = 0.0
        result = milp(
            self._price,
            constraints=self._sums if self._sums.A.shape[0] else None,
            integrality=np.full(2 * count, int(whole)),
            bounds=Bounds(low, high),
            options={"node_limit": NODES, "mip_rel_gap": NEAR} if whole else {},
        )
        if result.x is None:
            return None
        return float(result.fun), result.x[:count] - result.x[count:]
