"""Read counts off printed intervals, as a reader with a formula would."""

import pytest

from tilstand.analysis.proportions import share_interval
from tilstand.disclosure.attack.published import Published, key
from tilstand.disclosure.site.ends import counts_behind
from tilstand.disclosure.site.numbers import Said

CELL = (("school", "a"), ("result", "1"))
WHOLE = (("school", "a"), ("result", "took"))


def said(number, of=""):
    return Said("p", "percent:result:took", CELL, float(round(number)), 0, "x.html", of)


def bounds(shares, n):
    page = Published()
    page.cells[key(dict(WHOLE))] = n
    return [(fact.terms, fact.low, fact.high) for fact in counts_behind(shares, page)]


@pytest.mark.parametrize(("count", "n"), [(5, 114), (7, 60), (12, 31), (0, 40), (40, 40), (3, 9)])
def test_ends_bound_the_count_closer_than_the_share_alone(count, n):
    interval = share_interval(count, n)
    shares = [said(100 * count / n), said(interval.low, "low"), said(interval.high, "high")]

    ((terms, low, high),) = bounds(shares, n)

    assert terms == {key(dict(CELL)): 1.0}
    assert low <= count <= high
    assert high - low <= 1


def test_five_of_114_is_told_from_four():
    interval = share_interval(5, 114)
    shares = [said(100 * 5 / 114), said(interval.low, "low"), said(interval.high, "high")]

    assert [(low, high) for _, low, high in bounds(shares, 114)] == [(5.0, 5.0)]


def test_ends_of_another_kind_say_nothing():
    """The extremes of who may have been exempt are no interval of chance."""
    assert bounds([said(4), said(4, "low"), said(40, "high")], 114) == []


def test_without_the_number_behind_nothing_is_said():
    assert bounds([said(4), said(2, "low"), said(10, "high")], None) == []


def test_a_share_without_ends_says_nothing_more():
    assert bounds([said(4)], 114) == []
