"""Run the command in a fork of a process that has imported all that it needs.

To import it takes as long as a small build does. A fork has read no data and keeps nothing from the
one before, and a build in it forks its chapters as the command does when a shell starts it.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.pipeline.execute.warm import ENVIRONMENT, Template

if TYPE_CHECKING:
    from tilstand.project import Project

# What a build imports on its way, besides what every chapter does.
ON_THE_WAY = (
    "jupyter_book.config",
    "myst_nb",
    "sphinx.cmd.build",
    "sphinx_book_theme",
    "tilstand.commands.book",
    "tilstand.pipeline.steps.build",
    "tilstand.pupils.door",
)


@functools.cache
def _template() -> Template:
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    made = Template(ON_THE_WAY, ENVIRONMENT | {"PYTHONPATH": paths})
    atexit.register(made.close)
    return made


def tilstand(project: Project, *words: str) -> tuple[int, str, str]:
    """Run a command on a project; return its status and what it wrote to either stream."""
    outcome = _template().submit(_run, (str(project.root), words)).result()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _run(asked: tuple[str, tuple[str, ...]]) -> tuple[int, str, str]:
    from tilstand import cli
    from tilstand.project import VARIABLE

    root, words = asked
    os.environ |= {VARIABLE: root, "HOME": root}
    sys.argv = ["tilstand", *words]
    code: object = 0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as told:
        os.dup2(out.fileno(), 1)
        os.dup2(told.fileno(), 2)
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        out.seek(0)
        told.seek(0)
        return int(str(code)), out.read(), told.read()
