"""Keep a book of a few pages, change it, build it again and compare."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from books import copy_project, shorten
from forked import tilstand
from tilstand.pipeline.basis.digests import tree_digests
from tilstand.project import VARIABLE, Project

if TYPE_CHECKING:
    from pathlib import Path

CHAPTER = "tiltak"
WORDS = ("build", "-e", "2020", "-l", "nb", "-j", "2")


@dataclass
class SmallBook:
    """A copy of the project with few chapters, built in one language by the command itself."""

    project: Project
    pdf: str = "--no-pdf"

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
            [sys.executable, "-m", "tilstand.cli", *WORDS, self.pdf, *words],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def build(self, *words: str) -> list[str]:
        """Build in a fork of a process that has the library imported, and give what was said."""
        status, _, said = tilstand(self.project, *WORDS, self.pdf, *words)
        assert status == 0, said
        return said.splitlines()

    def build_apart(self, *words: str) -> list[str]:
        """Build in a process of its own, which reads the library and the environment anew."""
        process = self.start(*words)
        _, said = process.communicate()
        assert process.returncode == 0, said
        return said.splitlines()

    def clean(self, folder: Path) -> dict[str, str]:
        """Build a copy of the book from nothing and give its site."""
        shutil.rmtree(folder, ignore_errors=True)
        unwanted = shutil.ignore_patterns(".build", "site")
        shutil.copytree(self.project.root, folder, ignore=unwanted)
        other = SmallBook(Project(folder), self.pdf)
        other.build()
        return other.site

    def prose(self, old: str, new: str) -> None:
        """Change words of the chapter."""
        cells = json.loads(self.notebook.read_text(encoding="utf-8"))
        for cell in cells["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = "".join(cell["source"]).replace(old, new)
        self.notebook.write_text(json.dumps(cells), encoding="utf-8")
