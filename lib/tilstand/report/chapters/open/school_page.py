"""Show one school beside its municipality, from open figures alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.proportions import share_against_reference
from tilstand.analysis.published_means import mean_difference, mean_variance, rounding_variance
from tilstand.contracts import STATUSES_WITH_VALUE
from tilstand.report import wording
from tilstand.report.chapters.open.lines import EXTENSIVE, NONE
from tilstand.report.chapters.open.roster import open_book
from tilstand.report.chapters.open.schools import school_rows
from tilstand.report.chapters.open.told import COUNTED, Told, in_table
from tilstand.report.chapters.schools.school_list import filter_words
from tilstand.report.numbers import Value
from tilstand.report.page import exhibits
from tilstand.report.page.across import source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.report.series import Series
from tilstand.sources.declared import read_declared
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.analysis.proportions import Difference
    from tilstand.report.chapters.open.roster import OpenSchool
    from tilstand.report.page.page import Page
    from tilstand.sources.declared import Declared

CHAPTER = "skoleside"
DIMENSIONS = ("grade", "subject", "category")
PUPILS = "gsi_pupils"


@dataclass(frozen=True)
class OpenSchoolPage:
    """Hold what open figures tell of one school.

    Parameters
    ----------
    page : Page
        The open page.
    key : str
        Organisation number; the municipality's first school if blank.
    """

    page: Page
    key: str

    @cached_property
    def school(self) -> OpenSchool:
        """The school's name and address."""
        schools = open_book(self.page.project, self.page.edition).schools
        return next((one for one in schools if one.key == self.key), schools[0])

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One line a measure: the latest value, the one before, the municipality's, how sure."""
        declared = [one for one in read_declared(self.page.project.register) if one.schools]
        return pd.DataFrame([line for one in declared for line in self._measure(one)])

    def _measure(self, declared: Declared) -> list[dict[str, Any]]:
        rows = self._rows_of(declared.indicator).get(self._lineage.get(self.school.key, ""), [])
        parts = groupby(rows, key=lambda row: {name: row[name] for name in DIMENSIONS})
        lines = [self._line(declared, where, list(part)) for where, part in parts]
        return [line for line in lines if line]

    def _rows_of(self, indicator: str) -> dict[str, list[dict[Any, Any]]]:
        """Part the rows of all our schools by lineage, once for all their pages."""

        def part() -> dict[str, list[dict[Any, Any]]]:
            rows = school_rows(self.page, indicator)
            rows = rows[rows["status"].isin([*STATUSES_WITH_VALUE, "suppressed"])]
            parts: dict[str, list[dict[Any, Any]]] = {}
            for row in rows.sort_values([*DIMENSIONS, "year"]).to_dict("records"):
                parts.setdefault(self._lineage[row["unit"]], []).append(row)
            return parts

        return once((__name__, indicator, self.page.project, self.page.edition.name), part)

    @cached_property
    def _lineage(self) -> dict[str, str]:
        units = self.page.register.units
        key = (__name__, "lineage", *self.page.of_country)
        return once(key, lambda: dict(zip(units["code"], units["place"], strict=True)))

    def _line(
        self, declared: Declared, where: dict[str, str], rows: list[dict[Any, Any]]
    ) -> dict[str, Any] | None:
        page, last = self.page, rows[-1]
        year = int(last["year"])
        if year < page.year - 1:
            return None
        told = Told(page, declared, where)
        shown = last["status"] in STATUSES_WITH_VALUE
        earlier = [
            row for row in rows if row["year"] < year and row["status"] in STATUSES_WITH_VALUE
        ]
        own, other = Series(rows, told.own.indicator, page.year, ""), told.own.at(year)
        named = {"indicator": declared.indicator, "gender": "", **where}
        found = self._against(told, last, other) if shown else None
        hidden = wording.word("suppressed", page.language)
        extensive = told.own.indicator.unit in EXTENSIVE
        return {
            "label": label_of_measure(named, page.register, page.language),
            "year": str(year),
            "own": float(own.at(year)) if shown else hidden,
            "before": float(earlier[-1]["value"]) if earlier else None,
            "place": None if other.missing or extensive else float(other),
            "places": (own.at(year) if shown or other.missing else other).decimals,
            "certainty": self._word(told, found, shown=shown and not other.missing),
            "sure": bool(found and found.certainty == "clear"),
            "tested": found is not None,
            "indicator": declared.indicator,
            "number": own.at(year) if shown else Value(None),
            "source": last["source"],
            "section": last["section"],
            "mark": last["mark"],
            "n": float("nan"),
        }

    def _against(self, told: Told, row: dict[Any, Any], other: Value) -> Difference | None:
        """Compare a school's value with the municipality's, which is taken as given."""
        value, n = float(row["value"]), float(row["n"])
        if other.missing:
            return None
        if row["margin"] == row["margin"]:
            return mean_difference(value - float(other), float(mean_variance(row["margin"])))
        if told.own.indicator.unit == "percent" and n > 0:
            return share_against_reference(value * n / 100, n, float(other))
        if told.deviation == told.deviation and n > 0:
            printed = 2 * rounding_variance(10.0**-other.decimals)
            return mean_difference(value - float(other), told.deviation**2 / n + printed)
        return None

    def _word(self, told: Told, found: Difference | None, *, shown: bool) -> str:
        page = self.page
        if not shown:
            return "–"
        if found is None:
            counted = told.own.indicator.unit in COUNTED
            word = "certainty_counted" if counted else "certainty_unknown"
            return in_table(wording.word(word, page.language))
        if found.certainty == "chance":
            return page.pick(nb="omtrent som kommunen", en="about as the municipality")
        sure = wording.word(found.certainty, page.language)
        over = found.estimate > 0
        side = page.pick(nb="over" if over else "under", en="above" if over else "below")
        return f"{sure} {side}"

    def words(self) -> dict[str, Any]:
        """Name the school, and count those of its results that can be told apart."""
        lines = self.lines
        pupils = lines[lines["indicator"] == PUPILS] if len(lines) else lines
        tested = lines[lines["tested"]] if len(lines) else lines
        clear = int(tested["sure"].sum()) if len(tested) else 0
        return {
            "school_name": self.school.name,
            "school_pupils": pupils["number"].iloc[0] if len(pupils) else Value(None),
            "tested": Value(len(tested) or None, recipe="count of rows"),
            "apart": Value(clear or None, recipe="count of rows"),
        }

    def show(self) -> None:
        """Show the school's table."""
        page, pick = self.page, self.page.pick
        if self.lines.empty:
            return
        page.table(
            self.lines.drop(columns="mark"),
            [
                Column("label", pick(nb="Mål", en="Measure")),
                Column("year", pick(nb="År", en="Year")),
                Column("own", pick(nb="Skolen", en="The school"), "places"),
                Column("before", pick(nb="Året før", en="The year before"), "places", absent=NONE),
                Column("place", page.name, "places", absent=NONE),
                Column("certainty", pick(nb="Hvor sikkert", en="How sure")),
            ],
            name="skolens-tall",
            title=pick(
                nb=f"{self.school.name} i åpne tall", en=f"{self.school.name} in open figures"
            ),
            source=source_of(page, self.lines),
        )


def show_school_list(page: Page) -> Value:
    """Show every school with open figures as a link, under the first letter of its name.

    Returns
    -------
    Value
        How many there are.
    """
    schools = open_book(page.project, page.edition).schools
    parts = []
    for letter, named in groupby(schools, key=lambda school: school.name[:1].upper()):
        links = "".join(
            f'<li><a href="{CHAPTER}-{one.slug}.html">{escape(one.name)}</a></li>' for one in named
        )
        anchor = f"letter-{ord(letter)}"
        parts.append(f'<section id="{anchor}"><h2>{escape(letter)}</h2><ul>{links}</ul></section>')
    if parts:
        asked = escape(filter_words(page))
        exhibits.show_block(
            f'<div class="school-list" data-filter="{asked}">{"".join(parts)}</div>'
        )
    return Value(len(schools) or None, recipe="count of rows")
