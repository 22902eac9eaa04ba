"""Test many schools against the municipality, and keep false alarms few."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tilstand.analysis.proportions import LEVEL, share_difference

#: Expected share of false ones among the schools that are told apart.
RATE = 0.05


def means_apart(schools: pd.DataFrame, whole: pd.Series, rate: float = RATE) -> pd.DataFrame:
    """Compare each school's mean with that of all the other pupils.

    Parameters
    ----------
    schools : DataFrame, one row a school
        Protected ``school, value, n, sd``.
    whole : Series
        ``value, n, sd`` of all pupils.
    rate : float
        False-discovery rate.

    Returns
    -------
    DataFrame
        ``school, difference, low, high, p, apart``; hidden schools are left out. ``low`` and
        ``high`` are the 95 % interval of one school by itself; ``apart`` holds for all of them
        together.

    References
    ----------
    Welch, B. L. (1947). The generalization of Student's problem when several different population
    variances are involved. Biometrika 34, 28-35. The others' mean and variance are the whole's
    less the school's; Benjamini & Hochberg (1995), as in `published_means.stands_out`.
    """
    rows = []
    sums = _sums(float(whole["value"]), float(whole["n"]), float(whole["sd"]))
    for row in schools.dropna(subset=["value", "n", "sd"]).to_dict("records"):
        n, value, sd = float(row["n"]), float(row["value"]), float(row["sd"])
        rest = [all_ - own for all_, own in zip(sums, _sums(value, n, sd), strict=True)]
        if rest[0] < 2 or n < 2:
            continue
        other = rest[1] / rest[0]
        spread = max(rest[2] - rest[0] * other**2, 0.0) / (rest[0] - 1)
        own_part, other_part = sd**2 / n, spread / rest[0]
        se = np.sqrt(own_part + other_part)
        if se == 0:
            continue
        freedom = se**4 / (own_part**2 / (n - 1) + other_part**2 / (rest[0] - 1))
        half = stats.t.ppf(0.5 + LEVEL / 2, freedom) * se
        gap = value - other
        chance = 2 * stats.t.sf(abs(gap) / se, freedom)
        rows.append((row["school"], gap, gap - half, gap + half, chance))
    return _told(rows, rate)


def shares_apart(schools: pd.DataFrame, whole: pd.Series, rate: float = RATE) -> pd.DataFrame:
    """Compare each school's share with that of all the other pupils.

    Parameters
    ----------
    schools : DataFrame, one row a school
        Protected ``school, count, n``.
    whole : Series
        ``count, n`` of all pupils.
    rate : float
        False-discovery rate.

    Returns
    -------
    DataFrame
        As `means_apart`, the difference in percentage points; ``p`` is Fisher's exact one.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. JRSS 98, 39-82; Newcombe (1998),
    method 10, for the interval.
    """
    rows = []
    for row in schools.dropna(subset=["count", "n"]).to_dict("records"):
        count, n = float(row["count"]), float(row["n"])
        others, other_n = float(whole["count"]) - count, float(whole["n"]) - n
        if n <= 0 or other_n <= 0:
            continue
        table = [[count, n - count], [others, other_n - others]]
        chance = float(stats.fisher_exact(table).pvalue)
        found = share_difference(count, n, others, other_n)
        ends = found.interval
        rows.append((row["school"], found.estimate, ends.low, ends.high, chance))
    return _told(rows, rate)


def mean_gap(first: pd.Series, second: pd.Series) -> tuple[float, float, float]:
    """Return the difference of two groups' means with its 95 % interval.

    Parameters
    ----------
    first, second : Series
        Protected ``value, n, sd`` of two groups with no pupil in common, such as the sexes.

    Returns
    -------
    tuple of float
        First less second, and the ends of Welch's interval; NaN where a group is hidden.
    """
    numbers = [
        float(row[name]) if pd.notna(row[name]) else np.nan
        for row in (first, second)
        for name in ("value", "n", "sd")
    ]
    if np.isnan(numbers).any() or min(numbers[1], numbers[4]) < 2:
        return (np.nan, np.nan, np.nan)
    a, n, s, b, m, t = numbers
    own, other = s**2 / n, t**2 / m
    se = np.sqrt(own + other)
    freedom = se**4 / (own**2 / (n - 1) + other**2 / (m - 1)) if se > 0 else n + m - 2
    half = stats.t.ppf(0.5 + LEVEL / 2, freedom) * se
    return (a - b, a - b - half, a - b + half)


def _sums(value: float, n: float, sd: float) -> tuple[float, float, float]:
    return n, n * value, (n - 1) * sd**2 + n * value**2


def _told(rows: list[tuple[str, float, float, float, float]], rate: float) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["school", "difference", "low", "high", "p"])
    told = multipletests(table["p"], rate, "fdr_bh")[0] if len(table) else np.zeros(0, bool)
    return table.assign(apart=np.asarray(told, bool))
