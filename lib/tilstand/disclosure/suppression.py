"""Choose the fewest blanks that keep every small count in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from .cuts import Demands, path_demand, sum_demands
from .errors import DisclosureError
from .large import mend_with_cubes
from .probe import Probe, unsafe_cells
from .problem import Problem
from .repair import reopen, widen
from .witnesses import Witnesses

MOST_ROUNDS = 20
# A pattern this close to the proven least number of blanks is good enough, and a little less
# close after each attempt that failed.
GOOD = 0.05
IMPATIENCE = 0.01
LEAST_GOOD = 0.08
MASTER_GAP = 0.02
# Tables with more cells than this are left to the hypercubes, and to a coarser bound.
LARGE = 1500
LARGE_GAP = 0.02
# So many demands are added before the pattern is chosen anew: one demand often mends many counts.
A_ROUND = 20
# So many narrow counts are worth mending one by one, to see whether that is good enough.
FEW = 12
# Prefer a blank in an inner cell to one in a margin when both protect as well.
MARGIN_PRICE = 0.01


@dataclass(frozen=True)
class Pattern:
    """Hold a safe pattern of blanks and what is known about how good it is.

    Parameters
    ----------
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    primary : numpy.ndarray of bool, shape (cells,)
        Blanks that the rules ask for themselves.
    at_least : int
        Number of blanks that no safe pattern can go below.
    width : numpy.ndarray of int, shape (cells,)
        Interval width proved for each cell (at least what is required, not the largest there is).
    rounds : int
        How often the pattern was revised.
    """

    hidden: np.ndarray
    primary: np.ndarray
    at_least: int
    width: np.ndarray
    rounds: int


def suppress(
    problem: Problem,
    margin_depth: np.ndarray | None = None,
    grids: Sequence[np.ndarray] = (),
    large: int = LARGE,
) -> Pattern:
    """Hide as few cells as possible so that every sensitive count stays wide enough.

    Demands on the blanks are collected until the cheapest pattern that meets them is safe: first
    what each sum demands by itself, then what a reader's best attack on the pattern of the moment
    shows to be missing, in fractions, and last in whole numbers. Every sensitive count ends with
    tables in hand that prove its interval.

    Parameters
    ----------
    problem : Problem
        Counts, sums, required widths and public cells.
    margin_depth : numpy.ndarray of int, optional
        How many dimensions each cell is summed over; breaks ties in favour of showing margins.
    grids : sequence of numpy.ndarray of int, optional
        The tables' cells as arrays; with them large tables are protected by hypercubes.
    large : int
        Systems with more cells than this that may be hidden are large: quicker to protect, with
        about a third more blanks.

    Returns
    -------
    Pattern
        The blanks, proved safe.

    Raises
    ------
    DisclosureError
        When no pattern protects some count because of what is public already.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47(7), 1008-1027.
    """
    depth = np.zeros(len(problem.values)) if margin_depth is None else margin_depth
    # Ties go to inner cells before margins, and to small counts before large ones.
    size = problem.values / max(1, int(problem.values.max(initial=0)))
    cost = 1.0 + MARGIN_PRICE * (depth / max(1.0, float(np.max(depth, initial=0))) + size) / 2
    witnesses = Witnesses(problem)
    _refuse_impossible(problem, witnesses)
    demands = sum_demands(problem)
    if grids and problem.hideable.sum() > large:
        hidden, bound = _cheapest(problem, demands, cost, gap=LARGE_GAP)
        hidden = mend_with_cubes(problem, hidden, grids, witnesses, cost)
        _refuse_unproved(witnesses, hidden)
        return Pattern(hidden, problem.primary, bound, witnesses.widths(hidden), 1)
    bound = stalled = attempts = 0
    best: np.ndarray | None = None
    for number in range(1, MOST_ROUNDS + 1):
        hidden, low = _cheapest(problem, demands, cost)
        bound = max(bound, low)
        before = len(demands)
        narrow = _tighten(problem, hidden, witnesses, demands, number)
        last = len(demands) == before or number == MOST_ROUNDS
        # While demands raise the bound they do more good than mending; once they stop doing so,
        # each attempt lowers what is thought good enough.
        raised, stalled = low > stalled, max(stalled, low)
        if not last and raised and len(narrow) > FEW:
            continue
        attempts += 1
        wider = _repair(problem, hidden, narrow, witnesses, cost)
        wider = reopen(problem, wider, witnesses, cost, demands.system())
        if best is None or wider.sum() < best.sum():
            best = wider
        enough = min(GOOD + IMPATIENCE * (attempts - 1), LEAST_GOOD)
        if last or best.sum() <= bound * (1 + enough):
            break
    assert best is not None
    _refuse_unproved(witnesses, best)
    return Pattern(best, problem.primary, bound, witnesses.widths(best), number)


def _cheapest(
    problem: Problem, demands: Demands, cost: np.ndarray, gap: float = MASTER_GAP
) -> tuple[np.ndarray, int]:
    """Find the cheapest pattern that meets the demands, and how many blanks any needs."""
    matrix, least = demands.system()
    first = problem.primary
    result = milp(
        np.where(first, 0.0, cost),
        constraints=LinearConstraint(matrix, least, np.inf) if len(demands) else None,
        integrality=np.ones(len(cost)),
        bounds=Bounds(first.astype(float), problem.hideable.astype(float)),
        options={"mip_rel_gap": gap},
    )
    if result.x is None:
        raise UnprotectableError(first)
    # The tie-break costs at most its share, so this many blanks are needed in any case.
    secondary = np.ceil(result.mip_dual_bound / (1 + MARGIN_PRICE) - 1e-6)
    return result.x > 0.5, int(first.sum() + max(secondary, 0))


def _tighten(
    problem: Problem, hidden: np.ndarray, witnesses: Witnesses, demands: Demands, seed: int
) -> np.ndarray:
    """Add demands that the pattern breaks; return the counts it leaves too narrow."""
    targets = witnesses.unproved(hidden)
    if len(targets) == 0:
        return targets
    probe = Probe(problem, hidden, witnesses)
    doubtful: list[int] = []
    narrow = 0
    covered = np.zeros(len(hidden), dtype=bool)
    before = len(demands)
    for cell in np.random.default_rng(seed).permutation(probe.sweep(targets, seed)):
        need = problem.need[cell]
        if witnesses.widths(hidden)[cell] >= need:
            continue
        # A count that stands in a demand of this round will mostly be mended with it.
        if covered[cell] or len(demands) - before >= A_ROUND:
            narrow += 1
            continue
        found = path_demand(problem, hidden, int(cell))
        if found is None:
            probe.reach(int(cell), whole=False)
            if witnesses.widths(hidden)[cell] < need:
                doubtful.append(int(cell))
            continue
        demands.add(*found[0])
        covered[found[1]] = True
        narrow += 1
    if narrow <= FEW:
        for cell in doubtful:
            probe.reach(cell, whole=True)
    return witnesses.unproved(hidden)


def _repair(
    problem: Problem,
    hidden: np.ndarray,
    narrow: np.ndarray,
    witnesses: Witnesses,
    cost: np.ndarray,
) -> np.ndarray:
    """Mend narrow counts one by one."""
    for cell in narrow:
        if witnesses.widths(hidden)[cell] < problem.need[cell]:
            wider = widen(problem, hidden, int(cell), witnesses, cost)
            hidden = hidden if wider is None else wider
    return hidden


def _refuse_unproved(witnesses: Witnesses, hidden: np.ndarray) -> None:
    """Never hand out a pattern without a proof for every sensitive count."""
    unproved = witnesses.unproved(hidden)
    if len(unproved):
        raise UnprotectableError(np.isin(np.arange(len(hidden)), unproved))


def _refuse_impossible(problem: Problem, witnesses: Witnesses) -> None:
    """Stop when even blanking all that may be blank leaves a count too narrow."""
    lost = problem.primary
    # Zeros that stay in sight take nothing away that a safe pattern could use.
    if not (problem.known & (problem.values > 0)).any():
        return
    narrow = unsafe_cells(problem, problem.hideable, witnesses, whole=True)
    if len(narrow):
        raise UnprotectableError(lost & np.isin(np.arange(len(lost)), narrow))


class UnprotectableError(DisclosureError):
    """Report counts that what is public already gives away.

    Parameters
    ----------
    cells : numpy.ndarray of bool
        The counts.
    """

    def __init__(self, cells: np.ndarray) -> None:
        self.cells = np.flatnonzero(cells)
        super().__init__(
            f"{len(self.cells)} counts cannot be protected: what is public already gives them "
            "away; merge the categories of a dimension"
        )
