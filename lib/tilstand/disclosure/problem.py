"""State a suppression problem: what must hide, what may, and what the reader knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class Problem:
    """Hold one cell suppression problem.

    Parameters
    ----------
    values : numpy.ndarray of int, shape (cells,)
        True counts.
    matrix : scipy.sparse.csr_matrix, shape (sums, cells)
        1 at the parts of a sum and -1 at its total.
    need : numpy.ndarray of int, shape (cells,)
        Required distance between the ends of what may be concluded; 0 where a cell is open.
    known : numpy.ndarray of bool, shape (cells,)
        Cells that are public already and cannot be hidden.
    floor : int or numpy.ndarray of int, shape (cells,)
        Smallest count that a reader must reckon with behind a blank; one for all, or one a cell.
    given : numpy.ndarray of bool, shape (cells,), optional
        Cells that are blank already for the sake of others and stay so.
    """

    values: np.ndarray
    matrix: sp.csr_matrix
    need: np.ndarray
    known: np.ndarray
    floor: int | np.ndarray = 1
    given: np.ndarray | None = None

    @cached_property
    def hideable(self) -> np.ndarray:
        """Cells that may be hidden: not public, and not a true zero that is shown as such."""
        return ~self.known & (self.values >= self.floor)

    @cached_property
    def asked(self) -> np.ndarray:
        """Cells that must be hidden and stay in doubt."""
        return (self.need > 0) & self.hideable

    @cached_property
    def primary(self) -> np.ndarray:
        """Cells that must be hidden: those asked for, and those that are blank already."""
        return self.asked if self.given is None else self.asked | (self.given & self.hideable)

    @cached_property
    def slack(self) -> np.ndarray:
        """How far each cell could lie below its true count."""
        return np.where(self.hideable, self.values - self.floor, 0)

    @cached_property
    def live(self) -> sp.csr_matrix:
        """The sums without the cells that can never move, and without empty or equal rows."""
        kept = sp.csr_matrix(self.matrix.multiply(self.hideable[None, :]))
        kept.eliminate_zeros()
        kept.sort_indices()
        seen: dict[tuple[bytes, bytes], int] = {}
        for row in range(kept.shape[0]):
            part = slice(kept.indptr[row], kept.indptr[row + 1])
            if part.stop > part.start:
                seen.setdefault((kept.indices[part].tobytes(), kept.data[part].tobytes()), row)
        return kept[sorted(seen.values())]

    def sums(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """List the positions and signs of each live sum."""
        live = self.live
        cuts = live.indptr[1:-1]
        return list(zip(np.split(live.indices, cuts), np.split(live.data, cuts), strict=True))
