"""Withhold means until no group that is too small can be pinned by all that is left."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from tilstand.disclosure.errors import DisclosureError

from .problem import Measured, ScoreProblem, ends_of

SWEEPS = 12
RETRIES = 4
# The computer's own rounding, in shares of what is needed.
SLACK = 1e-7
BINDS = 1e-9


class ContradictionError(DisclosureError):
    """Say that no scores at all agree with what is printed."""


@dataclass(frozen=True)
class Withheld:
    """Hold the outcome of `withhold_means`.

    Parameters
    ----------
    names : set
        Means that must not be printed, of those that were to be.
    narrow : dict
        Groups whose mean what is public already pins, with the width that it leaves.
    narrowest : float or None
        Smallest share of the width asked for that is left to a group; 1 or more where all is well.
    """

    names: set[Hashable]
    narrow: dict[Hashable, float]
    narrowest: float | None


def withhold_means(problem: ScoreProblem) -> Withheld:
    """Choose which means to withhold so that each small group's stays wide enough in doubt.

    A reader knows every printed mean to its last digit, all numbers of pupils, and that scores lie
    on their scale. What is possible for that reader is a polytope; each small group's sum is
    pushed to both its ends there. Where they are too near, the printed means that hold it are
    those with a price in the linear program: the one of the smallest group is withheld, and the
    push repeated. Tables found on the way stay possible when more is withheld, so each of them
    proves the doubt of many groups. What is left of a group by subtracting all that is printed of
    it is a group as well (`ScoreProblem.add_unions`).

    Parameters
    ----------
    problem : ScoreProblem
        Sums, what is printed of them and what binds them.

    Returns
    -------
    Withheld
        Which means to withhold.

    Raises
    ------
    ContradictionError
        When no scores agree with what is printed.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, sections 4.2 and 4.3
    (magnitude tables, feasibility intervals); Fischetti, M. & Salazar, J. J. (2001). Management
    Science 47(7), 1008-1027, section 2.
    """
    problem.add_unions(())
    while True:
        found = _withhold(problem)
        if not problem.add_unions(found.names):
            return found


def _withhold(problem: ScoreProblem) -> Withheld:
    """Withhold for the groups that the problem knows of."""
    sums, matrix = problem.matrix()
    names: set[Hashable] = set()
    narrow: dict[Hashable, float] = {}
    shares: list[float] = []
    for part in _blocks(matrix, len(sums)):
        mine = [sums[at] for at in part]
        if any(one.need > 0 for one in mine):
            reader = _Reader(mine, matrix[:, part])
            reader.settle()
            names |= {mine[at].name for at in reader.gone}
            narrow.update(reader.narrow)
            shares += reader.shares()
    return Withheld(names, narrow, min(shares, default=None))


def _blocks(matrix: sp.csr_matrix, size: int) -> list[np.ndarray]:
    if matrix.shape[0] == 0:
        return [np.array([at]) for at in range(size)]
    pattern = abs(matrix)
    _, block = connected_components(pattern.T @ pattern, directed=False)
    order = np.argsort(block, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(block[order])) + 1)


class _Reader:
    """Hold one reader's linear program, and the furthest each sum has been seen to go."""

    def __init__(self, sums: list[Measured], matrix: sp.csr_matrix) -> None:
        self.sums = sums
        self.rows = matrix[np.diff(matrix.indptr) > 0]
        self.size = np.array([one.n for one in sums], dtype=float)
        # Small groups print nothing themselves.
        self.gone = {
            at
            for at, one in enumerate(sums)
            if one.need > 0 and one.printed is not None and not one.fixed
        }
        ends = [ends_of(one, printed=at not in self.gone) for at, one in enumerate(sums)]
        self.low, self.high = (np.array(side) for side in zip(*ends, strict=True))
        self.wanted = np.array([one.need * one.n for one in sums]) * (1 - SLACK)
        self.seen_low = np.full(len(sums), np.inf)
        self.seen_high = np.full(len(sums), -np.inf)
        self.narrow: dict[Hashable, float] = {}

    def shares(self) -> list[float]:
        """Say how much of what is asked for each small group has been seen to have."""
        at = np.flatnonzero(self.wanted > 0)
        width = (self.seen_high - self.seen_low)[at]
        return list(map(float, width / self.wanted[at]))

    def settle(self) -> None:
        """Withhold until all is wide enough."""
        self._start()
        generator = np.random.default_rng(len(self.sums))
        for _ in range(SWEEPS):
            open_ones = self._open()
            if len(open_ones) < 3:
                break
            aim = np.zeros(len(self.sums))
            aim[open_ones] = generator.choice([-1.0, 1.0], len(open_ones)) / self.size[open_ones]
            self._push(aim)
            if len(self._open()) > 0.9 * len(open_ones):
                break
        # The smallest first: what helps them mostly helps the others too.
        for at in sorted(self._open(), key=lambda one: (self.size[one], one)):
            self._widen(int(at))

    def _start(self) -> None:
        """Find sums that agree with all that is printed; let the scale give way if it must."""
        for _ in range(RETRIES):
            self._push(np.zeros(len(self.sums)))
            if np.isfinite(self.seen_low).all():
                return
            free = [
                at for at, one in enumerate(self.sums) if at in self.gone or one.printed is None
            ]
            apart = self.high[free] - self.low[free]
            self.low[free] -= apart
            self.high[free] += apart
        raise ContradictionError("what is printed of means contradicts itself")

    def _open(self) -> np.ndarray:
        return np.flatnonzero(self.seen_high - self.seen_low < self.wanted)

    def _widen(self, at: int) -> None:
        while True:
            holding: set[int] = set()
            for sign in (1.0, -1.0):
                if self.seen_high[at] - self.seen_low[at] >= self.wanted[at]:
                    return
                aim = np.zeros(len(self.sums))
                aim[at] = sign
                holding |= self._push(aim)
            if self.seen_high[at] - self.seen_low[at] >= self.wanted[at]:
                return
            if not holding:
                width = (self.seen_high[at] - self.seen_low[at]) / self.size[at]
                self.narrow[self.sums[at].name] = float(width)
                return
            self._withhold(min(holding, key=lambda one: (self.size[one], one)))

    def _withhold(self, at: int) -> None:
        self.gone.add(at)
        self.low[at], self.high[at] = ends_of(self.sums[at], printed=False)

    def _push(self, aim: np.ndarray) -> set[int]:
        """Go as far as possible in a direction; return the printed means that stand in the way."""
        found = linprog(
            -aim,
            A_eq=self.rows if self.rows.shape[0] else None,
            b_eq=np.zeros(self.rows.shape[0]) if self.rows.shape[0] else None,
            bounds=np.column_stack([self.low, self.high]),
            method="highs",
        )
        if found.x is None:
            return set()
        np.minimum(self.seen_low, found.x, out=self.seen_low)
        np.maximum(self.seen_high, found.x, out=self.seen_high)
        price = abs(found.lower.marginals) + abs(found.upper.marginals)
        return {
            int(at)
            for at in np.flatnonzero(price > BINDS)
            if at not in self.gone and self.sums[at].printed is not None and not self.sums[at].fixed
        }
