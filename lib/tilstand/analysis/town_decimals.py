"""Get back the decimals of a municipality's printed mean from the rows of its schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilstand.analysis.published_means import STEP, rounding_variance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

#: How far schools' means lie from their municipality's, and pupils from their school's (SD).
_SCHOOL_SD, _PUPIL_SD = 2.5, 9.1


def sharper_means(
    towns: pd.DataFrame, schools: pd.DataFrame, owners: Mapping[str, str]
) -> pd.DataFrame:
    """Replace municipalities' whole numbers by the mean of their schools where it is surer.

    Parameters
    ----------
    towns : DataFrame
        Municipalities' rows of one grade and autumn: ``place``, ``subject``, ``value``, ``n``.
    schools : DataFrame
        Schools' published rows of the same: ``unit``, ``subject``, ``value``, ``n``.
    owners : mapping of str to str
        The municipality's place by school.

    Returns
    -------
    DataFrame
        ``towns`` with ``value`` in decimals and ``rounding``, the variance that rounding leaves.

    Notes
    -----
    Pupils of hidden schools count with the municipality's own number and what a hidden school
    may differ from it. The printed number stays where that leaves more doubt than rounding it
    did, where schools hold more pupils than the municipality, or where the two differ by more
    than rounding can explain: then the rows are not of the same pupils.
    """
    rounded = rounding_variance(STEP)
    made = towns.assign(value=towns["value"].astype(float), rounding=rounded)
    rows = schools.assign(place=schools["unit"].map(owners)).dropna(subset=["place", "value", "n"])
    if rows.empty or made.empty:
        return made
    rows = rows.assign(points=rows["value"] * rows["n"], square=rows["n"] ** 2)
    sums = rows.groupby(["place", "subject"])[["n", "points", "square"]].sum()
    sums = sums.add_prefix("own_").reset_index()
    made = made.merge(sums, on=["place", "subject"], how="left")
    n, own, square = (made[name].to_numpy(float) for name in ("n", "own_n", "own_square"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = made["own_points"].to_numpy(float) / own
        share = own / n
        hidden = np.maximum(n - own, 0)
        doubt = np.where(hidden > 0, _SCHOOL_SD**2 + _PUPIL_SD**2 / np.maximum(hidden, 1), 0.0)
        variance = share**2 * square / own**2 * rounded + (1 - share) ** 2 * (rounded + doubt)
        value = share * mean + (1 - share) * made["value"].to_numpy(float)
        possible = np.abs(value - made["value"]) <= STEP
        better = (own <= n) & (variance < rounded) & possible
    made["value"] = np.where(better, value, made["value"])
    made["rounding"] = np.where(better, variance, rounded)
    return made.drop(columns=["own_n", "own_points", "own_square"])
