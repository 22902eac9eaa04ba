"""Build the composed pages without Jupyter Book: the way out stays open."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from books import REPO, copy_project, shorten
from tilstand.pipeline.basis.order import Order
from tilstand.pipeline.basis.places import emptied
from tilstand.pipeline.sphinx.plain_sphinx import leave_shell
from tilstand.pipeline.steps.build import build

pytestmark = pytest.mark.slow
CURRENT = REPO / "tests" / "pipeline" / "current-sphinx.txt"
# Names that must not be imported, so that what is built needs nothing of them.
WITHOUT = "import sys; sys.modules.update(jupyter_book=None, myst_nb=None, nbclient=None); "
RUN = "from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def composed(tmp_path_factory) -> tuple[Path, Path]:
    """Sources of a small book as Sphinx gets them, freed from the shell, and the book itself."""
    folder = tmp_path_factory.mktemp("exit")
    project = copy_project(folder / "project")
    shorten(project, "tiltak", every_page=True)
    source = folder / "source"
    build(project, Order(["2020"], "nb", 1), lambda _line: None)
    shutil.copytree(project.work / "2020" / "nb" / "source", source)
    leave_shell(source)
    return source, project.site / "2020" / "nb"


def article(path: Path) -> list[str]:
    """Read a page's own words: the frame around it belongs to the theme."""
    soup = BeautifulSoup(emptied(path.read_text(encoding="utf-8")), "html.parser")
    found = soup.find("article")
    assert found is not None
    return found.get_text(" ").split()


def compare(source: Path, book: Path, python: str, words: str, target: Path) -> None:
    command = [python, "-c", words, "-b", "html", "-W", "--keep-going", "-n", "-q"]
    done = subprocess.run([*command, source, target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = [
        path.name
        for path in book.glob("*.html")
        if path.stem != "search" and 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")
    ]
    assert len(pages) > 20
    got = [name for name in pages if article(target / name) != article(book / name)]
    assert got == []
    for drawing in book.glob("figures/*"):
        assert (target / "figures" / drawing.name).read_bytes() == drawing.read_bytes()


def test_pages_build_without_jupyter_book(composed, tmp_path):
    compare(*composed, sys.executable, WITHOUT + RUN, tmp_path / "html")


def test_pages_build_on_current_sphinx(composed, tmp_path):
    venv.create(tmp_path / "venv")
    python = str(next((tmp_path / "venv").glob("[bS]*/python*")))
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    asked = [*pip, "install", "-q", "-r", CURRENT]
    fetched = subprocess.run(asked, capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"no package registry to get current Sphinx from: {fetched.stderr[-200:]}")
    # The book's own search goes along: it needs nothing but Sphinx.
    own = f"import sys; sys.path.append({str(REPO / 'lib')!r}); "
    compare(*composed, python, own + RUN, tmp_path / "html")
