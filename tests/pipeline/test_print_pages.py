import pytest
from bs4 import BeautifulSoup

from tilstand.pipeline.outputs.print_pages import gather

PARTS = [("", ["index"]), ("Skole", ["elevtall"])]
WORDS = {
    "lang": "nb",
    "title": "Bærum: skole",
    "subtitle": "Boka",
    "small": ["2021"],
    "contents": "Innhold",
}
INDEX = """<nav>meny</nav><article class="bd-article"><section id="topp"><h1>Sammendrag
<a class="headerlink" href="#topp">#</a></h1>
<p><a href="elevtall.html#fig-a">figur 1</a> <a href="#topp">opp</a> <a href="elevtall.html">mer</a>
<a href="data/a.csv">tall</a> <a href="https://udir.no">ute</a></p></section></article>"""
PUPILS = """<article class="bd-article"><h1>Elevtall</h1><h2>Trinn</h2>
<figure class="exhibit exhibit-figure" id="fig-a">
<div class="drawing" role="img" aria-label="Søyler">
<svg class="wide"></svg><svg class="narrow"></svg></div><details>tabell</details>
<p class="exhibit-take">Last ned</p></figure>
<details class="fold"><p>liste</p></details></article>"""


@pytest.fixture
def made(tmp_path):
    (tmp_path / "index.html").write_text(INDEX, encoding="utf-8")
    (tmp_path / "elevtall.html").write_text(PUPILS, encoding="utf-8")
    return BeautifulSoup(gather(tmp_path, PARTS, WORDS, {"elevtall": 7}, "p {}"), "html.parser")


def test_every_link_within_the_book_leads_to_a_place_on_the_page(made):
    got = [link["href"] for link in made.select("article#index a")]

    assert got == ["#elevtall--fig-a", "#index--topp", "#elevtall", "https://udir.no"]
    assert all(made.find(id=href[1:]) for href in got[:3])


def test_a_link_to_a_file_becomes_plain_text(made):
    assert "tall" in made.find(id="index").p.text


def test_ways_to_click_stay_on_the_screen(made):
    assert not made.select(".exhibit-take, .headerlink, figure details, article nav")


def test_what_is_folded_in_prose_is_printed_open(made):
    assert made.select_one("details.fold").has_attr("open")


def test_the_wide_drawing_is_printed(made):
    assert [one["class"] for one in made.select(".drawing svg")] == [["wide"]]


def test_headings_stand_under_their_part(made):
    assert [heading.name for heading in made.find(id="elevtall").find_all(["h2", "h3"])] == [
        "h2",
        "h3",
    ]
    assert made.select_one("h1.part").text == "Skole"


def test_contents_name_chapters_with_their_sheets(made):
    got = [link.get_text("|") for link in made.select(".contents a")]

    assert [" ".join(line.split()) for line in got] == ["Sammendrag", "Elevtall|7"]


def test_the_page_says_its_language(made):
    assert made.html["lang"] == "nb"
