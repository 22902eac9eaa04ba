"""Compose a page of Markdown from an executed notebook or a static page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tilstand.errors import BuildError
from tilstand.pipeline.basis.contents import ROOT_SLUG
from tilstand.pipeline.compose.fill import Names, choose, fill
from tilstand.pipeline.compose.gaps import callout, is_silent, refs_of, say_gaps, say_older
from tilstand.pipeline.compose.glossary import link_terms
from tilstand.pipeline.compose.own_words import Own, with_own_words
from tilstand.report.page.exhibits import BLOCK, EXHIBIT, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tilstand.pipeline.compose.glossary import Term

# `contested` looks like a break: in both the reader cannot follow a number straight on.
CALLOUTS = ("uncertainty", "break", "contested", "missing", "simulated")
INJECTED = "injected-parameters"
TICKS = re.compile(r"`+")
FINDING = ":::{div} finding"
# Prose tagged so stands only where what the tag names holds, or only where it does not.
WHEN, UNLESS = "when-", "unless-"
LEAD = ":::{div} simulated-lead"


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
    silent : bool
        Whether the composed page has nothing but its heading to show.
    """

    slug: str
    cells: list[tuple] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    exhibits: list[dict[str, Any]] = field(default_factory=list)
    silent: bool = False


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
    # Papermill has held the file to nbformat's rules; to do so again takes most of the time.
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    # Numbered as in the template, which lacks the cell that papermill puts in.
    written = [cell for cell in cells if INJECTED not in cell["metadata"].get("tags", [])]
    for number, cell in enumerate(written, start=1):
        tags, source = set(cell["metadata"].get("tags", [])), _joined(cell["source"])
        if cell["cell_type"] == "markdown" and not tags & other:
            draft.cells.append((number, source, tags))
        elif cell["cell_type"] == "code":
            for output in cell["outputs"]:
                made = {"notebook": name, "cell": number, "code": source}
                _keep(output, draft, f"{name}: cell {number}", made)
    return draft


def _joined(text: str | list[str]) -> str:
    """Join a text that a notebook stores line by line."""
    return "".join(text)


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
        first = (_joined(shown or "").strip().splitlines() or [""])[0][:60]
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
    lead: str = "",
    own: Own | None = None,
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
    lead : str, optional
        What every page of the book says under its title, such as that it is simulated.
    own : Own, optional
        The municipality's own words, and what the chapter could show and the edition lacks.

    Returns
    -------
    str
        MyST Markdown. Where nothing is left under a heading, the page says so.

    Raises
    ------
    BuildError
        When prose names what no cell says, or hangs on a word without a tag that says so.
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
        chosen = choose(prose, names, where)
        text = fill(chosen, names, where)
        if not _stands(tags, names, where):
            text = None
        elif word := names.hangs_on_a_word(chosen):
            raise BuildError(f"{where}: hangs on the word '{word}'; tag the cell {WHEN}{word}")
        dropped = text is None
        if text is not None:
            chunks.append(_wrap(link_terms(text, terms, linked), tags, language))
    own = own or Own()
    chunks = with_own_words(chunks, own, names)
    draft.silent = is_silent(chunks)
    if (
        draft.numbers
        and not draft.silent
        and not any(chunk.startswith(FINDING) for chunk in chunks)
    ):
        older = say_older(refs_of(draft.numbers, draft.exhibits), language, edition)
        chunks[1:1] = [older] if older else []
    said = say_gaps(
        chunks, language, edition, is_start=draft.slug == ROOT_SLUG, lacking=own.lacking
    )
    text = "\n\n".join(said) + "\n"
    return _led(text, lead) if lead else text


def _stands(tags: set[str], names: Names, where: str) -> bool:
    """Tell whether what a cell's tags ask for holds."""
    wanted = [tag.removeprefix(WHEN) for tag in tags if tag.startswith(WHEN)]
    unwanted = [tag.removeprefix(UNLESS) for tag in tags if tag.startswith(UNLESS)]
    return all(names.has(name, where) for name in wanted) and not any(
        names.has(name, where) for name in unwanted
    )


def _led(text: str, lead: str) -> str:
    """Put a lead right under a page's title."""
    lines = text.split("\n")
    at = next((n for n, line in enumerate(lines) if line.startswith("# ")), -1)
    return "\n".join([*lines[: at + 1], "", under_title(lead), *lines[at + 1 :]])


def under_title(lead: str) -> str:
    """Write what every page of a book says under its title."""
    return f"{LEAD}\n{lead}\n:::"


def _wrap(text: str, tags: set[str], language: str) -> str:
    for kind in CALLOUTS:
        if f"callout-{kind}" in tags:
            return callout(kind, text, language)
    if "finding" in tags:
        return f"{FINDING}\n{text}\n:::"
    return text


def _output(bundle: dict[str, Any], names: Names) -> str:
    if BLOCK in bundle:
        return raw(bundle[BLOCK])
    return raw(names.html[f"exhibit:{bundle[EXHIBIT]['name']}"])


def raw(html: str) -> str:
    """Set finished HTML into Markdown, within a fence that nothing in it can end."""
    fence = "`" * (1 + max(2, *map(len, TICKS.findall(html)), 0))
    return f"{fence}{{raw}} html\n{html}\n{fence}"
