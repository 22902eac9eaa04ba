"""The few numbers of a pupil file that the random-intercept likelihood needs.

Each school's size and means and the pooled within-school cross-products are sufficient. They are
found in one pass, need no copy of the data, and add up over files, chunks and cohorts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from tilstand.value_added.school_ids import SchoolOrder, common_kind

# A block of pupils that stays in the processor's cache between the steps of the pass.
_BLOCK = 65_536
# Pupils whose products are added up while they are there.
_PART = 8192
# Values of columns that are kept for another look; more would be memory asked for anew each time.
_SMALL = 100_000
# Subtracting the between-school part from the total leaves too few digits of a column whose
# within-school share is below this, so such columns get a second, exact pass.
_CANCELLATION = 1e-4


@dataclass(frozen=True)
class SufficientStatistics:
    """Hold what a random-intercept model needs to know of the pupils.

    Parameters
    ----------
    names : tuple of str
        The k columns: the predictors in order, then the outcome.
    schools : pandas.Index
        The J school ids, in their own type and in its order, see `school_ids`.
    n : ndarray, shape (J,)
        Pupils per school.
    origin : ndarray, shape (k,)
        The point each column is measured from, near its mean, so that no digits are lost.
    means : ndarray, shape (J, k)
        School means, measured from `origin`.
    within : ndarray, shape (k, k)
        Cross-products of the deviations from the school means, summed over all schools.
    """

    names: tuple[str, ...]
    schools: pd.Index
    n: np.ndarray
    origin: np.ndarray
    means: np.ndarray
    within: np.ndarray

    @cached_property
    def pupils(self) -> int:
        """Count the pupils."""
        return int(self.n.sum())

    @property
    def school_means(self) -> np.ndarray:
        """Return the school means in the columns' own units, shape (J, k)."""
        return self.means + self.origin

    def __add__(self, other: SufficientStatistics) -> SufficientStatistics:
        """Join the pupils of two files, chunks or cohorts.

        Parameters
        ----------
        other : SufficientStatistics
            The same columns of other pupils; schools may overlap.

        Returns
        -------
        SufficientStatistics
            What one pass over all the pupils would have given.

        References
        ----------
        Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance, The American
        Statistician 37:242-247, the pairwise update.
        """
        if self.names != other.names:
            raise ValueError(f"different columns: {self.names} and {other.names}")
        schools, others = common_kind(self.schools, other.schools)
        first = replace(self, schools=schools)
        second = replace(other, schools=others)
        if not schools.equals(others):
            order = SchoolOrder(schools)
            order.positions(others)
            schools = order.sorted()
        n_a, mean_a = first._aligned(schools, self.origin)
        n_b, mean_b = second._aligned(schools, self.origin)
        n = n_a + n_b
        gap = mean_b - mean_a
        within = self.within + other.within + (gap * (n_a * n_b / n)[:, None]).T @ gap
        means = mean_a + gap * (n_b / n)[:, None]
        return SufficientStatistics(self.names, schools, n, self.origin, means, within)

    def _aligned(self, schools: pd.Index, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shifted = self.means + (self.origin - origin)
        if schools is self.schools:
            return self.n, shifted
        at = schools.get_indexer(self.schools)
        n = np.zeros(len(schools))
        means = np.zeros((len(schools), len(self.names)))
        n[at] = self.n
        means[at] = shifted
        return n, means


class Collector:
    """Collect sufficient statistics from pupils that come in one or more frames.

    Parameters
    ----------
    names : sequence of str
        The k columns: the predictors, then the outcome.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._schools = SchoolOrder()
        self._n = np.zeros(0)
        self._sums = np.zeros((len(self.names), 0))
        self._total = np.zeros((len(self.names), len(self.names)))
        self._origin: np.ndarray | None = None
        self._within: np.ndarray | None = None
        self._exact: np.ndarray | None = None
        #: Of a small frame, the columns that were taken last but those of ones, measured from
        #: the origin.
        self.centred: np.ndarray | None = None

    def take(
        self, columns: Sequence[np.ndarray | None], codes: np.ndarray, schools: pd.Index
    ) -> bool:
        """Add the pupils of a frame.

        Parameters
        ----------
        columns : sequence of k arrays of shape (n,)
            The predictors, then the outcome; ``None`` stands for a column of ones.
        codes : ndarray of int, shape (n,)
            Each pupil's school as a position in `schools`; no missing.
        schools : Index, shape (J,)
            School ids; those without pupils are left out.

        Returns
        -------
        bool
            Whether all values were finite. If not, nothing was added.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            origin = _middles(columns, len(codes)) if self._origin is None else self._origin
            total, sums, self.centred = _totals(columns, codes, len(schools), origin)
        sound = bool(np.isfinite(total).all())
        if sound or np.isfinite(origin).all():
            self._origin = origin
        if not sound:
            return False
        self._total += total
        n = np.bincount(codes, minlength=len(schools)).astype(float)
        present = n > 0
        if not present.all():
            schools, n, sums = schools[present], n[present], sums[:, present]
        at = self._schools.positions(schools)
        if not len(self._n):
            self._n, self._sums = n, sums
            return True
        more = len(self._schools) - len(self._n)
        if more:
            self._n = np.append(self._n, np.zeros(more))
            self._sums = np.hstack([self._sums, np.zeros((len(self.names), more))])
        self._n[at] += n
        self._sums[:, at] += sums
        return True

    @property
    def weak(self) -> np.ndarray:
        """Return the columns that vary so little within schools that rounding would show."""
        within = self._first_within().diagonal()
        return (within < _CANCELLATION * self._total.diagonal()).nonzero()[0]

    def refine(
        self, columns: Sequence[np.ndarray | None], codes: np.ndarray, schools: pd.Index
    ) -> bool:
        """Go through the pupils once more for the digits of `weak` columns.

        Parameters
        ----------
        columns, codes, schools
            As for `take`, the same pupils.

        Returns
        -------
        bool
            As for `take`.
        """
        assert self._origin is not None
        weak = self.weak
        if self._exact is None:
            self._exact = np.zeros((len(weak), len(self.names)))
        if not all(np.isfinite(column).all() for column in columns if column is not None):
            return False
        # Schools of which no pupil is complete have no place and no mean; no code is theirs.
        present = np.bincount(codes, minlength=len(schools)) > 0
        at = np.zeros(len(schools), dtype=np.int64)
        at[present] = self._schools.positions(schools[present])
        means = (self._sums / self._n)[:, at]
        exact = np.zeros_like(self._exact)
        for start in range(0, len(codes), _BLOCK):
            here = codes[start : start + _BLOCK]
            deviations = np.zeros((len(columns), len(here)))
            for i, column in enumerate(columns):
                if column is not None:
                    np.subtract(column[start : start + _BLOCK], self._origin[i], out=deviations[i])
            deviations -= means[:, here]
            exact += deviations[weak] @ deviations.T
        if not np.isfinite(exact).all():
            return False
        self._exact += exact
        return True

    def _first_within(self) -> np.ndarray:
        if self._within is None:
            self._within = self._total - (self._sums / self._n) @ self._sums.T
        return self._within

    def statistics(self) -> SufficientStatistics | None:
        """Return what was collected, ``None`` if there were no pupils."""
        if not len(self._n) or self._origin is None:
            return None
        within = self._first_within()
        if self._exact is not None:
            within = within.copy()
            weak = self.weak
            exact = self._exact
            # What rounding leaves of a column that is constant within every school.
            noise = 1e-26 * np.diag(self._total)
            exact[np.diag(exact[:, weak]) < noise[weak]] = 0.0
            within[weak, :] = exact
            within[:, weak] = exact.T
        order = self._schools.ordering()
        n = self._n[order]
        return SufficientStatistics(
            self.names,
            self._schools.sorted(order),
            n,
            self._origin,
            (self._sums[:, order] / n).T,
            (within + within.T) / 2,
        )


def _middles(columns: Sequence[np.ndarray | None], count: int) -> np.ndarray:
    # A thousand pupils spread over the columns come near enough to their means.
    filled = [i for i, column in enumerate(columns) if column is not None]
    step = max(1, count // 1024)
    some = np.array([column[::step] for column in columns if column is not None], dtype=float)
    middles = np.zeros(len(columns)) + 1
    middles[filled] = np.add.reduce(some, 1) / some.shape[1]
    return middles


def _totals(
    columns: Sequence[np.ndarray | None], codes: np.ndarray, count: int, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    k, n = len(columns), len(codes)
    # Adding up the school sums costs one step per school and block: keep blocks well above J.
    block = min(max(_BLOCK, 4 * count), max(n, 1))
    filled = [i for i, column in enumerate(columns) if column is not None]
    buffer = np.empty((len(filled), block))
    total = np.zeros((len(filled), len(filled)))
    sums = np.zeros((k, count))
    for start in range(0, n, block):
        here = codes[start : start + block]
        values = buffer[:, : len(here)]
        for row, i in zip(values, filled, strict=True):
            column = columns[i]
            assert column is not None
            np.subtract(column[start : start + block], origin[i], out=row)
            sums[i] += np.bincount(here, weights=row, minlength=count)
        for part in range(0, len(here), _PART):
            total += _products(values[:, part : part + _PART])
    whole = np.zeros((k, k))
    first = filled[0] if filled else k
    if len(filled) == k - first:  # the others are before them, as the intercept is
        whole[first:, first:] = total
    else:
        place = np.array(filled)
        whole[place[:, None], place] = total
    return whole, sums, buffer if n == block and buffer.size <= _SMALL else None


def _products(rows: np.ndarray) -> np.ndarray:
    """Multiply rows by themselves; a general product of few long rows beats a symmetric one."""
    found = np.empty((len(rows), len(rows)))
    np.matmul(rows[:-1], rows.T, out=found[:-1])
    found[-1, :-1] = found[:-1, -1]
    found[-1, -1] = rows[-1] @ rows[-1]
    return found
