"""List the schools that get a page: those in an edition's pupil file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.alphabet import by_name
from tilstand.edition.names import edition_path
from tilstand.errors import DataError
from tilstand.project import close_private
from tilstand.pupils.simulated import write_simulated
from tilstand.pupils.spellings import school_spellings
from tilstand.sources.edition_figures import load_edition_figures, register_of
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.edition.pupil_file import PupilFile
    from tilstand.errors import Fault
    from tilstand.project import Project
    from tilstand.tabular.raw import RawTable

_PLAIN = str.maketrans({"æ": "ae", "ä": "a", "ø": "o", "ö": "o", "å": "a", "é": "e", "ü": "u"})


@dataclass(frozen=True)
class School:
    """Name one school of an edition.

    Parameters
    ----------
    key : str
        The school's id in the pupils' table: the organisation number, or another one.
    slug : str
        The name in letters a-z, digits and hyphens, unique in the edition: for addresses and for
        the file of the school's own comment.
    name : str
        The name as people write it.
    grades : str
        First and last grade in the pupil file, such as ``5-7``; blank where it does not say.
    """

    key: str
    slug: str
    name: str
    grades: str

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
        Its schools are those in the files of its table ``[pupils]``; none without one.

    Returns
    -------
    list of School
        By name, in Norwegian order.

    Raises
    ------
    DataError
        When the pupil file has no column of schools, or is not there.
    """
    if edition.pupils is None:
        return []
    close_private(project)
    write_simulated(project, edition.name)
    return _ordered(_own(project, edition, edition.pupils))


def slug_of(name: str) -> str:
    """Write a name in letters a-z, digits and hyphens."""
    plain = name.casefold().translate(_PLAIN)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "skole"


def _ordered(schools: list[tuple[str, str, str]]) -> list[School]:
    """Sort schools by name and give each a slug; of two by one name the second is numbered."""
    found, taken = [], set()
    for key, name, grades in sorted(schools):
        slug = plain = slug_of(name)
        number = 1
        while slug in taken:
            number += 1
            slug = f"{plain}-{number}"
        taken.add(slug)
        found.append(School(key, slug, name, grades))
    return sorted(found, key=lambda school: (by_name(school.name), school.key))


def _own(project: Project, edition: Edition, file: PupilFile) -> list[tuple[str, str, str]]:
    taught: dict[str, set[int]] = {}
    read: dict[str, tuple[RawTable, list[Fault]]] = {}
    for one in file.all:
        path = project.root / one.file
        if not path.is_file():
            where = project.relative(edition_path(project, edition.name))
            raise DataError(f"{where}:pupils.file: '{one.file}', expected a file that is there")
        if one.file not in read:  # several tables [[pupils.more]] may name the same file
            read[one.file] = read_raw(path, one.file)
        table = _columns(*read[one.file], one)
        grades = table.get("grade", [one.grade if file.more else ""] * len(table["school"]))
        for school, grade in set(zip(table["school"], grades, strict=True)):
            if school:
                taught.setdefault(school, set()).update([int(grade)] if grade.isdigit() else [])
    tables = {one: table for one, (table, _) in read.items()}
    spellings = school_spellings(project, file.all, tables)
    schools: dict[str, set[int]] = {}
    for school, known in taught.items():
        schools.setdefault(spellings.get(school, school), set()).update(known)
    names = _names(project, edition)
    return [(key, names.get(key) or _named(key), _span(schools[key])) for key in sorted(schools)]


def _named(key: str) -> str:
    """Name a school that no export knows: a bare number would say nothing at the top of a page."""
    return f"Skole {key}" if key.isdigit() else key


def _span(grades: set[int]) -> str:
    if not grades:
        return ""
    return f"{min(grades)}-{max(grades)}" if len(grades) > 1 else f"{min(grades)}"


def _columns(raw: RawTable, faults: list[Fault], file: PupilFile) -> dict[str, list[str]]:
    """Take what a list of schools needs of a pupil file, and nothing else of it."""
    if file.school not in raw.header:
        first = str(faults[0]) if faults else f"{file.file}:1: no column '{file.school}'"
        raise DataError(first)
    grade = file.columns.get("grade", "grade")
    wanted = {"school": file.school, "grade": grade}
    places = {name: raw.header.index(at) for name, at in wanted.items() if at in raw.header}
    ours = raw.header.index(file.municipality) if file.municipality in raw.header else None
    rows = [cells for _, cells in raw.rows if ours is None or cells[ours].strip() == file.own]
    return {name: [cells[at].strip() for cells in rows] for name, at in places.items()}


def _names(project: Project, edition: Edition) -> dict[str, str]:
    """Name the schools that the edition's exports know, by organisation number."""
    _, register = load_edition_figures(project, register_of(project), edition.name)
    schools = register.units[register.units["level"] == "school"]
    return dict(zip(schools["code"], schools["name_nb"], strict=True))
