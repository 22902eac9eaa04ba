"""Compute feasibility intervals of hidden counts, the way a reader with a computer would.

Nothing here knows how the tables were protected: it sees only what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from .published import Fact, Key, Published

# Sweeps that settle less than this share of the open questions give way to single questions.
FRUITFUL = 0.05
MOST_SWEEPS = 30


@dataclass(frozen=True)
class Interval:
    """Hold what a reader can conclude about one hidden count.

    Parameters
    ----------
    cell : Key
        The count.
    low, high : int
        Ends within which the count has been shown to be free to lie. Where `exact` is false the
        true ends may be wider still.
    exact : bool
        Whether these are the outermost ends.
    """

    cell: Key
    low: int
    high: int
    exact: bool

    @property
    def width(self) -> int:
        """Distance between the ends."""
        return self.high - self.low


def bound_hidden(
    published: Published, enough: int | None = None, cap: int = 100_000
) -> list[Interval]:
    """Bound every hidden count by integer programming.

    Parameters
    ----------
    published : Published
        All that is printed.
    enough : int, optional
        Stop looking for a count's outermost ends once its interval is this wide. Without it
        every interval is exact.
    cap : int
        Largest count that a reader would think of.

    Returns
    -------
    list of Interval
        One a hidden count, sorted by name of the cell.

    Raises
    ------
    ValueError
        When no whole-number table agrees with what is printed.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001), section 2; Hundepool, A. et al. (2012). Statistical
    Disclosure Control. Wiley, section 4.3.1 (disclosure audit).
    """
    attacker = _Attacker(published, cap)
    if not attacker.cells:
        return []
    attacker.start()
    if enough is not None:
        attacker.sweep(enough)
    return [attacker.interval(at, enough) for at in range(len(attacker.cells))]


class _Attacker:
    """Hold the integer program of one reader."""

    def __init__(self, published: Published, cap: int) -> None:
        self.cells = sorted(cell for cell, shown in published.cells.items() if shown is None)
        index = {cell: at for at, cell in enumerate(self.cells)}
        rows: list[dict[int, float]] = []
        low: list[float] = []
        high: list[float] = []
        facts = [
            Fact({total: -1.0, **dict.fromkeys(parts, 1.0)}, 0.0, 0.0)
            for total, parts in published.sums()
        ]
        for fact in [*facts, *published.facts]:
            row: dict[int, float] = {}
            given = 0.0
            for cell, factor in fact.terms.items():
                if cell in index:
                    row[index[cell]] = row.get(index[cell], 0.0) + factor
                else:
                    given += factor * (published.cells.get(cell) or 0)
            if row:
                rows.append(row)
                low.append(fact.low - given)
                high.append(fact.high - given)
        entries = [(value, at, col) for at, row in enumerate(rows) for col, value in row.items()]
        values, where, cols = zip(*entries, strict=True) if entries else ((), (), ())
        self.matrix = sp.csr_matrix((values, (where, cols)), shape=(len(rows), len(self.cells)))
        self.low, self.high = np.array(low), np.array(high)
        # A blank says that there is something to hide; a cell that is nowhere counted says nothing.
        self.least = np.array(
            [0.0 if cell in published.uncounted else published.least_hidden for cell in self.cells]
        )
        self.facts = LinearConstraint(self.matrix, self.low, self.high) if rows else None
        self.cap = float(cap)
        self.seen_low = np.full(len(self.cells), np.inf)
        self.seen_high = np.full(len(self.cells), -np.inf)

    def _search(
        self, aim: np.ndarray, within: tuple[np.ndarray, np.ndarray] | None = None, **options: float
    ) -> np.ndarray | None:
        """Find a whole-number table that agrees with the page and is far out in one direction."""
        lower = self.least
        upper = np.full(len(self.cells), self.cap)
        if within is not None:
            lower, upper = np.maximum(lower, within[0]), np.minimum(upper, within[1])
        result = milp(
            -aim,
            constraints=self.facts,
            integrality=np.ones(len(self.cells)),
            bounds=Bounds(lower, upper),
            options=options,
        )
        if result.x is None:
            return None
        table = np.rint(result.x)
        sums = self.matrix @ table
        if np.all(sums >= self.low - 1e-6) and np.all(sums <= self.high + 1e-6):
            self.seen_low = np.minimum(self.seen_low, table)
            self.seen_high = np.maximum(self.seen_high, table)
            return table
        return None

    def start(self) -> None:
        """Find one table that fits, or say that the page contradicts itself."""
        self.first = self._search(np.zeros(len(self.cells)))
        if self.first is None:
            raise ValueError("no table of whole numbers agrees with what is published")

    def sweep(self, enough: int) -> None:
        """Push many counts at once, up and down, to settle the easy ones."""
        assert self.first is not None
        generator = np.random.default_rng(0)
        room = 2.0 * enough + 2
        for _ in range(MOST_SWEEPS):
            narrow = self.seen_high - self.seen_low < enough
            if narrow.sum() < 4:
                return
            aim = np.where(narrow, generator.choice([-1.0, 1.0], len(self.cells)), 0.0)
            box = (self.first - room, self.first + room)
            self._search(aim, box, mip_rel_gap=0.2, node_limit=5)
            still = self.seen_high - self.seen_low < enough
            if narrow.sum() - still.sum() < FRUITFUL * narrow.sum():
                return

    def interval(self, at: int, enough: int | None) -> Interval:
        """Bound one count as far as is asked."""
        exact = False
        if enough is None or self.seen_high[at] - self.seen_low[at] < enough:
            aim = np.zeros(len(self.cells))
            for sign in (1.0, -1.0):
                aim[at] = sign
                self._search(aim, mip_rel_gap=0.0)
            exact = True
        return Interval(self.cells[at], int(self.seen_low[at]), int(self.seen_high[at]), exact)
