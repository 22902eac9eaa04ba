"""The highest point of the nested likelihood, from several starts, with its boundary said."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import minimize

from tilstand.value_added.errors import ConstantOutcomeError
from tilstand.value_added.layers.recursion import LayeredLikelihood

_TOTALS = np.geomspace(1e-4, 1e2, 7)
_SHARES = (0.02, 0.2, 1.0)
_STARTS = 3
# A ratio below this may be what a search left of zero.
_SMALL = 1e-3
# Ratios that each level is tried at by itself, far outside anything seen in schools.
_ALONE = np.geomspace(1e-6, 1e10, 33)
# A ratio that adds less than this to the weight of all pupils together is tried at zero.
_NOTHING = 1e-5
_LARGEST = 1e11


@dataclass(frozen=True)
class LayeredOptimum:
    """Record where the nested likelihood is highest and how it was found.

    Parameters
    ----------
    ratio : ndarray, shape (L,)
        Variances over the residual variance, innermost level first.
    log_likelihood : float
        Its logarithm there, in lme4's convention.
    score : ndarray, shape (L,)
        Derivatives with respect to ``log(ratio)``, or to the ratio itself where it is zero.
    boundary : ndarray of bool, shape (L,)
        Levels whose best variance is zero.
    converged : bool
        Whether all scores are zero to rounding, or not positive at zero.
    evaluations : int
        Evaluations of the likelihood.
    starts : int
        Starts the search was made from.
    """

    ratio: np.ndarray
    log_likelihood: float
    score: np.ndarray
    boundary: np.ndarray
    converged: bool
    evaluations: int
    starts: int


def find_optimum(likelihood: LayeredLikelihood) -> LayeredOptimum:
    """Maximise the nested likelihood.

    Parameters
    ----------
    likelihood : LayeredLikelihood
        The model.

    Returns
    -------
    LayeredOptimum
        The best of several searches.

    Raises
    ------
    ConstantOutcomeError
        If nothing is left between pupils of a leaf.

    Notes
    -----
    An SD of zero is a stationary point in SDs, so searches start inside, from the highest of a
    scan that differ in the order of their variances; Newton's steps in the ratios, with exact
    scores, end each, and a variance of zero is kept only if the score there is not positive.
    """
    scan = _scan(likelihood.tree.depth)
    heights = likelihood.heights(scan)
    count = len(scan)
    best: tuple[float, np.ndarray] | None = None
    starts = _starts(scan, heights)
    starts[0] = _one_by_one(likelihood, starts[0])
    count += 2 * len(_ALONE) * likelihood.tree.depth
    for start in starts:
        ratio, used = _climb(likelihood, start)
        ratio, more = _polish(likelihood, ratio)
        ratio, tried = _at_zero(likelihood, ratio)
        more += tried
        height = float(likelihood.heights(ratio[None])[0])
        count += used + more + 1
        if best is None or height > best[0] + 1e-9:
            best = height, ratio
    assert best is not None
    height, ratio = best
    if ratio.max() >= _LARGEST:
        raise ConstantOutcomeError(
            f"{likelihood.statistics.names[-1]}: pupils of a group all have what the predictors "
            "say, nothing is left to estimate from"
        )
    slope = likelihood.gradient(ratio[None])[1][0]
    boundary = ratio == 0
    score = np.where(boundary, slope, slope * ratio)
    steep = 1e-8 * max(1, len(likelihood.n))
    settled = np.where(boundary, slope <= steep, np.abs(score) < steep)
    return LayeredOptimum(ratio, height, score, boundary, bool(settled.all()), count, len(starts))


def _scan(depth: int) -> np.ndarray:
    if depth == 1:
        return np.geomspace(1e-6, 1e4, 21)[:, None]
    shares = [one for one in product(_SHARES, repeat=depth) if max(one) == 1.0]
    return np.array([total * np.array(share) for total in _TOTALS for share in shares])


def _starts(scan: np.ndarray, heights: np.ndarray) -> list[np.ndarray]:
    """Take the highest point of the scan for each level that could be the largest."""
    order = np.argsort(-heights, kind="stable")
    chosen: list[np.ndarray] = []
    seen: set[int] = set()
    for at in order.tolist():
        largest = int(np.argmax(scan[at]))
        if largest not in seen:
            seen.add(largest)
            chosen.append(scan[at])
        if len(chosen) == _STARTS:
            break
    return chosen


def _one_by_one(likelihood: LayeredLikelihood, start: np.ndarray) -> np.ndarray:
    """Move one ratio after the other to its best value on a wide scale, twice."""
    best = start
    for _ in range(2):
        for level in range(len(start)):
            tried = np.repeat(best[None], len(_ALONE) + 1, axis=0)
            tried[1:, level] = _ALONE
            best = tried[int(np.argmax(likelihood.heights(tried)))]
    return best


def _climb(likelihood: LayeredLikelihood, start: np.ndarray) -> tuple[np.ndarray, int]:
    size = np.sqrt(start)

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        sd = x * size
        height, slope = likelihood.gradient((sd * sd)[None])
        return -float(height[0]), -slope[0] * 2 * sd * size

    found = minimize(
        loss,
        np.ones(len(start)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, float(np.sqrt(_LARGEST) / one)) for one in size],
        options={"ftol": 1e-13, "gtol": 1e-4, "maxiter": 200},
    )
    return np.asarray((found.x * size) ** 2), int(found.nfev)


def _polish(likelihood: LayeredLikelihood, ratio: np.ndarray) -> tuple[np.ndarray, int]:
    """Take Newton's steps in log ratios; ratios that the likelihood wants at zero stay there."""
    nothing = min(1e-9, _NOTHING / likelihood.pupils)
    ratio = np.where(ratio < nothing, 0.0, ratio)
    used = 0
    for _ in range(60):
        height, slope = likelihood.gradient(ratio[None])
        used += 1
        free = ratio > 0
        wanted = ~free & (slope[0] > 0)
        if wanted.any():
            # Zero was a trap: set off again from a small variance.
            ratio = np.where(wanted, max(float(ratio.max()) * 1e-3, 1e-6), ratio)
            ratio, more = _climb(likelihood, np.where(ratio > 0, ratio, nothing))
            ratio = np.where(ratio < nothing, 0.0, ratio)
            used += more
            continue
        at = np.flatnonzero(free)
        score = slope[0][at] * ratio[at]
        if not len(at) or np.abs(score).max() < 1e-11 * max(1.0, len(likelihood.n)):
            return ratio, used
        curvature = _curvature(likelihood, ratio, at)
        used += 2 * len(at)
        values, vectors = np.linalg.eigh(curvature)
        bent = np.minimum(values, -1e-3 * max(1e-9, np.abs(values).max()))
        step = -(vectors / bent) @ (vectors.T @ score)
        step *= min(1.0, 2.0 / np.abs(step).max())
        for _ in range(30):
            moved = ratio.copy()
            moved[at] = np.minimum(ratio[at] * np.exp(step), _LARGEST)
            reached = float(likelihood.heights(moved[None])[0])
            used += 1
            if reached >= height[0] - 1e-9 * max(1.0, abs(height[0]) * 1e-3):
                break
            step /= 3
        else:
            return ratio, used
        if np.abs(step).max() < 1e-13:
            return moved, used
        ratio = np.where(moved < nothing, 0.0, moved)
    return ratio, used


def _at_zero(likelihood: LayeredLikelihood, ratio: np.ndarray) -> tuple[np.ndarray, int]:
    """Put small variances at zero where the likelihood falls from there on."""
    used = 0
    for level in np.argsort(ratio):
        if not 0 < ratio[level] < _SMALL:
            continue
        moved = ratio.copy()
        moved[level] = 0.0
        height, slope = likelihood.gradient(np.stack([ratio, moved]))
        used += 2
        if slope[1, level] <= 0 and height[1] >= height[0] - 1e-10 * abs(height[0]):
            ratio, more = _polish(likelihood, moved)
            used += more
    return ratio, used


def _curvature(likelihood: LayeredLikelihood, ratio: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Difference the exact scores in log ratios."""
    width = 1e-4
    points = np.repeat(ratio[None], 2 * len(at), axis=0)
    for i, k in enumerate(at.tolist()):
        points[2 * i, k] *= np.exp(width)
        points[2 * i + 1, k] *= np.exp(-width)
    slopes = likelihood.gradient(points)[1][:, at] * points[:, at]
    curved = (slopes[0::2] - slopes[1::2]) / (2 * width)
    return np.asarray((curved + curved.T) / 2)
