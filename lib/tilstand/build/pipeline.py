"""Build editions from data to site: check, execute, compose, compile, publish.

Each step runs only when something that it rests on has changed; what a build was killed over, the
next one takes up where it was.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.build import record
from tilstand.build.audit import audit_editions
from tilstand.build.compile import INSIDE_SPHINX, Frame, lay_out, site_address
from tilstand.build.contents import (
    ONE_A_SCHOOL,
    for_schools,
    parameter_names,
    read_contents,
    set_aside,
)
from tilstand.build.crate import write_crate
from tilstand.build.dataset import places_shown, write_dataset
from tilstand.build.digests import file_digest, joint_digest
from tilstand.build.editions import link_editions
from tilstand.build.environment import commit_of
from tilstand.build.execute import Run, check_parameters, execute_all
from tilstand.build.ingredients import Ingredients, own_digest
from tilstand.build.pages import write_pages
from tilstand.build.pdf import print_edition
from tilstand.build.publish import link_tree, published, restore, swap_in, write_start_pages
from tilstand.build.pupils import protect_first
from tilstand.build.recompile import publishable, recompile
from tilstand.build.state import reason, remember
from tilstand.contracts import LANGUAGES
from tilstand.edition import edition_years, load_edition
from tilstand.errors import BuildError, CallError, DataError
from tilstand.register import Register
from tilstand.roster import schools_of
from tilstand.school_comments import check_comments
from tilstand.sources.check import check_all
from tilstand.sources.edition_figures import count_documents, load_edition_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.build.contents import Chapter, Contents
    from tilstand.build.order import Order
    from tilstand.edition import Edition
    from tilstand.project import Project

STAGING = "staging"
FRESH = "fresh-"
RESULTS = "results"
# What makes Sphinx compile all pages anew: the modules of ours that run inside it.
INSIDE = [f"lib/{name.replace('.', '/')}.py" for name in INSIDE_SPHINX]


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
        return f"{self.frame.edition} {self.frame.language}"

    @property
    def note(self) -> Path:
        """File that remembers what the published book was made from."""
        return self.work / "book.json"


def make(project: Project, order: Order, progress: Callable[[str], None]) -> list[Path]:
    """Build editions and put them on the site; `tilstand.build.order.build` is the way in.

    Parameters
    ----------
    project : Project
        The checkout; nobody else builds in it meanwhile.
    order : Order
        What to build.
    progress : callable
        Takes one line of text for each step.

    Returns
    -------
    list of Path
        Start page of each edition and language.

    Raises
    ------
    CallError
        When an edition, a language or a parameter does not exist.
    DataError
        When the data have faults; nothing is built.
    BuildError
        When a chapter or page fails; what was published before stays.
    """
    restore(project.site.resolve())
    shutil.rmtree(project.work / STAGING, ignore_errors=True)
    found = Ingredients(project)
    _check(project, found)
    register = Register.load(project.register)
    books = _books(project, register, order, _results(project, found))
    explain = progress if order.explain else _silent
    _execute(project, books, found, order, progress, explain)
    names = _names(project, register)
    stale = _stale(project, books, found, order, explain)
    compiled = _compile(project, register, stale, found, order, progress)
    if compiled:
        finished = [
            (book.edition.year, book.frame.language, html, book.edition.disclosure)
            for book, html in compiled
        ]
        audit_editions(project, finished, progress)
        _publish(project, compiled, names)
    for book, _ in compiled:
        target = project.site / str(book.edition.year) / book.frame.language
        remember(book.note, _rests_on(book, found, order), own_digest(target))
        progress(f"{project.relative(target)}/index.html")
    return [
        project.site / str(book.edition.year) / book.frame.language / "index.html" for book in books
    ]


def _silent(_line: str) -> None:
    """Say nothing."""


def _check(project: Project, found: Ingredients) -> None:
    note = project.work / "check.json"
    inputs = found.data | found.library
    if reason(note, inputs, "no faults"):
        faults = check_all(project) or check_comments(project)
        if faults:
            raise DataError(faults)
        remember(note, inputs, "no faults")


def _books(project: Project, register: Register, order: Order, results: Path) -> list[Book]:
    contents = read_contents(project)
    templates = [c.path(project, "nb") for c in contents.chapters if c.is_notebook]
    check_parameters(templates, order.parameters)
    years = order.editions or edition_years(project)
    editions = [load_edition(project, register, year) for year in years]
    for year in years:  # a fault in an edition's own files is told before any chapter runs
        load_edition_figures(project, register, year)
    plan = [(edition, language) for edition in editions for language in _languages(edition, order)]
    together = _beside(project, plan)
    commit = commit_of(project)
    books = []
    for edition, language in plan:
        own = for_schools(project, contents, schools_of(project, edition))
        home = _place(register, edition)
        documents, exports = count_documents(project, register, edition.year, home)
        frame = Frame(
            edition=edition.year,
            language=language,
            languages=tuple(code for code in edition.languages if code in together[edition.year]),
            municipality=register.name(home, edition.year, language),
            date=edition.date.isoformat(),
            printed=bool(order.browser),
            documents=documents,
            exports=exports,
        )
        work = project.work / str(edition.year) / language
        notebooks = [chapter for chapter in own.chapters if chapter.is_notebook]
        executed = work / "executed"
        runs = [_run(project, one, frame, executed, order, results) for one in notebooks]
        books.append(Book(edition, own, frame, work, runs, commit))
    return books


def _results(project: Project, found: Ingredients) -> Path:
    """Name the folder of what chapters leave for each other, and drop those of older programs."""
    now = project.work / RESULTS / joint_digest(found.library | found.programs)
    for folder in (project.work / RESULTS).glob("*"):
        if folder != now:
            shutil.rmtree(folder)
    return now


def _beside(project: Project, plan: list[tuple[Edition, str]]) -> dict[int, tuple[str, ...]]:
    """List the editions and languages that will be on the site when the whole plan is done.

    Pages link to them: were it only what is there already, the first build of a book would differ
    from the second.
    """
    found = {year: set(languages) for year, languages in published(project).items()}
    for edition, language in plan:
        found.setdefault(edition.year, set()).add(language)
    return {year: tuple(code for code in LANGUAGES if code in found[year]) for year in found}


def _names(project: Project, register: Register) -> dict[int, str]:
    """Name the municipality of every edition, for the start page."""
    editions = [load_edition(project, register, year) for year in edition_years(project)]
    return {
        edition.year: register.name(_place(register, edition), edition.year, "nb")
        for edition in editions
    }


def _languages(edition: Edition, order: Order) -> tuple[str, ...]:
    if order.language == "all":
        return edition.languages
    if order.language not in edition.languages:
        there = ", ".join(edition.languages)
        raise CallError(f"edition {edition.year}: no language '{order.language}'; it has {there}")
    return (order.language,)


def _place(register: Register, edition: Edition) -> str:
    return str(register.unit(edition.municipality, edition.year)["place"])


def _run(
    project: Project,
    chapter: Chapter,
    frame: Frame,
    folder: Path,
    order: Order,
    results: Path,
) -> Run:
    template = chapter.path(project, frame.language)
    known = parameter_names(template) if order.parameters else set()
    school = {ONE_A_SCHOOL: chapter.school} if chapter.school else {}
    extra = {name: value for name, value in order.parameters.items() if name in known}
    return Run(
        name=chapter.name(project, frame.language),
        template=template,
        output=folder / f"{chapter.slug}.ipynb",
        parameters={"edition": frame.edition, "language": frame.language, **school, **extra},
        project=project.root,
        results=results,
    )


def _execute(
    project: Project,
    books: list[Book],
    found: Ingredients,
    order: Order,
    progress: Callable[[str], None],
    explain: Callable[[str], None],
) -> None:
    """Execute the chapters that need it, of all books side by side."""
    waiting: list[tuple[Run, dict[str, str]]] = []
    for book in books:
        wanted = {run.output for run in book.runs}
        for path in sorted((book.work / "executed").glob("*.ipynb")):
            if path not in wanted:  # a chapter that the book no longer has
                path.unlink()
        for run in book.runs:
            inputs = found.of_chapter(run)
            why = reason(_note(run), inputs, _made(run.output))
            explain(f"{book.title} {run.output.stem}: {why or 'unchanged'}")
            if why:
                waiting.append((run, inputs))
    inputs_of = {run.output: inputs for run, inputs in waiting}

    def done(run: Run) -> None:
        remember(_note(run), inputs_of[run.output], _made(run.output))

    runs = [run for run, _ in waiting]
    protect_first(project, runs)
    execute_all(runs, order.jobs, progress, isolated=order.isolated, done=done)


def _note(run: Run) -> Path:
    return run.output.with_suffix(".json")


def _made(output: Path) -> str:
    return file_digest(output) if output.is_file() else ""


def _rests_on(book: Book, found: Ingredients, order: Order) -> dict[str, str]:
    """Name what a finished book is made from."""
    chapters = {f"chapter {run.output.stem}": _made(run.output) for run in book.runs}
    asked = {f"parameter {name}": str(value) for name, value in order.parameters.items()}
    asked |= {"languages": str(book.frame.languages), "browser": str(order.browser)}
    asked["commit"] = book.commit  # the record names it: another commit is another record
    data = found.data_of(book.edition.year)
    return chapters | asked | data | found.frame | found.library | found.programs


def _stale(
    project: Project,
    books: list[Book],
    found: Ingredients,
    order: Order,
    explain: Callable[[str], None],
) -> list[Book]:
    """List the books whose pages are not what they would be."""
    stale = []
    for book in books:
        target = project.site / str(book.edition.year) / book.frame.language
        why = reason(book.note, _rests_on(book, found, order), own_digest(target))
        explain(f"{book.title} pages: {why or 'unchanged'}")
        if why:
            stale.append(book)
    return stale


def _compile(
    project: Project,
    register: Register,
    books: list[Book],
    found: Ingredients,
    order: Order,
    progress: Callable[[str], None],
) -> list[tuple[Book, Path]]:
    """Compile books side by side, each into a folder that is ready to be published."""
    lines: list[str] = []
    compiled: list[tuple[Book, Path]] = []
    sphinx = found.programs | {name: found.library[name] for name in INSIDE}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=max(1, order.jobs)))
        waiting = []
        for book in books:
            for left in book.work.glob(f"{FRESH}*"):  # by a build that was killed
                shutil.rmtree(left)
            folder = tempfile.TemporaryDirectory(prefix=FRESH, dir=book.work)
            fresh = Path(stack.enter_context(folder))
            try:
                said = write_pages(
                    project,
                    book.contents,
                    book.frame,
                    book.work / "executed",
                    fresh,
                    order.parameters,
                )
            except BuildError as error:
                lines += error.lines
                continue
            silent = {draft.slug for draft in said[1] if draft.silent}
            lay_out(project, set_aside(book.contents, silent), book.frame, fresh)
            progress(f"compiling {book.title}")
            date = book.frame.date
            future = pool.submit(recompile, fresh, book.work, date, sphinx)
            waiting.append((book, said, future))
        for book, (made, drafts), future in waiting:
            try:
                html = future.result()
            except BuildError as error:
                lines += error.lines
                continue
            target = project.work / STAGING / book.frame.language / str(book.edition.year)
            publishable(html, target)
            shown = places_shown([(d.slug, exhibit) for d in drafts for exhibit in d.exhibits])
            write_dataset(project, register, book.frame, shown, target / "data")
            if order.browser:
                progress(f"printing {book.title}")
                print_edition(project, book.contents, book.frame, target, order.browser)
            record.finish(made, drafts, target)
            compiled.append((book, target))
    if lines:
        raise BuildError(list(dict.fromkeys(lines)))
    return compiled


def _publish(project: Project, compiled: list[tuple[Book, Path]], names: dict[int, str]) -> None:
    """Put finished books on the site, together with all that leads to them, in one rename."""
    staged = project.work / STAGING / "site"
    if project.site.is_dir():
        link_tree(project.site, staged)
    for book, html in compiled:
        target = staged / str(book.edition.year) / book.frame.language
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        html.rename(target)
    draft = replace(project, finished=staged)
    write_start_pages(draft, names)
    link_editions(draft, site_address(project))
    for year in sorted({book.edition.year for book, _ in compiled}):
        write_crate(staged / str(year))
    swap_in(staged, project.site.resolve())
