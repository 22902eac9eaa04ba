"""Build the edition of one municipality in a folder of its own, once and for all.

A finished municipality appears by one rename. Whoever comes second, after a worker was thought
dead or two batches share a folder, finds it there and lets go of his own.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tilstand.errors import TilstandError, system_fault
from tilstand.pipeline.batch.answers import put_back, where_they_lie
from tilstand.pipeline.batch.workshop import run_build
from tilstand.pipeline.reproduce.workcopy import ENDED, copy_project
from tilstand.project import COPY_OF, SHARED_STORE, Project

DONE = "done.json"


@dataclass(frozen=True)
class Task:
    """Describe the work on one municipality; everything is text, so that it can travel.

    Parameters
    ----------
    code, name : str
        The municipality.
    year : int
        Data year.
    language : str
        ``nb``, ``en`` or ``all``.
    comparators : str
        What the municipality is compared with, as the edition's file says it.
    snapshot : str
        Copy of the project and the library that every municipality is built from.
    run : str
        Folder for what is being built, on the same disk as ``output``.
    output : str
        Folder that the finished site goes into, under the code.
    fingerprint : str
        Digest of all that the site is made from; a site with another one is built anew.
    retries : int
        Times to try again after a build that failed.
    """

    code: str
    name: str
    year: int
    language: str
    comparators: str
    snapshot: str
    run: str
    output: str
    fingerprint: str
    retries: int

    @property
    def library(self) -> Path:
        """Folder of the library that it is built with."""
        return Path(self.snapshot) / "lib"


@dataclass(frozen=True)
class Outcome:
    """Say how it went with one municipality.

    Parameters
    ----------
    code, name : str
        The municipality.
    status : {"done", "there", "failed"}
        Built now, finished before, or given up.
    attempts : int
        Builds that were begun.
    seconds : float
        How long the last build took.
    lines : tuple of str
        What went wrong.
    lasting : bool
        Whether it would go wrong again: the build itself told faults, it was not killed.
    """

    code: str
    name: str
    status: str
    attempts: int = 0
    seconds: float = 0.0
    lines: tuple[str, ...] = ()
    lasting: bool = False


def finished(output: Path, code: str, fingerprint: str) -> dict[str, Any] | None:
    """Read what a finished municipality says of itself; None when it is not finished."""
    try:
        said = json.loads((output / code / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if said.get("fingerprint") == fingerprint else None


def build_task(task: Task) -> Outcome:
    """Build one municipality, again where it fails, and put its site in place.

    Parameters
    ----------
    task : Task
        The work.

    Returns
    -------
    Outcome
        ``failed`` with the lines of the last build when no try succeeded; nothing is raised, so
        that one municipality never stops the others.
    """
    output, began = Path(task.output), time.perf_counter()
    lines: list[str] = []
    lasting = False
    for attempt in range(1, task.retries + 2):
        if finished(output, task.code, task.fingerprint):
            return Outcome(task.code, task.name, "there", attempt - 1)
        began = time.perf_counter()
        work = Path(task.run) / f"{task.code}-{uuid.uuid4().hex[:8]}"
        try:
            site = _build(task, work)
            seconds = time.perf_counter() - began
            placed = _place(task, site, seconds)
            return Outcome(task.code, task.name, "done" if placed else "there", attempt, seconds)
        except TilstandError as error:
            lasting = not error.lines[0].startswith(ENDED)
            copy = Project(work)
            lines = where_they_lie(error.lines, Path(task.run), task.code, task.year, copy)
        except OSError as error:
            lasting = False
            error.filename = error.filename or str(task.output)
            lines = [system_fault(error)]
        finally:
            shutil.rmtree(work, ignore_errors=True)
    seconds = time.perf_counter() - began
    attempts = task.retries + 1
    return Outcome(task.code, task.name, "failed", attempts, seconds, tuple(lines), lasting)


def _build(task: Task, work: Path) -> Path:
    snapshot = Project(Path(task.snapshot))
    project = copy_project(snapshot, work, library=False)
    for other in project.editions.glob("*.toml"):
        other.unlink()
    lines = (
        f"year = {task.year}",
        f'municipality = "{task.code}"',
        f"comparators = {task.comparators}",
        'languages = ["nb", "en"]',
        f"date = {task.year + 1}-06-01",
    )
    file = project.editions / f"{task.year}.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    put_back(Path(task.run), task.code, task.year, project)
    words = ["--edition", str(task.year), "--language", task.language, "--jobs", "1"]
    words += ["--no-pdf"]  # a browser for each of hundreds costs more than all the rest
    # What is of the country is the same for every municipality, and is read and fitted once.
    shared = {SHARED_STORE: str(Path(task.run) / "store"), COPY_OF: task.snapshot}
    run_build(project, words, shared, library=task.library)
    return project.site


def _place(task: Task, site: Path, seconds: float) -> bool:
    """Move a finished site to its place; False when another build was first."""
    said = asdict(task) | {"seconds": round(seconds, 1)}
    kept = ("code", "name", "year", "language", "fingerprint", "seconds")
    text = json.dumps({key: said[key] for key in kept}, ensure_ascii=False, indent=1)
    (site / DONE).write_text(f"{text}\n", encoding="utf-8")
    target = Path(task.output) / task.code
    if target.exists() and not finished(Path(task.output), task.code, task.fingerprint):
        # Of another year, other data or other code: out of the way, and gone with the run.
        with contextlib.suppress(OSError):
            target.rename(Path(task.run) / f"old-{uuid.uuid4().hex[:8]}")
    try:
        os.rename(site, target)  # noqa: PTH104 - fails where the target is there, as it should
    except OSError:
        if finished(Path(task.output), task.code, task.fingerprint):
            return False
        raise
    return True
