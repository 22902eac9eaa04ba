"""Prove and mend counts with the smallest tables that fit: two categories in each dimension."""

from __future__ import annotations

from itertools import product

import numpy as np

from tilstand.disclosure.problem import Problem

NEVER = 1e12


class Hypercubes:
    """Look for hypercubes of blanks around a count in one table.

    Take a second category in each dimension (``Total`` will do). One pupil moved between the
    corners leaves every sum as it is, so a reader who sees none of the corners cannot tell the
    two tables apart. There are only as many hypercubes around a count as the table has cells,
    which makes them quick where the integer program is not.

    Parameters
    ----------
    problem : Problem
        The counts.
    grid : numpy.ndarray of int
        Position of each cell in the system, one axis a dimension, ``Total`` last on each.

    References
    ----------
    Giessing, S. & Repsilber, D. (2002). Tools and strategies to protect multiple tables with the
    GHQUAR cell suppression engine. In: Inference Control in Statistical Databases, LNCS 2316.
    """

    def __init__(self, problem: Problem, grid: np.ndarray) -> None:
        self._problem = problem
        self._grid = grid
        self._slack = problem.slack[grid].astype(float)
        # Cells that stand in other tables too would drag those tables along.
        shared = np.asarray((problem.matrix != 0).sum(axis=0)).ravel()[grid] != grid.ndim
        self._usable = problem.hideable[grid] & ~shared
        self._where = {int(cell): at for at, cell in np.ndenumerate(grid)}

    def find(
        self, cell: int, hidden: np.ndarray, cost: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray] | None:
        """Find the hypercube that costs the fewest new blanks and moves a count far enough.

        Parameters
        ----------
        cell : int
            Position of the count.
        hidden : numpy.ndarray of bool, shape (cells,)
            The blanks so far; they cost nothing.
        cost : numpy.ndarray, shape (cells,)
            What a new blank costs.

        Returns
        -------
        tuple or None
            Cost, positions of the corners and the direction in which each moves; None when no
            hypercube does.
        """
        grid = self._grid
        at = self._where.get(cell)
        if at is None:
            return None
        price = np.where(self._usable, np.where(hidden[grid], 0.0, cost[grid]), NEVER)
        signs = [self._signs(axis, at[axis]) for axis in range(grid.ndim)]
        total = np.zeros(grid.shape)
        ahead = np.full(grid.shape, np.inf)
        back = np.full(grid.shape, self._slack[at])
        for flips in product((False, True), repeat=grid.ndim):
            if not any(flips):
                continue
            pick = tuple(
                slice(None) if flip else slice(place, place + 1)
                for flip, place in zip(flips, at, strict=True)
            )
            sign = np.ones((1,) * grid.ndim)
            for axis, flip in enumerate(flips):
                if flip:
                    sign = sign * signs[axis]
            slack = self._slack[pick]
            total += price[pick]
            np.minimum(ahead, np.where(sign < 0, slack, np.inf), out=ahead)
            np.minimum(back, np.where(sign > 0, slack, np.inf), out=back)
        for axis, place in enumerate(at):
            total[(slice(None),) * axis + (place,)] = NEVER
        total[ahead + back < self._problem.need[cell]] = NEVER
        best = np.unravel_index(int(np.argmin(total)), total.shape)
        if total[best] >= NEVER:
            return None
        corners = list(product(*zip(at, best, strict=True)))
        positions = np.array([grid[corner] for corner in corners])
        moves = np.array([self._sign(corner, at, signs) for corner in corners])
        # The table has to exist in the direction it is shown in.
        return float(total[best]), positions, moves if ahead[best] >= 1 else -moves

    @staticmethod
    def _sign(corner: tuple[int, ...], at: tuple[int, ...], signs: list[np.ndarray]) -> float:
        flipped = [s.ravel()[c] for c, a, s in zip(corner, at, signs, strict=True) if c != a]
        return float(np.prod(flipped))

    def _signs(self, axis: int, place: int) -> np.ndarray:
        """Say for each category of an axis whether its cell moves with the count or against it."""
        size = self._grid.shape[axis]
        last = size - 1
        sign = np.ones(size) if place == last else -np.ones(size)
        sign[last] = 1.0
        shape = [1] * self._grid.ndim
        shape[axis] = size
        return sign.reshape(shape)
