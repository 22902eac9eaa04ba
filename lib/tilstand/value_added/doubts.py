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
_SAMPLE = 1024
_FEW_VALUES = 12
_MOST_CODES = 6
# Columns and keys that a first look takes; more are looked at only where it finds something.
_QUICK_COLUMNS = 3
_KEYS = 100_000
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
            said = " and ".join(
                f"{value:g} ({count} pupil{'s' * (count != 1)})" for value, count in codes.items()
            )
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
    quick = _key(frame, variables[:_QUICK_COLUMNS])
    # Equal rows have equal keys, so a sample of keys holds all of a row's repetitions or none.
    every = np.uint64(1 + len(frame) // _KEYS)
    if not len(_twice(quick[quick % every == 0] if every > 1 else quick)):
        return 0
    some = frame[np.isin(quick, _twice(quick))]
    key = _key(some, [name for name in some.columns if name != groups])
    codes, _ = school_codes(some[groups], sort=False)
    within = _sizes((key ^ codes.astype(np.uint64)) * _SPREAD)
    anywhere = _sizes(key)
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


def _key(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    key = np.zeros(len(frame), dtype=np.uint64)
    for name in names:
        column = frame[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
            bits = column.to_numpy(dtype=float).view(np.uint64)
        else:
            try:
                bits = pd.factorize(column)[0].astype(np.uint64)
            except TypeError:  # what cannot be told apart, such as lists
                continue
        key ^= bits
        key *= _SPREAD
        key ^= key >> np.uint64(29)
    return key


def _twice(key: np.ndarray) -> np.ndarray:
    ordered = np.sort(key)
    return ordered[1:][ordered[1:] == ordered[:-1]]


def _sizes(key: np.ndarray) -> np.ndarray:
    return np.unique(key, return_counts=True)[1]


def outlying_values(values: np.ndarray) -> dict[float, int]:
    """Find values so far outside the bulk, and so often, that they look like codes.

    Parameters
    ----------
    values : ndarray, shape (n,)
        A column; missing values are passed over.

    Returns
    -------
    dict of float to int
        The values, outermost first, and how many rows have them. They lie beyond a gap of half an
        interquartile range, and either fifteen ranges out, or two and a half ranges out with
        several rows of one value, or one and a half out with more rows of one value than there
        are in the whole range beside them.

    Examples
    --------
    >>> import numpy as np
    >>> scores = np.round(np.random.default_rng(1).normal(50, 10, 200))
    >>> outlying_values(np.append(scores, [999, 999, -1, -1, -1]))
    {999.0: 2, -1.0: 3}
    """
    known = values
    found: dict[float, int] = {}
    while len(found) < _MOST_CODES:
        codes = _outermost(known)
        if not len(codes):
            break
        for code in codes:
            found[float(code)] = int((known == code).sum())
        known = known[~np.isin(known, codes)]
    return found


def _outermost(values: np.ndarray) -> np.ndarray:
    nothing = np.empty(0)
    if len(values) < _FEW_VALUES:
        return nothing
    sample = values[:: max(1, len(values) // _SAMPLE)]
    sample = sample[np.isfinite(sample)]
    if not len(sample):
        return nothing
    places = [len(sample) // 4, (3 * len(sample)) // 4]
    low, high = np.partition(sample, places)[places]
    spread = high - low
    if not 0 < spread < np.inf:
        return nothing
    found = [
        (side, edge, _beyond_the_gap(values, side, edge, spread))
        for side, edge in ((1.0, high), (-1.0, low))
    ]
    side, edge, distances = max(found, key=lambda one: one[2].max(initial=0.0))
    if not len(distances) or len(np.unique(values)) < _FEW_VALUES:
        return nothing
    return np.unique(values[np.isin(side * (values - edge), distances)])[:: -int(side)]


def _beyond_the_gap(values: np.ndarray, side: float, edge: float, spread: float) -> np.ndarray:
    """Return the distances beyond the first gap outside the bulk, if they look like codes."""
    nothing = np.empty(0)
    # Comparisons with a missing value are false.
    far = values > edge + 1.5 * spread if side > 0 else values < edge - 1.5 * spread
    outside = np.sort(side * (values[far] - edge))
    outside = outside[outside < np.inf]
    if not len(outside):
        return nothing
    tight = outside[0] < 2 * spread and (np.diff(outside) < spread / 2).all()
    if tight and _any_between(values, side, edge, (outside[0] - spread / 2, 1.5 * spread)):
        return nothing  # nearly every column: no gap at all
    distance = side * (values - edge)
    steps, counts = np.unique(outside, return_counts=True)
    bulk = distance[distance <= 1.5 * spread].max(initial=0.0)
    gaps = np.diff(steps, prepend=bulk)
    wide = np.flatnonzero(gaps >= spread / 2)
    if not len(wide) or len(steps) - wide[0] > _MOST_CODES:
        return nothing
    first = int(wide[0])
    codes, most = steps[first:], int(counts[first:].max())
    inner = codes[0] - gaps[first]
    lone = codes[0] > 15 * spread and gaps[first] > 5 * spread
    several = codes[0] > 2.5 * spread and (most > 2 or (most > 1 and gaps[first] >= spread))
    if lone or several:
        return codes
    crowd = int(((distance >= inner - spread) & (distance <= inner)).sum())
    return codes if most > max(crowd, 2) else nothing


def _any_between(
    values: np.ndarray, side: float, edge: float, distances: tuple[float, float]
) -> bool:
    """Tell whether a value lies strictly between two distances from an edge."""
    low, high = sorted(edge + side * distance for distance in distances)
    return bool(((values > low) & (values < high)).any())


def warn_of_fit(*, boundary: bool, schools: int, between: str = "schools") -> None:
    """Warn of a variance at zero and of very few schools.

    Parameters
    ----------
    boundary : bool
        Whether an estimated variance is zero.
    schools : int
        Number of schools.
    between : str
        The units whose variance it is.

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
            f"the variance between {between} is estimated as zero: these data do not tell them "
            "apart, which does not show that they are equal",
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
