"""Attack what has been published, the way a curious reader with a computer would.

Nothing here knows how the tables were protected: it sees only what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from .published import Fact, Key, Published, name

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


@dataclass(frozen=True)
class Audit:
    """Hold what an attack found.

    Parameters
    ----------
    intervals : list of Interval
        One a hidden count.
    faults : list of str
        One line for everything that must not be published as it stands.
    """

    intervals: list[Interval]
    faults: list[str]

    @property
    def recovered(self) -> int:
        """Count the blanks whose number can be computed."""
        return sum(interval.width == 0 for interval in self.intervals)

    @property
    def narrowest(self) -> int | None:
        """Return the smallest width of a hidden count; None where nothing is hidden."""
        return min((interval.width for interval in self.intervals), default=None)


def audit(
    published: Published,
    min_count: int = 5,
    width: int = 3,
    truth: Mapping[Key, int] | None = None,
    already_public: frozenset[Key] = frozenset(),
    enough: int | None = None,
) -> Audit:
    """Attack what is published and list every small count that gives way.

    Parameters
    ----------
    published : Published
        All that is printed.
    min_count : int
        Counts from 1 to ``min_count - 1`` must not be printed nor computable.
    width : int
        Required distance between the ends of what may be concluded about such a count.
    truth : mapping of Key to int, optional
        The true counts. Without them every blank that could be a small count is taken for one.
    already_public : frozenset of Key
        Cells that others have published; printing them again gives nothing away.
    enough : int, optional
        Stop widening an interval here (default `width`); larger values cost time.

    Returns
    -------
    Audit
        Intervals and faults.
    """
    faults = list(published.contradictions)
    for cell, shown in sorted(published.cells.items()):
        if shown is not None and 0 < shown < min_count and cell not in already_public:
            faults.append(f"{name(cell)}: '{shown}', expected a blank for fewer than {min_count}")
    try:
        intervals = bound_hidden(published, width if enough is None else enough)
    except ValueError as fault:
        return Audit([], [*faults, str(fault)])
    for interval in intervals:
        true = None if truth is None else truth.get(interval.cell)
        small = interval.low < min_count if true is None else 0 < true < min_count
        # Nobody is behind a zero, so a cell shown to be empty gives no one away.
        if small and interval.high > 0 and interval.width < width:
            faults.append(
                f"{name(interval.cell)}: '{interval.low} to {interval.high}', expected an interval "
                f"of {width} or more"
            )
    return Audit(intervals, faults)


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
