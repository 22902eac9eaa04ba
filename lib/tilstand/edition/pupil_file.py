"""Know what an edition says of its own pupil file: where it lies and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tilstand.edition.names import edition_path
from tilstand.edition.slips import unknown_keys
from tilstand.edition.toml_file import read_toml
from tilstand.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.edition.names import Called
    from tilstand.project import Project

NEEDED = ("file", "outcome", "prior", "school")
#: What a table ``[[pupils.more]]`` has to say: it may hold a test, marks, answers or all of them.
NEEDED_MORE = ("file", "school")
MORE = "pupils.more"
LISTS = ("other_priors", "background")
#: Lowest and highest score of a national test; an edition with other tests says its own.
SCALE = (1.0, 100.0)
#: Where pupil files lie, and where a build writes those of invented pupils.
PRIVATE = PurePosixPath("data/private")
SIMULATED = PurePosixPath(".build/simulated")
_TWO = 2


@dataclass(frozen=True)
class PupilFile:
    """Name a pupil file and its columns, as the edition's table ``[pupils]`` has them.

    Parameters
    ----------
    file : str
        Path from the project's folder, such as ``data/private/2025/elever.csv``.
    outcome, prior, school : str
        Columns of the result, of the earlier result and of the school.
    subject : str
        Subject by its code in the register (``reading``), for print.
    grade, prior_grade : str
        Grades of the two tests, such as ``9`` and ``8``, for print.
    cohort : str
        Column of cohorts; the latest one is shown, all of them are pooled.
    municipality, own : str
        Column of municipalities and the value in it that is ours; all pupils are ours without.
    exempt, moved : str
        Columns of truth values: exempt from the test, moved in since the earlier one.
    earlier : str
        Column of a score from before the earlier one, for the placebo test.
    other_priors, background : tuple of str
        Columns of other earlier results and of background, for the model ladder.
    reliability : float or None
        Reliability of the earlier result, between 0 and 1; no correction without.
    scale : tuple of float
        Lowest and highest score there is; a score outside is a fault of the file.
    columns : mapping of str to str
        Columns of other fields of ``data/pupils.schema.json``, such as ``pupil`` and ``gender``;
        they are checked and read, and the pupil's key becomes a salted hash.
    more : tuple of PupilFile
        Further tests, marks and answers, from this file or from others; ``outcome`` and ``prior``
        may be blank there. The chapters on levels, sexes and environment and the schools' pages
        use them; the school contribution rests on the first one.
    """

    file: str
    outcome: str
    prior: str
    school: str
    subject: str = ""
    grade: str = ""
    prior_grade: str = ""
    cohort: str = ""
    municipality: str = ""
    own: str = ""
    exempt: str = ""
    moved: str = ""
    earlier: str = ""
    other_priors: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    reliability: float | None = None
    scale: tuple[float, float] = SCALE
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    more: tuple[PupilFile, ...] = ()

    @property
    def all(self) -> tuple[PupilFile, ...]:
        """The file itself and what there is more of it."""
        return (self, *self.more)


def checked(
    said: object, name: str, faults: list[str], *, simulated: bool = False
) -> PupilFile | None:
    """Check the table ``[pupils]`` of an edition file.

    Parameters
    ----------
    said : object
        What the file says; None where it says nothing.
    name : str
        The edition file, for messages.
    faults : list of str
        One line is added for each fault.
    simulated : bool
        Whether the edition is about invented pupils, whose files a build writes by itself.

    Returns
    -------
    PupilFile or None
        None where there is no table, or a fault in it.
    """
    if said is None:
        return None
    file = _checked(said, name, "pupils", NEEDED, faults)
    elsewhere = [] if file is None else [one.file for one in file.all if one.file]
    lines = [_misplaced(one, name, simulated=simulated) for one in dict.fromkeys(elsewhere)]
    faults.extend(line for line in lines if line)
    return None if any(lines) else file


def _misplaced(file: str, name: str, *, simulated: bool) -> str:
    """Say where a pupil file has to lie; blank where it does."""
    place = PurePosixPath(file)
    for home in (PRIVATE, *((SIMULATED,) if simulated else ())):
        inside = place.parts[: len(home.parts)] == home.parts and len(place.parts) > len(home.parts)
        if inside and ".." not in place.parts:
            return ""
    to = PRIVATE / PurePosixPath(name).stem / (place.name or "elever.csv")
    return (
        f"{name}:pupils.file: '{file}', expected a path under {PRIVATE}/, which never goes into "
        f"git, into an archive or on the web: move the file to {to} and write that path here"
    )


def _checked(
    said: object, name: str, place: str, needed: tuple[str, ...], faults: list[str]
) -> PupilFile | None:
    if not isinstance(said, dict):
        faults.append(f"{name}:{place}: '{said}', expected a table [{place}]")
        return None
    known = {one.name for one in fields(PupilFile)} - ({"more"} if place != "pupils" else set())
    found = unknown_keys(said, sorted(known), needed, f"{name}:{place}")
    found += [
        f"{name}:{place}.{key}: '{value}', expected {_expected(key)}"
        for key, value in said.items()
        if key in known and not _fits(key, value)
    ]
    if bool(said.get("municipality")) != bool(said.get("own")):
        found.append(f"{name}:{place}: 'municipality' and 'own' go together")
    if found:
        faults.extend(found)
        return None
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
    more = [_checked(one, name, MORE, NEEDED_MORE, faults) for one in values.pop("more", ())]
    blank = {"outcome": "", "prior": ""}
    return PupilFile(**{**blank, **values}, more=tuple(one for one in more if one is not None))


def pupil_paths(project: Project, edition: Called) -> list[Path]:
    """Find the files that an edition says its pupils are in.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str or int
        The edition's name.

    Returns
    -------
    list of Path
        Each once, whether it is there or not; none where the edition names none, or cannot be
        read, which `tilstand.edition.load_edition` tells.
    """
    try:
        said = read_toml(edition_path(project, edition), "").get("pupils")
    except (OSError, DataError):
        return []
    more = said.get("more") if isinstance(said, dict) else None
    tables = [said, *(more if isinstance(more, list) else [])]
    files = [one.get("file") for one in tables if isinstance(one, dict)]
    named = dict.fromkeys(file for file in files if isinstance(file, str) and file)
    return [project.root / file for file in named]


def _fits(key: str, value: Any) -> bool:
    if key in LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if key == "reliability":
        return _is_number(value) and 0 < value <= 1
    if key == "scale":
        pair = isinstance(value, list) and len(value) == _TWO and all(map(_is_number, value))
        return pair and value[0] < value[1]
    if key == "more":
        return isinstance(value, list)
    if key == "file":  # in "data\new.csv" the two signs in the middle are a new line
        return isinstance(value, str) and "\\" not in value and value.isprintable()
    if key == "columns":
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _expected(key: str) -> str:
    special = {
        "reliability": "a number above 0 and at most 1",
        "scale": "two numbers, the lowest and the highest score",
        "file": "a path with / between folders, such as data/private/2025/elever.csv",
        "more": "tables [[pupils.more]]",
        "columns": "a table of fields and the columns they stand in",
        **dict.fromkeys(LISTS, "a list of column names"),
    }
    return special.get(key, "a text")
