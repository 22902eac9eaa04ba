"""Estimate shares on the lowest and highest level over several years, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from tilstand.analysis.proportions import LEVEL, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence


def count_of(
    rows: pd.DataFrame, categories: Sequence[str], along: str, by: Sequence[str]
) -> pd.Series:
    """Add up the counts of some categories of each group.

    Parameters
    ----------
    rows : DataFrame
        Protected counts: ``by``, ``along`` and ``count`` (missing where hidden).
    categories : sequence of str
        Categories of ``along``.
    along : str
        The dimension of the distribution.
    by : sequence of str
        Dimensions that make a group.

    Returns
    -------
    Series of Int64, by group
        Missing where any of the counts is hidden.
    """
    chosen = rows[rows[along].isin(list(categories))]
    return chosen.groupby(list(by))["count"].agg(lambda part: part.sum(skipna=False))


def overdispersion(counts: pd.DataFrame) -> float:
    """Tell how much more a school's share moves from cohort to cohort than pupils alone explain.

    Parameters
    ----------
    counts : DataFrame, one row a school and year
        ``school, count, n``, hidden ones left out.

    Returns
    -------
    float
        Pearson's chi-squared of years within schools over its degrees of freedom, pooled over all
        schools; 1 where it is smaller, or where no school has two years.

    References
    ----------
    McCullagh, P. & Nelder, J. A. (1989). Generalized Linear Models, 2nd ed. Chapman & Hall,
    section 4.5.2: ``phi = sum((y - n p)^2 / (n p (1 - p))) / df`` with ``p`` the school's own
    share over the years.
    """
    square, freedom = 0.0, 0
    for _, rows in counts[counts["n"] > 0].groupby("school"):
        y, n = rows["count"].to_numpy(float), rows["n"].to_numpy(float)
        share = y.sum() / n.sum() if n.sum() else 0.0
        if len(rows) < 2 or not 0 < share < 1:
            continue
        square += float(np.sum((y - n * share) ** 2 / (n * share * (1 - share))))
        freedom += len(rows) - 1
    return max(1.0, square / freedom) if freedom else 1.0


def overdispersion_of_means(means: pd.DataFrame) -> float:
    """Tell how much more a school's mean moves from cohort to cohort than pupils alone explain.

    Where counts by school and year would point at pupils, this stands for `overdispersion`: a
    share below a limit moves with the mean, and never more than the mean does.

    Parameters
    ----------
    means : DataFrame, one row a school and year
        ``school, value, n, sd``, hidden ones left out.

    Returns
    -------
    float
        Squared distances of a school's years from its own mean, in units of ``sd^2 / n``, over
        their degrees of freedom, pooled over all schools; 1 where it is smaller, or where no
        school has two years.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley, section 8.2 (the effect of clusters on a variance).
    """
    square, freedom = 0.0, 0
    known = means[(means["n"] > 1) & (means["sd"] > 0)]
    for _, rows in known.groupby("school"):
        value, weight = rows["value"].to_numpy(float), rows["n"].to_numpy(float)
        weight = weight / rows["sd"].to_numpy(float) ** 2
        if len(rows) < 2:
            continue
        middle = float(np.sum(weight * value) / np.sum(weight))
        square += float(np.sum(weight * (value - middle) ** 2))
        freedom += len(rows) - 1
    return max(1.0, square / freedom) if freedom else 1.0


def pooled_share_interval(
    count: float, n: float, dispersion: float = 1.0, level: float = LEVEL
) -> Interval:
    """Put an interval on a share that is pooled over years.

    Parameters
    ----------
    count, n : float
        Pupils on the level and pupils in all, over the years.
    dispersion : float
        From `overdispersion`: each pupil tells only ``1 / dispersion`` as much.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        Ends in percent: what the school's share would be over many cohorts like these.

    References
    ----------
    Wilson (1927), as in `proportions.share_interval`, with ``n / dispersion`` pupils.
    """
    if n <= 0 or not 0 <= count <= n or dispersion < 1:
        message = f"a share needs 0 <= count <= n, n > 0 and dispersion >= 1, got {count:g}, {n:g}"
        raise ValueError(message)
    z2 = stats.norm.ppf(0.5 + level / 2) ** 2
    p, m = count / n, n / dispersion
    middle = (p + z2 / (2 * m)) / (1 + z2 / m)
    half = np.sqrt(z2 * (p * (1 - p) / m + z2 / (4 * m**2))) / (1 + z2 / m)
    return Interval(100 * max(0.0, middle - half), 100 * min(1.0, middle + half))


def school_shares(pooled: pd.DataFrame, dispersion: float = 1.0) -> pd.DataFrame:
    """Return each school's share over the years, with intervals.

    Parameters
    ----------
    pooled : DataFrame, one row a school
        ``school, count, n`` over all years, protected; missing where hidden.
    dispersion : float
        How many times the binomial variance cohorts vary with: from `overdispersion`, or from
        `overdispersion_of_means` where there are no counts by year.

    Returns
    -------
    DataFrame
        ``school, percent, low, high, n`` and ``status`` (ok or suppressed), in the order given.
    """
    rows = []
    for row in pooled.to_dict("records"):
        known = not (pd.isna(row["count"]) or pd.isna(row["n"])) and row["n"] > 0
        ends = pooled_share_interval(row["count"], row["n"], dispersion) if known else None
        rows.append(
            {
                "school": row["school"],
                "percent": 100 * float(row["count"]) / float(row["n"]) if known else np.nan,
                "low": ends.low if ends else np.nan,
                "high": ends.high if ends else np.nan,
                "n": np.nan if pd.isna(row["n"]) else float(row["n"]),
                "status": "ok" if known else "suppressed",
            }
        )
    return pd.DataFrame(rows, columns=["school", "percent", "low", "high", "n", "status"])
