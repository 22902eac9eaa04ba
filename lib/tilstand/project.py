"""Find the project's folders, so that no notebook or module spells a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tilstand.errors import CallError

VARIABLE = "TILSTAND_PROJECT"


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
    def incoming(self) -> Path:
        """Folder of what a user adds, a folder an edition."""
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
    def store(self) -> Path:
        """Folder of what is kept from run to run: see `tilstand.store`."""
        return self.work / "store"

    def relative(self, path: Path) -> str:
        """Write a path as the user would type it from the project's folder."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()


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
