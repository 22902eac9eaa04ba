"""Print one edition and read it back."""

from __future__ import annotations

import shutil

import pytest
from pypdf import PdfReader

from tilstand.build.compile import Frame
from tilstand.build.contents import for_schools, read_contents
from tilstand.build.pdf import find_browser, names_of, print_edition
from tilstand.edition import load_edition
from tilstand.register import Register
from tilstand.roster import schools_of

pytestmark = pytest.mark.slow

FRAME = Frame(2020, "nb", ("nb", "en"), "Bærum", "2021-06-01", printed=True)


@pytest.fixture(scope="module")
def printed(site, repo, tmp_path_factory):
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    html = tmp_path_factory.mktemp("print") / "nb"
    shutil.copytree(site / "2020" / "nb", html)
    edition = load_edition(repo, Register.load(repo.register), 2020)
    contents = for_schools(repo, read_contents(repo), schools_of(repo, edition))
    print_edition(repo, contents, FRAME, html, browser)
    return {name: PdfReader(html / file) for name, file in names_of(FRAME).items()}, contents


def test_the_summary_is_one_sheet(printed):
    assert len(printed[0]["summary"].pages) == 1


def test_the_file_says_its_title_and_the_editions_day(printed):
    about = printed[0]["book"].metadata

    assert (about.title, about["/CreationDate"][:10]) == (
        "Bærum: barnehage og skole 2020",
        "D:20210601",
    )
