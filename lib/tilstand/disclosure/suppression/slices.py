"""Protect a large table a few slices at a time, each as well as a small table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tilstand.disclosure.problem import Problem

from .witnesses import Witnesses

#: Protects one part as if it were a table: its blanks, and the proofs that they are enough.
Settle = Callable[[Problem, np.ndarray], tuple[np.ndarray, Witnesses]]


def mend_in_slices(
    problem: Problem,
    grid: np.ndarray,
    witnesses: Witnesses,
    cost: np.ndarray,
    size: int,
    settle: Settle,
    note: Callable[[str], None],
    *,
    proved: bool = False,
) -> np.ndarray:
    """Hide in groups of slices, each beside the totals over all slices.

    What a part's proofs move stays within its slices and those totals, so they hold in the whole
    table. Totals that one part hides are blank for the next ones already.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    grid : numpy.ndarray of int
        Position of each cell, one axis a dimension, ``Total`` last on each.
    witnesses : Witnesses
        Where every part's proofs are kept.
    cost : numpy.ndarray, shape (cells,)
        What each blank costs.
    size : int
        About how many cells that may be hidden make a part.
    settle : callable
        Protects a part.
    note : callable
        Takes one line on how far the work has come.
    proved : bool
        Spare a part the counts that an earlier one has proved already.

    Returns
    -------
    numpy.ndarray of bool, shape (cells,)
        A pattern that is safe where every part could be settled.

    References
    ----------
    de Wolf, P.-P. (2002). HiTaS: a heuristic approach to cell suppression in hierarchical tables.
    In: Inference Control in Statistical Databases, LNCS 2316. There, too, subtables are protected
    in turn and what one of them hides is given to the next.
    """
    hidden = problem.primary.copy()
    parts = list(_parts(problem, grid, size))
    for number, at in enumerate(parts, start=1):
        note(f"part {number} of {len(parts)}")
        part = _only(problem, at, hidden)
        if proved:
            done = witnesses.widths(hidden)[at] >= part.need
            part = replace(part, need=np.where(done, 0, part.need))
        blank, proofs = settle(part, cost[at])
        witnesses.adopt(proofs, at)
        hidden[at] |= blank
    return hidden


def _parts(problem: Problem, grid: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Return the cells of each group of slices along the longest axis, with the totals over it."""
    axis = int(np.argmax(grid.shape))
    slices = np.moveaxis(grid, axis, 0).reshape(grid.shape[axis], -1)
    total = np.moveaxis(grid, axis, 0)[-1]
    # Schools of one district stand together: their counts add up to the district's.
    sparse = np.argwhere(np.ones(total.shape, dtype=bool))
    last = np.array(total.shape) - 1
    edges = np.flatnonzero((sparse != last).sum(axis=1) <= 1)
    there = problem.values[slices[:-1]][:, edges] > 0
    order = np.lexsort(there.T[::-1])
    number = max(1, round(float(problem.hideable.sum()) / size))
    for group in np.array_split(order, min(number, max(1, len(order) // 2))):
        yield np.concatenate([slices[group].ravel(), slices[-1]])


def _only(problem: Problem, at: np.ndarray, hidden: np.ndarray) -> Problem:
    """State the problem of some cells while all others stay as they are."""
    matrix = problem.matrix[:, at]
    floor = problem.floor if isinstance(problem.floor, int) else problem.floor[at]
    return Problem(
        problem.values[at],
        matrix[np.diff(matrix.indptr) > 0],
        problem.need[at],
        problem.known[at],
        floor,
        hidden[at],
    )
