"""Say how the pupil files of editions stand."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tilstand.edition.names import edition_names, edition_path
from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.edition.pupil_schema import SCHEMA, load_schema
from tilstand.edition.toml_file import read_toml
from tilstand.errors import DataError
from tilstand.project import close_private
from tilstand.pupils.reading import pupil_quality
from tilstand.pupils.schema import SHORTEST_SALT, read_pupils
from tilstand.pupils.simulated import write_simulated
from tilstand.pupils.spellings import odd_names
from tilstand.tabular.kinds import BOOK, Limits

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
            said = read_toml(path, path.name)
        except DataError:
            continue
        invented = said.get("simulated") is True
        file = checked(said.get("pupils"), path.name, [], simulated=invented)
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
    close_private(project)
    write_simulated(project, edition)
    if not (project.root / file.file).is_file():
        named = f"data/editions/{edition}.toml:pupils.file: '{file.file}'"
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


def any_pupil_file(
    project: Project, path: Path, pupils: int, schools: set[str], limits: Limits = BOOK
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
    limits : Limits
        How large the file may be.

    Returns
    -------
    lines : list of str
        For how many pupils each field has no value, and what is odd about the schools' names.
    faults : list of Fault
        One entry a fault, with nothing of a pupil's row but its number and the faulty cell.
    """
    name = project.relative(path)
    salt = secrets.token_bytes(SHORTEST_SALT)
    fields = load_schema(project.root / SCHEMA)
    read = read_pupils(path, name, fields, {}, schools, salt, limits)
    missing = read.quality[read.quality["missing"] > 0].to_dict("records")
    lines = [
        f"{name}: {row['field']}: no value for {row['missing']} of {pupils} pupils"
        for row in missing
    ]
    return [*lines, *odd_names(read.table["school"], f"{name}:school")], read.faults
