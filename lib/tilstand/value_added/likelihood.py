"""The random-intercept likelihood as a function of one number, the variance ratio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, log, pi

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import brentq

from tilstand.value_added.basis import working_basis
from tilstand.value_added.errors import ConstantOutcomeError
from tilstand.value_added.identification import refuse_too_little
from tilstand.value_added.peak import FAR, clear_peak
from tilstand.value_added.sufficient import SufficientStatistics

# The search covers variance ratios far outside anything seen in schools.
_SMALLEST, _LARGEST = 1e-10, 1e12
_GRID = np.append(0.0, np.geomspace(_SMALLEST, _LARGEST, 67))
_STEP = log(_LARGEST / _SMALLEST) / 66
# Schools whose leverages are found together, so that the work stays in the cache.
_BLOCK = 2048
# Products of school means that are all written down before they are added up.
_SMALL = 100_000


@dataclass(frozen=True)
class Optimum:
    """Record where the likelihood is highest and how it was found.

    Parameters
    ----------
    ratio : float
        School variance over residual variance.
    log_likelihood : float
        Its logarithm there, in lme4's convention (restricted if REML).
    score : float
        Derivative of the log-likelihood with respect to ``log(ratio)`` at the optimum, or with
        respect to the ratio itself at a boundary optimum, where it is not positive.
    evaluations : int
        Evaluations of the likelihood.
    boundary : bool
        Whether the best school variance is zero.
    converged : bool
        Whether the score is zero to rounding, or the optimum a proven boundary.
    """

    ratio: float
    log_likelihood: float
    score: float
    evaluations: int
    boundary: bool
    converged: bool


@dataclass(frozen=True)
class Conditional:
    """Hold the estimates given one or more variance ratios (leading axis g).

    Parameters
    ----------
    ratio : ndarray, shape (g,)
        School variance over residual variance.
    log_likelihood : ndarray, shape (g,)
        Profile log-likelihood.
    coefficients : ndarray, shape (g, p)
        Fixed effects, in the working basis.
    root : ndarray, shape (g, p, p)
        ``R`` with ``R' R`` their covariance over the residual variance, in the working basis.
    residual_variance : ndarray, shape (g,)
        Estimate of the pupils' residual variance.
    """

    ratio: np.ndarray
    log_likelihood: np.ndarray
    coefficients: np.ndarray
    root: np.ndarray
    residual_variance: np.ndarray

    def __getitem__(self, kept: slice | np.ndarray) -> Conditional:
        """Keep some of the ratios."""
        return Conditional(
            self.ratio[kept],
            self.log_likelihood[kept],
            self.coefficients[kept],
            self.root[kept],
            self.residual_variance[kept],
        )

    @property
    def inverse(self) -> np.ndarray:
        """Return the fixed effects' covariance over the residual variance, shape (g, p, p)."""
        return np.asarray(np.swapaxes(self.root, 1, 2) @ self.root)


class ProfileLikelihood:
    """Evaluate the likelihood with the fixed effects and the residual variance profiled out.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils.
    reml : bool
        Restricted maximum likelihood, or maximum likelihood.

    Raises
    ------
    NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError
        If the model cannot be told from these pupils.

    Notes
    -----
    With ``w_j = n_j / (1 + n_j r)`` for the ratio ``r``, the weighted cross-products are
    ``A(r) = W + sum_j w_j m_j m_j'`` (``W`` pooled within schools, ``m_j`` school means), and

    ``-2 l = d (1 + log(2 pi S / d)) + sum_j log(1 + n_j r) [+ log|A_xx|]``

    with ``S`` the residual sum of squares of ``A``, ``d = N - p`` and the last term for REML,
    ``d = N`` without it for ML. All of it is read off the Cholesky factor ``L`` of ``A``, the
    outcome last: its pivots give ``|A_xx|`` and ``S``, the last row of ``L^-1`` the fixed effects,
    and, with ``B = -dA/dr = sum_j w_j^2 m_j m_j'``, the diagonal of ``L^-1 B L^-T`` the slopes of
    both.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4,
    Journal of Statistical Software 67(1), equations 34 and 42, for one grouping factor.
    """

    def __init__(self, statistics: SufficientStatistics, *, reml: bool = True) -> None:
        self.statistics = statistics
        self.reml = reml
        self._best: Conditional | None = None
        self.p = len(statistics.names) - 1
        self.pupils = statistics.pupils
        self.degrees = self.pupils - self.p if reml else self.pupils
        refuse_too_little(statistics, self.p)
        self.basis = working_basis(statistics)
        self.outcome_scale = self.basis.outcome_scale
        self.log_volume = self.basis.log_volume
        self.means = self.basis.means
        self.within = self.basis.within
        self._group_by_size()

    def _group_by_size(self) -> None:
        # Schools of one size share their weight, so evaluations cost the number of sizes.
        n = self.statistics.n
        order = n.argsort(kind="stable")
        ordered, means = n[order], self.means[order]
        starts = (ordered[1:] != ordered[:-1]).nonzero()[0] + 1
        starts = np.concatenate([[0], starts])
        ends = np.concatenate([starts[1:], [len(n)]])
        self.sizes, self.counts = ordered[starts], (ends - starts).astype(float)
        k = means.shape[1]
        if means.size * k <= _SMALL:
            products = (means[:, :, None] * means[:, None, :]).reshape(len(n), k * k)
            self._between = np.add.reduceat(products, starts, axis=0)
            return
        between = np.empty((len(starts), k, k))
        for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            members = means[start:end]
            np.matmul(members.T, members, out=between[i])
        self._between = between.reshape(len(starts), k * k)

    def _factors(self, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compute each ratio's log-likelihood and the Cholesky factor of its cross-products."""
        spread = 1 + self.sizes * ratio[:, None]
        weighted = (self.sizes / spread) @ self._between
        factor = np.linalg.cholesky(self.within + weighted.reshape(len(ratio), *self.within.shape))
        pivots = np.log(np.diagonal(factor, axis1=1, axis2=2))
        d = self.degrees
        minus_twice = np.log(spread) @ self.counts + 2 * d * pivots[:, -1]
        if self.reml:
            minus_twice += 2 * pivots[:, :-1].sum(axis=1) + self.log_volume
        minus_twice += d * (1 + log(2 * pi * self.outcome_scale**2 / d))
        return -minus_twice / 2, factor

    def heights(self, ratio: np.ndarray) -> np.ndarray:
        """Evaluate the profile log-likelihood alone, at a fraction of the cost of `at`.

        Parameters
        ----------
        ratio : ndarray, shape (g,)
            School variance over residual variance.

        Returns
        -------
        ndarray, shape (g,)
            Log-likelihood.
        """
        return self._factors(ratio)[0]

    @cached_property
    def _scan(self) -> np.ndarray:
        return self.heights(_GRID)

    @property
    def scan(self) -> tuple[np.ndarray, np.ndarray]:
        """Return a grid of variance ratios over the whole range, and the log-likelihood at each."""
        return _GRID[1:], self._scan[1:]

    def at(self, ratio: np.ndarray | float) -> Conditional:
        """Evaluate the profile likelihood and the estimates.

        Parameters
        ----------
        ratio : ndarray, shape (g,), or float
            School variance over residual variance.

        Returns
        -------
        Conditional
            All quantities with a leading axis of length g.
        """
        r = np.atleast_1d(np.asarray(ratio, dtype=float))
        height, factor = self._factors(r)
        inverse = factor.copy()
        # A lower triangle by rows is an upper one by columns, which is inverted where it stands.
        for one in inverse.transpose(0, 2, 1):
            lapack.dtrtri(one, overwrite_c=1)
        pivot = factor[:, -1, -1] * self.outcome_scale
        return Conditional(
            r,
            height,
            -inverse[:, -1, :-1] * pivot[:, None],
            inverse[:, :-1, :-1],
            pivot**2 / self.degrees,
        )

    def score(self, ratio: float) -> float:
        """Differentiate the profile log-likelihood with respect to the variance ratio, exactly.

        Parameters
        ----------
        ratio : float
            School variance over residual variance.

        Returns
        -------
        float
            Zero at an optimum inside the parameter space.
        """
        w = self.sizes / (1 + self.sizes * ratio)
        shape = self.within.shape
        factor, _ = lapack.dpotrf(self.within + (w @ self._between).reshape(shape), lower=1)
        inverse, _ = lapack.dtrtri(factor, lower=1)
        slopes = ((inverse @ ((w * w) @ self._between).reshape(shape)) * inverse).sum(axis=1)
        found = self.degrees * slopes[-1] - w @ self.counts
        if self.reml:
            found += slopes[:-1].sum()
        return float(found) / 2

    def residuals(self, given: Conditional) -> np.ndarray:
        """Average each school's residuals from the fixed effects.

        Parameters
        ----------
        given : Conditional
            Estimates at g variance ratios.

        Returns
        -------
        ndarray, shape (g, J)
            Outcome's units.
        """
        fitted: np.ndarray = given.coefficients @ self.means[:, :-1].T
        return self.means[:, -1] * self.outcome_scale - fitted

    def leverages(self, given: Conditional) -> np.ndarray:
        """Return the variance of each school's fitted mean over the residual variance.

        Parameters
        ----------
        given : Conditional
            Estimates at g variance ratios.

        Returns
        -------
        ndarray, shape (g, J)
            ``m_j' C m_j``, with ``C`` the fixed effects' covariance over the residual variance.
        """
        x = self.means[:, :-1].T
        g, p = given.coefficients.shape
        flat = given.root.reshape(g * p, p)
        found = np.empty((g, x.shape[1]))
        for start in range(0, x.shape[1], _BLOCK):
            part = slice(start, start + _BLOCK)
            turned = flat @ x[:, part]
            np.square(turned, out=turned).reshape(g, p, -1).sum(axis=1, out=found[:, part])
        return found

    @cached_property
    def optimum(self) -> Optimum:
        """Find the highest likelihood as a root of the exact score, or show that it is at zero."""
        heights = self._scan
        # What lies far below the top is no candidate, whatever its slope.
        none = self.score(0.0) if heights[0] > heights.max() - FAR else 1.0
        if heights[-1] > heights[-2] - FAR and self.score(_LARGEST) > 0:
            raise ConstantOutcomeError(
                f"{self.statistics.names[-1]}: pupils of a school all have what the predictors "
                "say, nothing is left to estimate from"
            )
        known: dict[float, float] = {}

        def scaled(log_ratio: float) -> float:
            if log_ratio not in known:
                known[log_ratio] = self.score(exp(log_ratio)) * exp(log_ratio)
            return known[log_ratio]

        # Candidates are height, ratio and score.
        candidates = [(float(heights[0]), 0.0, none)] if none <= 0 else []
        # Every top of the scan holds a peak between its neighbours; below the scan lies zero.
        falls = np.concatenate([heights[1:] < heights[:-1], [True]])
        tops = ((heights[1:] >= heights[:-1]) & falls[1:]).nonzero()[0] + 1
        for i in tops.tolist():
            plain = len(tops) == 1 and none > 0 and 3 <= i < len(_GRID) - 2
            near = heights[i - 2 : i + 3]
            root = clear_peak(near, log(_GRID[i]), _STEP, scaled) if plain else None
            if root is not None:
                candidates.append((0.0, exp(root), scaled(root)))
                continue
            low = log(_GRID[i - 1]) if i > 1 else log(_SMALLEST * 1e-6)
            high = log(_GRID[min(i + 1, len(_GRID) - 1)])
            # Flat to rounding, as close to zero: no root, and zero is among the candidates.
            if scaled(low) <= 0 or scaled(high) > 0:
                continue
            root = brentq(scaled, low, high, xtol=1e-15, rtol=1e-15)
            # One peak needs no height to be compared with.
            only = len(tops) == 1 and not candidates
            height = 0.0 if only else float(self.heights(np.array([exp(root)]))[0])
            candidates.append((height, exp(root), scaled(root)))
        if not candidates:
            candidates.append((float(heights[0]), 0.0, none))
        _, ratio, score = max(candidates)
        self._best = self.at(ratio)
        boundary = ratio == 0.0
        steep = 1e-8 * max(1.0, float(self.counts.sum()))
        return Optimum(
            ratio,
            float(self._best.log_likelihood[0]),
            score,
            len(heights) + len(known) + 3,
            boundary,
            boundary or abs(score) < steep,
        )

    @property
    def at_optimum(self) -> Conditional:
        """Return the estimates at the maximum of the likelihood."""
        if self._best is None:
            _ = self.optimum
        assert self._best is not None
        return self._best

    @property
    def back(self) -> tuple[np.ndarray, np.ndarray]:
        """Return matrix and shift from the working basis to the predictors' own units."""
        return self.basis.back

    def original(self, coefficients: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, ...]:
        """Take fixed effects from the working basis to the predictors' own units.

        Parameters
        ----------
        coefficients, inverse : ndarray
            As for `WorkingBasis.original`.

        Returns
        -------
        tuple of ndarray
            As of `WorkingBasis.original`.
        """
        return self.basis.original(coefficients, inverse)
