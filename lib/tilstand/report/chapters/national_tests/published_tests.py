"""Read national tests out of an edition's exports: places, schools, spread and years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.comparable import first_comparable_year
from tilstand.analysis.published_tests import (
    INDICATOR,
    SUBJECTS,
    change_over_years,
    means_by_year,
    part_and_whole,
    rows_of_tests,
    spread_of_schools,
    told_apart,
)
from tilstand.report.numbers import Value, computed
from tilstand.report.page import compare, groups
from tilstand.report.series import row_ref
from tilstand.sources.coverage import partial_coverage

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

_PARTS = ("value", "margin", "n")
_DECIMALS = {"chance": 0, "schools": 0, "hidden": 0, "apart": 0}


@dataclass(frozen=True)
class PublishedTests:
    """Hold what the exports say of one grade, in the newest year they have.

    Parameters
    ----------
    page : Page
        The chapter's page.
    grade : {"5", "8", "9"}
        Grade that sat the tests.
    """

    page: Page
    grade: str

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Rows of the grade with a margin, all pupils together, on today's scale."""
        start = first_comparable_year(self.page.register, INDICATOR, self.page.year)
        return rows_of_tests(self.page.near, [self.grade], start)

    @cached_property
    def own(self) -> pd.DataFrame:
        """Rows of our own schools, hidden ones too, with ``name``."""
        units = self.page.register.units
        if "municipality" not in units:
            return self.frame.head(0).assign(name="")
        ours = units[(units["level"] == "school") & (units["municipality"] == self.page.place)]
        names = dict(zip(ours["code"], ours[f"name_{self.page.language}"], strict=True))
        rows = self.frame[(self.frame["level"] == "school") & self.frame["unit"].isin(names)]
        rows = rows.assign(name=[str(names.get(unit, "")).strip() for unit in rows["unit"]])
        return rows.sort_values("name", key=lambda names: names.map(by_name), kind="stable")

    @cached_property
    def years(self) -> list[int]:
        """Years with a value of the municipality or of one of its schools, oldest first."""
        known = self.frame[
            (self.frame["status"] == "ok") & (self.frame["place"] == self.page.place)
        ]
        schools = self.own[self.own["status"] == "ok"]
        return sorted(set(known["year"]) | set(schools["year"]))

    @property
    def is_hidden(self) -> bool:
        """Whether the municipality stands in the exports with nothing but hidden results."""
        own = self.frame.loc[self.frame["place"] == self.page.place, "status"]
        return not self.years and bool((own == "suppressed").any())

    @cached_property
    def year(self) -> Value:
        """The newest year, missing where there is none."""
        year = self.years[-1] if self.years else None
        refs = self._municipality_refs() if self.years else ()
        return Value(year, year=year, refs=refs, recipe="year")

    @property
    def older(self) -> Value:
        """The newest year where it is not the edition's own, else missing."""
        is_older = bool(self.years) and self.years[-1] < self.page.year
        return self.year if is_older else Value(None)

    def _municipality_refs(self) -> tuple[str, ...]:
        rows = self.frame[self.frame["year"] == self.years[-1]]
        rows = rows[(rows["place"] == self.page.place) & (rows["subject"] == SUBJECTS[0])]
        return tuple(row_ref(row) for row in rows.head(1).to_dict("records"))

    # -- places ------------------------------------------------------------------------------

    @cached_property
    def _last_rows(self) -> dict[tuple[str, str], dict[Any, Any]]:
        """First row of each subject and place in the last year."""
        last = self.frame["year"] == (self.years[-1] if self.years else 0)
        rows = self.frame[last & (self.frame["status"] == "ok")]
        key = ["subject", "place"]
        return {
            (row["subject"], row["place"]): row
            for row in rows[rows["level"] != "school"].drop_duplicates(key).to_dict("records")
        }

    def _row(self, subject: str, place: str) -> dict[Any, Any] | None:
        return self._last_rows.get((subject, place))

    def value(self, subject: str, place: str = "", column: str = "value") -> Value:
        """Return a place's ``value``, ``margin`` or ``n``; the municipality's if none is named."""
        row = self._row(subject, place or self.page.place)
        decimals = 1 if column == "margin" else 0
        if row is None or pd.isna(row[column]):
            return Value(None, decimals=decimals)
        recipe = "value" if column == "value" else column
        year = int(row["year"])
        return Value(float(row[column]), decimals, year, (row_ref(row),), recipe=recipe)

    def against(self, subject: str, place: str = "norge") -> compare.Comparison:
        """Compare the municipality with a place that it is a part of.

        Returns
        -------
        Comparison
            With size, interval and how sure it is; the size is missing when both are printed
            with the same number, so that prose can say so.
        """
        values = [self.value(subject, at, column) for at in ("", place) for column in _PARTS]
        if any(value.missing for value in values):
            return compare.means(None, *values)
        return compare.means(part_and_whole(*(float(value) for value in values)), *values)

    @property
    def county(self) -> str:
        """Place of the county that the municipality lay in then; empty for a county of its own."""
        if not self.years:
            return ""
        register, year = self.page.register, self.years[-1]
        valid = register.units[
            (register.units["place"] == self.page.place)
            & (register.units["valid_from"] <= year)
            & (year <= register.units["valid_to"])
        ]
        county = str(valid["county"].iloc[0]) if len(valid) else ""
        if county and register.is_its_county(str(valid["code"].iloc[0]), year):
            return ""
        return str(register.unit(county, year)["place"]) if county else ""

    @property
    def county_name(self) -> str:
        """The county's name in that year; empty where there is none."""
        if not self.county:
            return ""
        return self.page.register.name(self.county, self.years[-1], self.page.language)

    def places(self) -> pd.DataFrame:
        """Return rows for a dot chart: municipality, county and country under each subject."""
        rows = self.page.rows(
            INDICATOR, by="place", grade=self.grade, subject=list(SUBJECTS), years=self.years[-1:]
        )
        # Comparators of the edition's own year may be no unit of an older one, and the reverse.
        rows = rows[rows["margin"].notna()]
        if rows.empty:
            return rows
        rows = rows.assign(low=rows["value"] - rows["margin"], high=rows["value"] + rows["margin"])
        return groups.under_headings(self.page, rows, "subject", list(SUBJECTS))

    # -- schools -----------------------------------------------------------------------------

    def _latest(self, subject: str) -> pd.DataFrame:
        rows = self.own[self.own["subject"] == subject]
        return rows[rows["year"] == (self.years[-1] if self.years else 0)]

    def schools(self, subject: str) -> pd.DataFrame:
        """Return rows for an interval chart of our schools, by name; hidden ones are left out."""
        rows = self._latest(subject)
        rows = rows[(rows["status"] == "ok") & rows["margin"].notna()]
        whole = self._row(subject, self.page.place)
        return rows.assign(
            apart=None if whole is None or rows.empty else told_apart(rows, whole),
            label=rows["name"],
            low=rows["value"] - rows["margin"],
            high=rows["value"] + rows["margin"],
            role="own",
            ref=[row_ref(row) for row in rows.to_dict("records")],
        ).reset_index(drop=True)

    def spread(self, subject: str) -> dict[str, Value]:
        """Say how far apart our schools lie, and how many can be told from the municipality.

        Returns
        -------
        dict of Value
            ``schools`` (with a result), ``hidden`` (too few pupils), ``sd``, ``sd_low`` and
            ``sd_high`` (true spread, scale points), ``observed`` (spread of the published
            means), ``chance`` (percent of that which chance explains), ``apart`` (schools told
            from the municipality after control of false discoveries). Missing where three
            schools are not published.
        """
        if subject not in self._spreads:
            self._spreads[subject] = self._spread(subject)
        return self._spreads[subject]

    @cached_property
    def _spreads(self) -> dict[str, dict[str, Value]]:
        return {}

    def _spread(self, subject: str) -> dict[str, Value]:
        shown, latest = self.schools(subject), self._latest(subject)
        refs = tuple(shown["ref"]) if len(shown) else ()
        basis = Value(0, refs=refs)
        hidden = int((latest["status"] == "suppressed").sum())
        numbers = spread_of_schools(shown, hidden, self._row(subject, self.page.place))
        return {
            name: computed(
                number,
                basis,
                decimals=1 if number is None else _DECIMALS.get(name, 1),
                recipe="spread",
            )
            for name, number in numbers.items()
        }

    # -- years -------------------------------------------------------------------------------

    def lines(self, subject: str) -> pd.DataFrame:
        """Return rows for a line chart of the places, when there are two years or more."""
        rows = self.page.rows(INDICATOR, by="place", grade=self.grade, subject=subject)
        rows = rows[rows["year"].isin(self.years) & rows["margin"].notna()]
        return rows if rows["year"].nunique() > 1 else rows.head(0)

    def history(self, subject: str) -> tuple[pd.DataFrame, list[str]]:
        """Follow our schools through the years, by name.

        Returns
        -------
        frame : DataFrame
            ``label``, a column a year with the published mean, and ``change``: the words for the
            difference between the newest and the oldest year and how sure it is.
        years : list of str
            The year columns; empty with fewer than two years.
        """
        rows = self.own[(self.own["subject"] == subject) & (self.own["status"] == "ok")]
        rows = rows.sort_values("year", kind="stable")
        if rows["year"].nunique() < 2:
            return pd.DataFrame(), []
        frame = means_by_year(rows)
        years = [str(year) for year in sorted(set(rows["year"]))]
        words = {place: self._change(part) for place, part in rows.groupby("place")}
        frame = frame.assign(change=frame["place"].map(words))
        frame = frame.sort_values("label", key=lambda names: names.map(by_name), kind="stable")
        return frame.reset_index(drop=True), years

    def partial_years(self, subject: str) -> list[int]:
        """List the years in which far fewer pupils than the year group sat a test."""
        whole = self.page.near
        found = partial_coverage(whole[whole["place"] == self.page.place])
        found = found[(found["grade"] == self.grade) & (found["subject"] == subject)]
        return sorted(int(year) for year in found["year"] if year in self.years)

    def _change(self, rows: pd.DataFrame) -> str:
        if len(rows) < 2:
            return self.page.pick(nb="bare ett år", en="one year only")
        found = change_over_years(rows)
        return change_word(self.page, found.estimate, found.certainty)

    def partial(self) -> dict[str, Any]:
        """Tell the municipality's test that most clearly lacks pupils, in the newest year.

        Returns
        -------
        dict
            ``n`` and ``expected`` as Values and ``subject`` as a word; missing where all tests
            seem whole.
        """
        year = self.years[-1] if self.years else 0
        whole = self.page.near
        found = partial_coverage(whole[whole["place"] == self.page.place])
        found = found[(found["year"] == year) & (found["grade"] == self.grade)]
        if found.empty:
            return {"n": Value(None), "expected": Value(None), "subject": None}
        row = found.iloc[0]
        basis = self.value(str(row["subject"]))
        return {
            "n": computed(row["n"], basis, decimals=0, recipe="n"),
            "expected": computed(
                round(row["expected"], -1), basis, decimals=0, recipe="expected n"
            ),
            "subject": self.page.register.category_label(str(row["subject"]), self.page.language),
        }


def change_word(page: Page, size: float, certainty: str) -> str:
    """Say a change in words: which way, and how sure it is."""
    if certainty == "chance":
        return page.pick(nb="ikke til å skille fra tilfeldigheter", en="could be due to chance")
    up = size > 0
    if certainty == "clear":
        return (
            page.pick(nb="tydelig opp", en="clearly up")
            if up
            else page.pick(nb="tydelig ned", en="clearly down")
        )
    return (
        page.pick(nb="tegn til økning", en="a sign of a rise")
        if up
        else page.pick(nb="tegn til nedgang", en="a sign of a fall")
    )
