"""Claims about what printed parts leave over."""

from tilstand.report.numbers import Value
from tilstand.report.page import parts


def test_rest_is_what_is_missing_to_a_hundred():
    got = parts.rest(Value(90.6, decimals=1), Value(2.0))
    assert got.text("en") == "7.4"


def test_rest_is_missing_when_a_part_is():
    assert parts.rest(Value(90.0), Value(None)).missing


def test_denominators_round_to_the_printed_share():
    least, most = parts.denominators(Value(449), Value(5))
    assert [round(100 * 449 / float(n)) for n in (least, most)] == [5, 5]


def test_denominators_are_the_outermost_ones():
    least, most = parts.denominators(Value(449), Value(5))
    assert 100 * 449 / (float(least) - 1) > 5.5
    assert 100 * 449 / (float(most) + 1) < 4.5


def test_denominators_are_missing_without_a_count():
    assert all(value.missing for value in parts.denominators(Value(None), Value(5)))
