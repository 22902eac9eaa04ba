"""Know one edition: its year, municipality, comparators and languages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.edition.disclosure_rules import DisclosureRules, checked_rules
from tilstand.edition.names import (
    Called,
    edition_name,
    edition_path,
    has_edition,
    listed_editions,
    unknown_edition,
)
from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.edition.slips import hint, unit_hint, unknown_keys
from tilstand.edition.summary import NONE, Summary, checked_summary
from tilstand.edition.toml_file import read_toml
from tilstand.errors import DataError

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

OPTIONAL = {"date", "pupils", "simulated", "disclosure", "leave_out", "summary"}
KEYS = {"year", "municipality", "comparators", "languages"} | OPTIONAL
#: The level in ``data/register/units.csv`` of a municipality that does not exist.
INVENTED = "invented"
#: Years that figures may be of.
YEARS = range(1900, 2100)
# Before the example municipality had a book of its own, a table asked for it.
FORMER = "schools"


@dataclass(frozen=True)
class Edition:
    """Hold what one edition file says, checked against the register.

    Parameters
    ----------
    name : str
        The name of its file without the ending, by which folders and addresses call it.
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
    simulated : bool
        Whether the municipality is invented and its pupil file made by `tilstand.simulation`;
        every page says so.
    disclosure : DisclosureRules
        How small is too small to be shown.
    leave_out : tuple of str
        Chapters that the book does without, by the names of their pages.
    summary : Summary
        What the book opens with, where the edition chooses it.
    """

    name: str
    year: int
    municipality: str
    comparators: tuple[str, ...]
    languages: tuple[str, ...]
    date: dt.date
    pupils: PupilFile | None = None
    simulated: bool = False
    disclosure: DisclosureRules = field(default_factory=DisclosureRules)
    leave_out: tuple[str, ...] = ()
    summary: Summary = NONE


def load_edition(project: Project, register: Register, edition: Called) -> Edition:
    """Load one edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Tells which codes were valid in the edition's year.
    edition : str or int
        Its name; ``data/editions/<name>.toml`` has to be there.

    Returns
    -------
    Edition
        The checked edition.

    Raises
    ------
    CallError
        When there is no such file; the message lists the editions there are.
    DataError
        When the file says something that cannot be; a line for each fault.
    """
    path = edition_path(project, edition)
    if not has_edition(project, edition):
        raise unknown_edition(project, edition)
    name = project.relative(path)
    return _checked(read_toml(path, name), name, register, edition_name(edition))


def predecessor(project: Project, register: Register, edition: Edition) -> Edition | None:
    """Find the newest earlier edition of the same municipality, whatever its code was then.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Tells which codes are of the same municipality.
    edition : Edition
        The edition.

    Returns
    -------
    Edition or None
        None for the first of a municipality.
    """
    place = register.unit(edition.municipality, edition.year)["place"]
    older = [one for one in listed_editions(project) if one.year < edition.year]
    for one in reversed(older):
        found = load_edition(project, register, one.name)
        if register.unit(found.municipality, found.year)["place"] == place:
            return found
    return None


def _checked(said: dict[str, object], name: str, register: Register, called: str) -> Edition:
    faults = _keys(said, name)
    if faults:
        raise DataError(faults)
    year = said["year"]
    if not isinstance(year, int) or isinstance(year, bool) or year not in YEARS:
        raise DataError(f"{name}:year: '{year}', expected a year without quotes, such as 2020")
    if called.isdigit() and year != int(called):
        faults.append(f"{name}:year: '{year}', expected {called} as in the file's name")
        year = int(called)
    languages = _languages(said["languages"], name, faults)
    comparators = _words(
        said["comparators"],
        f"{name}:comparators",
        'of codes between quotes, such as ["county", "1103"]',
        faults,
    )
    simulated = said.get("simulated", False)
    if not isinstance(simulated, bool):
        faults.append(f"{name}:simulated: '{simulated}', expected true or false")
    municipality = str(said["municipality"])
    level = INVENTED if simulated is True else "municipality"
    if not register.valid_unit(level, municipality, year):
        faults.append(
            f"{name}:municipality: '{municipality}', expected a code valid in {year}"
            + ("" if simulated else f"; {unit_hint(municipality, register, year, ())}")
        )
    elif simulated is True and "pupils" not in said:
        faults.append(f"{name}: 'pupils' is missing: a simulated edition is about its pupils")
    date = said.get("date", dt.date(year + 1, 6, 1))
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        faults.append(f"{name}:date: '{date}', expected {year + 1}-06-01, without quotes")
    pages = _words(said.get("leave_out", []), f"{name}:leave_out", 'such as ["sfo"]', faults)
    pupils = checked(said.get("pupils"), name, faults, simulated=simulated is True)
    rules = checked_rules(said.get("disclosure"), name, faults)
    summary = checked_summary(said.get("summary"), name, faults)
    if faults:
        raise DataError(faults)
    assert isinstance(date, dt.date)
    if register.is_its_county(municipality, year):
        comparators = [unit for unit in comparators if unit != "county"]
    resolved = _places(comparators, municipality, name, register, year)
    return Edition(
        called,
        year,
        municipality,
        resolved,
        tuple(languages),
        date,
        pupils,
        simulated is True,
        rules,
        tuple(pages),
        summary,
    )


def _languages(said: object, name: str, faults: list[str]) -> list[str]:
    if isinstance(said, list) and said and all(word in LANGUAGES for word in said):
        return said
    wrong = [word for word in said if word not in LANGUAGES] if isinstance(said, list) else []
    means = f"{hint(wrong[0], LANGUAGES)}, in brackets" if wrong else 'expected ["nb", "en"]'
    faults.append(f"{name}:languages: '{wrong[0] if wrong else said}', {means}")
    return []


def _places(
    comparators: list[str], municipality: str, name: str, register: Register, year: int
) -> tuple[str, ...]:
    resolved, faults = [], []
    for unit in comparators:
        try:
            resolved.append(_resolve(unit, municipality, register, year))
        except DataError:
            meant = unit_hint(unit, register, year, ["county", "nation", *_groups(register)])
            faults.append(f"{name}:comparators: '{unit}', {meant}")
    if faults:
        raise DataError(faults)
    return tuple(resolved)


def _words(said: object, where: str, kind: str, faults: list[str]) -> list[str]:
    if isinstance(said, list) and all(isinstance(word, str) for word in said):
        return said
    faults.append(f"{where}: '{said}', expected a list {kind}")
    return []


def _groups(register: Register) -> list[str]:
    """Name the groups that a word stands for; the groups of KOSTRA have codes."""
    units = register.units
    codes = units.loc[units["level"] == "group", "code"]
    return [str(code) for code in codes if str(code).islower()]


def _keys(said: dict[str, object], name: str) -> list[str]:
    known = [*sorted(KEYS - OPTIONAL), *sorted(OPTIONAL)]
    rest = {key: value for key, value in said.items() if key != FORMER}
    faults = unknown_keys(rest, known, sorted(KEYS - OPTIONAL), name)
    if FORMER in said:
        faults.append(
            f"{name}:{FORMER}: the example municipality is an edition of its own now, "
            "data/editions/eksempel.toml; delete the table [schools]"
        )
    return faults


def _resolve(unit: str, municipality: str, register: Register, year: int) -> str:
    if unit == "nation":
        return "0"
    code = str(register.unit(municipality, year)["county"]) if unit == "county" else unit
    return str(register.unit(code, year)["code"])
