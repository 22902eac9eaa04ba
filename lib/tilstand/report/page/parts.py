"""Work out what printed parts of a whole leave over."""

from __future__ import annotations

import math

from tilstand.report.numbers import Value, computed


def rest(*shares: Value) -> Value:
    """Return what some shares of a whole leave over, in percent; missing when one is."""
    decimals = max(share.decimals for share in shares)
    if any(share.missing for share in shares):
        return Value(None, decimals=decimals)
    left = 100 - sum(float(share) for share in shares)
    return computed(left, *shares, decimals=decimals, recipe="rest")


def denominators(count: Value, share: Value) -> tuple[Value, Value]:
    """Bound the denominator behind a count and its rounded share.

    A printed share is the true one give or take half a unit of its last digit, so the
    denominator lies between ``count / (share + half)`` and ``count / (share - half)``.

    Returns
    -------
    smallest, largest : Value
        Missing when the count or the share is.
    """
    if count.missing or share.missing:
        return Value(None), Value(None)
    half = 0.5 * 10**-share.decimals
    ends = (float(count) / (float(share) + half), float(count) / (float(share) - half))
    whole = (math.ceil(100 * ends[0]), math.floor(100 * ends[1]))
    least, most = (computed(end, count, share, decimals=0, recipe="denominator") for end in whole)
    return least, most
