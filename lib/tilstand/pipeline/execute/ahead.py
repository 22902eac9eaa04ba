"""Do once, before the chapters run side by side, what every one of them would begin with."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from tilstand.edition import edition_name
from tilstand.pipeline.basis.contents import code_cells
from tilstand.project import Project
from tilstand.report.chapters.open.lines import key_series
from tilstand.report.chapters.open.roster import open_book
from tilstand.report.chapters.open.school_page import OpenSchoolPage
from tilstand.report.page.page import open_page
from tilstand.store import hold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.pipeline.execute.run import Run

#: What a chapter's code says when it shows pupils.
ASKS = "open_pupils("
#: What it says when it shows school contributions.
ESTIMATES = "open_shown("
#: What it says when it shows schools in a fit to the country's open tables.
COUNTRY = "OpenContribution("
#: Chapters from which on it takes less time to open an edition before they are forked.
SEVERAL = 3


def protect_first(project: Project, runs: Iterable[Run]) -> list[str]:
    """Protect the pupils of every edition that chapters are about to show.

    Each chapter runs in a process of its own; without this, several of them would start on the
    same tables at the same time.

    Parameters
    ----------
    project : Project
        The checkout.
    runs : iterable of Run
        Chapters that are about to be executed.

    Returns
    -------
    list of str
        Editions whose pupils are ready.

    Raises
    ------
    DataError
        When a pupil file has faults, or its tables cannot be protected.
    """
    from tilstand.pupils import door  # here: most builds show no pupils

    runs = list(runs)
    asked = {_edition(run)[0] for run in runs if _asks(run)}
    for edition in sorted(asked):
        door.open_door(project, edition)
    estimated = {_edition(run)[0] for run in runs if _asks(run, ESTIMATES)}
    for edition in sorted(estimated):
        door.open_contribution(project, edition)
    return sorted(asked | estimated)


def wanted_ahead(runs: Iterable[Run]) -> list[tuple[Path, str, str, bool]]:
    """List what is worth opening in the process that chapters are forked from.

    Parameters
    ----------
    runs : iterable of Run
        Chapters that are about to be executed.

    Returns
    -------
    list of (Path, str, str, bool)
        Checkout, edition, language, and whether its pupils are asked for: what at least `SEVERAL`
        of the chapters begin with.
    """
    listed = [run for run in runs if {"edition", "language"} <= run.parameters.keys()]
    pages = Counter((run.project, *_edition(run)) for run in listed)
    pupils = Counter((run.project, *_edition(run)) for run in listed if _asks(run))
    return [(*key, pupils[key] >= SEVERAL) for key, n in sorted(pages.items()) if n >= SEVERAL]


def open_ahead(asked: tuple[Path, str, str, bool]) -> None:
    """Open an edition, and its pupils, so that a process forked from this one has them open.

    Parameters
    ----------
    asked : (Path, str, str, bool)
        One of `wanted_ahead`. Of a fault nothing is said: the chapter that meets it will.
    """
    from tilstand.pupils import door

    root, edition, language, pupils = asked
    hold()
    with contextlib.suppress(Exception):
        project = Project(root.resolve())
        page = open_page(edition, language, project)
        page.statements("")
        for told in key_series(page):
            told.words("x")  # the same in every chapter that tells of it
        if len(open_book(project, page.edition).schools) >= SEVERAL:
            assert OpenSchoolPage(page, "").lines is not None
        shown = door.open_door(project, edition) if pupils else None
        if shown is not None:
            shown.open_for_schools()


def contributions_ahead(runs: Iterable[Run]) -> list[tuple[Path, str, str]]:
    """List the editions whose fit to open tables at least `SEVERAL` chapters begin with.

    Parameters
    ----------
    runs : iterable of Run
        Chapters that are about to be executed.

    Returns
    -------
    list of (Path, str, str)
        Checkout, edition and language.
    """
    found = Counter((run.project, *_edition(run)) for run in runs if _asks(run, COUNTRY))
    return [key for key, n in sorted(found.items()) if n >= SEVERAL]


def fit_ahead(asked: tuple[Path, str, str]) -> None:
    """Fit a country's open tables once, so that a process forked from this one has it done.

    Parameters
    ----------
    asked : (Path, str, str)
        One of `contributions_ahead`. Of a fault nothing is said: the chapter that meets it will.
    """
    from tilstand.report.chapters.open_contribution.reading import OpenContribution

    root, edition, language = asked
    hold()
    with contextlib.suppress(Exception):
        fitted = OpenContribution(open_page(edition, language, Project(root.resolve())))
        assert fitted.schools is not None


def _edition(run: Run) -> tuple[str, str]:
    return edition_name(run.parameters["edition"]), str(run.parameters["language"])


def _asks(run: Run, words: str = ASKS) -> bool:
    return any(words in cell for cell in code_cells(run.template))
