"""Tell how sure a finding is from the ends of its 95 % interval alone."""

from __future__ import annotations

import numpy as np
from scipy import stats

from tilstand.analysis.proportions import LEVEL, SIGN_LEVEL, Certainty, Difference, Interval

#: How much of a 95 % interval's half width the 80 % interval has, for normal errors.
NARROWER = float(stats.norm.ppf(0.5 + SIGN_LEVEL / 2) / stats.norm.ppf(0.5 + LEVEL / 2))


def certainty_of(value: float, low: float, high: float, reference: float = 0.0) -> Certainty:
    """Tell how sure it is that an estimate lies on its own side of a reference.

    Parameters
    ----------
    value, low, high : float
        An estimate and its 95 % interval, in one unit; the interval may be skewed.
    reference : float
        What the estimate is held against, same unit.

    Returns
    -------
    {"clear", "sign", "chance"}
        ``clear`` when the 95 % interval excludes the reference, ``sign`` when only the 80 %
        interval does. ``chance`` too where a number is missing.

    Notes
    -----
    The 80 % interval is the 95 % one narrowed on either side as for normal errors. A t interval
    narrows more than that, so a sign is never said too early.
    """
    if not np.isfinite([value, low, high]).all():
        return "chance"
    if Interval(low, high).excludes(reference):
        return "clear"
    narrow = Interval(value - NARROWER * (value - low), value + NARROWER * (high - value))
    return "sign" if narrow.excludes(reference) else "chance"


def gap(first: tuple[float, float, float], second: tuple[float, float, float]) -> Difference | None:
    """Compare two independent estimates of which only the intervals are at hand.

    Parameters
    ----------
    first, second : tuple of float
        ``value, low, high`` of each, in one unit.

    Returns
    -------
    Difference or None
        First less second with its 95 % interval; None where one of them is hidden.

    References
    ----------
    Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures: a
    general approach. Statistics in Medicine 27, 1693-1702: the lower limit of ``a - b`` is
    ``a - b - sqrt((a - l_a)^2 + (u_b - b)^2)``, the upper one its mirror image.
    """
    if not np.isfinite([*first, *second]).all():
        return None
    (a, low_a, high_a), (b, low_b, high_b) = first, second
    value = a - b
    low = value - float(np.hypot(a - low_a, high_b - b))
    high = value + float(np.hypot(high_a - a, b - low_b))
    return Difference(value, Interval(low, high), certainty_of(value, low, high))
