"""Say what pupils who did not sit a test could hide."""

from __future__ import annotations

from dataclasses import dataclass

from tilstand.analysis.proportions import Interval


@dataclass(frozen=True)
class Bounds:
    """Hold a share among those who sat the test and what it could be among all.

    Parameters
    ----------
    shown : float
        Share among those who sat the test, percent.
    bounds : Interval
        Share among all who were entered, if none or all of the rest were on the level.
    left_out : float
        Share of those entered who did not sit the test, percent.
    """

    shown: float
    bounds: Interval
    left_out: float


def share_bounds(count: float, took: float, left_out: float) -> Bounds:
    """Bound a share without assuming anything about those who did not sit the test.

    Parameters
    ----------
    count : float
        Pupils on the level.
    took : float
        Pupils who sat the test.
    left_out : float
        Pupils entered who did not: exempt or absent.

    Returns
    -------
    Bounds
        ``count / (took + left_out)`` to ``(count + left_out) / (took + left_out)``. No interval
        of chance: these ends are certain, and no data narrow them.

    Raises
    ------
    ValueError
        When the counts are no counts of one group.

    References
    ----------
    Manski, C. F. (2003). Partial Identification of Probability Distributions. Springer, chapter 1
    (worst-case bounds).
    """
    if took <= 0 or left_out < 0 or not 0 <= count <= took:
        message = f"bounds need 0 <= count <= took and left_out >= 0, got {count:g} of {took:g}"
        raise ValueError(message)
    entered = took + left_out
    low, high = 100 * count / entered, 100 * (count + left_out) / entered
    return Bounds(100 * count / took, Interval(low, high), 100 * left_out / entered)
