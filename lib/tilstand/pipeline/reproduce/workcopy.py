"""Copy what a build reads into a folder of its own, and build there in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.edition import listed_editions
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import BuildError
from tilstand.pipeline.basis.digests import UNWANTED
from tilstand.pipeline.basis.environment import COMMIT_FILE, LIBRARY, LOCK, commit_of
from tilstand.project import VARIABLE, Project

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

FOLDERS = ("data", "notebooks", "book")
FILES = ("_config.yml", "_toc.yml", LOCK)
# How the lines begin that a build says of itself while all goes well.
PROGRESS = ("[", "compiling ", "printing ", "attacked ")
MOST_LINES = 20
#: How the line begins of a build that was killed before it could say anything.
ENDED = "the build ended with status"
SCRATCH = "scratch"
# What the library consists of.
CODE = {".py", ".md", ".ttf", ".txt", ".typed"}


def _not_code(folder: str, names: list[str]) -> set[str]:
    """Name what lies in the library's folders and is no part of it."""
    here = [name for name in names if not (Path(folder) / name).is_dir()]
    return (UNWANTED & set(names)) | {name for name in here if Path(name).suffix not in CODE}


@contextmanager
def scratch(project: Project, purpose: str) -> Iterator[Path]:
    """Lend a folder for copies of a project, which only its owner can look into.

    It lies in the project's work folder: git ignores that, and what a killed process left there
    is removed by the next one.

    Parameters
    ----------
    project : Project
        The checkout.
    purpose : str
        Begins the folder's name.

    Yields
    ------
    Path
        The folder; gone afterwards.
    """
    home = project.work / SCRATCH
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    for left in home.glob("*-*"):
        if not _is_running(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{purpose}-{os.getpid()}-", dir=home) as folder:
        yield Path(folder)


def _is_running(process: str) -> bool:
    """Tell whether the process that made a folder may still use it."""
    if os.name != "posix" or not process.isdigit():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def copy_project(
    project: Project,
    target: Path,
    *,
    library: bool = True,
    public: Container[str] | None = None,
    without: Container[Path] = (),
) -> Project:
    """Copy a project and the library, without environment, site and work folder.

    Whatever is changed in the checkout while a copy is built, the copy stays what it was.

    Parameters
    ----------
    project : Project
        The checkout.
    target : Path
        Folder to make; may not be there yet.
    library : bool
        Whether the library goes along.
    public : container of str, optional
        The only files that go along, as paths from the project's folder; then no pupil file does.
    without : container of Path
        Folders that stay.

    Returns
    -------
    Project
        The copy. A file ``.commit`` in it names the commit that it was made from.
    """
    target.mkdir(parents=True)
    unwanted = shutil.ignore_patterns(*UNWANTED)
    if library:
        code = shutil.ignore_patterns(*UNWANTED) if public is None else _not_code
        shutil.copytree(LIBRARY, target / "lib" / LIBRARY.name, ignore=code)

    def leave(folder: str, names: list[str]) -> set[str]:
        site = {"site"} if Path(folder) == project.book else set()
        left = unwanted(folder, names) | (site & set(names))
        left |= {name for name in names if Path(folder) / name in without}
        if public is None:
            return left
        paths = {name: Path(folder) / name for name in names}
        return left | {
            name
            for name, path in paths.items()
            if path.is_symlink()
            or (path.is_file() and path.relative_to(project.root).as_posix() not in public)
        }

    for folder in FOLDERS:
        if (project.root / folder).is_dir():
            shutil.copytree(project.root / folder, target / folder, ignore=leave)
    for name in FILES:
        if (project.root / name).is_file():
            shutil.copy(project.root / name, target / name)
    real = [one.name for one in listed_editions(project) if not one.simulated and public is None]
    for edition in real:  # simulated pupils are made anew
        for pupils in (path for path in pupil_paths(project, edition) if path.is_file()):
            there = target / os.path.relpath(pupils, project.root)
            if there.is_relative_to(target) and not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(pupils, there)
    commit = commit_of(project)
    if commit:
        (target / COMMIT_FILE).write_text(f"{commit}\n", encoding="utf-8")
    return Project(target.resolve())


def run_build(
    project: Project,
    words: list[str],
    surroundings: Mapping[str, str] | None = None,
    library: Path | None = None,
) -> None:
    """Run ``tilstand build`` on a copy, with the library that lies in it, in its own process.

    Parameters
    ----------
    project : Project
        The copy to build.
    words : list of str
        Options of the command.
    surroundings : mapping, optional
        Environment variables to set beside the ones that are there.
    library : Path, optional
        Folder that holds the library ``tilstand``; the copy's own if not given.

    Raises
    ------
    BuildError
        When it fails; its last lines.
    """
    command = [sys.executable, "-m", "tilstand.cli", "build", *words]
    paths = [str(library or project.root / "lib"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        **(surroundings or {}),
        VARIABLE: str(project.root),
    }
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=project.root, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BuildError(faults_told(lines) or [f"{ENDED} {done.returncode}"])


def faults_told(lines: list[str]) -> list[str]:
    """Keep the lines of a build that say what is wrong, not those that say how far it had come.

    Parameters
    ----------
    lines : list of str
        What ``tilstand build`` wrote to its standard error.

    Returns
    -------
    list of str
        The last of them; of a program that broke down, what it broke down over.
    """
    said = [line for line in lines if not line.startswith(PROGRESS)]
    broke = next((n for n, line in enumerate(said) if line.startswith("Traceback")), None)
    if broke is not None:
        said = [*said[:broke], f"the program broke down: {said[-1]}"]
    return said[-MOST_LINES:]
