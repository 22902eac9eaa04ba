"""Name everything that a chapter or a book is made from, with its fingerprint."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilstand.edition.names import (
    edition_name,
    edition_names,
    listed_editions,
    year_before,
    year_of,
)
from tilstand.edition.pupil_file import pupil_paths
from tilstand.pipeline.basis.contents import code_cells
from tilstand.pipeline.basis.digests import file_digest, files_in, joint_digest, named_files
from tilstand.pipeline.basis.inputs import NOT_READ
from tilstand.pipeline.basis.places import emptied
from tilstand.store.keys import programs
from tilstand.store.memory import once
from tilstand.store.reach import LIBRARY, Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.pipeline.execute.run import Run
    from tilstand.project import Project

# How a notebook is executed is part of what comes of it.
ALWAYS = tuple(f"tilstand.pipeline.execute.{name}" for name in ("execute", "inside", "warm"))
LOCK = "requirements.lock"
SOURCES = "data/register/sources.csv"


class Ingredients:
    """Fingerprint a project once a build: data, library and programs.

    Parameters
    ----------
    project : Project
        The checkout.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._seen: dict[str, dict[str, str]] = {}
        self._code: dict[Path, dict[str, str]] = {}

    @cached_property
    def data(self) -> dict[str, str]:
        """Digest of every file under ``data/`` that a build reads, by path."""
        root = self.project.root
        read = [
            path
            for path in files_in(root / "data")
            if path.relative_to(root).parts[1] not in NOT_READ
        ]
        return {self.project.relative(path): file_digest(path) for path in read}

    @cached_property
    def library(self) -> dict[str, str]:
        """Digest of every file of the library, by path."""
        return self.house.files

    @cached_property
    def house(self) -> Library:
        """The library and what its modules import."""
        return Library(LIBRARY, self.project.store)

    @cached_property
    def programs(self) -> dict[str, str]:
        """Digest of the lock, and of which versions of which packages are installed."""
        lock = self.project.root / LOCK
        return {
            LOCK: file_digest(lock) if lock.is_file() else "",
            "installed packages": programs(),
        }

    @cached_property
    def frame(self) -> dict[str, str]:
        """Digest of everything that a book has beside its chapters' results."""
        root = self.project.root
        paths = [root / "_config.yml", root / "_toc.yml"]
        site = self.project.site
        paths += [path for path in files_in(self.project.book) if site not in path.parents]
        found = {self.project.relative(path): file_digest(path) for path in paths}
        return found | {"commit": commit(root)}

    def of_chapter(self, run: Run) -> dict[str, str]:
        """Name what the execution of a chapter rests on.

        Parameters
        ----------
        run : Run
            The execution.

        Returns
        -------
        dict
            Name to digest: the notebook, its parameters, what the edition may know of the data,
            the modules that the notebook imports and those that they import, and the programs.
        """
        said = {f"parameter {name}": str(value) for name, value in run.parameters.items()}
        data = self.data_of(edition_name(run.parameters["edition"]))
        return self.code_of(run.template) | said | data | self.programs

    def data_of(self, edition: str) -> dict[str, str]:
        """Name the data that an edition may know, with their digests.

        Parameters
        ----------
        edition : str
            The edition's name.

        Returns
        -------
        dict
            Every file under ``data/`` but the own files of later and of quite other editions. Of
            published figures only rows whose document an edition of that year knows count, as
            `load_figures` reads them.
        """
        if edition not in self._seen:
            self._seen[edition] = self._visible(edition)
        return self._seen[edition]

    def _visible(self, edition: str) -> dict[str, str]:
        known = self._known_sources(year_of(self.project, edition))
        hidden = self._hidden_from(edition)
        seen = {}
        for name, digest in self.data.items():
            parts = name.split("/")
            if parts[1] in ("editions", "open") and hidden(parts[2].partition(".")[0]):
                continue
            own = parts[1] == "published" and name.endswith(".csv")
            seen[name] = self._rows_digest(name, known) if own else digest
        return seen | self.pupils(edition)

    def _hidden_from(self, edition: str) -> Callable[[str], bool]:
        """Tell of which editions an edition knows nothing: later ones, and invented or real ones.

        Two editions of one year know nothing of each other either.
        """
        listed = {one.name: one for one in listed_editions(self.project)}
        year, before = year_of(self.project, edition), year_before(self.project, edition)
        simulated = edition in listed and listed[edition].simulated

        def hidden(other: str) -> bool:
            if other in (edition, before):
                return False
            if other not in listed:
                return simulated or not other.isdigit() or int(other) > year
            return listed[other].simulated != simulated or listed[other].year >= year

        return hidden

    def pupils(self, edition: str = "") -> dict[str, str]:
        """Name the pupil files of an edition and those before it, or of all; they lie anywhere."""
        found = {}
        hidden = self._hidden_from(edition) if edition else _nothing
        for called in edition_names(self.project):
            if hidden(called):
                continue
            for number, file in enumerate(pupil_paths(self.project, called)):
                name = f"pupil file of {called}" + (f" ({number + 1})" if number else "")
                with contextlib.suppress(OSError):
                    found[name] = file_digest(file)
        return found

    def _known_sources(self, year: int) -> set[str]:
        path = self.project.root / SOURCES
        if not path.is_file():
            return set()
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return {row["source"] for row in rows if not _later(str(row.get("data_year") or ""), year)}

    def _rows_digest(self, name: str, known: set[str]) -> str:
        """Compute a digest of the rows whose source is known; of the file where it has none."""
        content = (self.project.root / name).read_bytes()
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"))))
        if not rows or "source" not in rows[0]:
            return hashlib.sha256(content).hexdigest()
        at = rows[0].index("source")
        kept = [rows[0], *(row for row in rows[1:] if len(row) <= at or row[at] in known)]
        return hashlib.sha256(json.dumps(kept).encode()).hexdigest()

    def code_of(self, template: Path) -> dict[str, str]:
        """Name a notebook and what it reaches of the library."""
        if template not in self._code:
            name = self.project.relative(template)
            self._code[template] = {name: file_digest(template)} | self._files_of(template)
        return self._code[template]

    def _files_of(self, template: Path) -> dict[str, str]:
        """Find the library's files that a notebook can reach through its imports."""
        cells = code_cells(template)

        def find() -> dict[str, str]:
            names = self.house.imported(cells)
            return self.library if names is None else self.house.reached([*ALWAYS, *names])

        return once((__name__, LIBRARY, *cells), find)


def whole(project: Project, asked: dict[str, Any]) -> dict[str, str]:
    """Name everything that a build may rest on: the quick question whether anything changed.

    Parameters
    ----------
    project : Project
        The checkout.
    asked : dict
        What the build was asked for.

    Returns
    -------
    dict
        Name to digest.
    """
    found = Ingredients(project)
    notebooks = {project.relative(p): file_digest(p) for p in files_in(project.notebooks)}
    said = {f"asked for {name}": str(value) for name, value in asked.items()}
    pupils = found.pupils()
    return said | found.data | pupils | notebooks | found.frame | found.library | found.programs


def tree_digest(folder: Path) -> str:
    """Compute one digest of everything in a folder; empty where it is not there."""
    if not folder.is_dir():
        return ""
    return joint_digest({name: file_digest(path) for name, path in named_files(folder).items()})


def own_digest(folder: Path) -> str:
    """Compute one digest of a book's folder but for what leads from it to other editions."""
    if not folder.is_dir():
        return ""
    said = {}
    for name, path in named_files(folder).items():
        content = path.read_bytes()
        if path.suffix == ".html":
            content = emptied(content.decode("utf-8", errors="replace")).encode()
        said[name] = hashlib.sha256(content).hexdigest()
    return joint_digest(said)


def commit(root: Path) -> str:
    """Read which commit a checkout stands at, without asking git; empty where nothing tells."""
    head = root / ".git" / "HEAD"
    try:
        text = head.read_text(encoding="utf-8").strip()
        if not text.startswith("ref: "):
            return text
        name = text.removeprefix("ref: ")
        branch = root / ".git" / name
        if branch.is_file():
            return branch.read_text(encoding="utf-8").strip()
        packed = (root / ".git" / "packed-refs").read_text(encoding="utf-8")
        return next((li.split()[0] for li in packed.splitlines() if li.endswith(f" {name}")), "")
    except OSError:
        return ""


def _nothing(_other: str) -> bool:
    """Hide nothing."""
    return False


def _later(text: str, year: int) -> bool:
    return text.strip().isdigit() and int(text) > year
