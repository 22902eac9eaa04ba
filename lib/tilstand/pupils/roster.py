"""List the schools that get a page: an edition's own, or those of the example municipality."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tilstand.errors import DataError
from tilstand.pupils.spellings import school_spellings
from tilstand.register import Register
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.edition import Edition
    from tilstand.edition.pupil_file import PupilFile
    from tilstand.project import Project

PRIMARY, LOWER, COMBINED = "1-7", "8-10", "1-10"
# Fairy tales and stars, set on hills and in bogs: no school in Norway is called any of these.
PRIMARIES = (
    "Alvelia",
    "Drageåsen",
    "Enhjørningbakken",
    "Eventyrhøgda",
    "Fabelfjellet",
    "Griffenga",
    "Gullfjærlia",
    "Kometbakken",
    "Månesletta",
    "Nissehøyden",
    "Nøkketjernet",
    "Regnbuedalen",
    "Rimfakseberget",
    "Sagnvika",
    "Skyslottet",
    "Solstøvlia",
    "Stjerneskuddhaugen",
    "Trylleskogen",
    "Tussemyra",
    "Ønskebrønnen",
)
LOWER_SECONDARIES = (
    "Andromedalia",
    "Fønikshaugen",
    "Galaksebekken",
    "Kassiopeiatoppen",
    "Kvasarlia",
    "Meteorsletta",
    "Orionholtet",
    "Pegasusdalen",
    "Polluxenga",
    "Saturnvidda",
    "Sfinksåsen",
    "Vintergatemarka",
)
COMBINED_SCHOOL = "Havfrueøya skole"
TINY_SCHOOL = "Tommelitenlia skole"
NEW_SCHOOL = "Kometbakken skole"
MERGED_SCHOOL = "Vintergatemarka ungdomsskole"
MERGED_FROM = ("Melkeveienga ungdomsskole", "Stjernetåkemarka ungdomsskole")
#: Years before the edition's own in which the new and the merged school opened.
OPENED_AGO = 1
# In Norwegian order æ, ø and å come last, and aa is sorted as å.
_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_PLAIN = str.maketrans({"æ": "ae", "ä": "a", "ø": "o", "ö": "o", "å": "a", "é": "e", "ü": "u"})


@dataclass(frozen=True)
class School:
    """Name one school of an edition.

    Parameters
    ----------
    key : str
        The school's id in the pupils' table: the organisation number, or an invented one.
    slug : str
        The name in letters a-z, digits and hyphens, unique in the edition: for addresses and for
        the file of the school's own comment.
    name : str
        The name as people write it.
    grades : str
        First and last grade, such as ``1-7``; of an edition's own schools those in its pupil
        file, blank where the file does not say.
    simulated : bool
        Whether the school is invented.
    opened : int or None
        The autumn in which it opened, where it lies within the edition's four years.
    merged : tuple of str
        Names of the schools that were merged into it; their pupils count as its own from before.
    """

    key: str
    slug: str
    name: str
    grades: str
    simulated: bool
    opened: int | None = None
    merged: tuple[str, ...] = ()

    def teaches(self, grade: int) -> bool:
        """Tell whether a grade lies within the school's; true where its grades are not known."""
        if not self.grades:
            return True
        first, _, last = self.grades.partition("-")
        return int(first) <= grade <= int(last or first)


def schools_of(project: Project, edition: Edition) -> list[School]:
    """List the schools that an edition makes a page for.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        With a table ``[pupils]``, the schools in that file; else the example municipality's, if
        ``[schools]`` says ``example = true``; else none.

    Returns
    -------
    list of School
        By name, in Norwegian order.

    Raises
    ------
    DataError
        When the pupil file has no column of schools, or is not there.
    """
    if edition.pupils is not None:
        return _ordered(_own(project, edition, edition.pupils))
    return example_schools(edition.year) if edition.example_schools else []


def example_schools(year: int) -> list[School]:
    """List the 34 invented schools of the example municipality.

    Parameters
    ----------
    year : int
        Data year of the edition: one school is new and one merged the year before.

    Returns
    -------
    list of School
        20 primary schools, 12 lower secondary schools, one combined and one tiny primary school.
    """
    named = [(f"{name} skole", PRIMARY) for name in PRIMARIES]
    named += [(f"{name} ungdomsskole", LOWER) for name in LOWER_SECONDARIES]
    named += [(COMBINED_SCHOOL, COMBINED), (TINY_SCHOOL, PRIMARY)]
    keys = [f"E{number:03d}" for number in range(1, len(named) + 1)]
    schools = _ordered([(key, *school, True) for key, school in zip(keys, named, strict=True)])
    past = {NEW_SCHOOL: (), MERGED_SCHOOL: MERGED_FROM}
    return [
        replace(school, opened=year - OPENED_AGO, merged=past[school.name])
        if school.name in past
        else school
        for school in schools
    ]


def norwegian_order(name: str) -> str:
    """Give the key that sorts names as a Norwegian list does.

    References
    ----------
    Norwegian alphabetical order: a-z, æ, ø, å; in names aa stands for å.
    """
    return name.casefold().replace("aa", "å").translate(_ORDER)


def slug_of(name: str) -> str:
    """Write a name in letters a-z, digits and hyphens."""
    plain = name.casefold().translate(_PLAIN)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "skole"


def _ordered(schools: list[tuple[str, str, str, bool]]) -> list[School]:
    """Sort schools by name and give each a slug; of two by one name the second is numbered."""
    found, taken = [], set()
    for key, name, grades, simulated in sorted(schools):
        slug = plain = slug_of(name)
        number = 1
        while slug in taken:
            number += 1
            slug = f"{plain}-{number}"
        taken.add(slug)
        found.append(School(key, slug, name, grades, simulated))
    return sorted(found, key=lambda school: (norwegian_order(school.name), school.key))


def _own(project: Project, edition: Edition, file: PupilFile) -> list[tuple[str, str, str, bool]]:
    taught: dict[str, set[int]] = {}
    simulated = False
    spellings = school_spellings(project, file.all)
    for one in file.all:
        path = project.root / one.file
        if not path.is_file():
            where = project.relative(project.editions / f"{edition.year}.toml")
            raise DataError(f"{where}:pupils.file: '{one.file}', expected a file that is there")
        table = _columns(path, one)
        grades = table.get("grade", [one.grade if file.more else ""] * len(table["school"]))
        for school, grade in zip(table["school"], grades, strict=True):
            if school:
                taught.setdefault(spellings.get(school, school), set()).update(
                    [int(grade)] if grade.isdigit() else []
                )
        marks = table.get("simulated", [])
        simulated = simulated or any(text.strip().lower() in {"true", "1"} for text in marks)
    names = _names(project, edition)
    return [
        (key, names.get(key) or _named(key), _span(taught[key]), simulated)
        for key in sorted(taught)
    ]


def _named(key: str) -> str:
    """Name a school that no export knows: a bare number would say nothing at the top of a page."""
    return f"Skole {key}" if key.isdigit() else key


def _span(grades: set[int]) -> str:
    if not grades:
        return ""
    return f"{min(grades)}-{max(grades)}" if len(grades) > 1 else f"{min(grades)}"


def _columns(path: Path, file: PupilFile) -> dict[str, list[str]]:
    """Read what a list of schools needs of the pupil file, and nothing else of it."""
    raw, faults = read_raw(path, file.file)
    if file.school not in raw.header:
        first = str(faults[0]) if faults else f"{file.file}:1: no column '{file.school}'"
        raise DataError(first)
    grade = file.columns.get("grade", "grade")
    wanted = {"school": file.school, "grade": grade, "simulated": "simulated"}
    places = {name: raw.header.index(at) for name, at in wanted.items() if at in raw.header}
    ours = raw.header.index(file.municipality) if file.municipality in raw.header else None
    rows = [cells for _, cells in raw.rows if ours is None or cells[ours].strip() == file.own]
    return {name: [cells[at].strip() for cells in rows] for name, at in places.items()}


def _names(project: Project, edition: Edition) -> dict[str, str]:
    """Name the schools that the edition's exports know, by organisation number."""
    _, register = load_edition_figures(project, Register.load(project.register), edition.year)
    schools = register.units[register.units["level"] == "school"]
    return dict(zip(schools["code"], schools["name_nb"], strict=True))
