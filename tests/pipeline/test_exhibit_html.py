from typing import Any

import pytest
from bs4 import BeautifulSoup

from tilstand.pipeline.compose.exhibit_html import anchor, exhibit_html

SVG = '<svg viewBox="0 0 360 144" width="480" height="192" aria-hidden="true"></svg>'
FIGURE: dict[str, Any] = {
    "kind": "figure",
    "name": "trend",
    "title": "Færre & færre",
    "subtitle": "Andel, prosent.",
    "source": "Kilde: rapport.",
    "table": "<table></table>",
    "csv": "a\n",
    "alt": "Linjediagram: <1.",
    "images": {"wide": SVG, "narrow": SVG.replace("480", "240")},
    "refs": [],
    "made": {
        "notebook": "notebooks/elevtall.ipynb",
        "cell": 7,
        "code": 'page.chart("lines", a < b)',
    },
}
TABLE = FIGURE | {"kind": "table", "images": {}, "alt": "", "subtitle": ""}


def figure(exhibit: dict[str, Any], language: str = "nb") -> BeautifulSoup:
    html = exhibit_html(exhibit, "elevtall", "Figur 3", language)
    return BeautifulSoup(html, "html.parser").figure


def drawing(exhibit: dict[str, Any]) -> BeautifulSoup:
    return figure(exhibit).select_one("[role=img]")


def test_exhibit_is_reached_by_its_anchor():
    assert [figure(FIGURE)["id"], figure(TABLE)["id"]] == ["fig-trend", "tab-trend"]


def test_anchor_is_the_id_that_links_use():
    assert anchor(FIGURE) == figure(FIGURE)["id"]


def test_caption_bears_number_and_finding():
    assert figure(FIGURE).find(class_="exhibit-title").text == "Figur 3 Færre & færre"


def test_image_has_its_alternative_text():
    assert drawing(FIGURE)["aria-label"] == "Linjediagram: <1."


@pytest.mark.parametrize(("language", "exp"), [("nb", "Simulert. "), ("en", "Simulated. ")])
def test_a_simulated_drawing_bears_its_own_mark_and_its_words_say_so(language, exp):
    got = figure(FIGURE | {"simulated": True}, language)

    assert got.find(class_="exhibit-mark") is None
    assert got.select_one("[role=img]")["aria-label"] == f"{exp}Linjediagram: <1."


def test_a_simulated_table_bears_one_tag_and_others_none():
    assert len(figure(TABLE | {"simulated": True}).find_all(class_="exhibit-mark")) == 1
    assert figure(TABLE).find(class_="exhibit-mark") is None


def test_page_holds_the_form_for_a_desk_and_the_one_for_a_phone():
    got = drawing(FIGURE).find_all("svg")

    assert [(one["class"], one["width"]) for one in got] == [(["wide"], "480"), (["narrow"], "240")]


def test_words_stand_for_the_drawing_once():
    assert [one["aria-hidden"] for one in drawing(FIGURE).find_all("svg")] == ["true", "true"]


def test_numbers_of_a_figure_lie_behind_it():
    got = figure(FIGURE).details

    assert (got.summary.text, got.table is not None) == ("Tallene bak figuren", True)


def test_table_stands_open():
    assert figure(TABLE).table.find_parent("details") is None


def test_download_leads_to_the_csv():
    assert figure(FIGURE).find("a", download=True)["href"] == "data/elevtall-trend.csv"


@pytest.mark.parametrize(
    ("exhibit", "exp"), [(FIGURE, ["csv", "xlsx", "svg", "png"]), (TABLE, ["csv", "xlsx"])]
)
def test_a_figure_goes_along_in_four_forms_and_a_table_in_two(exhibit, exp):
    links = figure(exhibit).find_all("a", download=True)

    assert [link["href"].rsplit(".")[-1] for link in links] == exp


def test_a_link_says_what_it_is_a_file_of():
    assert figure(FIGURE).find("a", download=True).text == "CSV: Færre & færre"


@pytest.mark.parametrize(("language", "exp"), [("nb", "Last ned:"), ("en", "Download:")])
def test_download_is_named_in_the_language(language, exp):
    assert figure(FIGURE, language).find(class_="exhibit-take").text.startswith(exp)


def test_the_making_names_notebook_and_cell():
    got = figure(FIGURE).find(class_="exhibit-made")

    assert [code.text for code in got.p.find_all("code")] == ["notebooks/elevtall.ipynb", "7"]


def test_the_making_shows_the_code_as_it_is():
    assert figure(FIGURE).find("pre").text == 'page.chart("lines", a < b)'


@pytest.mark.parametrize(("refs", "exp"), [(["a", "b"], True), ([], False)])
def test_the_making_counts_rows_where_they_are_known(refs, exp):
    got = figure(FIGURE | {"refs": refs}).find(class_="exhibit-made").p.text

    assert ("Rader i datasettet bak den: 2." in got) is exp


@pytest.mark.parametrize(("old", "exp"), [(2010, ["Tall fra 2010"]), (0, [])])
def test_old_numbers_wear_their_year(old, exp):
    badges = figure(FIGURE | {"old": old}).find_all(class_="exhibit-year")

    assert [badge.text for badge in badges] == exp
