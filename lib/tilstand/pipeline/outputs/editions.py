"""Tie the editions on the site together: switch, banner, archive and what search engines read.

An edition is built once and stays, but what stands beside it changes. Every page therefore has
marked places in its frame, and after each build they are filled anew on all pages. Links are
relative, nothing needs JavaScript, and a page that another edition lacks leads to its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from tilstand.pipeline.sphinx.compile import words_of
from tilstand.pipeline.steps.places import PLACE, place
from tilstand.pipeline.steps.publish import published

if TYPE_CHECKING:
    import re
    from pathlib import Path

    from tilstand.project import Project

START = "index.html"


@dataclass(frozen=True)
class Spot:
    """Say where a page stands on the site.

    Parameters
    ----------
    edition : int
        Data year.
    language : str
        Language of the page.
    page : str
        Path inside the edition and language, such as ``elevtall.html``.
    """

    edition: int
    language: str
    page: str

    @property
    def up(self) -> str:
        """The way from the page to the site's top folder."""
        return "../" * (2 + self.page.count("/"))


@dataclass(frozen=True)
class Shelf:
    """Know which pages every edition has.

    Parameters
    ----------
    site : Path
        Folder of the site.
    editions : dict
        Languages by year, newest first.
    address : str
        Where the site is published, ending in a slash; empty if that is not known.
    """

    site: Path
    editions: dict[int, list[str]]
    address: str = ""

    @property
    def newest(self) -> int:
        """Data year of the newest edition."""
        return max(self.editions)

    def has(self, spot: Spot) -> bool:
        """Tell whether a page exists."""
        return (self.site / str(spot.edition) / spot.language / spot.page).is_file()

    def other(self, spot: Spot, edition: int) -> Spot:
        """Find the same page in another edition, or that edition's start."""
        languages = self.editions[edition]
        language = spot.language if spot.language in languages else languages[0]
        same = Spot(edition, language, spot.page)
        return same if self.has(same) else Spot(edition, language, START)


def link_editions(project: Project, address: str = "") -> int:
    """Fill the marked places of every page on the site.

    Parameters
    ----------
    project : Project
        The checkout.
    address : str, optional
        Where the site is published; canonical and alternate addresses are then absolute.

    Returns
    -------
    int
        How many pages were changed; none when nothing beside them did.
    """
    shelf = Shelf(project.site, published(project), address)
    changed = 0
    for edition, languages in shelf.editions.items():
        for language in languages:
            words = words_of(project, language)
            folder = project.site / str(edition) / language
            for path in sorted(folder.rglob("*.html")):
                spot = Spot(edition, language, path.relative_to(folder).as_posix())
                changed += _fill(path, spot, shelf, words)
    return changed


def _fill(path: Path, spot: Spot, shelf: Shelf, words: dict[str, Any]) -> bool:
    text = path.read_text(encoding="utf-8")

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return place(name, PARTS[name](spot, shelf, words))

    filled = PLACE.sub(put, text)
    if filled == text:
        return False
    draft = path.with_suffix(".draft")
    draft.write_text(filled, encoding="utf-8")
    draft.replace(path)
    return True


def _href(target: Spot, spot: Spot) -> str:
    return f"{spot.up}{target.edition}/{target.language}/{target.page}"


def head(spot: Spot, shelf: Shelf, _words: dict[str, Any]) -> str:
    """Name the page's own address and the same page in the other languages."""
    base = shelf.address or spot.up
    lines = []
    if shelf.address:
        own = f"{base}{spot.edition}/{spot.language}/{spot.page}"
        lines.append(f'<link rel="canonical" href="{escape(own)}">')
    for language in shelf.editions[spot.edition]:
        if shelf.has(Spot(spot.edition, language, spot.page)):
            href = escape(f"{base}{spot.edition}/{language}/{spot.page}")
            lines.append(f'<link rel="alternate" hreflang="{language}" href="{href}">')
    return "\n    ".join(lines)


def switch(spot: Spot, shelf: Shelf, words: dict[str, Any]) -> str:
    """Lead to the same page in every edition."""
    items = []
    for edition in sorted(shelf.editions, reverse=True):
        if edition == spot.edition:
            items.append(f'<span aria-current="true">{edition}</span>')
            continue
        target = shelf.other(spot, edition)
        absent = target.page != spot.page
        title = escape(words["edition_absent"].format(year=edition)) if absent else ""
        said = f'<span class="visually-hidden">{title[len(str(edition)) :]}</span>' if title else ""
        items.append(
            f'<a href="{_href(target, spot)}" hreflang="{target.language}">{edition}{said}</a>'
        )
    if len(items) == 1:
        return ""
    label = escape(words["editions"])
    return (
        f'<nav class="edition-switch" aria-label="{label}">'
        f'<span class="tool-label" aria-hidden="true">{label}</span>{"".join(items)}</nav>'
    )


def banner(spot: Spot, shelf: Shelf, words: dict[str, Any]) -> str:
    """Say on an old edition that it is old, and lead to the newest."""
    if spot.edition == shelf.newest:
        return ""
    target = shelf.other(spot, shelf.newest)
    link = words["go_to_newest" if target.page == spot.page else "go_to_newest_start"]
    return (
        f'<aside class="old-edition" aria-label="{escape(words["editions"])}"><p>'
        f"{escape(words['older_edition'].format(edition=spot.edition))} "
        f'<a href="{_href(target, spot)}">{escape(link.format(newest=shelf.newest))}</a>.</p>'
        "</aside>"
    )


def archive(spot: Spot, shelf: Shelf, words: dict[str, Any]) -> str:
    """List every edition with the languages it has."""
    items = []
    for edition in sorted(shelf.editions, reverse=True):
        links = " ".join(
            f'<a href="{_href(Spot(edition, language, START), spot)}" hreflang="{language}" '
            f'lang="{language}">{escape(LANGUAGE_NAMES[language])}'
            f'<span class="visually-hidden"> {edition}</span></a>'
            for language in shelf.editions[edition]
        )
        newest = edition == shelf.newest
        mark = f' <span class="newest">({escape(words["newest"])})</span>' if newest else ""
        items.append(f'<li><span class="year">{edition}</span>{mark} {links}</li>')
    return f'<ul class="edition-links">{"".join(items)}</ul>'


LANGUAGE_NAMES = {"nb": "Norsk", "en": "English"}
PARTS = {"head": head, "switch": switch, "banner": banner, "archive": archive}
