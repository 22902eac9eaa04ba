"""The top of a smooth curve whose slope is known, where there plainly is one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: A difference of log-likelihoods that no rounding makes.
FAR = 1e-3
# Of the steps' lengths, where what is left after the last is their product.
_CLOSE = 1e-9
_MOST_STEPS = 12


def clear_peak(
    heights: np.ndarray, middle: float, step: float, slope: Callable[[float], float]
) -> float | None:
    """Find a peak beside the middle of five points by the secant method.

    Parameters
    ----------
    heights : ndarray, shape (5,)
        The curve at the middle and two steps on both sides.
    middle, step : float
        Where that is.
    slope : callable
        The curve's derivative at a point.

    Returns
    -------
    float or None
        The peak's place; ``None`` where it is not plain, as where the curve is flat.

    References
    ----------
    Nocedal & Wright (2006), Numerical optimization, section 3.3, for the secant method's order.

    Examples
    --------
    >>> import math
    >>> heights = np.array([math.cos(x - 0.3) for x in (-2, -1, 0, 1, 2)])
    >>> round(clear_peak(heights, 0.0, 1.0, lambda x: -math.sin(x - 0.3)), 12)
    0.3
    >>> clear_peak(np.zeros(5), 0.0, 1.0, lambda x: 0.0) is None
    True
    """
    lowest, below, top, above, highest = heights.tolist()
    if min(top - below, top - above) < FAR:
        return None
    # The quartic through the points, and its top by two of Newton's steps from the parabola's.
    odd, even = above - below, above + below - 2 * top
    wide_odd, wide_even = highest - lowest, highest + lowest - 2 * top
    first, second = (8 * odd - wide_odd) / 12, (16 * even - wide_even) / 12
    third, fourth = (wide_odd - 2 * odd) / 4, (wide_even - 4 * even) / 6
    away = -odd / (2 * even)
    for _ in range(2):
        bend = second + away * (2 * third + 3 * fourth * away)
        away -= (first + away * (second + away * (third + away * fourth))) / bend if bend else 0.0
    if not (abs(away) < 1 and bend < 0):
        away, bend = -odd / (2 * even), even
    near, steep = middle + away * step, bend / step**2
    found = slope(near)
    for _ in range(_MOST_STEPS):
        moved = -found / steep
        if not abs(near + moved - middle) < step:
            return None
        near += moved
        if abs(moved) < _CLOSE:
            return near
        last, found = found, slope(near)
        steep = (found - last) / moved
        if not steep < 0:
            return None
    return None
