"""Read the table of contents: which chapters there are, in which parts and order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import yaml

from tilstand.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project

ROOT_SLUG = "index"


@dataclass(frozen=True)
class Chapter:
    """Name one chapter.

    Parameters
    ----------
    slug : str
        File name of the page, without ending; the same in both languages.
    file : str
        What ``_toc.yml`` says, such as ``notebooks/elevtall`` or ``book/om``.
    """

    slug: str
    file: str

    @property
    def is_notebook(self) -> bool:
        """Whether the chapter is a notebook; otherwise it is a static page a language."""
        return self.file.startswith("notebooks/")

    def path(self, project: Project, language: str) -> Path:
        """Find the chapter's template or static page."""
        name = PurePosixPath(self.file).name
        if self.is_notebook:
            return project.notebooks / f"{name}.ipynb"
        return project.book / language / f"{name}.md"


@dataclass(frozen=True)
class Contents:
    """Hold the root chapter and the parts, each a caption with its chapters."""

    root: Chapter
    parts: tuple[tuple[str, tuple[Chapter, ...]], ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters in reading order."""
        return (self.root, *(chapter for _, chapters in self.parts for chapter in chapters))


def read_contents(project: Project) -> Contents:
    """Read ``_toc.yml``.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    Contents
        The root page becomes ``index``; every other page is named after its file.

    Raises
    ------
    BuildError
        When a chapter's file is missing.
    """
    toc = yaml.safe_load((project.root / "_toc.yml").read_text(encoding="utf-8"))
    parts = tuple(
        (part["caption"], tuple(_chapter(entry["file"]) for entry in part["chapters"]))
        for part in toc["parts"]
    )
    contents = Contents(Chapter(ROOT_SLUG, toc["root"]), parts)
    lacking = [
        project.relative(path)
        for chapter in contents.chapters
        for path in {chapter.path(project, language) for language in ("nb", "en")}
        if not path.is_file()
    ]
    if lacking:
        raise BuildError([f"_toc.yml: '{path}' is not there" for path in sorted(lacking)])
    return contents


def _chapter(file: str) -> Chapter:
    return Chapter(PurePosixPath(file).name, file)
