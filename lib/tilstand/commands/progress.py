"""Tell a person at a terminal how far a command has come."""

from __future__ import annotations

import typer


def tell_progress(line: str) -> None:
    """Write a line of progress, apart from what the command gives.

    Parameters
    ----------
    line : str
        What has been done.
    """
    typer.echo(line, err=True)
