"""Estimate how far pupils' values lie apart from how much the same schools' means move."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: With fewer moves than this a standard deviation is too uncertain to build on.
FEWEST_MOVES = 20


def pupil_deviation(schools: pd.DataFrame, breaks: tuple[int, ...] = ()) -> float:
    """Estimate the standard deviation between pupils from yearly means of the same schools.

    Udir publishes a school's mean and number of pupils, but not how far its pupils lie apart.
    Were nothing but the pupils different from one year to the next, the squared move of a mean
    would be the pupils' variance times ``1/n`` of both years, so the moves tell that variance.

    Parameters
    ----------
    schools : pandas.DataFrame
        One row a school and year with a value: ``unit``, ``year``, ``value`` and ``n``.
    breaks : tuple of int
        First year after each break: a move across it is not used.

    Returns
    -------
    float
        In the unit of the values, with what all schools moved together taken out; NaN with fewer
        than `FEWEST_MOVES` moves. What schools really changed counts as chance, so that an
        interval built on it is rather too wide than too narrow.

    Examples
    --------
    >>> means = {"unit": list("ab") * 2, "year": [1, 1, 2, 2], "value": [1, 2, 3, 4], "n": 9}
    >>> pupil_deviation(pd.DataFrame(means))
    nan
    """
    ordered = schools[schools["n"] > 0].sort_values(["unit", "year"])
    moves = pd.DataFrame(
        {
            "year": ordered["year"],
            "gap": ordered.groupby("unit")["year"].diff(),
            "move": ordered.groupby("unit")["value"].diff(),
            "weight": 1 / (1 / ordered["n"] + 1 / ordered.groupby("unit")["n"].shift()),
        }
    )
    moves = moves[(moves["gap"] == 1) & ~moves["year"].isin(breaks)].dropna()
    years = moves["year"].nunique()
    if len(moves) < FEWEST_MOVES:
        return float("nan")
    total = moves.groupby("year")["weight"].transform("sum")
    common = (moves["move"] * moves["weight"] / total).groupby(moves["year"]).transform("sum")
    squares = (moves["weight"] * (moves["move"] - common) ** 2).sum()
    return float(np.sqrt(squares / (len(moves) - years)))
