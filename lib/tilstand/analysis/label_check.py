"""Check distributions whose labels were inferred against means that were printed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import pandas as pd

from tilstand.analysis.levels import mean_level

PRINTED_DECIMALS = 1


@dataclass(frozen=True)
class Fit:
    """Count how many ways of labelling agree with the printed means.

    Parameters
    ----------
    agreeing : int
        Ways in which every computed mean rounds to the printed one.
    possible : int
        Ways there are: a choice of year times an order of the subjects.
    """

    agreeing: int
    possible: int


def mean_levels(shares: pd.DataFrame) -> pd.DataFrame:
    """Compute the mean mastery level of every distribution.

    Parameters
    ----------
    shares : pandas.DataFrame
        Rows of ``year``, ``place``, ``subject``, ``category`` and ``value`` (percent).

    Returns
    -------
    pandas.DataFrame
        One row a ``year``, ``place`` and ``subject`` with ``computed``.
    """
    keys = ["year", "place", "subject"]
    rows = [(*key, mean_level(part)) for key, part in shares.groupby(keys, sort=False)]
    return pd.DataFrame(rows, columns=[*keys, "computed"])


def against_printed(shares: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Set computed means beside printed ones, where both exist.

    Parameters
    ----------
    shares : pandas.DataFrame
        As in `mean_levels`.
    printed : pandas.DataFrame
        Rows of ``year``, ``place``, ``subject`` and ``value``, the printed mean.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``place``, ``subject``, ``computed``, ``printed`` and ``agrees``: whether the
        computed mean rounds to the printed one.
    """
    known = printed[["year", "place", "subject", "value"]].rename(columns={"value": "printed"})
    both = mean_levels(shares).merge(known, on=["year", "place", "subject"])
    return both.assign(agrees=both["computed"].round(PRINTED_DECIMALS) == both["printed"])


def fit(shares: pd.DataFrame, printed: pd.DataFrame) -> Fit:
    """Try every labelling of years and subjects against the printed means of one year.

    Distributions without labels come in blocks (one a subject) and columns (one a year). Means
    printed with labels tell which block and column they belong to, if only one choice agrees.

    Parameters
    ----------
    shares : pandas.DataFrame
        As in `mean_levels`: the years and subjects are those that the blocks were read as.
    printed : pandas.DataFrame
        As in `against_printed`, of one year.

    Returns
    -------
    Fit
        Agreeing and possible labellings.
    """
    computed = mean_levels(shares).set_index(["year", "place", "subject"])["computed"]
    wanted = printed[printed["place"].isin(shares["place"])]
    subjects = list(dict.fromkeys(shares["subject"]))
    years = list(dict.fromkeys(shares["year"]))
    orders = [dict(zip(subjects, order, strict=True)) for order in permutations(subjects)]
    agreeing = 0
    for year in years:
        for order in orders:
            agreeing += all(
                round(computed[year, row["place"], order[row["subject"]]], PRINTED_DECIMALS)
                == row["value"]
                for row in wanted.to_dict("records")
            )
    return Fit(agreeing, len(years) * len(orders))
