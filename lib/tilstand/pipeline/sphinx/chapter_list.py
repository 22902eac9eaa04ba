"""Put the list of chapters on a page without asking for the book's whole tree of contents.

Sphinx makes the tree anew for each page, every page of every school in it, only to cut it down to
what the list shows: the time of a book then grows with the square of its pages. The list itself
is known before Sphinx starts; all that it needs of Sphinx are the chapters' titles.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder


def setup(app: Sphinx) -> dict[str, Any]:
    """Return the templates ``chapter_title(name)``: the title of a chapter as HTML."""

    @cache
    def chapter_title(name: str) -> str:
        builder = cast("StandaloneHTMLBuilder", app.builder)
        return builder.render_partial(app.env.titles[name])["title"]

    def offer(
        _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object
    ) -> None:
        context["chapter_title"] = chapter_title

    app.connect("html-page-context", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
