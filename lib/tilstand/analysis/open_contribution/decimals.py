"""Get back a part of the decimals that rounding took, from means of all, boys and girls."""

from __future__ import annotations

import numpy as np

from tilstand.analysis.published_means import STEP, rounding_variance

_POINTS = 161
#: What is possible has to have some width; else the three numbers contradict each other.
_NOTHING = 1e-9


def sharpened_mean(
    whole: np.ndarray, boys: np.ndarray, girls: np.ndarray, share: np.ndarray, step: float = STEP
) -> tuple[np.ndarray, np.ndarray]:
    """Find a mean and the variance of what rounding leaves open about it.

    Parameters
    ----------
    whole, boys, girls : ndarray, shape (k,)
        Means of all pupils, of boys and of girls as printed, scale points; missing where hidden.
    share : ndarray, shape (k,)
        Boys among the pupils, 0 to 1.
    step : float
        Distance between two printable values.

    Returns
    -------
    mean, variance : ndarray, shape (k,)
        Of the unrounded mean, every value that rounds to the three printed ones being equally
        likely. The printed mean and ``step**2 / 12`` where a sex is hidden, or where no value
        rounds to all three.

    Notes
    -----
    The mean of all is ``share * b + (1 - share) * g`` with ``b`` and ``g`` uniform within half a
    step of what is printed: a trapezium, cut off where it would not round to the printed whole.

    Examples
    --------
    >>> mean, variance = sharpened_mean(*(np.array([x]) for x in (50.0, 50.0, 51.0, 0.5)))
    >>> round(float(mean[0]), 2), round(float(variance[0]), 3)
    (50.33, 0.014)
    """
    whole = np.asarray(whole, float)
    mean, variance = whole.copy(), np.full(len(whole), rounding_variance(step))
    boys, girls, share = (np.asarray(each, float) for each in (boys, girls, share))
    known = np.isfinite(boys) & np.isfinite(girls) & (share > 0) & (share < 1)
    if not known.any():
        return mean, variance
    centre = (share * boys + (1 - share) * girls - whole)[known]
    half = step / 2
    at = np.linspace(-half, half, _POINTS)
    outer = half * np.ones_like(centre)
    inner = np.abs(2 * share[known] - 1) * half
    away = np.abs(at[None, :] - centre[:, None])
    slope = np.maximum(outer - inner, _NOTHING)[:, None]
    density = np.clip((outer[:, None] - away) / slope, 0, 1)
    mass = density.sum(axis=1)
    possible = mass > _NOTHING
    weights = density[possible] / mass[possible, None]
    moved = weights @ at
    left = weights @ at**2 - moved**2
    places = np.flatnonzero(known)[possible]
    mean[places] = whole[places] + moved
    variance[places] = left
    return mean, variance
