"""Weights of the variances that the data leave possible: total SD, stable share, class SD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from scipy import special
from scipy.interpolate import CubicSpline

from tilstand.value_added.layers.recursion import LayeredLikelihood
from tilstand.value_added.prior import DEFAULT_PRIOR, Prior

# What lies this far below the top (logarithm) is dropped, and what no interval would notice.
_NEGLIGIBLE = {1: 13.0, 2: 13.0, 3: 11.0, 4: 11.0}
_NO_WEIGHT = 1e-8
# SD ratio in the middle of the stretched scale.
_HALF = 0.35
_LOOK = {1: 41, 2: 11, 3: 9, 4: 7}
_NODES = {1: (32,), 2: (16, 12), 3: (16, 14, 12), 4: (12, 10, 8, 8)}
_ZOOMS = 4


@dataclass(frozen=True)
class LayeredPrior:
    """State what is believed of the variances beforehand.

    Parameters
    ----------
    total : Prior
        Of the total SD of schools and their cohorts (municipalities included), in units of the
        residual SD.
    share : tuple of float
        Parameters a, b of the beta density of the share of that variance that stays with a
        school; (1, 1) is uniform.
    class_sd : Prior
        Of the class SD, in units of the residual SD.

    Notes
    -----
    The share of what stays that lies between municipalities is uniform. One prior on the total
    and one on the share let ten schools speak where one prior on each SD over-covers.
    """

    total: Prior = DEFAULT_PRIOR
    share: tuple[float, float] = (1.0, 1.0)
    class_sd: Prior = DEFAULT_PRIOR


DEFAULT_LAYERED_PRIOR = LayeredPrior()


@dataclass(frozen=True)
class Nodes:
    """Hold the variances of a quadrature rule and their weights.

    Parameters
    ----------
    ratio : ndarray, shape (g, L)
        Variances over the residual variance, innermost level first.
    weights : ndarray, shape (g,)
        Posterior weights, summing to 1.
    share : ndarray, shape (g,)
        Share of the school and cohort variance that stays with a school, which is the correlation
        between a school's cohorts; 1 with one cohort.
    place : ndarray, shape (g,)
        The share's position in its Gauss-Legendre rule, from -1 to 1.
    ends : tuple of float
        The share's angle, over a right angle, at -1 and 1.
    share_points : int
        Points of the share's rule.
    """

    ratio: np.ndarray
    weights: np.ndarray
    share: np.ndarray
    place: np.ndarray
    ends: tuple[float, float]
    share_points: int = 0

    def share_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the central interval of the stable share.

        Parameters
        ----------
        level : float
            Level of the interval.

        Returns
        -------
        tuple of float
            Ends, between 0 and 1; missing with one cohort.
        """
        places = np.unique(self.place)
        if len(places) < 2:
            return float("nan"), float("nan")
        mass = np.array([self.weights[self.place == one].sum() for one in places])
        rule = dict(zip(*gauss_legendre(self.share_points), strict=True))
        log_density = np.log(mass / [rule[one] for one in places])
        fine = np.linspace(-1, 1, 2001)
        density = np.exp(np.minimum(CubicSpline(places, log_density)(fine), log_density.max() + 1))
        reached = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        tail = (1 - level) / 2
        at = np.interp([1 - tail, tail], reached / reached[-1], fine)
        low, high = self.ends
        angle = (low + (high - low) * (at + 1) / 2) * np.pi / 2
        return float(np.cos(angle[0]) ** 2), float(np.cos(angle[1]) ** 2)


class _Axes:
    """Turn points of the unit cube into variance ratios and densities."""

    def __init__(self, levels: tuple[str, ...], prior: LayeredPrior) -> None:
        self.levels, self.prior = levels, prior
        fixed = prior.total.ratio is not None and prior.total.ratio_se == 0
        self.axes = [] if fixed else ["total"]
        if "cohort" in levels:
            self.axes.append("share")
        if "municipality" in levels:
            self.axes.append("municipality")
        if "class" in levels:
            self.axes.append("class")

    def at(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ratios, stable shares and log prior densities per volume of the cube."""
        ratio = np.zeros((len(points), len(self.levels)))
        density = np.zeros(len(points))
        of = {axis: points[:, i] for i, axis in enumerate(self.axes)}
        prior = self.prior
        if "total" in of:
            sd, jacobian = stretched(of["total"])
            total = sd**2
            density += prior.total.log_density(sd) + jacobian
        else:
            total = np.full(len(points), prior.total.ratio)
        share = np.ones(len(points))
        if "share" in of:
            angle = of["share"] * np.pi / 2
            share = np.cos(angle) ** 2
            a, b = prior.share
            with np.errstate(divide="ignore"):
                density += special.xlogy(2 * a - 1, np.cos(angle))
                density += special.xlogy(2 * b - 1, np.sin(angle))
            ratio[:, self.levels.index("cohort")] = total * (1 - share)
        between = np.zeros(len(points))
        if "municipality" in of:
            angle = of["municipality"] * np.pi / 2
            between = np.sin(angle) ** 2
            with np.errstate(divide="ignore"):
                density += np.log(np.sin(angle)) + np.log(np.cos(angle))
            ratio[:, self.levels.index("municipality")] = total * share * between
        ratio[:, self.levels.index("school")] = total * share * (1 - between)
        if "class" in of:
            sd, jacobian = stretched(of["class"])
            density += prior.class_sd.log_density(sd) + jacobian
            ratio[:, self.levels.index("class")] = sd**2
        return ratio, share, density


def stretched(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the unit interval to SD ratios, with the logarithm of the stretch.

    Parameters
    ----------
    unit : ndarray
        Points between 0 and 1; a half is an SD of .35 residual SDs.

    Returns
    -------
    sd, log_stretch : ndarray
        SD ratios, and the logarithm of their derivative.
    """
    left = np.maximum(1 - unit, 1e-12)
    sd = np.maximum(_HALF * unit / left, 1e-12)
    return sd, np.log(_HALF) - 2 * np.log(left)


def variance_nodes(
    likelihood: LayeredLikelihood, prior: LayeredPrior = DEFAULT_LAYERED_PRIOR
) -> Nodes:
    """Weigh the variances that the data leave possible.

    Parameters
    ----------
    likelihood : LayeredLikelihood
        Restricted likelihood.
    prior : LayeredPrior
        What is believed beforehand.

    Returns
    -------
    Nodes
        A product of Gauss-Legendre rules on the box that holds the posterior.

    Notes
    -----
    Axes are ``t = tau / (.35 + tau)`` of the total SD ratio and the angle whose squared cosine is
    the stable share. The box is found by looking at a coarse grid, dropping what lies 13 below
    the top of the log posterior, and looking again, up to four times.
    """
    axes = _Axes(likelihood.tree.levels, prior)
    d = len(axes.axes)
    if not d:
        ratio, share, _ = axes.at(np.zeros((1, 0)))
        return Nodes(ratio, np.ones(1), share, np.zeros(1), (0.0, 0.0))

    def height(points: np.ndarray) -> np.ndarray:
        ratio, _, density = axes.at(points)
        return likelihood.heights(ratio) + density

    low, high = posterior_box(height, d)
    rules = [gauss_legendre(count) for count in _NODES[d]]
    places = product_of([one[0] for one in rules])
    points = low + (high - low) * (places + 1) / 2
    lengths = product_of([one[1] for one in rules]).prod(axis=1)
    ratio, share, density = axes.at(points)
    log_weight = likelihood.heights(ratio) + density
    weights = lengths * np.exp(log_weight - log_weight.max())
    kept = weights > _NO_WEIGHT * weights.sum()
    place, ends, points_of_share = np.zeros(len(ratio)), (0.0, 0.0), 0
    if "share" in axes.axes:
        axis = axes.axes.index("share")
        place, ends = places[:, axis], (float(low[axis]), float(high[axis]))
        points_of_share = _NODES[d][axis]
    weights = weights[kept] / weights[kept].sum()
    return Nodes(ratio[kept], weights, share[kept], place[kept], ends, points_of_share)


def posterior_box(
    height: Callable[[np.ndarray], np.ndarray], d: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the box of the unit cube that holds a posterior.

    Parameters
    ----------
    height : callable
        The log posterior at points, shape (g, d), of the cube.
    d : int
        Dimensions, one to four.

    Returns
    -------
    low, high : ndarray, shape (d,)
        Corners.

    Examples
    --------
    >>> low, high = posterior_box(lambda at: -(((at[:, 0] - 0.5) / 0.01) ** 2), 1)
    >>> bool(0.4 < low[0] < 0.5 < high[0] < 0.6)
    True
    """
    low, high = np.zeros(d), np.ones(d)
    for _ in range(_ZOOMS):
        looks = (np.arange(_LOOK[d]) + 0.5) / _LOOK[d]
        grid = product_of([looks] * d)
        reached = height(low + (high - low) * grid)
        high_enough = grid[reached > reached.max() - _NEGLIGIBLE[d]]
        step = 1.0 / _LOOK[d]
        below = np.maximum(high_enough.min(axis=0) - step, 0.0)
        above = np.minimum(high_enough.max(axis=0) + step, 1.0)
        low, high = low + (high - low) * below, low + (high - low) * above
        if ((above - below) > 0.6).all():
            break
    return low, high


def product_of(axes: list[np.ndarray]) -> np.ndarray:
    """Return all combinations of the values of d axes, shape (g, d), the last axis fastest.

    Examples
    --------
    >>> product_of([np.array([1, 2]), np.array([5, 6])]).tolist()
    [[1, 5], [1, 6], [2, 5], [2, 6]]
    """
    return np.array(list(product(*axes))).reshape(-1, len(axes))


@lru_cache(maxsize=8)
def gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points and weights of a Gauss-Legendre rule on -1 to 1.

    Examples
    --------
    >>> points, weights = gauss_legendre(2)
    >>> round(float(weights @ points**2), 12)  # the integral of x**2
    0.666666666667
    """
    points, lengths = np.polynomial.legendre.leggauss(count)
    return points, lengths
