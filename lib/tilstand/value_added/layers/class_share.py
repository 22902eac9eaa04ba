"""A class level borrowed from elsewhere where the pupils carry no class ids."""

from __future__ import annotations

import numpy as np

from tilstand.value_added.errors import ValueAddedError

#: Pupils of a class where nothing is known.
CLASS_SIZE = 24


class ClassShareError(ValueAddedError):
    """A borrowed class share cannot be right, or is not needed."""


def check_class_share(share: float) -> float:
    """Refuse a class share that cannot be one.

    Parameters
    ----------
    share : float
        Class variance over class and pupil variance.

    Returns
    -------
    float
        The share.

    Raises
    ------
    ClassShareError
        If it lies outside 0 to 1.
    """
    if not 0 <= share < 1:
        raise ClassShareError(f"a class share lies from 0 to below 1, not {share:g}")
    return float(share)


def effective_pupils(n: np.ndarray, share: float) -> np.ndarray:
    """Return the pupils that a cohort counts for when classes share their luck.

    Parameters
    ----------
    n : ndarray, shape (C,)
        Pupils of each school and cohort.
    share : float
        Class variance over class and pupil variance.

    Returns
    -------
    ndarray, shape (C,)
        ``n / (1 + (n / K - 1) share)`` for ``K = max(1, round(n / 24))`` classes.

    References
    ----------
    Kish (1965), Survey sampling, section 5.4, the design effect of equal clusters.

    Examples
    --------
    >>> effective_pupils(np.array([24.0, 48.0]), 0.1).round(2).tolist()
    [7.27, 14.55]
    """
    classes = np.maximum(1, np.round(n / CLASS_SIZE))
    return np.asarray(n / (1 + (n / classes - 1) * share))


def within_divisor(n: np.ndarray, share: float) -> float:
    """Return what cross-products within cohorts fall short by because classes differ.

    Parameters
    ----------
    n : ndarray, shape (C,)
        Pupils of each school and cohort.
    share : float
        Class variance over class and pupil variance.

    Returns
    -------
    float
        ``1 - share sum(n / K - 1) / sum(n - 1)``.
    """
    classes = np.maximum(1, np.round(n / CLASS_SIZE))
    freedom = float(np.sum(n - 1))
    return 1 - share * float(np.sum(n / classes - 1)) / freedom if freedom else 1.0
