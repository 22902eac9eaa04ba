"""Tell which schools have moved since their first year, of many looked at together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tilstand.analysis.certainty import gap
from tilstand.analysis.proportions import LEVEL
from tilstand.analysis.school_tests import RATE


def moved(rows: pd.DataFrame, rate: float = RATE) -> pd.DataFrame:
    """Tell which schools' distance to the municipality has changed since their first year.

    Parameters
    ----------
    rows : DataFrame, one row a school, subject and year
        ``school, subject, year`` and the distance with its 95 % interval, of one grade.
    rate : float
        Expected share of false ones among those that are said to have moved.

    Returns
    -------
    DataFrame
        ``school, subject, first, last``, ``side`` (1 or -1) and ``certainty`` (clear or chance),
        one row where there are two years.

    References
    ----------
    Zou & Donner (2008), see `certainty.gap`, with normal errors; Benjamini & Hochberg (1995) over
    all schools and subjects of the grade, as in `school_tests`.
    """
    found = []
    for (school, subject), part in rows.groupby(["school", "subject"], sort=True):
        ordered = part.sort_values("year")
        first, last = ordered.iloc[0], ordered.iloc[-1]
        ends = [
            (float(row["value"]), float(row["low"]), float(row["high"])) for row in (last, first)
        ]
        told = gap(*ends) if len(ordered) > 1 else None
        if told is None:
            continue
        side, ends_at = (1, told.interval.low) if told.estimate > 0 else (-1, told.interval.high)
        half = abs(told.estimate - ends_at)
        z = abs(told.estimate) * stats.norm.ppf(0.5 + LEVEL / 2) / half if half else 0.0
        found.append((school, subject, first["year"], last["year"], side, 2 * stats.norm.sf(z)))
    table = pd.DataFrame(found, columns=["school", "subject", "first", "last", "side", "p"])
    sure = multipletests(table["p"], rate, "fdr_bh")[0] if len(table) else np.zeros(0, bool)
    return table.assign(certainty=np.where(np.asarray(sure, bool), "clear", "chance"))
