"""The random-intercept likelihood as a function of one number, the variance ratio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
from scipy.linalg import lapack

from tilstand.value_added.basis import by_size, working_basis
from tilstand.value_added.errors import ConstantOutcomeError
from tilstand.value_added.identification import refuse_too_little
from tilstand.value_added.peak import FAR
from tilstand.value_added.scan import LARGEST, Scan, highest_ratio, look
from tilstand.value_added.sufficient import SufficientStatistics

# Schools whose leverages are found together, so that the work stays in the cache.
_BLOCK = 2048


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
        return np.asarray(self.root.transpose(0, 2, 1) @ self.root)


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
        self.sizes, self.counts, self._between = by_size(statistics.n, self.means)
        # What the logarithms of the pivots count for in the likelihood, and what is left.
        d = self.degrees
        self._weight = np.zeros(self.p + 1)
        self._weight[-1] = -d
        self._level = -d * (1 + log(2 * pi * self.outcome_scale**2 / d)) / 2
        if self.reml:
            self._weight[:-1] = -1.0
            self._level -= self.log_volume / 2

    def factors(self, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evaluate the profile log-likelihood, and factor the cross-products.

        Parameters
        ----------
        ratio : ndarray, shape (g,)
            School variance over residual variance.

        Returns
        -------
        height : ndarray, shape (g,)
            Log-likelihood.
        factor : ndarray, shape (g, k, k)
            Lower Cholesky factors of ``A(ratio)``.
        """
        spread = 1 + self.sizes * ratio[:, None]
        weighted = (self.sizes / spread) @ self._between
        factor = np.linalg.cholesky(self.within + weighted.reshape(len(ratio), *self.within.shape))
        return self._height(spread, factor), factor

    def _height(self, spread: np.ndarray, factor: np.ndarray) -> np.ndarray:
        k = factor.shape[1]
        pivots = np.log(factor.reshape(len(factor), k * k)[:, :: k + 1])
        return pivots @ self._weight - np.log(spread) @ self.counts / 2 + self._level

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
        return self.factors(ratio)[0]

    def _height_at(self, ratio: float) -> float:
        return float(self.heights(np.array([ratio]))[0])

    @cached_property
    def scan(self) -> Scan:
        """Look at the likelihood over the whole range of variance ratios, where it may matter."""
        return look(
            self.factors,
            schools=len(self.statistics.n),
            pupils=self.pupils,
            smallest=float(self.sizes[0]),
            degrees=self.degrees,
            p=self.p,
        )

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
        r = np.asarray(ratio, dtype=float).reshape(-1)
        return self.given(r, *self.factors(r))

    def given(self, ratio: np.ndarray, height: np.ndarray, factor: np.ndarray) -> Conditional:
        """Compute the estimates from what `factors` returns.

        Parameters
        ----------
        ratio, height : ndarray, shape (g,)
            School variance over residual variance, and the log-likelihood there.
        factor : ndarray, shape (g, k, k)
            The Cholesky factors.

        Returns
        -------
        Conditional
            As of `at`.
        """
        inverse = factor.copy()
        # A lower triangle by rows is an upper one by columns, which is inverted where it stands.
        for one in inverse.transpose(0, 2, 1):
            lapack.dtrtri(one, overwrite_c=1)
        return self._conditional(ratio, height, factor, inverse)

    def _conditional(
        self, ratio: np.ndarray, height: np.ndarray, factor: np.ndarray, inverse: np.ndarray
    ) -> Conditional:
        pivot = factor[:, -1, -1] * self.outcome_scale
        return Conditional(
            ratio,
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
        return self._score(w, self._one_factor(w)[1])

    def _one_factor(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the Cholesky factor at one ratio and its inverse."""
        cross = self.within + (w @ self._between).reshape(self.within.shape)
        factor, _ = lapack.dpotrf(cross, lower=1)
        return factor, lapack.dtrtri(factor, lower=1)[0]

    def _score(self, w: np.ndarray, inverse: np.ndarray) -> float:
        # All slopes of the pivots in one sum over the sizes.
        slopes = self._between @ ((inverse.T * self._weight) @ inverse).ravel()
        return float(w @ (w * slopes + self.counts)) / -2

    def _best_at(self, ratio: float) -> tuple[Conditional, float]:
        """Return the estimates at one ratio and the score, from one factor."""
        spread = 1 + self.sizes * ratio
        w = self.sizes / spread
        factor, inverse = self._one_factor(w)
        height = self._height(spread[None], factor[None])
        given = self._conditional(np.array([ratio]), height, factor[None], inverse[None])
        return given, self._score(w, inverse)

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
        ratio, heights = self.scan.ratio, self.scan.heights
        # What lies far below the top is no candidate, whatever its slope.
        zero = ratio[0] == 0 and heights[0] > heights.max() - FAR
        none = self.score(0.0) if zero else 1.0
        rising = ratio[-1] == LARGEST and heights[-1] > heights[-2] - FAR
        if rising and self.score(LARGEST) > 0:
            raise ConstantOutcomeError(
                f"{self.statistics.names[-1]}: pupils of a school all have what the predictors "
                "say, nothing is left to estimate from"
            )
        steep = 1e-8 * max(1.0, float(len(self.statistics.n)))
        evaluations = len(heights) + 3
        # Where rounding hides the slope, steps end too early: then the peak is closed in on.
        for in_steps in (True, False):
            best, more = highest_ratio(
                self.scan, self.score, self._height_at, none=none, in_steps=in_steps
            )
            given, slope = self._best_at(best)
            evaluations += more
            boundary = best == 0.0
            score = slope if boundary else slope * best
            converged = boundary or abs(score) < steep
            if converged:
                break
        self._best, height = given, float(given.log_likelihood[0])
        return Optimum(best, height, score, evaluations, boundary, converged)

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
