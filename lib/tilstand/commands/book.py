"""Make the book: build it, for one municipality or many, pack it, compare it, serve it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tilstand.commands.progress import tell_progress
from tilstand.errors import CallError


def build(
    edition: Annotated[
        list[str] | None,
        typer.Option(
            "--edition", "-e", help="Its name, such as 2020; may be repeated. All if left out."
        ),
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="nb, en or all.")] = "all",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Cores to keep busy; 0: all of them.")
    ] = 0,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="NAME=VALUE for chapters that have the parameter."),
    ] = None,
    isolated: Annotated[
        bool,
        typer.Option("--isolated", help="Start every kernel from nothing: slower, same pages."),
    ] = False,
    pdf: Annotated[
        bool | None,
        typer.Option(
            "--pdf/--no-pdf",
            help="Print each edition as PDF. Printed if left out, where Chromium is installed.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each step runs, or that it need not.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Build twice in temporary folders and compare; the site stays."
        ),
    ] = False,
) -> None:
    """Build the book into book/site/<edition>/<language>/.

    Checks the data, executes the chapters that something has changed for, compiles the pages that
    come out different and swaps the finished edition in. When anything fails, or the build is
    killed, the site that was there stays, and the next build goes on from there.

    Example: tilstand build --edition 2020 --language nb
    """
    from tilstand.pipeline.execute.warm import ENVIRONMENT, be_ready

    be_ready(ENVIRONMENT)
    from tilstand.pipeline.basis.order import Order
    from tilstand.pipeline.outputs.pdf import find_browser
    from tilstand.pipeline.steps.build import build as build_book
    from tilstand.project import find_project

    parameters = _parameters(parameter or [])
    jobs = jobs or os.cpu_count() or 1
    browser = find_browser() if pdf is not False else None
    if pdf and browser is None:
        raise CallError("--pdf: no Chromium on this machine, expected chromium or google-chrome")
    order = Order(
        edition or [],
        language,
        jobs,
        parameters,
        isolated=isolated,
        browser=None if verify else browser,
        explain=explain,
    )
    if verify:
        from tilstand.pipeline.reproduce.verify import verify as build_twice

        files = build_twice(find_project(), order, tell_progress)
        typer.echo(f"identical: {files} files, built twice")
        return
    for page in build_book(find_project(), order, tell_progress):
        typer.echo(page)


def _parameters(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise CallError([f"--parameter: '{pair}', expected NAME=VALUE" for pair in wrong])
    return dict(pair.split("=", 1) for pair in pairs)


def batch(
    municipalities: Annotated[
        str,
        typer.Option("--municipalities", help="all, or a file with one municipality code a line."),
    ],
    output: Annotated[Path, typer.Option("--output", help="Folder of the finished sites.")],
    year: Annotated[
        int, typer.Option("--year", help="Data year; the newest edition's if left out.")
    ] = 0,
    language: Annotated[str, typer.Option("--language", "-l", help="nb, en or all.")] = "all",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Municipalities at a time; 0: one a core.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="Address of a Dask scheduler: tcp://host:8786.")
    ] = "",
    retries: Annotated[
        int, typer.Option("--retries", min=0, help="Times to try a failed build again.")
    ] = 1,
    again: Annotated[
        bool, typer.Option("--again", help="Try what failed before, though nothing has changed.")
    ] = False,
) -> None:
    """Build one edition for each of many municipalities, on this machine or on a Dask cluster.

    Each goes to its own folder in OUTPUT, with summary.csv and summary.json beside them. What is
    finished is not built again: the same command goes on where it was stopped. What failed is not
    tried again until something has changed. index.html finds a municipality by name and by county.

    Example: tilstand batch --municipalities all --year 2020 --output country
    """
    from tilstand.edition import newest_edition
    from tilstand.pipeline.batch.batch import Batch, check_complete, run_batch
    from tilstand.pipeline.batch.municipalities import chosen_municipalities
    from tilstand.project import find_project
    from tilstand.register import Register

    if language not in ("nb", "en", "all"):
        raise CallError(f"--language: '{language}', expected nb, en or all")
    project = find_project()
    register = Register.load(project.register)
    chosen = year or newest_edition(project).year
    codes = chosen_municipalities(register, municipalities, chosen)
    cores = jobs or os.cpu_count() or 1
    asked = Batch(codes, chosen, output, language, cores, scheduler, retries, again)
    outcomes = run_batch(project, register, asked, tell_progress)
    typer.echo(output / "summary.csv")
    check_complete(outcomes)


def package(
    edition: Annotated[str, typer.Option("--edition", "-e", help="Its name, such as 2020.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Zip file; tilstandsboka-<edition>.zip if left out."),
    ] = None,
) -> None:
    """Pack an edition so that a reviewer can build it again and see that it is the same.

    In the archive: code, lock, public data, record and the finished book, built from just these.
    Pupil data never go along, nor files under data/open/ that are not known to be public.

    Example: tilstand package --edition 2020 --output replication-2020.zip
    """
    from tilstand.pipeline.reproduce.package import package as pack
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    typer.echo(pack(project, Register.load(project.register), edition, output, tell_progress))


def release(
    edition: Annotated[str, typer.Option("--edition", "-e", help="Its name, such as 2025.")],
) -> None:
    """Note that readers have an edition: what it shows of pupils is kept and reckoned with.

    Run it when the site goes out. An edition that replaces this one, and next year's, are then
    protected against a reader who compares them. What is kept lies under data/private/ and holds
    counts of groups: it is personal data, and is never published.

    Example: tilstand release --edition 2025
    """
    from tilstand.edition import load_edition
    from tilstand.pipeline.reproduce.release import release as keep
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    typer.echo(keep(project, load_edition(project, Register.load(project.register), edition)))


def backtest(
    edition: Annotated[
        list[str] | None,
        typer.Option(
            "--edition", "-e", help="Its name, such as 2020; may be repeated. All if left out."
        ),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Keep what comes out now as the accepted results.")
    ] = False,
) -> None:
    """Compare every number of an edition with the results that were accepted last.

    Prints one line a number that moved, is new or is gone. The accepted results lie in
    data/results/. Editions whose site is not of today's code and data are built anew, elsewhere.

    Example: tilstand backtest --edition 2020
    """
    from tilstand.edition import edition_names, load_edition
    from tilstand.errors import BuildError
    from tilstand.pipeline.reproduce.backtest import backtest as compare
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    register = Register.load(project.register)
    lines = []
    for name in edition or edition_names(project):
        known = load_edition(project, register, name)
        moved = compare(project, known, tell_progress, accept=accept)
        lines += [f"{name}: {move}" for move in moved]
    if lines and not accept:
        raise BuildError([*lines, f"{len(lines)} numbers moved; --accept keeps them"])
    for line in lines or ["no number moved"]:
        typer.echo(line)


def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8000,
) -> None:
    """Serve the finished site on this machine.

    Example: tilstand serve --port 8080
    """
    from tilstand.pipeline.serve import serve as serve_site
    from tilstand.project import find_project

    serve_site(find_project(), port, tell_progress)
