"""The top of a smooth curve whose slope is known, where there plainly is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

#: A difference of log-likelihoods that no rounding makes.
FAR = 1e-3
# What may be left of the way to the peak.
_CLOSE = 1e-14
_MOST_STEPS = 12
# From a curve at seven points in even steps to the coefficients of the polynomial through them.
_THROUGH = np.linalg.inv(np.vander(np.arange(-3.0, 4.0), increasing=True))
_DERIVED = np.arange(1.0, 7.0)


def clear_peak(
    heights: Sequence[float], middle: float, step: float, slope: Callable[[float], float]
) -> float | None:
    """Find a peak beside the middle of seven points by its slope.

    Parameters
    ----------
    heights : sequence of float, shape (7,)
        The curve at the middle and three steps on both sides.
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
    Traub (1964), Iterative methods for the solution of equations, chapter 6, for Newton's step
    with the derivative of what interpolates the last points, and its order.

    Examples
    --------
    >>> import math
    >>> heights = [math.cos(x - 0.2) for x in (-1.5, -1, -0.5, 0, 0.5, 1, 1.5)]
    >>> round(clear_peak(heights, 0.0, 0.5, lambda x: -math.sin(x - 0.2)), 12)
    0.2
    >>> clear_peak([0.0] * 7, 0.0, 1.0, lambda x: 0.0) is None
    True
    """
    _, _, below, top, above, _, _ = heights
    if min(top - below, top - above) < FAR or min(heights) == -np.inf:
        return None
    away, bend = _top_between(heights)
    near, steep = middle + away * step, bend / step**2
    found = slope(near)
    # The steps before, and the slope's means between the last points.
    last, before, former = 1.0, 1.0, None
    for _ in range(_MOST_STEPS):
        moved = -found / steep
        if not abs(near + moved - middle) < step:
            return None
        near += moved
        # The error after a step is about this.
        if abs(moved) * (abs(moved) + abs(last * before)) < _CLOSE:
            return near
        earlier, found = found, slope(near)
        mean = (found - earlier) / moved
        if former is None:
            steep = mean
        else:
            # The derivative of the parabola through the last three points.
            both = (former * last + mean * moved) / (last + moved)
            steep = mean + both - former
        last, before, former = moved, last if former is not None else 1.0, mean
        if not steep < 0:
            return None
    return None


def _top_between(heights: Sequence[float]) -> tuple[float, float]:
    """Find the top of the polynomial through the points, in steps, and its bend there."""
    _, _, below, top, above, _, _ = heights
    even = above + below - 2 * top
    parabola = (below - above) / (2 * even)
    slopes = ((_THROUGH @ np.subtract(heights, top))[1:] * _DERIVED).tolist()[::-1]
    away, bend = parabola, even
    for _ in range(3):
        value = bend = 0.0
        for one in slopes:
            bend = bend * away + value
            value = value * away + one
        if not bend < 0:
            break
        away -= value / bend
    return (away, bend) if abs(away) < 1 and bend < 0 else (parabola, even)
