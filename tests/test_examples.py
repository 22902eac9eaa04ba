"""Every function that a room offers shows by example what it does, and the examples hold."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import json
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
LIB = REPO / "lib" / "tilstand"
ROOMS = ("analysis/proportions", "disclosure", "report/page", "value_added")
# Offered and without an example: it takes a whole site or a search to show something.
# The list may become shorter, not longer.
WITHOUT = {
    "disclosure.site.audit.audit_site",
    "disclosure.site.numbers.read_site",
    "disclosure.suppression.probe.unsafe_cells",
}


def files_of(room: str) -> list[Path]:
    return (
        [LIB / f"{room}.py"]
        if (LIB / f"{room}.py").is_file()
        else sorted(LIB.glob(f"{room}/**/*.py"))
    )


def name_of(path: Path) -> str:
    parts = path.relative_to(LIB).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Parse a module once for all tests and rooms; none of them changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True, scope="module")
def trees_are_let_go():
    yield
    parsed.cache_clear()  # half a million objects, which each collection of garbage would visit


@functools.cache
def imported(path: Path) -> set[str]:
    """Name what a module, or a chapter, takes from modules of the library."""
    trees = [parsed(path)] if path.suffix == ".py" else []
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        trees = [ast.parse("".join(c["source"])) for c in cells if c["cell_type"] == "code"]
    return {
        f"{node.module}.{alias.name}".removeprefix("tilstand.")
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tilstand")
        for alias in node.names
    }


def taken_outside(room: str) -> set[str]:
    """Name what other rooms and the chapters take from a room, and what it offers by itself."""
    inside = {path for path in files_of(room) if path.name != "__init__.py"}
    files = [*LIB.rglob("*.py"), *(REPO / "notebooks").glob("*.ipynb")]
    return set().union(*(imported(path) for path in files if path not in inside))


def offered(room: str) -> dict[str, str]:
    """Map every function that a room offers to its docstring, the methods of a page too."""
    taken, found = taken_outside(room), {}
    for path in files_of(room):
        for node in parsed(path).body:
            name = f"{name_of(path)}.{node.name}" if hasattr(node, "name") else ""
            if isinstance(node, ast.FunctionDef) and (name in taken or room.startswith("analysis")):
                found[name] = ast.get_docstring(node) or ""
            if isinstance(node, ast.ClassDef) and node.name in ("Page", "Words", "Reading"):
                found |= {
                    f"{name}.{method.name}": ast.get_docstring(method) or ""
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                }
    return {name: text for name, text in found.items() if not name.split(".")[-1].startswith("_")}


def test_a_docstring_says_what_is_done_or_returned():
    got = [
        f"{name_of(path)}: {line}"
        for path in LIB.rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        for line in (ast.get_docstring(node) or "").splitlines()[:1]
        if line.split(" ")[0] in ("Give", "Gives")
    ]
    assert got == []


def test_what_a_room_offers_shows_an_example():
    every = {name: text for room in ROOMS for name, text in offered(room).items()}
    assert len(every) > 50
    assert {name for name, text in every.items() if ">>>" not in text} == WITHOUT


@pytest.mark.parametrize(
    "name",
    [
        name_of(path)
        # Those of value_added, its layers too, are held by its own tests.
        for room in ROOMS[:3]
        for path in files_of(room)
        if ">>>" in path.read_text(encoding="utf-8")
    ],
)
def test_examples_hold(name, monkeypatch):
    monkeypatch.chdir(REPO)
    got = doctest.testmod(importlib.import_module(f"tilstand.{name}"), optionflags=doctest.ELLIPSIS)
    assert (got.failed, got.attempted > 0) == (0, True)
