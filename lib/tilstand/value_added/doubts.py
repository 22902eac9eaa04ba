"""What looks wrong in pupil data and is no fault: said in a warning, never changed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

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
from tilstand.value_added.repeats import repeated_rows
from tilstand.value_added.sufficient import Collector

# Quartiles from about this many pupils; scales with fewer different values have no far outside.
_SAMPLE = 512
_FEW_VALUES = 12
_MOST_CODES = 6
# Rows gone through together, so that the work stays in the cache.
_BLOCK = 65_536
# Values of columns that are looked at together.
_SMALL = 500_000


@dataclass
class FirstFrame:
    """Keep the first frame of pupils, so that it need not be read again to be looked at.

    Parameters
    ----------
    frame : DataFrame, n rows, optional
        The pupils.
    columns : dict of str to ndarray of float, shape (n,)
        Those of its columns that have been read as numbers.
    centred : ndarray of float, shape (k, n), optional
        The same columns, each measured from a point near its mean.
    """

    frame: pd.DataFrame | None = None
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    centred: np.ndarray | None = None

    def keep(self, collector: Collector, columns: Sequence[np.ndarray | None]) -> None:
        """Keep the columns of the complete pupils that were collected, if all of the frame are."""
        rows = 0 if self.frame is None else len(self.frame)
        for name, column in zip(collector.names, columns, strict=True):
            if column is not None and column.dtype == float and len(column) == rows:
                self.columns[name] = column
        centred = collector.centred
        if centred is not None and centred.shape == (len(self.columns), rows):
            self.centred = centred


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


def warn_of_rows(
    frame: pd.DataFrame,
    groups: str,
    variables: Sequence[str],
    known: Mapping[str, np.ndarray] | None = None,
    centred: np.ndarray | None = None,
) -> None:
    """Warn of rows that repeat wholly and of values far outside the bulk.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    groups : str
        The column of school ids.
    variables : sequence of str
        The columns that the model uses.
    known : mapping of str to ndarray of float, shape (n,), optional
        Columns of them that have been read as numbers already.
    centred : ndarray of float, shape (k, n), optional
        The columns of `known` in its order, each measured from a point near its mean.

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
    known = known or {}
    repeated = repeated_rows(frame, groups, variables, known)
    if repeated:
        plural = "rows repeat" if repeated > 1 else "row repeats"
        warnings.warn(
            f"{repeated} {plural} another row wholly: a pupil who stands twice counts twice, and "
            "intervals come out too narrow",
            RepeatedRowsWarning,
            stacklevel=3,
        )
    quiet: frozenset[str] = frozenset()
    if sum(map(len, known.values())) <= _SMALL:
        plain = centred is not None and len(centred) == len(known) and _all_near(centred)
        quiet = frozenset(known) if plain else _quiet(known)
    for name in variables:
        if name in quiet:
            continue
        values = known.get(name)
        if values is None:
            column = frame[name]
            if not pd.api.types.is_numeric_dtype(column.dtype):
                continue
            values = column.to_numpy(dtype=float, na_value=np.nan)
        codes = outlying_values(values)
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
    found: dict[float, int] = {}
    while len(found) < _MOST_CODES:
        codes = _outermost(values)
        if not len(codes):
            break
        for code in codes:
            found[float(code)] = int((values == code).sum())
        values = values[~np.isin(values, codes)]
    return found


def _all_near(columns: np.ndarray) -> bool:
    """Tell whether columns surely have nothing far outside: the common case, seen in few passes.

    As `outlying_values` asks: beyond two ranges from the middle no value stands twice, and none
    lies near fifteen ranges out.
    """
    count = columns.shape[1]
    if count < _FEW_VALUES:
        return False
    # Half the digits of the distance from the mean are more than enough: it is no further from
    # the middle than the outermost value.
    sample = columns[:, :: max(1, count // _SAMPLE)].astype("f4")
    sample.sort(axis=1)
    size = sample.shape[1]
    low, high = sample[:, size // 4].astype(float), sample[:, (3 * size) // 4].astype(float)
    spread, middle = high - low, (low + high) / 2
    if not spread.min() > 1e-30 or not spread.max() < 1e30:
        return False
    at = _beyond(columns, middle, 1.99 * spread)
    row, values = at // count, columns.ravel()[at]
    if (np.abs(values - middle[row]) > 14.9 * spread[row]).any():
        return False
    values.sort()
    return not (values[1:] == values[:-1]).any()


def _quiet(columns: Mapping[str, np.ndarray]) -> frozenset[str]:
    """Name the columns that surely have nothing far outside, all looked at together.

    As `outlying_values` asks of one column: on both sides the values outside the bulk thin out
    without a gap, or stand alone there and not very far out. What is near a limit is left to it.
    """
    names = list(columns)
    if not names or len(columns[names[0]]) < _FEW_VALUES:
        return frozenset()
    values = np.array(list(columns.values()))
    # Half the digits of the distance from one of the column's own values are more than enough.
    own = values[:, 0]
    with np.errstate(over="ignore"):
        sample = (values[:, :: max(1, values.shape[1] // _SAMPLE)] - own[:, None]).astype("f4")
    sample.sort(axis=1)
    size = sample.shape[1]
    low, high = sample[:, size // 4].astype(float), sample[:, (3 * size) // 4].astype(float)
    spread, middle = high - low, (low + high) / 2 + own
    usable = (spread > 1e-30) & (spread < 1e30)
    # Nothing very far, and no value there that several have: what measures have that are not codes.
    far = np.maximum(values.max(axis=1) - middle, middle - values.min(axis=1)) > 14.9 * spread
    alone = np.sort(values.ravel()[_beyond(values, middle, 1.99 * spread)])
    if not (usable & far).any() and not (alone[1:] == alone[:-1]).any():
        return frozenset(np.array(names)[usable].tolist())
    at = _beyond(values, middle, 1.75 * spread)
    row = at // values.shape[1]
    distance = (values.ravel()[at] - middle[row]) / np.where(usable, spread, 1.0)[row]
    # A run is one side of one column. It begins where the first step has to, and the next run is
    # further away than any step.
    runs = 4e3 * np.arange(2 * len(names))
    beyond = np.minimum(np.abs(distance), 1e3) + runs[2 * row + (distance > 0)]
    ordered = np.concatenate([beyond, runs + 1.5])
    ordered.sort()
    steps, at_step = ordered[1:] - ordered[:-1], (ordered[1:] / 4e3).astype(int)
    far = ordered[1:] - runs[at_step] > 14.9
    gap = np.zeros((2, len(names)), dtype=bool)  # has the column a gap, and several or far values
    gap[0, at_step[(steps >= 0.49) & (steps < 2e3)] // 2] = True
    gap[1, at_step[(steps < 1e-6) | far] // 2] = True
    quiet = usable & ~gap.all(axis=0)
    return frozenset(name for name, sure in zip(names, quiet.tolist(), strict=True) if sure)


def _beyond(values: np.ndarray, middle: np.ndarray, reach: np.ndarray) -> np.ndarray:
    outside = values > (middle + reach)[:, None]
    outside |= values < (middle - reach)[:, None]
    return outside.ravel().nonzero()[0]


def _outermost(values: np.ndarray) -> np.ndarray:
    nothing = np.empty(0)
    if len(values) < _FEW_VALUES:
        return nothing
    sample = values[:: max(1, len(values) // _SAMPLE)]
    sample = np.sort(sample[np.isfinite(sample)])
    if not len(sample):
        return nothing
    low, high = sample[len(sample) // 4], sample[(3 * len(sample)) // 4]
    spread = high - low
    if not 0 < spread < np.inf:
        return nothing
    outside = _outside(values, low, high)
    if _no_gap(outside, low, high):
        return nothing  # nearly every column
    found = [
        (side, edge, _beyond_the_gap(values, outside, side, edge, spread))
        for side, edge in ((1.0, high), (-1.0, low))
    ]
    side, edge, distances = max(found, key=lambda one: one[2].max(initial=0.0))
    if not len(distances) or len(np.unique(values)) < _FEW_VALUES:
        return nothing
    return np.unique(values[np.isin(side * (values - edge), distances)])[:: -int(side)]


def _outside(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the values more than one and a quarter ranges outside the quartiles, in order."""
    middle, reach = (low + high) / 2, 1.75 * (high - low)
    found = []
    for start in range(0, len(values), _BLOCK):
        part = values[start : start + _BLOCK]
        # Comparisons with a missing value are false.
        found.append(part[np.abs(part - middle) > reach])
    outside = np.sort(np.concatenate(found) if len(found) > 1 else found[0])
    return outside[np.isfinite(outside)]


def _no_gap(outside: np.ndarray, low: float, high: float) -> bool:
    """Tell whether values thin out on both sides without a gap of half an interquartile range."""
    spread = high - low
    at = int(outside.searchsorted(low))
    upper, lower = outside[at:], outside[:at]
    # A little less than half leaves room for rounding.
    wide = np.count_nonzero(outside[1:] - outside[:-1] >= 0.499 * spread)
    return bool(
        wide == (0 < at < len(outside))
        and (not len(upper) or upper[0] < high + 1.499 * spread)
        and (not len(lower) or lower[-1] > low - 1.499 * spread)
    )


def _beyond_the_gap(
    values: np.ndarray, outside: np.ndarray, side: float, edge: float, spread: float
) -> np.ndarray:
    """Return the distances beyond the first gap outside the bulk, if they look like codes."""
    nothing = np.empty(0)
    near = side * (outside - edge)
    far = near[near > 1.5 * spread]
    if not len(far):
        return nothing
    steps, counts = np.unique(far, return_counts=True)
    near = near[(near > 0) & (near <= 1.5 * spread)]
    bulk = near.max() if len(near) else _reach(side * (values - edge), 1.5 * spread)
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
    distance = side * (values - edge)
    crowd = int(((distance >= inner - spread) & (distance <= inner)).sum())
    return codes if most > max(crowd, 2) else nothing


def _reach(distance: np.ndarray, most: float) -> float:
    # Comparisons with a missing value are false.
    return float(distance[distance <= most].max(initial=0.0))


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
