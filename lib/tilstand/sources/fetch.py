"""Fetch what the open interfaces hold for an edition, into dated snapshots."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.edition import edition_name
from tilstand.sources import klass, ssb_api, udir_api
from tilstand.sources.client import Client
from tilstand.sources.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.edition import Called, Edition
    from tilstand.project import Project
    from tilstand.register import Register

FOLDER = "snapshots"
# Grunnskolepoeng by background, corrected national tests, pupils by region and grade, completion.
SSB_TABLES = ("13716", "13719", "11980", "14863")
FIRST_YEAR = 2010


@dataclass(frozen=True)
class Bases:
    """Say where the interfaces are; tests put a server of their own there."""

    udir: str = udir_api.BASE
    ssb: str = ssb_api.BASE
    klass: str = klass.BASE

    @classmethod
    def from_environment(cls) -> Bases:
        """Take addresses from ``TILSTAND_UDIR``, ``TILSTAND_SSB`` and ``TILSTAND_KLASS``.

        They lead to a mirror, or in tests to a server of their own.
        """
        return cls(
            udir=os.environ.get("TILSTAND_UDIR", udir_api.BASE),
            ssb=os.environ.get("TILSTAND_SSB", ssb_api.BASE),
            klass=os.environ.get("TILSTAND_KLASS", klass.BASE),
        )


@dataclass(frozen=True)
class Fetched:
    """Hold what the snapshots of an edition say.

    Parameters
    ----------
    survey : pandas.DataFrame
        Figures of the Pupil Survey.
    questions : dict
        The question behind each category of the survey's figures.
    ssb : dict
        Statistics Norway's tables by number, one row a cell.
    calls : int
        Calls that were made over the network; 0 when all was stored.
    faults : list of str
        A line for each cell that could not be read.
    notes : list of str
        Where KLASS and the register disagree on the year's municipalities.
    """

    survey: pd.DataFrame
    questions: dict[str, str]
    ssb: dict[str, pd.DataFrame]
    calls: int
    faults: list[str]
    notes: list[str] = field(default_factory=list)


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
        cut goes on where it stopped.

    Raises
    ------
    FetchError
        When an interface refuses or does not answer.
    DataError
        When an answer is not of the documented form.
    """
    client = client or Client(snapshots_of(project, edition.name))
    bases = bases or Bases()
    unit = register.unit(edition.municipality, edition.year)
    choice = udir_api.Choice(
        school_year=f"{edition.year}-{(edition.year + 1) % 100:02d}",
        municipality=edition.municipality,
        county=str(unit["county"]),
    )
    parts: list[pd.DataFrame] = []
    questions: dict[str, str] = {}
    faults: list[str] = []
    for table in udir_api.TABLES:
        progress(f"Udir, table {table}, {choice.school_year}")
        rows = udir_api.fetch_table(client.get, table, choice, bases.udir)
        figures, names, wrong = udir_api.to_figures(rows)
        parts.append(figures)
        questions |= names
        faults += [f"Udir, table {table}: {line}" for line in wrong]
    progress(f"SSB, KLASS {klass.MUNICIPALITIES}, {edition.year}")
    places = klass.municipalities(client.get, edition.year, bases.klass)
    regions = _regions(register, edition)
    ssb: dict[str, pd.DataFrame] = {}
    for number in SSB_TABLES:
        progress(f"SSB, table {number}")
        years = range(FIRST_YEAR, edition.year + 1)
        answers = ssb_api.fetch_table(client.get, number, regions, years, bases.ssb)
        tables = [ssb_api.read_json_stat(answer, f"SSB, table {number}") for answer in answers]
        ssb[number] = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    survey = pd.concat(parts, ignore_index=True)
    notes = klass.differences(register, edition.year, places)
    return Fetched(survey, questions, ssb, client.calls, faults, notes)


def _regions(register: Register, edition: Edition) -> list[str]:
    """List every code that the edition's places have had: series are stored by old codes."""
    places = {
        str(register.unit(code, edition.year)["place"])
        for code in (edition.municipality, *edition.comparators)
    }
    return sorted({code for place in places for code in register.codes(place)})
