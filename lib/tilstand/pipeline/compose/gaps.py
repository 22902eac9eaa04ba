"""Say on a page what the edition has nothing on, once and in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tilstand.report import wording
from tilstand.report.numbers import Value
from tilstand.report.page.blocks import data_element

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = re.compile(r"<[^>]*>")
HEADING = re.compile(r"^(#+)\s+(.*)$")
#: With more empty sections than this a page lists them at its end instead of showing each.
MOST_EMPTY = 2
SECTION = 2  # the level of a section's heading; above it there is only the page's title
#: Sections that list what is missing: with nothing to list they need not stand.
ABOUT_GAPS = ("Dette mangler", "What is missing")
NOTHING = {
    "nb": "Kildene har ikke noe om dette for {year}.",
    "en": "The sources have nothing on this for {year}.",
}
NO_MORE = {
    "nb": "Kildene har ikke mer om dette for {year}.",
    "en": "The sources have no more on this for {year}.",
}
#: A page with fewer words says that there is room for more.
FEW = 60
NOTHING_ON = {
    "nb": "Kildene har ikke noe om dette for {year}:",
    "en": "The sources have nothing on these for {year}:",
}
TOO_LITTLE = {
    "nb": "Kildene til {year}-utgaven har for lite til å fylle denne siden.",
    "en": "The sources of the {year} edition have too little to fill this page.",
}
PLACE_FOR_WORDS = {
    "nb": "Her er det plass til kommunens egne ord: hva den har funnet, hvordan den vurderer det, "
    "og hva den vil gjøre.",
    "en": "There is room for the municipality’s own words here: what it has found, how it assesses "
    "that, and what it will do.",
}
COULD_SHOW = {
    "nb": "Siden viser dette når en kilde har det:",
    "en": "The page shows these when a source has them:",
}
OLDER = {
    "nb": "Kildene til {year}-utgaven har ikke nyere tall om dette enn fra {newest}.",
    "en": "The sources of the {year} edition have no newer figures on this than from {newest}.",
}


def callout(kind: str, text: str, language: str) -> str:
    """Write one of the book's four kinds of callouts."""
    title = wording.sentence(wording.word(kind, language))
    return f":::{{admonition}} {title}\n:class: {kind}\n{text}\n:::"


def is_silent(chunks: list[str]) -> bool:
    """Tell whether a page has nothing but headings."""
    return bool(chunks) and all(_is_heading(chunk) for chunk in chunks)


def say_gaps(
    chunks: list[str],
    language: str,
    edition: int,
    *,
    is_start: bool = False,
    lacking: list[str] | None = None,
) -> list[str]:
    """Put a line where nothing is left under a heading.

    Parameters
    ----------
    chunks : list of str
        Prose and outputs of a page in Markdown; prose begins with its heading where it has one.
    language : {"nb", "en"}
        The page's language.
    edition : int
        The edition's year.
    is_start : bool
        Whether it is the start page, whose sections are no themes that sources could lack.
    lacking : list of str, optional
        Measures that the chapter can show and the edition has not. Where given, they are what is
        missing, and headings with nothing under them just go.

    Returns
    -------
    list of str
        One line for a page of nothing but headings. Else a line under each empty heading; where
        they are more than `MOST_EMPTY`, the headings are taken out and listed at the end.
    """
    year = _year(edition)
    if lacking is not None and not is_start:
        return _say_lacking(chunks, language, year, lacking)
    if is_silent(chunks):
        return [*chunks[:1], callout("missing", NOTHING[language].format(year=year), language)]
    empty = _empty(chunks)
    about = {place for place in empty if _title(chunks[place]) in ABOUT_GAPS}
    outer = [place for place in empty if place not in about and not _within(chunks, place, empty)]
    if len(outer) > MOST_EMPTY:
        kept = [chunk for place, chunk in enumerate(chunks) if place not in set(empty)]
        if is_start:
            return [*kept, callout("missing", TOO_LITTLE[language].format(year=year), language)]
        listed = "\n".join(f"- {_title(chunks[place])}" for place in outer)
        text = f"{NOTHING_ON[language].format(year=year)}\n\n{listed}"
        return [*kept, callout("missing", text, language)]
    said = []
    for place, chunk in enumerate(chunks):
        if place in about:
            continue
        said.append(chunk)
        deeper = place + 1 in empty and _level(chunks[place + 1]) > _level(chunk)
        if place in empty and not deeper:
            said.append(callout("missing", NOTHING[language].format(year=year), language))
    return said


def _say_lacking(chunks: list[str], language: str, year: str, lacking: list[str]) -> list[str]:
    empty = set(_empty(chunks))
    kept = [chunk for place, chunk in enumerate(chunks) if place not in empty]
    if is_silent(kept):
        text = f"{NOTHING[language].format(year=year)} {PLACE_FOR_WORDS[language]}"
        listed = f"\n\n{COULD_SHOW[language]}\n\n{_list(lacking)}" if lacking else ""
        return [*kept[:1], callout("missing", text + listed, language)]
    if not lacking:
        few = len(TAG.sub("", " ".join(kept)).split()) < FEW
        text = f"{NO_MORE[language].format(year=year)} {PLACE_FOR_WORDS[language]}"
        return [*kept, callout("missing", text, language)] if few else kept
    text = f"{NOTHING_ON[language].format(year=year)}\n\n{_list(lacking)}"
    return [*kept, callout("missing", text, language)]


def _list(names: list[str]) -> str:
    return "\n".join(f"- {name}" for name in names)


def say_older(refs: Iterable[str], language: str, edition: int) -> str:
    """Say that a page's newest figures are old ones.

    Parameters
    ----------
    refs : iterable of str
        Rows of the figures that the page shows: indicator, year and so on.
    language : {"nb", "en"}
        The page's language.
    edition : int
        The edition's year.

    Returns
    -------
    str
        A callout; empty where there are figures of the edition's year or the one before, and
        where the page shows none at all.
    """
    by_year = {int(part): ref for ref in refs for part in ref.split("|")[1:2] if part.isdigit()}
    newest = max(by_year, default=edition)
    if newest >= edition - 1:
        return ""
    value = Value(newest, year=newest, refs=(by_year[newest],), recipe="year")
    shown = data_element(value, language)
    return callout("missing", OLDER[language].format(year=_year(edition), newest=shown), language)


def _year(year: int) -> str:
    return f'<data value="{year}" data-recipe="edition" data-refs="">{year}</data>'


def _empty(chunks: list[str]) -> list[int]:
    """Find headings with nothing under them but others that have nothing either."""
    empty: list[int] = []
    for place in range(len(chunks) - 1, -1, -1):
        level = _level(chunks[place])
        if level < SECTION or not _title(chunks[place]):
            continue
        after = place + 1
        while after in empty and _level(chunks[after]) > level:
            after += 1
        following = _level(chunks[after]) if after < len(chunks) else 1
        if following and following <= level:
            empty.append(place)
    return sorted(empty)


def _within(chunks: list[str], place: int, empty: list[int]) -> bool:
    """Tell whether an empty heading stands below another one."""
    before = place - 1
    while before in empty:
        if _level(chunks[before]) < _level(chunks[place]):
            return True
        before -= 1
    return False


def _level(chunk: str) -> int:
    """Return the level of the heading that a chunk begins with; 0 where it begins with none."""
    found = HEADING.match(chunk.lstrip().partition("\n")[0])
    return len(found[1]) if found else 0


def _title(chunk: str) -> str:
    found = HEADING.match(chunk.strip())
    return found[2].strip() if found else ""


def _is_heading(chunk: str) -> bool:
    lines = [line for line in chunk.splitlines() if line.strip()]
    return bool(lines) and all(HEADING.match(line) for line in lines)


def refs_of(numbers: dict[str, dict[str, Any]], exhibits: list[dict[str, Any]]) -> list[str]:
    """List the rows behind all that a page says and shows."""
    said = [number for number in numbers.values() if number.get("text") is not None]
    return [ref for one in [*said, *exhibits] for ref in one.get("refs") or []]
