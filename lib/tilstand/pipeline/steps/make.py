"""Build editions from data to site: check, execute, compose, compile, publish.

Each step runs only when something that it rests on has changed; what a build was killed over, the
next one takes up where it was.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilstand.check.own_data import check_all
from tilstand.errors import BuildError, DataError
from tilstand.pipeline.basis.contents import set_aside, without
from tilstand.pipeline.basis.digests import file_digest
from tilstand.pipeline.basis.state import reason, remember
from tilstand.pipeline.execute import forks, warm
from tilstand.pipeline.execute.ahead import protect_first
from tilstand.pipeline.execute.execute import execute_all
from tilstand.pipeline.outputs import record
from tilstand.pipeline.outputs.audit import audit_editions
from tilstand.pipeline.outputs.crate import write_crate
from tilstand.pipeline.outputs.dataset import places_shown, write_dataset
from tilstand.pipeline.outputs.editions import link_editions
from tilstand.pipeline.outputs.pdf import print_edition
from tilstand.pipeline.outputs.publish import link_tree, restore, swap_in, write_start_pages
from tilstand.pipeline.sphinx.compile import INSIDE_SPHINX, lay_out, site_address
from tilstand.pipeline.sphinx.here import uninterrupted
from tilstand.pipeline.sphinx.recompile import publishable, recompile
from tilstand.pipeline.steps.ingredients import Ingredients, own_digest
from tilstand.pipeline.steps.pages import write_pages
from tilstand.pipeline.steps.plan import Book, municipality_names, plan_books
from tilstand.report.chapters.schools.comment_files import check_comments
from tilstand.sources.edition_figures import register_of
from tilstand.store import holding
from tilstand.store.keys import program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.pipeline.basis.order import Order
    from tilstand.pipeline.compose.compose import Draft
    from tilstand.pipeline.execute.run import Run
    from tilstand.project import Project
    from tilstand.register import Register

STAGING = "staging"
FRESH = "fresh-"
# What makes Sphinx compile all pages anew: the modules of ours that run inside it.
INSIDE = [f"lib/{name.replace('.', '/')}.py" for name in INSIDE_SPHINX]


def make(project: Project, order: Order, progress: Callable[[str], None]) -> list[Path]:
    """Build editions and put them on the site; `tilstand.pipeline.steps.build.build` is the way in.

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
    with holding():
        return _make(project, order, progress)


def _make(project: Project, order: Order, progress: Callable[[str], None]) -> list[Path]:
    restore(project.site.resolve())
    shutil.rmtree(project.work / STAGING, ignore_errors=True)
    found = Ingredients(project)
    _check(project, found, order)
    register = register_of(project)
    books = plan_books(project, register, order)
    explain = progress if order.explain else _silent
    _execute(project, books, found, order, progress, explain)
    names = municipality_names(project, register)
    stale = _stale(project, books, found, order, explain)
    compiled = _compile(project, register, stale, found, order, progress)
    if compiled:
        finished = [(book.edition, book.frame.language, html) for book, html in compiled]
        audit_editions(project, finished, progress)
        _publish(project, compiled, names)
    for book, _ in compiled:
        target = project.site / book.edition.name / book.frame.language
        remember(book.note, _rests_on(book, found, order), own_digest(target))
        progress(f"{project.relative(target)}/index.html")
    return [project.site / book.edition.name / book.frame.language / "index.html" for book in books]


def _silent(_line: str) -> None:
    """Say nothing."""


def _check(project: Project, found: Ingredients, order: Order) -> None:
    note = project.work / "check.json"
    inputs = found.data | found.library | {"editions": str(order.editions)}
    if reason(note, inputs, "no faults"):
        faults = check_all(project) or check_comments(project, order.editions)
        if faults:
            raise DataError(faults)
        remember(note, inputs, "no faults")


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
    asked |= {"languages": str(book.frame.languages), "browser": program(order.browser)}
    asked["commit"] = book.commit  # the record names it: another commit is another record
    data = found.data_of(book.edition.name)
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
        target = project.site / book.edition.name / book.frame.language
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
    """Compile and print books side by side, each into a folder that is ready to be published."""
    lines: list[str] = []
    compiled: list[tuple[Book, Path]] = []
    programs = found.programs | {name: found.library[name] for name in INSIDE}

    def finish(book: Book, fresh: Path, made: dict[str, Any], drafts: list[Draft]) -> Path:
        html = recompile(fresh, book.work, book.frame.date, programs)
        target = project.work / STAGING / book.frame.language / book.edition.name
        publishable(html, target)
        shown = places_shown([(d.slug, exhibit) for d in drafts for exhibit in d.exhibits])
        write_dataset(project, register, book.frame, shown, target / "data")
        if order.browser:
            progress(f"printing {book.title}")
            print_edition(project, book.contents, book.frame, target, order.browser)
        record.finish(made, drafts, target)
        return target

    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=max(1, order.jobs)))
        waiting = []
        for book in books:
            for left in book.work.glob(f"{FRESH}*"):  # by a build that was killed
                shutil.rmtree(left)
            folder = tempfile.TemporaryDirectory(prefix=FRESH, dir=book.work)
            fresh = Path(stack.enter_context(folder))
            executed = book.work / "executed"
            try:
                made, drafts, folded = write_pages(
                    project, book.contents, book.frame, executed, fresh, order.parameters
                )
            except BuildError as error:
                lines += error.lines
                continue
            silent = {draft.slug for draft in drafts if draft.silent} - set(folded)
            kept = without(set_aside(book.contents, silent), folded)
            shown = replace(book, contents=without(book.contents, folded))
            lay_out(project, kept, book.frame, fresh, folded)
            progress(f"compiling {book.title}")
            waiting.append((shown, fresh, made, drafts))
        if warm.ready() and len(waiting) == 1 and uninterrupted():
            outcomes = [_tried(finish, waiting[0])]
        elif warm.ready():
            forked = forks.results_here(lambda book: finish(*book), waiting, max(1, order.jobs))
            outcomes = [outcome for _, outcome in sorted(forked, key=itemgetter(0))]
        else:
            outcomes = list(pool.map(partial(_tried, finish), waiting))
        for (book, *_), outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, BuildError):
                lines += outcome.lines
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                compiled.append((book, outcome))
    if lines:
        raise BuildError(list(dict.fromkeys(lines)))
    return compiled


def _tried(work: Callable[..., Path], task: tuple[Any, ...]) -> Path | Exception:
    """Return what comes of some work, be it an exception."""
    try:
        return work(*task)
    except Exception as error:  # noqa: BLE001  handed on to whoever waits
        return error


def _publish(project: Project, compiled: list[tuple[Book, Path]], names: dict[str, str]) -> None:
    """Put finished books on the site, together with all that leads to them, in one rename."""
    staged = project.work / STAGING / "site"
    if project.site.is_dir():
        link_tree(project.site, staged)
    for book, html in compiled:
        target = staged / book.edition.name / book.frame.language
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        html.rename(target)
    draft = replace(project, finished=staged)
    write_start_pages(draft, names)
    link_editions(draft, site_address(project), names)
    for name in sorted({book.edition.name for book, _ in compiled}):
        write_crate(staged / name)
    swap_in(staged, project.site.resolve())
