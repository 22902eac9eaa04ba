"""List what an edition is made from."""

import pytest

from tilstand.pipeline.basis.contents import read_contents
from tilstand.pipeline.basis.inputs import PUPILS, inputs_of


@pytest.fixture
def names(tiny):
    def listed() -> dict[str, str]:
        found = inputs_of(tiny.project, read_contents(tiny.project), "2020")
        return {one.name: one.kind for one in found}

    return listed


def test_data_chapters_and_pages_are_listed(names):
    got = names()
    assert got["data/published/figures.csv"] == "figures"
    assert got["notebooks/elevtall.ipynb"] == "chapter"
    assert got["book/en/om.md"] == "page"
    assert got["data/editions/2020.toml"] == "edition"


def test_other_editions_are_not_inputs(tiny, names):
    tiny.write("data/editions/2010.toml", "year = 2010\n")
    tiny.write("data/open/2010/export.csv", "a\n")
    assert not [name for name in names() if "2010" in name]


def test_comments_of_this_year_and_the_last_are_inputs(tiny, names):
    for year in (2018, 2019, 2020):
        tiny.write(f"data/editions/{year}/comments/berg-skole.md", "Vi er fornøyde.\n")

    got = {name for name in names() if "comments" in name}

    assert got == {f"data/editions/{year}/comments/berg-skole.md" for year in (2019, 2020)}


def test_own_exports_are_inputs(tiny, names):
    tiny.write("data/open/2020/export.csv", "a\n")
    assert names()["data/open/2020/export.csv"] == "open"


@pytest.fixture
def with_pupils(tiny):
    text = tiny.edition_file.read_text(encoding="utf-8")
    table = '[pupils]\nfile = "data/private/2020/elever-hemmelig.csv"\n'
    tiny.edition_file.write_text(text + table, encoding="utf-8")
    tiny.write("data/private/2020/elever-hemmelig.csv", "pupil\n1\n")
    return tiny


def test_name_and_size_of_a_pupil_file_are_not_told(with_pupils):
    found = inputs_of(with_pupils.project, read_contents(with_pupils.project), "2020")
    (got,) = [one.entry() for one in found if one.kind == "pupils"]
    assert got["path"] == PUPILS
    assert got["public"] is False
    assert "bytes" not in got
    assert not [one.name for one in found if "hemmelig" in one.name]
