"""The words by which readers find pages: for pages that there are, in both languages."""

import json

import pytest

from tilstand.contracts import LANGUAGES
from tilstand.errors import DataError
from tilstand.pipeline.basis.contents import read_contents
from tilstand.pipeline.sphinx.subjects import SUBJECTS, read_subjects, write_subjects


def written(path, *lines):
    path.write_text("page,nb,en\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_list_is_a_chapter_and_has_words(repo, language):
    chapters = {chapter.slug for chapter in read_contents(repo).chapters}
    subjects = read_subjects(repo.book / SUBJECTS, language)

    assert set(subjects) - chapters == set()
    assert [page for page, phrases in subjects.items() if not phrases] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_phrase_twice(repo, language):
    subjects = read_subjects(repo.book / SUBJECTS, language)

    assert [page for page, said in subjects.items() if len(said) != len(set(said))] == []


def test_phrases_are_parted_by_semicolons(tmp_path):
    path = written(tmp_path / "s.csv", "sfo,  sfo ;hva koster  sfo;,after school")

    assert read_subjects(path, "nb") == {"sfo": ["sfo", "hva koster sfo"]}
    assert read_subjects(path, "en") == {"sfo": ["after school"]}


def test_a_project_without_the_list_has_no_subjects(tmp_path):
    assert read_subjects(tmp_path / "s.csv", "nb") == {}


def test_a_page_that_stands_twice_is_named_by_its_line(tmp_path):
    with pytest.raises(DataError, match=r"s\.csv:3:page: 'sfo' stands twice"):
        read_subjects(written(tmp_path / "s.csv", "sfo,a,b", "sfo,c,d"), "nb")


def test_a_list_without_the_language_says_which_columns_it_needs(tmp_path):
    with pytest.raises(DataError, match="the header lacks se"):
        read_subjects(written(tmp_path / "s.csv", "sfo,a,b"), "se")


def test_the_browser_gets_the_chapters_that_the_book_has(repo, tmp_path):
    path = written(tmp_path / "s.csv", "sfo,fritid,after school", "ikke-her,a,b")

    write_subjects(path, read_contents(repo), "nb", tmp_path)

    text = (tmp_path / "subjects.js").read_text(encoding="utf-8")
    assert json.loads(text.removeprefix("var SUBJECTS = ").removesuffix(";\n")) == {
        "sfo": ["fritid"]
    }


def test_a_folded_chapter_is_found_on_the_page_it_stands_on(repo, tmp_path):
    path = written(tmp_path / "s.csv", "sfo,fritid,after school", "borte,leksehjelp,homework")

    write_subjects(path, read_contents(repo), "nb", tmp_path, {"borte": "sfo"})

    assert '"sfo":["fritid","leksehjelp"]' in (tmp_path / "subjects.js").read_text("utf-8")
