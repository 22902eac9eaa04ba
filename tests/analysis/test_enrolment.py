"""Tests of pupil numbers: forecasts against counts, cohorts, and values between counts."""

import math

import pandas as pd
import pytest

from tilstand.analysis import enrolment


def stage_rows(year, values):
    return pd.DataFrame(
        [{"year": year, "grade": g, "label": g, "value": float(v)} for g, v in values.items()]
    )


@pytest.fixture
def grades():
    return pd.concat(
        [
            stage_rows(2019, {"1": 100, "9": 90, "10": 80}),
            stage_rows(2020, {"1": 110, "2": 95, "10": 99}),
        ]
    )


def test_deviation_is_actual_minus_forecast():
    got = enrolment.deviations(stage_rows(2020, {"1-7": 200}), stage_rows(2020, {"1-7": 190}))
    assert got[["difference", "percent"]].iloc[0].tolist() == [-10, -5]


def test_deviation_needs_both_sides():
    got = enrolment.deviations(stage_rows(2015, {"1-7": 200}), stage_rows(2020, {"1-7": 190}))
    assert got.empty


def test_cohort_is_followed_to_the_next_grade(grades):
    got = enrolment.cohort_changes(grades, 2020)
    moved = got[["from_grade", "grade", "change"]].values.tolist()
    assert moved == [["1", "2", -5], ["9", "10", 9]]


def test_cohort_percent_is_of_the_year_before(grades):
    got = enrolment.cohort_changes(grades, 2020)
    assert got["percent"].tolist() == [-5, 10]


def test_cohorts_need_the_year_before(grades):
    assert enrolment.cohort_changes(grades, 2019).empty


def test_cohorts_of_no_rows_are_empty(grades):
    assert enrolment.cohort_changes(grades.iloc[:0], 2020).empty


def test_interpolation_follows_the_straight_line():
    series = pd.DataFrame({"year": [2007, 2002], "value": [200.0, 100.0]})
    assert enrolment.interpolated(series, 2005) == pytest.approx(160)


@pytest.mark.parametrize("year", [2001, 2008])
def test_interpolation_stays_inside_the_counts(year):
    series = pd.DataFrame({"year": [2002, 2007], "value": [100.0, 200.0]})
    assert math.isnan(enrolment.interpolated(series, year))


def test_interpolation_of_nothing_is_missing():
    assert math.isnan(enrolment.interpolated(pd.DataFrame({"year": [], "value": []}), 2005))


def test_forecast_line_starts_in_the_last_count():
    counted = pd.concat([stage_rows(2005, {"1-7": 1}), stage_rows(2010, {"1-7": 2})])
    got = enrolment.ahead(counted, stage_rows(2015, {"1-7": 3}), "", ", prognose")
    dashed = got[got["dashed"]]
    assert dashed[["year", "value"]].values.tolist() == [[2010, 2], [2015, 3]]


def test_forecast_line_needs_a_forecast():
    counted = stage_rows(2010, {"1-7": 2})
    assert enrolment.ahead(counted, counted.iloc[:0], "", "").empty


def test_forecast_is_dashed_beside_counts():
    got = enrolment.beside_forecast(stage_rows(2020, {"1-7": 2}), stage_rows(2020, {"1-7": 3}))
    assert got["dashed"].tolist() == [False, True]


def test_forecast_alone_is_not_shown():
    forecast = stage_rows(2020, {"1-7": 3})
    assert enrolment.beside_forecast(forecast.iloc[:0], forecast).empty


def test_tenth_grade_stands_last():
    got = enrolment.in_grade_order(stage_rows(2020, {"1": 1, "10": 2, "2": 3}))
    assert got["grade"].tolist() == ["1", "2", "10"]
