"""Values and words derived from those that the sources print."""

import pandas as pd
import pytest

from tilstand.report.numbers import Value
from tilstand.report.page import derive

MISSING = Value(None)


def test_part_of_turns_a_share_into_a_count():
    got = derive.part_of(Value(66.6, decimals=1, refs=("a",)), Value(761, refs=("b",)))
    assert got.text("nb") == "507"
    assert got.refs == ("a", "b")


@pytest.mark.parametrize(("share", "whole"), [(MISSING, Value(761)), (Value(66.6), MISSING)])
def test_part_of_is_missing_when_one_of_the_two_is(share, whole):
    assert derive.part_of(share, whole).missing


def test_everyone_gives_the_share_with_its_bounds():
    got = derive.everyone(Value(50, decimals=1), Value(40, decimals=1))
    assert (float(got.low), float(got.share), float(got.high)) == (20, 50, 80)


def test_everyone_is_missing_without_a_response_rate():
    got = derive.everyone(Value(50), MISSING)
    assert got.low.missing
    assert got.high.missing


def test_split_of_everyone_adds_up_to_everyone():
    row = pd.DataFrame({"label": ["x"], "value": [50.0], "role": ["own"]})
    got = derive.split_of_everyone(row, Value(50), Value(40), ["agree", "disagree", "silent"])
    assert list(got["value"]) == [20, 20, 60]
    assert list(got["label"]) == ["agree", "disagree", "silent"]


def test_split_of_everyone_is_empty_when_a_value_is_missing():
    row = pd.DataFrame({"label": ["x"], "value": [50.0], "role": ["own"]})
    assert derive.split_of_everyone(row, MISSING, Value(40), ["a", "b", "c"]).empty
