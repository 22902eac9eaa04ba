import pytest
from bs4 import BeautifulSoup

from tilstand.errors import BuildError
from tilstand.pipeline.sphinx.redirects import write_redirects

PAGES = {"index", "elevtall"}


@pytest.fixture
def table(tmp_path):
    def write(*rows: str, header: str = "from,to"):
        path = tmp_path / "redirects.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return path

    return write


def test_moved_page_leads_on_with_and_without_a_browser_that_follows(table, tmp_path):
    (got,) = write_redirects(table("elever,elevtall"), PAGES, "nb", tmp_path)

    page = BeautifulSoup(got.read_text(encoding="utf-8"), "html.parser")
    assert got.name == "elever.html"
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "0; url=elevtall.html"
    assert page.a["href"] == "elevtall.html"


def test_page_in_a_folder_finds_its_way_up(table, tmp_path):
    (got,) = write_redirects(table("skoler/a,elevtall"), PAGES, "en", tmp_path)

    assert 'href="../elevtall.html"' in got.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "exp"),
    [
        (["elevtall,index"], "redirects.csv:2:from: 'elevtall' is a page"),
        (["a,index", "a,elevtall"], "redirects.csv:3:from: 'a' stands twice"),
        (["a,borte"], "redirects.csv:2:to: no page 'borte'"),
    ],
)
def test_fault_in_the_table_is_told_with_its_line(table, tmp_path, rows, exp):
    with pytest.raises(BuildError) as caught:
        write_redirects(table(*rows), PAGES, "nb", tmp_path)

    assert caught.value.lines[0].startswith(exp)


def test_other_columns_are_refused(table, tmp_path):
    with pytest.raises(BuildError, match="expected the columns from, to"):
        write_redirects(table(header="old,new"), PAGES, "nb", tmp_path)


def test_book_without_moved_pages_needs_no_table(tmp_path):
    assert write_redirects(tmp_path / "none.csv", PAGES, "nb", tmp_path) == []
