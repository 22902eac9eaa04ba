"""Read an edition's figures and statements as a chapter asks for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.analysis.comparable import break_years
from tilstand.edition import edition_name
from tilstand.report.page import asked, documents, rows
from tilstand.report.series import Series
from tilstand.sources.comparators import comparator_places
from tilstand.sources.edition_figures import open_edition
from tilstand.sources.published import load_statements
from tilstand.store.memory import once

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.edition import Called
    from tilstand.project import Project
    from tilstand.register import Indicator
    from tilstand.report.numbers import Value


class Reading:
    """Read what an edition knows, in one language.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : int or str
        The edition's name.
    language : {"nb", "en"}
        Language of names and labels.
    """

    def __init__(self, project: Project, edition: Called, language: str) -> None:
        self.project = project
        self.language = asked.language_of(language)
        called = edition_name(edition)
        self.edition, self.place, figures, self.register = open_edition(project, called)
        self.year = self.edition.year
        self.figures = figures.copy(deep=False)
        self._measures = rows.open_measures(project, called)
        #: Of the figures those of the municipality, its schools and what they are held against.
        self.near = self._measures.near.copy(deep=False)
        self._compared: dict[frozenset[int], set[str]] = {}
        self.name = self.register.name(self.place, self.year, language)
        #: Statements that the page has listed.
        self._listed: set[str] = set()

    @property
    def of_country(self) -> tuple[object, ...]:
        """Name, for `tilstand.store.memory.once`, all that the edition knows of the country.

        Editions that are built in forks of one process have it in common where they know the same
        documents.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").of_country[1]
        '2020'
        """
        return self.project.country, self.edition.name, id(self.register)

    def __repr__(self) -> str:
        """Say what the page is about and how much it knows."""
        measures = self.figures["indicator"].nunique()
        said = f"{len(self.figures)} figures on {measures} measures"
        return f"<page of {self.edition.name} in {self.language}: {self.name}, {said}>"

    def series(self, indicator: str, place: str = "", **where: rows.Choice) -> Series:
        """Follow one measure through the years.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        place : str, optional
            Code (``4601``), name (``Bergen``) or place over time (``norge``, ``akershus``); the
            municipality if not given.
        **where : str
            ``grade``, ``gender``, ``subject`` or ``category``; blank if not given.

        Returns
        -------
        Series
            Empty when the edition's sources have no such number.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> years = open_page(2020, "en").series("pupils").years
        >>> years == sorted(years)
        True
        """
        known, there = self.indicator(indicator), self._place(place)
        return Series(self._measures.series(indicator, where, there), known, self.year, there)

    def indicator(self, code: str) -> Indicator:
        """Look up a measure of the catalogue.

        Raises
        ------
        CallError
            When there is none; the line says which are called nearly so.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").indicator("pupils").unit
        'count'
        """
        found = self.register.indicators.get(code)
        if found is None:
            raise asked.unknown("measure", code, self.register.indicators)
        return found

    @cached_property
    def _places(self) -> set[str]:
        return {*self.register.units["place"], *self._measures.places}

    def _place(self, name: str) -> str:
        """Return a place over time: ours where none is named, or found by code or name."""
        if not name or name in self._places:
            return name or self.place
        return asked.place_of(self.register, name, self.year)

    def now(self, indicator: str, place: str = "", **where: rows.Choice) -> Value:
        """Return a measure's value in the edition's year.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").now("pupils").missing
        False
        """
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

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> rows = open_page(2020, "en").rows("pupils")
        >>> sorted(set(rows["place"]))
        ['baerum']
        """
        self.indicator(indicator)
        if by and by not in (*rows.DIMENSIONS, "place", "year"):
            raise asked.unknown("dimension", by, (*rows.DIMENSIONS, "place", "year"))
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
        years = frozenset(found["year"])
        if years not in self._compared:
            places = comparator_places(self.register, self.edition, self.place, years)
            self._compared[years] = places
        return self._compared[years]

    def label(self, indicator: str) -> str:
        """Name an indicator in the page's language.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").label("pupils")
        'pupils'
        """
        return self.indicator(indicator).name[self.language]

    def break_years(self, indicator: str) -> tuple[int, ...]:
        """List the first year after each break in an indicator's series, and after its end.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").break_years("pupils")
        ()
        """
        return break_years(self.register, indicator)

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

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> found = open_page(2020, "en").statements("", "goal")
        >>> sorted(set(found["kind"]))
        ['goal']
        """
        key = (__name__, "statements", self.project, self.edition.name)
        found = once(key, self._statements)
        parts = (contains,) if isinstance(contains, str) else contains
        asked = [
            (not chapter or there == chapter)
            and (not kinds or kind in kinds)
            and any(part in name for part in parts)
            for there, kind, name in zip(found["chapter"], found["kind"], found["id"], strict=True)
        ]
        return found.loc[asked, :]

    def _statements(self) -> pd.DataFrame:
        """All that is said for the edition's own year, by documents that it knows."""
        found = load_statements(self.project, "", contracts.STATEMENT_COLUMNS)
        found = documents.known(found, self.register.sources, self.year)
        return found[found["edition"] == str(self.year)]

    def settled(self) -> pd.DataFrame:
        """Return the figures near the municipality, one row a measure.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> figures = open_page(2020, "en").settled()
        >>> int(figures.duplicated(["year", "indicator", "unit", "grade", "gender", "subject",
        ...                         "category"]).sum())
        0
        """
        return self._measures.settled.copy(deep=False)

    def every(self, indicator: str) -> pd.DataFrame:
        """Return all figures of a measure, of every place, hidden ones too.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> set(open_page(2020, "en").every("pupils")["indicator"])
        {'pupils'}
        """
        return self._measures.every(indicator)
