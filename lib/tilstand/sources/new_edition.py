"""Start an edition for a new year, and say which files it wants and which it has."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tilstand.edition import edition_path
from tilstand.edition.own_words import write_places
from tilstand.errors import CallError
from tilstand.project import make_private
from tilstand.register import LAST_YEAR
from tilstand.sources.incoming import download_age, read_incoming
from tilstand.sources.wanted import wanted_files

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.edition import Called
    from tilstand.errors import Fault
    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.incoming import Incoming
    from tilstand.sources.statistikkbanken import Export
    from tilstand.sources.wanted import Wanted

#: What an edition can be called: its name stands in addresses and names of folders.
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class NewEdition:
    """Say what was made for a new edition and what it wants."""

    file: Path
    folder: Path
    wanted: list[Wanted]


@dataclass(frozen=True)
class Answer:
    """Say whether a wanted file is there.

    Parameters
    ----------
    wanted : Wanted
        The file.
    state : str
        ``there``, ``missing`` or ``faulty``.
    path : Path or None
        The file that answers the wish.
    age : str
        When it was downloaded, as far as its name tells.
    """

    wanted: Wanted
    state: str
    path: Path | None = None
    age: str = ""


def new_edition(
    project: Project, register: Register, year: int, municipality: str, name: str = ""
) -> NewEdition:
    """Write an edition's file and make the folder for its data.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Tells which codes are valid in the year.
    year : int
        Data year: the autumn that the school year starts.
    municipality : str
        Municipality code valid in the year.
    name : str, optional
        What the edition is called, such as ``2025-bergen``; its year if not given.

    Returns
    -------
    NewEdition
        What was made, and the files it wants.

    Raises
    ------
    CallError
        When the edition exists already, or the code was no municipality in that year; the
        message names the code that the place had then.
    """
    called = name or str(year)
    if not NAME.fullmatch(called) or (called.isdigit() and called != str(year)):
        raise CallError(
            f"--name: '{called}', expected small letters a-z, digits and hyphens, such as "
            f"{year}-bergen"
        )
    file = edition_path(project, called)
    if file.exists():
        raise CallError(f"{project.relative(file)}: the edition is there already; edit the file")
    if not register.valid_unit("municipality", municipality, year):
        raise CallError(f"--municipality: '{municipality}', {_hint(register, municipality, year)}")
    unit = register.unit(municipality, year)
    has_county = unit["county"] and not register.is_its_county(municipality, year)
    comparators = '["county", "nation"]' if has_county else '["nation"]'
    folder = project.open / called
    folder.mkdir(parents=True, exist_ok=True)
    make_private(project.private / called)
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"# Edition {called}: {unit['name_nb']}. Its own exports lie in data/open/{called}/,",
        f"# its pupil files, where it has any, in data/private/{called}/ (data/README.md, Pupils).",
        f"year = {year}",
        f'municipality = "{municipality}"  # {unit["name_nb"]}, the code valid in {year}',
        f'# Add codes of other municipalities valid in {year}, "kostra" (its KOSTRA group, which',
        '# tilstand fetch finds, or a code such as "EKG13") or "like": the ten most similar in',
        "# size and intake, chosen by a rule from the national tests of the whole country.",
        f"comparators = {comparators}",
        'languages = ["nb", "en"]',
        f"date = {year + 1}-06-01  # stamps pages and files, so that a rebuild gives the same",
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_places(project, called, ("nb", "en"))
    return NewEdition(file, folder, wanted_files(project, register, year))


def instructions(project: Project, made: NewEdition) -> list[str]:
    """Write what was made and what to do next, one line a wanted file."""
    words = f"{project.relative(made.file.with_suffix(''))}/"
    any_name = "a file is known by its header, under any name"
    lines = [
        f"{project.relative(made.file)}: the edition; comparators and languages are set there",
        f"{words}: your own words and goals go there, in the places that are written out",
        f"{project.relative(made.folder)}/: put the files below there; {any_name}",
    ]
    private = f"data/private/{made.file.stem}/"
    lines.append(f"{private}: pupil files go here and nowhere else; it never goes into git")
    for where in dict.fromkeys(wish.where for wish in made.wanted):
        lines.append(f"from {where} (several school years may stand in one file)")
        there = [wish for wish in made.wanted if wish.where == where]
        lines += _by_kind(there)
    name = made.file.stem
    network = f"with a network, tilstand fetch --edition {name} adds what the interfaces hold"
    return [*lines, f"then: tilstand check, tilstand build --edition {name}; {network}"]


def _by_kind(wishes: list[Wanted]) -> list[str]:
    """Write one line a kind of file, with the school years that it is wanted of."""
    kinds: dict[tuple[str, str], list[Wanted]] = {}
    for wish in wishes:
        kinds.setdefault((wish.form, wish.grade), []).append(wish)
    lines = []
    for found in kinds.values():
        newest, oldest = found[0], found[-1]
        need = "wanted" if newest.required else "optional"
        years = "" if newest is oldest else f" back to {oldest.school_year}"
        lines.append(f"  {need}: {newest.line()}{years}")
    return lines


def _hint(register: Register, code: str, year: int) -> str:
    units = register.units[register.units["level"] == "municipality"]
    known = units[units["code"] == code]
    if known.empty:
        return f"expected the 4-digit code of a municipality in {year}, such as 3201"
    place = known.iloc[0]
    own = units[(units["place"] == place["place"]) & (units["valid_from"] <= year)]
    own = own[own["valid_to"] >= year]
    ever = place["valid_to"] == LAST_YEAR
    span = f"from {place['valid_from']}" if ever else f"until {place['valid_to']}"
    was = f"{place['name_nb']} has had the code {span}"
    if own.empty:
        return f"expected a code valid in {year}; {was} and was no municipality in {year}"
    return f"expected {own.iloc[0]['code']} in {year}; {was}"


def check_incoming(
    project: Project, register: Register, edition: Called, today: dt.date
) -> tuple[list[Answer], Incoming]:
    """Tell which of an edition's wanted files are there, valid and how old.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Units, indicators and the words of the exports.
    edition : str or int
        The edition's name.
    today : datetime.date
        The day that ages are counted from.

    Returns
    -------
    answers : list of Answer
        One a wanted file.
    incoming : Incoming
        All that was read: ``faults`` make the check fail, ``notes`` are told.
    """
    incoming = read_incoming(project, register, edition)
    wishes = wanted_files(project, register, incoming.year)
    return [_answer(wish, incoming, today) for wish in wishes], incoming


def _answer(wish: Wanted, incoming: Incoming, today: dt.date) -> Answer:
    for path, export in incoming.exports.items():
        faulty = bool(export.faults)
        if _holds(export, wish) or (faulty and _is_called(path, wish)):
            state = "faulty" if faulty else "there"
            return Answer(wish, state, path, download_age(path, today))
    return Answer(wish, "missing")


def _holds(export: Export, wish: Wanted) -> bool:
    figures = export.figures
    held = export.form == wish.form and (figures["year"] == str(wish.year)).any()
    return bool(held) and (not wish.grade or wish.grade in set(figures["grade"]))


def _is_called(path: Path, wish: Wanted) -> bool:
    official = bool(wish.official_name) and fnmatch(
        path.with_suffix("").name, f"{wish.school_year}{wish.official_name}".removesuffix(".csv")
    )
    return official or path.stem == wish.name


def report(answers: list[Answer], faults: list[Fault], language: str = "en") -> list[str]:
    """Write the state of an edition's files for a person, one line a file, then the faults."""
    words = {"there": "there", "missing": "missing", "faulty": "has faults"}
    lines = []
    for answer in answers:
        if answer.path is None:
            need = "missing" if answer.wanted.required else "missing (optional)"
            lines.append(f"{need}: {answer.wanted.line(language)}")
        else:
            title = f"{answer.wanted.title[language]} {answer.wanted.school_year}"
            lines.append(f"{words[answer.state]}: {title}: {answer.path.name}, {answer.age}")
    return [*lines, *(str(fault) for fault in faults)]
