"""Open a chapter's page: the one object through which a notebook reads, says and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.edition import Called
from tilstand.project import Project, find_project
from tilstand.report import wording
from tilstand.report.page import asked, blocks, breaks, exhibits
from tilstand.report.page.lists import Lists
from tilstand.report.page.rows import old_year
from tilstand.report.page.sourcing import marks_line, source_line
from tilstand.report.page.tables import Column, Table, as_printed

if TYPE_CHECKING:
    import pandas as pd


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

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> open_page(2020, "en").name
    'Bærum'
    """
    return Page(project or find_project(), edition, language)


class Page(Lists):
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

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> page = open_page(2020, "en")
        >>> rows = page.rows("pupils")
        >>> page.chart("lines", rows, name="pupils", title="More pupils than before")
        {'application/vnd.tilstand.exhibit+json': {'kind': 'figure', 'name': 'pupils', ...
        """
        if data.empty:
            return
        # here, for whoever opens a page without drawing: the build itself does
        from tilstand.report.charts import behind, forms

        if form not in forms.FORMS:
            raise asked.unknown("form of figure", form, forms.FORMS)
        indicator = self.indicator(str(data["indicator"].iloc[0]))
        decimals = indicator.decimals if decimals is None else decimals
        if form not in ("levels", "span"):
            options["decimals"] = decimals
        if form == "lines":
            options.setdefault("breaks", self.break_years(indicator.code))
        heading = title or wording.sentence(indicator.name[self.language])
        below = subtitle or self._subtitle(indicator.code, data)
        drawn = forms.FORMS[form]
        table = Table(*drawn.columns(data, self.language, decimals), below)
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
                alt=drawn.alt(data, self.language, decimals),
                images=forms.draw(
                    form, data, self.language, texts, cells=behind.cells(data), **options
                ),
                refs=tuple(data["ref"]) if "ref" in data else (),
                old=old_year(data, self.year),
            )
        )

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

        Examples
        --------
        >>> import pandas as pd
        >>> from tilstand.report.page.page import open_page
        >>> from tilstand.report.page.tables import Column
        >>> rows = pd.DataFrame({"label": ["Berg", "Dal"], "value": [50.0, 52.0], "role": "own"})
        >>> columns = [Column("label", "School"), Column("value", "Mean", 0)]
        >>> texts = {"title": "Alike", "subtitle": "Means", "source": "Source: the example."}
        >>> open_page(2020, "en").chart_of("bars", rows, columns, name="means", **texts, decimals=0)
        {'application/vnd.tilstand.exhibit+json': {'kind': 'figure', 'name': 'means', ...
        """
        if data.empty:
            return
        from tilstand.report.charts import forms

        stamp = wording.word("simulated_stamp", self.language) if simulated else ""
        texts = {"title": title, "subtitle": subtitle, "source": source}
        data = as_printed(data, columns)
        table = Table(data, columns, subtitle)
        places = next((c.decimals for c in columns if c.key == "value"), None)
        drawn = data.assign(places=places) if isinstance(places, int) else data
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
                alt=forms.FORMS[form].alt(data, self.language, int(options.get("decimals", 0))),
                images=forms.draw(form, drawn, self.language, texts, stamp=stamp, **options),
                simulated=simulated,
                old=old_year(data, self.year),
            )
        )

    def figure(
        self,
        fig: object,
        *,
        data: pd.DataFrame,
        source: str,
        alt: str,
        name: str = "",
        title: str = "",
        subtitle: str = "",
    ) -> None:
        """Show a figure of one's own: any that matplotlib or seaborn draws, in the house's frame.

        Parameters
        ----------
        fig : matplotlib.figure.Figure
            Or axes, or a grid of seaborn.
        data : pandas.DataFrame
            The numbers behind it, which stand beside it and can be taken along; the first column
            (``label`` of `rows`) names the row.
        source : str
            Where the numbers come from.
        alt : str
            The figure's message in words, for those who do not see it.
        name : str, optional
            Anchor and file name; made from the title if not given.
        title, subtitle : str, optional
            The finding, and what is measured; the message in words if not given.

        Raises
        ------
        CallError
            When it is no figure, or has no numbers, source or message: a line says which.

        Examples
        --------
        >>> import seaborn as sns
        >>> from tilstand.report.page.page import open_page
        >>> page = open_page(2020, "en")
        >>> rows = page.rows("pupils")
        >>> drawn = sns.lineplot(rows, x="year", y="value")
        >>> page.figure(drawn, data=rows, source="GSI", alt="There are more pupils each year.")
        {'application/vnd.tilstand.exhibit+json': {'kind': 'figure', 'name': 'there-are-more...
        """
        from tilstand.report.page.own_figure import own_exhibit

        exhibits.show(own_exhibit(self.language, fig, data, (name, title, subtitle, source, alt)))

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
        folded: bool = False,
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
        folded : bool
            Fold a long table away under a line that opens it.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> import pandas as pd
        >>> from tilstand.report.page.tables import Column
        >>> page = open_page(2020, "en")
        >>> frame = pd.DataFrame({"label": ["Berg"], "n": [31]})
        >>> columns = [Column("label", "School"), Column("n", "Pupils", 0)]
        >>> page.table(frame, columns, name="pupils", title="Pupils", source="Source: GSI.")
        {'application/vnd.tilstand.exhibit+json': {'kind': 'table', 'name': 'pupils', ...
        """
        if frame.empty:
            return
        made = "source" in frame and "section" in frame
        line = source or (source_line(frame, self.register, self.language) if made else "")
        line = " ".join(part for part in (marks_line(frame, self.language), line) if part)
        table = Table(as_printed(frame, columns), columns, title, sortable)
        html = table.html(self.language)
        if folded:
            html = blocks.fold(wording.word("show_rows", self.language), len(frame), html)
        exhibits.show(
            exhibits.Exhibit(
                kind="table",
                name=name,
                title=title,
                subtitle="",
                source=line,
                table=html,
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

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> page = open_page(2020, "en")
        >>> frame, years = page.wide(page.rows("pupils"))
        >>> years == [name for name in frame.columns if name != "label"]
        True
        """
        table = data.pivot_table(index="label", columns=over, values="value", sort=False)
        table = table[sorted(table.columns)]
        table.columns = [str(column) for column in table.columns]
        return table.reset_index(), list(table.columns)
