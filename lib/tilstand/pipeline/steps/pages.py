"""Write the pages of an edition in a language from its executed chapters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tilstand.errors import BuildError, TilstandError
from tilstand.pipeline.basis.contents import ONE_A_SCHOOL, ONE_AN_OPEN_SCHOOL, read_contents
from tilstand.pipeline.basis.places import place
from tilstand.pipeline.compose import compose, glossary, references, thin
from tilstand.pipeline.compose.exhibit_html import anchor, exhibit_html
from tilstand.pipeline.compose.fill import Names, as_text, cited
from tilstand.pipeline.outputs import provenance, record
from tilstand.pipeline.outputs.dataset import dataset_links
from tilstand.pipeline.outputs.pdf import pdf_links
from tilstand.pipeline.outputs.takeaway import write_files
from tilstand.pipeline.sphinx.compile import site_address, words_of
from tilstand.pipeline.sphinx.redirects import write_redirects
from tilstand.pipeline.steps.own_words import OwnWords
from tilstand.report import wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tilstand.pipeline.basis.contents import Chapter, Contents
    from tilstand.pipeline.sphinx.compile import Frame
    from tilstand.project import Project

LINK = re.compile(r"\[([^\]\[]+)\]\(([a-z0-9-]+)\.md(?:#[^)]*)?\)")
TO_HEADING = re.compile(r"\]\(([a-z0-9-]+)\.md#([^)]+)\)")
HEADING = re.compile(r"^#{1,2} (.+)$", re.MULTILINE)


def write_pages(
    project: Project,
    contents: Contents,
    frame: Frame,
    executed: Path,
    source: Path,
    parameters: dict[str, Any] | None = None,
) -> tuple[dict[str, Any], list[compose.Draft], dict[str, str]]:
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
    folded : dict of str
        The page that each chapter stands on which is none of its own (`compose.thin`).
    """
    drafts = [_draft(project, chapter, frame.language, executed) for chapter in contents.chapters]
    site = site_address(project)
    at = f"{site}{frame.name}/{frame.language}/" if site else ""
    html = references.citations(project.book / "references.bib", frame.language)
    html |= _link_exhibits(drafts, frame.language)
    html["block.references"] = compose.raw(references.LIST)
    html["block.editions"] = compose.raw(place("archive"))
    html["block.example"] = compose.raw(place("example"))
    html["block.pdf"] = compose.raw(pdf_links(frame))
    html["block.dataset"] = compose.raw(dataset_links(frame))
    made = record.begin(project, contents, frame, drafts, parameters or {})
    html |= provenance.blocks(made, frame.language)
    for folder in ("figures", "data"):
        (source / "extra" / folder).mkdir(parents=True)
    slugs = {chapter.slug for chapter in contents.chapters}
    absent = {chapter.slug for chapter in read_contents(project).chapters} - slugs
    terms = glossary.read_glossary(
        project.book / frame.language / f"{glossary.PAGE}.md", frame.language
    )
    own_of = OwnWords(project, frame.name, frame.language)
    words = words_of(project, frame.language)
    lead = ""
    if frame.simulated:
        lead = words["simulated_lead"].format(municipality=as_text(frame.municipality))
    lines: list[str] = []
    pages: dict[str, str] = {}
    for chapter, draft in zip(contents.chapters, drafts, strict=True):
        name = chapter.name(project, frame.language)
        try:
            own, numbers = own_of.chapter(chapter)
            names = Names(
                numbers=draft.numbers | _frame_numbers(frame, contents) | numbers,
                html=html | _exhibits_of(draft, frame.language),
                absent=_named_exhibits(draft) - set(html),
                language=frame.language,
            )
            known = [] if chapter.slug == glossary.PAGE else terms
            page = compose.compose(
                draft,
                names,
                name,
                frame.language,
                frame.edition,
                known,
                lead,
                own,
            )
        except TilstandError as error:
            lines += error.lines
            continue
        pages[chapter.slug] = _unlinked(page, absent)
        for exhibit in draft.exhibits:
            stem = f"{draft.slug}-{exhibit['name']}"
            place_of = f"{at}{draft.slug}.html#{anchor(exhibit)}" if at else ""
            write_files(exhibit, stem, source / "extra", frame.language, place_of)
    if lines:
        raise BuildError(lines)
    neighbours = thin.read_neighbours(project.book / thin.NEIGHBOURS)
    folded = thin.fold_thin(pages, drafts, neighbours, compose.under_title(lead) if lead else "")
    headings = {slug: {_name(one) for one in HEADING.findall(p)} for slug, p in pages.items()}
    for slug, page in pages.items():
        (source / f"{slug}.md").write_text(_to_headings(page, headings), encoding="utf-8")
    write_redirects(project, slugs, frame, source / "extra", folded)
    has_own = any(frame.documents.values())
    references.put_list(
        source, project.book / "references.bib", frame.language, only_cited=not has_own
    )
    return made, drafts, folded


def _unlinked(page: str, absent: set[str]) -> str:
    """Leave the words of a link to a page that this edition does without."""
    return LINK.sub(lambda found: found[1] if found[2] in absent else found[0], page)


def _name(heading: str) -> str:
    """Name a heading as MyST does for links to it."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace(" ", "-"))


def _to_headings(page: str, headings: Mapping[str, set[str]]) -> str:
    """Lead to a page itself where it has not the heading that a link is for."""
    return TO_HEADING.sub(
        lambda to: to[0] if to[2] in headings.get(to[1], ()) else f"]({to[1]}.md)", page
    )


def _draft(project: Project, chapter: Chapter, language: str, executed: Path) -> compose.Draft:
    path = chapter.path(project, language)
    if not chapter.is_notebook:
        return compose.read_static(path, chapter.slug)
    output = executed / f"{chapter.slug}.ipynb"
    return compose.read_notebook(output, chapter.slug, chapter.name(project, language), language)


def _frame_numbers(frame: Frame, contents: Contents) -> dict[str, dict[str, Any]]:
    year = {
        "text": str(frame.edition),
        "number": frame.edition,
        "decimals": 0,
        "recipe": "edition",
        "refs": [],
    }
    place: dict[str, Any] = {"text": frame.municipality, "number": None, "refs": []}
    own = sum(frame.documents.values())
    counts: dict[str, dict[str, Any]] = {
        name: {
            "text": str(count) if count else None,
            "number": count,
            "decimals": 0,
            "recipe": "count of rows",
            "refs": [],
        }
        for name, count in (
            ("own.documents", own),
            ("own.exports", frame.exports),
            ("own.schools", _takes(contents, ONE_A_SCHOOL)),
            ("own.open_schools", _takes(contents, ONE_AN_OPEN_SCHOOL)),
            ("own.pupils", int(frame.pupils)),
            ("own.simulated", int(frame.simulated)),
            ("own.statistics", int(not own and not frame.simulated)),
            *((f"own.{_plain(code)}", int(there)) for code, there in frame.documents.items()),
        )
    }
    return {"edition": year, "municipality": place, **counts}


def _plain(code: str) -> str:
    return code.replace("-", "_")


def _takes(contents: Contents, parameter: str) -> int:
    return sum(bool(one.school) and one.takes == parameter for one in contents.chapters)


def _link_exhibits(drafts: list[compose.Draft], language: str) -> dict[str, str]:
    """Count figures and tables through the book, and make the links to them."""
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
    named = {name for text in prose for name in cited(text)}
    return {name for name in named if name.startswith(("fig.", "tab."))}
