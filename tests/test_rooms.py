"""Hold CONTRIBUTING's table of rooms to the contracts, and the notebooks to the door for pupils."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "tilstand"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
LAYERS = next(one["layers"] for one in CONTRACTS if one.get("exhaustive"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def rooms_of_the_table() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `lib/")]
    named = [re.findall(r"`(?:lib/tilstand/)?([a-z_]+)(?:/|\.py)`", row) for row in rows]
    return [name for row in named for name in row]


def test_the_table_names_the_rooms_in_the_order_of_the_contract():
    order = {name: place for place, layer in enumerate(reversed(LAYERS)) for name in words(layer)}

    got = rooms_of_the_table()

    assert sorted(got) == sorted(order)
    assert got == sorted(got, key=order.__getitem__)


def words(layer: str) -> list[str]:
    return re.findall(r"\w+", layer)


def test_every_room_of_the_library_stands_in_the_contract():
    there = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in LIBRARY.glob("*/__init__.py")}

    assert there == {name for layer in LAYERS for name in words(layer)}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_chapter_imports_what_knows_pupils(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    trees = [ast.parse("".join(one["source"])) for one in cells if one["cell_type"] == "code"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    got = {
        f"{node.module}.{name.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    } | {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}

    assert not [name for name in got if re.match(r"tilstand\.(pupils|simulation|tabular)\b", name)]
