import gettext
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tilstand.contracts import LANGUAGES
from tilstand.errors import BuildError
from tilstand.pipeline.basis.contents import Chapter, read_contents
from tilstand.pipeline.sphinx import compile as compiling
from tilstand.pipeline.sphinx.compile import (
    PASSED_WORDS,
    _compile_catalogues,
    _entries,
    compile_html,
    words_of,
)


def test_both_languages_have_the_same_words(repo):
    nb, en = (words_of(repo, language) for language in LANGUAGES)

    assert nb.keys() == en.keys()
    assert nb["captions"].keys() == en["captions"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_frame_shows_is_there(repo, language):
    words = words_of(repo, language)

    assert [word for word in PASSED_WORDS if not words.get(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_the_book_has_its_caption(repo, language):
    captions = {caption for caption, _ in read_contents(repo).parts}

    assert captions <= set(words_of(repo, language)["captions"])


@pytest.mark.slow
def test_every_warning_of_sphinx_is_one_line_that_names_the_page(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_parser"]\n', encoding="utf-8")
    (source / "index.md").write_text("# A\n\n[gone](#nowhere)\n", encoding="utf-8")

    with pytest.raises(BuildError) as caught:
        compile_html(source, tmp_path / "html", "2021-06-01")

    (got,) = caught.value.lines
    assert got.startswith("index.md:3: WARNING: ")


def test_full_disk_under_sphinx_is_one_line_that_says_what_to_do(tmp_path, monkeypatch):
    said = "WARNING: error writing file a.html: [Errno 28] No space left on device\n" * 3
    monkeypatch.setattr(
        compiling.subprocess, "run", lambda *_a, **_k: CompletedProcess([], 2, "", said)
    )

    with pytest.raises(BuildError) as caught:
        compile_html(tmp_path, tmp_path / "html", "2021-06-01")

    (got,) = caught.value.lines
    assert got.startswith(f"{tmp_path / 'html'}: No space left on device; make room")


def test_pages_of_schools_lie_below_the_chapter_before_them():
    chapters = [Chapter("om", "a"), Chapter("s-1", "b", "1"), Chapter("s-2", "b", "2")]

    got = _entries([*chapters, Chapter("slutt", "c")])

    exp = [{"file": "om", "sections": [{"file": "s-1"}, {"file": "s-2"}]}, {"file": "slutt"}]
    assert got == exp


def test_pages_of_schools_stand_by_themselves_where_no_chapter_goes_before_them():
    got = _entries([Chapter("s-1", "b", "1"), Chapter("s-2", "b", "2")])

    assert got == [{"file": "s-1"}, {"file": "s-2"}]


def test_words_of_the_frame_do_not_hold_the_time_of_day(repo, tmp_path):
    _compile_catalogues(repo.book / "locale", tmp_path)

    paths = sorted(tmp_path.rglob("*.mo"))
    assert paths
    for path in paths:
        with path.open("rb") as stream:
            header = gettext.GNUTranslations(stream).info()
        dates = {value for name, value in header.items() if name.endswith("-date")}
        assert dates == {"1980-01-01 00:00+0000"}


def test_building_the_templates_by_hand_ends_in_one_line_that_says_what_to_run(repo, tmp_path):
    """``jupyter-book build .`` at the top, as somebody used to Jupyter Book would try."""
    for name in ("_config.yml", "_toc.yml", "notebooks", "book"):
        (tmp_path / name).symlink_to(repo.root / name)

    made = subprocess.run(
        [str(Path(sys.executable).with_name("jupyter-book")), "build", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 1
    assert "run make book, or tilstand build" in made.stderr.splitlines()[-1]
    assert "Traceback" not in made.stderr
    assert not (tmp_path / "_build").exists()
