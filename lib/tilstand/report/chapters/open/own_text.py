"""Read the municipality's own words on a chapter, and the numbers that they name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tilstand.edition.own_words import PLACES, places_of, text_path
from tilstand.errors import DataError
from tilstand.report.chapters.open.told import Told, declared_of
from tilstand.report.page import compare
from tilstand.report.page.entries import entries
from tilstand.report.page.page import open_page
from tilstand.safe_text import one_line
from tilstand.sources.declared import read_declared

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.report.page.page import Page

HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
NAMED = re.compile(r"\{\{\s*(tall\.[\w.\-]+)\s*[|}]")
# What own words do not have: paragraphs, lists, emphasis, tables and links are text enough.
NOT_TEXT = (
    (
        re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(?:`{3,}|~{3,}|:{3,}).*"),
        "text: directives and blocks of code are not read",
    ),
    (re.compile(r"\{[^{}`\s]*\}`[^`]*`?"), "text: roles are not read"),
    (re.compile(r"<[A-Za-z/!?][^<>]*>?"), "text: HTML is not read; write &lt; for the sign <"),
    (re.compile(r"!\[.*"), "text: pictures are not read"),
    (
        re.compile(r".*[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029].*"),
        "text: no control characters",
    ),
    (re.compile(r"^\s*(?:%|\+\+\+|\([^)]*\)=).*"), "text: a line does not begin like this"),
)
LINK = re.compile(r"\]\(\s*<?([^)\s>]*)|^\s*\[[^\]]*\]:\s*<?(\S*)", re.MULTILINE)
LEADS = re.compile(
    r"https?://[^&\\]*(?:&(?!#|\w+;)[^&\\]*)*|mailto:[^&\\]*|(?!/)[\w./-]*(?:#[\w-]*)?"
)
SHOWN = 40
PREFIX = "tall"
PARTS = ("before", "first", "nation", "county", "year", "change", "beside")


def read_text(project: Project, edition: str, chapter: str, language: str) -> dict[str, str]:
    """Read a chapter's own words by place.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.
    chapter : str
        The chapter's file name.
    language : {"nb", "en"}
        Language of the text.

    Returns
    -------
    dict
        Markdown by place, in the order of the page; nothing for a place with no word under it.

    Raises
    ------
    DataError
        When a heading names no place, or words stand above the first one; a line each.
    """
    path = text_path(project, edition, chapter, language)
    if not path.is_file():
        return {}
    name = project.relative(path)
    try:
        content = COMMENT.sub(_lines, path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise DataError(f"{name}: expected text in UTF-8") from None
    faults = _not_text(content, name)
    known = {PLACES[place][of].casefold(): place for place in PLACES for of in ("nb", "en")}
    pieces = HEADING.split(content)
    if pieces[0].strip():
        faults.append(
            f"{name}:1: '{pieces[0].strip()[:30]}', expected a heading such as # Vurdering"
        )
    found: dict[str, str] = {}
    for heading, words in zip(pieces[1::2], pieces[2::2], strict=True):
        place = known.get(heading.casefold(), "")
        if place not in places_of(chapter):
            names = ", ".join(f"# {PLACES[one][language]}" for one in places_of(chapter))
            faults.append(f"{name}: '# {heading}', expected {names}")
        elif words.strip():
            found[place] = words.strip()
    if faults:
        raise DataError(faults)
    return {place: found[place] for place in PLACES if place in found}


def _lines(comment: re.Match[str]) -> str:
    """Leave the line breaks of a comment, so that later lines keep their numbers."""
    return "\n" * comment.group().count("\n")


def _not_text(content: str, name: str) -> list[str]:
    """Find what would be more than text on a page; a line a fault."""
    faults = []
    for number, line in enumerate(content.split("\n"), start=1):
        for pattern, expected in NOT_TEXT:
            found = pattern.search(line)
            if found:
                faults.append((number, found.group(), expected))
        for link in LINK.finditer(line):
            to = link[1] or link[2] or ""
            if not LEADS.fullmatch(to):
                faults.append(
                    (number, to, "a link that begins with https://, or a page of the book")
                )
    return [
        f"{name}:{number}: '{one_line(said.strip(), SHOWN)}', expected {expected}"
        for number, said, expected in faults
    ]


def numbers_in(
    project: Project, edition: str, language: str, texts: dict[str, str], name: str
) -> dict[str, dict[str, Any]]:
    """Work out the numbers that a text names.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.
    language : {"nb", "en"}
        Language of the numbers.
    texts : dict
        As `read_text` returns them.
    name : str
        The file, for messages.

    Returns
    -------
    dict
        Entries of prose by name, such as ``tall.bullied_share.10.nation``.

    Raises
    ------
    DataError
        When a name means no number of the edition, with the nearest that does.
    """
    wanted = sorted({found for text in texts.values() for found in NAMED.findall(text)})
    if not wanted:
        return {}
    page = open_page(edition, language, project)
    found, faults = {}, []
    for one in wanted:
        entry = _entry(page, one)
        if entry is None:
            near = get_close_matches(one, names_of(page), n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            expected = f"a number of the edition; {hint}tilstand wants lists them"
            faults.append(f"{name}: '{{{{ {one} }}}}', expected {expected}")
        else:
            found[one] = entry
    if faults:
        raise DataError(faults)
    return found


def names_of(page: Page) -> list[str]:
    """List the names of the municipality's latest values that own words can use."""
    from tilstand.report.chapters.open.lines import every_series

    names = []
    for declared in read_declared(page.project.register):
        for told in every_series(page, declared):
            parts = [part for part in told.where.values() if part]
            names.append(".".join([PREFIX, declared.indicator, *parts]))
    return names


def _entry(page: Page, name: str) -> dict[str, Any] | None:
    _, indicator, *rest = name.split(".")
    known = {one.indicator for one in read_declared(page.project.register)}
    if indicator not in known:
        return None
    asked = [part for part in rest if part in PARTS]
    where = _where(page, indicator, [part for part in rest if part not in PARTS])
    if where is None or len(asked) > 1:
        return None
    told = Told(page, declared_of(page, indicator), where)
    entry = entries({"x": _asked(told, asked[0] if asked else "")}, page.language)
    made = entry.get("x") or entry.get("x.size")
    return made if made and made["text"] is not None else None


def _where(page: Page, indicator: str, parts: list[str]) -> dict[str, str] | None:
    """Find the dimension that each part of a name is a value of."""
    found = page.figures[page.figures["indicator"] == indicator]
    where: dict[str, str] = {}
    for part in parts:
        dimension = next(
            (at for at in ("grade", "gender", "subject", "category") if (found[at] == part).any()),
            "",
        )
        if not dimension:
            return None
        where[dimension] = part
    return where


def _asked(told: Told, part: str) -> Any:
    values = {
        "": told.now,
        "year": told.now.year_value(),
        "before": told.before,
        "first": told.first,
        "nation": told.other("norge"),
        "county": told.other(told.county),
    }
    if part in values:
        return values[part]
    found = told.change if part == "change" else told.beside()
    return found if isinstance(found, compare.Comparison) else None
