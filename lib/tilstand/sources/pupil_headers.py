"""Know a file of pupils by its header, and say what to do with it; no row of it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.edition.pupil_schema import SCHEMA, load_schema, looks_like_pupils
from tilstand.sources.headers import is_wide
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project


def is_pupil_header(project: Project, header: list[str]) -> bool:
    """Tell whether a header is that of a pupil file and of no export.

    Parameters
    ----------
    project : Project
        The checkout; its schema names the fields.
    header : list of str
        Column names.
    """
    if any(is_wide(column) for column in header):
        return False
    return looks_like_pupils(header, {one["name"] for one in load_schema(project.root / SCHEMA)})


def unnamed_pupil_file(project: Project, path: Path) -> str:
    """Say what to do with a file in an edition's folder that holds pupils and is not named.

    Parameters
    ----------
    project : Project
        The checkout.
    path : Path
        A file that is no export.

    Returns
    -------
    str
        One line, without anything of what the file says; blank when it is no pupil file. It is a
        fault: what lies among the public files may be committed and published.
    """
    table, _ = read_raw(path, project.relative(path))
    if not is_pupil_header(project, table.header):
        return ""
    edition = path.parent.name
    return (
        f"{project.relative(path)}: a pupil file, expected under data/private/: move it to "
        f"data/private/{edition}/{path.name}, and name it and its columns under [pupils] in "
        f"data/editions/{edition}.toml (data/README.md, Pupils)"
    )
