"""Say how the pupil files of editions stand."""

from __future__ import annotations

import secrets
import tomllib
from typing import TYPE_CHECKING

from tilstand.edition.names import edition_names, edition_path
from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.edition.pupil_schema import SCHEMA, load_schema
from tilstand.errors import DataError
from tilstand.pupils.reading import pupil_quality
from tilstand.pupils.schema import SHORTEST_SALT, read_pupils
from tilstand.pupils.simulated import write_simulated

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.project import Project


def named_pupil_files(project: Project) -> dict[Path, list[tuple[str, PupilFile]]]:
    """List the files that editions name as their pupil file.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    dict of Path to list of (str, PupilFile)
        Resolved path, whether the file is there or not; each edition that names it, with each
        table that does and what it says of the columns. Editions whose table ``[pupils]`` has
        faults are not there: `load_edition` tells those.
    """
    named: dict[Path, list[tuple[str, PupilFile]]] = {}
    for edition in edition_names(project):
        path = edition_path(project, edition)
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8")).get("pupils")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
        file = checked(said, path.name, [])
        for one in file.all if file is not None else ():
            place = (project.root / one.file).resolve()
            named.setdefault(place, []).append((edition, one))
    return named


def pupil_state(
    project: Project, edition: str, file: PupilFile
) -> tuple[list[str], list[Fault | str]]:
    """Check the pupil file of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.
    file : PupilFile
        Its table ``[pupils]``, or one of ``[[pupils.more]]``.

    Returns
    -------
    lines : list of str
        How many pupils and schools, and for how many of them each column has no value.
    faults : list of Fault or str
        One entry a fault, with nothing of a pupil's row but its number and the faulty cell.
    """
    write_simulated(project, edition)
    if not (project.root / file.file).is_file():
        named = f"data/editions/{edition}.toml:pupils.file: '{file.file}'"
        return [], [f"{named}, expected a file that is there"]
    try:
        pupils, schools, missing = pupil_quality(project, file)
    except DataError as error:
        return [], list(error.lines)
    unit = "pupils" if file.outcome else "rows"
    lines = [f"pupil file: {file.file}, {pupils} {unit}, schools: {schools}"]
    lines += [
        f"  {column}: no value for {count} of {pupils} {unit} ({count / pupils:.0%})"
        for column, count in missing.items()
        if count
    ]
    return lines, []


def any_pupil_file(
    project: Project, path: Path, pupils: int, schools: set[str]
) -> tuple[list[str], list[Fault]]:
    """Check a pupil file that no edition names, by the fields of the schema.

    Parameters
    ----------
    project : Project
        The checkout.
    path : Path
        The file, anywhere.
    pupils : int
        Rows of it.
    schools : set of str
        Organisation numbers that are known.

    Returns
    -------
    lines : list of str
        For how many pupils each field has no value.
    faults : list of Fault
        One entry a fault, with nothing of a pupil's row but its number and the faulty cell.
    """
    name = project.relative(path)
    salt = secrets.token_bytes(SHORTEST_SALT)
    read = read_pupils(path, name, load_schema(project.root / SCHEMA), {}, schools, salt)
    missing = read.quality[read.quality["missing"] > 0].to_dict("records")
    lines = [
        f"{name}: {row['field']}: no value for {row['missing']} of {pupils} pupils"
        for row in missing
    ]
    return lines, read.faults
