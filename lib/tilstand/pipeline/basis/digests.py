"""Fingerprint files and folders, so that a record can name exactly what it speaks of."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from tilstand.pipeline.basis.places import emptied
from tilstand.store.digests import UNWANTED, file_digest, files_in, joint_digest, named_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

# When a file was made is part of some forms: a day of no meaning, so that the same numbers are the
# same bytes. 1980 is the first day that a zip archive can name.
NEVER = dt.datetime(1980, 1, 1)  # noqa: DTZ001  a ZIP file knows no zones

__all__ = [
    "NEVER",
    "UNWANTED",
    "differences",
    "file_digest",
    "files_in",
    "joint_digest",
    "named_files",
    "own_digest",
    "tree_digests",
]


def own_digest(path: Path) -> str:
    """Compute the SHA-256 of a file; of a page, without what it says of other editions.

    The switch between editions is filled in when another one is built: that does not make it
    another page.
    """
    if path.suffix != ".html":
        return file_digest(path)
    page = emptied(path.read_text(encoding="utf-8"))
    return hashlib.sha256(page.encode()).hexdigest()


def tree_digests(
    folder: Path, leave: Iterable[str] = (), digest: Callable[[Path], str] = file_digest
) -> dict[str, str]:
    """Compute the SHA-256 of every file under a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    leave : iterable of str
        Paths to leave out, relative to it.
    digest : callable
        What to compute of a file: its bytes as they are, or `own_digest`.

    Returns
    -------
    dict
        Relative path, with ``/``, to digest; in order of the paths.
    """
    left = set(leave)
    return {name: digest(path) for name, path in named_files(folder).items() if name not in left}


def differences(one: dict[str, str], other: dict[str, str]) -> list[tuple[str, str]]:
    """Compare two lists of digests.

    Parameters
    ----------
    one, other : dict
        Name to digest.

    Returns
    -------
    list of (str, str)
        Name and what is the matter with it: ``differs``, ``only in the first`` or ``only in the
        second``; sorted by name.
    """
    said = []
    for name in sorted(set(one) | set(other)):
        if name not in other:
            said.append((name, "only in the first"))
        elif name not in one:
            said.append((name, "only in the second"))
        elif one[name] != other[name]:
            said.append((name, "differs"))
    return said
