"""Build editions from data to site: check, execute, compose, compile, publish."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilstand.build import compose, provenance, record, references
from tilstand.build.compile import Frame, compile_html, lay_out, site_address
from tilstand.build.contents import ONE_A_SCHOOL, for_schools, parameter_names, read_contents
from tilstand.build.crate import write_crate
from tilstand.build.dataset import dataset_links, places_shown, write_dataset
from tilstand.build.editions import link_editions
from tilstand.build.execute import Run, check_parameters, execute_all
from tilstand.build.exhibit_html import anchor, exhibit_html
from tilstand.build.fill import PLACEHOLDER, Names
from tilstand.build.pdf import pdf_links, print_edition
from tilstand.build.places import place
from tilstand.build.publish import published, swap_in, write_start_pages
from tilstand.build.redirects import write_redirects
from tilstand.build.takeaway import write_files
from tilstand.contracts import LANGUAGES
from tilstand.edition import edition_years, load_edition
from tilstand.errors import BuildError, CallError, DataError
from tilstand.register import Register
from tilstand.report import wording
from tilstand.roster import schools_of
from tilstand.sources.check import check_all
from tilstand.sources.edition_figures import count_documents, load_edition_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.build.contents import Chapter, Contents
    from tilstand.edition import Edition
    from tilstand.project import Project


@dataclass(frozen=True)
class Order:
    """Say what to build.

    Parameters
    ----------
    editions : list of int
        Data years; empty for all that have an edition file.
    language : str
        ``nb``, ``en`` or ``all``.
    jobs : int
        Chapters to execute at the same time.
    parameters : dict
        Parameters for the chapters that have them, beside edition and language.
    isolated : bool
        Start every kernel from nothing instead of forking it with its imports done.
    """

    editions: list[int] = field(default_factory=list)
    language: str = "all"
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    parameters: dict[str, Any] = field(default_factory=dict)
    isolated: bool = False
    browser: str | None = None


def build(project: Project, order: Order, progress: Callable[[str], None]) -> list[Path]:
    """Build editions and put them on the site.

    Parameters
    ----------
    project : Project
        The checkout.
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
    faults = check_all(project)
    if faults:
        raise DataError(faults)
    register = Register.load(project.register)
    contents = read_contents(project)
    templates = [c.path(project, "nb") for c in contents.chapters if c.is_notebook]
    check_parameters(templates, order.parameters)
    years = order.editions or edition_years(project)
    editions = [load_edition(project, register, year) for year in years]
    for edition in editions:  # a fault in its own files is told before any chapter runs
        load_edition_figures(project, register, edition.year)
    plan = [(edition, language) for edition in editions for language in _languages(edition, order)]
    together = _beside(project, plan)
    pages = []
    for edition, language in plan:
        progress(f"{edition.year} {language}")
        own = for_schools(project, contents, schools_of(project, edition))
        pages.append(
            _build_one(project, register, own, edition, language, together, order, progress)
        )
    write_start_pages(project, _names(project, register))
    link_editions(project, site_address(project))
    for year in sorted({edition.year for edition, _ in plan}):
        write_crate(project.site / str(year))
    return pages


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


def _build_one(
    project: Project,
    register: Register,
    contents: Contents,
    edition: Edition,
    language: str,
    together: dict[int, tuple[str, ...]],
    order: Order,
    progress: Callable[[str], None],
) -> Path:
    work = project.work / str(edition.year) / language
    executed = work / "executed"
    shutil.rmtree(executed, ignore_errors=True)
    chapters = [chapter for chapter in contents.chapters if chapter.is_notebook]
    runs = [_run(project, chapter, edition, language, executed, order) for chapter in chapters]
    execute_all(runs, order.jobs, progress, isolated=order.isolated)

    target = project.site / str(edition.year) / language
    documents, exports = count_documents(project, register, edition.year, _place(register, edition))
    frame = Frame(
        edition=edition.year,
        language=language,
        languages=tuple(code for code in edition.languages if code in together[edition.year]),
        municipality=register.name(_place(register, edition), edition.year, language),
        date=edition.date.isoformat(),
        printed=bool(order.browser),
        documents=documents,
        exports=exports,
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        source, html = Path(folder) / "source", Path(folder) / "html"
        source.mkdir()
        made, drafts = write_pages(project, contents, frame, executed, source, order.parameters)
        lay_out(project, contents, frame, source)
        progress("compiling")
        compile_html(source, html, frame.date)
        shown = places_shown([(d.slug, exhibit) for d in drafts for exhibit in d.exhibits])
        write_dataset(project, register, frame, shown, html / "data")
        if order.browser:
            progress("printing")
            print_edition(project, contents, frame, html, order.browser)
        record.finish(made, drafts, html)
        swap_in(html, target)
    progress(f"{project.relative(target)}/index.html")
    return target / "index.html"


def _place(register: Register, edition: Edition) -> str:
    return str(register.unit(edition.municipality, edition.year)["place"])


def _run(
    project: Project, chapter: Chapter, edition: Edition, language: str, folder: Path, order: Order
) -> Run:
    template = chapter.path(project, language)
    known = parameter_names(template) if order.parameters else set()
    school = {ONE_A_SCHOOL: chapter.school} if chapter.school else {}
    extra = {name: value for name, value in order.parameters.items() if name in known}
    return Run(
        name=chapter.name(project, language),
        template=template,
        output=folder / f"{chapter.slug}.ipynb",
        parameters={"edition": edition.year, "language": language, **school, **extra},
        project=project.root,
    )


def write_pages(
    project: Project,
    contents: Contents,
    frame: Frame,
    executed: Path,
    source: Path,
    parameters: dict[str, Any] | None = None,
) -> tuple[dict[str, Any], list[compose.Draft]]:
    """Compose every page of an edition in a language, with the files that its figures need.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        Chapters in order: figures and tables are numbered through the book.
    frame : Frame
        Edition, language and municipality.
    executed : Path
        Folder of the executed notebooks.
    source : Path
        Folder for the pages; ``extra/`` in it holds figures and downloads.
    parameters : dict, optional
        Parameters of the chapters beside edition and language.

    Returns
    -------
    made : dict
        The build's record, but for the finished files.
    drafts : list of Draft
        The executed chapters.
    """
    drafts = [_draft(project, chapter, frame.language, executed) for chapter in contents.chapters]
    html = references.citations(project.book / "references.bib", frame.language)
    html |= _link_exhibits(drafts, frame.language)
    html["block.references"] = compose.raw(references.LIST)
    html["block.editions"] = compose.raw(place("archive"))
    html["block.pdf"] = compose.raw(pdf_links(frame))
    html["block.dataset"] = compose.raw(dataset_links(frame))
    made = record.begin(project, contents, frame, drafts, parameters or {})
    html |= provenance.blocks(made, frame.language)
    for folder in ("figures", "data"):
        (source / "extra" / folder).mkdir(parents=True)
    slugs = {chapter.slug for chapter in contents.chapters}
    write_redirects(project.book / "redirects.csv", slugs, frame.language, source / "extra")
    lines: list[str] = []
    for chapter, draft in zip(contents.chapters, drafts, strict=True):
        name = chapter.name(project, frame.language)
        names = Names(
            numbers=draft.numbers | _frame_numbers(frame),
            html=html | _exhibits_of(draft, frame.language),
            absent=_named_exhibits(draft) - set(html),
        )
        try:
            page = compose.compose(draft, names, name, frame.language, frame.edition)
        except BuildError as error:
            lines += error.lines
            continue
        (source / f"{chapter.slug}.md").write_text(page, encoding="utf-8")
        for exhibit in draft.exhibits:
            write_files(exhibit, f"{draft.slug}-{exhibit['name']}", source / "extra")
    if lines:
        raise BuildError(lines)
    references.put_list(
        source, project.book / "references.bib", frame.language, only_cited=not frame.documents
    )
    return made, drafts


def _draft(project: Project, chapter: Chapter, language: str, executed: Path) -> compose.Draft:
    path = chapter.path(project, language)
    if not chapter.is_notebook:
        return compose.read_static(path, chapter.slug)
    output = executed / f"{chapter.slug}.ipynb"
    return compose.read_notebook(output, chapter.slug, chapter.name(project, language), language)


def _frame_numbers(frame: Frame) -> dict[str, dict[str, Any]]:
    year = {
        "text": str(frame.edition),
        "number": frame.edition,
        "decimals": 0,
        "recipe": "edition",
        "refs": [],
    }
    place: dict[str, Any] = {"text": frame.municipality, "number": None, "refs": []}
    counts: dict[str, dict[str, Any]] = {
        name: {"text": str(count) if count else None, "number": count, "refs": []}
        for name, count in (("own.documents", frame.documents), ("own.exports", frame.exports))
    }
    return {"edition": year, "municipality": place, **counts}


def _link_exhibits(drafts: list[compose.Draft], language: str) -> dict[str, str]:
    """Give figures and tables their numbers through the book, and make the links to them."""
    counts = {"figure": 0, "table": 0}
    links: dict[str, str] = {}
    for draft in drafts:
        for exhibit in draft.exhibits:
            kind = exhibit["kind"]
            counts[kind] += 1
            exhibit["label"] = f"{wording.word(kind, language)} {counts[kind]}"
            prefix = "fig" if kind == "figure" else "tab"
            href = f"{draft.slug}.html#{anchor(exhibit)}"
            text = exhibit["label"][:1].lower() + exhibit["label"][1:]
            links[f"{prefix}.{exhibit['name']}"] = f'<a class="see" href="{href}">{text}</a>'
    return links


def _exhibits_of(draft: compose.Draft, language: str) -> dict[str, str]:
    return {
        f"exhibit:{exhibit['name']}": exhibit_html(exhibit, draft.slug, exhibit["label"], language)
        for exhibit in draft.exhibits
    }


def _named_exhibits(draft: compose.Draft) -> set[str]:
    """Find the figures that prose cites: one that is not shown was left out for want of data."""
    prose = [cell[1] for cell in draft.cells if len(cell) == 3]
    cited = {name for text in prose for name in PLACEHOLDER.findall(text)}
    return {name for name in cited if name.startswith(("fig.", "tab."))}
