"""Say what a page is about, and which chapters stand before and after it."""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# What a page says first: its finding where it has one.
FINDING = re.compile(r'<div class="finding[^>]*>\s*<p>(.*?)</p>', re.DOTALL)
FIRST = re.compile(r"<p>(.*?)</p>", re.DOTALL)
PICTURE = re.compile(r'href="(figures/[^"]+\.png)"')
LONGEST = 200  # letters, about what search engines show


def description(body: str) -> str:
    """Take from a page what it says first, for whoever lists it or passes it on.

    Parameters
    ----------
    body : str
        The page's HTML.

    Returns
    -------
    str
        At most `LONGEST` letters, cut between words; empty where the page says nothing.

    Examples
    --------
    >>> from tilstand.pipeline.sphinx.around import description
    >>> description('<div class="finding docutils"><p>Fewer <b>pupils</b>.</p></div>')
    'Fewer pupils.'
    """
    found = FINDING.search(body) or FIRST.search(body)
    text = " ".join(unescape(re.sub("<[^>]+>", "", found[1])).split()) if found else ""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 1].rsplit(' ', 1)[0].rstrip(',;:')}\N{HORIZONTAL ELLIPSIS}"


def neighbours(name: str, order: list[str], above: dict[str, str]) -> tuple[str, str]:
    """Name the chapters before and after a page.

    Parameters
    ----------
    name : str
        The page.
    order : list of str
        Chapters in reading order, without the pages of schools.
    above : dict of str
        The chapter that the page of a school belongs to.

    Returns
    -------
    tuple of str
        Before and after, empty where there is none. From a school the way leads back to its
        chapter: nobody reads all schools one after the other.
    """
    if name in above:
        return above[name], ""
    if name not in order:
        return "", ""
    at = order.index(name)
    return order[at - 1] if at else "", (order[at + 1 : at + 2] or [""])[0]


def setup(app: Sphinx) -> dict[str, Any]:
    """Hand the templates ``around``: description, picture, neighbours, part and chapter above."""

    def offer(
        _app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object
    ) -> None:
        body, frame = str(context.get("body", "")), context["tilstand"]
        parts = frame["parts"]
        order = [context["root_doc"], *chain.from_iterable(part["chapters"] for part in parts)]
        before, after = neighbours(page, order, frame["above"])
        chapter = frame["above"].get(page, "")
        picture = PICTURE.search(body)
        context["around"] = {
            "description": escape(description(body)),
            "picture": picture[1] if picture else "",
            "before": before,
            "after": after,
            "chapter": chapter,
            "part": next((p["caption"] for p in parts if (chapter or page) in p["chapters"]), ""),
        }

    app.connect("html-page-context", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
