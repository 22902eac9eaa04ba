"""Build copies of a project from one process that has imported everything, a fork for each.

A build of its own costs a municipality some five seconds of imports, three times over: for the
command, for its chapters and for Sphinx. A fork has them done, and is as much on its own: what
becomes of it becomes of no other.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tilstand.errors import BuildError
from tilstand.pipeline.execute import warm
from tilstand.pipeline.reproduce import workcopy
from tilstand.project import VARIABLE, Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What a build imports beside its chapters; Sphinx's extensions would be imported by each.
MODULES = (
    warm.COMMAND,
    "tilstand.pipeline.outputs.pdf",
    "tilstand.pipeline.steps.build",
    "tilstand.pipeline.steps.make",
    "jupyter_book.config",
    "myst_nb",
    "myst_nb.sphinx_ext",
    "openpyxl",
    "pybtex.database.input.bibtex",
    "pydantic.json_schema",
    "pydantic.type_adapter",
    "sphinx.builders.html",
    "sphinx.cmd.build",
    "sphinx.search.no",
    "sphinx_book_theme",
    "sphinx_design.extension",
    "sphinx_external_toc",
    "sphinx_jupyterbook_latex.events",
    "tilstand.pipeline.sphinx.around",
    "tilstand.pipeline.sphinx.chapter_list",
    "tilstand.pipeline.sphinx.pages",
    "tilstand.pipeline.sphinx.search",
    "typer._adapters",
)
#: Options of the command, environment variables, the copy's folder, and the file for its words.
Asked: TypeAlias = "tuple[list[str], dict[str, str], Path, Path]"
#: Objects that a build makes before it looks for garbage: what it makes it mostly keeps to its end.
GARBAGE = 500_000
_open: dict[Path, warm.Template] = {}
_closed: set[Path] = set()
_turn = threading.Lock()


def run_build(
    project: Project,
    words: list[str],
    surroundings: Mapping[str, str],
    library: Path,
) -> None:
    """Run ``tilstand build`` on a copy, in a fork of a process that has the library imported.

    Parameters
    ----------
    project : Project
        The copy to build.
    words : list of str
        Options of the command.
    surroundings : mapping
        Environment variables to set beside the ones that are there.
    library : Path
        Folder that holds the library ``tilstand``.

    Raises
    ------
    BuildError
        When it fails; its last lines.
    """
    if not warm.available():
        workcopy.run_build(project, words, surroundings, library)
        return
    with tempfile.TemporaryDirectory(dir=project.root) as folder:
        log = Path(folder) / "log"
        asked = (words, {**surroundings, VARIABLE: str(project.root)}, project.root, log)
        outcome = _template(project, library, asked).submit(_build_here, asked).result()
        if isinstance(outcome, Exception):
            raise BuildError([f"{workcopy.ENDED}: {outcome}"])
        if outcome:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            lines = [line for line in lines if line.strip()]
            raise BuildError(workcopy.faults_told(lines) or [f"{workcopy.ENDED} {outcome}"])


@contextmanager
def closing(libraries: set[Path]) -> Iterator[None]:
    """End with a batch the processes that build with its libraries, and the builds they still run.

    Parameters
    ----------
    libraries : set of Path
        Folders that hold the library ``tilstand``.
    """
    _closed.difference_update(libraries)
    try:
        yield
    finally:
        with _turn:
            _closed.update(libraries)
            ended = [_open.pop(library) for library in libraries & _open.keys()]
        for template in ended:
            template.close()


def _template(project: Project, library: Path, asked: Asked | None = None) -> warm.Template:
    """Return the process that builds with a library; begin it where there is none, or no more.

    It reads of the country what every municipality's book asks for before it forks the first.
    """
    with _turn:
        if library in _closed:
            raise BuildError([f"{workcopy.ENDED} of its batch"])
        if library in _open and not _open[library].alive:
            _open.pop(library).close()
        if library not in _open:
            path = os.pathsep.join([str(library), *filter(None, [os.environ.get("PYTHONPATH")])])
            chapters = warm.imports_of(sorted(project.notebooks.glob("*.ipynb")))
            environment = warm.ENVIRONMENT | {"PYTHONPATH": path}
            _open[library] = warm.Template([*MODULES, *chapters], environment)
            if asked:
                _open[library].prepare(_read_here, asked)
        return _open[library]


def _read_here(asked: Asked) -> None:
    """Read and fit in this process what is of the whole country; its forks have it."""
    from sphinx.application import builtin_extensions

    from tilstand.pipeline.batch.country import read_country

    warm.import_first(builtin_extensions)
    words, surroundings, folder, _ = asked
    before = dict(os.environ)
    os.environ.update(surroundings)
    try:
        said = dict(itertools.pairwise(words))
        read_country(Project(folder), said["--edition"], said["--language"])
    finally:
        os.environ.clear()
        os.environ.update(before)


def _build_here(asked: Asked) -> int:
    """Run the command in this process, which ends afterwards; return its exit status."""
    words, surroundings, folder, log = asked
    gc.set_threshold(GARBAGE)
    os.environ.update(surroundings)
    os.chdir(folder)
    with log.open("w", encoding="utf-8") as told:
        for stream in (1, 2):
            os.dup2(told.fileno(), stream)
    sys.argv[:] = ["tilstand", "build", *words]
    try:
        importlib.import_module(warm.COMMAND).main()  # as a process of its own would be told to
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0
