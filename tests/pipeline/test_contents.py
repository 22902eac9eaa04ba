from dataclasses import replace

import pytest

from tilstand.edition import load_edition
from tilstand.errors import BuildError, DataError
from tilstand.pipeline.basis.contents import (
    SILENT,
    Chapter,
    for_open_figures,
    for_schools,
    parameter_names,
    read_contents,
    set_aside,
    without,
)
from tilstand.pipeline.steps.edition_contents import edition_contents
from tilstand.pupils.roster import School

SCHOOLS = [
    School("E002", "aas", "Ås skole", "1-7"),
    School("E001", "oya", "Øya skole", "8-10"),
]


@pytest.fixture
def with_schools(tiny):
    """A book whose chapter `elevtall` takes a school."""
    tiny.write_notebook(
        "elevtall",
        ("markdown", "# Skole"),
        ("code", 'edition = 2020\nlanguage = "nb"\nschool = ""', "parameters"),
    )
    return tiny.project


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


def test_caption_without_a_name_is_one_line_a_language(tiny):
    path = tiny.project.root / "_toc.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("caption: Skole", "caption: Voksne"), encoding="utf-8")

    with pytest.raises(BuildError) as caught:
        read_contents(tiny.project)

    assert caught.value.lines == [
        f"_toc.yml: caption 'Voksne' has no {name} name; add it to captions in "
        f"book/locale/{language}.yml"
        for language, name in (("nb", "Norwegian"), ("en", "English"))
    ]


def test_chapter_that_takes_a_school_becomes_a_page_a_school_in_their_order(with_schools):
    got = for_schools(with_schools, read_contents(with_schools), SCHOOLS)

    exp = [("index", ""), ("elevtall-aas", "E002"), ("elevtall-oya", "E001"), ("om", "")]
    assert [(chapter.slug, chapter.school) for chapter in got.chapters] == exp


def test_pages_of_schools_come_from_one_template(with_schools):
    got = for_schools(with_schools, read_contents(with_schools), SCHOOLS)

    paths = {c.path(with_schools, "nb") for c in got.chapters if c.school}
    assert paths == {with_schools.notebooks / "elevtall.ipynb"}


def test_message_about_a_page_of_a_school_says_which(with_schools):
    got = for_schools(with_schools, read_contents(with_schools), SCHOOLS).chapters[1]

    assert got.name(with_schools, "nb") == "notebooks/elevtall.ipynb (elevtall-aas)"


def test_edition_without_schools_has_no_such_pages(with_schools):
    got = for_schools(with_schools, read_contents(with_schools), [])

    assert [chapter.slug for chapter in got.chapters] == ["index", "om"]


def test_chapter_that_needs_pupils_is_left_out_without_schools(tiny, with_schools):
    path = with_schools.notebooks / "elevtall.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("school = ", "needs_pupils = "))

    both = [
        [
            chapter.slug
            for chapter in for_schools(with_schools, read_contents(with_schools), s).chapters
        ]
        for s in ([], SCHOOLS)
    ]

    assert both == [["index", "om"], ["index", "elevtall", "om"]]


def test_part_without_a_page_is_left_out(with_schools, tiny):
    tiny.write(
        "_toc.yml",
        "root: notebooks/sammendrag\nparts:\n"
        "  - {caption: Skole, chapters: [{file: notebooks/elevtall}]}\n"
        "  - {caption: Om, chapters: [{file: book/om}]}\n",
    )

    got = for_schools(with_schools, read_contents(with_schools), [])

    assert [caption for caption, _ in got.parts] == ["Om"]


def test_book_without_such_a_chapter_stays_as_it_is(tiny):
    contents = read_contents(tiny.project)

    assert for_schools(tiny.project, contents, SCHOOLS) == contents


def test_parameters_of_a_template_are_known(tiny):
    path = tiny.write_notebook("a", ("code", "b = 1  # why\nc: int = 2\nd, e = 1, 2", "parameters"))

    assert parameter_names(path) == {"b", "c"}


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": [1]}'])
def test_broken_notebook_is_one_line(tiny, text):
    path = tiny.write("notebooks/a.ipynb", text)

    with pytest.raises(BuildError, match=r"notebooks/a.ipynb: no notebook that can be read"):
        parameter_names(path)


def test_chapters_that_have_nothing_to_say_come_last_in_a_part_of_their_own(tiny):
    got = set_aside(read_contents(tiny.project), {"elevtall"})

    assert [(caption, [one.slug for one in part]) for caption, part in got.parts] == [
        ("Skole", ["om"]),
        (SILENT, ["elevtall"]),
    ]


def test_a_chapter_left_out_takes_an_empty_part_with_it(tiny):
    contents = read_contents(tiny.project)
    alone = replace(contents, parts=(*contents.parts, ("Om boka", contents.parts[0][1][:1])))

    got = without(alone, ["elevtall"])

    assert [(caption, [one.slug for one in part]) for caption, part in got.parts] == [
        ("Skole", ["om"])
    ]


def test_an_edition_says_which_chapters_its_book_does_without(tiny):
    tiny.edition_file.write_text(
        'leave_out = ["elevtall"]\n' + tiny.edition_file.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    edition = load_edition(tiny.project, tiny.register(), 2020)

    got = edition_contents(tiny.project, edition)

    assert [one.slug for one in got.chapters] == ["index", "om"]


@pytest.mark.parametrize(
    ("said", "exp"),
    [
        ('["elevtal"]', "no page 'elevtal'; did you mean 'elevtall'?"),
        ('["xyz"]', "no page 'xyz'; there are elevtall, om"),
        ('["index"]', "no page 'index'; there are elevtall, om"),
        ('"elevtall"', "'elevtall', expected a list such as"),
        ("[1]", "expected a list such as"),
    ],
)
def test_a_page_that_cannot_be_left_out_is_told_in_a_line(tiny, said, exp):
    tiny.edition_file.write_text(
        f"leave_out = {said}\n" + tiny.edition_file.read_text(encoding="utf-8"), encoding="utf-8"
    )

    with pytest.raises(DataError) as caught:
        edition_contents(tiny.project, load_edition(tiny.project, tiny.register(), 2020))

    assert len(caught.value.lines) == 1
    assert exp in caught.value.lines[0]
    assert caught.value.lines[0].startswith("data/editions/2020.toml:leave_out: ")


def test_without_such_chapters_the_contents_stay_as_they_are(tiny):
    contents = read_contents(tiny.project)

    assert set_aside(contents, {"index"}) == contents


def test_a_part_of_silent_chapters_goes(tiny):
    contents = read_contents(tiny.project)
    alone = replace(contents, parts=(("Skole", contents.parts[0][1][:1]),))

    got = set_aside(alone, {"elevtall"})

    assert [caption for caption, _ in got.parts] == [SILENT]


def test_a_static_page_stays_in_its_part(tiny):
    contents = read_contents(tiny.project)

    assert set_aside(contents, {"om"}) == contents


@pytest.mark.parametrize("need", ["needs_earlier", "needs_documents", "needs_open"])
def test_a_chapter_that_needs_what_the_edition_lacks_is_left_out(tiny, need):
    tiny.write_notebook(
        "elevtall",
        ("markdown", "# Endringer"),
        ("code", f'edition = 2020\nlanguage = "nb"\n{need} = True', "parameters"),
    )
    contents = read_contents(tiny.project)

    lacking = for_open_figures(tiny.project, contents, [], lacking=[need])
    having = for_open_figures(tiny.project, contents, [], lacking=[])

    assert [one.slug for one in lacking.chapters] == ["index", "om"]
    assert having == contents
