"""List schools by name, so that a reader finds one at once, on a phone and without scripts."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.page import exhibits

if TYPE_CHECKING:
    from tilstand.pupils.roster import School
    from tilstand.report.page.page import Page

#: The chapter that is run once for each school; its pages bear its name.
CHAPTER = "skole"


def show_schools(page: Page, schools: list[School]) -> None:
    """Show every school as a link under the first letter of its name.

    Parameters
    ----------
    page : Page
        The index page.
    schools : list of School
        In order of names; never in order of results.
    """
    parts = []
    letters = []
    for letter, named in groupby(schools, key=lambda school: school.name[:1].upper()):
        letters.append(letter)
        links = "".join(_link(page, school) for school in named)
        anchor = f"letter-{ord(letter)}"
        parts.append(f'<section id="{anchor}"><h2>{escape(letter)}</h2><ul>{links}</ul></section>')
    jumps = "".join(f'<a href="#letter-{ord(letter)}">{escape(letter)}</a>' for letter in letters)
    label = page.pick(nb="Hopp til bokstav", en="Jump to a letter")
    exhibits.show_block(
        f'<nav class="school-letters" aria-label="{label}">{jumps}</nav>'
        f'<div class="school-list" data-filter="{escape(filter_words(page))}">'
        f"{''.join(parts)}</div>"
    )


def filter_words(page: Page) -> str:
    """Say what the field above a list of schools is for."""
    return page.pick(nb="Skriv navnet på skolen", en="Type the name of the school")


def _link(page: Page, school: School) -> str:
    grades = wording.grade_name(school.grades, page.language) if school.grades else ""
    if grades:  # a file holds the grades of its tests, not all there are
        grades = page.pick(nb=f"tall for {grades}", en=f"numbers for {grades}")
    below = f" <span>{escape(grades)}</span>" if grades else ""
    return f'<li><a href="{CHAPTER}-{school.slug}.html">{escape(school.name)}</a>{below}</li>'
