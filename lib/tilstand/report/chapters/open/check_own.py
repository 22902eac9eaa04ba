"""Check an edition's own words and goals, so that a build does not stop at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.contracts import LANGUAGES, STATEMENT_COLUMNS
from tilstand.edition import edition_names, load_edition
from tilstand.edition.own_words import FOLDER
from tilstand.edition.pupil_schema import SCHEMA, load_schema
from tilstand.edition.slips import hint
from tilstand.errors import DataError, Fault
from tilstand.register import Register
from tilstand.report.chapters.open.goals import DIMENSIONS, goals_path, read_goals
from tilstand.report.chapters.open.own_text import numbers_in, read_text
from tilstand.sources.edition_figures import open_edition
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tilstand.project import Project

#: What tells the lines or bars of a chosen chart apart.
BREAKDOWNS = ("grade", "gender", "subject", "category", "place", "year")


def check_own(project: Project, editions: list[str] | None = None) -> list[Fault | str]:
    """Check editions' texts and goals.

    Parameters
    ----------
    project : Project
        The checkout.
    editions : list of str, optional
        Names of editions; all of them if not given.

    Returns
    -------
    list of Fault or str
        One entry a fault: a file that belongs to no chapter, a heading that names no place, a
        number that the edition does not have, a goal without a measure or with a subject where
        a category belongs, and in the edition's file a page, measure or statement that is none.
    """
    faults: list[Fault | str] = []
    for edition in edition_names(project) if editions is None else editions:
        try:
            faults += _chosen(project, edition)
            faults += _misplaced(project, edition, read_goals(project, edition))
        except DataError as error:
            faults += error.lines
        for path in sorted((project.editions / edition / FOLDER).glob("*")):
            faults += _text(project, edition, path)
    return faults


def _chosen(project: Project, edition: str) -> list[Fault | str]:
    """Name what an edition leaves out or opens with, and nothing is called."""
    register = Register.load(project.register)
    said = load_edition(project, register, edition)
    static = (project.root / "book" / language for language in LANGUAGES)
    places = [*project.notebooks.glob("*.ipynb"), *(x for at in static for x in at.glob("*.md"))]
    pages = sorted({path.stem for path in places})
    statements = [*load_statements(project, "", STATEMENT_COLUMNS)["id"]]
    asked: list[tuple[str, str, str, Sequence[str]]]
    asked = [("leave_out", page, "page", pages) for page in said.leave_out]
    for part, items in (("findings", said.summary.findings), ("charts", said.summary.charts)):
        for number, one in enumerate(items, start=1):
            place = f"summary.{part}:{number}"
            measures = [spec.partition("|")[0] for spec in one.get("measure", "").split(";")]
            known = [*register.indicators]
            asked += [(f"{place}:measure", x, "measure", known) for x in measures if x]
            asked += [
                (f"{place}:{key}", one[key], key, there)
                for key, there in (
                    ("statement", statements),
                    ("chapter", pages),
                    ("by", BREAKDOWNS),
                )
                if key in one
            ]
    for file in said.pupils.all if said.pupils else ():
        fields = [one["name"] for one in load_schema(project.root / SCHEMA)]
        asked += [("pupils.columns", field, "field", fields) for field in file.columns]
        if file.subject and not register.knows_category(file.subject):
            kinds = register.categories
            called = kinds.loc[kinds["name_nb"] == file.subject.casefold(), "category"]
            subjects = [*called] or ["reading", "numeracy", "english", "norwegian_main"]
            asked.append(("pupils.subject", file.subject, "subject", subjects))
    name = project.relative(project.editions / f"{edition}.toml")
    return [
        f"{name}:{place}: no {what} '{word}'; {hint(word, known)}"
        for place, word, what, known in asked
        if word not in known
    ]


def _misplaced(project: Project, edition: str, goals: list[dict[str, Any]]) -> list[Fault | str]:
    """Name codes that stand in another column than the one in which figures have them."""
    if not goals:
        return []
    figures = open_edition(project, edition)[2]
    faults: list[Fault | str] = []
    for row, goal in enumerate(goals, start=2):
        mine = figures[figures["indicator"] == goal["indicator"]]
        for name in DIMENSIONS:
            code = goal[name]
            right = [one for one in DIMENSIONS if code and (mine[one] == code).any()]
            if right and name not in right:
                file = project.relative(goals_path(project, edition))
                expected = f"blank: {code} is a {right[0]}, and belongs in that column"
                faults.append(Fault(file, row, name, code, expected))
    return faults


def _text(project: Project, edition: str, path: Path) -> list[Fault | str]:
    name = project.relative(path)
    chapter, _, language = path.stem.partition(".")
    if path.suffix != ".md" or language not in LANGUAGES:
        return [f"{name}: expected <chapter>.nb.md or <chapter>.en.md"]
    if not (project.notebooks / f"{chapter}.ipynb").is_file():
        there = ", ".join(sorted(one.stem for one in project.notebooks.glob("*.ipynb")))
        return [f"{name}: '{chapter}' is no chapter, expected one of {there}"]
    try:
        texts = read_text(project, edition, chapter, language)
        numbers_in(project, edition, language, texts, name)
    except DataError as error:
        return list(error.lines)
    return []
