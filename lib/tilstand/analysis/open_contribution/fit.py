"""Fit the whole country's schools at once: slopes, variances, and what stays with each school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.analysis.open_contribution.likelihood import Differences
from tilstand.analysis.open_contribution.quadrature import Weighed, stable_parts, weigh
from tilstand.analysis.open_contribution.settings import COMPOSITE, Settings
from tilstand.analysis.open_contribution.slope import Slope, between_slope
from tilstand.store import remembered
from tilstand.value_added.mixture import mixture_interval

#: Fewer schools than this in the country tell nothing of variances.
FEWEST = 30
LEVEL = 0.95
_NORMAL = 10**6
SCHOOL_COLUMNS = (
    *("unit", "pairs", "n", "x", "change", "plain", "estimate", "se", "low", "high"),
    "reliability",
)


@dataclass(frozen=True)
class OpenFit:
    """Hold one national fit.

    Parameters
    ----------
    autumns : tuple of int
        Autumns of the earlier test.
    slopes : dict of str to Slope
        By subject.
    weighed : Weighed
        Variances and their weights.
    schools : DataFrame
        One row a school, `SCHOOL_COLUMNS`: ``pairs``, ``n`` (pupils a cohort, earlier test),
        ``x`` (earlier mean, scale points, over both subjects and all pairs), ``change`` (largest
        ``|log(n9 / n8)|``), ``plain`` (mean difference before shrinking; never shown by name),
        ``estimate``, ``se``, ``low``, ``high`` (what stays, against the average of the published
        schools) and ``reliability``, 0 to 1.
    data : Differences
        What the fit rests on.
    levels : ndarray, shape (T,)
        Level of each pair of autumns at the mean variances.
    """

    autumns: tuple[int, ...]
    slopes: dict[str, Slope]
    weighed: Weighed
    schools: pd.DataFrame
    data: Differences
    levels: np.ndarray

    @property
    def apart(self) -> int:
        """Count the schools whose interval leaves out zero."""
        return int(((self.schools["low"] > 0) | (self.schools["high"] < 0)).sum())


@remembered
def fit_open(
    pairs: pd.DataFrame,
    settings: Settings,
    fixed_slope: float | None = None,
    errors: str = "same",
) -> OpenFit | None:
    """Estimate what stays with each school from its pairs of published means.

    Parameters
    ----------
    pairs : DataFrame
        Rows of `open_pairs`, both subjects.
    settings : Settings
        Assumptions.
    fixed_slope : float, optional
        A slope for both subjects instead of the estimated ones: a sensitivity.
    errors : {"same", "others"}
        Whether both means are of the same pupils, or, in the placebo, of others; then the
        sampling of pupils is an error of the earlier mean too.

    Returns
    -------
    OpenFit or None
        None with fewer than `FEWEST` schools.

    Notes
    -----
    The composite is the mean of both subjects' differences and an outcome of its own. Shocks of
    single autumns are errors of the earlier means as well, so that the slopes are fitted anew
    with the variance that `moment_of_shocks` gives, once.
    """
    if pairs.empty or pairs["unit"].nunique() < FEWEST:
        return None
    of_pupils = None if errors == "same" else settings.pupil_sd**2
    slopes = _slopes(pairs, settings, 0.0, fixed_slope, of_pupils)
    data = differences(pairs, slopes)
    shock2 = moment_of_shocks(data)
    if fixed_slope is None and shock2 > 0:
        slopes = _slopes(pairs, settings, shock2, fixed_slope, of_pupils)
        data = differences(pairs, slopes)
    weighed = weigh(data)
    stable = stable_parts(data, weighed)
    ends = mixture_interval(weighed.weights, stable.mean, stable.sd, _NORMAL, LEVEL)
    schools = _about(pairs, data)
    spread2 = weighed.mean(0)
    # What the total variance of the prediction leaves, against what there is.
    reliability = np.clip(1 - ends.se**2 / max(spread2, 1e-12), 0, 1)
    levels = np.nanmean(data.d, axis=0)
    schools = schools.assign(
        plain=np.nanmean(data.d - levels, axis=1),
        estimate=ends.mean,
        se=ends.se,
        low=ends.low,
        high=ends.high,
        reliability=reliability,
    )
    autumns = tuple(sorted(int(year) for year in pairs["autumn"].unique()))
    return OpenFit(autumns, slopes, weighed, schools[list(SCHOOL_COLUMNS)], data, levels)


def _slopes(
    pairs: pd.DataFrame,
    settings: Settings,
    shock2: float,
    fixed: float | None,
    of_pupils: float | None,
) -> dict[str, Slope]:
    found = {}
    for subject in COMPOSITE:
        rows = pairs[pairs["subject"] == subject]
        errors = None if of_pupils is None else of_pupils / rows["n8"].to_numpy(float)
        slope = between_slope(rows, settings, shock2, errors)
        found[subject] = slope if fixed is None else Slope(fixed, 0.0, slope.naive, slope.intake_sd)
    return found


def differences(pairs: pd.DataFrame, slopes: dict[str, Slope]) -> Differences:
    """Take the line off every later mean and average the subjects.

    Parameters
    ----------
    pairs : DataFrame
        Rows of `open_pairs`, both subjects in each pair.
    slopes : dict of str to Slope
        By subject.

    Returns
    -------
    Differences
        Of the composite.
    """
    slope = pairs["subject"].map({name: one.value for name, one in slopes.items()}).to_numpy(float)
    count = len(COMPOSITE)
    centre = pairs.groupby(["subject", "autumn"])["x"].transform("mean")
    rows = pairs.assign(
        d=(pairs["y"] - slope * pairs["x"]) / count,
        h=(1 / pairs["n8"] + 1 / pairs["n9"]) / 2 / count,
        c=(pairs["y_rounding"] + slope**2 * pairs["x_rounding"]) / count**2,
        lever=(pairs["x"] - centre) / count,
    )
    wide = rows.pivot_table(
        index="unit", columns="autumn", values=["d", "h", "c"], aggfunc="sum", min_count=count
    )
    units, autumns = wide.index, wide["d"].columns
    lever = np.stack(
        [
            rows[rows["subject"] == subject]
            .pivot_table(index="unit", columns="autumn", values="lever")
            .reindex(index=units, columns=autumns)
            .to_numpy(float)
            for subject in slopes
        ],
        axis=2,
    )
    return Differences(
        tuple(units.astype(str)),
        wide["d"].to_numpy(float),
        wide["h"].to_numpy(float),
        wide["c"].to_numpy(float),
        _shock(np.array(autumns, int), float(np.mean([one.value for one in slopes.values()]))),
        lever,
        np.array([one.se for one in slopes.values()]),
    )


def lag_covariances(data: Differences) -> dict[int, float]:
    """Estimate the autocovariance of schools' differences by the years that lie between them.

    Parameters
    ----------
    data : Differences
        The schools.

    Returns
    -------
    dict of int to float
        Lag 0, 1 and so on, scale points squared. What stays with a school gives the same
        covariance at every lag from one; a shock that both grades of an autumn share lowers lag
        one alone.
    """
    centred = data.d - np.nanmean(data.d, axis=0)
    count = centred.shape[1]
    found = {}
    for lag in range(count):
        products = centred[:, : count - lag] * centred[:, lag:]
        if np.isfinite(products).any():
            found[lag] = float(np.nanmean(products))
    return found


def moment_of_shocks(data: Differences) -> float:
    """Estimate the variance of autumns' shocks from the dip of the covariance at lag one.

    Parameters
    ----------
    data : Differences
        The schools.

    Returns
    -------
    float
        Scale points squared, zero where there is no dip or fewer than three pairs of autumns.
    """
    lags = lag_covariances(data)
    if len(lags) < 3:
        return 0.0
    return max(0.0, (lags[2] - lags[1]) / max(-float(data.shock.min()), 0.1))


def _shock(autumns: np.ndarray, slope: float) -> np.ndarray:
    """Let an autumn's shock reach the pair that ends there and the one that begins there."""
    years = np.unique(np.r_[autumns, autumns + 1])
    earlier = (autumns[:, None] == years[None, :]).astype(float)
    later = (autumns[:, None] + 1 == years[None, :]).astype(float)
    return np.asarray(later - slope * earlier)


def _about(pairs: pd.DataFrame, data: Differences) -> pd.DataFrame:
    change = np.abs(np.log(pairs["n9"] / pairs["n8"]))
    by_unit = pairs.assign(change=change, unit=pairs["unit"].astype(str)).groupby("unit")
    table = pd.DataFrame(
        {
            "pairs": by_unit["autumn"].nunique(),
            "n": by_unit["n8"].mean(),
            "x": by_unit["x"].mean(),
            "change": by_unit["change"].max(),
        }
    )
    return table.reindex(list(data.units)).reset_index(names="unit")
