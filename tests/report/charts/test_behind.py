"""Lay out the table behind a figure as its form needs it."""

import pandas as pd
import pytest

from tilstand.report.charts.forms import FORMS
from tilstand.report.page.tables import Table


def rows(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {"year": 2020, "label": ["Eksempel", "landet"], "value": [90.6, 88.1]} | columns
    )


@pytest.fixture
def table():
    """Make the table behind a figure and read it as its CSV."""

    def lines(data: pd.DataFrame, language: str = "nb", form: str = "bars") -> list[str]:
        made = Table(*FORMS[form].columns(data, language, 1), "Trivsel")
        made.html(language)  # every column named has to be there
        return made.csv().splitlines()

    return lines


def test_rows_of_one_year_stand_below_each_other(table):
    assert table(rows()) == ["Enhet,Verdi", "Eksempel,90.6", "landet,88.1"]


def test_headers_follow_the_language(table):
    assert table(rows(), "en")[0] == "Unit,Value"


def test_several_years_go_down_and_places_across(table):
    data = pd.concat([rows(year=2019, value=[89.0, 87.0]), rows()])

    got = table(data)

    assert got == ["År,Eksempel,landet", "2019,89,87", "2020,90.6,88.1"]


def test_years_of_one_place_are_headed_as_values(table):
    data = pd.concat([rows(year=2019), rows()])
    data = data[data["label"] == "Eksempel"]

    assert table(data)[0] == "År,Verdi"


def test_interval_has_its_two_columns(table):
    got = table(rows(low=[89.0, 87.0], high=[92.0, 89.0]))

    exp = ['Enhet,Verdi,"95 %-intervall, fra","95 %-intervall, til"', "Eksempel,90.6,89,92"]
    assert got[:2] == exp


def test_groups_are_part_of_the_row_header(table):
    assert table(rows(group="Lesing"))[1] == "Lesing: Eksempel,90.6"


def test_series_are_part_of_the_row_header(table):
    assert table(rows(series="kvinner"))[1] == '"Eksempel, kvinner",90.6'


def test_levels_are_part_of_the_row_header(table):
    got = table(rows(group="Lesing", level_name="nivå 1"), form="levels")

    assert got[1] == '"Lesing: Eksempel, nivå 1",90.6'


def test_groups_over_several_years_tell_the_year(table):
    data = pd.concat([rows(year=2019, group="Lesing"), rows(group="Lesing")])

    assert table(data)[1] == "Lesing: Eksempel,2019,90.6"


def test_spread_without_a_value_of_its_own_has_its_two_ends(table):
    data = rows(low=[1.0, 27.0], high=[22.0, 50.0]).drop(columns="value")

    assert table(data, form="span")[:2] == ["Enhet,Fra,Til", "Eksempel,1,22"]


@pytest.mark.parametrize(
    ("columns", "exp"),
    [
        ({"grade": ["1", "2"]}, "Trinn,Verdi"),
        ({"place": ["eksempel", "norge"]}, "Sted,Verdi"),
        ({"place": ["eksempel", "norge"], "grade": ["1", "2"]}, "Gruppe,Verdi"),
        ({"place": ["eksempel", "norge"], "group": ["a", "b"]}, "Gruppe,Verdi"),
        ({"grade": ["1", "1"]}, "Enhet,Verdi"),
    ],
)
def test_rows_behind_a_figure_are_headed_by_what_tells_them_apart(table, columns, exp):
    assert table(rows(**columns))[0] == exp
