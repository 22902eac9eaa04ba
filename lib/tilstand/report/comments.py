"""Give a school room for its own words: this year's, and last year's beside them."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from tilstand.report import exhibits

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.report.page import Page
    from tilstand.roster import School

FOLDER = "comments"


def comment(project: Project, year: int, slug: str, language: str) -> str:
    """Read a school's comment to an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    year : int
        The edition's year.
    slug : str
        The school's slug: ``data/editions/<year>/comments/<slug>.md``.
    language : {"nb", "en"}
        ``<slug>.en.md`` goes before it on English pages, where it is there.

    Returns
    -------
    str
        The text; empty where there is no file.
    """
    folder = project.editions / str(year) / FOLDER
    for name in [f"{slug}.{language}.md", f"{slug}.md"]:
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8-sig").strip()
    return ""


def show_comments(page: Page, school: School) -> None:
    """Show a school's comment, or how to write one, and last year's beside it.

    Parameters
    ----------
    page : Page
        The school's page.
    school : School
        The school.
    """
    now = comment(page.project, page.year, school.slug, page.language)
    before = comment(page.project, page.year - 1, school.slug, page.language)
    empty = page.pick(
        nb="Skolen har ikke skrevet noen kommentar til tallene.",
        en="The school has not written a comment on the numbers.",
    )
    parts = [_part(page.pick(nb="I år", en="This year"), now or empty)]
    if before:
        parts.append(_part(page.pick(nb="I fjor", en="Last year"), before))
    exhibits.show_block(f'<div class="comments">{"".join(parts)}</div>')


def _part(heading: str, text: str) -> str:
    """Write paragraphs; a comment is plain text, so that nothing in it can change the page."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    body = "".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in paragraphs)
    return f'<section class="comment"><p class="comment-when">{heading}</p>{body}</section>'
