"""Follow one measure through the years, whatever code its place had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tilstand import contracts
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tilstand.register import Indicator


#: What names a row of the figures table.
REF = ("indicator", "year", "unit", "grade", "gender", "subject", "category")


def row_ref(row: pd.Series | Mapping[Any, Any]) -> str:
    """Name a row of the figures table, so that a printed number can be traced to it."""
    return "|".join(str(row[column]) for column in REF)


@dataclass(frozen=True)
class Series:
    """Hold one measure of one place over the years.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the *figures* table, one a year, contested rows already settled.
    indicator : Indicator
        The catalogue's entry.
    year : int
        The edition's year: what "now" means.
    place : str
        The place's name over time, such as ``baerum``.
    """

    frame: pd.DataFrame
    indicator: Indicator
    year: int
    place: str

    @property
    def empty(self) -> bool:
        """Whether the edition has no value at all."""
        return self.frame.empty

    def at(self, year: int) -> Value:
        """Return the value of one year, missing where there is none."""
        found = np.flatnonzero(self.frame["year"].to_numpy() == year)
        if not len(found):
            return Value(None, decimals=self.indicator.decimals, year=year)
        row = self.frame.iloc[int(found[0])]
        printed = str(row["printed"])
        decimals = len(printed.partition(".")[2])
        return Value(
            number=float(row["value"]),
            decimals=decimals,
            year=year,
            refs=(row_ref(row),),
            approximate=row["mark"] in ("approximate", "fraction"),
            more_than=row["mark"] == "more_than",
            fraction=row["mark"] == "fraction",
        )

    def n(self, year: int) -> Value:
        """Return the number of units behind the value of one year, missing where not published."""
        rows = self.frame[(self.frame["year"] == year) & self.frame["n"].notna()]
        if rows.empty:
            return Value(None, year=year)
        ref = row_ref(rows.iloc[0])
        return Value(float(rows.iloc[0]["n"]), year=year, refs=(ref,), recipe="n")

    def margin(self, year: int) -> Value:
        """Return half the interval around the value of one year, missing where there is none."""
        rows = self.frame[(self.frame["year"] == year) & self.frame["margin"].notna()]
        if rows.empty:
            return Value(None, year=year)
        row = rows.iloc[0]
        return Value(float(row["margin"]), year=year, refs=(row_ref(row),), recipe="margin")

    @property
    def years(self) -> list[int]:
        """Years with a value, oldest first."""
        return [int(year) for year in self.frame["year"]]

    @property
    def now(self) -> Value:
        """Value of the edition's own year."""
        return self.at(self.year)

    @property
    def first(self) -> Value:
        """Earliest value; missing where there is none."""
        return self.at(self.years[0]) if self.years else Value(None)

    @property
    def before(self) -> Value:
        """Latest value before the edition's year."""
        earlier = [year for year in self.years if year < self.year]
        return self.at(earlier[-1]) if earlier else Value(None)

    @property
    def latest(self) -> Value:
        """Latest value there is."""
        return self.at(self.years[-1]) if self.years else Value(None)


def settle(figures: pd.DataFrame) -> pd.DataFrame:
    """Keep one row for each measure: the one the book uses, and only such as have a value.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of the *figures* table.

    Returns
    -------
    pandas.DataFrame
        Without the values that another was preferred to, without suppressed and missing ones,
        and with what several sections repeat kept once (printed before inferred).
    """
    usable = figures[
        figures["status"].isin(contracts.STATUSES_WITH_VALUE)
        & (figures["mark"] != "contested_other")
    ]
    weight = {"": 0, "contested": 0, "range": 0, "more_than": 1, "approximate": 1}
    weight |= {"fraction": 1, "inferred": 2}
    ordered = usable.assign(_weight=usable["mark"].map(weight)).sort_values(
        "_weight", kind="stable"
    )
    kept = ordered.drop_duplicates(list(contracts.MEASURE_KEY)).drop(columns="_weight")
    return kept.sort_values("year", kind="stable")
