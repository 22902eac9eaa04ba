"""Build again: nothing for nothing, little for little, and always what a clean build gives."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

import tilstand
from cuts import cuts
from kills import kills
from small_book import CHAPTER, SmallBook

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> SmallBook:
    """A book that the command has built by itself; what follows must fit what it left."""
    made = SmallBook.make(tmp_path_factory.mktemp("small"), CHAPTER, "rammeverk")
    made.build_apart()
    return made


def ran(said: list[str]) -> list[str]:
    """List the chapters that were executed."""
    return [line.split()[3] for line in said if line.startswith("[")]


def test_nothing_changed_does_nothing(book):
    folder = book.project.site / "2020"
    before = folder.stat().st_ino

    got = book.build()

    assert got == ["nothing has changed"]
    assert folder.stat().st_ino == before


def test_changed_prose_compiles_its_own_page_alone(book):
    folder = book.project.work / "2020" / "nb" / "doctrees"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.doctree")}
    book.prose("## ", "## Nå: ")

    book.build()

    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.doctree")}
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == [f"{CHAPTER}.doctree"]


def test_changed_chapter_is_the_only_one_that_runs_and_the_book_is_as_if_built_anew(book, tmp_path):
    notebook = json.loads(book.notebook.read_text(encoding="utf-8"))
    shown = [c for c in notebook["cells"] if "page.chart" in "".join(c["source"])]
    for cell in shown[:1]:  # a figure goes, and with it its files
        cell["source"] = "# nothing shown"
    book.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    book.prose("# Tidlig innsats", "# Tidlig hjelp")

    got = book.build("--explain")

    assert shown
    assert ran(got) == [f"notebooks/{CHAPTER}.ipynb"]
    assert f"2020 nb {CHAPTER}: notebooks/{CHAPTER}.ipynb changed" in got
    assert "2020 nb index: unchanged" in got
    assert book.site == book.clean(tmp_path / "clean")


def test_new_title_and_a_new_order_reach_every_page_without_a_chapter_run(book, tmp_path):
    page = book.project.book / "nb" / "om.md"
    page.write_text("# En ny tittel\n\nTekst.\n", encoding="utf-8")
    toc = yaml.safe_load((book.project.root / "_toc.yml").read_text(encoding="utf-8"))
    toc["parts"][0]["chapters"].reverse()
    (book.project.root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")

    got = book.build()

    assert ran(got) == []
    assert book.site == book.clean(tmp_path / "clean")


def test_page_changed_by_hand_is_made_again(book):
    page = book.project.site / "2020" / "nb" / "index.html"
    before = page.read_bytes()
    page.write_text("mine", encoding="utf-8")

    got = book.build("--explain")

    assert ran(got) == []
    assert "2020 nb pages: the result was changed by hand" in got
    assert page.read_bytes() == before


def test_changed_page_arrives_though_the_clock_went_back_an_hour(book, tmp_path, monkeypatch):
    shift = "import time\nnow = time.time_ns\ntime.time_ns = lambda: now() + 3600 * 10**9\n"
    (tmp_path / "sitecustomize.py").write_text(shift, encoding="utf-8")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    with monkeypatch.context() as ahead:
        ahead.setenv("PYTHONPATH", os.pathsep.join(paths))
        book.prose("## ", "## Før: ")
        book.build_apart()

    book.prose("## Før: ", "## Etter: ")
    book.build()

    page = (book.project.site / "2020" / "nb" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert ("Etter: " in page, "Før: " in page) == (True, False)


@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
def test_kills_leave_the_site_whole_and_the_next_build_finishes(tmp_path):
    book = SmallBook.make(tmp_path / "book")

    got = kills(book, 5, seed=6)

    assert (got.kills, got.wrong) == (5, [])


def test_cut_file_of_the_work_folder_never_reaches_the_site(tmp_path):
    book = SmallBook.make(tmp_path / "book", CHAPTER, "kommunebidrag")

    got = cuts(book, seed=7, folder=tmp_path / "clean", most=6)

    assert got.wrong == []
    assert len(got.files) > 4


def test_changed_code_of_the_library_shows_in_the_next_build(tmp_path, monkeypatch):
    """The word is three imports from the chapter, in `report`."""
    shutil.copytree(Path(tilstand.__file__).parent, tmp_path / "lib" / "tilstand")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    book = SmallBook.make(tmp_path / "book", CHAPTER, "rammeverk")
    book.build_apart()
    words = tmp_path / "lib" / "tilstand" / "report" / "wording.py"
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace('"nb": "Kilde"', '"nb": "Opphav"'), encoding="utf-8")

    got = book.build_apart()

    page = (book.project.site / "2020" / "nb" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert f"notebooks/{CHAPTER}.ipynb" in ran(got)
    assert ("Opphav" in page, "Opphav" in text) == (True, False)
