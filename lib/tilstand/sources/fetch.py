"""Fetch what the open interfaces hold for an edition, into dated snapshots, and read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.edition import edition_name
from tilstand.errors import DataError
from tilstand.sources import klass, registers_api, reporting_api, ssb_figures, udir_api
from tilstand.sources.client import Client, RefusedError
from tilstand.sources.headers import Vocabulary
from tilstand.sources.kostra import KOSTRA
from tilstand.sources.open_sources import Bases, read_assumptions
from tilstand.sources.snapshots import FOLDER, SnapshotError, Snapshots
from tilstand.sources.wanted import spring_forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilstand.edition import Called, Edition
    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.open_sources import Assumption
    from tilstand.sources.ssb_api import Table

#: Survey years before the edition's; their schools are not asked for.
YEARS_BACK = 4
REVISED = (6, 15)
#: Begins the name of the survey's open tables as a source; exports of it have another.
SURVEY = "udir-elevundersokelsen-apne-"


@dataclass
class Fetched:
    """Hold what the snapshots of an edition say, beside the exports among them.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* columns as text, and ``name`` of a survey's school.
    labels : dict
        The words behind each category that came with the figures.
    tables : dict
        Statistics Norway's tables as they describe themselves, by number.
    groups : dict
        KOSTRA group of each municipality, where the edition asks for its own.
    schools : pandas.DataFrame
        The municipality's schools in the register of schools, closed ones too.
    calls : int
        Calls that were made over the network; 0 when all was stored.
    faults : list of str
        A line for each source that could not be used; the others are not touched by it.
    notes : list of str
        What was left out, what has moved, where registers disagree.
    """

    figures: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=[*contracts.FIGURE_COLUMNS, "name"])
    )
    labels: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    schools: pd.DataFrame = field(default_factory=pd.DataFrame)
    calls: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, figures: pd.DataFrame) -> None:
        """Put more figures to those that are there."""
        self.figures = pd.concat([self.figures, figures], ignore_index=True)


def snapshots_of(project: Project, edition: Called) -> Snapshots:
    """Find the folder of an edition's snapshots."""
    return Snapshots(project.open / edition_name(edition) / FOLDER)


def fetch_edition(
    project: Project,
    register: Register,
    edition: Edition,
    progress: Callable[[str], None] = lambda _line: None,
    client: Client | None = None,
    bases: Bases | None = None,
) -> Fetched:
    """Fetch all that the open interfaces hold for an edition, and read it.

    Parameters
    ----------
    project : Project
        The checkout; answers are stored in ``data/open/<edition>/snapshots``.
    register : Register
        Tells the codes that the municipality has had.
    edition : Edition
        Year, municipality and comparators.
    progress : callable
        Is told what is fetched.
    client : Client, optional
        Does the calls; a polite one if not given.
    bases : Bases, optional
        Addresses of the interfaces.

    Returns
    -------
    Fetched
        What the answers say. A second run reads the snapshots and makes no call; one that was
        cut goes on where it stopped. From 15 June of the next year on, figures that were fetched
        before they were final are asked for once more. What one source refuses or gives in
        another form costs that source alone.

    Raises
    ------
    FetchError
        When an interface does not answer: the run stops, and the next goes on from there.
    SnapshotError
        When a stored answer is not what was fetched.
    """
    client = client or Client(snapshots_of(project, edition.name))
    bases = bases or Bases()
    if not client.offline:
        bases.store(client.snapshots.folder)
    work = _Round(project, register, edition, client, bases, Fetched())
    for name, job in work.jobs():
        progress(name)
        try:
            job()
        except SnapshotError:
            raise
        except (RefusedError, DataError) as error:
            work.fetched.faults += [f"{name}: {line}" for line in error.lines]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            odd = f"{name}: an answer of another form ({type(error).__name__}: {error})"
            work.fetched.faults.append(" ".join(odd.split())[:300])
    work.fetched.calls = client.calls
    work.fetched.notes += client.notes
    return work.fetched


@dataclass
class _Round:
    """One round of calls for an edition."""

    project: Project
    register: Register
    edition: Edition
    client: Client
    bases: Bases
    fetched: Fetched

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the exports, which name the survey's themes too."""
        return Vocabulary.load(self.project.register / "exports")

    @property
    def final_from(self) -> dt.date:
        """Day from which the year's figures are final."""
        return dt.date(self.edition.year + 1, *REVISED)

    @property
    def codes(self) -> list[str]:
        """Every code that the municipality has had."""
        unit = self.register.unit(self.edition.municipality, self.edition.year)
        return self.register.codes(str(unit["place"]))

    def jobs(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Return the jobs with their names; each is one source."""
        wanted = read_assumptions(self.project.register)
        for one in wanted:
            if one.service == "udir":
                title = one.source or f"page '{one.label}'"
                chosen = f" {one.chosen}" if one.chosen else ""
                yield f"Udir, {title}{chosen}", partial(self._page, one)
        survey = [one for one in wanted if one.service == "eksport"]
        for table, group in groupby(survey, key=lambda one: one.source):
            fields = list(group)
            for year in range(self.edition.year, self.edition.year - YEARS_BACK - 1, -1):
                name = f"Udir, table {table}, {year}"
                yield name, partial(self._survey, fields, year)
        if any(one.service == "klass" for one in wanted):
            yield "SSB, KLASS 131", self._klass
        if KOSTRA in self.edition.comparators:
            yield f"SSB, KLASS {klass.KOSTRA_GROUPS}", self._kostra
        contents = [one for one in wanted if one.service == "ssb"]
        for number, group in groupby(contents, key=lambda one: one.source):
            lines = list(group)
            yield f"SSB, table {number}", partial(self._ssb, lines)
        for service, job in (("nsr", self._schools), ("nbr", self._kindergartens)):
            if fields := [one for one in wanted if one.service == service]:
                yield f"Udir, register {service.upper()}", partial(job, fields)
        if norm := [one for one in wanted if one.service == "barnehagefakta"]:
            yield "barnehagefakta.no", partial(self._norm, norm)

    def _page(self, wanted: Assumption) -> None:
        base, get = self.bases["udir"], self.client.get
        codes = [wanted.source]
        if wanted.kind == "search":
            codes = reporting_api.search(reporting_api.list_pages(get, base), wanted)
            if not codes:
                self.fetched.notes.append(
                    f"Udir has no report page that fits '{wanted.label}' ({wanted.where})"
                )
        final = self.final_from if wanted.revised else None
        springs = spring_forms(self.project, self.register)
        newest = self.edition.year - (wanted.fills in springs)
        manual = reporting_api.MANUAL.format(edition=self.edition.name)
        for code in codes[:1]:
            try:
                page = reporting_api.describe_page(get, code, base)
                urls = reporting_api.fetch_export(
                    get, page, wanted, self.codes, newest, base, final
                )
            except SnapshotError:
                raise
            except (RefusedError, DataError) as error:
                raise DataError([f"{line}; {manual}" for line in error.lines]) from None
            if not urls:
                told = f"{code} has neither the municipality nor a year of ours"
                self.fetched.notes.append(f"Udir, {told}")

    def _survey(self, wanted: list[Assumption], year: int) -> None:
        code = next((one for one in self.codes if self._is_valid(one, year)), "")
        if not code:
            return
        choice = udir_api.Choice(
            school_year=f"{year}-{(year + 1) % 100:02d}",
            municipality=code,
            county=str(self.register.unit(code, year)["county"]),
            schools=year == self.edition.year,
        )
        table = int(wanted[0].source)
        rows = udir_api.fetch_table(self.client.get, table, choice, self.bases["eksport"])
        figures, names, faults = udir_api.to_figures(rows, wanted, self.vocabulary)
        if faults:
            raise DataError(faults)
        source = f"{SURVEY}{self.edition.year}"
        self.fetched.add(figures.assign(source=source, section=str(table)))
        self.fetched.labels |= names

    def _is_valid(self, code: str, year: int) -> bool:
        return self.register.valid_unit("municipality", code, year)

    def _klass(self) -> None:
        year, base, get = self.edition.year, self.bases["klass"], self.client.get
        for one in (year, year + 1):
            places = klass.municipalities(get, one, base)
            self.fetched.notes += klass.differences(self.register, one, places)
        changes = klass.changes(get, year, base)
        self.fetched.notes += klass.unknown_changes(self.register, changes)

    def _kostra(self) -> None:
        """Find the edition's KOSTRA group, and ask the tables for it from then on."""
        year, base = self.edition.year, self.bases["klass"]
        stored = self.client.snapshots.listed()
        if self.client.offline and klass.groups_address(year, base) not in stored:
            return
        groups = klass.kostra_groups(self.client.get, year, base)
        self.fetched.groups = groups
        own = groups.get(self.edition.municipality, KOSTRA)
        if self.register.valid_unit("group", own, year):
            codes = (own if code == KOSTRA else code for code in self.edition.comparators)
            self.edition = replace(self.edition, comparators=tuple(codes))

    def _ssb(self, wanted: list[Assumption]) -> None:
        made = ssb_figures.fetch_figures(
            self.client.get,
            wanted,
            self.register,
            self.edition,
            self.bases["ssb"],
            self.final_from,
        )
        self.fetched.add(made.figures)
        self.fetched.labels |= made.labels
        self.fetched.notes += made.notes
        if made.table is not None:
            self.fetched.tables[made.table.number] = made.table

    def _schools(self, wanted: list[Assumption]) -> None:
        rows = registers_api.fetch_units(self.client.get, wanted, self.bases["nsr"])
        units = registers_api.read_units(rows, wanted)
        mine = units["kind"] & units["municipality"].isin(self.codes)
        self.fetched.schools = units[mine].reset_index(drop=True)

    def _kindergartens(self, wanted: list[Assumption]) -> None:
        rows = registers_api.fetch_units(self.client.get, wanted, self.bases["nbr"])
        units = registers_api.read_units(rows, wanted)
        mine = registers_api.ours_in(self.edition.year, units, self.codes)
        code, year = self.edition.municipality, self.edition.year
        if len(mine):
            self.fetched.add(registers_api.count_kindergartens(mine, code, year))

    def _norm(self, wanted: list[Assumption]) -> None:
        figures, notes = registers_api.fetch_norm(
            self.client.get,
            wanted,
            self.edition.municipality,
            self.edition.year,
            self.bases["barnehagefakta"],
        )
        self.fetched.add(figures)
        self.fetched.notes += notes
