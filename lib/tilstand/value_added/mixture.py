"""Central intervals of mixtures of Student's t distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

# Schools whose quantiles are sought together, so that the work stays in the cache.
_BLOCK = 1024


@dataclass(frozen=True)
class Interval:
    """Hold centre, spread and ends of J intervals, outcome's units.

    Parameters
    ----------
    mean, se, low, high : ndarray, shape (J,)
        The distribution's mean and standard deviation, and the interval's ends.
    """

    mean: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mixture_interval(
    weights: np.ndarray, mean: np.ndarray, sd: np.ndarray, degrees: int, level: float
) -> Interval:
    """Find mean, spread and central quantiles of mixtures of Student's t.

    Parameters
    ----------
    weights : ndarray, shape (g,)
        Weights of the components, summing to 1.
    mean, sd : ndarray, shape (g, J)
        Centres and scales of the components of J mixtures.
    degrees : int
        Degrees of freedom of the components.
    level : float
        Level of the intervals.

    Returns
    -------
    Interval
        Of the J mixtures.

    Examples
    --------
    >>> import numpy as np
    >>> found = mixture_interval(
    ...     np.array([0.5, 0.5]), np.array([[0.0], [0.0]]), np.array([[1.0], [2.0]]), 1000, 0.95
    ... )
    >>> round(float(found.high[0]), 2)
    3.3
    """
    centre = weights @ mean
    inflation = degrees / max(degrees - 2, 1)
    second = (mean - centre) ** 2
    second += inflation * sd**2
    se = np.sqrt(weights @ second)
    ends = np.empty((2, len(centre)))
    for start in range(0, len(centre), _BLOCK):
        part = slice(start, start + _BLOCK)
        ends[:, part] = _mixture_ends(
            weights, mean[:, part], sd[:, part], degrees, (1 - level) / 2, centre[part], se[part]
        )
    return Interval(centre, se, *ends)


def _mixture_ends(
    weights: np.ndarray,
    mean: np.ndarray,
    sd: np.ndarray,
    degrees: int,
    tail: float,
    centre: np.ndarray,
    se: np.ndarray,
) -> np.ndarray:
    at = _first_guess(weights, mean, sd, tail, centre, se)
    mean, sd = mean[:, None], sd[:, None]
    probability = np.array([[tail], [1 - tail]])
    reached, slope = _mixture_distribution(weights, mean, sd, degrees, at)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = (probability - reached) / slope
    # Newton's error is squared in every step: what is left is about this, squared.
    close = 3e-4 * se
    if (np.abs(step) <= close).all():
        return at + step  # nearly always
    reach = -special.stdtrit(degrees, tail / 4)
    low = (mean - reach * sd).min(axis=0)
    high = (mean + reach * sd).max(axis=0)
    at = np.clip(at, low, high)
    for _ in range(60):
        reached, slope = _mixture_distribution(weights, mean, sd, degrees, at)
        gap = reached - probability
        low, high = np.where(gap <= 0, at, low), np.where(gap >= 0, at, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = at - gap / slope
        moved = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        change = np.abs(moved - at)
        at = moved
        if (change <= close).all():
            break
    return at


def _first_guess(
    weights: np.ndarray,
    mean: np.ndarray,
    sd: np.ndarray,
    tail: float,
    centre: np.ndarray,
    se: np.ndarray,
) -> np.ndarray:
    """Expand both ends in skewness and excess kurtosis (Cornish & Fisher 1938), shape (2, J)."""
    gap = (mean - centre) / se
    own = (sd / se) ** 2
    far = gap**2
    skewness = weights @ (gap * (3 * own + far))
    excess = weights @ (3 * own**2 + far * (6 * own + far)) - 3
    z = -float(special.ndtri(tail))
    middle = centre + se * ((z**2 - 1) / 6 * skewness)
    half = z + (z**3 - 3 * z) / 24 * excess - (2 * z**3 - 5 * z) / 36 * skewness**2
    half *= se
    return np.array([middle - half, middle + half])


def _mixture_distribution(
    weights: np.ndarray, mean: np.ndarray, sd: np.ndarray, degrees: int, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate probability and density at points, each of shape (2, J)."""
    z = (at - mean) / sd
    # Below 200 degrees of freedom the normal distribution is visibly narrower than Student's t.
    if degrees < 200:
        reached, density = special.stdtr(degrees, z), stats.t.pdf(z, degrees)
    else:
        reached = special.ndtr(z)
        z *= z
        z *= -0.5
        density = np.exp(z, out=z)
        density *= 1 / np.sqrt(2 * np.pi)
    density /= sd
    return _average(weights, reached), _average(weights, density)


def _average(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(weights @ values.reshape(len(weights), -1)).reshape(values.shape[1:])
