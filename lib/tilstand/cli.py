"""Open the door to the library: commands, their words and their exit codes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated

import typer

from tilstand.commands import book, data, pupils
from tilstand.errors import TilstandError, system_fault

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


def _version(asked: bool) -> None:  # noqa: FBT001  typer hands it over so
    if asked:
        from importlib.metadata import version

        typer.echo(f"tilstand {version('tilstand')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and end.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


app.command("build")(book.build)
app.command("new-edition")(data.new_edition)
app.command("fetch")(data.fetch)
app.command("wants")(data.wants)
app.command("batch")(book.batch)
app.command("release")(book.release)
app.command("package")(book.package)
app.command("backtest")(book.backtest)
app.command("check")(data.check)
app.command("serve")(book.serve)
app.command("value-added")(pupils.value_added)
app.command("protect")(pupils.protect)
app.command("simulate")(pupils.simulate)


def main() -> None:
    """Run a command and turn the library's errors into lines and exit codes."""
    for name in ("SIGTERM", "SIGHUP"):  # asked to end, or the terminal was closed
        wanted = getattr(signal, name, None)  # Windows has no SIGHUP; nohup has it ignored
        if wanted is not None and signal.getsignal(wanted) == signal.SIG_DFL:
            signal.signal(wanted, _terminated)
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
    with contextlib.suppress(OSError):  # of a terminal that is gone
        sys.stderr.write(f"{STOPPED}\n")
        sys.stderr.flush()
    os._exit(128 + signum)


if __name__ == "__main__":
    main()
