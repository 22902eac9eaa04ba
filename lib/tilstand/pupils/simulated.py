"""Have the pupil files of simulated editions written before anything reads them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tilstand.edition.names import listed_editions
from tilstand.edition.pupil_file import pupil_paths
from tilstand.store.digests import UnfitError, file_digest
from tilstand.store.keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.edition.names import Listed
    from tilstand.project import Project

#: Says what the files beside it were made from, and what they were when they were made.
NOTE = "made-from.json"
PROGRAM = "tilstand.simulation.example_files"


def write_simulated(project: Project, edition: str = "") -> None:
    """Write the pupil files of a simulated edition, where they are not what they should be.

    Parameters
    ----------
    project : Project
        The checkout; the files lie where the edition's table ``[pupils]`` says.
    edition : str, optional
        The edition's name; every simulated edition if not given. Nothing is done for an edition
        of a municipality that exists.

    Notes
    -----
    Quick where nothing has changed: the program that simulates is not even loaded.
    """
    for one in listed_editions(project):
        if one.simulated and edition in ("", one.name):
            _write(project, one)


def _write(project: Project, edition: Listed) -> None:
    paths = pupil_paths(project, edition.name)
    for folder in dict.fromkeys(path.parent for path in paths):
        named = [path for path in paths if path.parent == folder]
        said = _said(project, edition, named)
        note = folder / NOTE
        if said is not None and _read(note) == said:
            continue
        from tilstand.simulation.example_files import write_example_files

        write_example_files(folder, edition.year)
        made = _said(project, edition, named)
        if made is not None:
            draft = note.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(made), encoding="utf-8")
            draft.replace(note)


def _said(project: Project, edition: Listed, paths: Iterable[Path]) -> dict[str, str] | None:
    """Name what files are made from and what they hold; None where that cannot be told."""
    try:
        said = {"made from": key_of(project.store, PROGRAM, edition.year)}
    except UnfitError:
        return None
    for path in paths:
        if not path.is_file():
            return None
        said[path.name] = file_digest(path)
    return said


def _read(note: Path) -> object:
    try:
        return json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
