"""Tell files of pupils from exports, and say how the pupil file of an edition stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.edition.toml_file import read_toml
from tilstand.errors import DataError
from tilstand.pupils.reading import SCHEMA, pupil_quality
from tilstand.pupils.schema import load_schema
from tilstand.sources.headers import is_wide
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.project import Project

# A header with as many of the schema's names is that of a pupil file, if no export knows it.
FEWEST_NAMES = 3


def named_pupil_files(project: Project) -> dict[Path, list[tuple[int, PupilFile]]]:
    """List the files that editions name as their pupil file.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    dict of Path to list of (int, PupilFile)
        Resolved path, whether the file is there or not; each edition that names it, with each
        table that does and what it says of the columns. Editions whose table ``[pupils]`` has
        faults are not there: `load_edition` tells those.
    """
    named: dict[Path, list[tuple[int, PupilFile]]] = {}
    for path in sorted(project.editions.glob("[0-9][0-9][0-9][0-9].toml")):
        try:
            said = read_toml(path, path.name).get("pupils")
        except DataError:
            continue
        file = checked(said, path.name, [])
        for one in file.all if file is not None else ():
            place = (project.root / one.file).resolve()
            named.setdefault(place, []).append((int(path.stem), one))
    return named


def looks_like_pupils(header: list[str], schema: set[str]) -> bool:
    """Tell whether a header that no export has is that of a pupil file.

    Parameters
    ----------
    header : list of str
        Column names.
    schema : set of str
        Names of the fields in ``data/pupils.schema.json``.

    Returns
    -------
    bool
        True for a column ``pupil`` beside ``school``, or three of the schema's names.
    """
    names = {column.strip().lower() for column in header}
    if any(is_wide(column) for column in header):
        return False
    return {"pupil", "school"} <= names or len(names & schema) >= FEWEST_NAMES


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
        One line, without anything of what the file says; blank when it is no pupil file.
    """
    schema = {field["name"] for field in load_schema(project.root / SCHEMA)}
    table, _ = read_raw(path, project.relative(path))
    if not looks_like_pupils(table.header, schema):
        return ""
    edition = f"data/editions/{path.parent.name}.toml"
    return (
        f"not read: {project.relative(path)}: a pupil file; name it and its columns under "
        f"[pupils] in {edition} (data/README.md, Pupils)"
    )


def pupil_state(
    project: Project, year: int, file: PupilFile
) -> tuple[list[str], list[Fault | str]]:
    """Check the pupil file of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    year : int
        The edition.
    file : PupilFile
        Its table ``[pupils]``, or one of ``[[pupils.more]]``.

    Returns
    -------
    lines : list of str
        How many pupils and schools, and for how many of them each column has no value.
    faults : list of Fault or str
        One entry a fault, with nothing of a pupil's row but its number and the faulty cell.
    """
    if not (project.root / file.file).is_file():
        named = f"data/editions/{year}.toml:pupils.file: '{file.file}'"
        return [], [f"{named}, expected a file that is there"]
    try:
        pupils, schools, missing, doubts = pupil_quality(project, file)
    except DataError as error:
        return [], list(error.lines)
    unit = "pupils" if file.outcome else "rows"
    lines = [f"pupil file: {file.file}, {pupils} {unit}, schools: {schools}"]
    lines += [
        f"  {column}: no value for {count} of {pupils} {unit} ({count / pupils:.0%})"
        for column, count in missing.items()
        if count
    ]
    return lines + doubts, []
