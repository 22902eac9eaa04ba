"""Check the small tables that editors write: words by which pages are found, open sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.check.rules import unlike
from tilstand.contracts import LANGUAGES
from tilstand.errors import DataError, Fault
from tilstand.sources.open_sources import TABLE, read_assumptions
from tilstand.tabular.strict import ROW, read_strict

if TYPE_CHECKING:
    from tilstand.project import Project

SUBJECTS = "subjects.csv"


def check_by_hand(project: Project) -> list[Fault | str]:
    """Check the words by which readers find pages, and what is assumed of open sources.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    list of Fault or str
        One entry a fault; none for a table that is not there.
    """
    return [*_subjects(project), *_assumptions(project)]


def _subjects(project: Project) -> list[Fault | str]:
    path = project.book / SUBJECTS
    if not path.is_file():
        return []
    name = project.relative(path)
    table, form = read_strict(path, name, ("page", *LANGUAGES))
    chapters = [*project.notebooks.glob("*.ipynb"), *project.book.glob("*/*.md")]
    pages = {"index", *(one.stem for one in chapters)}  # the first chapter's page is the index
    faults: list[Fault | str] = list(form)
    faults += unlike(table, name, "page", pages.__contains__, "a page of notebooks/ or book/")
    for language in LANGUAGES:
        faults += unlike(table, name, language, _says, "words, parted by semicolons")
    twice = table[table["page"].duplicated()]
    for row, page in zip(twice[ROW], twice["page"], strict=True):
        faults.append(Fault(name, row, "page", page, "each page once"))
    return faults


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
