"""Check the small tables that editors write: words and neighbours of pages, open sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.check.rules import unlike
from tilstand.contracts import LANGUAGES
from tilstand.errors import DataError, Fault
from tilstand.sources.open_sources import TABLE, read_assumptions
from tilstand.tabular.strict import ROW, read_strict

if TYPE_CHECKING:
    from tilstand.project import Project

SUBJECTS, NEIGHBOURS = "subjects.csv", "neighbours.csv"
PAGE = "a page of notebooks/ or book/"


def check_by_hand(project: Project) -> list[Fault | str]:
    """Check readers' words for pages, where thin pages go, and what is assumed of open sources.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    list of Fault or str
        One entry a fault; none for a table that is not there.
    """
    return [*_subjects(project), *_neighbours(project), *_assumptions(project)]


def _subjects(project: Project) -> list[Fault | str]:
    path = project.book / SUBJECTS
    if not path.is_file():
        return []
    name = project.relative(path)
    table, form = read_strict(path, name, ("page", *LANGUAGES))
    faults: list[Fault | str] = list(form)
    faults += unlike(table, name, "page", _pages(project).__contains__, PAGE)
    for language in LANGUAGES:
        faults += unlike(table, name, language, _says, "words, parted by semicolons")
    twice = table[table["page"].duplicated()]
    for row, page in zip(twice[ROW], twice["page"], strict=True):
        faults.append(Fault(name, row, "page", page, "each page once"))
    return faults


def _neighbours(project: Project) -> list[Fault]:
    path = project.book / NEIGHBOURS
    if not path.is_file():
        return []
    name, pages = project.relative(path), _pages(project)
    table, faults = read_strict(path, name, ("page", "neighbour"))
    for column in ("page", "neighbour"):
        faults += unlike(table, name, column, pages.__contains__, PAGE)
    return faults


def _pages(project: Project) -> set[str]:
    """Name every page that there may be; the first chapter's is the index."""
    chapters = [*project.notebooks.glob("*.ipynb"), *project.book.glob("*/*.md")]
    return {"index", *(one.stem for one in chapters)}


def _says(cell: str) -> bool:
    return bool(cell.strip(" ;"))


def _assumptions(project: Project) -> list[Fault | str]:
    if not (project.register / TABLE).is_file():
        return []
    try:
        read_assumptions(project.register)
    except DataError as error:
        return list(error.lines)
    return []
