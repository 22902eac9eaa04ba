"""Build a small book twice and compare: clean builds are equal, and chance is found out."""

from __future__ import annotations

import pytest

from books import copy_project, shorten
from tilstand.errors import BuildError
from tilstand.pipeline.basis.order import Order
from tilstand.pipeline.outputs.pdf import find_browser
from tilstand.pipeline.reproduce.verify import verify

pytestmark = pytest.mark.slow
ORDER = Order(["2020"], "nb", 1, browser=find_browser())


@pytest.fixture
def book(tmp_path):
    project = copy_project(tmp_path / "project")
    shorten(project, "barnehage-struktur", "slik-er-boka-laget")
    return project


def test_two_clean_builds_in_different_folders_are_byte_identical(book):
    assert verify(book, ORDER, lambda _line: None) > 50


def test_what_depends_on_the_folder_is_found(book, monkeypatch):
    """Take the shortest way to a difference: a page that says where it was built."""
    monkeypatch.setattr(
        "tilstand.pipeline.reproduce.verify.run_build", lambda project, *_: leave(project)
    )
    with pytest.raises(BuildError) as stopped:
        verify(book, ORDER, lambda _line: None)
    (got,) = stopped.value.lines
    assert got.startswith("2020/nb/index.html:1: ")


def leave(project) -> None:
    page = project.site / "2020" / "nb" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<p>{project.root}</p>\n", encoding="utf-8")
