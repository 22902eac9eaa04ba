"""Report what an edition knows differently from the one before it of the same municipality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.comparable import on_one_scale
from tilstand.analysis.edition_changes import EditionChanges, edition_changes
from tilstand.analysis.published_means import mean_difference, mean_variance
from tilstand.edition import Edition, predecessor
from tilstand.register import Register
from tilstand.report import wording
from tilstand.report.chapters.sources.catalogue import load_origins
from tilstand.report.numbers import Value
from tilstand.report.page import exhibits
from tilstand.report.page.blocks import fold
from tilstand.report.page.exhibits import Exhibit
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column, Table
from tilstand.report.series import settle
from tilstand.sources.edition_figures import load_edition_figures, register_of

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

COUNT = "count of rows"


@dataclass(frozen=True)
class Changes:
    """Hold the differences between a page's edition and its predecessor.

    Parameters
    ----------
    page : Page
        The chapter's page.
    """

    page: Page

    @cached_property
    def predecessor(self) -> Edition | None:
        """The newest earlier edition of the same municipality, whatever its code was then."""
        return predecessor(self.page.project, self.page.register, self.page.edition)

    @cached_property
    def _earlier(self) -> tuple[pd.DataFrame, Register]:
        if self.predecessor is None:
            return self.page.figures.head(0), self.page.register
        register = register_of(self.page.project)
        return load_edition_figures(self.page.project, register, self.predecessor.name)

    @cached_property
    def found(self) -> EditionChanges:
        """The municipality's measures that went on, are new, ended or were revised."""
        newer, earlier = (
            settle(figures[figures["place"] == self.page.place])
            for figures in (self.page.figures, self._earlier[0])
        )
        # A figure of the year before counts as up to date: some come out after the report.
        current = self.predecessor.year - 1 if self.predecessor else 0
        return edition_changes(newer, earlier, current)

    @property
    def schools(self) -> tuple[list[str], list[str]]:
        """Names of our schools that only this edition's exports have, and only the earlier's.

        Both are empty unless both editions have exports with schools: else nothing is known.
        """
        now, before = (_schools(of, self.page) for of in (self.page.register, self._earlier[1]))
        if self.predecessor is None or not now or not before:
            return [], []
        opened = [now[place] for place in set(now) - set(before)]
        closed = [before[place] for place in set(before) - set(now)]
        return sorted(opened, key=by_name), sorted(closed, key=by_name)

    def words(self) -> dict[str, Any]:
        """Name the numbers and words of the prose.

        Returns
        -------
        dict
            ``previous`` (year), ``continued``, ``new``, ``ended`` and ``revised`` (how many),
            missing where there is no predecessor; ``opened`` and ``closed`` list schools.
        """
        if self.predecessor is None:
            names = ("previous", "continued", "new", "ended", "revised")
            return {**dict.fromkeys(names, Value(None)), "opened": None, "closed": None}
        year = self.predecessor.year
        counts = {
            name: Value(len(getattr(self.found, name)), recipe=COUNT)
            for name in ("continued", "new", "ended", "revised")
        }
        for name in ("continued", "revised"):
            counts[name] = counts[name] if len(getattr(self.found, name)) else Value(None)
        opened, closed = (wording.listing(told, self.page.language) for told in self.schools)
        schools = {"opened": opened or None, "closed": closed or None}
        return {"previous": Value(year, year=year, recipe="edition"), **counts, **schools}

    def facts(self) -> dict[str, bool]:
        """Tell whether there is a predecessor since which nothing was revised."""
        return {"unrevised": self.predecessor is not None and not len(self.found.revised)}

    # -- tables ------------------------------------------------------------------------------

    def show_continued(self) -> None:
        """Show what has a newer value, by how much it changed and how sure that is."""
        rows = self._named(self.found.continued)
        self._show(rows, "endret", *_titles(self.page, "continued"), folded=False)

    def show_revised(self) -> None:
        """Show numbers of the same year that are no longer the same."""
        rows = self._named(self.found.revised, sure=False)
        self._show(rows, "rettet", *_titles(self.page, "revised"), folded=False)

    def show_new(self) -> None:
        """Show measures that the earlier edition did not have, folded by where they are from."""
        self._show(self._named(self.found.new), "nye", *_titles(self.page, "new"))

    def show_ended(self) -> None:
        """Show measures of the earlier edition that have no newer value."""
        self._show(self._named(self.found.ended), "uten-nyere", *_titles(self.page, "ended"))

    def _named(self, rows: pd.DataFrame, *, sure: bool = True) -> pd.DataFrame:
        page, language = self.page, self.page.language
        if rows.empty:
            return rows
        records = rows.to_dict("records")
        listed = load_origins(page.project)
        origins = dict(zip(listed["origin"], listed[f"name_{language}"], strict=True))
        made = rows.assign(
            label=[label_of_measure(row, page.register, language) for row in records],
            unit=[
                wording.unit_word(page.register.indicators[row["indicator"]].unit, language)
                for row in records
            ],
            origin=[
                wording.sentence(origins.get(origin, origin))
                for origin in (page.register.indicators[row["indicator"]].origin for row in records)
            ],
            decimals=[page.register.indicators[row["indicator"]].decimals for row in records],
        )
        if "value_before" in rows:
            made = made.assign(
                change=[row["change"] if self._comparable(row) else np.nan for row in records],
                sure=[self._certainty(row) if sure else "" for row in records],
            )
        order = made["label"].map(by_name).sort_values(kind="stable").index
        return made.loc[order].reset_index(drop=True)

    def _comparable(self, row: dict) -> bool:
        years = sorted((int(row.get("year_before", row["year"])), int(row["year"])))
        return on_one_scale(self.page.register, row["indicator"], years[0], years[1])

    def _certainty(self, row: dict) -> str:
        margins = (row["margin"], row["margin_before"])
        if not self._comparable(row):
            return self.page.pick(nb="kan ikke jevnføres", en="not comparable")
        if any(pd.isna(margin) for margin in margins):
            return self.page.pick(nb="ingen usikkerhet oppgitt", en="no margin given")
        found = mean_difference(row["change"], sum(mean_variance(margin) for margin in margins))
        return wording.word(found.certainty, self.page.language)

    def _show(
        self,
        rows: pd.DataFrame,
        name: str,
        title: str,
        columns: list[Column],
        *,
        folded: bool = True,
    ) -> None:
        if rows.empty or self.predecessor is None:
            return
        language = self.page.language
        whole = Table(rows, columns, title, sortable=True)
        if folded:
            parts = rows.groupby("origin", sort=True)
            html = "".join(
                fold(
                    str(origin),
                    len(part),
                    Table(part, columns, str(origin), sortable=True).html(language),
                )
                for origin, part in parts
            )
        else:
            html = whole.html(language)
        exhibits.show(
            Exhibit(
                kind="table",
                name=f"endringer-{name}",
                title=title,
                subtitle="",
                source=self._source(rows),
                table=html,
                csv=whole.csv(),
                fields=whole.fields(),
            )
        )

    def _source(self, rows: pd.DataFrame) -> str:
        """Name the documents without their sections: there may be dozens."""
        codes = list(dict.fromkeys(rows["source"]))
        known = [code for code in codes if code in set(self.page.register.sources["source"])]
        titles = [self.page.register.source_title(code, self.page.language) for code in known]
        word = wording.word("source" if len(titles) == 1 else "sources", self.page.language)
        return f"{word}: {'; '.join(titles)}." if titles else ""


def _schools(register: Register, page: Page) -> dict[str, str]:
    units = register.units
    if "municipality" not in units:
        return {}
    ours = units[(units["level"] == "school") & (units["municipality"] == page.place)]
    return dict(zip(ours["place"], ours[f"name_{page.language}"].str.strip(), strict=True))


def _titles(page: Page, kind: str) -> tuple[str, list[Column]]:
    pick, by_row = page.pick, "decimals"
    measure = Column("label", pick(nb="Mål", en="Measure"))
    unit = Column("unit", pick(nb="Enhet", en="Unit"))
    year = Column("year", pick(nb="År", en="Year"), None)
    value = Column("value", pick(nb="Verdi", en="Value"), by_row)
    if kind == "new":
        return pick(nb="Mål som er nye i utgaven", en="Measures new in the edition"), [
            measure,
            year,
            value,
            unit,
        ]
    if kind == "ended":
        return pick(
            nb="Mål uten nyere tall enn i forrige utgave",
            en="Measures without newer figures than in the previous edition",
        ), [measure, year, value, unit]
    now, before = pick(nb="Nå", en="Now"), pick(nb="Før", en="Before")
    apart = pick(nb="brudd i serien", en="break in the series")
    change = Column("change", pick(nb="Endring", en="Change"), by_row, absent=apart, signed=True)
    if kind == "revised":
        title = pick(
            nb="Tall for samme år som er endret", en="Figures of the same year that were revised"
        )
        old = Column("value_before", before, by_row)
        return title, [measure, year, old, Column("value", now, by_row), change, unit]
    title = pick(nb="Mål med nyere tall", en="Measures with newer figures")
    return title, [
        measure,
        Column("year_before", pick(nb="År før", en="Year before")),
        Column("value_before", before, by_row),
        Column("year", pick(nb="År nå", en="Year now")),
        Column("value", now, by_row),
        change,
        unit,
        Column("sure", pick(nb="Hvor sikkert", en="How sure")),
    ]
