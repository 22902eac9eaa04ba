"""Hold links to pages that not every edition has: Sphinx stops at a page that is not there."""

import json
import re
from pathlib import Path

from tilstand.pipeline.basis.contents import NEEDS_PUPILS, ONE_A_SCHOOL, parameter_names

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ON_PUPILS = {path.stem for path in NOTEBOOKS if NEEDS_PUPILS in parameter_names(path)}
A_SCHOOL = {path.stem for path in NOTEBOOKS if ONE_A_SCHOOL in parameter_names(path)}
WITH_PUPILS = {"when-own.schools", "when-own.pupils", "when-own.simulated"}
LINK = re.compile(r"\]\(([\w-]+)\.md")
ONLY_WITH_SCHOOLS = re.compile(
    r"^% when own\.schools$.*?^% (otherwise|end)$", re.DOTALL | re.MULTILINE
)


def prose(path: Path) -> str:
    """Give the prose that stands in editions without pupils too.

    A cell about schools, pupils or the invented municipality is left out where there are none.
    """
    if path.suffix == ".md":
        return ONLY_WITH_SCHOOLS.sub("", path.read_text(encoding="utf-8"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = (c for c in cells if not WITH_PUPILS & set(c["metadata"].get("tags", [])))
    return "\n".join("".join(c["source"]) for c in shown if c["cell_type"] == "markdown")


def test_pages_of_every_edition_do_not_lead_to_chapters_on_pupils():
    # A page a school stands only where there are schools with pupils.
    others = [path for path in NOTEBOOKS if path.stem not in ON_PUPILS | A_SCHOOL]
    pages = [*others, *sorted((ROOT / "book").glob("*/*.md"))]

    got = {
        path.name: sorted(found)
        for path in pages
        if (found := set(LINK.findall(prose(path))) & ON_PUPILS)
    }

    assert "personvern" in ON_PUPILS
    assert got == {}
