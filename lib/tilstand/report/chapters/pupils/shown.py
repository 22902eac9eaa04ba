"""Open what may be shown of an edition's pupils: protected tables, schools, contributions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand import simulation
from tilstand.analysis.pupil_tables import tables_of, years_in
from tilstand.analysis.school_contributions import all_contributions
from tilstand.analysis.school_measures import every_measure, has_table, years_of
from tilstand.disclosure.site.audit import Findings
from tilstand.edition import edition_years
from tilstand.edition.pupil_file import pupil_paths
from tilstand.pupils.frames import frames_of, joined
from tilstand.pupils.protection.once import protect_once
from tilstand.pupils.protection.protected import Protected
from tilstand.pupils.protection.public import PRINTED, Public, public_counts
from tilstand.pupils.protection.trial import attack_tables
from tilstand.pupils.reading import read_edition_pupils
from tilstand.pupils.roster import schools_of
from tilstand.report import wording
from tilstand.report.numbers import Value
from tilstand.simulation.municipality import RELIABILITY, SEED, example_municipality
from tilstand.store import kept

if TYPE_CHECKING:
    from tilstand.analysis.pupil_data import PupilData
    from tilstand.analysis.pupil_tables import PupilTables
    from tilstand.pupils.protection.protect import Before
    from tilstand.pupils.roster import School
    from tilstand.report.page.page import Page

HIDDEN = "\N{EN DASH}"
#: What columns of numbers that belong to a protected one say: ``ref`` and ``of`` of `Column`.
LOW, HIGH, DERIVED = ("ref", "low"), ("ref", "high"), ("ref", "derived")


@dataclass(frozen=True)
class Made:
    """Hold what is made of an edition's pupils once and kept; nothing in here has a pupil in it.

    Parameters
    ----------
    protected, trial, contributions, measures, simulated, home, reliability
        As in `PupilBook`.
    public : mapping
        Counts of the pupils that others have published: whoever attacks a page knows them too.
    """

    protected: Protected
    trial: Findings
    contributions: pd.DataFrame
    measures: pd.DataFrame
    simulated: bool
    home: str
    reliability: float | None
    public: Public


@dataclass(frozen=True)
class PupilBook:
    """Hold what pages may show of pupils; nothing in here has a pupil in it.

    Parameters
    ----------
    page : Page
        Gives the language and the register.
    protected : Protected
        The tables with their blanks.
    trial : Findings
        What an attack on the tables found.
    schools : list of School
        By name.
    contributions : DataFrame
        As `school_contributions.all_contributions` gives it.
    measures : DataFrame
        As `school_measures.every_measure` gives it: every school beside the municipality.
    simulated : bool
        Whether the pupils are invented.
    home : str
        Name of the municipality, or of the fictional one.
    reliability : float or None
        Reliability of the tests, where it is known.
    """

    page: Page
    protected: Protected
    trial: Findings
    schools: list[School]
    contributions: pd.DataFrame = field(repr=False)
    measures: pd.DataFrame = field(repr=False)
    simulated: bool
    home: str
    reliability: float | None = None

    def school(self, key: str) -> School:
        """Find a school by its key."""
        return next(school for school in self.schools if school.key == key)

    @property
    def count(self) -> Value:
        """Number of schools, which is no number about pupils."""
        return Value(len(self.schools), recipe="count of rows")

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the schools by key."""
        return {school.key: school.name for school in self.schools}

    def has(self, table: str) -> bool:
        """Tell whether the pupils fill a table."""
        return has_table(self.protected, table)

    def years(self, table: str = "results") -> list[str]:
        """List the years of a table, oldest first."""
        return years_of(self.protected, table)

    def open_for_schools(self) -> None:
        """Open the views that every school's page asks for; they stay open."""
        if self.has("scores"):
            self.protected.means("scores", "year", "school")
        if self.has("results"):
            self.protected.shares("results", "school", "result")

    def value(
        self, row: pd.Series | dict[str, Any], column: str = "value", decimals: int = 1
    ) -> Value:
        """Make a value of one number of a protected row; missing where it is hidden.

        Parameters
        ----------
        row : Series or dict
            A row of a protected table, with ``ref`` and, where the number is an n, ``n_ref``.
        column : str
            Which number of it.
        decimals : int
            Decimals to print.
        """
        number = row[column]
        ref = str(row.get("n_ref") or row["ref"]) if column == "n" else str(row["ref"])
        clean = None if pd.isna(number) else float(number)
        return Value(clean, decimals=decimals, refs=(ref,), recipe="pupils")

    def computed(self, number: float | None, rows: pd.DataFrame, decimals: int = 1) -> Value:
        """Make a value of a number that an analysis computed from protected rows.

        Rows that are hidden hold no number, so it rests on the others and names them alone.
        """
        clean = None if number is None or pd.isna(number) else float(number)
        shown = rows[rows["status"] == "ok"] if "status" in rows else rows
        refs = tuple(dict.fromkeys(shown["ref"])) if "ref" in rows else ()
        return Value(clean, decimals=decimals, refs=refs, recipe="pupils computed")

    def named(self, number: float | None, ref: str, recipe: str) -> Value:
        """Make a whole number that was computed from the pupils themselves, not from a table."""
        return Value(number, refs=(ref,), recipe=recipe)

    def year(self, year: str, rows: pd.DataFrame) -> Value:
        """Make a year that prose can name without typing it."""
        refs = tuple(dict.fromkeys(rows["ref"]))[:1]
        return Value(float(year), year=int(year), refs=refs, recipe="year")

    @property
    def role(self) -> str:
        """How charts mark the municipality's own numbers."""
        return "simulated" if self.simulated else "own"

    @property
    def marks(self) -> dict[str, Any]:
        """Give every exhibit its source line and the mark of simulated data."""
        hidden = self.page.pick(
            nb=f"{HIDDEN} betyr skjult av hensyn til elevene.",
            en=f"{HIDDEN} means hidden to protect the pupils.",
        )
        if self.simulated:
            source = self.page.pick(
                nb=f"Kilde: simulerte elever (frø {SEED}), egne beregninger. {hidden}",
                en=f"Source: simulated pupils (seed {SEED}), our computations. {hidden}",
            )
        else:
            source = self.page.pick(
                nb=f"Kilde: utgavens elevfil, egne beregninger. {hidden}",
                en=f"Source: the edition's pupil file, our computations. {hidden}",
            )
        return {"source": source, "simulated": self.simulated}

    def words(self) -> dict[str, str]:
        """Give prose the municipality's name, and one of two that is blank: invented or real."""
        return {
            "home": self.home,
            "simulated_home": self.home if self.simulated else "",
            "own_home": "" if self.simulated else self.home,
        }

    def grade(self, grade: str) -> str:
        """Name a grade: "5. trinn"."""
        return wording.grade_name(grade, self.page.language)

    def subject(self, subject: str) -> str:
        """Name a subject; a file that does not say it has "the test"."""
        if self.page.register.knows_category(subject):
            return self.page.register.category_label(subject, self.page.language)
        return self.page.pick(nb="prøven", en="the test")

    def test(self, row: dict[str, Any] | pd.Series) -> str:
        """Name a test: "lesing på 5. trinn"."""
        between = self.page.pick(nb="på", en="in")
        return f"{self.subject(str(row['subject']))} {between} {self.grade(str(row['grade']))}"


def open_pupils(page: Page) -> PupilBook | None:
    """Open an edition's pupils, protected.

    Parameters
    ----------
    page : Page
        A chapter's page.

    Returns
    -------
    PupilBook or None
        None where the edition has neither a pupil file nor the example. The tables are protected
        once in a build and kept under ``.build`` as they may be shown.
    """
    schools = schools_of(page.project, page.edition)
    if not schools:
        return None
    made = made_of(page)
    return PupilBook(
        page,
        made.protected,
        made.trial,
        schools,
        made.contributions.copy(deep=False),
        made.measures.copy(deep=False),
        made.simulated,
        made.home,
        made.reliability,
    )


def made_of(page: Page) -> Made:
    """Make what may be shown of an edition's pupils, once for all its chapters and the audit.

    Parameters
    ----------
    page : Page
        A page of an edition that has pupils.

    Returns
    -------
    Made
        Nobody changes it.
    """
    return kept(
        page.project.store,
        f"pupils-{page.year}",
        __name__,
        lambda: _made(page),
        _rests_on(page),
        shared=True,
    )


def _made(page: Page) -> Made:
    data, simulated, home, reliability = _pupils(page)
    tables = tables_of(data)
    public = {} if simulated else public_counts(tables, page.figures, page.place)
    before = _before(page, tables)
    protected = protect_once(
        page.project.store, tables, page.edition.disclosure, public=public, before=before
    )
    return Made(
        protected,
        attack_tables(protected, public, [published for _, published in before]),
        all_contributions(data, reliability),
        every_measure(protected),
        simulated,
        home,
        reliability,
        public,
    )


def _before(page: Page, tables: PupilTables) -> list[Before]:
    """Open the earlier editions of the municipality that count some of the same pupils."""
    found = []
    for earlier in _earlier_pages(page):
        data, *_ = _pupils(earlier)
        theirs = tables_of(data)
        if years_in(theirs) & years_in(tables):
            book = open_pupils(earlier)
            found += [(theirs, book.protected)] if book is not None else []
    return found


def _earlier_pages(page: Page) -> list[Page]:
    """List the earlier editions with a pupil file of the same municipality, oldest first."""
    if page.edition.pupils is None:
        return []
    years = [year for year in edition_years(page.project) if year < page.year]
    pages = [
        type(page)(page.project, year, page.language)
        for year in years
        if pupil_paths(page.project, year)
    ]
    return [one for one in pages if one.place == page.place]


def _rests_on(page: Page) -> list[Any]:
    """List what the tables depend on: the edition, its pupils, and what is known of them."""
    said: list[Any] = [page.year, page.name, page.edition.disclosure, page.edition.pupils]
    said += [_rests_on(earlier) for earlier in _earlier_pages(page)]
    if page.edition.pupils is not None:
        counted = page.figures["indicator"].isin(PRINTED) & page.figures["n"].notna()
        said.append(page.figures[counted].to_csv(index=False))
        said += [page.project.root / file.file for file in page.edition.pupils.all]
    return said


def _pupils(page: Page) -> tuple[PupilData, bool, str, float | None]:
    file = page.edition.pupils
    if file is None:
        data = example_municipality(page.year).data
        return data, True, simulation.HOME, RELIABILITY
    read = [(read_edition_pupils(page.project, one), one) for one in file.all]
    simulated = any(bool(pupils["simulated"].any()) for pupils, _ in read)
    home = file.own if simulated and file.own else page.name
    data = joined([frames_of(pupils, one, page.year) for pupils, one in read])
    return data, simulated, home, file.reliability
