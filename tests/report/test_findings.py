"""Say what changed and what differs in words that follow the data."""

import re
from dataclasses import replace

import pytest

from tilstand.report import open_page
from tilstand.report.chapters.summary.findings import answer
from tilstand.report.chapters.summary.headlines import list_discussion, list_headlines
from tilstand.report.chapters.summary.question import Question

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


@pytest.fixture
def asked(tiny):
    """Open a page of the edition with the municipality's pupils in two years."""

    def settle(before: str, now: str):
        rows = {"year": "2019", "unit": "9101", "value": before}, {"year": "2020", "value": now}
        tiny.write_figures(*rows)
        return open_page(2020, "nb", tiny.project)

    return settle


@pytest.mark.parametrize(("now", "exp"), [("101", "chance"), ("200", "watch")])
def test_what_cannot_be_told_from_chance_is_neither_good_nor_to_watch(asked, now, exp):
    question = Question("pupils", "before", "x", events=True, better="lower")

    assert answer(asked("100", now), question).kind == exp


def test_a_complete_count_is_called_one(asked, capsys):
    list_headlines(asked("1650", "1727"), [Question("pupils", "before", "elevtall")])

    assert "Full telling" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "exp"), [("årsverk", "200 i 2020"), ("folk", "200 årsverk i")])
def test_a_unit_is_said_once(asked, name, exp):
    page = asked("100", "200")
    known = page.register.indicators["pupils"]
    named = replace(known, unit="fte", name={"nb": name, "en": name})
    page.register.indicators["pupils"] = named

    got = answer(page, Question("pupils", "before", "x"))

    assert exp in re.sub(r"<[^>]+>", "", got.html)


@pytest.mark.parametrize(
    ("events", "exp"), [(True, "Hva ligger bak endringen"), (False, "Er det en varig endring")]
)
def test_it_is_asked_whether_a_change_lasts_where_that_is_not_known(asked, capsys, events, exp):
    list_discussion(asked("100", "200"), [Question("pupils", "before", "x", events=events)])

    assert exp in capsys.readouterr().out
