"""Protect a table of many dimensions with a fixed amount of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.problem import Problem

from .cuts import sum_demands
from .large import mend_with_cubes
from .reopen import reopen
from .repair import widen_each
from .slices import mend_in_slices
from .witnesses import Witnesses

# So many times a pattern is partly opened and mended anew at most, and this much of it.
MOST_AGAIN = 10
AGAIN = 0.2


def labour(problem: Problem) -> int:
    """Tell about how much work it is to mend every sensitive count once.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.

    Returns
    -------
    int
        Searches times their size: sensitive counts times cells that may be hidden.
    """
    return int(problem.asked.sum()) * int(problem.hideable.sum())


def least_blanks(problem: Problem) -> int:
    """Find a number of blanks that no safe pattern can go below, in fractions.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.

    Returns
    -------
    int
        Number of blanks.
    """
    matrix, least = sum_demands(problem).system()
    first = problem.primary
    result = milp(
        np.where(first, 0.0, 1.0),
        constraints=LinearConstraint(matrix, least, np.inf) if len(least) else None,
        bounds=Bounds(first.astype(float), problem.hideable.astype(float)),
    )
    more = 0.0 if result.x is None else np.ceil(result.fun - 1e-6)
    return int(first.sum() + more)


def mend_within(
    problem: Problem,
    cost: np.ndarray,
    witnesses: Witnesses,
    work: int,
    note: Callable[[str], None],
) -> np.ndarray:
    """Mend count by count, then open a fifth of the blanks and mend anew while work is left.

    With every dimension the single sums say less of what a safe pattern needs, so that looking
    for the cheapest pattern that meets them takes minutes and shows little. The work is counted
    in searches, not in seconds: every machine finds the same pattern.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    cost : numpy.ndarray, shape (cells,)
        What each blank costs.
    witnesses : Witnesses
        Where proofs are kept.
    work : int
        How much is done, in the measure of `labour`; each count is mended once in any case.
    note : callable
        Takes one line on how far the work has come.

    Returns
    -------
    numpy.ndarray of bool, shape (cells,)
        A safe pattern, or as safe as it can be made.

    References
    ----------
    Shaw, P. (1998). Using constraint programming and local search methods to solve vehicle
    routing problems. In: Principles and Practice of Constraint Programming, LNCS 1520: part of a
    solution is taken away and put back better.
    """
    demands = sum_demands(problem).system()
    once = max(1, labour(problem))
    # What is left after the first time pays for mending a part at about half the price.
    rounds = 1 + min(MOST_AGAIN, max(0, 2 * (work - once) // once))
    best, start = problem.hideable, problem.primary
    for number in range(rounds):
        note(f"round {number + 1} of {rounds}")
        narrow = witnesses.unproved(start)
        if number:
            narrow = np.random.default_rng(number).permutation(narrow)
        wider = widen_each(problem, start, narrow, witnesses, cost)
        wider = reopen(problem, wider, witnesses, cost, demands, number)
        if number == 0 or wider.sum() <= best.sum():
            best = wider
        extra = np.flatnonzero(best & ~problem.primary)
        start = best.copy()
        size = round(AGAIN * len(extra))
        start[np.random.default_rng(number).choice(extra, size, replace=False)] = False
    return best


def settle_broad(
    problem: Problem,
    cost: np.ndarray,
    grids: Sequence[np.ndarray],
    witnesses: Witnesses,
    work: int,
    large: int,
    slices: int,
    note: Callable[[str], None],
) -> np.ndarray:
    """Protect a table as a whole or, where that is too much, in parts.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    cost : numpy.ndarray, shape (cells,)
        What each blank costs.
    grids : sequence of numpy.ndarray of int
        The table's cells as one array, ``Total`` last on each axis.
    witnesses : Witnesses
        Where proofs are kept.
    work : int
        How much is done for the whole, in the measure of `labour`.
    large : int
        Tables with more cells than this that may be hidden go in parts.
    slices : int
        No part is meant to have more cells than this that may be hidden.
    note : callable
        Takes one line on how far the work has come.

    Returns
    -------
    numpy.ndarray of bool, shape (cells,)
        A safe pattern, or as safe as it can be made.
    """
    if labour(problem) <= work and problem.hideable.sum() <= large:
        return mend_within(problem, cost, witnesses, work, note)

    def settle(part: Problem, price: np.ndarray) -> tuple[np.ndarray, Witnesses]:
        proofs = Witnesses(part)
        return mend_within(part, price, proofs, 0, lambda _: None), proofs

    size = max(1, min(slices, work // max(1, int(problem.asked.sum()))))
    hidden = mend_in_slices(problem, grids[0], witnesses, cost, size, settle, note, proved=True)
    return mend_with_cubes(problem, hidden, grids, witnesses, cost)
