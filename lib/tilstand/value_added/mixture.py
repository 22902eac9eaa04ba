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
    """
    each = weights[:, None]
    centre = (each * mean).sum(axis=0)
    inflation = degrees / max(degrees - 2, 1)
    second = inflation * sd**2 + (mean - centre) ** 2
    se = np.sqrt((each * second).sum(axis=0))
    tail = (1 - level) / 2
    ends = np.empty((2, len(centre)))
    for start in range(0, len(centre), _BLOCK):
        part = slice(start, start + _BLOCK)
        for end, probability in enumerate((tail, 1 - tail)):
            ends[end, part] = _mixture_quantile(
                each, mean[:, part], sd[:, part], degrees, probability, centre[part], se[part]
            )
    return Interval(centre, se, *ends)


def _mixture_quantile(
    weights: np.ndarray,
    mean: np.ndarray,
    sd: np.ndarray,
    degrees: int,
    probability: float,
    centre: np.ndarray,
    se: np.ndarray,
) -> np.ndarray:
    reach = -special.stdtrit(degrees, min(probability, 1 - probability) / 4)
    low = (mean - reach * sd).min(axis=0)
    high = (mean + reach * sd).max(axis=0)
    at = np.clip(centre + special.ndtri(probability) * se, low, high)
    for _ in range(60):
        reached, slope = _mixture_distribution(weights, mean, sd, degrees, at)
        gap = reached - probability
        low, high = np.where(gap <= 0, at, low), np.where(gap >= 0, at, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = at - gap / slope
        moved = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        change = np.abs(moved - at)
        at = moved
        # Newton's error is squared in every step: what is left is far below this.
        if (change <= 2e-5 * se).all():
            break
    return at


def _mixture_distribution(
    weights: np.ndarray, mean: np.ndarray, sd: np.ndarray, degrees: int, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    z = (at - mean) / sd
    # Below 200 degrees of freedom the normal distribution is visibly narrower than Student's t.
    if degrees < 200:
        reached, density = special.stdtr(degrees, z), stats.t.pdf(z, degrees)
    else:
        reached, density = special.ndtr(z), np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return (weights * reached).sum(axis=0), (weights * density / sd).sum(axis=0)
