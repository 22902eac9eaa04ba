"""Say which files a chapter lacks, and where they come from."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tilstand.report.numbers import Value
from tilstand.report.page import exhibits
from tilstand.sources.new_edition import wanted_files
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.report.page.page import Page
    from tilstand.sources.new_edition import Wanted

FORM = "nasjonale-prover"
INDICATOR = "np_scale_points"


def lacking(page: Page, pairs: list[tuple[str, int]] | None = None) -> list[Wanted]:
    """List the exports of national tests that an edition wants and does not have.

    Parameters
    ----------
    page : Page
        The chapter's page.
    pairs : list of (str, int), optional
        Grades and autumns that the chapter needs; all that the edition wants if not given.

    Returns
    -------
    list of Wanted
        Newest first; none for a year before today's scale.
    """
    there = once((__name__, *page.of_country), lambda: _exported(page))
    return [
        wish
        for wish in wanted_files(page.project, page.register, page.year)
        if wish.form == FORM
        and (wish.grade, wish.year) not in there
        and (pairs is None or (wish.grade, wish.year) in pairs)
    ]


def _exported(page: Page) -> set[tuple[str, int]]:
    """Grades and years that the edition has exports of."""
    rows = page.every(INDICATOR)
    rows = rows[rows["level"].isin(["municipality", "school"]) & rows["margin"].notna()]
    return set(zip(rows["grade"], rows["year"].astype(int), strict=True))


def count(files: list[Wanted]) -> Value:
    """Return the number of files as a value; missing where there are none."""
    return Value(len(files) or None, recipe="count of rows")


def show_lacking(page: Page, files: list[Wanted]) -> None:
    """Show the files as a list, each with the page it is downloaded from."""
    if not files:
        return
    items = "".join(
        f"<li>{escape(wish.title[page.language])} {escape(wish.school_year)}: "
        f'<a href="{escape(wish.where)}">udir.no</a></li>'
        for wish in files
    )
    exhibits.show_block(f'<ul class="from-data wanted-files">{items}</ul>')
