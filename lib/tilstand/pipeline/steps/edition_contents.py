"""Say which chapters one edition has: its schools' pages put in, what it cannot fill left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.pipeline.basis.contents import for_open_figures, for_schools, read_contents
from tilstand.pupils.roster import schools_of
from tilstand.report.chapters.open.roster import open_book

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
        As ``_toc.yml`` has it, with a page for each school.

    Raises
    ------
    BuildError
        As `read_contents`.
    """
    contents = for_schools(project, read_contents(project), schools_of(project, edition))
    found = open_book(project, edition)
    return for_open_figures(project, contents, found.schools, has_key_figures=found.has_key_figures)
