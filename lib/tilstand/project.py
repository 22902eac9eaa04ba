"""Find the project's folders, so that no notebook or module spells a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tilstand.errors import CallError

VARIABLE = "TILSTAND_PROJECT"
#: Names the store that copies of a project share.
SHARED_STORE = "TILSTAND_SHARED_STORE"
#: Names the folder that the project being built is a copy of, in all but the editions' files.
COPY_OF = "TILSTAND_COPY_OF"


@dataclass(frozen=True)
class Project:
    """Name the folders of one checkout.

    Parameters
    ----------
    root : Path
        Folder that holds ``_config.yml``, ``data/`` and ``notebooks/``.
    finished : Path, optional
        Where the site lies while it is being put together; ``book/site`` if not given.
    """

    root: Path
    finished: Path | None = None

    @property
    def published(self) -> Path:
        """Folder of the published figures."""
        return self.root / "data" / "published"

    @property
    def statements(self) -> Path:
        """Folder of what is known but not a number."""
        return self.root / "data" / "statements"

    @property
    def register(self) -> Path:
        """Folder of units, indicators, categories and breaks."""
        return self.root / "data" / "register"

    @property
    def editions(self) -> Path:
        """Folder of the edition files."""
        return self.root / "data" / "editions"

    @property
    def open(self) -> Path:
        """Folder of the public files that a user adds, a folder an edition; may be committed."""
        return self.root / "data" / "open"

    @property
    def private(self) -> Path:
        """Folder of pupil files and what is kept of them, a folder an edition; never in git."""
        return self.root / "data" / "private"

    @property
    def former(self) -> Path:
        """Folder where exports and pupil files once lay together; nothing is read there."""
        return self.root / "data" / "incoming"

    @property
    def notebooks(self) -> Path:
        """Folder of the chapter templates."""
        return self.root / "notebooks"

    @property
    def book(self) -> Path:
        """Folder of static pages, bibliography and assets."""
        return self.root / "book"

    @property
    def site(self) -> Path:
        """Folder of the finished site."""
        return self.finished or self.book / "site"

    @property
    def work(self) -> Path:
        """Folder of everything a build makes on its way."""
        return self.root / ".build"

    @property
    def country(self) -> Path:
        """Folder that stands for all that is the same in every copy, such as a batch builds in.

        What is read of register, published figures and exports is held under this name, so that
        one process has it for all the copies that are built in its forks (`tilstand.store.memory`).
        """
        copied = os.environ.get(COPY_OF)
        return Path(copied) if copied and os.environ.get(VARIABLE) == str(self.root) else self.root

    @property
    def store(self) -> Path:
        """Folder of what is kept from run to run: see `tilstand.store`.

        Copies of a project, such as a batch builds in, share the one that `SHARED_STORE` names.
        """
        return Path(os.environ.get(SHARED_STORE) or self.work / "store")

    @cached_property
    def _place(self) -> Path:
        return self.root.resolve()

    def relative(self, path: Path) -> str:
        """Write a path as the user would type it from the project's folder."""
        try:
            return path.resolve().relative_to(self._place).as_posix()
        except ValueError:
            return path.as_posix()


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can look into, with those above it that are missing.

    Parameters
    ----------
    folder : Path
        A folder below ``data/private``; what is there already is closed to others.
    """
    for one in (folder.parent, folder):
        one.mkdir(parents=True, exist_ok=True)
        one.chmod(0o700)


def close_private(project: Project) -> None:
    """Close the folder of pupil files to others on the machine, where somebody left it open."""
    folder = project.private
    if os.name == "posix" and folder.is_dir() and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def find_project(start: Path | None = None) -> Project:
    """Find the project that holds the current folder.

    Parameters
    ----------
    start : Path, optional
        Where to look first; the current folder if not given. The environment variable
        ``TILSTAND_PROJECT`` goes before both; the folder that this library was installed
        from (``pip install -e .``) comes last.

    Returns
    -------
    Project
        The checkout that was found.

    Raises
    ------
    CallError
        When no folder on the way up holds both ``_config.yml`` and ``data/editions``.
    """
    named = os.environ.get(VARIABLE)
    here = (start or Path.cwd()).resolve()
    candidates = [Path(named)] if named else [here, *here.parents, *Path(__file__).parents]
    for folder in candidates:
        if (folder / "_config.yml").is_file() and (folder / "data" / "editions").is_dir():
            return Project(folder.resolve())
    looked = named or here.as_posix()
    message = f"{looked}: no project here; go to the folder with _config.yml and data/editions/"
    raise CallError(message)
