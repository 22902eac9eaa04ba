import pytest

from tilstand.report.page.rows import Measures
from tilstand.report.series import Series, row_ref, settle

SHARES = (
    {"year": "2018", "unit": "9101", "value": "88.0"},
    {"year": "2019", "unit": "9101", "value": "89.25", "n": "1400"},
    {"year": "2020", "value": "90"},
)


@pytest.fixture
def series(tiny):
    """Make the series of wellbeing from rows, as the edition of 2020 sees it."""

    def make(*rows: dict[str, str]) -> Series:
        tiny.write_figures(*({"indicator": "wellbeing_share", **row} for row in rows))
        rows = Measures(tiny.load()).select("wellbeing_share", "", {}).to_dict("records")
        return Series(rows, tiny.register().indicators["wellbeing_share"], 2020, "eksempel")

    return make


def test_series_goes_on_when_the_code_changes(series):
    assert series(*SHARES).years == [2018, 2019, 2020]


@pytest.mark.parametrize(
    ("which", "exp"), [("now", 90.0), ("first", 88.0), ("before", 89.25), ("latest", 90.0)]
)
def test_series_knows_its_places_in_time(series, which, exp):
    assert float(getattr(series(*SHARES), which)) == exp


def test_table_of_an_empty_series_has_its_columns(series):
    empty, full = series({"value": "", "status": "missing"}).frame, series(*SHARES).frame
    assert (len(empty), len(full)) == (0, 3)
    assert set(empty) <= set(full)
    assert empty["year"].tolist() == empty["value"].tolist() == []


@pytest.mark.parametrize("which", ["now", "first", "before", "latest"])
def test_place_in_time_of_an_empty_series_is_missing(series, which):
    assert getattr(series({"value": "", "status": "missing"}), which).missing


def test_now_is_the_editions_year_and_not_the_latest(series):
    assert series(*SHARES[:2]).now.missing


def test_value_is_printed_with_the_decimals_of_its_source(series):
    got = [series(*SHARES).at(year).text("en") for year in (2018, 2019, 2020)]

    assert got == ["88.0", "89.25", "90"]


def test_year_without_a_value_is_missing_and_knows_its_decimals(series):
    got = series(*SHARES).at(2015)

    assert (got.missing, got.decimals, got.year) == (True, 1, 2015)


def test_value_is_traced_to_its_row(series):
    assert series(*SHARES).now.refs == ("wellbeing_share|2020|9201||||",)


def test_n_is_the_number_behind_the_share(series):
    assert float(series(*SHARES).n(2019)) == 1400


def test_n_is_missing_where_none_is_published(series):
    assert series(*SHARES).n(2020).missing


def test_approximate_mark_follows_the_value(series):
    assert series({"value": "90", "mark": "approximate"}).now.approximate


def test_share_in_words_is_a_fraction_and_approximate(series):
    got = series({"value": "66.7", "mark": "fraction"}).now

    assert (got.fraction, got.approximate) == (True, True)


def test_series_without_rows_is_empty(series):
    assert series({"value": "", "status": "suppressed"}).empty


def test_row_is_named_by_what_it_measures(figures):
    row = figures({"grade": "5", "gender": "male", "category": "spring"}).iloc[0]

    assert row_ref(row) == "pupils|2020|9201|5|male||spring"


@pytest.mark.parametrize("status", ["missing", "suppressed", "not_applicable"])
def test_row_without_a_value_is_settled_away(figures, status):
    assert settle(figures({"value": "", "status": status})).empty


def test_provisional_value_is_used(figures):
    assert len(settle(figures({"value": "5", "status": "provisional"}))) == 1


def test_value_that_another_was_preferred_to_is_settled_away(figures):
    got = settle(
        figures(
            {"value": "5614", "section": "2", "mark": "contested_other"},
            {"value": "5129", "mark": "contested"},
        )
    )

    assert got["value"].tolist() == [5129.0]


@pytest.mark.parametrize("mark", ["inferred", "approximate"])
def test_printed_value_goes_before_a_marked_one(figures, mark):
    got = settle(figures({"value": "65.0", "section": "2", "mark": mark}, {"value": "65"}))

    assert got["mark"].tolist() == [""]


def test_value_that_two_sections_print_is_kept_once(figures):
    assert len(settle(figures({"value": "84"}, {"value": "84", "section": "2"}))) == 1


def test_different_measures_are_all_kept(figures):
    got = settle(figures({"gender": "female"}, {"gender": "male"}, {"grade": "5"}))

    assert len(got) == 3
