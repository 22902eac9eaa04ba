"""Say which chapters one edition has: its schools' pages put in, what it cannot fill left out."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tilstand.edition import edition_path, predecessor
from tilstand.errors import DataError
from tilstand.pipeline.basis.contents import (
    NEEDS_CONTRIBUTIONS,
    NEEDS_DOCUMENTS,
    NEEDS_EARLIER,
    NEEDS_OPEN,
    NEEDS_SCHOOLS,
    for_open_figures,
    for_schools,
    read_contents,
    without,
)
from tilstand.pupils.roster import schools_of
from tilstand.report.chapters.open.roster import open_book
from tilstand.sources.edition_figures import known_documents, open_edition, register_of

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.pipeline.basis.contents import Contents
    from tilstand.project import Project


def edition_contents(project: Project, edition: Edition) -> Contents:
    """List the chapters of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        Its pupil file, or the files of open statistics, name its schools.

    Returns
    -------
    Contents
        As ``_toc.yml`` has it, with a page for each school, and without those that the edition
        leaves out.

    Raises
    ------
    BuildError
        As `read_contents`.
    DataError
        When the edition leaves out a page that no book has; a line for each.
    """
    whole = read_contents(project)
    _known(project, edition, whole)
    kept = without(whole, edition.leave_out)
    contents = for_schools(project, kept, schools_of(project, edition))
    found = open_book(project, edition)
    place, register = open_edition(project, edition.name)[1], register_of(project)
    documents, _ = known_documents(project, register, edition.name, place)
    has = {
        NEEDS_OPEN: found.has_key_figures,
        NEEDS_SCHOOLS: bool(found.schools),
        NEEDS_CONTRIBUTIONS: _compares(project, edition),
        NEEDS_EARLIER: predecessor(project, register, edition) is not None,
        NEEDS_DOCUMENTS: any(documents.values()),
    }
    lacking = [need for need, there in has.items() if not there]
    return for_open_figures(project, contents, found.schools, lacking=lacking)


def _compares(project: Project, edition: Edition) -> bool:
    if edition.pupils is None:
        return False
    from tilstand.pupils.compared import has_contributions  # here: most builds show no pupils

    return has_contributions(project, edition)


def _known(project: Project, edition: Edition, whole: Contents) -> None:
    slugs = [chapter.slug for chapter in whole.chapters[1:]]
    file = project.relative(edition_path(project, edition.name))
    lines = []
    for asked in edition.leave_out:
        if asked not in slugs:
            near = get_close_matches(asked, slugs, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(slugs)}"
            lines.append(f"{file}:leave_out: no page '{asked}'; {hint}")
    if lines:
        raise DataError(lines)
