"""What is asked of a layered model: sums of effects, with mean and spread at given variances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tilstand.value_added.layers.quadrature import Nodes
from tilstand.value_added.layers.recursion import LayeredLikelihood, Sweep
from tilstand.value_added.layers.tree import Tree
from tilstand.value_added.mixture import Interval, mixture_interval


@dataclass(frozen=True)
class Target:
    """Hold weighted sums of units' effects, each sum within one unit of a level above.

    Parameters
    ----------
    level : int
        Level of the units that are summed, counted from the leaves; the effect of a unit is its
        own plus those of all units it lies in.
    weights : ndarray, shape (units,)
        Weight of every unit of the level.
    over : int
        Level of the units that the sums are about, at or above `level`.
    """

    level: int
    weights: np.ndarray
    over: int


def units_target(tree: Tree, level: int) -> Target:
    """Ask for the effect of every unit of a level."""
    return Target(level, np.ones(len(tree.ids[level])), level)


def mean_target(tree: Tree, level: int, over: int) -> Target:
    """Ask for the plain mean, over the units of a level, in every unit of a level above.

    Parameters
    ----------
    tree : Tree
        The units.
    level, over : int
        Levels, counted from the leaves.

    Returns
    -------
    Target
        Means of means where there are levels in between, so that every school of a municipality
        counts the same.
    """
    weights = np.ones(len(tree.ids[over]))
    for one in range(over, level, -1):
        parent = tree.parent[one - 1]
        weights = weights[parent] / np.bincount(parent)[parent]
    return Target(level, weights, over)


def newest_target(tree: Tree, level: int, over: int) -> Target:
    """Ask for the last unit of a level in every unit above it: a school's newest cohort."""
    owner = tree.ancestors(level, over)
    last = np.append(owner[1:] != owner[:-1], True)
    return Target(level, last.astype(float), over)


def change_target(tree: Tree, level: int, over: int) -> Target:
    """Ask for the last unit less the first in every unit above; zero where there is only one."""
    owner = tree.ancestors(level, over)
    last = np.append(owner[1:] != owner[:-1], True)
    first = np.append(True, owner[1:] != owner[:-1])
    return Target(level, last.astype(float) - first, over)


def with_classes(tree: Tree, target: Target, n: np.ndarray) -> Target:
    """Let the classes of the cohorts of a target count in, by their pupils.

    Parameters
    ----------
    tree : Tree
        The units.
    target : Target
        Of cohorts (level 1) above classes (level 0).
    n : ndarray, shape (C,)
        Pupils of the classes.

    Returns
    -------
    Target
        The same sums of the mean effects of the classes.
    """
    parent = tree.parent[0]
    weights = n / np.bincount(parent, n)[parent] * target.weights[parent]
    return Target(0, weights, target.over)


@dataclass(frozen=True)
class Spread:
    """Hold mean and standard deviation of targets, outcome's units, for g sets of variances.

    Parameters
    ----------
    mean, sd : ndarray, shape (g, targets)
        Given the variances, fixed effects' uncertainty included.
    """

    mean: np.ndarray
    sd: np.ndarray


def evaluate(
    likelihood: LayeredLikelihood,
    ratio: np.ndarray,
    targets: Sequence[Target],
    *,
    excess: np.ndarray | None = None,
    conditional: bool = False,
    mix: np.ndarray | None = None,
) -> list[Spread]:
    """Predict targets at given variances.

    Parameters
    ----------
    likelihood : LayeredLikelihood
        The model.
    ratio : ndarray, shape (g, L)
        Variances over the residual variance, innermost level first.
    targets : sequence of Target
        What is asked.
    excess : ndarray, shape (p, p), optional
        ``b' excess b / n`` is the variance that the predictors' measurement error adds to the
        mean residual of a leaf, see `calibration.calibrate_statistics`.
    conditional : bool
        Take the fixed effects as known, as lme4's condVar does.
    mix : ndarray, shape (contrasts, units), optional
        Weights of a target's sums in contrasts between units, asked for in their place; units
        are independent given the fixed effects.

    Returns
    -------
    list of Spread
        One for each target.

    Notes
    -----
    From the top down ``H = H_above + r a (z - H_above)`` is the best linear unbiased predictor of
    the sum of effects down to a unit. A sum ``w`` of such effects has prediction variance
    ``sum w^2 r / f`` at its own level, and loads its units' parents with ``sum w / f``, and so on
    upwards.

    References
    ----------
    Henderson (1975), Biometrics 31:423-447. Goldstein (2011), Multilevel statistical models,
    appendix 2.2. Kackar & Harville (1984), JASA 79:853-862, for the fixed effects' part.
    """
    parts = [
        _evaluate(likelihood, likelihood.sweep(ratio[part]), targets, excess, conditional, mix)
        for part in likelihood.chunks(len(ratio), 3)
    ]
    return [
        Spread(
            np.concatenate([part[i].mean for part in parts]),
            np.concatenate([part[i].sd for part in parts]),
        )
        for i in range(len(targets))
    ]


def _evaluate(
    likelihood: LayeredLikelihood,
    sweep: Sweep,
    targets: Sequence[Target],
    excess: np.ndarray | None,
    conditional: bool,  # noqa: FBT001
    mix: np.ndarray | None,
) -> list[Spread]:
    predicted = predictions(likelihood.tree, sweep)
    contrast = sweep.contrast[:, None, :]
    residual = likelihood.residual_variance(sweep)[:, None]
    noise = None
    if excess is not None and excess.any():
        back, shift = likelihood.basis.back
        slopes = likelihood.coefficients(sweep) @ back.T + shift
        noise = _noise(likelihood, sweep, np.einsum("gi,ij,gj->g", slopes, excess, slopes))
    found = []
    for target in targets:
        gather = gatherer(likelihood.tree, target)
        h = gather(target.weights * predicted[target.level])
        variance, loads = _own_variance(likelihood.tree, sweep, target)
        if mix is not None:
            h, variance = h @ mix.T, variance @ (mix**2).T
        mean = (contrast @ h)[:, 0] * likelihood.scale
        if not conditional:
            turned = sweep.root @ h[:, :-1]
            variance = variance + (turned * turned).sum(axis=1)
        variance = variance * residual
        if noise is not None:
            blur = _noise_variance(likelihood.tree, sweep, target, loads, noise)
            variance = variance + (blur if mix is None else blur @ (mix**2).T)
        # A sum without units, such as the change of a single cohort, is zero for sure.
        found.append(Spread(mean, np.sqrt(np.maximum(variance, 1e-24 * residual))))
    return found


def predictions(tree: Tree, sweep: Sweep) -> list[np.ndarray]:
    """Predict the sum of effects down to every unit of every level, linear in the leaves' means.

    Parameters
    ----------
    tree : Tree
        The units.
    sweep : Sweep
        The leaves, swept upwards at g sets of variances.

    Returns
    -------
    list of ndarray, shape (g, p + 1, units)
        Innermost level first; contract with the coefficients and the outcome.
    """
    found: list[np.ndarray] = []
    above: np.ndarray | float = 0.0
    for level in range(tree.depth - 1, -1, -1):
        kept = (sweep.ratio[:, level, None] * sweep.a[level])[:, None, :]
        h = above + kept * (sweep.z[level] - above)
        found.append(np.asarray(h))
        if level:
            above = h[:, :, tree.parent[level - 1]]
    return found[::-1]


def gatherer(tree: Tree, target: Target) -> Callable[[np.ndarray], np.ndarray]:
    """Return what adds up units of the target's level in the units the sums are about."""

    def gather(values: np.ndarray) -> np.ndarray:
        for level in range(target.level, target.over):
            values = tree.joined(level, values)
        return values

    return gather


def _own_variance(tree: Tree, sweep: Sweep, target: Target) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the prediction variance over the residual variance, and the loads of all levels."""
    load = np.broadcast_to(target.weights, sweep.f[target.level].shape)
    at = np.arange(len(tree.ids[target.over]))
    total: np.ndarray | float = 0.0
    loads: list[np.ndarray] = []
    before = at
    for level in range(target.level, tree.depth):
        if level > target.over:
            # Several targets may lie in one unit from here on.
            at = tree.parent[level - 1][at]
            load = loads[-1] / sweep.f[level - 1][:, before]
        elif level > target.level:
            load = tree.joined(level - 1, loads[-1] / sweep.f[level - 1])
        f = sweep.f[level][:, at] if level >= target.over else sweep.f[level]
        part = load**2 * sweep.ratio[:, level, None] / f
        for one in range(level, target.over):
            part = tree.joined(one, part)
        total = total + part
        loads.append(load)
        before = at
    return np.asarray(total), loads


def _noise(likelihood: LayeredLikelihood, sweep: Sweep, size: np.ndarray) -> list[np.ndarray]:
    """Return what the predictors' error adds to the variance of every unit's mean residual."""
    tree = likelihood.tree
    found = [size[:, None] / likelihood.n]
    for level in range(1, tree.depth):
        starts = tree.starts[level - 1]
        share = (
            sweep.a[level - 1]
            / np.add.reduceat(sweep.a[level - 1], starts, axis=1)[:, tree.parent[level - 1]]
        )
        found.append(np.add.reduceat(share**2 * found[-1], starts, axis=1))
    return found


def _noise_variance(
    tree: Tree, sweep: Sweep, target: Target, loads: list[np.ndarray], noise: list[np.ndarray]
) -> np.ndarray:
    """Follow every leaf's mean residual into the targets, from the top down."""
    total: np.ndarray | float = 0.0
    above: np.ndarray | None = None
    for level in range(tree.depth - 1, target.level - 1, -1):
        up = tree.ancestors(target.over, level) if level > target.over else None
        kept = sweep.ratio[:, level, None] * sweep.a[level]
        here = noise[level]
        if up is not None:
            kept, here = kept[:, up], here[:, up]
        weight = kept * loads[level - target.level]
        if above is not None:
            parent = tree.parent[level]
            shared = sweep.a[level] / tree.joined(level, sweep.a[level])[:, parent]
            if up is not None:
                weight = weight + shared[:, up] * above
                total = total - (above * shared[:, up]) ** 2 * here
            else:
                # Units below the level that the targets are about each have their own parent.
                higher = above if level == target.over else above[:, parent]
                weight = weight + shared * higher
                gone = (higher * shared) ** 2 * here
                for one in range(level, target.over):
                    gone = tree.joined(one, gone)
                total = total - gone
        part = weight**2 * here
        for one in range(level, target.over):
            part = tree.joined(one, part)
        total = total + part
        above = weight
    return np.asarray(total)


def intervals(
    likelihood: LayeredLikelihood, nodes: Nodes, spread: Spread, level: float = 0.95
) -> Interval:
    """Return central intervals of targets over the variances' uncertainty.

    Parameters
    ----------
    likelihood : LayeredLikelihood
        The model.
    nodes : Nodes
        The variances' weights.
    spread : Spread
        Means and standard deviations at the nodes.
    level : float
        Level of the intervals.

    Returns
    -------
    Interval
        Quantiles of the mixture.
    """
    return mixture_interval(nodes.weights, spread.mean, spread.sd, likelihood.degrees, level)
