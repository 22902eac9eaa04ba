"""Take an order for a build: one at a time, and nothing at all when nothing has changed.

This is imported before everything that a build needs, so that finding nothing to do is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.edition.names import edition_names, edition_path
from tilstand.edition.toml_file import read_toml
from tilstand.pipeline.basis.lock import one_at_a_time
from tilstand.pipeline.basis.state import reason, remember
from tilstand.pipeline.steps.ingredients import tree_digest, whole
from tilstand.pupils.simulated import write_simulated
from tilstand.store.keys import program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tilstand.pipeline.basis.order import Order
    from tilstand.project import Project

NOTE = "whole.json"


def build(project: Project, order: Order, progress: Callable[[str], None]) -> list[Path]:
    """Build editions and put them on the site, as far as anything has changed.

    Parameters
    ----------
    project : Project
        The checkout.
    order : Order
        What to build.
    progress : callable
        Takes one line of text for each step.

    Returns
    -------
    list of Path
        Start page of each edition and language.

    Raises
    ------
    CallError
        When an edition, a language or a parameter does not exist.
    DataError
        When the data have faults; nothing is built.
    BuildError
        When a chapter or page fails; what was published before stays.
    """
    asked = {
        "editions": order.editions,
        "language": order.language,
        "parameters": order.parameters,
        "browser": program(order.browser),
    }
    with one_at_a_time(project, progress):
        for name in order.editions or edition_names(project):
            write_simulated(project, name)  # files that the build rests on, like anyone's
        inputs = whole(project, asked)
        note = project.work / NOTE
        why = reason(note, inputs, tree_digest(project.site))
        if not why:
            progress("nothing has changed")
            return _pages(project, order)
        if order.explain:
            progress(f"looking closer: {why}")
        from tilstand.pipeline.steps.make import make

        pages = make(project, order, progress)
        remember(note, inputs, tree_digest(project.site))
    return pages


def _pages(project: Project, order: Order) -> list[Path]:
    """List the start pages of a build that was done before."""
    pages = []
    for name in order.editions or edition_names(project):
        known = read_toml(edition_path(project, name), name)["languages"]
        languages = known if order.language == "all" else [order.language]
        pages += [project.site / name / language / "index.html" for language in languages]
    return pages
