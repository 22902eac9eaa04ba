"""Copy the project and shorten its book, for tests that change something and build again."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import yaml

from tilstand.project import Project

REPO = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([\w-]+)\.md")
TO_ANCHOR = re.compile(r"\]\(#([\w-]+)\)")
ANCHOR = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
NOT_COPIED = shutil.ignore_patterns("site", "open", "private", "__pycache__", ".ipynb_checkpoints")


def copy_project(root: Path) -> Project:
    for folder in ("data", "notebooks", "book"):
        shutil.copytree(REPO / folder, root / folder, ignore=NOT_COPIED)
    for file in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / file, root / file)
    return Project(root)


def shorten(project: Project, *slugs: str, every_page: bool = False) -> None:
    """Leave only these chapters in the book; those that they link to become stubs.

    With `every_page` all pages without a notebook stay, and all other chapters become stubs.
    """
    toc = yaml.safe_load((project.root / "_toc.yml").read_text(encoding="utf-8"))
    files = [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
    kept = [file for file in files if Path(file).name in slugs]
    linked = set().union(*(_linked(project, file) for file in kept)) - set(slugs)
    if every_page:
        kept = [file for file in files if Path(file).name in slugs or file.startswith("book/")]
        linked = {Path(file).name for file in files if file not in kept}
    stubs = [f"book/{Path(file).name}" for file in files if Path(file).name in linked]
    for stub in stubs:
        for language in ("nb", "en"):
            path = project.book / language / f"{Path(stub).name}.md"
            lines = [f"# {path.stem}", *(f"({name})=\n## {name}" for name in _anchors(path))]
            path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    chapters = [{"file": file} for file in [*kept[1:], *stubs]]
    short = {
        "format": "jb-book",
        "root": kept[0],
        "parts": [{"caption": toc["parts"][0]["caption"], "chapters": chapters}],
    }
    _shorten_redirects(project, {"index", *(Path(one["file"]).name for one in chapters)})
    (project.root / "_toc.yml").write_text(yaml.safe_dump(short), encoding="utf-8")


def _linked(project: Project, file: str) -> set[str]:
    """List the pages that a chapter links to: Sphinx asks for every one of them."""
    name = Path(file).name
    paths = [project.book / language / f"{name}.md" for language in ("nb", "en")]
    if file.startswith("notebooks/"):
        paths = [project.notebooks / f"{name}.ipynb"]
    places = {
        anchor: path.stem for path in project.book.glob("*/*.md") for anchor in _anchors(path)
    }
    found: set[str] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        found |= set(LINK.findall(text))
        found |= {places[anchor] for anchor in TO_ANCHOR.findall(text) if anchor in places}
    return found


def _anchors(path: Path) -> list[str]:
    return ANCHOR.findall(path.read_text(encoding="utf-8")) if path.is_file() else []


def _shorten_redirects(project: Project, pages: set[str]) -> None:
    """Drop the addresses that lead to pages the short book does not have."""
    path = project.book / "redirects.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    kept = [rows[0], *(row for row in rows[1:] if row[1] in pages and row[0] not in pages)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(kept)
