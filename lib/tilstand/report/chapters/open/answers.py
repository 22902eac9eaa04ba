"""Say how many answers would make a difference of shares clear, where n is not published."""

from __future__ import annotations

import math
from functools import cache

from tilstand.analysis.proportions import share_against_reference, share_difference

MOST = 1_000_000


@cache
def answers_needed(share: float, other: float, *, sampled: bool) -> int | None:
    """Find the fewest answers with which a difference of shares would be clear.

    Parameters
    ----------
    share, other : float
        In percent.
    sampled : bool
        Whether the other share is of as many answers; else it is taken as given.

    Returns
    -------
    int or None
        Rounded up to two digits; None where the shares are alike.

    Examples
    --------
    >>> answers_needed(7.6, 9.6, sampled=False)
    840
    >>> answers_needed(9, 9, sampled=False) is None
    True
    """
    if share == other:
        return None
    low, high = 1, MOST
    while low < high:
        middle = (low + high) // 2
        if _clear(share, other, middle, sampled=sampled):
            high = middle
        else:
            low = middle + 1
    step = 10 ** max(len(str(low)) - 2, 0)
    return math.ceil(low / step) * step


def _clear(share: float, other: float, n: int, *, sampled: bool) -> bool:
    count = share * n / 100
    if sampled:
        return share_difference(count, n, other * n / 100, n).certainty == "clear"
    return share_against_reference(count, n, other).certainty == "clear"
