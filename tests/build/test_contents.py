import pytest

from tilstand.build.contents import Chapter, read_contents
from tilstand.errors import BuildError


def test_root_chapter_becomes_the_index(tiny):
    assert read_contents(tiny.project).root == Chapter("index", "notebooks/sammendrag")


def test_chapters_come_in_reading_order(tiny):
    got = [chapter.slug for chapter in read_contents(tiny.project).chapters]

    assert got == ["index", "elevtall", "om"]


def test_parts_keep_their_captions(tiny):
    assert [caption for caption, _ in read_contents(tiny.project).parts] == ["Skole"]


def test_notebook_is_one_file_for_both_languages(tiny):
    chapter = Chapter("elevtall", "notebooks/elevtall")

    got = {chapter.path(tiny.project, language) for language in ("nb", "en")}

    assert got == {tiny.project.notebooks / "elevtall.ipynb"}


def test_static_page_is_one_file_a_language(tiny):
    got = Chapter("om", "book/om").path(tiny.project, "en")

    assert got == tiny.project.book / "en" / "om.md"


@pytest.mark.parametrize(("file", "exp"), [("notebooks/elevtall", True), ("book/om", False)])
def test_chapter_knows_whether_it_is_executed(file, exp):
    assert Chapter("x", file).is_notebook is exp


def test_every_missing_file_is_one_line(tiny):
    (tiny.project.notebooks / "elevtall.ipynb").unlink()
    (tiny.project.book / "en" / "om.md").unlink()

    with pytest.raises(BuildError) as caught:
        read_contents(tiny.project)

    exp = [
        "_toc.yml: 'book/en/om.md' is not there",
        "_toc.yml: 'notebooks/elevtall.ipynb' is not there",
    ]
    assert caught.value.lines == exp
