"""Learn schools from exports: when they were seen, and what became of them."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand.sources.schools import learn_schools, lineages

PLACES = {"9801": "alvik", "9851": "alvik", "9802": "baeroy"}
COLUMNS = ["level", "unit", "name", "municipality", "year", "grade"]


def learn(*rows: tuple[str, str, str, int, str], **mergers: str) -> pd.DataFrame:
    made = pd.DataFrame([("school", *row) for row in rows], columns=COLUMNS)
    known = {unit.removeprefix("s"): heir for unit, heir in mergers.items()}
    return learn_schools(made, PLACES, known).set_index("unit")


# One school is in every file, so that every year and grade has a file.
ALWAYS = tuple(("1", "Ålvik skole", "9801", year, grade) for year in (2022, 2023) for grade in "58")


def test_years_seen_are_first_and_last():
    got = learn(*ALWAYS).loc["1"]

    assert (got["first_year"], got["last_year"]) == (2022, 2023)


def test_a_school_of_every_file_neither_opened_nor_closed():
    got = learn(*ALWAYS).loc["1"]

    assert not got["opened"]
    assert not got["closed"]


def test_a_school_that_later_files_lack_has_closed():
    assert learn(*ALWAYS, ("2", "Vik skole", "9801", 2022, "5")).loc["2", "closed"]


def test_a_school_whose_grade_has_no_later_file_has_not_closed():
    rows = [row for row in ALWAYS if (row[3], row[4]) != (2023, "8")]

    assert not learn(*rows, ("2", "Vik ungdomsskole", "9801", 2022, "8")).loc["2", "closed"]


def test_newest_name_and_code_count():
    got = learn(*ALWAYS[:3], ("1", "Nye Ålvik skole", "9851", 2023, "8")).loc["1"]

    assert (got["name"], got["municipality"], got["place"]) == ("Nye Ålvik skole", "9851", "alvik")


@pytest.mark.parametrize(
    ("old", "new", "code", "exp"),
    [
        ("Øyåsen avdeling Vest", "Øyåsen skole", "9801", "3"),
        ("Øyåsen skole", "Øyåsen skule", "9851", "3"),
        ("Øyåsen skole", "Fjellet skole", "9801", ""),
        ("Øyåsen skole", "Øyåsen skole", "9802", ""),
    ],
    ids=["part-of-the-name", "new-code-of-the-place", "other-name", "other-place"],
)
def test_successor_bears_the_name_in_the_same_place(old, new, code, exp):
    got = learn(*ALWAYS, ("2", old, "9801", 2022, "5"), ("3", new, code, 2023, "5"))

    assert got.loc["2", "successor"] == exp


def test_of_two_possible_successors_none_is_chosen():
    heirs = [(unit, "Øyåsen skole", "9801", 2023, "5") for unit in "34"]

    assert (
        learn(*ALWAYS, ("2", "Øyåsen skole", "9801", 2022, "5"), *heirs).loc["2", "successor"] == ""
    )


@pytest.mark.parametrize("heir", ["3", "4", ""])
def test_known_merger_goes_before_what_names_tell(heir):
    named = ("3", "Øyåsen skole", "9801", 2023, "5")
    other = ("4", "Nes skole", "9802", 2022, "8")

    got = learn(*ALWAYS, ("2", "Øyåsen skule", "9801", 2022, "5"), named, other, s2=heir)

    assert got.loc["2", "successor"] == heir


def test_known_merger_into_a_school_of_no_export_is_left_to_the_names():
    named = ("3", "Øyåsen skole", "9801", 2023, "5")

    got = learn(*ALWAYS, ("2", "Øyåsen skule", "9801", 2022, "5"), named, s2="9")

    assert got.loc["2", "successor"] == "3"


def test_schools_that_go_on_in_each_other_end_somewhere():
    schools = pd.DataFrame({"unit": ["1", "2"], "successor": ["2", "1"]})

    assert set(lineages(schools)) == {"1", "2"}


def test_lineage_leads_to_the_newest_number():
    schools = pd.DataFrame({"unit": ["1", "2", "3", "4"], "successor": ["2", "3", "", ""]})

    assert lineages(schools) == {"1": "3", "2": "3", "3": "3", "4": "4"}
