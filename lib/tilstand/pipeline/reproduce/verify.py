"""Build a book twice, apart from each other, and compare every byte."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.errors import BuildError
from tilstand.pipeline.basis.digests import differences, tree_digests
from tilstand.pipeline.reproduce.workcopy import copy_project, run_build, scratch
from tilstand.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.pipeline.basis.order import Order

# What must not matter is made to differ: folder, time zone, language, home and hash seed.
SURROUNDINGS = (
    ("one", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
    ("the-other/by another name", {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "2"}),
)
SHOWN = 60


def verify(project: Project, order: Order, progress: Callable[[str], None]) -> int:
    """Build an order twice in two temporary folders and compare the sites.

    Parameters
    ----------
    project : Project
        The checkout; nothing in it changes.
    order : Order
        What to build.
    progress : callable
        Takes one line of text for each step.

    Returns
    -------
    int
        Files compared.

    Raises
    ------
    BuildError
        When a build fails, or the sites differ: one line a file, with the first difference.
    """
    words = [word for name in order.editions for word in ("--edition", name)]
    words += ["--language", order.language, "--jobs", str(order.jobs)]
    words.append("--pdf" if order.browser else "--no-pdf")
    for name, value in order.parameters.items():
        words += ["--parameter", f"{name}={value}"]
    with scratch(project, "verify") as folder:
        # Both are made from one copy: the checkout may be worked on meanwhile.
        snapshot = copy_project(project, folder / "snapshot")
        sites: list[Path] = []
        for name, surroundings in SURROUNDINGS:
            progress(f"building number {len(sites) + 1} of {len(SURROUNDINGS)}")
            home = folder / f"home-{len(sites)}"
            home.mkdir()
            root = folder / name
            shutil.copytree(snapshot.root, root)
            run_build(Project(root), words, surroundings | {"HOME": str(home)})
            sites.append(Project(root).site)
        return compare(*sites)


def compare(one: Path, other: Path) -> int:
    """Compare two folders byte for byte.

    Parameters
    ----------
    one, other : Path
        The folders.

    Returns
    -------
    int
        Files in each.

    Raises
    ------
    BuildError
        When they differ; one line a file.
    """
    first, second = tree_digests(one), tree_digests(other)
    found = differences(first, second)
    if found:
        raise BuildError([_line(name, what, one, other) for name, what in found])
    return len(first)


def _line(name: str, what: str, one: Path, other: Path) -> str:
    if what != "differs":
        return f"{name}: {what} build"
    pair = [(folder / name).read_bytes().splitlines() for folder in (one, other)]
    for number, lines in enumerate(zip(*pair, strict=False), start=1):
        if lines[0] != lines[1]:
            texts = " against ".join(f"'{_around(line, *lines)}'" for line in lines)
            return f"{name}:{number}: {texts}"
    return f"{name}: {len(pair[0])} lines against {len(pair[1])}"


def _around(line: bytes, one: bytes, other: bytes) -> str:
    """Show a line from a little before the place where two lines part."""
    parted = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = max(parted - SHOWN // 3, 0)
    return line[start : start + SHOWN].decode("utf-8", "replace")
