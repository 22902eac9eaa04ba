"""Tests of picking single rows for a sentence."""

import pandas as pd

from tilstand.report.numbers import Value
from tilstand.report.page import picks

ROWS = pd.DataFrame(
    {"label": ["a", "b", "c"], "value": [2.0, 5.0, 1.0], "year": 2020, "ref": ["x", "y", "z"]}
)


def test_highest_names_its_row():
    got = picks.highest(ROWS)
    assert (got.label, float(got.value)) == ("b", 5)


def test_lowest_names_its_row():
    got = picks.lowest(ROWS)
    assert (got.label, float(got.value)) == ("c", 1)


def test_pick_keeps_its_source():
    assert picks.highest(ROWS).value.refs == ("y",)


def test_nothing_to_pick_is_missing():
    got = picks.highest(ROWS.iloc[:0])
    assert (got.label, got.value.missing) == (None, True)


class OnePage:
    year = 2010

    def __init__(self, years):
        self.years = years

    def series(self, indicator):
        known = self.years

        class Known:
            def at(self, year):
                return Value(1.0 if year in known else None)

        return Known()


def test_year_before_is_the_year_before():
    assert picks.year_before(OnePage([2005, 2009]), "x") == 2009


def test_year_before_without_a_value_is_no_year():
    assert picks.year_before(OnePage([2005]), "x") == 0
