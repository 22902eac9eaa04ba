"""Estimate the line between schools' earlier and later means, freed of error in the earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.analysis.open_contribution.settings import Settings

_START = (0.0, 0.0, 0.0)
_SMALLEST = 1e-6
_NUDGE = 1e-4


@dataclass(frozen=True)
class Slope:
    """Hold the slope of one subject.

    Parameters
    ----------
    value, se : float
        Points of later mean for a point of true earlier mean, and its standard error, clustered
        by school.
    naive : float
        Slope of ordinary least squares within pairs of autumns.
    intake_sd : float
        Standard deviation of schools' true earlier means, scale points.
    """

    value: float
    se: float
    naive: float
    intake_sd: float


def between_slope(
    pairs: pd.DataFrame, settings: Settings, shock2: float = 0.0, errors: np.ndarray | None = None
) -> Slope:
    """Fit the line between schools by maximum likelihood, pairs stacked with own intercepts.

    Parameters
    ----------
    pairs : DataFrame
        One subject's rows of `open_pairs`.
    settings : Settings
        The test's error.
    shock2 : float
        Variance that an autumn at a school adds to the earlier mean, scale points squared.
    errors : ndarray, optional
        Error variance of each earlier mean in place of the settings', rounding not included.

    Returns
    -------
    Slope
        Of ``x = m_t + X + f``, ``y = a_t + b X + w + e`` with ``var(X) = A + W / n8``,
        ``var(f)`` known, ``var(w) = tau**2`` and ``var(e) = s**2 / n9`` and rounding. The pupils
        are the same, so the sampling of pupils is a part of ``X`` and not of ``f``.

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 3.1.
    Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear
    models. Biometrika, 73, 13-22 (the clustered standard error).
    """
    x, y, n8, n9 = (pairs[name].to_numpy(float) for name in ("x", "y", "n8", "n9"))
    f = settings.prior_error(n8) if errors is None else np.asarray(errors, float)
    known = (
        x,
        y,
        n8,
        n9,
        f + shock2 + pairs["x_rounding"].to_numpy(float),
        pairs["y_rounding"].to_numpy(float),
        _dummies(pairs["autumn"].to_numpy()),
    )
    start = _first_guess(known)
    free = (None, None)
    best = optimize.minimize(
        lambda at: -float(_terms(at, known).sum()),
        start,
        method="L-BFGS-B",
        bounds=[free, *[(np.log(_SMALLEST), None)] * 4],
        options={"maxiter": 500, "ftol": 1e-11},
    )
    cluster = np.unique(pairs["unit"].to_numpy(str), return_inverse=True)[1]
    within_x, within_y = (_centred(v, known[-1]) for v in (x, y))
    return Slope(
        float(best.x[0]),
        _clustered_se(best.x, known, cluster),
        float(within_x @ within_y / (within_x @ within_x)),
        float(np.exp(best.x[1] / 2)),
    )


def _dummies(autumn: np.ndarray) -> np.ndarray:
    return (autumn[:, None] == np.unique(autumn)[None, :]).astype(float)


def _centred(values: np.ndarray, dummies: np.ndarray) -> np.ndarray:
    return values - dummies @ (dummies.T @ values / dummies.sum(axis=0))


def _first_guess(known: tuple[np.ndarray, ...]) -> np.ndarray:
    x, y, n8, n9, f, _, dummies = known
    dx, dy = _centred(x, dummies), _centred(y, dummies)
    spread = max(dx @ dx / len(x) - f.mean(), 0.2 * np.var(dx))
    slope = float(np.clip(np.mean(dx * dy) / spread, 0.1, 1.5))
    left = max(np.var(dy - slope * dx), 0.1)
    return np.array(
        [
            slope,
            np.log(0.6 * spread),
            np.log(0.4 * spread * np.median(n8)),
            np.log(0.3 * left),
            np.log(0.4 * left * np.median(n9)),
        ]
    )


def _terms(at: np.ndarray, known: tuple[np.ndarray, ...]) -> np.ndarray:
    """Give each row's log likelihood, the intercepts at their best for these variances."""
    x, y, n8, n9, f, rounding, dummies = known
    b, (a, w, tau2, s2) = at[0], np.exp(at[1:])
    var = a + w / n8
    xx, xy = var + f, b * var
    yy = b * xy + tau2 + s2 / n9 + rounding
    det = xx * yy - xy**2
    # Two intercepts a pair of autumns, from the two by two normal equations.
    p, q, r = (dummies.T @ (part / det) for part in (yy, -xy, xx))
    u = dummies.T @ ((yy * x - xy * y) / det)
    v = dummies.T @ ((xx * y - xy * x) / det)
    size = p * r - q**2
    dx = x - dummies @ ((r * u - q * v) / size)
    dy = y - dummies @ ((p * v - q * u) / size)
    squares = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / det
    return np.asarray(-0.5 * (np.log(det) + squares))


def _clustered_se(at: np.ndarray, known: tuple[np.ndarray, ...], cluster: np.ndarray) -> float:
    """Put the sandwich around the scores of whole schools; a variance at zero counts as known."""
    free = [0, *[i for i in range(1, len(at)) if at[i] > np.log(_SMALLEST) + 1e-3]]
    scores = np.empty((cluster.max() + 1, len(free)))
    bread = np.empty((len(free), len(free)))

    def gradient(point: np.ndarray) -> np.ndarray:
        rows = []
        for i in free:
            up, down = point.copy(), point.copy()
            up[i] += _NUDGE
            down[i] -= _NUDGE
            rows.append((_terms(up, known) - _terms(down, known)) / (2 * _NUDGE))
        return np.array(rows)

    for row, one in enumerate(gradient(at)):
        scores[:, row] = np.bincount(cluster, one)
    for column, i in enumerate(free):
        up, down = at.copy(), at.copy()
        up[i] += _NUDGE
        down[i] -= _NUDGE
        bread[:, column] = -(gradient(up) - gradient(down)).sum(axis=1) / (2 * _NUDGE)
    inverse = np.linalg.pinv((bread + bread.T) / 2)
    return float(np.sqrt((inverse @ (scores.T @ scores) @ inverse)[0, 0]))


def within_slope(pairs: pd.DataFrame, settings: Settings) -> float:
    """Estimate the slope from how a school's own cohorts differ, error in the earlier taken out.

    Parameters
    ----------
    pairs : DataFrame
        One subject's rows of `open_pairs`.
    settings : Settings
        The test's error.

    Returns
    -------
    float
        Method of moments on deviations from schools' and autumns' means; missing where no school
        has two pairs. What differs between schools for good, their contributions among it, does
        not touch it; shocks of single autumns do.
    """
    rows = pairs[pairs.groupby("unit")["autumn"].transform("size") > 1]
    if rows.empty:
        return float("nan")
    f = settings.prior_error(rows["n8"].to_numpy(float)) + rows["x_rounding"].to_numpy(float)
    table = rows[["unit", "autumn", "x", "y"]].copy()
    for name in ("x", "y"):
        table[name] -= table.groupby("autumn")[name].transform("mean")
        table[name] -= table.groupby("unit")[name].transform("mean")
    size = rows.groupby("unit")["autumn"].transform("size").to_numpy(float)
    own = f * (1 - 1 / size)
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    left = float(x @ x - own.sum())
    return float(x @ y) / left if left > 0 else float("nan")
