"""Hold the register of units to what is known of Norway's municipalities and counties."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand import contracts
from tilstand.register import LAST_YEAR, read_text_table

SVALBARD = "2100"


@pytest.fixture(scope="module")
def units(repo_register) -> pd.DataFrame:
    return repo_register.units


@pytest.fixture(scope="module")
def changes(repo) -> pd.DataFrame:
    table = read_text_table(repo.register / "changes.csv", contracts.CHANGE_COLUMNS)
    return table.assign(year=table["year"].astype(int))


def valid(units: pd.DataFrame, level: str, year: int) -> pd.DataFrame:
    rows = units[(units["level"] == level) & (units["code"] != SVALBARD)]
    return rows[(rows["valid_from"] <= year) & (year <= rows["valid_to"])]


@pytest.mark.parametrize(
    ("year", "exp"),
    [(2010, 430), (2012, 429), (2013, 428), (2017, 426), (2019, 422), (2020, 356), (2024, 357)],
)
def test_there_are_as_many_municipalities_as_ssb_counts(year, exp, units):
    assert len(valid(units, "municipality", year)) == exp


@pytest.mark.parametrize(("year", "exp"), [(2010, 19), (2018, 18), (2020, 11), (2024, 15)])
def test_there_are_as_many_counties_as_ssb_counts(year, exp, units):
    assert len(valid(units, "county", year)) == exp


def test_one_code_names_one_place(units):
    assert units.groupby("code")["place"].nunique().max() == 1


@pytest.mark.parametrize("year", range(2010, 2027))
def test_every_municipality_lies_in_a_county_of_its_time(year, units):
    counties = set(valid(units, "county", year)["code"])

    assert set(valid(units, "municipality", year)["county"]) <= counties


@pytest.mark.parametrize("year", range(2010, 2027))
def test_a_place_has_one_code_at_a_time(year, units):
    assert not valid(units, "municipality", year)["place"].duplicated().any()


def test_every_code_that_ended_has_a_successor(units, changes):
    ended = units[(units["level"] == "municipality") & (units["valid_to"] < LAST_YEAR)]
    exp = {(row["code"], row["valid_to"] + 1) for row in ended.to_dict("records")}

    assert exp <= set(zip(changes["from"], changes["year"], strict=True))


def test_changes_lead_from_a_code_of_the_year_before_to_one_of_the_year(changes, repo_register):
    got = [
        row
        for row in changes.to_dict("records")
        if not repo_register.valid_unit("municipality", row["from"], row["year"] - 1)
        or not repo_register.valid_unit("municipality", row["to"], row["year"])
    ]

    assert got == []


@pytest.mark.parametrize(
    ("place", "exp"),
    [
        ("baerum", ["0219", "3024", "3201"]),
        ("haram", ["1534", "1580"]),
        ("alesund", ["1504", "1507", "1508"]),
        ("nesbyen", ["0616", "3040", "3322"]),
        ("moss", ["0104", "3002", "3103"]),
        ("andebu", ["0719"]),
    ],
)
def test_a_place_keeps_its_name_through_new_codes(place, exp, repo_register):
    assert repo_register.codes(place) == exp


@pytest.mark.parametrize(
    ("year", "code", "kind"),
    [(2024, "3201", "renumbered"), (2020, "3025", "merged"), (2024, "1580", "split")],
)
def test_kinds_of_change(year, code, kind, changes):
    rows = changes[(changes["year"] == year) & (changes["to"] == code)]

    assert set(rows["kind"]) == {kind}
