"""Hand each municipality of a batch the fetched answers that are its own, and no other's."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from tilstand.edition.names import edition_path
from tilstand.edition.toml_file import read_toml
from tilstand.pipeline.basis.digests import file_digest
from tilstand.sources.country_fetch import TOWNS, hand_over
from tilstand.sources.snapshots import FOLDER, INDEX

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project


def answer_folders(project: Project, year: int) -> list[Path]:
    """List the folders of fetched answers, which are no part of what all are built from."""
    return [project.open / str(year) / name for name in (TOWNS, FOLDER)]


def set_aside(project: Project, year: int, codes: list[str], run: Path) -> dict[str, str]:
    """Put each municipality's answers into a folder of its own, as they are now.

    Parameters
    ----------
    project : Project
        The checkout.
    year : int
        Data year, which names the edition.
    codes : list of str
        The batch's municipalities.
    run : Path
        Folder for what is being built; `put_back` finds the answers there.

    Returns
    -------
    dict of str to str
        Digest of the list of answers, which has those of the answers, by code; none where a
        municipality was not fetched for.
    """
    shared, alone = answer_folders(project, year)
    path = edition_path(project, str(year))
    # What lies in the other folder was fetched for the municipality of the edition so named.
    owner = read_toml(path, path.name).get("municipality") if path.is_file() else None
    found = {}
    for code in codes:
        if not hand_over(shared, code, run / TOWNS / code) and code == owner and alone.is_dir():
            shutil.copytree(alone, run / FOLDER / code)
        for index in (folder / INDEX for folder in _answers(run, code)):
            found[code] = file_digest(index)
    return found


def put_back(run: Path, code: str, year: int, project: Project) -> None:
    """Hand a municipality's copy the answers that were fetched for it, if any were.

    Parameters
    ----------
    run : Path
        As for `set_aside`.
    code : str
        The municipality.
    year : int
        Data year.
    project : Project
        The municipality's copy.
    """
    for folder in _answers(run, code):
        shutil.copytree(folder, project.open / str(year) / FOLDER)


def where_they_lie(lines: list[str], run: Path, code: str, year: int, copy: Project) -> list[str]:
    """Name files in the lines of a fault where they lie in the project: the copy will be gone.

    Parameters
    ----------
    lines : list of str
        What a municipality's build told.
    run, code, year
        As for `put_back`.
    copy : Project
        The municipality's copy.

    Returns
    -------
    list of str
        The lines, with paths within the project.
    """
    own = [line.replace(f"{copy.root}{os.sep}", "") for line in lines]
    if not (run / TOWNS / code).is_dir():
        return own
    told, lie = (f"{copy.relative(copy.open / str(year) / name)}/" for name in (FOLDER, TOWNS))
    return [line.replace(told, lie) for line in own]


def _answers(run: Path, code: str) -> list[Path]:
    """Find the folder of a municipality's answers, if it has any."""
    folders = [run / name / code for name in (TOWNS, FOLDER)]
    return [folder for folder in folders if (folder / INDEX).is_file()]
