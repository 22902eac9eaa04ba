"""Compose a page of Markdown from an executed notebook or a static page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat

from tilstand.build.fill import Names, choose, fill
from tilstand.build.glossary import link_terms
from tilstand.errors import BuildError
from tilstand.report import wording
from tilstand.report.exhibits import BLOCK, EXHIBIT, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tilstand.build.glossary import Term

# `contested` looks like a break: in both the reader cannot follow a number straight on.
CALLOUTS = ("uncertainty", "break", "contested", "missing", "simulated")
INJECTED = "injected-parameters"
HEADING = re.compile(r"^(#+)\s")
# Prose tagged so stands only in an edition that has what the tag names.
WHEN = "when-"


@dataclass
class Draft:
    """Hold what an executed chapter offers, before numbering and filling.

    Parameters
    ----------
    slug : str
        The page's file name.
    cells : list
        Prose as ``(number, text, tags)`` and outputs as ``(number, bundle)``, in order.
    numbers : dict
        Everything said by the cells.
    exhibits : list of dict
        Figures and tables, in order.
    """

    slug: str
    cells: list[tuple] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    exhibits: list[dict[str, Any]] = field(default_factory=list)


def read_notebook(path: Path, slug: str, name: str, language: str) -> Draft:
    """Read an executed notebook and keep what belongs on the page.

    Parameters
    ----------
    path : Path
        The executed notebook.
    slug : str
        The page's file name.
    name : str
        How messages name the chapter.
    language : {"nb", "en"}
        Prose of other languages is left out.

    Returns
    -------
    Draft
        Prose, outputs and numbers.

    Raises
    ------
    BuildError
        When a cell prints something that is no figure, table, block or number.
    """
    draft = Draft(slug)
    other = {f"lang-{code}" for code in ("nb", "en")} - {f"lang-{language}"}
    notebook = nbformat.read(path, as_version=4)
    # Numbered as in the template, which lacks the cell that papermill puts in.
    written = [c for c in notebook.cells if INJECTED not in c.metadata.get("tags", [])]
    for number, cell in enumerate(written, start=1):
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown" and not tags & other:
            draft.cells.append((number, cell.source, tags))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                made = {"notebook": name, "cell": number, "code": cell.source}
                _keep(output, draft, f"{name}: cell {number}", made)
    return draft


def _keep(output: Any, draft: Draft, where: str, made: dict[str, Any]) -> None:
    data = output.get("data", {})
    if NUMBERS in data:
        twice = sorted(set(data[NUMBERS]) & set(draft.numbers))
        if twice:
            raise BuildError(f"{where}: '{twice[0]}' is said twice in the chapter")
        draft.numbers |= data[NUMBERS]
    elif EXHIBIT in data:
        exhibit = data[EXHIBIT] | {"made": made}
        if exhibit["name"] in {known["name"] for known in draft.exhibits}:
            raise BuildError(f"{where}: two figures or tables are named '{exhibit['name']}'")
        draft.exhibits.append(exhibit)
        draft.cells.append((made["cell"], {EXHIBIT: exhibit}))
    elif BLOCK in data:
        draft.cells.append((made["cell"], {BLOCK: data[BLOCK]["html"]}))
    else:
        shown = output.get("text") or data.get("text/plain") or output.get("output_type")
        first = (str(shown).strip().splitlines() or [""])[0][:60]
        raise BuildError(f"{where}: prints '{first}'; a chapter shows only what page.* shows")


def read_static(path: Path, slug: str) -> Draft:
    """Read a static page."""
    return Draft(slug, cells=[(1, path.read_text(encoding="utf-8"), set())])


def compose(
    draft: Draft,
    names: Names,
    name: str,
    language: str,
    edition: int,
    terms: Sequence[Term] = (),
) -> str:
    """Compose the page.

    Parameters
    ----------
    draft : Draft
        The chapter.
    names : Names
        What its placeholders stand for.
    name : str
        How messages name the chapter.
    language : {"nb", "en"}
        The page's language.
    edition : int
        The edition's year.
    terms : sequence of Term, optional
        Words of the glossary, linked at their first use on the page.

    Returns
    -------
    str
        MyST Markdown. Where nothing is left under a heading, the page says so.
    """
    chunks: list[str] = []
    linked: set[str] = set()
    dropped = False
    for cell in draft.cells:
        if len(cell) == 2:  # an output: (number, bundle)
            chunks.append(_output(cell[1], names))
            continue
        number, prose, tags = cell
        if "otherwise" in tags and not dropped:
            continue
        where = f"{name}: cell {number}"
        text = fill(choose(prose, names, where), names, where)
        if not all(names.has(tag.removeprefix(WHEN), where) for tag in tags if WHEN in tag):
            text = None
        dropped = text is None
        if text is not None:
            chunks.append(_wrap(link_terms(text, terms, linked), tags, language))
    return "\n\n".join(_say_gaps(chunks, language, edition)) + "\n"


def _wrap(text: str, tags: set[str], language: str) -> str:
    for kind in CALLOUTS:
        if f"callout-{kind}" in tags:
            return callout(kind, text, language)
    if "finding" in tags:
        return f":::{{div}} finding\n{text}\n:::"
    return text


def callout(kind: str, text: str, language: str) -> str:
    """Write one of the book's four kinds of callouts."""
    title = wording.sentence(wording.word(kind, language))
    return f":::{{admonition}} {title}\n:class: {kind}\n{text}\n:::"


def _output(bundle: dict[str, Any], names: Names) -> str:
    if BLOCK in bundle:
        return raw(bundle[BLOCK])
    return raw(names.html[f"exhibit:{bundle[EXHIBIT]['name']}"])


def raw(html: str) -> str:
    """Set finished HTML into Markdown."""
    return f"```{{raw}} html\n{html}\n```"


def _say_gaps(chunks: list[str], language: str, edition: int) -> list[str]:
    headings = [_heading_level(chunk) for chunk in chunks]
    if headings and all(level is not None for level in headings):
        # Nothing under any heading: one line says it for the whole page.
        return [*chunks[:1], callout("missing", _gap(language, edition), language)]
    said: list[str] = []
    for index, chunk in enumerate(chunks):
        said.append(chunk)
        level = headings[index]
        following = _first_level(chunks[index + 1]) if index + 1 < len(chunks) else 0
        if level is not None and level > 1 and following is not None and following <= level:
            said.append(callout("missing", _gap(language, edition), language))
    return said


def _first_level(chunk: str) -> int | None:
    """Give the level of the heading that a chunk begins with."""
    found = HEADING.match(chunk.lstrip().partition("\n")[0])
    return len(found[1]) if found else None


def _heading_level(chunk: str) -> int | None:
    """Give the level of a chunk that is nothing but a heading."""
    lines = [line for line in chunk.splitlines() if line.strip()]
    found = [HEADING.match(line) for line in lines]
    if not lines or not all(found):
        return None
    return len(found[-1].group(1)) if found[-1] else None


def _gap(language: str, edition: int) -> str:
    texts = {
        "nb": "Kildene til {}-utgaven har ikke noe om dette.",
        "en": "The sources of the {} edition have nothing on this.",
    }
    year = f'<data value="{edition}" data-recipe="edition" data-refs="">{edition}</data>'
    return texts[language].format(year)
