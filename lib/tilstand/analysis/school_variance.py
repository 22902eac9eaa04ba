"""Split the spread of scores into what lies between schools and what lies within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.analysis.proportions import LEVEL, Interval
from tilstand.analysis.school_spread import between_schools


@dataclass(frozen=True)
class VarianceSplit:
    """Hold the two parts of the variance.

    Parameters
    ----------
    within_sd : float
        Standard deviation of pupils around their school's mean, scale points.
    between_sd : float
        Standard deviation of the schools' true means.
    icc : float
        Share of the variance that lies between schools, percent.
    interval : Interval
        95 % interval of ``icc``, percent.
    schools, pupils : int
        How many stand behind it.
    """

    within_sd: float
    between_sd: float
    icc: float
    interval: Interval
    schools: int
    pupils: int


def split_variance(means: pd.DataFrame, level: float = LEVEL) -> VarianceSplit:
    """Estimate the variance between and within schools from their means.

    Parameters
    ----------
    means : DataFrame, one row a school
        Protected ``value``, ``n`` and ``sd``; schools that are hidden are left out.
    level : float
        Confidence level of the interval.

    Returns
    -------
    VarianceSplit
        ``icc = 100 b / (b + w)`` with ``w`` the pooled variance within schools and ``b`` the
        variance between that makes the schools' means as far apart as they are
        (`school_spread.between_schools`, each mean with variance ``w / n``). The interval is that
        of ``b`` put into the same formula: ``w`` rests on so many pupils that it counts as known.

    Raises
    ------
    ValueError
        With fewer than three schools.

    References
    ----------
    Snijders, T. A. B. & Bosker, R. J. (2012). Multilevel Analysis, 2nd ed. Sage, section 3.3;
    Viechtbauer (2007), as in `school_spread`.
    """
    known = means.dropna(subset=["value", "n", "sd"])
    n, sd = known["n"].to_numpy(float), known["sd"].to_numpy(float)
    freedom = float(np.sum(n - 1))
    within = float(np.sum((n - 1) * sd**2) / freedom) if freedom > 0 else float("nan")
    found = between_schools(known["value"].to_numpy(float), within / n, level)

    def share(between: float) -> float:
        return 100 * between**2 / (between**2 + within)

    return VarianceSplit(
        within_sd=float(np.sqrt(within)),
        between_sd=found.sd,
        icc=share(found.sd),
        interval=Interval(share(found.interval.low), share(found.interval.high)),
        schools=found.schools,
        pupils=int(n.sum()),
    )
