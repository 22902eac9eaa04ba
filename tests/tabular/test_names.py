"""Fold names as people do, and ask about those that are nearly equal."""

from __future__ import annotations

import pytest

from tilstand.tabular.names import (
    folded,
    is_total,
    joined,
    near_equal,
    one_spelling,
    questions,
    tidy,
)

SAME = [
    "Åsen skole",
    "A\u030asen skole",
    "ÅSEN SKOLE",
    " åsen  skole ",
    "Åsen\u00a0skole",
    "Åsen\tskole",
    "Åsen skole\u200b",
    "\ufeffÅsen skole",
    "Å\u00adsen skole",
]


@pytest.mark.parametrize("name", SAME)
def test_blanks_case_and_unicode_form_make_no_other_school(name):
    assert folded(name) == "åsen skole"


def test_the_most_frequent_spelling_is_shown_and_it_is_tidy():
    assert set(one_spelling([*SAME, "Åsen skole"]).values()) == {"Åsen skole"}
    assert tidy(" Nes  skole\u00a0") == "Nes skole"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kampen skole", "Kampn skole"),
        ("Kampen skole", "Kampenn skole"),
        ("Kampen skole", "Kapmen skole"),
        ("Kampen skole", "Kampan skole"),
        ("Auglend skole", "Auglend skule"),
        ("Vest-Agder skole", "Vest Agder skole"),
    ],
)
def test_one_letter_apart_is_asked_about(one, other):
    assert near_equal([one, other]) == [(one, other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Skole 1", "Skole 2"),
        ("Skole A", "Skole B"),
        ("Nes skole", "Næs skole"),
        ("Kampen skole", "Kampen barneskole"),
        ("974611473", "974611474"),
        ("Øvre skole", "Nedre skole"),
        ("KAMPEN skole", "Kampen  skole"),
    ],
)
def test_names_told_apart_on_purpose_are_not(one, other):
    assert near_equal([one, other]) == []


def test_names_of_two_municipalities_are_not_asked_about():
    within = {"Kampen skole": "0301", "Kampn skole": "1103"}

    assert questions(within, "a", within) == []
    assert len(questions(within, "a", dict.fromkeys(within, "0301"))) == 1


def test_many_pairs_are_three_lines_and_a_count():
    names = [f"{letter * 6}{end} skole" for letter in "ABCDEFGH" for end in ("n", "m")]

    got = questions(names, "a.csv:skole")

    assert len(got) == 3
    assert got[-1].endswith("(5 more pairs are as near)")


def test_what_was_read_as_one_is_said_once():
    (got,) = joined(one_spelling(["Nes", "nes ", "Nes", "Berg"]), "a.csv:skole")

    assert got == "a.csv:skole: 'Nes' is also spelt 'nes ': read as one"


@pytest.mark.parametrize(
    "name",
    [
        "Totalt", "TOTAL", "Totalt:", "Sum", "sum total", "I alt", "Ialt", "Til sammen",
        "Tilsammen", "Samlet", "Totalsum", "Grand Total", "Gjennomsnitt", "Snitt", "Alle",
        "Alle skoler", "ALLE  SKOLER", "Alle skular", "Alle skolene", "Skoler i alt", "Sum skoler",
        "Kommunen",
        "Kommunen totalt", "Kommune i alt", "Hele kommunen", "Heile kommunen", "Hele landet",
        "All schools", "(Sum)", "– Totalt –",
    ],
)  # fmt: skip
def test_what_stands_for_all_schools_is_no_school(name):
    assert is_total(name, of_schools=True)


@pytest.mark.parametrize(
    "name",
    [
        "Sumatra skole", "Summer skole", "Alle kan skole", "Alle barns skole", "Allestad skole",
        "Totland skole", "Kommunens skole", "Kommune", "Skoler", "Samlet skole", "Totalen skule",
        "Landet skole", "Midtbygda skole", "Sum skole", "Snittet", "1", "100000016", "", "A",
        "Fylkesskolen", "Kampen skole i alt",
    ],
)  # fmt: skip
def test_a_real_name_is_no_total(name):
    assert not is_total(name, of_schools=True)


def test_all_schools_are_a_total_only_where_schools_are_listed():
    assert [is_total("Alle"), is_total("Kommunen"), is_total("Totalt")] == [False, False, True]
