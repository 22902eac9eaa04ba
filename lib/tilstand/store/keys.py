"""Name a value by everything that it was made from: contents, code, programs and packages."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from tilstand.store.digests import UnfitError, file_digest, value_digest
from tilstand.store.reach import LIBRARY, Library, code_digest

#: Folder of the store, for functions that are told no project: a build sets it for its chapters.
VARIABLE = "TILSTAND_STORE"
DIGITS = 24
#: How values are written and read back is part of what they are.
STORE = __name__.rpartition(".")[0]
#: So long a program may take to say its version.
SECONDS = 20
#: Code that is changed later than this is not the code that this process runs.
BEGAN = time.time()


def key_of(folder: Path, module: str, *contents: Any) -> str:
    """Name a value that a module makes.

    Parameters
    ----------
    folder : Path
        The store's, where the library's imports are noted.
    module : str
        Where the function stands that makes it: ``__name__`` there.
    *contents : Any
        All that it is made from, as `value_digest` takes it; a `Path` stands for its file.

    Returns
    -------
    str
        Two digests with a hyphen between them: of the code that the module reaches and the
        programs, and of the contents.

    Raises
    ------
    UnfitError
        When contents have no digest, or the code is not known: it was typed at a prompt, or has
        changed since this process began.
    """
    code = hashlib.sha256(f"{_code(folder, module)} {programs()}".encode()).hexdigest()
    return f"{code[:DIGITS]}-{value_digest(contents)[:DIGITS]}"


@cache
def programs() -> str:
    """Compute a digest of Python and of which versions of which packages are installed."""
    installed = sorted(
        {path.name for folder in sys.path for path in Path(folder or ".").glob("*.dist-info")}
    )
    versions = "\n".join([platform.python_version(), sys.executable, *installed])
    return hashlib.sha256(versions.encode()).hexdigest()


@cache
def program(path: str | None) -> str:
    """Name a program by its path and version, so that a newer one makes its files anew.

    Parameters
    ----------
    path : str or None
        Where it lies; without one nothing is named.

    Returns
    -------
    str
        The path and what the program says of itself when asked for its version.
    """
    if not path:
        return ""
    try:
        asked = [path, "--version"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return path
    return f"{path} {done.stdout.strip()}"


def _code(folder: Path, module: str) -> str:
    """Compute a digest of the code that a module reaches, if it is what this process runs."""
    digest, paths = _reached(folder, module)
    if any(_changed(path) for path in paths):
        raise UnfitError(f"{module}: its code has changed since this process began")
    return digest


@cache
def _reached(folder: Path, module: str) -> tuple[str, tuple[Path, ...]]:
    library = _library(folder)
    if module in library.modules:
        files = library.reached([module, STORE])
        own = []
    else:  # a test, a notebook's helper
        path = Path(getattr(sys.modules.get(module), "__file__", None) or "")
        if not path.is_file():
            raise UnfitError(f"{module}: expected a module with a file")
        names = library.imported([path.read_text(encoding="utf-8")])
        files = library.files if names is None else library.reached([*names, STORE])
        files |= {module: file_digest(path)}
        own = [path]
    paths = [LIBRARY.parent / name.removeprefix("lib/") for name in files if name != module]
    return code_digest(files), (*own, *paths)


@cache
def _library(folder: Path) -> Library:
    return Library(LIBRARY, folder)


def _changed(path: Path) -> bool:
    try:
        return path.stat().st_mtime > BEGAN
    except OSError:
        return True
