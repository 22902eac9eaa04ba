"""Bring data in: start an edition, fetch what is public, check every file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tilstand.commands.progress import tell_progress
from tilstand.errors import CallError

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

YEAR = re.compile(r"\d{4}")


def new_edition(
    year: Annotated[int, typer.Argument(help="Data year: the autumn that a school year starts.")],
    municipality: Annotated[
        str, typer.Option("--municipality", help="Code of 4 digits, valid in that year.")
    ],
    name: Annotated[
        str, typer.Option("--name", help="What to call it, such as 2025-asker; YEAR if left out.")
    ] = "",
) -> None:
    """Start an edition: write its file, make its folder, and list the files that it wants.

    Example: tilstand new-edition 2025 --municipality 3201
    """
    from tilstand.project import find_project
    from tilstand.register import Register
    from tilstand.sources.new_edition import instructions
    from tilstand.sources.new_edition import new_edition as start_edition

    project = find_project()
    made = start_edition(project, Register.load(project.register), year, municipality, name)
    for line in instructions(project, made):
        typer.echo(line)


def fetch(
    edition: Annotated[
        str,
        typer.Option("--edition", "-e", help="Name of the edition: 2025; the newest if left out."),
    ] = "",
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Store nothing: tell what differs from what we assume."),
    ] = False,
    municipalities: Annotated[
        str,
        typer.Option(
            "--municipalities", help="For tilstand batch: all, or a file with a code a line."
        ),
    ] = "",
) -> None:
    """Fetch what Udir's and Statistics Norway's open interfaces hold for an edition.

    Every answer is stored as a dated file under data/open/<edition>/snapshots/ and is not asked
    for again before 15 June, when the year's figures are final: a run that was cut goes on where
    it stopped. A build makes no call. What is assumed of the interfaces stands in
    data/register/open-sources.csv; --probe holds it against them and writes what differs.

    With --municipalities the answers for all of them are stored in one folder, no call twice, and
    `tilstand batch` of that year gives each municipality its own.

    Example: tilstand fetch --edition 2025
    Example: tilstand fetch --edition 2025 --municipalities all
    """
    from tilstand.edition import load_edition, newest_edition
    from tilstand.errors import DataError
    from tilstand.project import find_project
    from tilstand.register import Register
    from tilstand.sources.fetch import fetch_edition, snapshots_of
    from tilstand.sources.open_sources import Bases
    from tilstand.sources.probe import probe_sources

    project = find_project()
    if probe:
        differing, asked = probe_sources(project.register, Bases.from_environment(), tell_progress)
        if differing:
            raise DataError(differing)
        typer.echo(f"{asked} assumptions of data/register/open-sources.csv hold")
        return
    register = Register.load(project.register)
    if municipalities:
        _fetch_country(project, register, edition, municipalities)
        return
    edition = edition or newest_edition(project).name
    known = load_edition(project, register, edition)
    fetched = fetch_edition(project, register, known, tell_progress, bases=Bases.from_environment())
    for note in fetched.notes:
        typer.echo(note)
    stored = len(snapshots_of(project, edition).listed())
    folder = project.relative(snapshots_of(project, edition).folder)
    typer.echo(f"{fetched.calls} calls made, {stored} answers in {folder}")
    if fetched.faults:
        left = f"{len(fetched.faults)} sources could not be used; the others are there"
        raise DataError([*fetched.faults, left])


def _fetch_country(project: Project, register: Register, edition: str, chosen: str) -> None:
    from tilstand.edition import newest_edition
    from tilstand.errors import DataError
    from tilstand.pipeline.batch.municipalities import chosen_municipalities
    from tilstand.sources.country_fetch import fetch_country
    from tilstand.sources.open_sources import Bases

    if edition and not YEAR.fullmatch(edition):
        message = f"--edition: '{edition}', expected a year, which names a batch's editions"
        raise CallError(message)
    year = int(edition) if edition else newest_edition(project).year
    codes = chosen_municipalities(register, chosen, year)
    bases = Bases.from_environment()
    calls, faults = fetch_country(project, register, year, codes, tell_progress, bases=bases)
    typer.echo(f"{calls} calls made for {len(codes)} municipalities")
    if faults:
        left = f"{len(faults)} times a source could not be used; the others are there"
        raise DataError([*faults, left])


def wants(
    edition: Annotated[str, typer.Option("--edition", "-e", help="Name of the edition: 2025.")],
) -> None:
    """List what each chapter can show: there or missing, and from which file or table.

    Ends with the figures that no chapter shows, and why.

    Example: tilstand wants --edition 2025
    """
    from tilstand.check.wants import wants_lines
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    for line in wants_lines(project, Register.load(project.register), edition):
        typer.echo(line)


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Figures, exports, pupil files or editions; everything if left out."),
    ] = None,
    allow_large: Annotated[
        bool, typer.Option("--allow-large", help="Read a file of more than 50 MB.")
    ] = False,
) -> None:
    """Check the data: the project's own, and which files an edition has, how old, and valid or not.

    Prints one line a fault: file:row:column: 'value', expected ...

    Example: tilstand check data/published/barnehage.csv
    """
    import datetime as dt

    from tilstand.check.editions import check_data
    from tilstand.errors import DataError
    from tilstand.project import find_project
    from tilstand.report.chapters.open.check_own import check_own
    from tilstand.report.chapters.schools.comment_files import check_comments, comments_state

    project = find_project()
    today = dt.datetime.now(tz=dt.UTC).date()
    state = check_data(project, files or [], today, allow_large=allow_large)
    comments, lines = ([], []) if files else (check_comments(project), comments_state(project))
    for line in [*state.lines, *lines]:
        typer.echo(line)
    named = [one.stem for one in files or [] if one.suffix == ".toml"]
    own = [] if state.faults else check_own(project, named if files else None)
    if state.faults or comments or own:
        raise DataError([*state.faults, *comments, *own])
    typer.echo("no faults")
