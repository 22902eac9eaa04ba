"""Know what is assumed of each open interface: one table, and how sure each line of it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from tilstand.errors import DataError
from tilstand.register import read_text_table
from tilstand.safe_text import csv_lines

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "open-sources.csv"
#: Lies beside the answers of an edition.
SERVICES = "services.csv"
KINDS = ("page", "search", "field", "content")
#: How an assumption is known, the surest first: read in an answer, on an official page, in code
#: of people who call it, a title only, or taken over from a sister interface.
SURE = ("answer", "page", "code", "label", "assumed")
#: Where each service answers, unless the environment variable ``TILSTAND_<SERVICE>`` says another
#: place: a mirror, or a server of a test.
BASES = {
    "udir": "https://statistikkportalen.udir.no/api/rapportering",
    "eksport": "https://api.statistikkbanken.udir.no/api/rest/v2/Eksport",
    "ssb": "https://data.ssb.no/api/pxwebapi/v2",
    "klass": "https://data.ssb.no/api/klass/v1",
    "nsr": "https://data-nsr.udir.no/v4",
    "nbr": "https://data-nbr.udir.no/v4",
    "barnehagefakta": "https://www.barnehagefakta.no/api",
}


@dataclass(frozen=True)
class Assumption:
    """Hold one line of the table.

    Parameters
    ----------
    service : str
        One of `BASES`.
    source : str
        Page code, table or path at the service; blank for a page that is searched by its title.
    kind : {"page", "search", "field", "content"}
        What is assumed: a page and its endpoint, the title of a page, a field of an answer, or
        what an SSB content code means.
    name : str
        Endpoint, field or content code as known today; a content code may be blank.
    label : str
        Pattern that the label has to fit, capitals or not.
    fills : str
        Kind of export of a page, indicator of a content, or what a field is.
    category : str
        Category that the figures get, or another column of theirs as ``grade=10``.
    chosen : str
        Values asked for beyond the defaults, as ``KEY=a,b KEY=x..y KEY=* KEY=total``.
    by : str
        Dimensions that break the figures down, as ``DIMENSION:grade``; a dimension is known by
        its code or its label.
    years : str
        ``ahead`` for a projection, ``2014-`` for the first year; blank: since 2015.
    revised : str
        Day of the next year, ``06-15``, from which the figures are final.
    sure, known_from : str
        How sure it is, and where it is known from.
    row : int
        Row of the table.
    """

    service: str
    source: str
    kind: str
    name: str
    label: str
    fills: str
    category: str
    chosen: str
    by: str
    years: str
    revised: str
    sure: str
    known_from: str
    row: int = 0

    @property
    def choices(self) -> dict[str, str]:
        """Values asked for, by dimension or filter."""
        return dict(part.split("=", maxsplit=1) for part in self.chosen.split())

    @property
    def breakdown(self) -> dict[str, str]:
        """Figure column that each dimension fills, by pattern of the dimension's name."""
        return dict(part.rsplit(":", maxsplit=1) for part in self.by.split())

    @property
    def where(self) -> str:
        """Name the line, for messages."""
        return f"data/register/{TABLE}:{self.row}"

    def fits(self, label: str) -> bool:
        """Tell whether a label is the one expected."""
        return re.search(self.label, label, re.IGNORECASE) is not None


COLUMNS = tuple(one.name for one in fields(Assumption) if one.name != "row")


def read_assumptions(folder: Path, *services: str) -> list[Assumption]:
    """Read what is assumed of some services, or of all.

    Parameters
    ----------
    folder : Path
        The register's folder.
    *services : str
        Keys of `BASES`; every service if none is named.

    Returns
    -------
    list of Assumption
        In the table's order.

    Raises
    ------
    DataError
        When a line names an unknown service, kind or degree, or its pattern is none.
    """
    table = read_text_table(folder / TABLE, COLUMNS)
    found, faults = [], []
    for place, row in enumerate(table.to_dict("records"), start=2):
        one = Assumption(**{name: str(row[name]) for name in COLUMNS}, row=place)
        for name, known in (("service", tuple(BASES)), ("kind", KINDS), ("sure", SURE)):
            if getattr(one, name) not in known:
                expected = f"expected one of {', '.join(known)}"
                faults.append(f"{one.where}:{name}: '{getattr(one, name)}', {expected}")
        for name, sign in (("chosen", "="), ("by", ":")):
            if not all(sign in part for part in getattr(one, name).split()):
                expected = f"expected pairs with a {sign} in each"
                faults.append(f"{one.where}:{name}: '{getattr(one, name)}', {expected}")
        try:
            re.compile(one.label)
        except re.error as error:
            faults.append(f"{one.where}:label: '{one.label}', expected a pattern ({error})")
        found.append(one)
    if faults:
        raise DataError(faults)
    return [one for one in found if not services or one.service in services]


@dataclass(frozen=True)
class Bases:
    """Say where the services are."""

    addresses: tuple[tuple[str, str], ...] = tuple(BASES.items())

    @classmethod
    def from_environment(cls) -> Bases:
        """Take addresses from ``TILSTAND_UDIR``, ``TILSTAND_SSB`` and so on, where they are set."""
        told = {name: os.environ.get(f"TILSTAND_{name.upper()}", "") for name in BASES}
        return cls(tuple((name, told[name] or base) for name, base in BASES.items()))

    @classmethod
    def below(cls, address: str) -> Bases:
        """Put every service below one address, ``<address>/udir`` and so on."""
        return cls(tuple((name, f"{address}/{name}") for name in BASES))

    @classmethod
    def stored(cls, folder: Path) -> Bases | None:
        """Read the addresses that answers in a folder came from; None where none are told."""
        path = folder / SERVICES
        if not path.is_file():
            return None
        table = read_text_table(path, ("service", "address"))
        return cls(tuple(zip(table["service"], table["address"], strict=True)))

    def store(self, folder: Path) -> None:
        """Write the addresses beside the answers: a build elsewhere knows them by these."""
        folder.mkdir(parents=True, exist_ok=True)
        text = csv_lines([("service", "address"), *self.addresses])
        (folder / SERVICES).write_text(text, encoding="utf-8")

    def __getitem__(self, service: str) -> str:
        """Return a service's address without a slash at its end."""
        return dict(self.addresses)[service].rstrip("/")
