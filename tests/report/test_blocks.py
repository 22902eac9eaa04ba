import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tilstand.report.numbers import Value
from tilstand.report.page.blocks import (
    Card,
    card_list,
    data_element,
    number_html,
    statement_list,
)

SHARE = Value(16.1, decimals=1, year=2020, refs=("dispensation|2020|9201||||",))


def test_statement_is_a_term_with_its_text_and_source(tiny):
    found = pd.DataFrame(
        [
            {
                "id": "s-1",
                "title_nb": "Mål <1>",
                "text_nb": "Alle & en.",
                "source": "report",
                "section": "3.1",
            }
        ]
    )

    got = BeautifulSoup(statement_list(found, tiny.register(), "nb"), "html.parser")

    assert (got.dt.text, got.dd.text) == ("Mål <1>", "Alle & en. (rapport, 3.1)")


@pytest.mark.parametrize(("language", "exp"), [("nb", []), ("en", ["rapport", "Innledning"])])
def test_norwegian_names_say_what_they_are_on_an_english_page(tiny, language, exp):
    told = {"id": "s-1", "title_nb": "A", "title_en": "A", "text_nb": "B", "text_en": "B"}
    found = pd.DataFrame([{**told, "source": "report", "section": "Innledning"}])
    register = tiny.register()
    register.sources["short_en"] = register.sources["short_nb"]

    got = BeautifulSoup(statement_list(found, register, language), "html.parser")

    assert [span.text for span in got.find_all(lang="nb")] == exp


@pytest.mark.parametrize(("listed", "exp"), [((), "u-s-1"), (("s-1",), None)])
def test_statement_has_one_anchor_on_a_page(tiny, listed, exp):
    told = {"id": "s-1", "title_nb": "A", "text_nb": "B", "source": "report", "section": ""}

    got = BeautifulSoup(
        statement_list(pd.DataFrame([told]), tiny.register(), "nb", listed), "html.parser"
    )

    assert got.dt.get("id") == exp


def test_number_carries_its_machine_value_and_its_rows():
    got = BeautifulSoup(data_element(SHARE, "nb"), "html.parser").data

    exp = ("16,1", "16.1", "value", "dispensation|2020|9201||||")
    assert (got.text, got["value"], got["data-recipe"], got["data-refs"]) == exp


def test_machine_value_has_the_printed_decimals():
    assert 'value="16.10"' in number_html("16,10", 16.1, 2, "value", [])


def test_machine_value_is_rounded_as_the_printed_one():
    got = BeautifulSoup(data_element(Value(26.5, decimals=0), "en"), "html.parser").data

    assert (got.text, got["value"]) == ("27", "27")


def test_year_is_marked_up_as_a_year():
    got = BeautifulSoup(data_element(SHARE.year_value(), "nb"), "html.parser").data

    assert (got.text, got["value"], got["data-recipe"]) == ("2020", "2020", "year")


def test_rows_of_a_number_are_parted_by_blanks():
    got = BeautifulSoup(number_html("1", 1, 0, "sum", ["a b", "c"]), "html.parser").data

    assert got["data-refs"].split() == ["a_b", "c"]


@pytest.fixture
def card() -> BeautifulSoup:
    made = Card("Trivsel <3", SHARE, "prosent", "<b>opp</b> fra 15", "elevtall.html")
    return BeautifulSoup(card_list([made], "nb"), "html.parser")


def test_card_leads_to_its_chapter(card):
    assert card.li.a["href"] == "elevtall.html"


def test_card_shows_its_label_as_text(card):
    assert card.find(class_="card-label").text == "Trivsel <3"


def test_card_shows_its_number_with_unit(card):
    assert card.find(class_="card-value").text == "16,1 prosent"


def test_cards_stand_in_one_list():
    made = Card("a", SHARE, "", "", "a.html")

    got = BeautifulSoup(card_list([made, made], "nb"), "html.parser")

    assert len(got.ul.find_all("li", recursive=False)) == 2
