"""Give each municipality of a batch the fetched answers that are its own, and no other's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tilstand.edition.names import edition_path
from tilstand.edition.toml_file import read_toml
from tilstand.sources.country_fetch import TOWNS, hand_over
from tilstand.sources.snapshots import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project

ALONE = "alone"


def set_aside(snapshot: Project, year: int, run: Path) -> None:
    """Take the fetched answers out of what every municipality's copy is made from.

    Parameters
    ----------
    snapshot : Project
        The copy that all are built from.
    year : int
        Data year, which names the edition.
    run : Path
        Folder for what is being built; `put_back` finds the answers there.
    """
    here = snapshot.open / str(year)
    if (here / TOWNS).is_dir():
        (here / TOWNS).rename(run / TOWNS)
    path = edition_path(snapshot, str(year))
    if (here / FOLDER).is_dir():
        # Fetched for one municipality alone, which the edition of that name says.
        said = read_toml(path, path.name) if path.is_file() else {}
        alone = run / ALONE / str(said.get("municipality", ""))
        alone.parent.mkdir()
        (here / FOLDER).rename(alone)


def put_back(run: Path, code: str, year: int, project: Project) -> None:
    """Give a municipality's copy the answers that were fetched for it, if any were.

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
    target = project.open / str(year) / FOLDER
    if not hand_over(run / TOWNS, code, target) and (run / ALONE / code).is_dir():
        shutil.copytree(run / ALONE / code, target)
