import pandas as pd
import pytest

from tilstand.report.charts.forms import FORMS

YEARS = pd.DataFrame(
    {
        "year": [2017, 2018, 2019, 2020],
        "value": [12.6, 23.3, 19.4, 16.1],
        "label": "Eksempel",
    }
)
PLACES = pd.DataFrame({"label": ["Eksempel", "landet"], "value": [90.6, 88.1]})


def test_course_tells_start_end_and_what_lies_between():
    got = FORMS["lines"].alt(YEARS, "nb", 1)

    exp = "Linjediagram. Eksempel: fra 12,6 i 2017 til 16,1 i 2020, høyest 23,3 i 2018."
    assert got == exp


def test_course_is_told_in_english():
    got = FORMS["lines"].alt(YEARS, "en", 1)

    exp = "Line chart. Eksempel: from 12.6 in 2017 to 16.1 in 2020, highest 23.3 in 2018."
    assert got == exp


def test_course_does_not_depend_on_the_order_of_the_rows():
    assert FORMS["lines"].alt(YEARS[::-1], "nb", 1) == FORMS["lines"].alt(YEARS, "nb", 1)


def test_each_line_is_told():
    other = YEARS.assign(label="landet", value=[5.0, 6.0, 7.0, 8.0])

    got = FORMS["slope"].alt(pd.concat([YEARS, other]), "nb", 1)

    assert got.endswith("Landet: fra 5,0 i 2017 til 8,0 i 2020.")


def test_line_of_one_year_is_told_as_one_number():
    assert FORMS["lines"].alt(YEARS.tail(1), "en", 1) == "Line chart. Eksempel: 16.1 in 2020."


def test_rows_are_told_one_by_one():
    assert FORMS["bars"].alt(PLACES, "nb", 1) == "Søylediagram. Eksempel: 90,6. Landet: 88,1."


def test_interval_is_told_where_there_is_one():
    data = PLACES.assign(low=[89.0, None], high=[92.0, None])

    got = FORMS["dots"].alt(data, "en", 1)

    assert got == "Dot chart. Eksempel: 90.6 (interval from 89.0 to 92.0). Landet: 88.1."


def test_group_and_series_are_told():
    data = PLACES.head(1).assign(group="5. trinn", series="2020")

    assert FORMS["bars"].alt(data, "nb", 1) == "Søylediagram. 5. trinn, Eksempel, 2020: 90,6."


def test_distribution_is_told_by_its_ends():
    data = pd.DataFrame(
        {"group": "Lesing", "label": "2010", "number": [3, 1, 2], "value": [41.6, 15.3, 43.1]}
    )

    got = FORMS["levels"].alt(data, "nb", 1)

    exp = "Stablede søyler. Lesing, 2010: 15 prosent på laveste nivå og 42 på høyeste."
    assert got == exp


def test_spread_is_told_from_lowest_to_highest():
    data = pd.DataFrame({"label": ["Laveste nivå"], "low": [1.0], "high": [22.0]})

    assert FORMS["span"].alt(data, "nb", 0) == "Spenndiagram. Laveste nivå: fra 1 til 22."


def test_school_apart_is_told():
    data = pd.DataFrame({"label": ["High"], "low": [27.0], "high": [50.0], "single": [71.0]})

    got = FORMS["span"].alt(data, "en", 0)

    assert got == "Range chart. High: from 27 to 50, one school apart at 71."


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_a_name_in_both_languages(form):
    assert set(FORMS[form].names) == {"nb", "en"}


@pytest.mark.parametrize("form", ["bars", "dots", "lines", "slope"])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_no_nan_reaches_the_text(form, language):
    data = YEARS.assign(low=None, high=None, series="", group="")

    assert "nan" not in FORMS[form].alt(data, language, 1)


def test_second_mark_of_an_interval_chart_is_told():
    data = pd.DataFrame(
        {"label": ["Skole A"], "value": [1.0], "low": [0.0], "high": [2.0], "other": [3.0]}
    )

    assert FORMS["caterpillar"].alt(data, "nb", 0).endswith(", rute ved 3,0.")


def test_interval_keeps_the_decimal_that_tells_whether_it_holds_zero():
    data = pd.DataFrame({"label": ["Skole C"], "value": [-1.6], "low": [-3.1], "high": [-0.2]})

    assert "intervall fra −3,1 til −0,2" in FORMS["caterpillar"].alt(data, "nb", 0)


def test_ends_have_the_decimals_of_the_table_behind_the_figure():
    row = {"label": "Nes", "value": 1.0, "low": 0.03, "high": 2.0, "ends": 2}

    got = FORMS["dots"].alt(pd.DataFrame([row]), "en", 1)

    assert got == "Dot chart. Nes: 1.0 (interval from 0.03 to 2.00)."
