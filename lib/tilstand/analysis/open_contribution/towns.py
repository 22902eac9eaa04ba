"""Average a municipality's schools: the answer that one pair of autumns can bear already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.value_added.mixture import mixture_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tilstand.analysis.open_contribution.fit import OpenFit

TOWN_COLUMNS = ("town", "schools", "pupils", "estimate", "se", "low", "high")
_NORMAL, _LEVEL = 10**6, 0.95


def town_means(fit: OpenFit, towns: Mapping[str, str]) -> pd.DataFrame:
    """Average schools' differences by municipality, each as heavy as its pupils.

    Parameters
    ----------
    fit : OpenFit
        The national fit.
    towns : mapping of str to str
        Municipality (its place over time) of each school.

    Returns
    -------
    DataFrame
        `TOWN_COLUMNS`: published schools, pupils a cohort, and what the cohorts of these autumns
        gained against the country's published schools, scale points, not shrunk, with 95 %
        interval.

    Notes
    -----
    For weights ``w`` that sum to one the error is
    ``sum w^2 (sigma2 h + c) + omega2 |K' w|^2 + (sum w lever)^2 var(slope)`` and that of the
    levels: of what the pupils, the rounding, the day and the line did, not of what the schools
    did, which is what is asked for.
    """
    data = fit.data
    owner = np.array([towns.get(unit, "") for unit in data.units], dtype=object)
    pupils = np.where(data.there, 1 / np.where(data.there, data.h, 1.0), 0.0)
    centred = np.where(data.there, data.d - fit.levels, 0.0)
    omega2, sigma2 = (fit.weighed.variances[:, column] for column in (2, 3))
    level_error = _level_error(fit)
    rows = []
    for town in sorted(set(owner) - {""}):
        mine = owner == town
        weight = np.where(mine[:, None], pupils, 0.0)
        weight = weight / weight.sum()
        there = np.where(data.there, weight, 0.0)
        sampled = float((there**2 * np.where(data.there, data.h, 0.0)).sum())
        rounded = float((there**2 * np.where(data.there, data.c, 0.0)).sum())
        shocks = float(((there @ data.shock) ** 2).sum())
        lever = np.where(data.there[:, :, None], data.lever, 0.0)
        slope = float(
            ((np.einsum("jt,jts->s", there, lever) * data.lever_se) ** 2).sum() + level_error
        )
        estimate = float((there * centred).sum())
        sd = np.sqrt(sigma2 * sampled + rounded + omega2 * shocks + slope)
        ends = mixture_interval(
            fit.weighed.weights, np.full((len(sd), 1), estimate), sd[:, None], _NORMAL, _LEVEL
        )
        cohort = float(fit.schools.loc[mine, "n"].sum())
        numbers = (estimate, ends.se[0], ends.low[0], ends.high[0])
        rows.append((town, int(mine.sum()), cohort, *(float(one) for one in numbers)))
    return pd.DataFrame(rows, columns=list(TOWN_COLUMNS))


def _level_error(fit: OpenFit) -> float:
    """Return the variance of the country's level: so many schools make it small."""
    spread = float(np.nanvar(fit.data.d - fit.levels))
    return spread / max(1, len(fit.data.units))
