"""Say which code, which programs and which versions a book was made with."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement

import tilstand
from tilstand.pipeline.basis.digests import file_digest, joint_digest, tree_digests

if TYPE_CHECKING:
    from tilstand.project import Project

LIBRARY = Path(tilstand.__file__).parent
# Where there is no git, as in a replication archive, this file keeps the commit.
COMMIT_FILE = ".commit"
LOCK = "requirements.lock"
BOOK = "book"  # the extra of the packages that the book needs beside the estimator


def commit_of(project: Project) -> str:
    """Name the commit that the project's folder stands at.

    Parameters
    ----------
    project : Project
        The checkout, or a copy of it with a file ``.commit``.

    Returns
    -------
    str
        Forty digits, with ``-dirty`` after them where a file that git follows has been changed;
        empty where nothing tells.
    """
    kept = project.root / COMMIT_FILE
    if kept.is_file():
        return kept.read_text(encoding="utf-8").strip()
    if not (project.root / ".git").exists():
        return ""
    asked = ["git", "-C", str(project.root), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(
            [*asked, "--exclude", "*"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def library_digest() -> str:
    """Compute one SHA-256 for every file of the library that is running."""
    return joint_digest(tree_digests(LIBRARY))


def environment(project: Project) -> dict[str, Any]:
    """Describe the programs that are running.

    Parameters
    ----------
    project : Project
        The checkout; its lock is named with its digest.

    Returns
    -------
    dict
        ``python``, ``implementation``, ``system``, ``lock`` and ``packages``: the version of
        every package that the library needs, directly or through another one.
    """
    lock = project.root / LOCK
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.machine()}",
        "lock": {"path": LOCK, "sha256": file_digest(lock)} if lock.is_file() else None,
        "packages": _packages("tilstand"),
    }


@cache
def _packages(root: str) -> dict[str, str]:
    """List what a package needs, as installed, without what only its tests need."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(root, ""), (root, BOOK)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if name != root:
            versions[name] = found.version
        for text in found.requires or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                plain = need.name.lower().replace("_", "-").replace(".", "-")
                waiting += [(plain, wanted) for wanted in ["", *sorted(need.extras)]]
    return dict(sorted(versions.items()))
