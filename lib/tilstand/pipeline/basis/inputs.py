"""List every file that an edition is made from, with its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tilstand.contracts import LANGUAGES
from tilstand.edition.names import edition_path
from tilstand.edition.pupil_file import pupil_paths
from tilstand.pipeline.basis.digests import file_digest, files_in
from tilstand.report.chapters.schools.comment_files import comment_folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tilstand.pipeline.basis.contents import Contents
    from tilstand.project import Project

# What a pupil file is called where others may read: its own name can tell too much.
PUPILS = "pupil file (not public)"
KINDS = {"published": "figures"}
# Accepted results: a build is held to them and does not read them. Of what is private the pupil
# files are read, and listed by themselves.
NOT_READ = {"results", "private"}
FRAME_FILES = ("_config.yml", "_toc.yml")


@dataclass(frozen=True)
class Input:
    """Describe one file that goes into an edition.

    Parameters
    ----------
    kind : str
        ``edition``; ``figures``, ``statements``, ``register`` and other folders of ``data/``;
        ``open``, ``pupils``, ``chapter``, ``page`` or ``frame``.
    name : str
        Path from the project's folder; not the path of a pupil file.
    path : Path
        Where it lies.
    """

    kind: str
    name: str
    path: Path

    def entry(self) -> dict[str, Any]:
        """Write the file as a record does."""
        public = self.kind != "pupils"
        said: dict[str, Any] = {"path": self.name, "kind": self.kind, "public": public}
        if public:
            said["bytes"] = self.path.stat().st_size
        return said | {"sha256": file_digest(self.path)}


def inputs_of(project: Project, contents: Contents, edition: str) -> list[Input]:
    """List the files that an edition is made from, in a fixed order.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        Chapters of the book.
    edition : str
        The edition's name.

    Returns
    -------
    list of Input
        Data first, then chapters, pages and what stands around them. The library is not among
        them; it has a digest of its own.
    """
    return [
        Input("edition", f"data/editions/{edition}.toml", edition_path(project, edition)),
        *(
            one
            for folder in comment_folders(project, edition)
            for one in _comments(project, folder)
        ),
        *_data(project, edition),
        *_pupils(project, edition),
        *_chapters(project, contents),
        *_frame(project, contents),
    ]


def _folder(project: Project, kind: str, folder: Path) -> Iterator[Input]:
    for path in files_in(folder):
        yield Input(kind, project.relative(path), path)


def _comments(project: Project, folder: Path) -> Iterator[Input]:
    """List what schools say of their numbers: last year's stands beside this year's."""
    yield from _folder(project, "edition", folder)


def _data(project: Project, edition: str) -> Iterator[Input]:
    """List what lies under ``data/``, but for other editions' files and every pupil file."""
    hidden = {path.resolve() for path in pupil_paths(project, edition)}
    for folder in sorted(path for path in (project.root / "data").iterdir() if path.is_dir()):
        if folder == project.editions or folder.name in NOT_READ:
            continue
        own = folder / edition if folder == project.open else folder
        kind = KINDS.get(folder.name, folder.name)
        for found in _folder(project, kind, own):
            if found.path.resolve() not in hidden:
                yield found


def _pupils(project: Project, edition: str) -> Iterator[Input]:
    for number, path in enumerate(pupil_paths(project, edition), start=1):
        if path.is_file():
            yield Input("pupils", PUPILS if number == 1 else f"{PUPILS} {number}", path)


def _chapters(project: Project, contents: Contents) -> Iterator[Input]:
    # One notebook may make a page for each school: a file is listed once.
    files = {
        path: chapter.is_notebook
        for chapter in contents.chapters
        for path in sorted({chapter.path(project, language) for language in LANGUAGES})
    }
    for path, is_notebook in files.items():
        yield Input("chapter" if is_notebook else "page", project.relative(path), path)


def _frame(project: Project, contents: Contents) -> Iterator[Input]:
    """List what stands around the pages: all of ``book/`` but pages and site, and two files."""
    for name in FRAME_FILES:
        yield Input("frame", name, project.root / name)
    pages = {chapter.path(project, lang) for chapter in contents.chapters for lang in LANGUAGES}
    for path in files_in(project.book):
        if path not in pages and project.site not in path.parents:
            yield Input("frame", project.relative(path), path)
