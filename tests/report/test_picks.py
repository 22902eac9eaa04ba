"""Tests of picking single rows for a sentence."""

import pandas as pd

from tilstand.report import picks

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
    assert (got.label, got.value.missing) == ("", True)
