"""Read the pupil file of an edition: the one door between a file of pupils and the chapters."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.edition.pupil_schema import SCHEMA, load_schema
from tilstand.errors import DataError, by_cause
from tilstand.pupils.schema import Pupils, read_pupils
from tilstand.pupils.spellings import odd_names, school_spellings, spelt
from tilstand.tabular.cells import decimal_sign, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tilstand.edition.pupil_file import PupilFile
    from tilstand.project import Project

# A broken file is told by its first causes; a thousand lines help nobody.
MOST_FAULTS = 20
_CODE = re.compile(r"0[0-9]+")


def read_edition_pupils(
    project: Project,
    file: PupilFile,
    *,
    simulated: bool = False,
    spellings: Mapping[str, str] | None = None,
    salt: bytes | None = None,
) -> pd.DataFrame:
    """Read and check an edition's pupil file.

    Parameters
    ----------
    project : Project
        The checkout; the file's path is from its root.
    file : PupilFile
        The edition's table ``[pupils]``.
    simulated : bool
        Whether the edition says that its municipality is invented.
    spellings : mapping of str to str, optional
        The spelling of each school in all files of the edition; this file's own if not given.
    salt : bytes, optional
        Secret of at least 16 bytes for the pupils' keys. Without one a new secret is drawn and
        forgotten, so that keys of two readings cannot be joined.

    Returns
    -------
    DataFrame, one row a pupil
        As `in_roles` describes it, with the fields of ``[pupils.columns]`` under the schema's
        names. ``pupil`` is a hash.

    Raises
    ------
    DataError
        One line a fault, ``file:row:column: 'value', expected ...``, twenty at most; of a pupil's
        row nothing but its number and the faulty cell.
    """
    read = _read(project, file, salt or secrets.token_bytes(32))
    roles = _roles(file)
    known = school_spellings(project, [file]) if spellings is None else spellings
    table = spelt(read.table, known)
    table = table.assign(
        **{name: _guessed(table[name]) for name in roles if name.startswith("background_")}
    )
    if file.cohort:
        table["cohort"] = table["cohort"].astype("int64")
    made = bool(table.pop("simulated").fillna(value=False).any())
    if made and not simulated:
        raise DataError(
            f"{file.file}:simulated: 'true', expected pupils who exist; those of tilstand simulate "
            "belong in an edition with simulated = true, such as data/editions/eksempel.toml"
        )
    return _placed(table, file)


def pupil_quality(project: Project, file: PupilFile) -> tuple[int, int, dict[str, int], list[str]]:
    """Sum up how complete an edition's pupil file is.

    Parameters
    ----------
    project : Project
        The checkout.
    file : PupilFile
        The edition's table ``[pupils]``.

    Returns
    -------
    pupils, schools : int
        Numbers of rows and of different schools.
    missing : dict of str to int
        Pupils without a value, by the file's own column.
    doubts : list of str
        Schools of ours whose names are spelt in several ways, or nearly equal.

    Raises
    ------
    DataError
        As `read_edition_pupils` does.
    """
    read = _read(project, file, secrets.token_bytes(32))
    own = {**_roles(file), **file.columns}
    missing = {
        own[row["field"]]: int(row["missing"])
        for row in read.quality.to_dict("records")
        if row["field"] in own
    }
    table = read.table
    ours = table["municipality"].eq(file.own) if file.municipality else slice(None)
    told = [*odd_names(table.loc[ours, "school"], f"{file.file}:{file.school}")]
    schools = spelt(table, school_spellings(project, [file]))["school"]
    return len(table), int(schools.nunique()), missing, told


def _read(project: Project, file: PupilFile, salt: bytes) -> Pupils:
    """Read the columns that the edition names, or raise the file's faults."""
    schema = {one["name"]: one for one in load_schema(project.root / SCHEMA)}
    roles = _roles(file)
    doubtful = [
        f"{SCHEMA}: '{name}', expected a field that [pupils.columns] may name: "
        + ", ".join(sorted(set(schema) - set(roles)))
        for name in file.columns
        if name not in schema or name in roles
    ]
    if doubtful:
        raise DataError(doubtful)
    columns = {**roles, **file.columns, "simulated": "simulated"}
    fields = [_field(name, file, schema, required=name != "simulated") for name in columns]
    read = read_pupils(
        project.root / file.file,
        file.file,
        fields,
        columns,
        None,
        salt,
    )
    if read.faults:
        raise DataError(_lines(read.faults))
    return read


def in_roles(pupils: pd.DataFrame, file: PupilFile) -> pd.DataFrame:
    """Rename the columns of pupils in memory to what they are to the chapters.

    Parameters
    ----------
    pupils : DataFrame
        Pupils under the file's own column names.
    file : PupilFile
        What the columns mean.

    Returns
    -------
    DataFrame, one row a pupil
        ``school`` (text), ``outcome``, ``prior``, ``cohort`` (1 where the file has none), ``home``
        (is the school ours) and, where the file names them, ``municipality, exempt, moved``,
        ``earlier, other_1, background_1`` and so on; no other column, so that nothing else can be
        shown.

    Raises
    ------
    DataError
        One line a column that is not there.
    """
    roles = _roles(file)
    lacking = [column for column in roles.values() if column not in pupils]
    if lacking:
        known = ", ".join(map(str, pupils.columns))
        raise DataError([f"{column}: no such column; the data have {known}" for column in lacking])
    frame = pd.DataFrame({name: pupils[column] for name, column in roles.items()})
    frame = frame[frame["school"].notna()]
    return _placed(frame.assign(school=frame["school"].astype(str)), file)


def _placed(frame: pd.DataFrame, file: PupilFile) -> pd.DataFrame:
    cohort: Any = frame["cohort"] if file.cohort else 1
    own: Any = frame["municipality"].eq(file.own) if file.municipality else True
    return frame.assign(cohort=cohort, home=own).reset_index(drop=True)


def _roles(file: PupilFile) -> dict[str, str]:
    """Name the file's column of each role that the edition says."""
    roles = {"school": file.school}
    for name in ("outcome", "prior", "cohort", "municipality", "exempt", "moved", "earlier"):
        if getattr(file, name):
            roles[name] = getattr(file, name)
    roles |= {f"other_{n}": name for n, name in enumerate(file.other_priors, start=1)}
    return roles | {f"background_{n}": name for n, name in enumerate(file.background, start=1)}


def _field(
    name: str, file: PupilFile, schema: dict[str, dict[str, Any]], *, required: bool
) -> dict[str, Any]:
    """State what a role's cells must be: the schema's word, where it has one."""
    field: dict[str, Any]
    if name in ("outcome", "prior", "earlier") or name.startswith("other_"):
        low, high = file.scale
        field = {"type": "number", "constraints": {"minimum": low, "maximum": high}}
    elif name in ("exempt", "moved", "simulated"):
        field = {"type": "boolean", "constraints": {"enum": ["true", "false"]}}
    elif name in ("school", "municipality") or name.startswith("background_"):
        # A municipality may know its schools by other ids than organisation numbers.
        field = {"type": "string", "constraints": {"required": name == "school"}}
    else:
        field = dict(schema[name])
        rules = dict(schema[name].get("constraints", {}))
        rules.pop("pattern", None)
        field["constraints"] = rules
    return {**field, "name": name, "column_required": required}


def _guessed(column: pd.Series) -> pd.Series:
    """Read background as numbers where every cell is one; codes with leading zeros are none."""
    texts = [text for text in column if text != ""]
    sign = decimal_sign(texts)
    numbers = [number(text, sign) for text in texts]
    if None in numbers or any(_CODE.fullmatch(text) for text in texts):
        return column.where(column != "", None)
    plain = [None if text == "" else number(text, sign) for text in column]
    return pd.Series(pd.to_numeric(pd.Series(plain, index=column.index, dtype=object)))


def _lines(faults: Iterable[object]) -> list[object]:
    lines: list[object] = by_cause(list(faults))
    if len(lines) <= MOST_FAULTS:
        return lines
    return [*lines[:MOST_FAULTS], f"and {len(lines) - MOST_FAULTS} kinds of fault more"]
