"""Work on a file of pupils or counts outside the book: contributions, protection, simulation."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from tilstand.errors import CallError, TilstandError


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
    prior_sem: Annotated[
        list[str] | None,
        typer.Option(
            "--prior-sem",
            help="Instead: its standard error of measurement, or the column of each pupil's.",
        ),
    ] = None,
    level: Annotated[
        float | None, typer.Option("--level", help="Level of the intervals; .95 if not given.")
    ] = None,
    min_n: Annotated[
        int | None,
        typer.Option(
            "--min-n",
            help="Schools with fewer pupils are marked and get no numbers; 10 if not given.",
        ),
    ] = None,
) -> None:
    """Estimate each school's contribution, with an interval that holds for few schools too.

    Writes schools.csv (school, n, unshrunk, estimate, se, ci_low, ci_high, reliability, ...) and
    model.json. Rows lost to missing values are counted in model.json, never dropped silently.
    Small schools stay in the model. What looks wrong in the data is said on the error stream.

    Example: tilstand value-added pupils.csv --formula "reading_9 ~ reading_8" --school school
    --prior reading_8 --prior-reliability 0.85 --output contribution
    """
    if method not in ("reml", "ml"):
        raise CallError(f"--method: '{method}', expected reml or ml")
    from tilstand.value_added import command
    from tilstand.value_added.errors import ValueAddedError, ValueAddedWarning

    given: dict[str, Any] = {"level": level, "min_n": min_n}
    try:
        with warnings.catch_warnings(record=True) as doubts:
            warnings.simplefilter("always", ValueAddedWarning)
            written = command.run(
                file,
                formula,
                school,
                output,
                method=method,
                prior=prior,
                prior_reliability=prior_reliability,
                prior_sem=prior_sem,
                **{name: value for name, value in given.items() if value is not None},
            )
    except ValueAddedError as error:
        raise TilstandError(error.lines) from None
    for doubt in doubts:
        typer.echo(f"{file}: {doubt.message}", err=True)
    for path in written:
        typer.echo(path)


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
    from tilstand.disclosure.progress import progress
    from tilstand.disclosure.protect import run

    try:
        run(file, dimensions, count, min_count, width, published, output, progress())
    except DisclosureCallError as error:
        raise CallError(error.lines) from None
    except DisclosureError as error:
        raise TilstandError(error.lines) from None
    typer.echo(output)


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
