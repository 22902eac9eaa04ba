"""Bring data in: start an edition, fetch what is public, check every file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tilstand.commands.progress import tell_progress


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
    edition: Annotated[str, typer.Option("--edition", "-e", help="Name of the edition: 2025.")],
) -> None:
    """Fetch what Udir's and Statistics Norway's open interfaces hold for an edition.

    Every answer is stored as a dated file under data/open/<edition>/snapshots/ and is never
    asked for again: a run that was cut goes on where it stopped. A build makes no call.

    Example: tilstand fetch --edition 2025
    """
    from tilstand.edition import load_edition
    from tilstand.errors import DataError
    from tilstand.project import find_project
    from tilstand.register import Register
    from tilstand.sources.fetch import Bases, fetch_edition, snapshots_of

    project = find_project()
    register = Register.load(project.register)
    known = load_edition(project, register, edition)
    fetched = fetch_edition(project, register, known, tell_progress, bases=Bases.from_environment())
    if fetched.faults:
        raise DataError(list(fetched.faults))
    for note in fetched.notes:
        typer.echo(note)
    stored = len(snapshots_of(project, edition).listed())
    folder = project.relative(snapshots_of(project, edition).folder)
    typer.echo(f"{fetched.calls} calls made, {stored} answers in {folder}")


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
    own = [] if files or state.faults else check_own(project)
    if state.faults or comments or own:
        raise DataError([*state.faults, *comments, *own])
    typer.echo("no faults")
