"""Copy folders of pages; what Sphinx makes of changed ones is in tests/site/test_again.py."""

import os

import pytest
from sphinx.search import js_index

from tilstand.pipeline.sphinx.recompile import bring_over, publishable

INDEX = {"terms": {"a": 0, "b": [], "c": [0, 1]}, "titleterms": {"d": []}}


@pytest.fixture
def html(tmp_path):
    """What Sphinx leaves: a page, its search index, and what is not for readers."""
    texts = {
        "index.html": "page",
        "searchindex.js": js_index.dumps(INDEX),
        "objects.inv": "x",
        "_sources/index.md": "x",
        "_static/tilstand.css": "css",
        "_static/never-loaded.js": "x",
    }
    for name, text in texts.items():
        path = tmp_path / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "html"


def test_only_what_is_for_readers_is_published(html, tmp_path):
    publishable(html, tmp_path / "site")

    got = {p.relative_to(tmp_path / "site").as_posix() for p in (tmp_path / "site").rglob("*.*")}
    assert got == {"index.html", "searchindex.js", "_static/tilstand.css"}


def test_words_that_no_page_has_leave_the_search_index(html, tmp_path):
    publishable(html, tmp_path / "site")

    got = js_index.loads((tmp_path / "site" / "searchindex.js").read_text(encoding="utf-8"))
    assert got == {"terms": {"a": 0, "c": [0, 1]}, "titleterms": {}}


def test_only_files_that_differ_are_touched(tmp_path):
    for folder, files in (
        ("fresh", {"a": "1", "b": "2"}),
        ("kept", {"a": "1", "b": "0", "c": "3"}),
    ):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
            os.utime(tmp_path / folder / name, (1, 1))

    changed = bring_over(tmp_path / "fresh", tmp_path / "kept")

    assert [name.as_posix() for name in changed] == ["b"]
    got = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "kept").iterdir()}
    assert got == {"a": "1", "b": "2"}
    assert (tmp_path / "kept" / "a").stat().st_mtime == 1
    assert (tmp_path / "kept" / "b").stat().st_mtime > 1


def test_page_that_sphinx_writes_into_is_another_file_than_the_published_one(html, tmp_path):
    figure = html / "figures" / "a.svg"
    figure.parent.mkdir()
    figure.write_text("drawn", encoding="utf-8")

    publishable(html, tmp_path / "site")

    for name, exp in (("index.html", False), ("searchindex.js", False), ("figures/a.svg", True)):
        got = (html / name).samefile(tmp_path / "site" / name)
        assert got is exp, name
