"""Know one edition: its year, municipality, comparators and languages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.edition.disclosure_rules import DisclosureRules, checked_rules
from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.edition.toml_file import read_toml
from tilstand.errors import CallError, DataError

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

OPTIONAL = {"date", "pupils", "schools", "disclosure"}
KEYS = {"year", "municipality", "comparators", "languages"} | OPTIONAL


@dataclass(frozen=True)
class Edition:
    """Hold what one edition file says, checked against the register.

    Parameters
    ----------
    year : int
        The data year; everything a later document tells is unknown to the edition.
    municipality : str
        Municipality code, valid in ``year``.
    comparators : tuple of str
        Unit codes valid in ``year``; ``county`` and ``nation`` of the file are resolved.
    languages : tuple of str
        Languages the edition is built in.
    date : datetime.date
        Stamp for pages and files, so that a rebuild gives the same bytes.
    pupils : PupilFile or None
        The edition's own pupil file, where it has one.
    example_schools : bool
        Whether the simulated example municipality and its schools stand in the book until there
        is a pupil file.
    disclosure : DisclosureRules
        How small is too small to be shown.
    """

    year: int
    municipality: str
    comparators: tuple[str, ...]
    languages: tuple[str, ...]
    date: dt.date
    pupils: PupilFile | None = None
    example_schools: bool = False
    disclosure: DisclosureRules = field(default_factory=DisclosureRules)


def edition_years(project: Project) -> list[int]:
    """List the years that have an edition file, oldest first."""
    return sorted(int(path.stem) for path in project.editions.glob("*.toml") if path.stem.isdigit())


def load_edition(project: Project, register: Register, year: int) -> Edition:
    """Load one edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Tells which codes were valid in the edition's year.
    year : int
        Data year; ``data/editions/<year>.toml`` has to be there.

    Returns
    -------
    Edition
        The checked edition.

    Raises
    ------
    CallError
        When there is no file for the year; the message lists the years there are.
    DataError
        When the file says something that cannot be; a line for each fault.
    """
    path = project.editions / f"{year}.toml"
    if not path.is_file():
        years = ", ".join(str(known) for known in edition_years(project)) or "none yet"
        message = f"edition {year}: no file {project.relative(path)}; editions there are: {years}"
        raise CallError(message)
    name = project.relative(path)
    return _checked(read_toml(path, name), name, register, year)


def _checked(said: dict[str, object], name: str, register: Register, year: int) -> Edition:
    faults = [f"{name}: '{key}' is not a key of an edition" for key in sorted(set(said) - KEYS)]
    faults += [f"{name}: '{key}' is missing" for key in sorted(KEYS - OPTIONAL - set(said))]
    if faults:
        raise DataError(faults)
    if said["year"] != year:
        faults.append(f"{name}:year: '{said['year']}', expected {year} as in the file's name")
    languages = said["languages"]
    known = isinstance(languages, list) and all(word in LANGUAGES for word in languages)
    if not (known and languages):
        faults.append(f"{name}:languages: '{languages}', expected some of {list(LANGUAGES)}")
    comparators = said["comparators"]
    if not (isinstance(comparators, list) and all(isinstance(unit, str) for unit in comparators)):
        faults.append(f"{name}:comparators: '{comparators}', expected a list of unit codes")
    municipality = str(said["municipality"])
    if not register.valid_unit("municipality", municipality, year):
        faults.append(f"{name}:municipality: '{municipality}', expected a code valid in {year}")
    date = said.get("date", dt.date(year + 1, 6, 1))
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        faults.append(f"{name}:date: '{date}', expected a date such as {year + 1}-06-01")
    pupils = checked(said.get("pupils"), name, faults)
    example = _example(said.get("schools", {}), name, faults)
    rules = checked_rules(said.get("disclosure"), name, faults)
    if faults:
        raise DataError(faults)
    assert isinstance(comparators, list)
    assert isinstance(languages, list)
    assert isinstance(date, dt.date)
    if register.is_its_county(municipality, year):
        comparators = [unit for unit in comparators if unit != "county"]
    try:
        resolved = tuple(_resolve(unit, municipality, register, year) for unit in comparators)
    except DataError as error:
        raise DataError([f"{name}:comparators: {line}" for line in error.lines]) from None
    return Edition(year, municipality, resolved, tuple(languages), date, pupils, example, rules)


def _example(said: object, name: str, faults: list[str]) -> bool:
    """Check the table ``[schools]``: its one key says whether the example is shown."""
    if not isinstance(said, dict):
        faults.append(f"{name}:schools: '{said}', expected a table [schools]")
        return False
    faults += [f"{name}:schools: '{key}' is not a key of it" for key in said if key != "example"]
    shown = said.get("example", False)
    if not isinstance(shown, bool):
        faults.append(f"{name}:schools.example: '{shown}', expected true or false")
    return shown is True


def _resolve(unit: str, municipality: str, register: Register, year: int) -> str:
    if unit == "nation":
        return "0"
    code = str(register.unit(municipality, year)["county"]) if unit == "county" else unit
    return str(register.unit(code, year)["code"])
