"""Columns in which cross-products lose no digits: centred, orthogonal, of unit size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from tilstand.value_added.errors import ConstantOutcomeError
from tilstand.value_added.identification import orthogonal, refuse_constant
from tilstand.value_added.sufficient import SufficientStatistics

# School means of a size side by side, filled up with zeros, that are multiplied in one call.
_SMALL = 100_000


@dataclass(frozen=True)
class WorkingBasis:
    """Hold sufficient statistics in well-behaved columns and the way back from them.

    Parameters
    ----------
    names : tuple of str
        The k columns: the predictors in order, then the outcome.
    means : ndarray, shape (J, k)
        Group means in working columns, the outcome last.
    within : ndarray, shape (k, k)
        Within-group cross-products in working columns.
    origin : ndarray, shape (k,)
        The point that columns are measured from; zero without an intercept to take it up.
    outcome_scale : float
        Outcome's units per working unit.
    order : ndarray of int, shape (p,)
        The predictors in working order.
    unmixed : ndarray, shape (p, p)
        Working predictors are this times the predictors in working order.
    log_volume : float
        Logarithm of the determinant of the predictors' mean cross-products.
    centred : bool
        Whether there is an intercept.
    """

    names: tuple[str, ...]
    means: np.ndarray
    within: np.ndarray
    origin: np.ndarray
    outcome_scale: float
    order: np.ndarray
    unmixed: np.ndarray
    log_volume: float
    centred: bool

    @cached_property
    def back(self) -> tuple[np.ndarray, np.ndarray]:
        """Return matrix and shift from the working basis to the predictors' own units."""
        p = len(self.names) - 1
        back = np.empty((p, p))
        back[self.order] = self.unmixed.T
        shift = np.zeros(p)
        if self.centred:
            at = self.names.index("Intercept")
            back[at] -= self.origin[:-1] @ back  # the origin is zero at the intercept itself
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


def working_basis(s: SufficientStatistics) -> WorkingBasis:
    """Choose working columns for sufficient statistics.

    Parameters
    ----------
    s : SufficientStatistics
        The pupils.

    Returns
    -------
    WorkingBasis
        Its predictors have the identity as their mean cross-product.

    Raises
    ------
    ConstantOutcomeError, CollinearError
        If the model cannot be told from these pupils.
    """
    names = s.names[:-1]
    centred = "Intercept" in names
    origin = s.origin.copy()
    if centred:
        # The intercept takes up where the columns are measured from.
        origin[names.index("Intercept")] = 0.0
    else:
        origin[:] = 0.0
    pupils = s.pupils
    means = s.means + (s.origin - origin)
    total = s.within + (means.T * s.n) @ means
    size = np.sqrt(total.diagonal() / pupils)
    refuse_constant(s, size)
    outcome_scale = float(size[-1]) or 1.0
    # Columns that differ only between schools come first: their within part stays exactly
    # zero, so that nothing is lost when the variance ratio is huge.
    order = (s.within.diagonal()[:-1] > 0).argsort(kind="stable")
    cross = total[order[:, None], order] / pupils
    factor = orthogonal(cross, [names[i] for i in order])
    log_volume = 2 * float(np.log(factor.diagonal()).sum())
    # Working columns F^-1 x have the identity as their mean cross-product.
    unmixed = lapack.dtrtri(factor, lower=1)[0]
    turn = np.zeros(s.within.shape)
    turn[:-1, order] = unmixed
    turn[-1, -1] = 1 / outcome_scale
    means = means @ turn.T
    within = turn @ s.within @ turn.T
    fitted = within[-1, :-1] + (means[:, -1] * s.n) @ means[:, :-1]
    left = 1 - fitted @ fitted / pupils**2
    # Rounding leaves about this much of an outcome that the predictors explain to the last.
    if not left > 1e-13:
        raise ConstantOutcomeError(f"{s.names[-1]}: the predictors say it exactly for every pupil")
    return WorkingBasis(
        s.names, means, within, origin, outcome_scale, order, unmixed, log_volume, centred
    )


def by_size(n: np.ndarray, means: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up the cross-products of the means of schools of one size: they share their weight.

    Parameters
    ----------
    n : ndarray, shape (J,)
        Pupils per school.
    means : ndarray, shape (J, k)
        School means.

    Returns
    -------
    sizes, counts : ndarray of float, shape (s,)
        The different sizes, smallest first, and how many schools have each.
    between : ndarray, shape (s, k * k)
        The cross-products.

    Examples
    --------
    >>> sizes, counts, between = by_size(np.array([9, 7, 9]), np.array([[1.0], [2.0], [3.0]]))
    >>> sizes.tolist(), counts.tolist(), between.tolist()
    ([7, 9], [1.0, 2.0], [[4.0], [10.0]])
    """
    order = n.argsort(kind="stable")
    ordered, means = n[order], means[order]
    first = np.empty(len(n), dtype=bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts, group = first.nonzero()[0], first.cumsum() - 1
    counts = np.bincount(group)
    k, most = means.shape[1], int(counts.max())
    if len(starts) * most * k <= _SMALL:
        filled = np.zeros((len(starts), most, k))
        filled[group, np.arange(len(n)) - starts[group]] = means
        between = filled.transpose(0, 2, 1) @ filled
    else:
        between = np.empty((len(starts), k, k))
        for i, (start, count) in enumerate(zip(starts.tolist(), counts.tolist(), strict=True)):
            members = means[start : start + count]
            np.matmul(members.T, members, out=between[i])
    return ordered[starts], counts.astype(float), between.reshape(len(starts), k * k)
