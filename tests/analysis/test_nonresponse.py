"""Bounds on a share when some did not answer."""

import pytest

from tilstand.analysis import nonresponse


def test_bounds_let_the_silent_ones_say_anything():
    got = nonresponse.bounds(50, 40)
    exp = nonresponse.Bounds(20, 80)
    assert got == exp


def test_bounds_meet_when_everyone_answered():
    got = nonresponse.bounds(52.3, 100)
    exp = nonresponse.Bounds(52.3, 52.3)
    assert (got.low, got.high) == pytest.approx((exp.low, exp.high))


def test_bounds_say_nothing_when_no_one_answered():
    assert nonresponse.bounds(70, 0) == nonresponse.Bounds(0, 100)


@pytest.mark.parametrize(("share", "response"), [(101, 50), (50, -1), (float("nan"), 50)])
def test_what_is_no_percentage_is_refused(share, response):
    with pytest.raises(ValueError, match="expected a percentage"):
        nonresponse.bounds(share, response)
