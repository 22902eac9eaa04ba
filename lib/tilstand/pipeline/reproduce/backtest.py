"""Hold an edition to the results that were accepted last, number by number."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.errors import BuildError
from tilstand.pipeline.basis.environment import library_digest
from tilstand.pipeline.basis.inputs import inputs_of
from tilstand.pipeline.outputs.record import RECORD
from tilstand.pipeline.outputs.results import COLUMNS, RESULTS
from tilstand.pipeline.reproduce.workcopy import copy_project, run_build, scratch
from tilstand.pipeline.steps.edition_contents import edition_contents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.edition import Edition
    from tilstand.project import Project

# Numbers that are this near, relative to their size, are the same on another processor.
TOLERANCE = 1e-6
Key = tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """Name one number that is not what it was.

    Parameters
    ----------
    key : tuple of str
        Page, exhibit (empty in the text), row and column.
    before, now : str
        The number; empty where there was none, or is none.
    """

    key: Key
    before: str
    now: str

    def __str__(self) -> str:
        """Write the move as one line."""
        page, exhibit, row, column = self.key
        where = ", ".join(part for part in (row, column) if part)
        place = f"{page}: {exhibit}: {where}" if exhibit else f"{page}: {where}"
        if not self.before:
            return f"{place}: new, {self.now}"
        return (
            f"{place}: {self.before} -> {self.now}" if self.now else f"{place}: gone, {self.before}"
        )


def stored_path(project: Project, edition: str) -> Path:
    """Name the file of an edition's accepted results."""
    return project.root / "data" / "results" / f"{edition}.csv"


def read_results(path: Path) -> dict[Key, str]:
    """Read results as `tilstand.pipeline.outputs.results.results_csv` writes them."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {tuple(row[column] for column in COLUMNS[:-1]): row[COLUMNS[-1]] for row in rows}


def moves(before: dict[Key, str], now: dict[Key, str]) -> list[Move]:
    """List every number that moved, is new or is gone.

    Parameters
    ----------
    before, now : dict
        Results, as `read_results` gives them.

    Returns
    -------
    list of Move
        In reading order; what is gone comes last.
    """
    found = [
        Move(key, before.get(key, ""), value)
        for key, value in now.items()
        if key not in before or not _same(before[key], value)
    ]
    return found + [Move(key, value, "") for key, value in before.items() if key not in now]


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    return math.isclose(float(one), float(other), rel_tol=TOLERANCE, abs_tol=1e-9)


def backtest(
    project: Project, edition: Edition, progress: Callable[[str], None], *, accept: bool = False
) -> list[Move]:
    """Compare an edition, as code and data make it now, with its accepted results.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        The edition; its first language is compared.
    progress : callable
        Takes one line of text for each step.
    accept : bool
        Keep what comes out now as the accepted results.

    Returns
    -------
    list of Move
        What moved; empty for an edition that had no accepted results and now has.

    Raises
    ------
    BuildError
        When the edition has no accepted results and none are to be kept, or does not build.
    """
    stored = stored_path(project, edition.name)
    if not stored.is_file() and not accept:
        where = project.relative(stored)
        raise BuildError(f"{where}: no results yet; 'tilstand backtest --accept' keeps today's")
    text = current_results(project, edition, progress)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / RESULTS
        path.write_text(text, encoding="utf-8")
        now = read_results(path)
    found = moves(read_results(stored), now) if stored.is_file() else []
    if accept:
        stored.parent.mkdir(parents=True, exist_ok=True)
        draft = stored.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(stored)
    return found


def current_results(project: Project, edition: Edition, progress: Callable[[str], None]) -> str:
    """Return the results of today's code and data: off the site where it is of today, else built.

    Parameters
    ----------
    project : Project
        The checkout; its site stays as it is.
    edition : Edition
        The edition.
    progress : callable
        Takes one line of text for each step.

    Returns
    -------
    str
        CSV, as `tilstand.pipeline.outputs.results.results_csv` writes it.
    """
    language = edition.languages[0]
    site = project.site / str(edition.name) / language
    if is_of_today(project, edition, site):
        progress(f"{edition.name}: the site is of today's code and data")
        return (site / RESULTS).read_text(encoding="utf-8")
    progress(f"{edition.name}: building")
    with scratch(project, "backtest") as folder:
        copy = copy_project(project, folder / "project")
        words = ["--edition", str(edition.name), "--language", language, "--no-pdf"]
        run_build(copy, words)
        return (copy.site / str(edition.name) / language / RESULTS).read_text(encoding="utf-8")


def is_of_today(project: Project, edition: Edition, site: Path) -> bool:
    """Tell whether a built edition was made from today's code and data: its record says so."""
    if not ((site / RECORD).is_file() and (site / RESULTS).is_file()):
        return False
    record = json.loads((site / RECORD).read_text(encoding="utf-8"))
    if record["library"]["sha256"] != library_digest():
        return False
    contents = edition_contents(project, edition)
    now = [one.entry() for one in inputs_of(project, contents, edition.name)]
    return {(one["path"], one["sha256"]) for one in now} == {
        (one["path"], one["sha256"]) for one in record["inputs"]
    }
