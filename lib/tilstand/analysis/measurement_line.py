"""Fit the line between units' earlier and later means when the earlier carry known error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

_SMALLEST = 1e-6
_NUDGE = 1e-4


@dataclass(frozen=True)
class Line:
    """Hold a line freed of attenuation, and the variances beside it.

    Parameters
    ----------
    slope, se : float
        Points of later mean for a point of true earlier mean, and its standard error, clustered
        by unit.
    naive : float
        Slope of ordinary least squares within the groups.
    intake2, pupils2 : float
        ``A`` and ``W``: variances of true earlier means between units, and of pupils.
    growth2, sampled2 : float
        ``tau**2`` and ``s**2``: what is left of the later means at any size, and what falls with
        the number of pupils.
    """

    slope: float
    se: float
    naive: float
    intake2: float
    pupils2: float
    growth2: float
    sampled2: float


@dataclass(frozen=True)
class Means:
    """Hold what a line is fitted to, one element a unit and group.

    Parameters
    ----------
    x, y : ndarray
        Earlier and later means, scale points.
    n_x, n_y : ndarray
        Pupils behind them.
    error, rounding : ndarray
        Variance of the error of ``x``, its rounding included, and of the rounding of ``y``.
    group : ndarray
        Groups with intercepts of their own, such as autumns.
    unit : ndarray
        Units whose rows belong together.
    """

    x: np.ndarray
    y: np.ndarray
    n_x: np.ndarray
    n_y: np.ndarray
    error: np.ndarray
    rounding: np.ndarray
    group: np.ndarray
    unit: np.ndarray


def fit_line(means: Means) -> Line:
    """Fit the line by maximum likelihood, groups stacked with their own intercepts.

    Parameters
    ----------
    means : Means
        Both means of every unit.

    Returns
    -------
    Line
        Of ``x = m_g + X + f``, ``y = a_g + b X + w + e`` with ``var(X) = A + W / n_x``,
        ``var(f)`` known, ``var(w) = tau**2`` and ``var(e) = s**2 / n_y`` and rounding. Where the
        pupils are the same, their sampling is a part of ``X`` and no error.

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 3.1 (unequal, known error
    variances).
    Carroll, R. J., Ruppert, D., Stefanski, L. A. & Crainiceanu, C. M. (2006). Measurement Error
    in Nonlinear Models, 2nd ed. Chapman & Hall/CRC. Chapter 8 (structural likelihood).
    Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear
    models. Biometrika, 73, 13-22 (the clustered standard error).
    """
    dummies = (means.group[:, None] == np.unique(means.group)[None, :]).astype(float)
    free = (None, None)
    best = optimize.minimize(
        lambda at: -float(_terms(at, means, dummies).sum()),
        _first_guess(means, dummies),
        method="L-BFGS-B",
        bounds=[free, *[(np.log(_SMALLEST), None)] * 4],
        options={"maxiter": 500, "ftol": 1e-12},
    )
    dx, dy = _centred(means.x, dummies), _centred(means.y, dummies)
    se = _clustered_se(best.x, means, dummies)
    variances = (float(one) for one in np.exp(best.x[1:]))
    return Line(float(best.x[0]), se, float(dx @ dy / (dx @ dx)), *variances)


def _centred(values: np.ndarray, dummies: np.ndarray) -> np.ndarray:
    return values - dummies @ (dummies.T @ values / dummies.sum(axis=0))


def _first_guess(means: Means, dummies: np.ndarray) -> np.ndarray:
    dx, dy = _centred(means.x, dummies), _centred(means.y, dummies)
    spread = float(max(dx @ dx / len(dx) - means.error.mean(), 0.2 * np.var(dx), 1e-3))
    slope = float(np.clip(np.mean(dx * dy) / spread, 0.1, 1.5))
    left = max(float(np.var(dy - slope * dx)), 0.1)
    return np.array(
        [
            slope,
            np.log(0.6 * spread),
            np.log(0.4 * spread * np.median(means.n_x)),
            np.log(0.3 * left),
            np.log(0.4 * left * np.median(means.n_y)),
        ]
    )


def _terms(at: np.ndarray, means: Means, dummies: np.ndarray) -> np.ndarray:
    """Compute each row's log-likelihood, with the intercepts profiled out."""
    x, y = means.x, means.y
    b, (a, w, tau2, s2) = at[0], np.exp(at[1:])
    true = a + w / means.n_x
    xx, xy = true + means.error, b * true
    yy = b * xy + tau2 + s2 / means.n_y + means.rounding
    det = xx * yy - xy**2
    # Two intercepts a group, from the two by two normal equations.
    p, q, r = (dummies.T @ (part / det) for part in (yy, -xy, xx))
    u = dummies.T @ ((yy * x - xy * y) / det)
    v = dummies.T @ ((xx * y - xy * x) / det)
    size = p * r - q**2
    dx = x - dummies @ ((r * u - q * v) / size)
    dy = y - dummies @ ((p * v - q * u) / size)
    squares = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / det
    return np.asarray(-0.5 * (np.log(det) + squares))


def _clustered_se(at: np.ndarray, means: Means, dummies: np.ndarray) -> float:
    """Put the sandwich around the scores of whole units; a variance at zero counts as known."""
    free = [0, *[i for i in range(1, len(at)) if at[i] > np.log(_SMALLEST) + 1e-3]]
    unit = np.unique(means.unit.astype(str), return_inverse=True)[1]

    def moved(point: np.ndarray, i: int, step: float) -> np.ndarray:
        other = point.copy()
        other[i] += step
        return other

    def gradient(point: np.ndarray) -> np.ndarray:
        ends = [
            [_terms(moved(point, i, s), means, dummies) for s in (_NUDGE, -_NUDGE)] for i in free
        ]
        return np.array([(up - down) / (2 * _NUDGE) for up, down in ends])

    scores = np.array([np.bincount(unit, one) for one in gradient(at)])
    bread = np.empty((len(free), len(free)))
    for column, i in enumerate(free):
        change = gradient(moved(at, i, _NUDGE)) - gradient(moved(at, i, -_NUDGE))
        bread[:, column] = -change.sum(axis=1) / (2 * _NUDGE)
    inverse = np.linalg.pinv((bread + bread.T) / 2)
    return float(np.sqrt((inverse @ (scores @ scores.T) @ inverse)[0, 0]))
