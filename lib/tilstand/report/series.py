"""Follow one measure through the years, whatever code its place had."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand import contracts
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    rows : sequence of mapping
        Rows of the *figures* table, one a year and oldest first, contested rows already settled.
        Dicts, because pandas takes longer for a few rows than all the rest here.
    indicator : Indicator
        The catalogue's entry.
    year : int
        The edition's year: what "now" means.
    place : str
        The place's name over time, such as ``baerum``.
    """

    rows: Sequence[Mapping[Any, Any]]
    indicator: Indicator
    year: int
    place: str

    @property
    def empty(self) -> bool:
        """Whether the edition has no value at all."""
        return not self.rows

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a table, which has the columns of figures without any row too."""
        columns = None if self.rows else list(contracts.FIGURE_COLUMNS)
        return pd.DataFrame(list(self.rows), columns=columns)

    def row(self, year: int | None) -> Mapping[Any, Any] | None:
        """Return the row of one year, None where there is none."""
        return next((row for row in self.rows if row["year"] == year), None)

    def at(self, year: int) -> Value:
        """Return the value of one year, missing where there is none."""
        row = self.row(year)
        if row is None:
            return Value(None, decimals=self.indicator.decimals, year=year)
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
        return self._beside(year, "n")

    def margin(self, year: int) -> Value:
        """Return half the interval around the value of one year, missing where there is none."""
        return self._beside(year, "margin")

    def _beside(self, year: int, column: str) -> Value:
        """Return what stands beside the value of one year."""
        found = (row for row in self.rows if row["year"] == year and not isnan(row[column]))
        row = next(found, None)
        if row is None:
            return Value(None, year=year)
        return Value(float(row[column]), year=year, refs=(row_ref(row),), recipe=column)

    @property
    def years(self) -> list[int]:
        """Years with a value, oldest first."""
        return [int(row["year"]) for row in self.rows]

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
