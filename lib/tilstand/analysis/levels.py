"""Work with distributions over mastery levels."""

from __future__ import annotations

import pandas as pd

LOWEST = "level_1"


def level_number(category: str) -> int:
    """Read the number of a level out of its category code (``level_3`` is 3)."""
    return int(category.removeprefix("level_"))


def mean_level(shares: pd.DataFrame) -> float:
    """Compute the mean mastery level of a distribution.

    Parameters
    ----------
    shares : pandas.DataFrame
        One row a level with ``category`` (``level_1`` ...) and ``value`` (percent).

    Returns
    -------
    float
        Sum of level times share over the sum of shares, so that rounding does not bias it.
    """
    numbers = shares["category"].map(level_number)
    return float((numbers * shares["value"]).sum() / shares["value"].sum())


def ends(shares: pd.DataFrame, *, top: int) -> pd.DataFrame:
    """Sum the lowest and the highest levels of each distribution.

    Parameters
    ----------
    shares : pandas.DataFrame
        Rows of ``year``, ``place``, ``subject``, ``category`` and ``value`` (percent).
    top : int
        The highest level: 3 on 5. trinn, where levels 1 and 3 are the ends, or 5 on 8. and
        9. trinn, where levels 1-2 and 4-5 are.

    Returns
    -------
    pandas.DataFrame
        One row a ``year``, ``place`` and ``subject`` with ``low`` and ``high`` in percent.
    """
    numbers = shares["category"].map(level_number)
    width = 1 if top <= 3 else 2  # three levels have one at each end
    sums = {
        "low": shares["value"].where(numbers <= width, 0.0),
        "high": shares["value"].where(numbers > top - width, 0.0),
    }
    keys = ["year", "place", "subject"]
    return shares[keys].assign(**sums).groupby(keys, as_index=False).sum()


def distance(shares: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Subtract one set of distribution ends from another, where both have the row.

    Parameters
    ----------
    shares, reference : pandas.DataFrame
        As `ends` returns them, for one place each.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``subject``, ``low`` and ``high`` as differences in percentage points.
    """
    both = shares.merge(reference, on=["year", "subject"], suffixes=("", "_reference"))
    return pd.DataFrame(
        {
            "year": both["year"],
            "subject": both["subject"],
            "low": both["low"] - both["low_reference"],
            "high": both["high"] - both["high_reference"],
        }
    )
