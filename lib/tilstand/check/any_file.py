"""Check one file of whatever kind: figures, register, an export, a pupil file, an edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.check.own_data import check_figures
from tilstand.check.register_tables import check_register, check_statements
from tilstand.edition import edition_names, load_edition
from tilstand.errors import Fault, TilstandError
from tilstand.pupils.state import any_pupil_file, named_pupil_files, pupil_state
from tilstand.register import Register
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.headers import Vocabulary
from tilstand.sources.incoming import download_age
from tilstand.sources.pupil_headers import is_pupil_header
from tilstand.sources.statistikkbanken import Export, read_export
from tilstand.tabular.kinds import NO_LIMITS, OWN, Limits
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.tabular.raw import RawTable

KINDS = (
    "figures (columns of data/README.md), an export of Udir's Statistikkbanken, a pupil file "
    "(fields of data/pupils.schema.json, or one that an edition names under [pupils]) or an edition"
)


@dataclass(frozen=True)
class Checked:
    """Say what a file is and what is wrong with it.

    Parameters
    ----------
    about : str
        One line on a file without faults; blank where there is nothing to add.
    faults : list of Fault or str
        One entry a fault.
    notes : list of str
        What was left out on purpose or looks odd.
    """

    about: str = ""
    faults: list[Fault | str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_file(
    project: Project, path: Path, today: dt.date, *, allow_large: bool = False
) -> Checked:
    """Check one file by its kind, which its place and its header tell.

    Parameters
    ----------
    project : Project
        The checkout.
    path : Path
        The file, anywhere.
    today : datetime.date
        The day that an export's age is counted from.
    allow_large : bool
        Read a file of any size.

    Returns
    -------
    Checked
        What it is, every fault in it, and notes.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    name = project.relative(path)
    register = Register.load(project.register)
    if path.suffix == ".toml":
        return _edition(project, register, path)
    if _lies_in(path, project.register) or _lies_in(path, project.statements):
        faults = check_register(project) + check_statements(project, register)
        return Checked(faults=[fault for fault in faults if fault.file == name])
    if not path.exists() or _lies_in(path, project.published):
        return Checked(faults=[*check_figures(path, name, register)])
    path.open("rb").close()
    if named := named_pupil_files(project).get(path.resolve()):
        states = [pupil_state(project, *one) for one in named]
        lines = [line for told, _ in states for line in told]
        return Checked(faults=[fault for _, wrong in states for fault in wrong], notes=lines)
    limits = NO_LIMITS if allow_large else OWN
    table, form_faults = read_raw(path, name, limits)
    if {"indicator", "year"} <= set(table.header):
        return Checked(faults=[*check_figures(path, name, register)])
    vocabulary = Vocabulary.load(project.register / "exports")
    if vocabulary.form_of(table.header):
        export = read_export(path, name, register, vocabulary, limits=limits)
        return Checked(_about(export, path, vocabulary, today), [*export.faults], export.notes)
    if is_pupil_header(project, table.header):
        return _pupils(project, register, path, table, limits)
    if form_faults:
        return Checked(faults=[*form_faults])
    shown = ", ".join(table.header)[:80]
    return Checked(faults=[table.fault(table.header_row, "", shown, KINDS)])


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _edition(project: Project, register: Register, path: Path) -> Checked:
    if not _lies_in(path, project.editions):
        expected = "an edition such as data/editions/2025.toml"
        return Checked(faults=[Fault(project.relative(path), 0, "", path.name, expected)])
    try:
        load_edition(project, register, path.stem)
    except TilstandError as error:
        return Checked(faults=list(error.lines))
    return Checked()


def _about(export: Export, path: Path, vocabulary: Vocabulary, today: dt.date) -> str:
    if export.faults:
        return ""
    rows = export.figures
    hidden = (rows["status"] == "suppressed").mean() if len(rows) else 0.0
    years = ", ".join(export.school_years)
    return (
        f"{export.name}: {vocabulary.names['en'][export.form]} {years}, "
        f"{rows['unit'].nunique()} units, {len(rows)} figures, {hidden:.0%} suppressed, "
        + download_age(path, today)
    )


def _pupils(
    project: Project, register: Register, path: Path, table: RawTable, limits: Limits
) -> Checked:
    if _lies_in(path, project.root) and not _lies_in(path, project.private):
        expected = f"a pupil file to lie in data/private/<edition>/{path.name}: move it there"
        return Checked(faults=[Fault(table.name, 0, "", path.name, expected)])
    names = edition_names(project)
    known = set(register.units.loc[register.units["level"] == "school", "code"])
    folders = {path.name for path in project.open.glob("*") if path.is_dir()}
    for edition in sorted(name for name in folders if name.isdigit() or name in names):
        units = load_edition_figures(project, register, edition)[1].units
        known |= set(units.loc[units["level"] == "school", "code"])
    lines, faults = any_pupil_file(project, path, len(table.rows), known, limits)
    about = f"{table.name}: a pupil file, {len(table.rows)} pupils"
    return Checked("" if faults else about, [*faults], lines)
