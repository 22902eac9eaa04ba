"""Rows of pupils that repeat another wholly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tilstand.value_added.school_ids import school_codes

# Columns and keys that a first look takes; more are looked at only where it finds something.
_QUICK_COLUMNS = 3
_KEYS = 100_000
# Rows gone through together, so that the work stays in the cache.
_BLOCK = 65_536
# A prime and odd multipliers spread equal rows to equal numbers and unequal ones apart.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def repeated_rows(
    frame: pd.DataFrame,
    groups: str,
    variables: Sequence[str],
    known: Mapping[str, np.ndarray] | None = None,
) -> int:
    """Count rows that repeat another wholly, where more do than chance would have.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils.
    groups : str
        The column of school ids.
    variables : sequence of str
        The columns that the model uses, looked at first because that is quick.
    known : mapping of str to ndarray of float, shape (n,), optional
        Columns of them that have been read as numbers already.

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
    if known and len(frame) < _KEYS and _surely_once([*known.values()]):
        return 0
    quick = _key(frame, variables[:_QUICK_COLUMNS], known)
    # Equal rows have equal keys, so a sample of keys holds all of a row's repetitions or none.
    mask = np.uint64((1 << (len(frame) // _KEYS).bit_length()) - 1)
    sample = quick[quick & mask == 0] if mask else quick
    if not _any_twice(sample):
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


def _key(
    frame: pd.DataFrame, names: Sequence[str], known: Mapping[str, np.ndarray] | None = None
) -> np.ndarray:
    columns = []
    for name in names:
        values = (known or {}).get(name)
        column = frame[name] if values is None else None
        if (
            column is not None
            and isinstance(column.dtype, np.dtype)
            and column.dtype.kind in "fiub"
        ):
            values = column.to_numpy(dtype=float)
        elif column is not None:
            try:
                values = pd.factorize(column)[0].astype(np.uint64)
            except TypeError:  # what cannot be told apart, such as lists
                continue
        columns.append(np.asarray(values).view(np.uint64))
    key = np.zeros(len(frame), dtype=np.uint64)
    for start in range(0, len(key), _BLOCK):
        part = key[start : start + _BLOCK]
        for bits in columns:
            part ^= bits[start : start + _BLOCK]
            part *= _SPREAD
            part ^= part >> np.uint64(29)
    return key


def _surely_once(columns: Sequence[np.ndarray]) -> bool:
    """Tell whether no row can repeat another, by one column of measures that has no value twice."""
    for column in columns:
        # Whole numbers are shared by many: a column of them is not worth the look.
        if all(one % 1 for one in column[:2].tolist()):
            return not _any_twice(column.view(np.uint64) * _SPREAD)
    return False


def _any_twice(key: np.ndarray) -> bool:
    """Tell whether two keys are equal, by their places in a table: faster than putting in order."""
    bits = 4 + len(key).bit_length()
    place = (key >> np.uint64(64 - bits)).view(np.int64)
    own = np.arange(len(key), dtype=np.int32)
    table = np.empty(1 << bits, dtype=np.int32)
    table[place] = own
    holder = table[place]
    # The last to come holds a place: an equal key is the holder's, or another's that lost its own.
    lost = (holder != own).nonzero()[0]
    losers = key[lost]
    return bool((losers == key[holder[lost]]).any()) or len(_twice(losers)) > 0


def _twice(key: np.ndarray) -> np.ndarray:
    ordered = np.sort(key)
    return ordered[1:][ordered[1:] == ordered[:-1]]


def _sizes(key: np.ndarray) -> np.ndarray:
    return np.unique(key, return_counts=True)[1]
