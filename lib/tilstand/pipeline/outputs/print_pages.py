"""Gather the compiled pages of an edition into one page that is made for paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# What belongs to a screen: ways to click, and what lies folded under a figure.
ON_SCREEN_ONLY = (
    ".headerlink, .exhibit-take, .exhibit-made, figure.exhibit-figure > details, svg.narrow, "
    ".screen-only, script, button, nav"
)
HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5"}


def gather(
    html: Path,
    parts: Sequence[tuple[str, Sequence[str]]],
    words: Mapping[str, Any],
    pages: Mapping[str, int],
    style: str,
) -> str:
    """Write a whole edition as one page.

    Parameters
    ----------
    html : Path
        Folder of the compiled pages.
    parts : sequence of (str, sequence of str)
        Captions and slugs of their pages in reading order; pages without a part have an empty
        caption.
    words : mapping
        ``lang``, ``title``, ``subtitle``, ``small`` (lines of the cover) and ``contents``.
    pages : mapping
        Number of the sheet on which each slug begins; empty before it is known.
    style : str
        The style sheet.

    Returns
    -------
    str
        An HTML page whose pictures are found from the folder of the pages.
    """
    known = {slug for _, slugs in parts for slug in slugs}
    articles = {slug: _article(html / f"{slug}.html", slug, known) for slug in sorted(known)}
    body = [_cover(words), _contents(parts, articles, words, pages)]
    for caption, slugs in parts:
        if caption:
            body.append(f'<h1 class="part">{escape(caption)}</h1>')
        body += [str(articles[slug]) for slug in slugs]
    return page(words["lang"], words["title"], style, "\n".join(body))


def page(language: str, title: str, style: str, body: str) -> str:
    """Write a page for paper around a body."""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body>{body}</body></html>\n"
    )


def article_of(path: Path) -> Tag:
    """Read a page's article without what belongs to a screen."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise ValueError(f"{path.name}: no article")
    for part in article.select(ON_SCREEN_ONLY):
        part.decompose()
    for fold in article.find_all("details"):
        fold["open"] = ""
    return article


def _article(path: Path, slug: str, known: set[str]) -> Tag:
    article = article_of(path)
    for part in article.find_all(id=True):
        part["id"] = f"{slug}--{part['id']}"
    for link in article.find_all("a", href=True):
        target = _target(str(link["href"]), slug, known)
        if target:
            link["href"] = target
        else:
            link.unwrap()
    for name in reversed(HEADINGS):
        for heading in article.find_all(name):
            heading.name = HEADINGS[name]
    article["id"] = slug
    return article


def _target(href: str, slug: str, known: set[str]) -> str:
    """Find a link's place in the gathered book; empty when it leads out of it on this machine."""
    if href.startswith(("http:", "https:", "mailto:")):
        return href
    path, _, place = href.partition("#")
    other = path.removesuffix(".html") or slug
    if other not in known:
        return ""
    return f"#{other}--{place}" if place else f"#{other}"


def _cover(words: Mapping[str, Any]) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in words["small"])
    return (
        f'<header class="cover"><p class="brand">{escape(words["subtitle"])}</p>'
        f'<p class="title">{escape(words["title"])}</p>{lines}</header>'
    )


def _contents(
    parts: Sequence[tuple[str, Sequence[str]]],
    articles: Mapping[str, Tag],
    words: Mapping[str, Any],
    pages: Mapping[str, int],
) -> str:
    lines = []
    for caption, slugs in parts:
        if caption:
            lines.append(f'<li class="caption">{escape(caption)}</li>')
        for slug in slugs:
            title = articles[slug].find("h2")
            name = title.get_text() if title else slug
            number = pages.get(slug, "")
            lines.append(
                f'<li><a href="#{slug}"><span>{escape(name)}</span><b>{number}</b></a></li>'
            )
    return (
        f'<nav class="contents"><h1>{escape(words["contents"])}</h1><ul>{"".join(lines)}</ul></nav>'
    )
