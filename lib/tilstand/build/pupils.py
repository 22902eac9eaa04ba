"""Protect an edition's pupils once, before its chapters ask for them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.build.contents import code_cells
from tilstand.report.page import open_page
from tilstand.report.pupils import open_pupils

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tilstand.build.execute import Run
    from tilstand.project import Project

#: What a chapter's code says when it shows pupils.
ASKS = "open_pupils("


def protect_first(project: Project, runs: Iterable[Run]) -> list[tuple[int, str]]:
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
    list of (int, str)
        Edition and language whose pupils are ready.

    Raises
    ------
    DataError
        When a pupil file has faults, or its tables cannot be protected.
    """
    asked = {
        (int(run.parameters["edition"]), str(run.parameters["language"]))
        for run in runs
        if any(ASKS in cell for cell in code_cells(run.template))
    }
    for year, language in sorted(asked):
        open_pupils(open_page(year, language, project))
    return sorted(asked)
