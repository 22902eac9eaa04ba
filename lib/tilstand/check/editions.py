"""Tell of every edition which files and answers of its own it has, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.check.any_file import check_file
from tilstand.check.by_hand import check_by_hand
from tilstand.check.own_data import check_all
from tilstand.check.summaries import check_summaries
from tilstand.check.wants import unshown_lines
from tilstand.edition import edition_names
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import DataError, TilstandError
from tilstand.pupils.state import named_pupil_files, pupil_state
from tilstand.register import Register
from tilstand.sources.country_fetch import TOWNS
from tilstand.sources.edition_figures import fetched_lines
from tilstand.sources.fetch import snapshots_of
from tilstand.sources.incoming import former_files, incoming_files
from tilstand.sources.new_edition import check_incoming, report
from tilstand.sources.snapshots import FOLDER, INDEX, Snapshots
from tilstand.tabular.kinds import SUFFIXES

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.project import Project


@dataclass(frozen=True)
class State:
    """Say what lies in ``data/open``.

    Parameters
    ----------
    lines : list of str
        One line a wanted file, a stored answer's folder, and whatever was left aside.
    faults : list of Fault or str
        One entry a fault.
    """

    lines: list[str] = field(default_factory=list)
    faults: list[Fault | str] = field(default_factory=list)


def check_data(
    project: Project, files: list[Path], today: dt.date, *, allow_large: bool = False
) -> State:
    """Check files by their kinds, or everything that the project and its editions have.

    Parameters
    ----------
    project : Project
        The checkout.
    files : list of Path
        Files anywhere; everything if empty.
    today : datetime.date
        The day that ages are counted from.
    allow_large : bool
        Read files of any size.

    Returns
    -------
    State
        Lines for a person, and every fault.
    """
    if files:
        found = [check_file(project, path, today, allow_large=allow_large) for path in files]
        lines = [line for one in found for line in (one.about, *one.notes) if line]
        return State(lines, [fault for one in found for fault in one.faults])
    faults = check_all(project) or [*check_summaries(project), *check_by_hand(project)]
    return State([], faults) if faults else editions_state(project, today)


def editions_state(project: Project, today: dt.date) -> State:
    """Look through the folders of all editions that have one.

    Parameters
    ----------
    project : Project
        The checkout.
    today : datetime.date
        The day that ages are counted from.

    Returns
    -------
    State
        Lines for a person, and every fault of every file.
    """
    register = Register.load(project.register)
    names = edition_names(project)
    state = State(faults=list(former_files(project)))
    for folder in sorted(path for path in project.open.glob("*") if path.is_dir()):
        edition = folder.name
        if edition not in names:
            called = edition if edition.isdigit() else f"YEAR --name {edition}"
            start = f"tilstand new-edition {called} --municipality CODE"
            state.lines.append(
                f"{project.relative(folder)}: no such edition; start it with {start}"
            )
            continue
        answers, incoming = check_incoming(project, register, edition, today)
        state.lines.append(f"edition {edition}: {project.relative(folder)}")
        state.lines.extend(f"  {line}" for line in report(answers, []))
        read = {*incoming.exports, *pupil_paths(project, edition)}
        state.lines.extend(f"  {line}" for line in _others(project, edition, read))
        state.lines.extend(f"  {line}" for line in incoming.notes)
        state.faults.extend(incoming.faults)
        if not incoming.faults:
            state.lines.extend(f"  {line}" for line in _unshown(project, register, edition))
            state.lines.extend(f"  {line}" for line in _of_fetch(project, register, edition))
        _snapshots(snapshots_of(project, edition), state)
    for edition in edition_names(project):
        if not (project.open / edition).is_dir():
            lines = _unshown(project, register, edition)
            told = [f"edition {edition}:", *(f"  {line}" for line in lines)]
            state.lines.extend(told if lines else [])
    for edition, file in (one for named in named_pupil_files(project).values() for one in named):
        lines, faults = pupil_state(project, edition, file)
        state.lines.extend([f"edition {edition}: [pupils]", *(f"  {line}" for line in lines)])
        state.faults.extend(faults)
    return state


def _unshown(project: Project, register: Register, edition: str) -> list[str]:
    """Name what no chapter shows; nothing where the edition cannot be read, which is told."""
    try:
        return unshown_lines(project, register, edition)
    except TilstandError:
        return []


def _of_fetch(project: Project, register: Register, edition: str) -> list[str]:
    """Name what could not be used of what was fetched; the register's gaps are told by fetch."""
    try:
        lines = fetched_lines(project, register, edition)
    except TilstandError as error:
        return error.lines
    return [line for line in lines if not line.startswith("data/register/")]


def _others(project: Project, edition: str, read: set) -> list[str]:
    """Name what lies there and is not read, so that nothing is left out silently."""
    folder = project.open / edition
    told = {*read, *incoming_files(project, edition)}
    pupils = named_pupil_files(project)
    there = [
        path
        for path in sorted(folder.iterdir())
        if path not in told and path.resolve() not in pupils
    ]
    return [
        f"not read: {project.relative(path)} (expected {', '.join(SUFFIXES)})"
        for path in there
        if path.name not in (FOLDER, TOWNS) and not path.name.startswith((".", "~$"))
    ]


def _snapshots(store: Snapshots, state: State) -> None:
    listed = store.listed()
    if not listed:
        return
    days = sorted(snapshot.fetched[:10] for snapshot in listed.values())
    state.lines.append(f"  fetched: {len(listed)} answers, {days[0]} to {days[-1]} ({INDEX})")
    for url in listed:
        try:
            store.read(url)
        except DataError as error:
            state.faults.extend(error.lines)
