"""Keep tables that a reader cannot tell from the true one: the proof that a count is safe."""

from __future__ import annotations

import numpy as np

from tilstand.disclosure.problem import Problem


class Witnesses:
    """Collect whole-number tables that agree with everything published.

    A witness is the difference between such a table and the true one. It holds for every pattern
    of blanks that covers the cells it moves, so one witness serves many counts and outlives many
    changes of the pattern.

    Parameters
    ----------
    problem : Problem
        The counts and sums that the witnesses must respect.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47(7), 1008-1027: two congruent tables for each
    sensitive cell are what proves it protected.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._count = 0
        # One entry a moved cell: which witness, which cell, and the ends it proves for the cell.
        self._owner = np.zeros(0, dtype=np.int64)
        self._cell = np.zeros(0, dtype=np.int64)
        self._step = np.zeros(0, dtype=np.int64)
        self._low = np.zeros(0, dtype=np.int64)
        self._high = np.zeros(0, dtype=np.int64)

    def add(self, move: np.ndarray) -> bool:
        """Keep a move if it is a whole-number table that respects every sum.

        Parameters
        ----------
        move : numpy.ndarray, shape (cells,)
            Difference to the true counts.

        Returns
        -------
        bool
            Whether the move was a witness.
        """
        problem = self._problem
        whole = np.rint(move)
        if np.any(np.abs(whole - move) > 1e-6) or np.any(problem.matrix @ whole != 0):
            return False
        if np.any(whole < -problem.slack) or np.any(whole[~problem.hideable] != 0):
            return False
        at = np.flatnonzero(whole)
        if len(at) == 0:
            return False
        size = whole[at].astype(np.int64)
        down, up = size < 0, size > 0
        ahead = int((problem.slack[at[down]] // -size[down]).min(initial=FAR))
        back = int((problem.slack[at[up]] // size[up]).min(initial=FAR))
        ends = np.stack([size * ahead, -size * back])
        self._owner = np.append(self._owner, np.full(len(at), self._count))
        self._cell = np.append(self._cell, at)
        self._step = np.append(self._step, size)
        self._low = np.append(self._low, ends.min(axis=0))
        self._high = np.append(self._high, ends.max(axis=0))
        self._count += 1
        return True

    def adopt(self, part: Witnesses, at: np.ndarray) -> None:
        """Take over the witnesses of a part of the cells.

        Parameters
        ----------
        part : Witnesses
            Found with all cells outside the part left as they are.
        at : numpy.ndarray of int
            Where the part's cells are among these.
        """
        self._owner = np.append(self._owner, part._owner + self._count)
        self._cell = np.append(self._cell, at[part._cell])
        self._step = np.append(self._step, part._step)
        self._low = np.append(self._low, part._low)
        self._high = np.append(self._high, part._high)
        self._count += part._count

    def widths(self, hidden: np.ndarray) -> np.ndarray:
        """Return the interval width proved so far for each cell under a pattern of blanks.

        Every move's multiples count too: a move that can be made twice in one direction proves
        a wider interval than it shows.

        Parameters
        ----------
        hidden : numpy.ndarray of bool, shape (cells,)
            The blanks.

        Returns
        -------
        numpy.ndarray of int, shape (cells,)
            Distance between the outermost values seen.
        """
        strays = np.bincount(
            self._owner, weights=~hidden[self._cell], minlength=max(self._count, 1)
        )
        usable = strays[self._owner] == 0
        low = np.zeros(len(hidden), dtype=np.int64)
        high = np.zeros(len(hidden), dtype=np.int64)
        np.minimum.at(low, self._cell[usable], self._low[usable])
        np.maximum.at(high, self._cell[usable], self._high[usable])
        return high - low

    def proof(self, cell: int, hidden: np.ndarray) -> list[np.ndarray]:
        """Return the one or two witnesses that prove a cell's width.

        Parameters
        ----------
        cell : int
            Position of the cell.
        hidden : numpy.ndarray of bool, shape (cells,)
            The blanks.

        Returns
        -------
        list of numpy.ndarray
            Moves, one entry a cell.
        """
        strays = np.bincount(
            self._owner, weights=~hidden[self._cell], minlength=max(self._count, 1)
        )
        mine = np.flatnonzero((self._cell == cell) & (strays[self._owner] == 0))
        if len(mine) == 0:
            return []
        ends = {
            int(self._owner[mine[np.argmin(self._low[mine])]]),
            int(self._owner[mine[np.argmax(self._high[mine])]]),
        }
        moves = []
        for owner in sorted(ends):
            its = self._owner == owner
            move = np.zeros(len(hidden))
            move[self._cell[its]] = self._step[its]
            moves.append(move)
        return moves

    def unproved(self, hidden: np.ndarray) -> np.ndarray:
        """Return the primary cells whose required width no witness proves yet."""
        problem = self._problem
        return np.flatnonzero(problem.primary & (self.widths(hidden) < problem.need))


# A move that takes nothing from any cell could be repeated for ever; this is far enough.
FAR = 1_000_000
