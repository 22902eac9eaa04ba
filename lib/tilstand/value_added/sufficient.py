"""The few numbers of a pupil file that the random-intercept likelihood needs.

Each school's size and means and the pooled within-school cross-products are sufficient. They are
found in one pass, need no copy of the data, and add up over files, chunks and cohorts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A block of pupils that stays in the processor's cache between the steps of the pass.
_BLOCK = 65_536
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
        The J school ids as text, sorted.
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

    @property
    def pupils(self) -> int:
        """Count the pupils."""
        return int(self.n.sum())

    @property
    def school_means(self) -> np.ndarray:
        """Give the school means in the columns' own units, shape (J, k)."""
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
        schools = self.schools
        if not schools.equals(other.schools):
            schools = schools.union(other.schools)
        n_a, mean_a = self._aligned(schools, self.origin)
        n_b, mean_b = other._aligned(schools, self.origin)
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


def school_codes(ids: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Assign each school of a column of ids a number.

    Parameters
    ----------
    ids : Series, shape (n,)
        School ids: text, whole numbers or categories.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        Each pupil's school as a position in `schools`, -1 where the id is missing.
    schools : Index, shape (J,)
        The ids as text, sorted; leading zeros kept.
    """
    codes, found = pd.factorize(ids)
    text = np.asarray(found, dtype=object)
    if not isinstance(found.dtype, pd.StringDtype):
        text = np.array([_as_text(value) for value in text], dtype=object)
    position, labels = pd.factorize(text, sort=True)
    # Ids that come sorted and once each, as from a sorted file, keep their numbers.
    if not np.array_equal(position, np.arange(len(text))):
        codes = np.where(codes < 0, -1, position[codes])
    return codes, pd.Index(labels, dtype="str", name="school")


def _as_text(value: object) -> str:
    # A whole-number id becomes a float when another row of the file lacks it.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def sufficient_statistics(
    columns: Sequence[np.ndarray | None],
    names: Sequence[str],
    codes: np.ndarray,
    schools: pd.Index,
) -> SufficientStatistics:
    """Pass once over the pupils and keep what the likelihood needs.

    Parameters
    ----------
    columns : sequence of k arrays of shape (n,)
        The predictors, then the outcome; ``None`` stands for a column of ones.
    names : sequence of str
        The columns' names.
    codes : ndarray of int, shape (n,)
        Each pupil's school as a position in `schools`; no missing.
    schools : Index, shape (J,)
        School ids. Schools without pupils are left out of the result.

    Returns
    -------
    SufficientStatistics
        Its `within` is not finite if any value is missing or infinite.
    """
    k, count = len(columns), len(schools)
    n = np.bincount(codes, minlength=count).astype(float)
    filled = [i for i, column in enumerate(columns) if column is not None]
    arrays = [column for column in columns if column is not None]
    origin = np.ones(k)
    origin[filled] = [_middle(array) for array in arrays]

    total, sums = _totals(arrays, codes, count, origin[filled])
    present = n > 0
    sums, n_present = sums[:, present], n[present]
    centred = sums / n_present
    within_filled = total - (centred * n_present) @ centred.T
    within_filled = _restore_digits(
        within_filled, total, arrays, codes, origin[filled], sums, n, present
    )

    means = np.zeros((int(present.sum()), k))
    means[:, filled] = centred.T
    within = np.zeros((k, k))
    within[np.ix_(filled, filled)] = within_filled
    return SufficientStatistics(tuple(names), schools[present], n_present, origin, means, within)


def _middle(array: np.ndarray) -> float:
    head = np.asarray(array[:_BLOCK], dtype=float)
    return float(head.mean()) if len(head) else 0.0


def _totals(
    arrays: Sequence[np.ndarray], codes: np.ndarray, count: int, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    k, n = len(arrays), len(codes)
    # Adding up the school sums costs one step per school and block: keep blocks well above J.
    block = min(max(_BLOCK, 4 * count), max(n, 1))
    buffer = np.empty((k, block))
    total = np.zeros((k, k))
    sums = np.zeros((k, count))
    for start in range(0, n, block):
        stop = min(n, start + block)
        values = buffer[:, : stop - start]
        for i, array in enumerate(arrays):
            np.subtract(array[start:stop], origin[i], out=values[i])
        total += values @ values.T
        here = codes[start:stop]
        for i in range(k):
            sums[i] += np.bincount(here, weights=values[i], minlength=count)
    return total, sums


def _restore_digits(
    within: np.ndarray,
    total: np.ndarray,
    arrays: Sequence[np.ndarray],
    codes: np.ndarray,
    origin: np.ndarray,
    sums: np.ndarray,
    n: np.ndarray,
    present: np.ndarray,
) -> np.ndarray:
    weak = np.flatnonzero(np.diag(within) < _CANCELLATION * np.diag(total))
    if not len(weak) or not np.isfinite(total).all():
        return within
    means = np.zeros((len(arrays), len(n)))
    means[:, present] = sums / n[present]
    exact = np.zeros((len(weak), len(arrays)))
    for start in range(0, len(codes), _BLOCK):
        here = codes[start : start + _BLOCK]
        deviations = np.empty((len(arrays), len(here)))
        for i, array in enumerate(arrays):
            np.subtract(array[start : start + _BLOCK], origin[i], out=deviations[i])
        deviations -= means[:, here]
        exact += deviations[weak] @ deviations.T
    # What rounding leaves of a column that is constant within every school.
    noise = 1e-26 * np.diag(total)
    exact[np.diag(exact[:, weak]) < noise[weak]] = 0.0
    restored = within.copy()
    restored[weak, :] = exact
    restored[:, weak] = exact.T
    return restored
