"""Open the door to the library: commands, their words and their exit codes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tilstand.errors import CallError, TilstandError, system_fault

INTERRUPTED = 130  # how shells tell that somebody pressed Ctrl-C
STOPPED = "stopped before the end; what was finished before is as it was: run the command again"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Build Tilstandsboka: a reproducible report on kindergartens and schools.\n\n"
    "Exit status: 0 done, 1 the data or the build is wrong (one line a fault), "
    "2 the call is wrong.\n\nExample: tilstand build --edition 2020 --language nb",
)


def _progress(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def build(
    edition: Annotated[
        list[int] | None,
        typer.Option(
            "--edition", "-e", help="Data year; may be repeated. All editions if left out."
        ),
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="nb, en or all.")] = "all",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Chapters at the same time; 0: one a core.")
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
    import os

    from tilstand.build.order import Order
    from tilstand.build.order import build as build_book
    from tilstand.build.pdf import find_browser
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
        from tilstand.build.verify import verify as build_twice

        files = build_twice(find_project(), order, _progress)
        typer.echo(f"identical: {files} files, built twice")
        return
    for page in build_book(find_project(), order, _progress):
        typer.echo(page)


def _parameters(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise CallError([f"--parameter: '{pair}', expected NAME=VALUE" for pair in wrong])
    return dict(pair.split("=", 1) for pair in pairs)


@app.command("new-edition")
def new_edition(
    year: Annotated[int, typer.Argument(help="Data year: the autumn that a school year starts.")],
    municipality: Annotated[
        str, typer.Option("--municipality", help="Code of 4 digits, valid in that year.")
    ],
) -> None:
    """Start an edition: write its file, make its folder, and list the files that it wants.

    Example: tilstand new-edition 2025 --municipality 3201
    """
    from tilstand.project import find_project
    from tilstand.register import Register
    from tilstand.sources.new_edition import instructions
    from tilstand.sources.new_edition import new_edition as start_edition

    project = find_project()
    made = start_edition(project, Register.load(project.register), year, municipality)
    for line in instructions(project, made, year):
        typer.echo(line)


@app.command()
def fetch(
    edition: Annotated[int, typer.Option("--edition", "-e", help="Data year of the edition.")],
) -> None:
    """Fetch what Udir's and Statistics Norway's open interfaces hold for an edition.

    Every answer is stored as a dated file under data/incoming/<edition>/snapshots/ and is never
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
    fetched = fetch_edition(project, register, known, _progress, bases=Bases.from_environment())
    if fetched.faults:
        raise DataError(list(fetched.faults))
    for note in fetched.notes:
        typer.echo(note)
    stored = len(snapshots_of(project, edition).listed())
    folder = project.relative(snapshots_of(project, edition).folder)
    typer.echo(f"{fetched.calls} calls made, {stored} answers in {folder}")


@app.command()
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
) -> None:
    """Build one edition for each of many municipalities, on this machine or on a Dask cluster.

    Each goes to its own folder in OUTPUT, with summary.csv and summary.json beside them. What is
    finished is not built again: the same command goes on where it was stopped.

    Example: tilstand batch --municipalities all --year 2020 --output country
    """
    import os

    from tilstand.build.batch import Batch, check_complete, run_batch
    from tilstand.build.municipalities import all_municipalities, read_municipalities
    from tilstand.edition import edition_years
    from tilstand.project import find_project
    from tilstand.register import Register

    if language not in ("nb", "en", "all"):
        raise CallError(f"--language: '{language}', expected nb, en or all")
    project = find_project()
    register = Register.load(project.register)
    chosen = year or max(edition_years(project))
    everyone = municipalities == "all"
    codes = (
        all_municipalities(register, chosen)
        if everyone
        else read_municipalities(register, Path(municipalities), chosen)
    )
    asked = Batch(codes, chosen, output, language, jobs or os.cpu_count() or 1, scheduler, retries)
    outcomes = run_batch(project, register, asked, _progress)
    typer.echo(output / "summary.csv")
    check_complete(outcomes)


@app.command()
def package(
    edition: Annotated[int, typer.Option("--edition", "-e", help="Data year.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Zip file; tilstandsboka-<edition>.zip if left out."),
    ] = None,
) -> None:
    """Pack an edition so that a reviewer can build it again and see that it is the same.

    In the archive: code, lock, public data, record and the finished book, built from just these.
    Pupil data never go along, nor files under data/incoming/ that are not known to be public.

    Example: tilstand package --edition 2020 --output replication-2020.zip
    """
    from tilstand.build.package import package as pack
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    typer.echo(pack(project, Register.load(project.register), edition, output, _progress))


@app.command()
def backtest(
    edition: Annotated[
        list[int] | None,
        typer.Option(
            "--edition", "-e", help="Data year; may be repeated. All editions if left out."
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
    from tilstand.build.backtest import backtest as compare
    from tilstand.edition import edition_years, load_edition
    from tilstand.errors import BuildError
    from tilstand.project import find_project
    from tilstand.register import Register

    project = find_project()
    register = Register.load(project.register)
    lines = []
    for year in edition or edition_years(project):
        known = load_edition(project, register, year)
        moved = compare(project, known, _progress, accept=accept)
        lines += [f"{year}: {move}" for move in moved]
    if lines and not accept:
        raise BuildError([*lines, f"{len(lines)} numbers moved; --accept keeps them"])
    for line in lines or ["no number moved"]:
        typer.echo(line)


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Figures, exports, pupil files or editions; everything if left out."),
    ] = None,
) -> None:
    """Check the data: the project's own, and which files an edition has, how old, and valid or not.

    Prints one line a fault: file:row:column: 'value', expected ...

    Example: tilstand check data/published/barnehage.csv
    """
    import datetime as dt

    from tilstand.errors import DataError
    from tilstand.project import find_project
    from tilstand.sources.editions_state import check_data

    state = check_data(find_project(), files or [], dt.datetime.now(tz=dt.UTC).date())
    for line in state.lines:
        typer.echo(line)
    if state.faults:
        raise DataError(list(state.faults))
    typer.echo("no faults")


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8000,
) -> None:
    """Serve the finished site on this machine.

    Example: tilstand serve --port 8080
    """
    from tilstand.build.serve import serve as serve_site
    from tilstand.project import find_project

    serve_site(find_project(), port, _progress)


@app.command("value-added")
def value_added(
    file: Annotated[Path, typer.Argument(help="Pupils, one a row: CSV, Excel or Parquet.")],
    formula: Annotated[str, typer.Option("--formula", help='Outcome and predictors: "y ~ x".')],
    school: Annotated[str, typer.Option("--school", help="Column of school ids, read as text.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for the two files.")],
    method: Annotated[str, typer.Option("--method", help="reml or ml.")] = "reml",
    prior: Annotated[
        list[str] | None,
        typer.Option("--prior", help="Predictor measured with error; may be repeated."),
    ] = None,
    prior_reliability: Annotated[
        list[float] | None,
        typer.Option("--prior-reliability", help="Its reliability, 0 to 1; once for each prior."),
    ] = None,
) -> None:
    """Estimate each school's contribution, with an interval that holds for few schools too.

    Writes schools.csv (school, n, unshrunk, estimate, se, ci_low, ci_high, reliability, ...) and
    model.json. Rows lost to missing values are counted in model.json, never dropped silently.

    Example: tilstand value-added pupils.csv --formula "reading_9 ~ reading_8" --school school
    --prior reading_8 --prior-reliability 0.85 --output contribution
    """
    if method not in ("reml", "ml"):
        raise CallError(f"--method: '{method}', expected reml or ml")
    from tilstand.value_added import command
    from tilstand.value_added.errors import ValueAddedError

    try:
        written = command.run(
            file,
            formula,
            school,
            output,
            method=method,
            prior=prior,
            prior_reliability=prior_reliability,
        )
    except ValueAddedError as error:
        raise TilstandError(error.lines) from None
    for path in written:
        typer.echo(path)


@app.command()
def protect(
    file: Annotated[Path, typer.Argument(help="Inner cells, one row a combination.")],
    dimensions: Annotated[str, typer.Option("--dimensions", help="Columns, joined by commas.")],
    count: Annotated[str, typer.Option("--count", help="Column of the counts.")],
    output: Annotated[Path, typer.Option("--output", help="CSV file to write.")],
    min_count: Annotated[
        int, typer.Option("--min-count", help="Counts from 1 to one below this are hidden.")
    ] = 5,
    width: Annotated[
        int, typer.Option("--width", help="Least doubt that stays about a hidden count.")
    ] = 3,
    published: Annotated[
        Path | None, typer.Option("--published", help="Totals that are public already.")
    ] = None,
) -> None:
    """Hide every small count of a table, and whatever else would give it away.

    A combination that is not in FILE is a true zero. Out come the inner cells and every margin
    (Total in the collapsed dimensions), with the count (blank where hidden) and its status.

    Example: tilstand protect counts.csv --dimensions school,sex,level --count pupils
    --output protected.csv
    """
    from tilstand.disclosure.errors import DisclosureCallError, DisclosureError
    from tilstand.disclosure.protect import run

    try:
        run(file, dimensions, count, min_count, width, published, output)
    except DisclosureCallError as error:
        raise CallError(error.lines) from None
    except DisclosureError as error:
        raise TilstandError(error.lines) from None
    typer.echo(output)


@app.command()
def simulate(
    pupils: Annotated[int, typer.Option("--pupils", help="Pupils in a cohort.")],
    schools: Annotated[int, typer.Option("--schools", help="Schools.")],
    output: Annotated[Path, typer.Option("--output", help="CSV or Parquet file.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same file.")] = 1,
) -> None:
    """Simulate pupils and schools with known truth; every row says that it is simulated.

    Example: tilstand simulate --pupils 5000 --schools 60 --seed 1 --output simulated.csv
    """
    from tilstand.simulation import simulate_file

    try:
        written = simulate_file(pupils, schools, seed, output)
    except ValueError as error:
        raise CallError(str(error)) from None
    for path in written:
        typer.echo(path)


def main() -> None:
    """Run a command and turn the library's errors into lines and exit codes."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # Ctrl-C
            typer.echo(STOPPED, err=True)
        raise
    except TilstandError as error:
        for line in error.lines:
            typer.echo(line, err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        typer.echo(system_fault(error), err=True)
        sys.exit(1)


def _terminated(signum: int, _frame: object) -> None:
    """End at once: what is half done lies in folders that the next run clears."""
    sys.stderr.write(f"{STOPPED}\n")
    sys.stderr.flush()
    os._exit(128 + signum)


if __name__ == "__main__":
    main()
