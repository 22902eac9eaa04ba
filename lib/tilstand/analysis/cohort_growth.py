"""Set a cohort's later mean against its earlier one, when both means carry known error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from tilstand.analysis.measurement_line import Means, fit_line
from tilstand.analysis.proportions import LEVEL, SIGN_LEVEL, Interval
from tilstand.analysis.published_means import stands_out

#: Standard error of measurement of one pupil's result, scale points.
SEM = 3.9
#: Correlation of the sampling errors of a unit's two means: one pupil's results three years apart
#: correlate by about .72, and nine in ten of the pupils are the same.
ERROR_CORRELATION = 0.65
FEWEST = 20


@dataclass(frozen=True)
class Growth:
    """Hold the line that links the earlier to the later mean, free of attenuation.

    Parameters
    ----------
    units : int
        Units that the line rests on.
    centre : float
        Earlier mean at which ``level`` holds, scale points.
    level, level_se : float
        Expected later mean of a unit whose true earlier mean is ``centre``, and its standard
        error.
    slope, slope_se : float
        Points of later mean for a point of true earlier mean.
    slope_interval : Interval
        95 % interval of the slope.
    naive_slope : float
        Slope of ordinary least squares, which error in the earlier mean pulls towards zero.
    growth_sd : float
        Standard deviation of the true contributions between units so large that their schools
        average out.
    sampled2 : float
        What is left of the later means and falls with the number of pupils, times that number:
        sampling, and contributions of single schools.
    error_correlation : float
        Correlation assumed between the sampling errors of the two means of a unit.
    sem : float
        Standard error of measurement of one pupil's result.
    """

    units: int
    centre: float
    level: float
    level_se: float
    slope: float
    slope_se: float
    slope_interval: Interval
    naive_slope: float
    growth_sd: float
    sampled2: float
    error_correlation: float
    sem: float

    def expected(self, prior: pd.Series) -> pd.Series:
        """Return the later mean that the line expects of an earlier one."""
        return self.level + self.slope * (prior - self.centre)


def fit_growth(
    pairs: pd.DataFrame, error_correlation: float = ERROR_CORRELATION, sem: float = SEM
) -> Growth:
    """Fit the line by maximum likelihood, with the error of each mean as known.

    Parameters
    ----------
    pairs : DataFrame, one row a unit
        ``prior`` and ``outcome`` (published means, scale points), ``prior_n`` and ``outcome_n``
        (pupils), ``prior_variance`` and ``outcome_variance`` (sampling variances),
        ``prior_rounding`` and ``outcome_rounding`` (what rounding leaves).
    error_correlation : float
        Correlation of a unit's two sampling errors, 0 to below 1; it widens or narrows the
        intervals and does not move the line. The cohort is largely the same pupils, so it is far
        from zero. Some 800 schools of a year show it in their likelihood; some 300
        municipalities do not, so that it comes from what is known of pupils.
    sem : float
        Standard error of measurement of one pupil's result, scale points.

    Returns
    -------
    Growth
        The pupils being the same, only the test's error ``sem**2 / n`` and rounding count as
        error of the earlier mean: the sampling of pupils goes on to the later one. To count it
        as error of both makes the slope too steep and understates units with a high intake.

    Raises
    ------
    ValueError
        With fewer than twenty units, or a correlation outside [0, 1).

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 3.1 (unequal, known error
    variances).
    """
    if not 0 <= error_correlation < 1:
        message = f"error_correlation is {error_correlation}, expected 0 or more and below 1"
        raise ValueError(message)
    if len(pairs) < FEWEST:
        message = f"a growth line needs {FEWEST} units or more, got {len(pairs)}"
        raise ValueError(message)
    of = {name: pairs[name].to_numpy(float) for name in ("prior", "outcome", "prior_n")}
    count = np.arange(len(pairs))
    n = pairs["outcome_n"].to_numpy(float)
    rounding = pairs["outcome_rounding"].to_numpy(float)
    error = sem**2 / of["prior_n"] + pairs["prior_rounding"].to_numpy(float)
    line = fit_line(
        Means(
            of["prior"],
            of["outcome"],
            of["prior_n"],
            n,
            error,
            rounding,
            np.zeros(len(count)),
            count,
        )
    )
    left = line.growth2 + line.sampled2 / n + rounding + line.slope**2 * error
    weights = 1 / left
    centre = float(np.average(of["prior"], weights=weights))
    width = stats.norm.ppf(0.5 + LEVEL / 2) * line.se
    return Growth(
        units=len(pairs),
        centre=centre,
        level=float(np.average(of["outcome"], weights=weights)),
        level_se=float(np.sqrt(1 / weights.sum())),
        slope=line.slope,
        slope_se=line.se,
        slope_interval=Interval(float(line.slope - width), float(line.slope + width)),
        naive_slope=line.naive,
        growth_sd=float(np.sqrt(line.growth2)),
        sampled2=line.sampled2,
        error_correlation=error_correlation,
        sem=sem,
    )


def contributions(pairs: pd.DataFrame, fit: Growth, level: float = LEVEL) -> pd.DataFrame:
    """Return each unit's later mean minus the expected one, with intervals.

    Parameters
    ----------
    pairs : DataFrame, one row a unit
        As for `fit_growth`; other columns are kept. Units that the line does not rest on may be
        among them.
    fit : Growth
        The line.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        The rows with ``expected``, ``contribution`` (``y - expected``), ``se``, ``low`` and
        ``high``; ``reliability`` (the share of the contribution's variance that is not error);
        ``shrunk``, ``shrunk_low`` and ``shrunk_high`` (pulled towards zero by it);
        ``certainty`` (clear, sign or chance); ``stands_out`` (still told from zero when
        at most one in twenty of those told is expected to be wrong).

    Notes
    -----
    The error of ``y - line(x)`` is ``var(e) + slope**2 var(u) - 2 slope cov(u, e)`` with both
    means' sampling and rounding, and that of the line. What the later means differ by beyond it
    is true: a part at any size, and a part that falls with the number of pupils because the
    contributions of single schools average out.

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley. Section 1.2.3 (prediction).
    Harville, D. A. (1976). Extension of the Gauss-Markov theorem to include the estimation of
    random effects. Annals of Statistics, 4, 384-395.
    """
    x, y, vx, vy = (
        pairs[name].to_numpy(float)
        for name in ("prior", "outcome", "prior_variance", "outcome_variance")
    )
    rounding = fit.slope**2 * pairs["prior_rounding"] + pairs["outcome_rounding"]
    shared = fit.error_correlation * np.sqrt(vx * vy)
    sampled = vy + fit.slope**2 * vx - 2 * fit.slope * shared
    line = fit.level_se**2 + (x - fit.centre) ** 2 * fit.slope_se**2
    error = sampled + rounding.to_numpy(float) + line
    residual = y - (fit.level + fit.slope * (x - fit.centre))
    se = np.sqrt(error)
    wide, narrow = (stats.norm.ppf(0.5 + share / 2) for share in (level, SIGN_LEVEL))
    size = np.abs(residual) / se
    certainty = np.select(
        [size > stats.norm.ppf(0.5 + LEVEL / 2), size > narrow], ["clear", "sign"], "chance"
    )
    schools = np.maximum(fit.sampled2 / pairs["outcome_n"].to_numpy(float) - sampled, 0)
    true = fit.growth_sd**2 + schools
    reliability = true / (true + error)
    shrunk_se = np.sqrt(true * (1 - reliability))
    return pairs.assign(
        expected=y - residual,
        contribution=residual,
        se=se,
        low=residual - wide * se,
        high=residual + wide * se,
        reliability=reliability,
        shrunk=reliability * residual,
        shrunk_low=reliability * residual - wide * shrunk_se,
        shrunk_high=reliability * residual + wide * shrunk_se,
        certainty=certainty,
        stands_out=stands_out(residual, error),
    )
