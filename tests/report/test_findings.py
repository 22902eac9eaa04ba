"""Say what changed and what differs in words that follow the data."""

import re

import pytest

from tilstand.report import open_page
from tilstand.report.findings import Question, answer

NATION = {"level": "nation", "unit": "0"}


@pytest.fixture
def told(tiny):
    """Answer a question in words alone."""
    units = tiny.project.register / "units.csv"
    units.write_text(units.read_text("utf-8").replace("landet,0,", "norge,0,"), "utf-8")

    def tell(language: str, rows: tuple[dict[str, str], ...], question: Question) -> str:
        tiny.write_figures(*rows)
        found = answer(open_page(2020, language, tiny.project), question)
        return re.sub(r"<[^>]+>", "", found.html).replace("\N{NO-BREAK SPACE}", "")

    return tell


@pytest.mark.parametrize(
    ("before", "language", "exp"),
    [
        ("1650", "nb", "1727 i 2020, opp fra 1650 i 2019."),
        ("1800", "nb", "1727 i 2020, ned fra 1800 i 2019."),
        ("1650", "en", "1,727 in 2020, up from 1,650 in 2019."),
    ],
)
def test_a_finding_says_which_way_it_went(told, before, language, exp):
    rows = ({"year": "2019", "unit": "9101", "value": before}, {"year": "2020", "value": "1727"})

    assert told(language, rows, Question("pupils", "before", "elevtall")).endswith(exp)


@pytest.mark.parametrize(
    ("nation", "exp"),
    [("1500", "høyere enn 1500 i landet."), ("1900", "lavere enn 1900 i landet.")],
)
def test_a_finding_says_which_side_of_the_country_it_is_on(told, nation, exp):
    rows = ({"year": "2020", "value": "1727"}, {"year": "2020", "value": nation, **NATION})

    assert told("nb", rows, Question("pupils", "nation", "elevtall")).endswith(exp)


def test_a_question_may_bring_its_own_name(told):
    rows = ({"year": "2019", "unit": "9101", "value": "1"}, {"year": "2020", "value": "2"})

    assert told("nb", rows, Question("pupils", "before", "x", name="Barn")).startswith("Barn: ")
