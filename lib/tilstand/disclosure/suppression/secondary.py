"""Choose the fewest blanks that keep every small count in doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.errors import UnprotectableError
from tilstand.disclosure.problem import Problem

from .broad import labour, least_blanks, settle_broad
from .cuts import Demands, path_demand, sum_demands
from .large import mend_with_cubes
from .probe import Probe, unsafe_cells
from .reopen import reopen
from .repair import widen_each
from .slices import mend_in_slices
from .witnesses import Witnesses

MOST_ROUNDS = 20
# So many attempts in a row that bring nothing are enough.
PATIENCE = 3
# A pattern this close to the proven least number of blanks is good enough, and a little less
# close after each attempt that failed.
GOOD = 0.06
IMPATIENCE = 0.01
LEAST_GOOD = 0.09
MASTER_GAP = 0.02
# Tables with more cells than this are protected in parts or by hypercubes, to a coarser bound.
LARGE = 1500
LARGE_GAP = 0.02
# Where the work is limited, a pattern is mended after so many rounds at the latest.
EARLY = 6
# There, demands are collected only in tables with so few cells that may be hidden.
MOST_CELLS = 350
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
    slices: int = 0,
    note: Callable[[str], None] | None = None,
    work: int = 0,
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
        Systems with more cells than this that may be hidden are large: hypercubes protect them in
        seconds, with about a third more blanks.
    slices : int
        A large system of one table is protected in parts of about so many cells that may be
        hidden instead: in a minute or two, with few blanks too many. 0 leaves it to hypercubes.
    note : callable, optional
        Takes one line on how far the work has come.
    work : int
        How much is done at most for one table of many dimensions, in the measure of
        `broad.labour`, where the best pattern is out of reach. 0 looks for the best pattern.

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
    note = note or _say_nothing
    witnesses = Witnesses(problem)
    _refuse_impossible(problem, witnesses)
    if work and labour(problem) <= work // 2 and problem.hideable.sum() <= MOST_CELLS:
        hidden, bound, rounds = _settle(problem, cost, witnesses, note, most=2, nodes=1)
    elif work:
        hidden = settle_broad(problem, cost, grids, witnesses, work, large, slices, note)
        bound, rounds = least_blanks(problem), 1
    elif not grids or problem.hideable.sum() <= large:
        hidden, bound, rounds = _settle(problem, cost, witnesses, note)
    else:
        first, bound = _cheapest(problem, sum_demands(problem), cost, gap=LARGE_GAP)
        hidden = mend_with_cubes(problem, first, grids, witnesses, cost)
        if slices and len(grids) == 1:
            grid = grids[0]
            parts = mend_in_slices(problem, grid, witnesses, cost, slices, _settle_part, note)
            parts = mend_with_cubes(problem, parts, grids, witnesses, cost)
            hidden = min(parts, hidden, key=np.sum)
        rounds = 1
    hidden = _prove_the_rest(problem, hidden, witnesses)
    _refuse_unproved(witnesses, hidden)
    return Pattern(hidden, problem.primary, bound, witnesses.widths(hidden), rounds)


def _settle(
    problem: Problem,
    cost: np.ndarray,
    witnesses: Witnesses,
    note: Callable[[str], None],
    most: int = MOST_ROUNDS,
    nodes: int | None = None,
) -> tuple[np.ndarray, int, int]:
    """Collect demands until the cheapest pattern is safe, or can be mended at little cost.

    Returns the pattern, a number of blanks that none goes below, and how many rounds it took.
    No more than `most` attempts are made to mend a pattern. With `nodes`, each search for the
    cheapest pattern takes no more branches than that, and the first attempt comes early.
    """
    demands = sum_demands(problem)
    bound = stalled = attempts = idle = 0
    best: np.ndarray | None = None
    for number in range(1, MOST_ROUNDS + 1):
        note(f"round {number}")
        hidden, low = _cheapest(problem, demands, cost, nodes=nodes)
        bound = max(bound, low)
        before = len(demands)
        narrow = _tighten(problem, hidden, witnesses, demands, number)
        last = len(demands) == before or number == MOST_ROUNDS
        # While demands raise the bound they do more good than mending; once they stop doing so,
        # each attempt lowers what is thought good enough.
        raised, stalled = low > stalled, max(stalled, low)
        early = nodes is None or number < EARLY
        if not last and raised and early and len(narrow) > FEW:
            continue
        attempts += 1
        wider = widen_each(problem, hidden, narrow, witnesses, cost)
        wider = reopen(problem, wider, witnesses, cost, demands.system(), number)
        idle += 1
        if best is None or wider.sum() < best.sum():
            best, idle = wider, 0
        enough = min(GOOD + IMPATIENCE * (attempts - 1), LEAST_GOOD)
        good = best.sum() <= bound * (1 + enough)
        if last or good or idle == PATIENCE or attempts == most:
            break
    assert best is not None
    return best, bound, number


def _settle_part(problem: Problem, cost: np.ndarray) -> tuple[np.ndarray, Witnesses]:
    """Protect a part of a large table; what cannot be done in it is left to the whole."""
    witnesses = Witnesses(problem)
    try:
        hidden, _, _ = _settle(problem, cost, witnesses, _say_nothing, most=1)
    except UnprotectableError:
        return problem.primary, witnesses
    return hidden, witnesses


def _say_nothing(_: str) -> None:
    """Take a line on progress that nobody waits for."""


def _cheapest(
    problem: Problem,
    demands: Demands,
    cost: np.ndarray,
    gap: float = MASTER_GAP,
    nodes: int | None = None,
) -> tuple[np.ndarray, int]:
    """Find the cheapest pattern that meets the demands, and how many blanks any needs."""
    matrix, least = demands.system()
    first = problem.primary
    result = milp(
        np.where(first, 0.0, cost),
        constraints=LinearConstraint(matrix, least, np.inf) if len(demands) else None,
        integrality=np.ones(len(cost)),
        bounds=Bounds(first.astype(float), problem.hideable.astype(float)),
        options={"mip_rel_gap": gap} | ({} if nodes is None else {"node_limit": nodes}),
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


def _prove_the_rest(problem: Problem, hidden: np.ndarray, witnesses: Witnesses) -> np.ndarray:
    """Blank what a proof needs for counts that no cheap proof was found for."""
    for cell in witnesses.unproved(hidden):
        probe = Probe(problem, problem.hideable, witnesses)
        probe.reach(int(cell), whole=False)
        if witnesses.widths(problem.hideable)[cell] < problem.need[cell]:
            probe.reach(int(cell), whole=True)
        hidden = hidden.copy()
        for move in witnesses.proof(int(cell), problem.hideable):
            hidden |= move != 0
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
