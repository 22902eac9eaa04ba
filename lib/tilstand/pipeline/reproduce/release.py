"""Note that readers have an edition, so that no later one tells of a pupil by what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.errors import BuildError
from tilstand.pipeline.reproduce.backtest import is_of_today
from tilstand.pupils.door import keep_what_is_published

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project


def release(project: Project, edition: Edition) -> str:
    """Keep what an edition's site shows of pupils, for every build from now on to reckon with.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        The edition, whose site is of today's code and data.

    Returns
    -------
    str
        One line: where it is kept, or why nothing need be.

    Raises
    ------
    BuildError
        When the site is not what code and data would make today: readers must have what is kept.
    """
    folders = [project.site / edition.name / language for language in edition.languages]
    if not all(is_of_today(project, edition, folder) for folder in folders):
        raise BuildError(
            f"{edition.name}: the site is not of today's data; run 'tilstand build --edition "
            f"{edition.name}', look at it, then 'tilstand release --edition {edition.name}'"
        )
    path = keep_what_is_published(project, edition.name)
    if path is None:
        return f"{edition.name}: no number comes from a pupil file, so nothing need be kept"
    return f"{project.relative(path)}: kept; builds from now on reckon with what readers have"
