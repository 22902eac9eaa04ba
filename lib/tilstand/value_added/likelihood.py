"""The random-intercept likelihood as a function of one number, the variance ratio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp

import numpy as np
from scipy.linalg import lapack, solve_triangular
from scipy.optimize import brentq

from tilstand.value_added.errors import ConstantOutcomeError
from tilstand.value_added.identification import orthogonal, refuse_constant, refuse_too_little
from tilstand.value_added.sufficient import SufficientStatistics

# The search covers variance ratios far outside anything seen in schools.
_SMALLEST, _LARGEST = 1e-10, 1e12
_GRID = np.geomspace(_SMALLEST, _LARGEST, 67)
# Below this many numbers, all ratios at once cost less than one at a time.
_AT_ONCE = 200_000


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
    score : ndarray, shape (g,)
        Its derivative with respect to the ratio.
    coefficients : ndarray, shape (g, p)
        Fixed effects, in the working basis.
    inverse : ndarray, shape (g, p, p)
        Their covariance over the residual variance, in the working basis.
    residual_variance : ndarray, shape (g,)
        Estimate of the pupils' residual variance.
    """

    ratio: np.ndarray
    log_likelihood: np.ndarray
    score: np.ndarray
    coefficients: np.ndarray
    inverse: np.ndarray
    residual_variance: np.ndarray


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
    ``d = N`` without it for ML.

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
        self._basis()
        self._group_by_size()

    def _basis(self) -> None:
        s = self.statistics
        names = s.names[:-1]
        self.centred = "Intercept" in names
        origin = s.origin.copy()
        if self.centred:
            # The intercept takes up where the columns are measured from.
            origin[names.index("Intercept")] = 0.0
        else:
            origin[:] = 0.0
        self.origin = origin
        means = s.school_means - origin
        total = s.within + (means * s.n[:, None]).T @ means
        size = np.sqrt(np.diag(total) / self.pupils)
        refuse_constant(s, size)
        self.outcome_scale = size[-1] if size[-1] > 0 else 1.0
        # Columns that differ only between schools come first: their within part stays exactly
        # zero, so that nothing is lost when the variance ratio is huge.
        self.order = np.argsort(np.diag(s.within)[:-1] > 0, kind="stable")
        order = self.order
        cross = total[np.ix_(order, order)] / self.pupils
        factor = orthogonal(cross, [names[i] for i in order])
        # Working columns q = F^-1 x have the identity as their mean cross-product.
        self.factor = factor
        self.log_volume = 2 * float(np.log(np.diag(factor)).sum())
        self.means = np.empty_like(means)
        self.means[:, :-1] = solve_triangular(factor, means[:, order].T, lower=True).T
        self.means[:, -1] = means[:, -1] / self.outcome_scale
        within = s.within[order]
        half = solve_triangular(factor, within[:, order], lower=True)
        self.within = np.empty_like(s.within)
        self.within[:-1, :-1] = solve_triangular(factor, half.T, lower=True)
        self.within[:-1, -1] = solve_triangular(factor, within[:, -1], lower=True)
        self.within[:-1, -1] /= self.outcome_scale
        self.within[-1, :-1] = self.within[:-1, -1]
        self.within[-1, -1] = s.within[-1, -1] / self.outcome_scale**2

    def _group_by_size(self) -> None:
        # Schools of one size share their weight, so evaluations cost the number of sizes.
        n = self.statistics.n
        self.sizes, at, self.counts = np.unique(n, return_inverse=True, return_counts=True)
        ordered = self.means[np.argsort(at, kind="stable")]
        ends = np.cumsum(self.counts)
        k = self.means.shape[1]
        self.between = np.empty((len(self.sizes), k, k))
        for i, (stop, count) in enumerate(zip(ends, self.counts, strict=True)):
            members = ordered[stop - count : stop]
            self.between[i] = members.T @ members
        self._flat = self.between.reshape(len(self.sizes), k * k)

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
        spread = 1 + self.sizes * ratio[:, None]
        k = self.p + 1
        a = self.within + ((self.sizes / spread) @ self._flat).reshape(len(ratio), k, k)
        level = np.sqrt(np.einsum("gii->gi", a))
        factor = np.linalg.cholesky(a / (level[:, :, None] * level[:, None, :]))
        # The last pivot of the factor is the root of the residual sum of squares.
        pivots = np.einsum("gii->gi", factor) * level
        d = self.degrees
        minus_twice = np.log(spread) @ self.counts
        minus_twice += d * (1 + np.log(2 * np.pi / d))
        minus_twice += 2 * d * np.log(pivots[:, -1] * self.outcome_scale)
        if self.reml:
            minus_twice += 2 * np.log(pivots[:, :-1]).sum(axis=1) + self.log_volume
        return -minus_twice / 2

    @cached_property
    def scan(self) -> tuple[np.ndarray, np.ndarray]:
        """Give variance ratios over all that is possible and the log-likelihood at each."""
        return _GRID, self.heights(_GRID)

    def at(self, ratio: np.ndarray | float) -> Conditional:
        """Evaluate the profile likelihood, its score and the estimates.

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
        p, d = self.p, self.degrees
        spread = 1 + self.sizes * r[:, None]
        w = self.sizes / spread
        shape = (len(r), p + 1, p + 1)
        a = self.within + (w @ self._flat).reshape(shape)
        slope = (w**2 @ self._flat).reshape(shape)
        level = np.sqrt(np.einsum("gii->gi", a[:, :p, :p]))
        levels = level[:, :, None] * level[:, None, :]
        even = a[:, :p, :p] / levels
        inverse = np.linalg.inv(even)
        inverse = (inverse + np.swapaxes(inverse, 1, 2)) / 2 / levels
        b = (inverse @ a[:, :p, p:])[:, :, 0]
        contrast = np.concatenate([-b, np.ones((len(r), 1))], axis=1)
        sum_of_squares = (contrast * (a @ contrast[:, :, None])[:, :, 0]).sum(axis=1)
        pull = (contrast * (slope @ contrast[:, :, None])[:, :, 0]).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            minus_twice = d * (1 + np.log(2 * np.pi * sum_of_squares * self.outcome_scale**2 / d))
            score = d * pull / sum_of_squares - w @ self.counts
        minus_twice += np.log(spread) @ self.counts
        if self.reml:
            minus_twice += np.linalg.slogdet(even)[1] + 2 * np.log(level).sum(axis=1)
            minus_twice += self.log_volume
            score += (inverse * slope[:, :p, :p]).sum(axis=(1, 2))
        return Conditional(
            r,
            -minus_twice / 2,
            score / 2,
            b * self.outcome_scale,
            inverse,
            sum_of_squares / d * self.outcome_scale**2,
        )

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
        """Give the variance of each school's fitted mean over the residual variance.

        Parameters
        ----------
        given : Conditional
            Estimates at g variance ratios.

        Returns
        -------
        ndarray, shape (g, J)
            ``m_j' C m_j``, with ``C`` the fixed effects' covariance over the residual variance.
        """
        x = self.means[:, :-1]
        if x.size * len(given.inverse) <= _AT_ONCE:
            return np.asarray(((x @ given.inverse) * x).sum(axis=2))
        return np.stack([np.einsum("ji,ji->j", x @ inverse, x) for inverse in given.inverse])

    @cached_property
    def optimum(self) -> Optimum:
        """Find the highest likelihood as a root of the exact score, or show that it is at zero."""
        name = self.statistics.names[-1]
        none = self.at(0.0)
        # Rounding leaves about this much of an outcome that the predictors explain to the last.
        if not float(none.residual_variance[0]) > 1e-13 * self.outcome_scale**2:
            raise ConstantOutcomeError(f"{name}: the predictors say it exactly for every pupil")
        grid, heights = self.scan
        if self._scaled_score(np.log(_LARGEST)) > 0:
            raise ConstantOutcomeError(
                f"{name}: pupils of a school all have what the predictors say, nothing is left to "
                "estimate from"
            )
        evaluations = len(grid) + 2
        candidates: list[tuple[float, float]] = []
        if none.score[0] <= 0:
            candidates.append((float(none.log_likelihood[0]), 0.0))
        # Every top of the scan holds a peak between its neighbours; below the scan lies zero.
        padded = np.concatenate([none.log_likelihood, heights, [-np.inf]])
        tops = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]))
        for i in map(int, tops):
            low = np.log(grid[i - 1]) if i else np.log(_SMALLEST * 1e-6)
            high = np.log(grid[min(i + 1, len(grid) - 1)])
            evaluations += 2
            # Flat to rounding, as close to zero: no root, and zero is among the candidates.
            if self._scaled_score(low) <= 0 or self._scaled_score(high) > 0:
                continue
            root, record = brentq(
                self._scaled_score, low, high, xtol=1e-15, rtol=1e-15, full_output=True
            )
            evaluations += record.function_calls
            ratio = float(np.exp(root))
            # One peak needs no height to be compared with.
            only = len(tops) == 1 and not candidates
            candidates.append((0.0 if only else float(self.heights(np.array([ratio]))[0]), ratio))
        if not candidates:
            candidates.append((float(none.log_likelihood[0]), 0.0))
        _, ratio = max(candidates)
        self._best = self.at(ratio)
        boundary = ratio == 0.0
        final = float(self._best.score[0])
        score = final if boundary else final * ratio
        steep = 1e-8 * max(1.0, float(self.counts.sum()))
        return Optimum(
            ratio,
            float(self._best.log_likelihood[0]),
            score,
            evaluations + 1,
            boundary,
            boundary or abs(score) < steep,
        )

    @property
    def at_optimum(self) -> Conditional:
        """Give the estimates where the likelihood is highest."""
        if self._best is None:
            _ = self.optimum
        assert self._best is not None
        return self._best

    def _scaled_score(self, log_ratio: float) -> float:
        """Give what `at` gives as score, times the ratio, for one ratio and nothing else."""
        ratio = exp(log_ratio)
        p = self.p
        w = self.sizes / (1 + self.sizes * ratio)
        shape = self.within.shape
        a = self.within + (w @ self._flat).reshape(shape)
        slope = ((w * w) @ self._flat).reshape(shape)
        level = np.sqrt(a.diagonal()[:p])
        levels = level[:, None] * level
        factor, fault = lapack.dpotrf(a[:p, :p] / levels, lower=1)
        if fault:
            return float(self.at(ratio).score[0]) * ratio
        lower = lapack.dpotri(factor, lower=1)[0]
        inverse = lower + lower.T
        inverse.flat[:: p + 1] /= 2
        inverse /= levels
        contrast = np.ones(p + 1)
        contrast[:p] = -(inverse @ a[:p, p])
        score = self.degrees * (contrast @ slope @ contrast) / (contrast @ a @ contrast)
        score -= w @ self.counts
        if self.reml:
            score += np.vdot(inverse, slope[:p, :p])
        return float(score) / 2 * ratio

    @cached_property
    def back(self) -> tuple[np.ndarray, np.ndarray]:
        """Give matrix and shift from the working basis to the predictors' own units."""
        back = np.empty((self.p, self.p))
        back[self.order] = solve_triangular(self.factor, np.eye(self.p), lower=True).T
        shift = np.zeros(self.p)
        if self.centred:
            at = self.statistics.names.index("Intercept")
            move = np.eye(self.p)
            move[at] -= self.origin[:-1]  # zero at the intercept itself
            back = move @ back
            shift[at] = self.origin[-1]
        return back, shift

    def original(self, coefficients: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, ...]:
        """Take fixed effects from the working basis to the predictors' own units.

        Parameters
        ----------
        coefficients : ndarray, shape (p,)
            In the working basis.
        inverse : ndarray, shape (p, p)
            Their covariance over the residual variance.

        Returns
        -------
        coefficients : ndarray, shape (p,)
            In units of the outcome per unit of the predictor.
        inverse : ndarray, shape (p, p)
            Their covariance over the residual variance.
        """
        back, shift = self.back
        return back @ coefficients + shift, back @ inverse @ back.T
