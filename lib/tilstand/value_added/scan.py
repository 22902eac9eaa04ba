"""A first look at a likelihood over all variance ratios, and its highest peak from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

import numpy as np
from scipy.optimize import brentq

from tilstand.value_added.peak import clear_peak

# The search covers variance ratios far outside anything seen in schools.
_SMALLEST, LARGEST = 1e-10, 1e12
#: Where a likelihood is looked at: zero, and even steps of the ratio's logarithm.
GRID = np.append(0.0, np.geomspace(_SMALLEST, LARGEST, 67))
_STEP = log(LARGEST / _SMALLEST) / 66
# With this many schools only the middle of the grid is looked at first: as many steps below and
# above a ratio of one over the schools' size.
_MANY, _BELOW, _ABOVE = 64, 5, 9
# What is left out lies at least this far below the top (logarithm).
_SURELY_LOW = 20.0

#: Receives ratios, returns their log-likelihoods and the Cholesky factors of their cross-products.
Factors = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Scan:
    """Hold a likelihood at the ratios of the grid that may matter.

    Parameters
    ----------
    ratio : ndarray, shape (g,)
        Neighbours on the grid.
    heights : ndarray, shape (g,)
        The log-likelihood there.
    bound : float
        What it is not above at any other ratio of the grid; ``-inf`` where there is none.
    """

    ratio: np.ndarray
    heights: np.ndarray
    bound: float = -np.inf


def look(
    factors: Factors, *, schools: int, pupils: int, smallest: float, degrees: int, p: int
) -> Scan:
    """Look at a likelihood over the grid, but not where it surely lies far below its top.

    Parameters
    ----------
    factors : callable
        Evaluates the likelihood.
    schools, pupils : int
        How many there are.
    smallest : float
        Pupils of the smallest school.
    degrees, p : int
        Degrees of freedom and predictors, as in `ProfileLikelihood`.

    Returns
    -------
    Scan
        With neighbours of the top on both sides.

    Notes
    -----
    In the terms of `ProfileLikelihood`: ``A(r)`` falls as ``r`` rises, and with it ``S`` and
    ``|A_xx|``. Below a ratio ``a``, then, only the sum of ``log(1 + n_j r)`` can make the
    likelihood higher than at ``a``, by half of its value there, which is ``N a`` at most. Above a
    ratio ``b`` it is ``A(r) >= A(b) b / r``, so that ``log|A_xx|`` falls by ``p log(r / b)`` at
    most, while that sum rises by ``J - J / (1 + n b)`` times ``log(r / b)`` at least, ``n`` the
    smallest school: where that is more than ``p``, only ``S`` can make the likelihood higher than
    at ``b``, and not by more than it falls up to the largest ratio.
    """
    if schools < _MANY:
        return Scan(GRID, factors(GRID)[0])
    middle = 1 + round(log(schools / pupils / _SMALLEST) / _STEP)
    first, last = max(middle - _BELOW, 1), min(middle + _ABOVE, len(GRID) - 2)
    found, factor = factors(GRID[[*range(first, last + 1), -1]])
    ratio, heights = GRID[first : last + 1], found[:-1]
    low = float(heights[0]) + pupils * float(ratio[0]) / 2
    gained = degrees * log(factor[-2, -1, -1] / factor[-1, -1, -1])
    enough = schools - schools / (1 + smallest * float(ratio[-1])) >= p
    high = float(heights[-1]) + gained if enough else np.inf
    least = float(heights.max()) - _SURELY_LOW
    if not low < least:
        heights = np.concatenate([factors(GRID[:first])[0], heights])
        first, low = 0, -np.inf
    if not high < least:
        heights = np.concatenate([heights, factors(GRID[last + 1 :])[0]])
        last, high = len(GRID) - 1, -np.inf
    return Scan(GRID[first : last + 1], heights, max(low, high))


def highest_ratio(
    scan: Scan,
    score: Callable[[float], float],
    height: Callable[[float], float],
    *,
    none: float,
    in_steps: bool,
) -> tuple[float, int]:
    """Find the ratio where a likelihood is highest.

    Parameters
    ----------
    scan : Scan
        The likelihood on a grid.
    score, height : callable
        Its derivative with respect to the ratio, and the likelihood itself.
    none : float
        The score at zero; zero is no candidate where it is positive.
    in_steps : bool
        Go to a plain peak in few steps, rather than close in on it.

    Returns
    -------
    ratio : float
        Where the likelihood is highest.
    evaluations : int
        How often its score was asked for.
    """
    known: dict[float, float] = {}

    def scaled(log_ratio: float) -> float:
        if log_ratio not in known:
            known[log_ratio] = score(exp(log_ratio)) * exp(log_ratio)
        return known[log_ratio]

    ratios, heights = scan.ratio.tolist(), scan.heights.tolist()
    # Candidates are height and ratio.
    candidates = [(heights[0], 0.0)] if none <= 0 else []
    # Every top of the scan holds a peak between its neighbours; below the scan lies zero.
    threes = zip(heights, heights[1:], [*heights[2:], -np.inf], strict=False)
    tops = [i for i, (before, one, after) in enumerate(threes, 1) if before <= one > after]
    for i in tops:
        near = heights[max(i - 3, 0) : i + 4]
        plain = in_steps and len(tops) == 1 and none > 0 and len(near) == 7 and ratios[i - 3] > 0
        root = clear_peak(near, log(ratios[i]), _STEP, scaled) if plain else None
        if root is not None:
            candidates.append((0.0, exp(root)))
            continue
        low = log(ratios[i - 1] or _SMALLEST * 1e-6)
        high = log(ratios[min(i + 1, len(ratios) - 1)])
        # Flat to rounding, as close to zero: no root, and zero is among the candidates.
        if scaled(low) <= 0 or scaled(high) > 0:
            continue
        root = brentq(scaled, low, high, xtol=1e-15, rtol=1e-15)
        # One peak needs no height to be compared with.
        only = len(tops) == 1 and not candidates
        candidates.append((0.0 if only else height(exp(root)), exp(root)))
    return max(candidates, default=(heights[0], 0.0))[1], len(known)
