"""Tie the editions on the site together: switch, banner, archive and what search engines read.

An edition is built once and stays, but what stands beside it changes. Every page therefore has
marked places in its frame, and after each build they are filled anew on all pages. Links are
relative, nothing needs JavaScript, and a page that another edition lacks leads to its start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from tilstand.edition import Listed, listed_editions
from tilstand.pipeline.basis.places import PLACE, place
from tilstand.pipeline.outputs.publish import called, published
from tilstand.pipeline.sphinx.compile import words_of

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
    edition : str
        Name of the edition.
    language : str
        Language of the page.
    page : str
        Path inside the edition and language, such as ``elevtall.html``.
    """

    edition: str
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
        Languages by the edition's name, newest first and those of invented municipalities last.
    listed : dict
        What is known of each edition, by name.
    names : dict
        What the municipality of each is called, by name.
    address : str
        Where the site is published, ending in a slash; empty if that is not known.
    """

    site: Path
    editions: dict[str, list[str]]
    listed: dict[str, Listed]
    names: dict[str, str] = field(default_factory=dict)
    address: str = ""

    @cached_property
    def called(self) -> dict[str, str]:
        """What each edition is called where all are listed."""
        return called(self.listed.values(), self.names)

    def kin(self, edition: str) -> list[str]:
        """List the editions that a reader of one may go on to: those of its municipality."""
        simulated, own = self.listed[edition].simulated, self.names.get(edition)
        like = [name for name in self.editions if self.listed[name].simulated == simulated]
        # Whose an edition is that has no file any more, nobody knows.
        return [name for name in like if not own or self.names.get(name, own) == own]

    def said(self, edition: str) -> str:
        """Call an edition by its year; by its name where its municipality has two of that year."""
        year = self.listed[edition].year
        same = [name for name in self.kin(edition) if self.listed[name].year == year]
        return str(year) if len(same) == 1 else edition

    def newest(self, edition: str) -> str:
        """Name the newest edition among those that a reader of one may go on to."""
        return self.kin(edition)[0]

    @property
    def example(self) -> str:
        """Name the newest book about an invented municipality; empty where there is none."""
        return next((name for name in self.editions if self.listed[name].simulated), "")

    def has(self, spot: Spot) -> bool:
        """Tell whether a page exists."""
        return (self.site / spot.edition / spot.language / spot.page).is_file()

    def other(self, spot: Spot, edition: str) -> Spot:
        """Find the same page in another edition, or that edition's start."""
        languages = self.editions[edition]
        language = spot.language if spot.language in languages else languages[0]
        same = Spot(edition, language, spot.page)
        return same if self.has(same) else Spot(edition, language, START)


def link_editions(project: Project, address: str = "", names: dict[str, str] | None = None) -> int:
    """Fill the marked places of every page on the site.

    Parameters
    ----------
    project : Project
        The checkout.
    address : str, optional
        Where the site is published; canonical and alternate addresses are then absolute.
    names : dict, optional
        What the municipality of each edition is called, by the edition's name.

    Returns
    -------
    int
        How many pages were changed; none when nothing beside them did.
    """
    editions = published(project)
    known = {one.name: one for one in listed_editions(project)}
    listed = {
        name: known.get(name) or Listed(simulated=False, year=int(name), name=name)
        for name in editions
    }
    shelf = Shelf(project.site, editions, listed, names or {}, address)
    changed = 0
    for edition, languages in shelf.editions.items():
        for language in languages:
            words = words_of(project, language)
            folder = project.site / edition / language
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
    """Lead to the same page in every edition that a reader may go on to."""
    items = []
    for edition in shelf.kin(spot.edition):
        said = escape(shelf.said(edition))
        if edition == spot.edition:
            items.append(f'<span aria-current="true">{said}</span>')
            continue
        target = shelf.other(spot, edition)
        absent = target.page != spot.page
        title = words["edition_absent"].format(year=said) if absent else ""
        more = f'<span class="visually-hidden">{title.removeprefix(said)}</span>' if title else ""
        items.append(
            f'<a href="{_href(target, spot)}" hreflang="{target.language}">{said}{more}</a>'
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
    newest = shelf.newest(spot.edition)
    own, last = shelf.listed[spot.edition].year, shelf.listed[newest].year
    if own == last:
        return ""
    target = shelf.other(spot, newest)
    link = words["go_to_newest" if target.page == spot.page else "go_to_newest_start"]
    return (
        f'<aside class="old-edition" aria-label="{escape(words["editions"])}"><p>'
        f"{escape(words['older_edition'].format(edition=own))} "
        f'<a href="{_href(target, spot)}">{escape(link.format(newest=last))}</a>.</p>'
        "</aside>"
    )


def archive(spot: Spot, shelf: Shelf, words: dict[str, Any]) -> str:
    """List every edition with the languages it has, and say which one is invented."""
    items = []
    for edition in shelf.editions:
        simulated = shelf.listed[edition].simulated
        called = escape(shelf.called[edition])
        links = " ".join(
            f'<a href="{_href(Spot(edition, language, START), spot)}" hreflang="{language}" '
            f'lang="{language}">{escape(LANGUAGE_NAMES[language])}'
            f'<span class="visually-hidden"> {called}</span></a>'
            for language in shelf.editions[edition]
        )
        word = "simulated_mark" if simulated else "newest"
        marked = simulated or edition == shelf.newest(edition)
        mark = f' <span class="newest">({escape(words[word])})</span>' if marked else ""
        items.append(f'<li><span class="year">{called}</span>{mark} {links}</li>')
    return f'<ul class="edition-links">{"".join(items)}</ul>'


def example(spot: Spot, shelf: Shelf, words: dict[str, Any]) -> str:
    """Lead from the method to the book that shows it on invented schools; nothing without one."""
    book = shelf.example
    if not book or shelf.listed[spot.edition].simulated:
        return ""
    languages = shelf.editions[book]
    language = spot.language if spot.language in languages else languages[0]
    target = Spot(book, language, START)
    called = escape(words["example_book"].format(municipality=shelf.names.get(book) or book))
    link = f'<a href="{_href(target, spot)}" hreflang="{language}">{called}</a>'
    return f"<p>{words['example_link'].format(link=link)}</p>"


LANGUAGE_NAMES = {"nb": "Norsk", "en": "English"}
PARTS = {"head": head, "switch": switch, "banner": banner, "archive": archive, "example": example}
