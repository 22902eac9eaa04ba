"""Follow the same pupils from one test to the next, and say what chance alone would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from tilstand.analysis.proportions import LEVEL, SIGN_LEVEL, Certainty, Interval


@dataclass(frozen=True)
class Change:
    """Hold a mean change with its interval and how sure it is."""

    estimate: float
    interval: Interval
    certainty: Certainty
    n: int


def paired_change(value: float, n: float, sd: float) -> Change:
    """Put an interval on the mean change of the same pupils.

    Parameters
    ----------
    value : float
        Mean of the pupils' changes, scale points.
    n : float
        Pupils with both tests.
    sd : float
        Standard deviation of the changes (n - 1).

    Returns
    -------
    Change
        With the 95 % t interval.

    Raises
    ------
    ValueError
        With fewer than two pupils.

    References
    ----------
    Student (1908), The probable error of a mean: ``value +- t(n - 1) sd / sqrt(n)``. Each pupil is
    their own control, so what pupils differ by between them does not widen it.
    """
    if n < 2:
        raise ValueError(f"a change needs two pupils or more, got {n:g}")
    wide, narrow = (
        Interval(*(float(end) for end in stats.t.interval(level, n - 1, value, sd / np.sqrt(n))))
        if sd > 0
        else Interval(value, value)
        for level in (LEVEL, SIGN_LEVEL)
    )
    certainty: Certainty = "chance"
    if narrow.excludes():
        certainty = "clear" if wide.excludes() else "sign"
    return Change(float(value), wide, certainty, int(n))


def expected_return(prior: float, overall: float, reliability: float) -> float:
    """Return the change that a group chosen by its earlier score shows by chance alone.

    Parameters
    ----------
    prior : float
        The group's mean on the earlier test, scale points.
    overall : float
        Mean of all pupils on it.
    reliability : float
        Reliability of the earlier test, above 0 and at most 1.

    Returns
    -------
    float
        ``(1 - reliability) * (overall - prior)``: low starters rise and high starters fall by
        this much, because part of why they were low or high was luck on the day.

    References
    ----------
    Campbell, D. T. & Kenny, D. A. (1999). A Primer on Regression Artifacts. Guilford, chapter 2.
    """
    if not 0 < reliability <= 1:
        raise ValueError(f"reliability: {reliability:g}, expected above 0 and at most 1")
    return (1 - reliability) * (overall - prior)


def changes_by_group(
    change: pd.DataFrame, prior: pd.DataFrame, group: str, reliability: float
) -> pd.DataFrame:
    """Return each group's change, and what is left of it without the return to the mean.

    Parameters
    ----------
    change, prior : DataFrame, one row a group
        ``group``, ``value``, ``n``, ``sd`` (protected) of the change and of the earlier score.
    group : str
        Column that names the group, such as the starting level.
    reliability : float
        Reliability of the earlier test.

    Returns
    -------
    DataFrame
        ``group, value, low, high, n, returned, beyond``: the change with its interval, what the
        return to the mean makes of it, and the difference. Hidden groups have no numbers.
    """
    earlier = prior.dropna(subset=["value"]).set_index(group)
    weights = earlier["n"].astype(float)
    overall = float(np.average(earlier["value"], weights=weights)) if len(earlier) else np.nan
    rows = []
    for row in change.to_dict("records"):
        known = not pd.isna(row["value"]) and not pd.isna(row["sd"]) and row[group] in earlier.index
        found = paired_change(row["value"], float(row["n"]), row["sd"]) if known else None
        back = (
            expected_return(float(earlier.loc[row[group], "value"]), overall, reliability)
            if known
            else np.nan
        )
        rows.append(
            {
                group: row[group],
                "value": found.estimate if found else np.nan,
                "low": found.interval.low if found else np.nan,
                "high": found.interval.high if found else np.nan,
                "n": float(row["n"]) if found else np.nan,
                "returned": back,
                "beyond": found.estimate - back if found else np.nan,
            }
        )
    return pd.DataFrame(rows)
