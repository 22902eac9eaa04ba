"""Say on a page what the edition has nothing on."""

from __future__ import annotations

import pytest

from tilstand.pipeline.compose.gaps import is_silent, refs_of, say_gaps, say_older

NOTHING = "har ikke noe om dette"


def test_a_few_empty_sections_say_so_where_they_stand():
    got = say_gaps(["# A", "Tekst.", "## B", "## C", "Tekst."], "nb", 2025)

    assert [chunk for chunk in got if chunk.startswith("#")] == ["# A", "## B", "## C"]
    assert NOTHING in got[3]


def test_a_heading_that_shares_its_cell_with_prose_ends_the_section_before():
    got = say_gaps(["# A", "Tekst.", "## B", "## C\n\nTekst."], "nb", 2025)

    assert NOTHING in got[3]


def test_many_empty_sections_are_listed_once_at_the_end():
    got = say_gaps(["# A", "Tekst.", "## B", "## C", "Tekst.", "## D", "## E"], "nb", 2025)

    assert [chunk for chunk in got if chunk.startswith("#")] == ["# A", "## C"]
    assert got[-1].endswith("- B\n- D\n- E\n:::")
    assert sum(NOTHING in chunk for chunk in got) == 1


def test_a_section_of_nothing_but_empty_sections_is_listed_by_its_own_name():
    chunks = ["# A", "Tekst.", "## B", "### B1", "### B2", "## C", "## D"]

    got = say_gaps(chunks, "nb", 2025)

    assert got[-1].endswith("- B\n- C\n- D\n:::")


def test_an_empty_section_below_an_empty_one_says_so_once_each():
    got = say_gaps(["# A", "Tekst.", "## B", "### B1", "## C", "Tekst."], "nb", 2025)

    assert [NOTHING in chunk for chunk in got] == [False, False, False, False, True, False, False]


def test_the_start_page_says_that_there_is_too_little():
    got = say_gaps(["# A", "Tekst.", "## B", "## C", "## D"], "nb", 2025, is_start=True)

    assert got[:2] == ["# A", "Tekst."]
    assert "har for lite til å fylle denne siden" in got[2]


@pytest.mark.parametrize("title", ["Dette mangler", "What is missing"])
def test_an_empty_list_of_what_is_missing_is_left_out(title):
    assert say_gaps(["# A", "Tekst.", f"## {title}"], "nb", 2025) == ["# A", "Tekst."]


@pytest.mark.parametrize(
    ("chunks", "exp"), [(["# A", "## B"], True), (["# A", "Tekst."], False), ([], False)]
)
def test_a_page_of_headings_is_silent(chunks, exp):
    assert is_silent(chunks) is exp


def test_old_figures_are_said_to_be_old():
    got = say_older(["pupils|2018|3024|||", "pupils|2020|3024|||"], "en", 2025)

    assert "no newer figures on this than from" in got
    assert 'data-refs="pupils|2020|3024|||"' in got


@pytest.mark.parametrize("refs", [["pupils|2024|3201|||"], ["breaks|exam-2020-2022"], []])
def test_fresh_figures_and_none_at_all_are_not_old(refs):
    assert say_older(refs, "nb", 2025) == ""


def test_rows_are_those_of_numbers_that_have_a_value_and_of_exhibits():
    numbers = {"a": {"text": "1", "refs": ["x|2020"]}, "b": {"text": None, "refs": ["y|2025"]}}

    assert refs_of(numbers, [{"refs": ["z|2019"]}, {}]) == ["x|2020", "z|2019"]


@pytest.mark.parametrize(("words", "exp"), [(5, 1), (80, 0)])
def test_a_short_page_has_room_for_the_municipalitys_words(words, exp):
    chunks = ["# A", '<data value="1" data-refs="">1</data> ' + "ord " * words, "## B"]
    got = say_gaps(chunks, "nb", 2025, lacking=[])
    assert "## B" not in got
    assert sum("plass til kommunens egne ord" in chunk for chunk in got) == exp
