"""Ask how far a reader could be wrong about a hidden count, and keep the answers."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from tilstand.disclosure.problem import Problem

from .witnesses import Witnesses

# A sweep that proves fewer new counts than this share of what it aimed at has had its day.
WORTHWHILE = 0.08
MOST_SWEEPS = 25


class Probe:
    """Solve the reader's integer program for one pattern of blanks.

    Parameters
    ----------
    problem : Problem
        Counts and sums.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    witnesses : Witnesses
        Where every table found on the way is kept.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001), section 2: the attacker's problems.
    """

    def __init__(self, problem: Problem, hidden: np.ndarray, witnesses: Witnesses) -> None:
        self.problem = problem
        self.hidden = hidden
        self.witnesses = witnesses
        self.cells = np.flatnonzero(hidden)
        matrix = problem.live[:, self.cells]
        self._matrix = matrix[np.diff(matrix.indptr) > 0]
        pattern = abs(self._matrix)
        _, self._block = connected_components(pattern.T @ pattern, directed=False)

    def _solve(
        self,
        part: np.ndarray,
        aim: np.ndarray,
        reach: float,
        whole: bool,  # noqa: FBT001
        **options: float,
    ) -> np.ndarray | None:
        """Maximise ``aim`` over the moves of some hidden cells; None when nothing was found."""
        cells = self.cells[part]
        matrix = self._matrix[:, part]
        matrix = matrix[np.diff(matrix.indptr) > 0]
        slack = self.problem.slack[cells].astype(float)
        bounds = Bounds(np.maximum(-slack, -reach), np.full(len(part), reach))
        result = milp(
            -aim,
            constraints=LinearConstraint(matrix, 0, 0) if matrix.shape[0] else None,
            bounds=bounds,
            integrality=np.full(len(part), int(whole)),
            options=options,
        )
        if result.x is None:
            return None
        move = np.zeros(len(self.hidden))
        move[cells] = result.x
        return move

    def sweep(self, targets: np.ndarray, seed: int) -> np.ndarray:
        """Move many counts at once in random directions until that proves few new ones.

        Parameters
        ----------
        targets : numpy.ndarray of int
            Positions whose width is wanted.
        seed : int
            Seed of the directions, so that two runs find the same witnesses.

        Returns
        -------
        numpy.ndarray of int
            The targets that are still unproved.
        """
        generator = np.random.default_rng(seed)
        need = self.problem.need
        index = np.full(len(self.hidden), -1)
        index[self.cells] = np.arange(len(self.cells))
        everything = np.arange(len(self.cells))
        for _ in range(MOST_SWEEPS):
            if len(targets) < 4:
                break
            aim = np.zeros(len(self.cells))
            aim[index[targets]] = generator.choice([-1.0, 1.0], len(targets))
            reach = float(need[targets].max())
            move = self._solve(everything, aim, reach, whole=True, mip_rel_gap=0.3, node_limit=5)
            if move is not None:
                self.witnesses.add(np.rint(move))
            widths = self.witnesses.widths(self.hidden)
            left = targets[widths[targets] < need[targets]]
            if len(targets) - len(left) < max(1, WORTHWHILE * len(targets)):
                return left
            targets = left
        return targets

    def reach(self, cell: int, *, whole: bool) -> float:
        """Return how wide one hidden count can be shown to be, up to what is required.

        Parameters
        ----------
        cell : int
            Position of the count.
        whole : bool
            Solve for whole numbers; otherwise the linear relaxation, an upper bound.

        Returns
        -------
        float
            Interval width, at most the required one in each direction.
        """
        at = int(np.searchsorted(self.cells, cell))
        part = np.flatnonzero(self._block == self._block[at])
        aim = np.zeros(len(part))
        mine = int(np.searchsorted(part, at))
        need = float(max(self.problem.need[cell], 1))
        width = 0.0
        for sign in (1.0, -1.0):
            if sign < 0 and (self.problem.slack[cell] == 0 or width >= need):
                continue
            aim[mine] = sign
            move = self._solve_capped(part, mine, aim, need, whole)
            if move is not None:
                width += abs(float(move[cell]))
                self.witnesses.add(move)
        return width

    def _solve_capped(
        self,
        part: np.ndarray,
        mine: int,
        aim: np.ndarray,
        need: float,
        whole: bool,  # noqa: FBT001
    ) -> np.ndarray | None:
        """Maximise one count's move up to what is needed, so the program stays bounded."""
        cells = self.cells[part]
        matrix = self._matrix[:, part]
        matrix = matrix[np.diff(matrix.indptr) > 0]
        low = -self.problem.slack[cells].astype(float)
        high = np.full(len(part), np.inf)
        low[mine], high[mine] = max(low[mine], -need), need
        result = milp(
            -aim,
            constraints=LinearConstraint(matrix, 0, 0) if matrix.shape[0] else None,
            bounds=Bounds(low, high),
            integrality=np.full(len(part), int(whole)),
        )
        if result.x is None:
            return None
        move = np.zeros(len(self.hidden))
        move[cells] = np.rint(result.x) if whole else result.x
        return move


def unsafe_cells(
    problem: Problem,
    hidden: np.ndarray,
    witnesses: Witnesses,
    *,
    whole: bool,
    seed: int = 0,
    first_only: bool = False,
) -> np.ndarray:
    """Return the sensitive counts that a pattern of blanks leaves too narrow.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    witnesses : Witnesses
        Proofs found before, and where new ones go.
    whole : bool
        Decide in whole numbers. Otherwise a count is reported only when even fractions leave it
        too narrow, which is quicker and finds most.
    seed : int
        Seed of the search for proofs.
    first_only : bool
        Stop at the first one.

    Returns
    -------
    numpy.ndarray of int
        Positions that are certainly too narrow.
    """
    targets = witnesses.unproved(hidden)
    if len(targets) == 0:
        return targets
    probe = Probe(problem, hidden, witnesses)
    if not first_only:
        targets = probe.sweep(targets, seed)
    unsafe = []
    for cell in targets:
        need = problem.need[cell]
        if witnesses.widths(hidden)[cell] >= need:
            continue
        width = probe.reach(int(cell), whole=False)
        if width >= need - 1e-6 and whole and witnesses.widths(hidden)[cell] < need:
            probe.reach(int(cell), whole=True)
            width = float(witnesses.widths(hidden)[cell])
        if width < need - 1e-6:
            unsafe.append(int(cell))
            if first_only:
                break
    return np.array(unsafe, dtype=np.int64)
