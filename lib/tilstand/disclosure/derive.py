"""Compute percentages and means from a protected table, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .cells import TOTAL
from .errors import DisclosureError


def percentages(
    protected: pd.DataFrame, dimensions: Sequence[str], along: str, decimals: int = 0
) -> pd.DataFrame:
    """Give each cell's share of its group, blank where either number is blank.

    Parameters
    ----------
    protected : pandas.DataFrame
        Cells and margins with ``count`` and ``status``, as `protect.run` returns them.
    dimensions : sequence of str
        Columns that span the table.
    along : str
        Dimension whose categories add up to 100 %.
    decimals : int
        Decimals to round to.

    Returns
    -------
    pandas.DataFrame
        The rows that are no totals of `along`, with ``percent`` and ``n``.

    Raises
    ------
    DisclosureError
        When the table is not a protected one.
    """
    joined = _with_group(protected, dimensions, along)
    parts = joined[joined[along] != TOTAL]
    # A group without pupils has no shares; a blank in either number leaves a blank share.
    group = parts["n"].astype("Float64")
    share = parts["count"].astype("Float64").mul(100).div(group.mask(group == 0))
    shown = parts.assign(percent=share.round(decimals))
    return shown[[*dimensions, "percent", "n", "status"]].reset_index(drop=True)


def means(
    protected: pd.DataFrame, dimensions: Sequence[str], along: str, decimals: int = 1
) -> pd.DataFrame:
    """Give each group's mean of a dimension whose categories are numbers.

    A mean and its n are one more equation about the blanks. A group's mean is therefore shown
    only where its whole distribution is.

    Parameters
    ----------
    protected : pandas.DataFrame
        Cells and margins with ``count`` and ``status``, as `protect.run` returns them.
    dimensions : sequence of str
        Columns that span the table.
    along : str
        Dimension of numbers, mastery levels say.
    decimals : int
        Decimals to round to.

    Returns
    -------
    pandas.DataFrame
        One row a group, with ``mean``, ``n`` and ``status``.

    Raises
    ------
    DisclosureError
        When the table is not a protected one, or `along` holds no numbers.
    """
    others = [d for d in dimensions if d != along]
    joined = _with_group(protected, dimensions, along)
    parts = joined[joined[along] != TOTAL]
    level = pd.to_numeric(parts[along], errors="coerce")
    if level.isna().any():
        wrong = parts.loc[level.isna(), along].iloc[0]
        raise DisclosureError(f"{along}: '{wrong}', expected categories that are numbers")
    weighed = parts.assign(weight=parts["count"].astype("Float64") * level.to_numpy())
    rows = []
    for group, cells in weighed.groupby(others, sort=False) if others else [((), weighed)]:
        whole = cells["count"].notna().all() and cells["n"].notna().all()
        number = cells["n"].iloc[0]
        mean = float(cells["weight"].sum() / number) if whole and number > 0 else np.nan
        status = "ok" if whole else "suppressed"
        rows.append([*(group if others else ()), round(mean, decimals), number, status])
    result = pd.DataFrame(rows, columns=[*others, "mean", "n", "status"])
    return result.astype({"n": "Int64"})


def _with_group(protected: pd.DataFrame, dimensions: Sequence[str], along: str) -> pd.DataFrame:
    """Put beside each cell the count of its group, and refuse tables that nobody protected."""
    missing = {*dimensions, "count", "status"} - set(protected.columns)
    if missing or along not in dimensions:
        raise DisclosureError(
            f"table: '{', '.join(protected.columns)}', expected the dimensions with {along} among "
            "them, count and status, as protect returns them"
        )
    shown = protected["count"].notna()
    if (shown != (protected["status"] == "ok")).any():
        raise DisclosureError("table: 'count', expected a blank exactly where status is suppressed")
    others = [d for d in dimensions if d != along]
    groups = protected.loc[protected[along] == TOTAL, [*others, "count"]]
    groups = groups.rename(columns={"count": "n"})
    if not others:
        return protected.assign(n=groups["n"].iloc[0])
    return protected.merge(groups, on=others, how="left", validate="many_to_one")
