"""Show a school's own words: this year's, and last year's beside them."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from tilstand.edition import year_before
from tilstand.report.chapters.schools.comment_files import comment
from tilstand.report.page import exhibits

if TYPE_CHECKING:
    from tilstand.pupils.roster import School
    from tilstand.report.page.page import Page


def show_comments(page: Page, school: School, *, named: bool = False) -> None:
    """Show a school's comment, or that it has none, and last year's beside it.

    Parameters
    ----------
    page : Page
        The school's page.
    school : School
        The school.
    named : bool
        Name the school too, on a page about several.
    """
    now, before = (
        comment(page.project, edition, school.slug, page.language)
        for edition in (page.edition.name, year_before(page.project, page.edition.name))
    )
    whose = f"{school.name}. " if named else ""
    year, last = page.year, page.year - 1
    this_year = page.pick(nb=f"I år, til {year}-utgaven", en=f"This year, on the {year} edition")
    last_year = page.pick(nb=f"I fjor, til {last}-utgaven", en=f"Last year, on the {last} edition")
    empty = page.pick(
        nb="Skolen har ikke skrevet noen kommentar til tallene.",
        en="The school has not written a comment on the numbers.",
    )
    parts = [_part(page, whose + this_year, *(now if now[0] else (empty, page.language)))]
    if before[0]:
        parts.append(_part(page, whose + last_year, *before))
    exhibits.show_block(f'<div class="comments">{"".join(parts)}</div>')


def _part(page: Page, heading: str, text: str, written: str) -> str:
    """Write paragraphs; a comment is plain text, so that nothing in it can change the page."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    body = "".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in paragraphs)
    language = f' lang="{written}"' if written != page.language else ""
    return (
        f'<section class="comment"><p class="comment-when">{escape(heading)}</p>'
        f"<div{language}>{body}</div></section>"
    )
