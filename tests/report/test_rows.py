from dataclasses import replace

import pandas as pd
import pytest

from tilstand.edition import load_edition
from tilstand.report.page.rows import Measures, label_of_measure, label_rows, role_of
from tilstand.sources.comparators import near_rows

ROWS = (
    {"value": "100"},
    {"grade": "5", "value": "50"},
    {"grade": "6", "value": "51"},
    {"gender": "female", "value": "60"},
    {"gender": "male", "value": "40"},
    {"category": "spring", "value": "70"},
    {"category": "municipal", "value": "71"},
)
PLACES = (
    {"value": "1"},
    {"unit": "9202", "value": "2"},
    {"level": "county", "unit": "92", "value": "3"},
    {"level": "nation", "unit": "0", "value": "4"},
)


@pytest.fixture
def labelled(tiny):
    """Label rows as a page of the edition does."""

    def label(*rows: dict[str, str], by: str, language: str = "nb"):
        tiny.write_figures(*rows)
        register = tiny.register()
        found = Measures(tiny.load()).select("pupils", by, {})
        return label_rows(found, by, register, language, "eksempel")

    return label


def test_dimension_that_is_not_named_is_blank(figures):
    assert Measures(figures(*ROWS)).select("pupils", "", {})["value"].tolist() == [100.0]


def test_dimension_that_varies_keeps_each_of_its_values(figures):
    assert Measures(figures(*ROWS)).select("pupils", "grade", {})["grade"].tolist() == ["5", "6"]


def test_named_value_of_a_dimension_is_kept(figures):
    got = Measures(figures(*ROWS)).select("pupils", "", {"gender": "male"})

    assert got["value"].tolist() == [40.0]


def test_list_of_values_keeps_each_of_them(figures):
    got = Measures(figures(*ROWS)).select("pupils", "", {"category": ["spring", "municipal"]})

    assert sorted(got["value"]) == [70.0, 71.0]


def test_other_indicators_are_left_out(figures):
    table = figures({}, {"indicator": "wellbeing_share"})

    assert Measures(table).select("pupils", "", {})["indicator"].tolist() == ["pupils"]


def test_indicator_without_rows_gives_none(figures):
    assert Measures(figures(*ROWS)).select("wellbeing_share", "", {}).empty


def test_places_that_are_named_are_kept(figures):
    got = Measures(figures({"value": "1"}, {"unit": "9202", "value": "2"}))

    assert got.select("pupils", "", {}, ["eksempel"])["value"].tolist() == [1.0]


def test_slip_in_a_dimensions_name_is_told(figures):
    with pytest.raises(TypeError, match="no dimension sex; there are grade, gender"):
        Measures(figures(*ROWS)).select("pupils", "", {"sex": "male"})


@pytest.mark.parametrize(
    ("place", "level", "exp"),
    [
        ("eksempel", "municipality", "own"),
        ("landet", "nation", "nation"),
        ("nytt-fylke", "county", "county"),
        ("nabo", "municipality", "other"),
        ("asss", "group", "other"),
    ],
)
def test_role_tells_what_a_place_is_to_the_municipality(place, level, exp):
    assert role_of({"place": place, "level": level}, "eksempel") == exp


def test_municipality_stands_first_then_country_county_and_neighbours(labelled):
    got = labelled(*PLACES, by="place")["role"].tolist()

    assert got == ["own", "nation", "county", "other"]


@pytest.mark.parametrize(
    ("language", "exp"),
    [
        ("nb", ["Eksempel", "landet", "Nytt fylke"]),
        ("en", ["Example", "the country", "New County"]),
    ],
)
def test_places_are_named_in_the_language(labelled, language, exp):
    got = labelled(PLACES[0], PLACES[2], PLACES[3], by="place", language=language)

    assert got["label"].tolist() == exp


def test_grades_are_labelled_as_grades(labelled):
    assert labelled({"grade": "5"}, by="grade", language="en")["label"].tolist() == ["grade 5"]


def test_genders_are_labelled_and_are_their_own_roles(labelled):
    got = labelled({"gender": "female"}, {"gender": "male"}, by="gender")

    assert got[["label", "role"]].to_numpy().tolist() == [["jenter", "female"], ["gutter", "male"]]


@pytest.mark.parametrize(
    ("people", "exp"), [("adults", "Elever, kvinner"), ("children", "Elever, jenter")]
)
def test_the_catalogue_says_whether_a_gender_is_women_or_girls(tiny, people, exp):
    register = tiny.register()
    register.indicators["pupils"] = replace(register.indicators["pupils"], people=people)
    row = {"indicator": "pupils", "gender": "female", "grade": "", "subject": "", "category": ""}

    assert label_of_measure(row, register, "nb") == exp


def test_categories_are_labelled_from_the_register(labelled):
    assert labelled({"category": "spring"}, by="category")["label"].tolist() == ["vår"]


def test_years_are_labelled_as_years(labelled):
    assert labelled({}, by="year")["label"].tolist() == ["2020"]


def test_rows_that_nothing_tells_apart_bear_the_municipalitys_name(labelled):
    assert labelled({}, by="")["label"].tolist() == ["Eksempel"]


def test_every_row_says_where_it_comes_from(labelled):
    assert labelled({}, by="")["ref"].tolist() == ["pupils|2020|9201||||"]


def test_no_rows_still_have_the_columns(labelled):
    got = labelled({"value": "", "status": "missing"}, by="")

    assert {"label", "role", "ref"} <= set(got.columns)


def test_chapters_look_through_what_is_near_and_find_what_is_far_when_they_name_it(tiny):
    tiny.write_edition(comparators='["county", "nation"]')
    tiny.write_figures(*PLACES)
    register, table = tiny.register(), tiny.load()
    edition = load_edition(tiny.project, register, 2020)
    near = near_rows(table, register, edition, "eksempel")
    found = Measures(table, near)

    assert sorted(near["value"]) == [1.0, 3.0, 4.0]
    assert sorted(found.select("pupils", "place", {})["value"]) == [1.0, 3.0, 4.0]
    far = next(iter(set(table["place"]) - set(near["place"])))
    assert found.select("pupils", "", {}, [far])["value"].tolist() == [2.0]
    assert sorted(found.select("pupils", "", {}, [far, "eksempel"])["value"]) == [1.0, 2.0]
    assert len(found.every("pupils")) == len(PLACES)


def test_measures_far_away_change_nothing_near(figures):
    table = figures(*ROWS, *PLACES[1:])
    for by in ("", "grade", "gender", "category", "place"):
        whole = Measures(table).select("pupils", by, {}, ["eksempel"])
        near = Measures(table, table[table["place"] == "eksempel"])
        pd.testing.assert_frame_equal(near.select("pupils", by, {}, ["eksempel"]), whole)
