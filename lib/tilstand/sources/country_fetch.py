"""Fetch the open interfaces' answers for many municipalities, and make no call twice.

The answers of all lie in one folder, ``data/open/<edition>/municipalities/``; beside them lists
``<code>.csv`` name those that a municipality's edition is read from, as ``snapshots.csv`` does
where one municipality alone was fetched for. What many ask for - registers, tables' labels, pages
of the interface - is asked for once.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.edition import Edition
from tilstand.safe_text import csv_lines
from tilstand.sources.client import Client
from tilstand.sources.fetch import fetch_edition
from tilstand.sources.open_sources import SERVICES, Bases
from tilstand.sources.snapshots import INDEX, INDEX_COLUMNS, Snapshot, Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.register import Register

TOWNS = "municipalities"


@dataclass(frozen=True)
class Shared(Snapshots):
    """Store and find the answers of many municipalities, and note which are asked for.

    Parameters
    ----------
    folder : Path
        Holds the answers and ``snapshots.csv``, which lists them all.
    known : dict
        The answers by address.
    asked : dict
        Those that were read or stored since it was last emptied.
    """

    known: dict[str, Snapshot] = field(default_factory=dict)
    asked: dict[str, Snapshot] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Shared:
        """Read the list once: it is long."""
        return cls(folder, known=Snapshots(folder).listed())

    def listed(self) -> dict[str, Snapshot]:
        """List the answers by address."""
        return self.known

    def read(self, url: str) -> bytes | None:
        """Read the stored answer to a call, and note that it was asked for."""
        content = super().read(url)
        if content is not None:
            self.asked[url] = self.known[url]
        return content

    def save(
        self, url: str, content: bytes, now: dt.datetime, *, refused: bool = False
    ) -> Snapshot:
        """Store an answer."""
        made = super().save(url, content, now, refused=refused)
        self.known[url] = self.asked[url] = made
        return made


def fetch_country(
    project: Project,
    register: Register,
    year: int,
    codes: list[str],
    progress: Callable[[str], None] = lambda _line: None,
    client: Client | None = None,
    bases: Bases | None = None,
) -> tuple[int, list[str]]:
    """Fetch what the open interfaces hold for each of many municipalities.

    Parameters
    ----------
    project : Project
        The checkout; answers are stored in ``data/open/<year>/municipalities``.
    register : Register
        Tells the codes that a municipality has had.
    year : int
        Data year, which names the edition too, as `tilstand batch` has it.
    codes : list of str
        Municipality codes valid in the year.
    progress : callable
        Is told of each municipality.
    client : Client, optional
        Does the calls into a `Shared`; a polite one if not given.
    bases : Bases, optional
        Addresses of the interfaces.

    Returns
    -------
    calls : int
        Calls that were made; a second run makes none before figures are final.
    faults : list of str
        What could not be used, a line for each source and municipality.

    Raises
    ------
    FetchError, SnapshotError
        As `fetch_edition`: the run stops, and the next goes on from there.
    """
    client = client or Client(Shared.load(project.open / str(year) / TOWNS))
    shared = client.snapshots
    assert isinstance(shared, Shared)
    calls, faults = 0, []
    for number, code in enumerate(codes, start=1):
        unit = register.unit(code, year)
        around = (*filter(None, [str(unit["county"])]), "0")
        made = dt.date(year + 1, 6, 1)
        edition = Edition(str(year), year, code, around, ("nb",), made)
        shared.asked.clear()
        fetched = fetch_edition(project, register, edition, client=client, bases=bases)
        _list(shared, code)
        name = register.name(str(unit["place"]), year, "nb")
        progress(f"[{number}/{len(codes)}] {code} {name}: {client.calls - calls} calls")
        calls = client.calls
        faults += [f"{code} {name}: {line}" for line in fetched.faults]
    return calls, faults


def _list(shared: Shared, code: str) -> None:
    """Name the answers of a municipality, in one rename: there are all or none."""
    rows = [[getattr(one, column) for column in INDEX_COLUMNS] for one in shared.asked.values()]
    draft = shared.folder / f".{code}.csv"
    draft.write_text(csv_lines([INDEX_COLUMNS, *rows]), encoding="utf-8")
    draft.replace(shared.folder / f"{code}.csv")


def hand_over(folder: Path, code: str, target: Path) -> bool:
    """Hand an edition the answers of its municipality, as `fetch_edition` would have stored them.

    Parameters
    ----------
    folder : Path
        Where the answers of all lie.
    code : str
        The municipality.
    target : Path
        The edition's folder of snapshots; may not be there yet.

    Returns
    -------
    bool
        False where the municipality was not fetched for: there is no such folder then.
    """
    listed = Snapshots(folder, f"{code}.csv").listed()
    if not listed:
        return False
    target.mkdir(parents=True)
    for name in sorted({SERVICES, *(one.file for one in listed.values())}):
        if not (folder / name).is_file():  # whoever reads the answers says which is gone
            continue
        try:
            os.link(folder / name, target / name)
        except OSError:  # another disk, or one without links
            shutil.copy(folder / name, target / name)
    shutil.copy(folder / f"{code}.csv", target / INDEX)
    return True
