"""Say of one measure what it is now, how it moved, how it lies, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from tilstand.analysis import proportions
from tilstand.analysis.comparable import on_one_scale
from tilstand.analysis.published_means import mean_difference, mean_variance, rounding_variance
from tilstand.analysis.school_variation import pupil_deviation
from tilstand.report import wording
from tilstand.report.chapters.open.answers import answers_needed
from tilstand.report.numbers import Value, computed, half_up, write_number
from tilstand.report.page import compare
from tilstand.report.page.rows import DIMENSIONS
from tilstand.sources.declared import Declared, read_declared
from tilstand.sources.unshown import open_figures, told_sources
from tilstand.store import memory

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page
    from tilstand.report.series import Series

COUNTED = ("count", "fte", "ratio")
#: Registers and accounts: their shares and sums are of everybody, and nobody was asked.
REGISTERS = ("KOSTRA", "BASIL", "SSB")
NEEDED = {"nb": "tydelig om minst {} svarte", "en": "clear if at least {} answered"}
PUPILS = "gsi_pupils"
#: Standard errors in half of a 95 % interval.
NORMAL = 1.96
#: The grade of a measure that the edition has no open figures of.
NONE = "none"
#: The chapter whose numbers are answers.
SURVEY = "elevundersokelsen"
NATION = "norge"
SURE = {
    "counted": {
        "nb": "tallet er en full telling, ikke et utvalg",
        "en": "the number is a complete count and no sample",
    },
    "needed": {
        "nb": "det er tydelig dersom minst {} elever svarte; tallet på svar er ikke oppgitt",
        "en": "it is clear if at least {} pupils answered; the number of answers is not published",
    },
    "unknown": {
        "nb": "hvor mange som svarte er ikke oppgitt, så vi kan ikke si hvor sikkert det er",
        "en": "how many answered is not published, so we cannot say how sure that is",
    },
    "pupils": {
        "nb": "tallet på elever er ikke oppgitt, så vi kan ikke si hvor sikkert det er",
        "en": "the number of pupils is not published, so we cannot say how sure that is",
    },
}


@dataclass(frozen=True)
class Told:
    """Hold one measure of an edition with the comparisons that can be made.

    Parameters
    ----------
    page : Page
        The open page.
    declared : Declared
        How the chapter shows it.
    where : dict
        Grade, subject or category of the one series that is told.
    """

    page: Page
    declared: Declared
    where: dict[str, str]

    @property
    def indicator(self) -> str:
        """Code of the catalogue."""
        return self.declared.indicator

    @property
    def grade_name(self) -> str:
        """Name of the grade that is told; blank where it is all of them together."""
        grade = self.where.get("grade", "")
        return "" if grade == NONE else wording.grade_name(grade, self.page.language)

    @property
    def counted(self) -> bool:
        """Whether the measure is a full count or an account, and no sample."""
        indicator = self.own.indicator
        return indicator.unit in COUNTED or indicator.origin in REGISTERS

    @cached_property
    def own(self) -> Series:
        """The municipality's series."""
        return self.page.series(self.indicator, **self.where)

    @cached_property
    def now(self) -> Value:
        """The municipality's latest value."""
        return self.own.latest

    @cached_property
    def before(self) -> Value:
        """The value before it, where no break lies between; else missing."""
        years = self.own.years
        if len(years) < 2 or not on_one_scale(
            self.page.register, self.indicator, years[-2], years[-1]
        ):
            return Value(None)
        return self.own.at(years[-2])

    @cached_property
    def first(self) -> Value:
        """The earliest value on the scale of the latest; missing where there is no earlier one."""
        if self.now.missing:
            return Value(None)
        year = int(self.now.year or 0)
        for earlier in self.own.years[:-1]:
            if on_one_scale(self.page.register, self.indicator, earlier, year):
                return self.own.at(earlier)
        return Value(None)

    def other(self, place: str) -> Value:
        """Return another place's value in the year of the latest."""
        if self.now.missing or not place:
            return Value(None)
        return self.at(place, int(self.now.year or 0))

    def at(self, place: str, year: int) -> Value:
        """Return a place's value in a year."""
        return self._of(place).at(year)

    @cached_property
    def _known(self) -> dict[str, Series]:
        return {}

    def _of(self, place: str) -> Series:
        if place not in self._known:
            self._known[place] = self.page.series(self.indicator, place, **self.where)
        return self._known[place]

    @cached_property
    def county(self) -> str:
        """Place of the municipality's county; blank where it is a county itself."""
        register, code = self.page.register, self.page.edition.municipality
        if register.is_its_county(code, self.page.year):
            return ""
        county = str(register.unit(code, self.page.year)["county"])
        return str(register.unit(county, self.page.year)["place"]) if county else ""

    @cached_property
    def places(self) -> list[str]:
        """List the places to be held against: the country, the county, chosen municipalities."""
        rows = self.page.rows(self.indicator, "place", None, **self.where)
        there = dict.fromkeys(rows["place"]) if len(rows) else {}
        return [place for place in there if place != self.page.place]

    @cached_property
    def beside_places(self) -> list[str]:
        """List what has a column of its own in tables: the county, chosen places, the country."""
        page = self.page
        codes = page.edition.comparators
        chosen = [str(page.register.unit(code, page.year)["place"]) for code in codes]
        found = dict.fromkeys([self.county, *chosen])
        return [*(place for place in found if place not in ("", page.place, NATION)), NATION]

    def certainty_word(self, found: compare.Comparison) -> str:
        """Say in a word or two how sure a comparison is, for a table."""
        if found.certainty in ("clear", "sign", "chance"):
            return wording.word(found.certainty, self.page.language)
        word = "certainty_counted" if self.counted else "certainty_unknown"
        if found.needed:
            return NEEDED[self.page.language].format(self._written(found.needed))
        return in_table(wording.word(word, self.page.language))

    def _written(self, number: int) -> str:
        return write_number(number, 0, self.page.language)

    def margin(self, place: str, value: Value) -> float:
        """Return the published margin of a place's value; NaN where there is none."""
        if not place or value.missing:
            return float("nan")
        row = self._of(place).row(value.year)
        return float(row["margin"]) if row else float("nan")

    @cached_property
    def deviation(self) -> float:
        """How far pupils lie apart, from the schools' own moves; NaN where it cannot be told."""
        if self.own.indicator.unit in (*COUNTED, "percent"):
            return float("nan")
        asked = (self.indicator, *(self.where.get(name, "") for name in DIMENSIONS))
        return memory.once(("deviation", *self.page.of_country, *asked), self._deviation)

    def _deviation(self) -> float:
        found = self.page.every(self.indicator)
        found = found[found["level"] == "school"]
        for name in DIMENSIONS:
            found = found[found[name] == self.where.get(name, "")]
        schools = found[found["value"].notna() & found["n"].notna()]
        return pupil_deviation(
            schools[["unit", "year", "value", "n"]], self.page.break_years(self.indicator)
        )

    def against(self, other: Value, other_n: Value, kind: str, place: str) -> compare.Comparison:
        """Compare the latest value with another, as surely as what is published allows.

        The size is missing where both are printed alike: prose then says so instead.
        """
        return self._against(other, other_n, kind, self.margin(place, other))

    def apart_from(self, other: Told) -> compare.Comparison:
        """Compare the latest value with another series' of that year, such as girls' with boys'."""
        year = int(self.now.year or 0)
        value, place = other.own.at(year), self.page.place
        return self._against(value, other.own.n(year), "difference", other.margin(place, value))

    def _against(
        self, other: Value, other_n: Value, kind: str, margin: float
    ) -> compare.Comparison:
        made = self._compared(other, other_n, kind, margin)
        same = not made.size.missing and half_up(float(made.size), made.size.decimals) == 0
        return replace(made, size=replace(made.size, number=None)) if same else made

    def _compared(
        self, other: Value, other_n: Value, kind: str, other_margin: float
    ) -> compare.Comparison:
        n = self.own.n(int(self.now.year or 0))
        if self.now.missing or other.missing:
            return compare.published(self.now, other)
        if self.own.indicator.unit == "percent" and not n.missing:
            count = computed(float(self.now) * float(n) / 100, self.now, n, recipe="count")
            if other_n.missing:
                made = compare.share_with_reference(count, n, other)
            else:
                before = computed(float(other) * float(other_n) / 100, other, other_n)
                made = compare.shares(count, n, before, other_n, kind)
            return replace(made, size=abs(self.now - other))
        margins = [self.margin(self.page.place, self.now), other_margin]
        if all(margin == margin for margin in margins):
            variance = sum(float(mean_variance(margin)) for margin in margins)
            gap = float(self.now) - float(other)
            return _mean(mean_difference(gap, variance), self.now, other, kind)
        if self.deviation == self.deviation and not n.missing:
            parts = [1 / float(n)] + ([] if other_n.missing else [1 / float(other_n)])
            gap = float(self.now) - float(other)
            printed = sum(rounding_variance(10.0**-v.decimals) for v in (self.now, other))
            found = mean_difference(gap, self.deviation**2 * sum(parts) + printed)
            return _mean(found, self.now, other, kind)
        made = compare.published(self.now, other)
        asked = self.own.indicator.unit == "percent" and not self.counted
        return self._asked(made, other, kind) if asked else made

    def _asked(self, made: compare.Comparison, other: Value, kind: str) -> compare.Comparison:
        """Say what a share's difference would need to be clear, where n is not published."""
        least = answers_needed(float(self.now), float(other), sampled=kind == "change")
        pupils = self.page.series(PUPILS).latest
        # No more can have answered than there are pupils in the municipality.
        if least is None or (not pupils.missing and least > float(pupils)):
            verdict = compare.VERDICTS[kind]["chance"]
            return replace(made, certainty="chance", verdict=verdict)
        return replace(made, needed=least)

    @cached_property
    def change(self) -> compare.Comparison:
        """How the latest value differs from the one before."""
        year = int(self.before.year or 0)
        return self.against(self.before, self.own.n(year), "change", self.page.place)

    def beside(self, place: str = "norge") -> compare.Comparison:
        """How the latest value differs from a place's, which is taken as given."""
        if place not in self._beside:
            made = self.against(self.other(place), Value(None), "difference", place)
            self._beside[place] = made
        return self._beside[place]

    @cached_property
    def _beside(self) -> dict[str, compare.Comparison]:
        return {}

    def sure(self, found: compare.Comparison) -> str | None:
        """Say how sure a comparison is, as a clause; None where there is none."""
        if found.certainty == "missing":
            return None
        if found.certainty != "unknown":
            return found.verdict[self.page.language]
        if found.needed:
            return SURE["needed"][self.page.language].format(self._written(found.needed))
        asked = self.own.indicator.unit == "percent" or self.declared.chapter == SURVEY
        unknown = "unknown" if asked else "pupils"
        return SURE["counted" if self.counted else unknown][self.page.language]

    def words(self, name: str) -> dict[str, Any]:
        """Name what prose says of the measure, under names that begin with one.

        Returns
        -------
        dict
            ``<name>`` (the latest value), ``_before``, ``_first``, ``_nation``, ``_county``
            (values), ``_change``, ``_since``, ``_beside``, ``_beside_county`` (comparisons),
            ``_change_sure`` and ``_beside_sure`` (clauses).
        """
        change, beside = self.change, self.beside()
        return {
            name: self.now,
            f"{name}_before": self.before,
            f"{name}_first": self.first,
            f"{name}_nation": self.other("norge"),
            f"{name}_county": self.other(self.county),
            f"{name}_change": change,
            f"{name}_since": compare.published(self.now, self.first),
            f"{name}_beside": beside,
            f"{name}_beside_county": self.beside(self.county),
            f"{name}_change_sure": self.sure(change),
            f"{name}_beside_sure": self.sure(beside),
        }


def in_table(words: str) -> str:
    """Write words as a cell has them, where others begin small too."""
    return words[:1].lower() + words[1:]


def _mean(found: proportions.Difference, own: Value, other: Value, kind: str) -> compare.Comparison:
    made = compare.means(found, own, other, decimals=max(own.decimals, other.decimals))
    return replace(made, size=abs(own - other), verdict=compare.VERDICTS[kind][found.certainty])


def tell(page: Page, indicator: str, **where: str) -> Told:
    """Open one measure for a chapter to speak of.

    Parameters
    ----------
    page : Page
        The open page.
    indicator : str
        Code of the catalogue; declared in ``data/register/shown.csv``.
    **where : str
        Subject or category; the grade is the preferred one if not given.

    Returns
    -------
    Told
        Missing throughout where the edition has no open figures of it: what documents say in
        words the chapter tells by itself.
    """
    declared = declared_of(page, indicator)
    rows = own_rows(page, indicator)
    if "grade" not in where:
        where = {**where, "grade": (declared.preferred(rows) or [""])[-1]}
    return Told(page, declared, where) if len(rows) else Told(page, declared, {"grade": NONE})


@lru_cache(maxsize=4)
def _declared(page: Page) -> dict[str, Declared]:
    return {one.indicator: one for one in read_declared(page.project.register)}


@lru_cache(maxsize=4)  # of a page, also where nothing is held: each measure asks several times
def _open_rows(page: Page) -> dict[str, pd.DataFrame]:
    """Part the municipality's open figures by indicator, once for all chapters of an edition."""

    def part() -> dict[str, pd.DataFrame]:
        settled = page.settled()
        found = open_figures(page.project, settled[settled["place"] == page.place])
        parts = {str(code): rows for code, rows in found.groupby("indicator", sort=False)}
        return {"": found.iloc[:0], **parts}

    return memory.once((__name__, page.project, page.edition.name), part)


def declared_of(page: Page, indicator: str) -> Declared:
    """Find how an indicator is declared."""
    return _declared(page)[indicator]


def own_rows(page: Page, indicator: str) -> pd.DataFrame:
    """Pick the municipality's open figures of an indicator that have a value."""
    rows = _open_rows(page)
    return rows.get(indicator, rows[""])


def is_open(page: Page, indicator: str) -> bool:
    """Tell whether the edition has open figures of an indicator."""
    return len(own_rows(page, indicator)) > 0


def documented(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of documents that the chapter retells: open figures it shows elsewhere."""
    return rows[rows["source"].isin(told_sources(page.project))]


def without_n(series: Series) -> Value:
    """Return a series' latest value where its source does not say how many are behind it."""
    latest = series.latest
    known = not latest.missing and not series.n(int(latest.year or 0)).missing
    return Value(None) if known else latest
