"""Work on a file of pupils or counts outside the book: contributions, protection, simulation."""

from __future__ import annotations

import json
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
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="Column of cohorts: a layer in each school.")
    ] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="Column of classes: the innermost layer.")
    ] = None,
    municipality: Annotated[
        str | None, typer.Option("--municipality", help="Column of municipalities, outermost.")
    ] = None,
    class_share: Annotated[
        float | None,
        typer.Option(
            "--class-share",
            help="Without class ids: assumed share of the pupils' variance between classes.",
        ),
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
            help="Schools with fewer pupils, or fewer in a cohort, get nothing; 10 if not given.",
        ),
    ] = None,
    allow_large: Annotated[
        bool, typer.Option("--allow-large", help="Read a CSV file of more than 150 MB.")
    ] = False,
) -> None:
    """Estimate each school's contribution, with an interval that holds for few schools too.

    Writes schools.csv (school, n, unshrunk, estimate, se, ci_low, ci_high, reliability, ...) and
    model.json. Rows lost to missing values are counted in model.json, never dropped silently.
    Small schools stay in the model. What looks wrong in the data is said on the error stream.

    With --cohort every cohort gets a mean of its own, schools.csv gains the average of the
    observed cohorts, the newest and what stays with the school, and cohorts.csv and changes.csv
    are written; with several municipalities municipalities.csv too.

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
                cohort=cohort,
                class_=class_,
                municipality=municipality,
                class_share=class_share,
                allow_large=allow_large,
                **{name: value for name, value in given.items() if value is not None},
            )
    except ValueAddedError as error:
        raise TilstandError(error.lines) from None
    for doubt in doubts:
        typer.echo(f"{file}: {doubt.message}", err=True)
    for line in _left_out(written):
        typer.echo(f"{file}: {line}", err=True)
    for path in written:
        typer.echo(path)


def _left_out(written: list[Path]) -> list[str]:
    """Say which rows the estimates do without, as the model's file counts them."""
    model = next(path for path in written if path.name == "model.json")
    rows = json.loads(model.read_text(encoding="utf-8")).get("rows", {})
    if not rows.get("lost"):
        return []
    blanks = ", ".join(f"{column} {count}" for column, count in rows["missing"].items() if count)
    return [f"{rows['lost']} of {rows['read']} rows left out, without a value: {blanks}"]


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
    whole_group: Annotated[
        bool,
        typer.Option(
            "--whole-group/--no-whole-group",
            help="Hide the distribution of a group that is in one category altogether.",
        ),
    ] = True,
    complements: Annotated[
        bool,
        typer.Option(
            "--complements/--no-complements",
            help="Hide a count too that all but 1 to MIN_COUNT - 1 of its group are in.",
        ),
    ] = False,
    distribution: Annotated[
        str | None,
        typer.Option(
            "--distribution",
            help="Dimensions that say something of people, such as a level, joined by commas; "
            "--whole-group and --complements look along these. If not given: the last of "
            "--dimensions, or both where there are two.",
        ),
    ] = None,
    hierarchy: Annotated[
        list[str] | None,
        typer.Option(
            "--hierarchy",
            help="Columns that nest, from the inside out: school:municipality. May be repeated.",
        ),
    ] = None,
    allow_large: Annotated[
        bool, typer.Option("--allow-large", help="Read a file of more than 50 MB.")
    ] = False,
) -> None:
    """Hide every small count of a table, and whatever else would give it away.

    A combination that is not in FILE is a true zero. Out come the inner cells and every margin
    (Total in the collapsed dimensions), with the count (blank where hidden) and its status. With
    --hierarchy subtotals come out too, in rows with Total in the inner column. Groups that the
    table still shows to be in one category altogether are named on standard error.

    Example: tilstand protect counts.csv --dimensions school,sex,level --count pupils
    --output protected.csv

    Example: tilstand protect counts.csv --dimensions school,level --hierarchy school:municipality
    --count pupils --output protected.csv
    """
    from tilstand.disclosure.errors import DisclosureCallError, DisclosureError
    from tilstand.disclosure.progress import progress
    from tilstand.disclosure.protect import run

    try:
        run(
            file,
            dimensions,
            count,
            min_count,
            width,
            published,
            output,
            progress(),
            whole_group=whole_group,
            complements=complements,
            distribution=distribution or (),
            hierarchy=hierarchy or (),
            allow_large=allow_large,
            tell=lambda line: typer.echo(line, err=True),
        )
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
