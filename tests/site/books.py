"""Copy the project and shorten its book, for tests that change something and build again."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from tilstand.project import Project

REPO = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns("site", "incoming", "__pycache__", ".ipynb_checkpoints")


def copy_project(root: Path) -> Project:
    for folder in ("data", "notebooks", "book"):
        shutil.copytree(REPO / folder, root / folder, ignore=NOT_COPIED)
    for file in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / file, root / file)
    return Project(root)


def shorten(project: Project, *slugs: str) -> None:
    """Leave only these chapters in the book; the others become stubs, so that links resolve."""
    toc = yaml.safe_load((project.root / "_toc.yml").read_text(encoding="utf-8"))
    files = [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
    kept = [file for file in files if Path(file).name in slugs]
    stubs = [f"book/{Path(file).name}" for file in files if Path(file).name not in slugs]
    for stub in stubs:
        for language in ("nb", "en"):
            path = project.book / language / f"{Path(stub).name}.md"
            if stub not in files:
                path.write_text(f"# {Path(stub).name}\n", encoding="utf-8")
    chapters = [{"file": file} for file in [*kept[1:], *stubs]]
    short = {
        "format": "jb-book",
        "root": kept[0],
        "parts": [{"caption": toc["parts"][0]["caption"], "chapters": chapters}],
    }
    if kept[0] != toc["root"]:  # the summary has moved to the front: here it is a stub again
        (project.book / "redirects.csv").unlink(missing_ok=True)
    (project.root / "_toc.yml").write_text(yaml.safe_dump(short), encoding="utf-8")
