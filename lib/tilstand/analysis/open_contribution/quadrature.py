"""Weigh the variances that the tables leave possible, and what they say of each school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from tilstand.analysis.open_contribution.likelihood import (
    Differences,
    Solved,
    precision_times,
    solve,
)
from tilstand.value_added.layers.quadrature import gauss_legendre, posterior_box, product_of

#: Highest pupil variance that is thought of, scale points squared.
_MOST_SIGMA = 20.0
_NODES = {2: (24, 20), 3: (14, 12, 12), 4: (12, 10, 8, 8)}
_NO_WEIGHT = 1e-6
_PAIRS_FOR_SHARE, _PAIRS_FOR_SHOCK = 2, 3
#: Beta density of the share of a school's contribution that stays with it: two thirds on average.
STAYS = (2.0, 1.0)
#: What the intervals and medians of spreads are read from.
_TAILS = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class Weighed:
    """Hold variances with their weights.

    Parameters
    ----------
    variances : ndarray, shape (g, 4)
        tau_u2, tau_v2, omega2 and sigma2, scale points squared.
    weights : ndarray, shape (g,)
        Posterior weights, summing to 1.
    """

    variances: np.ndarray
    weights: np.ndarray

    def spread(self, column: int) -> tuple[float, float, float]:
        """Return the posterior 2.5 % point, median and 97.5 % point of an SD."""
        sd = np.sqrt(self.variances[:, column])
        order = np.argsort(sd, kind="stable")
        reached = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
        low, middle, high = np.interp(_TAILS, reached, sd[order])
        return float(low), float(middle), float(high)

    def mean(self, column: int) -> float:
        """Return the posterior mean of a variance."""
        return float(self.weights @ self.variances[:, column])


def weigh(data: Differences) -> Weighed:
    """Integrate the restricted likelihood over the variances.

    Parameters
    ----------
    data : Differences
        The schools; two pairs of autumns tell what stays from what does not, three tell shocks
        of an autumn from both.

    Returns
    -------
    Weighed
        Nodes of a product of Gauss-Legendre rules on the box that holds the posterior.

    Notes
    -----
    Flat beforehand are the variance of what stays, the shocks' SD and the pupils' SD. A prior that
    is flat in a variance gives intervals of the units' own effects that hold as often as they say
    also where the variance is small; one that is flat in the SD shrinks too much there. The share
    that stays has the beta density `STAYS`, for schools' effects are known to be more stable than
    not. With one pair all of it counts as staying; with fewer than three there are no shocks in
    the model.

    References
    ----------
    Morris, C. & Tang, R. (2011). Estimating random effects via adjustment for density
    maximization. Statistical Science, 26, 271-287.
    Ganesh, N. & Lahiri, P. (2008). A new class of average moment matching priors. Biometrika, 95,
    514-520.
    Luyten, H. (1994). Stability of school effects in Dutch secondary education. International
    Journal of Educational Research, 21, 197-216.
    """
    t = data.d.shape[1]
    most = 2 * float(np.nanstd(data.d)) + 0.1
    axes = ["total", "sigma"]
    axes += ["share"] if t >= _PAIRS_FOR_SHARE else []
    axes += ["shock"] if t >= _PAIRS_FOR_SHOCK else []

    def at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        of = {name: points[:, i] for i, name in enumerate(axes)}
        total = most * of["total"]
        angle = of.get("share", np.zeros(len(points))) * np.pi / 2
        stays, passes = total * np.cos(angle), total * np.sin(angle)
        shock = (most * of.get("shock", np.zeros(len(points)))) ** 2
        sigma = (_MOST_SIGMA * of["sigma"]) ** 2
        with np.errstate(divide="ignore"):
            density = np.log(stays)
            if "share" in of:
                density += special.xlogy(2 * STAYS[0] - 1, np.cos(angle))
                density += special.xlogy(2 * STAYS[1] - 1, np.sin(angle))
        return np.column_stack([stays**2, passes**2, shock, sigma]), density

    def height(points: np.ndarray) -> np.ndarray:
        variances, density = at(points)
        found = np.empty(len(points))
        for part, solved in solve(data, variances):
            found[part] = solved.height
        return found + density

    low, high = posterior_box(height, len(axes))
    rules = [gauss_legendre(count) for count in _NODES[len(axes)]]
    places = product_of([rule[0] for rule in rules])
    points = low + (high - low) * (places + 1) / 2
    lengths = product_of([rule[1] for rule in rules]).prod(axis=1)
    reached = height(points)
    weights = lengths * np.exp(reached - reached.max())
    kept = weights > _NO_WEIGHT * weights.sum()
    return Weighed(at(points[kept])[0], weights[kept] / weights[kept].sum())


@dataclass(frozen=True)
class Stable:
    """Hold what each set of variances says of what stays with each school.

    Parameters
    ----------
    mean, sd : ndarray, shape (g, J)
        Centre and spread of the stable part, scale points.
    """

    mean: np.ndarray
    sd: np.ndarray


def stable_parts(data: Differences, weighed: Weighed) -> Stable:
    """Predict what stays with each school at every set of variances.

    Parameters
    ----------
    data : Differences
        The schools.
    weighed : Weighed
        Variances.

    Returns
    -------
    Stable
        Best linear predictions; their spread holds the schools' own, that of the levels and
        that of the slopes, shrunk as much as the estimate is.

    References
    ----------
    Harville, D. A. (1976). Extension of the Gauss-Markov theorem to include the estimation of
    random effects. Annals of Statistics, 4, 384-395.
    """
    shape = len(weighed.weights), len(data.units)
    mean, variance = np.empty(shape), np.empty(shape)
    for part, solved in solve(data, weighed.variances):
        mean[part], variance[part] = _predict(data, solved, weighed.variances[part, 0, None])
    return Stable(mean, np.sqrt(np.maximum(variance, 0)))


def _predict(data: Differences, solved: Solved, stays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    there = data.there.astype(float)
    t = there.shape[1]
    weight = precision_times(solved.inverse, [there[:, k] for k in range(t)])
    pull = [stays * weight[k] * there[:, k] for k in range(t)]
    left = np.where(data.there, data.d, 0.0)
    mean = sum(pull[k] * (left[:, k] - solved.level[:, k, None] * there[:, k]) for k in range(t))
    own = stays - stays * sum(pull[k] * there[:, k] for k in range(t))
    of_level = sum(
        pull[i] * pull[k] * solved.level_cov[:, i, k, None] for i in range(t) for k in range(t)
    )
    lever = np.where(data.there[:, :, None], data.lever, 0.0)
    of_slope = sum(
        sum(pull[k] * lever[:, k, s] for k in range(t)) ** 2 * data.lever_se[s] ** 2
        for s in range(len(data.lever_se))
    )
    return np.asarray(mean), np.asarray(own + of_level + of_slope)
