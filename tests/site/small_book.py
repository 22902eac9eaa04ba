"""Keep a book of a few pages, change it, build it again, kill builds of it and compare."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from books import copy_project, shorten
from tilstand.build.digests import tree_digests
from tilstand.project import VARIABLE, Project

if TYPE_CHECKING:
    from pathlib import Path

CHAPTER = "tiltak"
WORDS = ("build", "--no-pdf", "-e", "2020", "-l", "nb", "-j", "2")


@dataclass
class SmallBook:
    """A copy of the project with few chapters, built in one language by the command itself."""

    project: Project
    killed: list[float] = field(default_factory=list)

    @classmethod
    def make(cls, root: Path, *slugs: str) -> SmallBook:
        project = copy_project(root)
        shorten(project, *(slugs or (CHAPTER,)))
        return cls(project)

    @property
    def notebook(self) -> Path:
        return self.project.notebooks / f"{CHAPTER}.ipynb"

    @property
    def site(self) -> dict[str, str]:
        """Digest of every file of the site."""
        return tree_digests(self.project.site)

    def start(self, *words: str) -> subprocess.Popen:
        variables = {VARIABLE: str(self.project.root), "HOME": str(self.project.root)}
        return subprocess.Popen(
            [sys.executable, "-m", "tilstand.cli", *WORDS, *words],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def build(self, *words: str) -> list[str]:
        """Build and give what was said."""
        process = self.start(*words)
        _, said = process.communicate()
        assert process.returncode == 0, said
        return said.splitlines()

    def clean(self, folder: Path) -> dict[str, str]:
        """Build a copy of the book from nothing and give its site."""
        shutil.rmtree(folder, ignore_errors=True)
        unwanted = shutil.ignore_patterns(".build", "site")
        shutil.copytree(self.project.root, folder, ignore=unwanted)
        other = SmallBook(Project(folder))
        other.build()
        return other.site

    def prose(self, old: str, new: str) -> None:
        """Change words of the chapter."""
        cells = json.loads(self.notebook.read_text(encoding="utf-8"))
        for cell in cells["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = "".join(cell["source"]).replace(old, new)
        self.notebook.write_text(json.dumps(cells), encoding="utf-8")

    def kill(self, after: float) -> bool:
        """Start a build and kill all its processes; True if it was still running."""
        process = self.start()
        time.sleep(after)
        running = process.poll() is None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            running = False
        process.communicate()
        self.killed.append(after)
        return running


def kills(book: SmallBook, times: int, seed: int, folder: Path) -> list[str]:
    """Kill builds at random moments and say everything that went wrong.

    Each build has a change to bring to the site; every third one starts with nothing remembered.
    """
    random_moment = random.Random(seed)
    texts = [("# Tidlig innsats", "# Tidlig hjelp"), ("# Tidlig hjelp", "# Tidlig innsats")]
    book.prose("", "")  # the notebook as `prose` writes it: the record names its digest
    states = []
    for old, new in texts:
        states.append(book.clean(folder))
        book.prose(old, new)
    shutil.rmtree(book.project.work, ignore_errors=True)
    started = time.perf_counter()
    book.build()
    long = time.perf_counter() - started
    wrong = []
    hits = 0
    for number in range(times):
        before, after = states[number % 2], states[(number + 1) % 2]
        book.prose(*texts[number % 2])
        if number % 3 == 2:
            shutil.rmtree(book.project.work)
        moment = random_moment.uniform(0, long)
        hit = book.kill(moment)
        hits += hit
        if not hit:  # the build took less time than that: the machine has less to do by now
            long = moment
        if book.site not in (before, after):
            wrong.append(f"kill {number}, {moment:.2f} s: the site is neither the old nor the new")
        book.build()
        if book.site != after:
            wrong.append(f"kill {number}, {moment:.2f} s: the next build is not the clean one")
    if hits < times / 3:
        wrong.append(f"only {hits} of {times} kills met a build that was running")
    return wrong
