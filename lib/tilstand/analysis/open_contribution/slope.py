"""Estimate the line between schools' earlier and later means, freed of error in the earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilstand.analysis.measurement_line import Means, fit_line

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.analysis.open_contribution.settings import Settings


@dataclass(frozen=True)
class Slope:
    """Hold the slope of one subject.

    Parameters
    ----------
    value, se : float
        Points of later mean for a point of true earlier mean, and its standard error, clustered
        by school.
    naive : float
        Slope of ordinary least squares within pairs of autumns.
    intake_sd : float
        Standard deviation of schools' true earlier means, scale points.
    """

    value: float
    se: float
    naive: float
    intake_sd: float


def between_slope(
    pairs: pd.DataFrame, settings: Settings, shock2: float = 0.0, errors: np.ndarray | None = None
) -> Slope:
    """Fit the line between schools, pairs of autumns stacked with intercepts of their own.

    Parameters
    ----------
    pairs : DataFrame
        One subject's rows of `open_pairs`.
    settings : Settings
        The test's error.
    shock2 : float
        Variance that an autumn at a school adds to the earlier mean, scale points squared.
    errors : ndarray, optional
        Error variance of each earlier mean in place of the settings', rounding not included.

    Returns
    -------
    Slope
        As `measurement_line.fit_line` finds it.
    """
    of = {name: pairs[name].to_numpy(float) for name in ("x", "y", "n8", "n9")}
    own = settings.prior_error(of["n8"]) if errors is None else np.asarray(errors, float)
    line = fit_line(
        Means(
            of["x"],
            of["y"],
            of["n8"],
            of["n9"],
            own + shock2 + pairs["x_rounding"].to_numpy(float),
            pairs["y_rounding"].to_numpy(float),
            pairs["autumn"].to_numpy(),
            pairs["unit"].to_numpy(str),
        )
    )
    return Slope(line.slope, line.se, line.naive, float(np.sqrt(line.intake2)))


def within_slope(pairs: pd.DataFrame, settings: Settings) -> float:
    """Estimate the slope from how a school's own cohorts differ, error in the earlier taken out.

    Parameters
    ----------
    pairs : DataFrame
        One subject's rows of `open_pairs`.
    settings : Settings
        The test's error.

    Returns
    -------
    float
        Method of moments on deviations from schools' and autumns' means; missing where no school
        has two pairs. What differs between schools for good, their contributions among it, does
        not touch it; shocks of single autumns do.
    """
    rows = pairs[pairs.groupby("unit")["autumn"].transform("size") > 1]
    if rows.empty:
        return float("nan")
    f = settings.prior_error(rows["n8"].to_numpy(float)) + rows["x_rounding"].to_numpy(float)
    table = rows[["unit", "autumn", "x", "y"]].copy()
    for name in ("x", "y"):
        table[name] -= table.groupby("autumn")[name].transform("mean")
        table[name] -= table.groupby("unit")[name].transform("mean")
    size = rows.groupby("unit")["autumn"].transform("size").to_numpy(float)
    own = f * (1 - 1 / size)
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    left = float(x @ x - own.sum())
    return float(x @ y) / left if left > 0 else float("nan")
