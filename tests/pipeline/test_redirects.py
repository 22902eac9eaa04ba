import csv
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from tilstand.edition.names import edition_names
from tilstand.errors import BuildError
from tilstand.pipeline.sphinx.compile import Frame
from tilstand.pipeline.sphinx.redirects import write_redirects

PAGES = {"index", "elevtall"}
FRAME = Frame(2020, "nb", ("nb",), "Eksempel", "2021-06-01", "2020")


@pytest.fixture
def led(tiny, tmp_path):
    """Write a table of moves and the pages that lead on."""

    def write(*rows: str, header: str = "from,to", frame: Frame = FRAME, pages=PAGES):
        tiny.write("book/redirects.csv", "\n".join([header, *rows, ""]))
        for name in ("2010", "eksempel"):
            tiny.write(f"data/editions/{name}.toml", "year = 2010")
        return write_redirects(tiny.project, pages, frame, tmp_path)

    return write


def test_moved_page_leads_on_with_and_without_a_browser_that_follows(led):
    (got,) = led("elever,elevtall")

    page = BeautifulSoup(got.read_text(encoding="utf-8"), "html.parser")
    assert got.name == "elever.html"
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert "script-src 'self'" in policy
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "0; url=elevtall.html"
    assert page.a["href"] == "elevtall.html"


def test_page_in_a_folder_finds_its_way_up(led):
    (got,) = led("skoler/a,elevtall")

    assert 'href="../elevtall.html"' in got.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "exp"),
    [
        (["elevtall,index"], "redirects.csv:2:from: 'elevtall' is a page"),
        (["a,index", "a,elevtall"], "redirects.csv:3:from: 'a' stands twice"),
        (["a,borte"], "redirects.csv:2:to: no page 'borte'"),
        (["2020/a,index"], "redirects.csv:2:to: 'index', expected <edition>/<page>"),
        (["2010/a,2020/borte"], "redirects.csv:2:to: edition 2020 has no page 'borte'"),
    ],
)
def test_fault_in_the_table_is_told_with_its_line(led, rows, exp):
    with pytest.raises(BuildError) as caught:
        led(*rows)

    assert caught.value.lines[0].startswith(exp)


def test_other_columns_are_refused(led):
    with pytest.raises(BuildError, match="expected the columns from, to"):
        led(header="old,new")


def test_book_without_moved_pages_needs_no_table(tiny, tmp_path):
    assert write_redirects(tiny.project, PAGES, FRAME, tmp_path) == []


def test_page_that_moved_to_another_edition_leads_there_in_its_own_language(led):
    english = replace(FRAME, language="en")

    (got,) = led("2020/skole-a,eksempel/skole-a", frame=english)

    assert 'href="../../eksempel/en/skole-a.html"' in got.read_text(encoding="utf-8")


def test_page_that_another_edition_has_given_up_is_not_ours_to_lead_on(led):
    assert led("2010/skole-a,eksempel/skole-a") == []


def test_moves_between_editions_are_passed_over_where_one_is_not_there(led):
    rows = ["2020/a,gone/a", "gone/a,2020/a", "gone/a,gone/b", "elever,elevtall"]

    assert [path.name for path in led(*rows)] == ["elever.html"]


def test_moves_of_this_repository_are_between_editions_that_are_there(repo):
    with (repo.book / "redirects.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(row["from"], row["to"]) for row in csv.DictReader(stream)]
    said = {one.split("/")[0] for row in rows if all("/" in one for one in row) for one in row}

    assert len(said) > 1
    assert said <= set(edition_names(repo))


def test_edition_that_has_the_page_again_keeps_it(led):
    assert led("2020/elevtall,eksempel/elevtall") == []


def test_folded_chapter_leads_to_its_place_on_another_page(tiny, tmp_path):
    write_redirects(tiny.project, PAGES, FRAME, tmp_path, {"vekst": "elevtall"})

    assert 'href="elevtall.html#vekst"' in (tmp_path / "vekst.html").read_text(encoding="utf-8")
