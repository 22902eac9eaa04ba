"""A drawing that a reader takes along looks like the one on the page, light and dark."""

import re
from xml.etree import ElementTree

import pytest

from tilstand.report.charts import dark, style
from tilstand.report.charts.alone import alone

TEXTS = {"title": "Færre & færre <elever>", "subtitle": "Elever, antall.", "source": "Kilde: GSI."}
SPACE = "{http://www.w3.org/2000/svg}"


def drawn(*, stamp: str = "") -> str:
    def draw(size: style.Size):
        with style.canvas(size, 2.0) as (figure, axes):
            axes.plot([1, 2], [3, 4], color=style.ACCENT, marker="o")
            axes.set_title("Trivsel")
        return figure

    return style.as_svg(draw, style.WIDE, stamp)


@pytest.fixture(scope="module")
def whole() -> ElementTree.Element:
    return ElementTree.fromstring(alone(drawn(), TEXTS))


def test_title_stands_above_and_source_below(whole):
    heights = {
        text.text: float(text.get("y")) for text in whole.findall(f"{SPACE}text") if text.get("y")
    }
    drawing = float(whole.find(f"{SPACE}g").get("transform").split()[1].rstrip(")"))

    assert heights[TEXTS["title"]] < heights[TEXTS["subtitle"]] < drawing
    assert heights[TEXTS["source"]] > drawing + 2.0 * 72


def test_every_colour_is_said_in_the_file_itself(whole):
    text = ElementTree.tostring(whole, encoding="unicode")

    assert not re.search(r'class="[^"]*c\d', text)
    assert style.ACCENT in text


def test_every_colour_has_its_rule_for_the_dark(whole):
    used = {
        element.get(kind)
        for element in whole.iter()
        for kind in ("fill", "stroke")
        if element.get(kind, "none") != "none"
    }
    rules = whole.find(f"{SPACE}style").text

    assert used
    assert all(f'="{light}"]{{' in rules and dark.DARK[light] in rules for light in used)


def test_texts_that_are_not_there_take_no_room():
    heights = [
        float(ElementTree.fromstring(alone(drawn(), texts)).get("height")) for texts in ({}, TEXTS)
    ]

    assert heights[0] < heights[1] - 40


def test_no_title_runs_out_of_the_file():
    whole = ElementTree.fromstring(alone(drawn(), {"title": "MMMM " * 40}))
    lines = [text for text in whole.findall(f"{SPACE}text") if text.text.startswith("MMMM")]

    assert len(lines) > 1
