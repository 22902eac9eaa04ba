"""What looks wrong in pupil data and is no fault: said in a warning, never changed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd

from tilstand.value_added.defaults import FEW_SCHOOLS
from tilstand.value_added.errors import (
    BoundaryWarning,
    FewSchoolsWarning,
    OutlyingValuesWarning,
    RepeatedRowsWarning,
    ValueAddedWarning,
)
from tilstand.value_added.school_ids import school_codes

# Quartiles from about this many pupils; scales with fewer different values have no far outside.
_SAMPLE = 4096
_FEW_VALUES = 12
_MOST_CODES = 6
# A prime and odd multipliers spread equal rows to equal numbers and unequal ones apart.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@contextmanager
def quietly() -> Iterator[None]:
    """Hold the warnings of this package back, for code that fits many models.

    Examples
    --------
    >>> with quietly():
    ...     warnings.warn("no schools", ValueAddedWarning)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValueAddedWarning)
        yield


def warn_of_rows(frame: pd.DataFrame, groups: str, variables: Sequence[str]) -> None:
    """Warn of rows that repeat wholly and of values far outside the bulk.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    groups : str
        The column of school ids.
    variables : sequence of str
        The columns that the model uses.

    Warns
    -----
    RepeatedRowsWarning, OutlyingValuesWarning
        With the number of rows, or the values.

    Examples
    --------
    >>> import pandas as pd
    >>> once = pd.DataFrame({"id": range(40), "score": range(40), "school": [1, 2] * 20})
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     warn_of_rows(pd.concat([once, once]), "school", ["score"])
    >>> print(str(said[0].message)[:34])
    40 rows repeat another row wholly:
    """
    repeated = repeated_rows(frame, groups, variables)
    if repeated:
        plural = "rows repeat" if repeated > 1 else "row repeats"
        warnings.warn(
            f"{repeated} {plural} another row wholly: a pupil who stands twice counts twice, and "
            "intervals come out too narrow",
            RepeatedRowsWarning,
            stacklevel=3,
        )
    for name in variables:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            continue
        codes = outlying_values(column.to_numpy(dtype=float, na_value=np.nan))
        if codes:
            said = " and ".join(f"{value:g} ({count} pupils)" for value, count in codes.items())
            warnings.warn(
                f"{name}: {said} far outside the other values: if these are codes, such as for "
                "missing, leave the cells blank",
                OutlyingValuesWarning,
                stacklevel=3,
            )


def repeated_rows(frame: pd.DataFrame, groups: str, variables: Sequence[str]) -> int:
    """Count rows that repeat another wholly, where more do than chance would have.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    groups : str
        The column of school ids.
    variables : sequence of str
        The columns that the model uses, looked at first because that is quick.

    Returns
    -------
    int
        Rows beyond the first of their kind; 0 where pupils of different schools have equal rows
        about as often, as on coarse scales without an id.

    Examples
    --------
    >>> import pandas as pd
    >>> repeated_rows(pd.DataFrame({"x": [1.5, 1.5, 2.0], "s": ["a", "a", "b"]}), "s", ["x"])
    1
    """
    if len(frame) < 2:
        return 0
    quick = _key(frame, variables)
    candidates = _shared(quick)
    if not candidates.any():
        return 0
    some = frame[candidates]
    others = [name for name in some.columns if name != groups]
    key = pd.util.hash_pandas_object(some[others].astype(str), index=False).to_numpy()
    codes, _ = school_codes(some[groups], sort=False)
    of_school = (key ^ codes.astype(np.uint64)) * _SPREAD
    within = np.bincount(np.unique(of_school, return_inverse=True)[1])
    anywhere = np.bincount(np.unique(key, return_inverse=True)[1])
    repeated = int((within - 1).sum())
    if not repeated:
        return 0
    sizes = frame[groups].value_counts().to_numpy().astype(float)
    pairs_within = float((sizes * (sizes - 1)).sum()) / 2
    pairs_between = float(len(frame)) * (len(frame) - 1) / 2 - pairs_within
    equal_within = float((within * (within - 1.0)).sum()) / 2
    equal_between = float((anywhere * (anywhere - 1.0)).sum()) / 2 - equal_within
    expected = equal_between / max(pairs_between, 1.0) * pairs_within
    return repeated if equal_within > 2 * expected + 4 * np.sqrt(expected) else 0


def _key(frame: pd.DataFrame, variables: Sequence[str]) -> np.ndarray:
    key = np.zeros(len(frame), dtype=np.uint64)
    for name in variables:
        column = frame[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
            bits = column.to_numpy(dtype=float).view(np.uint64)
        else:
            bits = pd.factorize(column)[0].astype(np.uint64)
        key = (key ^ bits) * _SPREAD
        key ^= key >> np.uint64(29)
    return key


def _shared(key: np.ndarray) -> np.ndarray:
    ordered = np.sort(key)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.isin(key, twice) if len(twice) else np.zeros(len(key), dtype=bool)


def outlying_values(values: np.ndarray) -> dict[float, int]:
    """Find values so far outside the bulk, and so often, that they look like codes.

    Parameters
    ----------
    values : ndarray, shape (n,)
        A column; missing values are passed over.

    Returns
    -------
    dict of float to int
        The values, outermost first, and how many rows have them. A value counts if no other lies
        within half an interquartile range on its inner side, and if it is a lone one ten ranges
        out, or one of several rows two and a half ranges out, or stands one and a half out with
        more rows than the whole range beside it.

    Examples
    --------
    >>> import numpy as np
    >>> scores = np.round(np.random.default_rng(1).normal(50, 10, 200))
    >>> outlying_values(np.append(scores, [999, 999, -1, -1, -1]))
    {999.0: 2, -1.0: 3}
    """
    known = values[np.isfinite(values)]
    found: dict[float, int] = {}
    for _ in range(_MOST_CODES):
        code = _outermost(known)
        if code is None:
            break
        found[code] = int((known == code).sum())
        known = known[known != code]
    return found


def _outermost(values: np.ndarray) -> float | None:
    if len(values) < _FEW_VALUES:
        return None
    sample = np.sort(values[:: max(1, len(values) // _SAMPLE)])
    low, high = sample[len(sample) // 4], sample[(3 * len(sample)) // 4]
    spread = high - low
    ends = (float(values.max()), float(values.min()))
    if not spread or max(ends[0] - high, low - ends[1]) < 1.5 * spread:
        return None
    if len(np.unique(values)) < _FEW_VALUES:
        return None
    for end, distance in sorted(
        zip(ends, (ends[0] - high, low - ends[1]), strict=True), key=lambda one: -one[1]
    ):
        away = np.abs(values - end)
        inner = away[away > 0].min()
        count = int((away == 0).sum())
        crowd = int(((away > 0) & (away < spread + inner)).sum())
        lone = distance > 10 * spread and inner > 3 * spread
        several = count > 1 and distance > 2.5 * spread
        many = count > max(crowd, 2) and distance > 1.5 * spread
        if inner >= spread / 2 and (lone or several or many):
            return end
    return None


def warn_of_fit(*, boundary: bool, schools: int) -> None:
    """Warn of a school variance at zero and of very few schools.

    Parameters
    ----------
    boundary : bool
        Whether the estimated school variance is zero.
    schools : int
        Number of schools.

    Warns
    -----
    BoundaryWarning, FewSchoolsWarning
        Once for each.

    Examples
    --------
    >>> warn_of_fit(boundary=False, schools=20)
    """
    if boundary:
        warnings.warn(
            "the school variance is estimated as zero: these data do not tell the schools apart, "
            "which does not show that they are equal",
            BoundaryWarning,
            stacklevel=3,
        )
    if schools <= FEW_SCHOOLS:
        warnings.warn(
            f"{schools} schools say little of how much schools differ: the intervals rest on the "
            "prior of the school variance as much as on the data",
            FewSchoolsWarning,
            stacklevel=3,
        )
