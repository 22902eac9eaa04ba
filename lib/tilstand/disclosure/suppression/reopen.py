"""Reopen secondary suppressions that no sensitive count needs."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tilstand.disclosure.problem import Problem

from .bundles import cheapest_proof
from .circuits import DETOUR
from .witnesses import Witnesses


def reopen(
    problem: Problem,
    hidden: np.ndarray,
    witnesses: Witnesses,
    cost: np.ndarray,
    demands: tuple[sp.csr_matrix, np.ndarray],
    seed: int = 0,
) -> np.ndarray:
    """Open blanks that no sensitive count needs.

    Every sensitive count gets a short proof among the blanks, and those that no proof needs are
    opened. Then each of the others is opened if the counts that it proves find another proof.

    Parameters
    ----------
    problem : Problem
        Counts, sums and required widths.
    hidden : numpy.ndarray of bool, shape (cells,)
        A safe pattern.
    witnesses : Witnesses
        Proofs that the pattern is safe; the short ones are added.
    cost : numpy.ndarray, shape (cells,)
        What each blank costs.
    demands : tuple of scipy.sparse.csr_matrix and numpy.ndarray
        Demands that any good pattern meets: what they need is not tried.
    seed : int
        Seed of the order in which counts choose their proofs.

    Returns
    -------
    numpy.ndarray of bool
        A safe pattern within the given one.
    """
    short = Witnesses(problem)
    kept = problem.primary.copy()
    for cell in np.random.default_rng(seed).permutation(np.flatnonzero(problem.asked)):
        if short.widths(kept)[cell] >= problem.need[cell]:
            continue
        found = cheapest_proof(problem, int(cell), np.where(kept, DETOUR, cost), hidden)
        for move in found or witnesses.proof(int(cell), hidden):
            short.add(move)
            kept |= move != 0
    _open_each(problem, kept, short, cost, demands)
    witnesses.adopt(short, np.arange(len(kept)))
    return kept


def _open_each(
    problem: Problem,
    hidden: np.ndarray,
    short: Witnesses,
    cost: np.ndarray,
    demands: tuple[sp.csr_matrix, np.ndarray],
) -> None:
    """Open one blank after the other, dearest first, as long as every proof can be replaced."""
    matrix, least = demands[0].tocsc(), demands[1]
    spare = matrix @ hidden.astype(float) - least
    extra = np.flatnonzero(hidden & ~problem.primary)
    free = np.full(len(hidden), DETOUR)
    for cell in extra[np.lexsort((extra, -problem.values[extra], -cost[extra]))]:
        part = slice(matrix.indptr[cell], matrix.indptr[cell + 1])
        rows, sizes = matrix.indices[part], matrix.data[part]
        if np.any(spare[rows] - sizes < -1e-6):
            continue
        hidden[cell] = False
        for lost in short.unproved(hidden):
            if short.widths(hidden)[lost] >= problem.need[lost]:
                continue
            found = cheapest_proof(problem, int(lost), free, hidden)
            if not found:
                hidden[cell] = True
                break
            for move in found:
                short.add(move)
        else:
            spare[rows] -= sizes
