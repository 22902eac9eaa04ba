"""Tell what two editions of one municipality know differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MEASURE = ("indicator", "grade", "gender", "subject", "category")
SAID = ("year", "value", "n", "margin", "unit", "source", "section")


@dataclass(frozen=True)
class EditionChanges:
    """Hold the four kinds of differences between an edition and the one before it.

    Parameters
    ----------
    continued : DataFrame
        Measures with a newer value than before: `MEASURE`, ``year`` and ``value`` (and the other
        columns that tell of a number) with ``_before`` for the earlier edition's, ``change``.
    new : DataFrame
        Measures that only the newer edition has, with its latest value.
    ended : DataFrame
        Measures of the earlier edition without a newer value now; ``gone`` where the newer
        edition does not know even the old one.
    revised : DataFrame
        Numbers of the same measure and year that both editions have and that differ.
    """

    continued: pd.DataFrame
    new: pd.DataFrame
    ended: pd.DataFrame
    revised: pd.DataFrame


def edition_changes(newer: pd.DataFrame, earlier: pd.DataFrame, current: int = 0) -> EditionChanges:
    """Compare what two editions know of a place.

    Parameters
    ----------
    newer, earlier : DataFrame
        Settled *figures* of one place, one row a measure and year.
    current : int
        First year that counted as up to date in the earlier edition.

    Returns
    -------
    EditionChanges
        Every measure of either edition is in exactly one of ``continued``, ``new`` and
        ``ended``, but for those that were out of date in the earlier edition already and still
        are; ``revised`` looks at single years besides.
    """
    key = list(MEASURE)
    now, before = _latest(newer), _latest(earlier)
    both = now.merge(before, on=key, how="outer", suffixes=("", "_before"), indicator="side")
    years = both[["year", "year_before"]].astype(float).fillna(0)
    went_on = (both["side"] == "both") & (years["year"] > years["year_before"])
    continued = both[went_on].drop(columns="side")
    continued = continued.assign(change=continued["value"] - continued["value_before"])
    new = both[both["side"] == "left_only"][[*key, *SAID]]
    up_to_date = years["year_before"] >= current
    ended = both[(both["side"] != "left_only") & ~went_on & up_to_date]
    names = {f"{column}_before": column for column in SAID}
    ended = ended.assign(gone=ended["side"] == "right_only")
    ended = ended[[*key, *names, "gone"]].rename(columns=names)
    return EditionChanges(
        *(_whole(table) for table in (continued, new, ended, _revised(newer, earlier)))
    )


def _latest(figures: pd.DataFrame) -> pd.DataFrame:
    ordered = figures.sort_values("year", kind="stable")
    return ordered.drop_duplicates(list(MEASURE), keep="last")[[*MEASURE, *SAID]]


def _revised(newer: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    columns = [*MEASURE, *SAID]
    both = newer[columns].merge(
        earlier[columns], on=[*MEASURE, "year"], suffixes=("", "_before"), validate="1:1"
    )
    differ = ~np.isclose(both["value"].astype(float), both["value_before"].astype(float))
    both = both[differ]
    return both.assign(change=both["value"] - both["value_before"])


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    years = [column for column in ("year", "year_before") if column in table]
    typed = table.astype(dict.fromkeys(years, int))
    return typed.sort_values(list(MEASURE), kind="stable").reset_index(drop=True)
