"""Find the cheapest tables that move a count far enough, as bundles of circuits."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.problem import Problem

from .circuits import DETOUR, Circuits

# A single further blank cannot be bettered, give or take what breaks ties.
ONE = 1.05


def cheapest_proof(
    problem: Problem, cell: int, price: np.ndarray, among: np.ndarray | None = None
) -> list[np.ndarray]:
    """Find the cheapest tables that prove a count's width.

    A table that lies three pupils off is three circuits that each move one, and a cell that
    several of them take is paid for once. Written so, fractions cannot undercut the price by
    moving a cell a little, which is what makes the search quick.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    cell : int
        The count.
    price : numpy.ndarray, shape (cells,)
        What each cell costs; `circuits.DETOUR` where it is blank already.
    among : numpy.ndarray of bool, shape (cells,), optional
        Cells that may move; all that may be hidden if not given.

    Returns
    -------
    list of numpy.ndarray
        One or two moves; none where nothing was found.

    References
    ----------
    Kelly, J. P., Golden, B. L. & Assad, A. A. (1992). Cell suppression: disclosure protection for
    sensitive tabular data. Networks 22, 397-417. Here with whole numbers and a charge a cell.
    """
    need = int(problem.need[cell])
    circuit = Circuits(problem, cell, price, among).cheapest(need)
    best = [] if circuit is None else [circuit]
    least = np.inf if circuit is None else float(price[circuit != 0].sum())
    if least < ONE:
        return best
    bundle = _Bundle(problem, cell, price, among)
    for down in range(min(need, int(problem.slack[cell])) + 1):
        # Whole numbers are not searched for: the fractions often are whole, and the search
        # may take minutes where they are not.
        moves = bundle.solve(need - down, down, least)
        cost = _cost(moves, price) if moves else np.inf
        if cost < least:
            best, least = moves, cost
    return best


def _cost(moves: list[np.ndarray], price: np.ndarray) -> float:
    """Price the cells that whole moves take; fractions are worth nothing."""
    if any(np.any(np.abs(move - np.rint(move)) > 1e-6) for move in moves):
        return float("inf")
    return float(price[np.any([np.rint(move) != 0 for move in moves], axis=0)].sum())


class _Bundle:
    """State one count's search for circuits that share their cells."""

    def __init__(
        self, problem: Problem, cell: int, price: np.ndarray, among: np.ndarray | None
    ) -> None:
        self._at = np.flatnonzero(problem.hideable if among is None else among)
        self._mine = int(np.searchsorted(self._at, cell))
        self._size = len(price)
        self._slack = problem.slack[self._at].astype(float)
        self._price = price[self._at]
        self._paid = np.flatnonzero(self._price > DETOUR)
        matrix = problem.live[:, self._at]
        self._matrix = matrix[np.diff(matrix.indptr) > 0]

    def solve(self, up: int, down: int, most: float) -> list[np.ndarray]:
        """Return the moves of two tables, `up` above and `down` below, for `most` at most."""
        count, paid, rounds = len(self._at), self._paid, up + down
        width = 2 * count * rounds + len(paid)
        eye = sp.identity(count, format="csr")
        each = sp.block_diag([sp.hstack([self._matrix, -self._matrix])] * rounds)
        either = sp.block_diag([sp.hstack([eye[paid], eye[paid]])] * rounds)
        lower = sp.hstack([-eye, eye])
        tight = [np.flatnonzero(self._slack < part) for part in (up, down)]
        room = sp.block_diag(
            [
                sp.hstack([lower[rows]] * part)
                for rows, part in zip(tight, (up, down), strict=True)
                if part
            ]
        )
        slack = np.concatenate(
            [self._slack[r] for r, part in zip(tight, (up, down), strict=True) if part]
        )
        flags = sp.vstack([sp.identity(len(paid))] * rounds)
        matrix = sp.bmat([[each, None], [either, -flags], [room, None]], format="csr")
        matrix = sp.csr_matrix(matrix, shape=(matrix.shape[0], width))
        rows = each.shape[0]
        least = np.full(matrix.shape[0], -np.inf)
        least[:rows] = 0.0
        upper = np.concatenate([np.zeros(rows + either.shape[0]), slack])
        price = np.concatenate([np.full(2 * count * rounds, DETOUR), self._price[paid]])
        low, high = np.zeros(width), np.ones(width)
        for number in range(rounds):
            there = 2 * count * number + self._mine
            on, off = (there, there + count) if number < up else (there + count, there)
            low[on], high[off] = 1.0, 0.0
        constraints = [LinearConstraint(matrix, least, upper)]
        if np.isfinite(most):
            constraints.append(LinearConstraint(price[None, :], -np.inf, most))
        result = milp(
            price,
            constraints=constraints,
            bounds=Bounds(low, high),
        )
        if result.x is None:
            return []
        steps = result.x[: 2 * count * rounds].reshape(rounds, 2, count)
        moves = []
        for part in (steps[:up], steps[up:]):
            if len(part):
                move = np.zeros(self._size)
                move[self._at] = (part[:, 0] - part[:, 1]).sum(axis=0)
                moves.append(np.where(np.abs(move - np.rint(move)) < 1e-6, np.rint(move), move))
        return moves
