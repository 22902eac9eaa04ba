"""The nested random-intercept likelihood, from the leaves upwards, at many variances at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, pi

import numpy as np

from tilstand.value_added.basis import working_basis
from tilstand.value_added.errors import NoPupilsError, TooFewSchoolsError
from tilstand.value_added.layers.tree import Tree
from tilstand.value_added.sufficient import SufficientStatistics

# Numbers held at once while many variances are gone through, so that the work stays in the cache.
_AT_ONCE = 200_000
# A predictor whose variance within units is below this share does not vary there.
_SAME = 1e-10


@dataclass(frozen=True)
class Sweep:
    """Hold what the recursion knows of every unit, for g sets of variance ratios.

    Parameters
    ----------
    ratio : ndarray, shape (g, L)
        Variances over the residual variance, innermost level first.
    f : tuple of ndarray, shape (g, units)
        ``1 + ratio P`` of each level, ``P`` a unit's precision given its own effect.
    a : tuple of ndarray, shape (g, units)
        ``P / f``, the precision that a unit has for the level above.
    z : tuple of ndarray, shape (g or 1, k, units)
        Precision-weighted means of the columns in each unit.
    log_det : ndarray, shape (g,)
        Sum of ``log f`` over all units.
    factor : ndarray, shape (g, k, k)
        Cholesky factor of the weighted cross-products, the outcome last.
    inverse : ndarray, shape (g, k, k)
        Its inverse.
    """

    ratio: np.ndarray
    f: tuple[np.ndarray, ...]
    a: tuple[np.ndarray, ...]
    z: tuple[np.ndarray, ...]
    log_det: np.ndarray
    factor: np.ndarray
    inverse: np.ndarray

    @property
    def root(self) -> np.ndarray:
        """Return ``R`` with ``R' R`` the fixed effects' covariance over the residual variance."""
        return self.inverse[:, :-1, :-1]

    @property
    def contrast(self) -> np.ndarray:
        """Return ``(-b, 1)`` in working units, shape (g, k): what makes residuals of columns."""
        return self.inverse[:, -1, :] * self.factor[:, -1, -1:]


class LayeredLikelihood:
    """Evaluate the nested likelihood with fixed effects and residual variance profiled out.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils by leaf.
    tree : Tree
        How the leaves are nested.
    reml : bool
        Restricted maximum likelihood, or maximum likelihood.
    precision : ndarray, shape (C,), optional
        Effective pupils of each leaf in the statistics' order, in place of their number.
    within_divisor : float
        What the pooled within-leaf cross-products are divided by.

    Raises
    ------
    NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError
        If the model cannot be told from these pupils.

    Notes
    -----
    A leaf has precision ``P = n``. At every level, with ratio ``r``: ``f = 1 + r P``,
    ``a = P / f``; a parent's precision is the sum of its children's ``a``, its mean their
    ``a``-weighted mean. With ``W`` pooled within leaves,
    ``A = W + sum a (z - z_parent)(z - z_parent)'`` over all units, a unit of the top level having
    its parent at zero, and ``-2 l = d (1 + log(2 pi S / d)) + sum log f [+ log|A_xx|]``, with
    ``S`` and ``d`` as in `ProfileLikelihood`. All terms of ``A`` are positive, so that nothing
    cancels at large ratios.

    References
    ----------
    Goldstein (2011), Multilevel statistical models, chapter 2. Bates, Maechler, Bolker & Walker
    (2015), Journal of Statistical Software 67(1), equation 42, whose value this is.
    """

    def __init__(
        self,
        statistics: SufficientStatistics,
        tree: Tree,
        *,
        reml: bool = True,
        precision: np.ndarray | None = None,
        within_divisor: float = 1.0,
    ) -> None:
        self.statistics, self.tree, self.reml = statistics, tree, reml
        self.p = len(statistics.names) - 1
        self.pupils = statistics.pupils
        self.degrees = self.pupils - self.p if reml else self.pupils
        if self.pupils <= self.p + 1:
            raise NoPupilsError(f"{self.pupils} pupils are too few for {self.p} predictors")
        self.basis = working_basis(statistics)
        self.scale = self.basis.outcome_scale
        self.within = self.basis.within / within_divisor
        self.borrowed = precision is not None
        self.z = np.ascontiguousarray(self.basis.means[tree.order].T)
        self.n = statistics.n[tree.order]
        self.precision = self.n if precision is None else precision[tree.order]
        self._refuse_saturated()
        self._prepare()

    def _refuse_saturated(self) -> None:
        """Refuse predictors that leave no difference between the units of some level."""
        tree, means, n = self.tree, self.z[:-1].T, self.n
        cross = self.basis.within[:-1, :-1]
        for level, role in enumerate(tree.levels):
            if level:
                parent = tree.parent[level - 1]
                total = np.bincount(parent, n)
                joined = (
                    np.add.reduceat(means * n[:, None], tree.starts[level - 1]) / total[:, None]
                )
                gap = means - joined[parent]
                cross = cross + (gap.T * n) @ gap
                means, n = joined, total
            # Working predictors have the identity as their mean cross-product.
            same = int((np.linalg.eigvalsh(cross) < _SAME * self.pupils).sum())
            if same >= len(n):
                column = tree.columns[role]
                raise TooFewSchoolsError(
                    f"{column}: {same} predictors that are the same for all pupils of a unit leave "
                    f"no difference between {len(n)} units"
                )

    def _prepare(self) -> None:
        if self.tree.depth == 1:
            z = self.z
        else:
            # Deviations from the parent's plain mean hardly differ from those of its weighted one.
            parent = self.tree.parent[0]
            weights = self.precision / self.tree.joined(0, self.precision)[parent]
            self._middle = self.tree.joined(0, self.z * weights)
            z = self.z - self._middle[:, parent]
        self._deviation = z
        k = len(z)
        self._outer = (z[:, None, :] * z[None, :, :]).reshape(k * k, -1).T.copy()

    def chunks(self, count: int, extra: int = 1) -> Iterator[slice]:
        """Part sets of ratios so that each part's work stays in the cache.

        Parameters
        ----------
        count : int
            Sets of ratios.
        extra : int
            How many times more than usual a set takes.

        Yields
        ------
        slice
            Parts of ``range(count)``.
        """
        step = max(1, _AT_ONCE // (self.z.size * extra))
        for start in range(0, count, step):
            yield slice(start, min(start + step, count))

    def sweep(self, ratio: np.ndarray) -> Sweep:
        """Go from the leaves to the top.

        Parameters
        ----------
        ratio : ndarray, shape (g, L)
            Variances over the residual variance, innermost level first.

        Returns
        -------
        Sweep
            What every unit passes up, and the cross-products.
        """
        tree = self.tree
        f = 1 + ratio[:, :1] * self.precision
        a = self.precision / f
        fs, weights, zs = [f], [a], [self.z[None]]
        log_det = np.log(f).sum(axis=1)
        k = len(self.z)
        cross = self.within + (a @ self._outer).reshape(-1, k, k)
        z = self._deviation
        for level in range(1, tree.depth):
            summed = tree.joined(level - 1, a)
            mean = tree.joined(level - 1, a[:, None, :] * z) / summed[:, None, :]
            if level == 1:
                # The outer products were taken about the plain means: move them.
                cross -= (summed[:, None, :] * mean) @ mean.swapaxes(1, 2)
                mean = mean + self._middle
            else:
                gap = z - mean[:, :, tree.parent[level - 1]]
                cross += (a[:, None, :] * gap) @ gap.swapaxes(1, 2)
            z = mean
            f = 1 + ratio[:, level : level + 1] * summed
            a = summed / f
            log_det += np.log(f).sum(axis=1)
            fs.append(f)
            weights.append(a)
            zs.append(z)
        if tree.depth > 1:
            cross += (a[:, None, :] * z) @ z.swapaxes(1, 2)
        factor = np.linalg.cholesky(cross)
        inverse = np.linalg.solve(factor, np.broadcast_to(np.eye(k), factor.shape))
        return Sweep(ratio, tuple(fs), tuple(weights), tuple(zs), log_det, factor, inverse)

    def heights(self, ratio: np.ndarray) -> np.ndarray:
        """Evaluate the profile log-likelihood.

        Parameters
        ----------
        ratio : ndarray, shape (g, L)
            Variances over the residual variance, innermost level first.

        Returns
        -------
        ndarray, shape (g,)
            Log-likelihood, in lme4's convention.
        """
        ratio = np.atleast_2d(np.asarray(ratio, dtype=float))
        parts = [self.height_of(self.sweep(ratio[part])) for part in self.chunks(len(ratio))]
        return np.concatenate(parts)

    def height_of(self, sweep: Sweep) -> np.ndarray:
        """Read the log-likelihood off a sweep, shape (g,)."""
        pivots = np.log(np.diagonal(sweep.factor, axis1=1, axis2=2))
        d = self.degrees
        minus_twice = sweep.log_det + 2 * d * pivots[:, -1]
        if self.reml:
            minus_twice = minus_twice + 2 * pivots[:, :-1].sum(axis=1) + self.basis.log_volume
        return np.asarray(-(minus_twice + d * (1 + log(2 * pi * self.scale**2 / d))) / 2)

    def residual_variance(self, sweep: Sweep) -> np.ndarray:
        """Read the residual variance off a sweep, outcome's units squared, shape (g,)."""
        return np.asarray((sweep.factor[:, -1, -1] * self.scale) ** 2 / self.degrees)

    def coefficients(self, sweep: Sweep) -> np.ndarray:
        """Read the fixed effects off a sweep, working basis, shape (g, p)."""
        return np.asarray(-sweep.contrast[:, :-1] * self.scale)

    def gradient(self, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evaluate the profile log-likelihood and its exact derivatives.

        Parameters
        ----------
        ratio : ndarray, shape (g, L)
            Variances over the residual variance, innermost level first.

        Returns
        -------
        height : ndarray, shape (g,)
            Log-likelihood.
        slope : ndarray, shape (g, L)
            Its derivatives with respect to the ratios.

        Notes
        -----
        With ``H`` and ``V`` the mean and variance ratio of the effects above a unit given all
        pupils, ``g = a (z - H)`` and ``t = a - a^2 V``:
        ``dl/dr = 1/2 { sum (g'(-b, 1))^2 / s2 - sum t [+ tr(A_xx^-1 sum g_x g_x')] }``.
        """
        ratio = np.atleast_2d(np.asarray(ratio, dtype=float))
        height, slope = np.empty(len(ratio)), np.empty(ratio.shape)
        for part in self.chunks(len(ratio), 3):
            sweep = self.sweep(ratio[part])
            height[part] = self.height_of(sweep)
            slope[part] = self._slope(sweep)
        return height, slope

    def _slope(self, sweep: Sweep) -> np.ndarray:
        tree = self.tree
        found = np.empty(sweep.ratio.shape)
        contrast = sweep.contrast[:, None, :]
        variance = sweep.factor[:, -1, -1] ** 2 / self.degrees
        above: np.ndarray | float = 0.0
        spread: np.ndarray | float = 0.0
        for level in range(tree.depth - 1, -1, -1):
            a, f = sweep.a[level], sweep.f[level]
            gap = sweep.z[level] - above
            g = a[:, None, :] * gap
            residual = (contrast @ g)[:, 0]
            total = (residual**2).sum(axis=1) / variance - (a - a * a * spread).sum(axis=1)
            if self.reml:
                turned = sweep.root @ g[:, :-1]
                total = total + (turned * turned).sum(axis=(1, 2))
            found[:, level] = total / 2
            if level:
                r = sweep.ratio[:, level, None]
                parent = tree.parent[level - 1]
                kept = (r * a)[:, None, :]
                above = (above + kept * gap)[:, :, parent]
                spread = (r / f + spread / f**2)[:, parent]
        return found
