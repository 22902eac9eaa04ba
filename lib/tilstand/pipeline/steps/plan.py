"""Plan what is to be made: editions, languages, chapters and schools' pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.edition import edition_names, load_edition
from tilstand.errors import CallError
from tilstand.pipeline.basis.contents import parameter_names, read_contents
from tilstand.pipeline.basis.environment import commit_of
from tilstand.pipeline.execute.execute import check_parameters
from tilstand.pipeline.execute.run import Run
from tilstand.pipeline.outputs.publish import published
from tilstand.pipeline.sphinx.compile import Frame
from tilstand.pipeline.steps.edition_contents import edition_contents
from tilstand.sources.edition_figures import known_documents, load_edition_figures

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.pipeline.basis.contents import Chapter, Contents
    from tilstand.pipeline.basis.order import Order
    from tilstand.project import Project
    from tilstand.register import Register


@dataclass(frozen=True)
class Book:
    """Hold what it takes to make one edition in one language.

    Parameters
    ----------
    edition : Edition
        The edition.
    contents : Contents
        Its chapters, a school's pages included.
    frame : Frame
        What stands around its pages; says the language.
    work : Path
        ``.build/<edition>/<language>``.
    runs : list of Run
        The execution of each chapter.
    commit : str
        The commit that the project stands at; the book's record names it.
    """

    edition: Edition
    contents: Contents
    frame: Frame
    work: Path
    runs: list[Run]
    commit: str

    @property
    def title(self) -> str:
        """Name the book in messages."""
        return f"{self.frame.name} {self.frame.language}"

    @property
    def note(self) -> Path:
        """File that remembers what the published book was made from."""
        return self.work / "book.json"


def plan_books(project: Project, register: Register, order: Order) -> list[Book]:
    """Say which editions are made in which languages, and of which chapters.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Names the municipalities.
    order : Order
        What was asked for.

    Returns
    -------
    list of Book
        One an edition and language.

    Raises
    ------
    CallError
        When an edition, a language or a parameter does not exist.
    DataError
        When an edition's own files have faults: told before any chapter runs.
    """
    contents = read_contents(project)
    templates = [c.path(project, "nb") for c in contents.chapters if c.is_notebook]
    check_parameters(templates, order.parameters)
    names = order.editions or edition_names(project)
    editions = [load_edition(project, register, name) for name in names]
    for name in names:
        load_edition_figures(project, register, name)
    plan = [(edition, language) for edition in editions for language in _languages(edition, order)]
    together = _beside(project, plan)
    commit = commit_of(project)
    books = []
    for edition, language in plan:
        own = edition_contents(project, edition)
        home = _place(register, edition)
        documents, exports = known_documents(project, register, edition.name, home)
        frame = Frame(
            edition=edition.year,
            language=language,
            languages=tuple(code for code in edition.languages if code in together[edition.name]),
            municipality=register.name(home, edition.year, language),
            date=edition.date.isoformat(),
            name=edition.name,
            simulated=edition.simulated,
            pupils=edition.pupils is not None,
            printed=bool(order.browser),
            documents=documents,
            exports=exports,
        )
        work = project.work / edition.name / language
        notebooks = [chapter for chapter in own.chapters if chapter.is_notebook]
        executed = work / "executed"
        runs = [_run(project, one, frame, executed, order) for one in notebooks]
        books.append(Book(edition, own, frame, work, runs, commit))
    return books


def _beside(project: Project, plan: list[tuple[Edition, str]]) -> dict[str, tuple[str, ...]]:
    """List the editions and languages that will be on the site when the whole plan is done.

    Pages link to them: were it only what is there already, the first build of a book would differ
    from the second.
    """
    found = {name: set(languages) for name, languages in published(project).items()}
    for edition, language in plan:
        found.setdefault(edition.name, set()).add(language)
    return {name: tuple(code for code in LANGUAGES if code in found[name]) for name in found}


def municipality_names(project: Project, register: Register) -> dict[str, str]:
    """Name the municipality of every edition, for the start page.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Knows what municipalities were called.

    Returns
    -------
    dict of str to str
        By the edition's name.
    """
    editions = [load_edition(project, register, name) for name in edition_names(project)]
    return {
        edition.name: register.name(_place(register, edition), edition.year, "nb")
        for edition in editions
    }


def _languages(edition: Edition, order: Order) -> tuple[str, ...]:
    if order.language == "all":
        return edition.languages
    if order.language not in edition.languages:
        there = ", ".join(edition.languages)
        raise CallError(f"edition {edition.name}: no language '{order.language}'; it has {there}")
    return (order.language,)


def _place(register: Register, edition: Edition) -> str:
    return str(register.unit(edition.municipality, edition.year)["place"])


def parameter_of(name: str) -> str | int:
    """Write an edition's name as chapters take it: a year where it is one."""
    return int(name) if name.isdigit() else name


def _run(
    project: Project,
    chapter: Chapter,
    frame: Frame,
    folder: Path,
    order: Order,
) -> Run:
    template = chapter.path(project, frame.language)
    known = parameter_names(template) if order.parameters else set()
    school = {chapter.takes: chapter.school} if chapter.school else {}
    extra = {name: value for name, value in order.parameters.items() if name in known}
    return Run(
        name=chapter.name(project, frame.language),
        template=template,
        output=folder / f"{chapter.slug}.ipynb",
        parameters={
            "edition": parameter_of(frame.name),
            "language": frame.language,
            **school,
            **extra,
        },
        project=project.root,
        store=project.store,
    )
