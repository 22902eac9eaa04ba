"""Evaluate the restricted likelihood of schools' yearly differences at many variances at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

#: Numbers held at once, so that the work stays in the processor's cache.
_AT_ONCE = 60_000


@dataclass(frozen=True)
class Differences:
    """Hold schools' later means minus the line, by pair of autumns.

    Parameters
    ----------
    units : tuple of str
        The J schools.
    d : ndarray, shape (J, T)
        Differences, scale points; missing where a school has no pair.
    h : ndarray, shape (J, T)
        Half the sum of ``1 / n8`` and ``1 / n9``; times sigma2 it is the pupils' variance.
    c : ndarray, shape (J, T)
        Variance that rounding leaves in each difference.
    shock : ndarray, shape (T, autumns)
        What a shock of an autumn adds to each pair: minus the slope where it is the earlier
        autumn, one where it is the later.
    lever : ndarray, shape (J, T, S)
        What an error of each subject's slope adds: the earlier mean less the average one, divided
        by the number of subjects.
    lever_se : ndarray, shape (S,)
        Standard errors of the slopes.
    """

    units: tuple[str, ...]
    d: np.ndarray
    h: np.ndarray
    c: np.ndarray
    shock: np.ndarray
    lever: np.ndarray
    lever_se: np.ndarray

    @property
    def there(self) -> np.ndarray:
        """Tell which pairs each school has, shape (J, T)."""
        return np.isfinite(self.d)


@dataclass(frozen=True)
class Solved:
    """Hold what a block of variances makes of every school.

    Parameters
    ----------
    height : ndarray, shape (g,)
        Restricted log likelihood.
    level : ndarray, shape (g, T)
        Level of each pair of autumns.
    level_cov : ndarray, shape (g, T, T)
        Its covariance.
    inverse : tuple of tuple of ndarray, each of shape (g, J)
        Rows of the inverted Cholesky factor of each school's covariance, lower triangle.
    """

    height: np.ndarray
    level: np.ndarray
    level_cov: np.ndarray
    inverse: tuple[tuple[np.ndarray, ...], ...]


def solve(data: Differences, variances: np.ndarray) -> Iterator[tuple[slice, Solved]]:
    """Go through sets of variances in blocks.

    Parameters
    ----------
    data : Differences
        The schools.
    variances : ndarray, shape (g, 4)
        tau_u2 (stays with a school), tau_v2 (a cohort's own), omega2 (an autumn at a school, in
        both grades) and sigma2 (a pupil's), scale points squared.

    Yields
    ------
    slice, Solved
        The block's place among the variances, and what it gives.

    Notes
    -----
    ``V_j = tau_u2 11' + tau_v2 I + omega2 K K' + diag(sigma2 h + c)``; a missing pair is a row and
    a column of the identity without data. Each school's Cholesky factor is written out element
    by element over all schools and variances, which is quicker than so many small matrices.

    References
    ----------
    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes
    are unequal. Biometrika, 58, 545-554.
    """
    block = max(1, _AT_ONCE // max(1, len(data.units)))
    for start in range(0, len(variances), block):
        part = slice(start, start + block)
        yield part, _solve(data, variances[part])


def _solve(data: Differences, variances: np.ndarray) -> Solved:
    there = data.there.astype(float)
    d = np.where(data.there, data.d, 0.0)
    h, c = (np.where(data.there, each, 0.0) for each in (data.h, data.c))
    t = d.shape[1]
    shock = data.shock @ data.shock.T
    u, v, o, s = (variances[:, i, None] for i in range(4))

    def covariance(i: int, j: int) -> np.ndarray:
        cell = u + o * shock[i, j]
        if i == j:
            own = (cell + v + s * h[:, i] + c[:, i]) * there[:, i]
            return np.asarray(own + (1 - there[:, i]))
        return np.asarray(cell * (there[:, i] * there[:, j]))

    factor: list[list[np.ndarray]] = [[] for _ in range(t)]
    for i in range(t):
        for j in range(i + 1):
            left = covariance(i, j) - sum(
                (factor[i][k] * factor[j][k] for k in range(j)), np.zeros(1)
            )
            factor[i].append(np.sqrt(left) if i == j else left / factor[j][j])
    inverse = _inverted(factor)
    log_det = 2 * np.sum([np.log(factor[i][i]).sum(axis=1) for i in range(t)], axis=0)
    # Rows of L^-1 times the data and times each pair's own level.
    z = [np.asarray(sum(inverse[i][k] * d[:, k] for k in range(i + 1))) for i in range(t)]
    e = [[inverse[i][k] * there[:, k] for k in range(i + 1)] for i in range(t)]
    g = len(variances)
    cross, right = np.zeros((g, t, t)), np.zeros((g, t))
    for row in range(t):
        for k in range(row + 1):
            right[:, k] += (e[row][k] * z[row]).sum(axis=1)
            for m in range(k + 1):
                both = (e[row][k] * e[row][m]).sum(axis=1)
                cross[:, k, m] += both
                if m != k:
                    cross[:, m, k] += both
    squares = sum((each**2).sum(axis=1) for each in z)
    cov = np.linalg.inv(cross)
    level = np.einsum("gij,gj->gi", cov, right)
    sign_log = np.linalg.slogdet(cross)[1]
    height = -0.5 * (log_det + sign_log + squares - np.einsum("gi,gi->g", right, level))
    return Solved(height, level, cov, tuple(tuple(row) for row in inverse))


def _inverted(factor: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    inverse: list[list[np.ndarray]] = []
    for i in range(len(factor)):
        row = []
        for j in range(i):
            total = sum(factor[i][k] * inverse[k][j] for k in range(j, i))
            row.append(-total / factor[i][i])
        inverse.append([*row, 1 / factor[i][i]])
    return inverse


def precision_times(
    inverse: tuple[tuple[np.ndarray, ...], ...], right: list[np.ndarray]
) -> list[np.ndarray]:
    """Multiply each school's inverted covariance with a vector.

    Parameters
    ----------
    inverse : tuple of tuple of ndarray
        As `Solved` holds it.
    right : list of ndarray, each of shape (g, J) or (J,)
        The vector, element by element.

    Returns
    -------
    list of ndarray, each of shape (g, J)
        The product, element by element.
    """
    t = len(inverse)
    z = [sum(inverse[i][k] * right[k] for k in range(i + 1)) for i in range(t)]
    return [np.asarray(sum(inverse[i][k] * z[i] for i in range(k, t))) for k in range(t)]
