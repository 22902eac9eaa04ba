"""Hold the chapter templates to the house's rules, without executing them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from allowed_digits import ALLOWED

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
STATIC = sorted((Path(__file__).parents[1] / "book").glob("*/*.md"))
PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def source(cell: dict) -> str:
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> Path:
    return request.param


def test_there_are_chapters():
    assert len(NOTEBOOKS) >= 20


def test_it_is_stored_without_outputs(notebook):
    got = [c for c in cells(notebook) if c.get("outputs") or c.get("execution_count") is not None]
    assert got == []


def test_its_parameters_are_edition_and_language(notebook):
    (cell,) = [c for c in cells(notebook) if "parameters" in tags(c)]
    names = [node.targets[0].id for node in ast.parse(source(cell)).body]
    assert names[:2] == ["edition", "language"]


def test_every_prose_cell_has_its_twin_in_the_other_language(notebook):
    prose = [tags(c) for c in cells(notebook) if c["cell_type"] == "markdown"]
    got = [
        (a, b)
        for a, b in zip(prose[::2], prose[1::2], strict=True)
        if not ("lang-nb" in a and "lang-en" in b and a - {"lang-nb"} == b - {"lang-en"})
    ]
    assert got == []


def test_twins_use_the_same_numbers(notebook):
    prose = [c for c in cells(notebook) if c["cell_type"] == "markdown"]
    got = []
    for one, other in zip(prose[::2], prose[1::2], strict=True):
        here, there = (
            {
                name
                for name in re.findall(r"\{\{\s*([\w.\-]+)", source(c))
                if not name.endswith((".begun", ".direction", ".verdict"))
            }
            for c in (one, other)
        )
        if here != there:
            got.append(sorted(here ^ there))
    assert got == []


def test_no_number_is_typed_in_prose(notebook):
    got = []
    for cell in cells(notebook):
        if cell["cell_type"] != "markdown":
            continue
        text = ALLOWED.sub("", PLACEHOLDER.sub("", source(cell)))
        got += re.findall(r".{0,25}\d+.{0,15}", text)
    assert got == []


def test_code_cells_call_the_library_and_do_no_more(notebook):
    got = []
    for cell in cells(notebook):
        if cell["cell_type"] != "code":
            continue
        code = source(cell)
        banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Lambda, ast.Try)
        got += [
            type(node).__name__ for node in ast.walk(ast.parse(code)) if isinstance(node, banned)
        ]
        if len(code.splitlines()) > 15:
            got.append(f"{len(code.splitlines())} lines: {code.splitlines()[0]}")
    assert got == []


def test_it_opens_with_a_title_in_both_languages(notebook):
    first, second = cells(notebook)[:2]
    assert source(first).startswith("# ")
    assert source(second).startswith("# ")


def test_no_number_is_typed_in_the_words_of_a_code_cell(notebook):
    got = []
    for cell in cells(notebook):
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse(source(cell))):
            if not isinstance(node, ast.keyword) or node.arg not in ("nb", "en"):
                continue
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    text = ALLOWED.sub("", re.sub(r"\{[^}]*\}", "", part.value))
                    got += re.findall(r".{0,25}\d+.{0,15}", text)
    assert got == []


@pytest.mark.parametrize("page", STATIC, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_number_is_typed_on_a_static_page(page):
    text = re.sub(
        r"```\{raw\}.*?```|`[^`]*`|<[^>]+>|\(ord-[^)]*\)=|^% when [^\n]*",
        "",
        page.read_text("utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    got = re.findall(r".{0,25}\d+.{0,15}", ALLOWED.sub("", PLACEHOLDER.sub("", text)))
    assert got == []
