"""Open a chapter's page: the one object through which a notebook reads, says and shows."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pandas as pd

from tilstand import contracts
from tilstand.edition import Called, edition_name
from tilstand.project import Project, find_project
from tilstand.report import wording
from tilstand.report.chapters.summary import findings
from tilstand.report.charts.alt import describe
from tilstand.report.charts.drawing import draw_forms
from tilstand.report.numbers import Value
from tilstand.report.page import blocks, breaks, documents, entries, exhibits, rows
from tilstand.report.page.sourcing import marks_line, source_line
from tilstand.report.page.tables import Column, Table
from tilstand.report.series import Series, settle
from tilstand.sources.edition_figures import open_edition
from tilstand.sources.published import load_statements


def open_page(edition: Called, language: str, project: Project | None = None) -> Page:
    """Open a page of an edition in a language.

    Parameters
    ----------
    edition : int or str
        The edition's name, or its year where that is its name.
    language : {"nb", "en"}
        Language of the page.
    project : Project, optional
        The checkout; found from the current folder if not given.

    Returns
    -------
    Page
        Everything a chapter needs.
    """
    return Page(project or find_project(), edition, language)


class Page:
    """Read an edition's figures and put numbers, figures and tables on a page.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : int or str
        The edition's name.
    language : {"nb", "en"}
        Language of the page.
    """

    def __init__(self, project: Project, edition: Called, language: str) -> None:
        self.project = project
        self.language = language
        called = edition_name(edition)
        self.edition, self.place, figures, self.register = open_edition(project, called)
        self.year = self.edition.year
        self.figures = figures.copy(deep=False)
        self._measures = rows.open_measures(project, called)
        self.name = self.register.name(self.place, self.year, language)

    # -- reading -----------------------------------------------------------------------------

    def series(self, indicator: str, place: str = "", **where: rows.Choice) -> Series:
        """Follow one measure through the years.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        place : str, optional
            Place over time (``norge``, ``akershus``); the municipality if not given.
        **where : str
            ``grade``, ``gender``, ``subject`` or ``category``; blank if not given.

        Returns
        -------
        Series
            Empty when the edition's sources have no such number.
        """
        own = self._measures.select(indicator, "", where, [place or self.place])
        return Series(own, self.register.indicators[indicator], self.year, place or self.place)

    def now(self, indicator: str, place: str = "", **where: rows.Choice) -> Value:
        """Give a measure's value in the edition's year."""
        return self.series(indicator, place, **where).now

    def rows(
        self, indicator: str, by: str = "", years: list[int] | None = None, **where: rows.Choice
    ) -> pd.DataFrame:
        """Pick rows for a figure or table, with labels.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        by : str
            What tells the rows apart and names them: ``place``, ``year``, ``grade``, ``gender``,
            ``subject`` or ``category``; the municipality's own name if empty. Only ``place``
            brings rows of other places.
        years : list of int, optional
            Years to keep; all of them if not given.
        **where : str or list of str
            Values of the other dimensions; blank if not given.

        Returns
        -------
        pandas.DataFrame
            Rows of the *figures* table with ``label``, ``role`` and ``ref``.
        """
        if by == "place":
            found = self._measures.select(indicator, by, where)
            found = found[found["place"].isin(self._comparators(found))]
        else:
            found = self._measures.select(indicator, by, where, [self.place])
        if years is not None:
            found = found[found["year"].isin(years)]
        return rows.label_rows(found, by, self.register, self.language, self.place).reset_index(
            drop=True
        )

    def _comparators(self, found: pd.DataFrame) -> set[str]:
        places = {self.place, "norge"}
        for code in self.edition.comparators:
            places.add(str(self.register.unit(code, self.year)["place"]))
        for year in set(found["year"]):
            valid = self.register.units[
                (self.register.units["place"] == self.place)
                & (self.register.units["valid_from"] <= year)
                & (self.register.units["valid_to"] >= year)
            ]
            for code, county in zip(valid["code"], valid["county"], strict=True):
                if not self.register.is_its_county(code, int(year)):
                    places.add(str(self.register.unit(county, int(year))["place"]))
        return places

    def label(self, indicator: str) -> str:
        """Name an indicator in the page's language."""
        return self.register.indicators[indicator].name[self.language]

    # -- words -------------------------------------------------------------------------------

    def pick(self, nb: str, en: str) -> str:
        """Choose the text of the page's language."""
        return {"nb": nb, "en": en}[self.language]

    def title(self, nb: str, en: str, **values: Any) -> str:
        """Write a finding with numbers in it; empty when one of them is missing."""
        pattern = self.pick(nb, en)
        said = entries.entries(values, self.language)
        texts = {name.replace(".", "_"): entry["text"] for name, entry in said.items()}
        # A value's year is looked at only where the title names it: not every number has one.
        asked = {field for _, field, _, _ in Formatter().parse(pattern) if field}
        if any(texts[field] is None for field in asked & set(texts)):
            return ""
        if any(texts[name] is None for name in values if name in texts):
            return ""
        return wording.sentence(pattern.format(**texts))

    def say(self, **values: Any) -> None:
        """Hand numbers and words to the chapter's prose.

        Parameters
        ----------
        **values : Value, Comparison, Estimate or str
            A value ``x`` serves ``{{ x }}`` and ``{{ x.year }}``; a comparison ``{{ x.size }}``,
            ``{{ x.low }}``, ``{{ x.high }}``, ``{{ x.direction }}``, ``{{ x.amount }}`` (of things
            that are counted) and ``{{ x.verdict }}``; an estimate ``{{ x }}``, ``{{ x.low }}``
            and ``{{ x.high }}``.
        """
        exhibits.say(entries.entries(values, self.language))

    def holds(self, **facts: bool) -> None:
        """State what holds of the chapter, for prose cells tagged ``when-<name>``.

        Parameters
        ----------
        **facts : bool
            A cell with the tag ``when-wider`` stands only where ``wider`` is true; a cell tagged
            ``otherwise`` right after it stands in its place.
        """
        exhibits.say({name: entries.fact(known) for name, known in facts.items()})

    # -- showing -----------------------------------------------------------------------------

    def chart(
        self,
        form: str,
        data: pd.DataFrame,
        *,
        name: str,
        title: str = "",
        subtitle: str = "",
        note: str = "",
        decimals: int | None = None,
        **options: Any,
    ) -> None:
        """Show a figure with its numbers, source and download, or say that there is none.

        Parameters
        ----------
        form : {"bars", "dots", "levels", "lines", "slope", "span"}
            The chart.
        data : pandas.DataFrame
            As `rows` returns it; may carry other columns that the chart knows.
        name : str
            Anchor and file name.
        title : str
            The finding; the indicator's name if empty.
        subtitle : str, optional
            Measure, group, unit and years; made from the rows if not given.
        note : str, optional
            One sentence more under the figure.
        decimals : int, optional
            Decimals; the indicator's own if not given.
        **options
            Options of the chart.
        """
        if data.empty:
            return
        indicator = self.register.indicators[str(data["indicator"].iloc[0])]
        decimals = indicator.decimals if decimals is None else decimals
        if form not in ("levels", "span"):
            options["decimals"] = decimals
        if form == "lines":
            options.setdefault("breaks", self.break_years(indicator.code))
        heading = title or wording.sentence(indicator.name[self.language])
        below = subtitle or self._subtitle(indicator.code, data)
        table = blocks.numbers_table(data, below, decimals, self.language)
        marks = marks_line(data, self.language)
        lines_below = [note, marks, source_line(data, self.register, self.language)]
        if options.get("breaks"):
            lines_below.insert(1, breaks.line(self, indicator.code, data))
        source = " ".join(line for line in lines_below if line)
        texts = {"title": heading, "subtitle": below, "source": source}
        exhibits.show(
            exhibits.Exhibit(
                kind="figure",
                name=name,
                title=heading,
                subtitle=below,
                source=source,
                table=table.html(self.language),
                csv=table.csv(),
                fields=table.fields(wording.unit_word(indicator.unit, self.language)),
                alt=describe(form, data, self.language, decimals),
                images=draw_forms(form, data, self.language, texts, **options),
                refs=tuple(data["ref"]) if "ref" in data else (),
            )
        )

    def break_years(self, indicator: str) -> tuple[int, ...]:
        """Give the first year after each break in an indicator's series, and after its end."""
        return breaks.years(self.register, indicator)

    def _subtitle(self, indicator: str, data: pd.DataFrame) -> str:
        entry = self.register.indicators[indicator]
        first, last = int(data["year"].min()), int(data["year"].max())
        years = str(last) if first == last else f"{first}\N{EN DASH}{last}"
        unit = wording.unit_word(entry.unit, self.language)
        name = wording.sentence(entry.name[self.language])
        place = "" if data["place"].nunique() > 1 else f" {self.name}"
        # "Årsverk i skolen, årsverk" says it twice, and a ratio says in its name what it is of.
        measured = name if unit in name.lower() or entry.unit == "ratio" else f"{name}, {unit}"
        return f"{measured}.{place} {years}."

    def chart_of(
        self,
        form: str,
        data: pd.DataFrame,
        columns: list[Column],
        *,
        name: str,
        title: str,
        subtitle: str,
        source: str,
        simulated: bool = False,
        **options: Any,
    ) -> None:
        """Show a figure of numbers that do not come from the *figures* table.

        Parameters
        ----------
        form : str
            The chart.
        data : pandas.DataFrame
            What the chart draws, with the columns that it asks for.
        columns : list of Column
            The table behind the figure; the first column is the row header.
        name, title, subtitle, source : str
            As for `chart`; nothing is made from the rows here.
        simulated : bool
            Mark the figure, its drawing and its download as simulated.
        **options
            Options of the chart, ``decimals`` among them.
        """
        if data.empty:
            return
        stamp = wording.word("simulated_stamp", self.language) if simulated else ""
        texts = {"title": title, "subtitle": subtitle, "source": source}
        table = Table(data, columns, subtitle)
        exhibits.show(
            exhibits.Exhibit(
                kind="figure",
                name=name,
                title=title,
                subtitle=subtitle,
                source=source,
                table=table.html(self.language),
                csv=table.csv(simulated=simulated),
                fields=table.fields(simulated=simulated),
                alt=describe(form, data, self.language, int(options.get("decimals", 0))),
                images=draw_forms(form, data, self.language, texts, stamp=stamp, **options),
                simulated=simulated,
            )
        )

    def table(
        self,
        frame: pd.DataFrame,
        columns: list[Column],
        *,
        name: str,
        title: str,
        source: str = "",
        simulated: bool = False,
        sortable: bool = False,
    ) -> None:
        """Show a numbered table with a download; nothing when it has no rows.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a line; the columns named in ``columns``. Rows of the *figures* table carry
            their own source line.
        columns : list of Column
            What to show; the first is the row header.
        name : str
            Anchor and file name.
        title : str
            What the table holds.
        source : str, optional
            Source line; made from the rows if they have ``source`` and ``section``.
        simulated : bool
            Mark the table and its download as simulated.
        sortable : bool
            As of `Table`: let a reader sort the rows.
        """
        if frame.empty:
            return
        made = "source" in frame and "section" in frame
        line = source or (source_line(frame, self.register, self.language) if made else "")
        line = " ".join(part for part in (marks_line(frame, self.language), line) if part)
        table = Table(frame, columns, title, sortable)
        exhibits.show(
            exhibits.Exhibit(
                kind="table",
                name=name,
                title=title,
                subtitle="",
                source=line,
                table=table.html(self.language),
                csv=table.csv(simulated=simulated),
                fields=table.fields(self._unit_of(frame), simulated=simulated),
                refs=tuple(frame["ref"]) if "ref" in frame else (),
                simulated=simulated,
            )
        )

    def _unit_of(self, frame: pd.DataFrame) -> str:
        """Name the unit of a table's numbers, where its rows are of one indicator's unit."""
        known = (
            set(frame["indicator"]) & set(self.register.indicators)
            if "indicator" in frame
            else set()
        )
        units = {self.register.indicators[code].unit for code in known}
        return wording.unit_word(units.pop(), self.language) if len(units) == 1 else ""

    def wide(self, data: pd.DataFrame, over: str = "year") -> tuple[pd.DataFrame, list[str]]:
        """Turn rows into one line a label and one column for each value of a dimension.

        Returns
        -------
        frame : pandas.DataFrame
            ``label`` and the columns.
        names : list of str
            Names of the value columns, in order.
        """
        table = data.pivot_table(index="label", columns=over, values="value", sort=False)
        table = table[sorted(table.columns)]
        table.columns = [str(column) for column in table.columns]
        return table.reset_index(), list(table.columns)

    def statements(
        self, chapter: str, *kinds: str, contains: str | tuple[str, ...] = ""
    ) -> pd.DataFrame:
        """Pick what the sources say in words about a chapter, for the edition's own year.

        Parameters
        ----------
        chapter : str
            Chapter code of the statements; all chapters if empty.
        *kinds : str
            statement, measure, challenge, goal, recommendation or gap; all if none is named.
        contains : str or tuple of str, optional
            Keep only ids that contain this, or one of these.

        Returns
        -------
        pandas.DataFrame
            Rows of the statement files whose source speaks of the edition's year.
        """
        found = load_statements(self.project, "", contracts.STATEMENT_COLUMNS)
        found = documents.known(found, self.register.sources, self.year)
        found = found[found["edition"] == str(self.year)]
        if chapter:
            found = found[found["chapter"] == chapter]
        if kinds:
            found = found[found["kind"].isin(kinds)]
        parts = (contains,) if isinstance(contains, str) else contains
        return found.loc[[any(part in name for part in parts) for name in found["id"]], :]

    def list_statements(self, found: pd.DataFrame) -> None:
        """Show statements as a list of short paragraphs with their sources."""
        if not found.empty:
            exhibits.show_block(blocks.statement_list(found, self.register, self.language))

    def cards(self, cards: list[blocks.Card]) -> None:
        """Show key figures as cards, leaving out those that the edition lacks."""
        known = [card for card in cards if not card.value.missing]
        if known:
            exhibits.show_block(blocks.card_list(known, self.language))

    def list_findings(self, questions: list[findings.Question], kind: findings.Kind) -> None:
        """Show what the data say, sorted as good news, changes or things to watch."""
        html = findings.findings(self, questions, kind)
        if html:
            exhibits.show_block(html)

    def settled(self) -> pd.DataFrame:
        """Give every figure of the edition, one row a measure."""
        return settle(self.figures)
