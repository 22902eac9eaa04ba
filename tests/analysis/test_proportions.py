"""Hold intervals to published examples and to what their definitions imply.

Reference values of single shares: Newcombe, R. G. (1998). Two-sided confidence intervals for the
single proportion: comparison of seven methods. Statistics in Medicine 17, 857-872, table I,
method 3 (Wilson's score interval).

Reference values of differences: Newcombe, R. G. (1998). Interval estimation for the difference
between independent proportions: comparison of eleven methods. Statistics in Medicine 17, 873-890,
table II, method 10.
"""

import math

import pytest
from scipy.stats import norm

from tilstand.analysis.proportions import (
    Interval,
    count_change,
    share_against_reference,
    share_difference,
    share_interval,
)

FOUR_DECIMALS = 0.00005
GRID = [(count, n) for n in (1, 7, 40, 1500) for count in {0, 1, n // 3, n - 1, n}]


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_share_interval_is_newcombes_wilson_interval(count, n, low, high):
    got = share_interval(count, n)

    assert (got.low / 100, got.high / 100) == pytest.approx((low, high), abs=FOUR_DECIMALS)


@pytest.mark.parametrize(
    ("count", "n", "other_count", "other_n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_share_difference_is_newcombes_method_ten(count, n, other_count, other_n, low, high):
    got = share_difference(count, n, other_count, other_n).interval

    assert (got.low / 100, got.high / 100) == pytest.approx((low, high), abs=FOUR_DECIMALS)


@pytest.mark.parametrize(("count", "n"), GRID)
def test_interval_holds_its_share_and_stays_within_nought_and_hundred(count, n):
    got = share_interval(count, n)

    share = 100 * count / n
    assert -1e-9 <= got.low <= share + 1e-9
    assert share - 1e-9 <= got.high <= 100 + 1e-9


@pytest.mark.parametrize(("count", "n"), GRID)
def test_interval_of_those_without_mirrors_the_interval_of_those_with(count, n):
    got = share_interval(n - count, n)

    exp = share_interval(count, n)
    assert (got.low, got.high) == pytest.approx((100 - exp.high, 100 - exp.low))


@pytest.mark.parametrize(("count", "n"), [(3, 10), (450, 9000)])
def test_ends_are_where_the_score_test_just_rejects(count, n):
    got = share_interval(count, n)

    for end in (got.low / 100, got.high / 100):
        score = abs(count / n - end) / math.sqrt(end * (1 - end) / n)
        assert score == pytest.approx(norm.ppf(0.975))


def test_higher_level_gives_a_wider_interval():
    got = share_interval(30, 100, level=0.80)

    exp = share_interval(30, 100, level=0.95)
    assert exp.low < got.low < got.high < exp.high


def test_more_pupils_with_the_same_share_give_a_narrower_interval():
    got, exp = share_interval(300, 1000), share_interval(30, 100)

    assert got.high - got.low < exp.high - exp.low


@pytest.mark.parametrize(("count", "n"), [(5, 0), (0, 0), (-1, 10), (11, 10), (1, -5)])
def test_impossible_counts_are_refused(count, n):
    with pytest.raises(ValueError, match="a share needs 0 <= count <= n and n > 0"):
        share_interval(count, n)


def test_difference_refuses_impossible_counts_of_either_share():
    with pytest.raises(ValueError, match="got 11 of 10"):
        share_difference(5, 10, 11, 10)


def test_difference_is_in_percentage_points():
    assert share_difference(30, 100, 20, 100).estimate == pytest.approx(10.0)


def test_exchanged_shares_turn_the_difference_about():
    got, exp = share_difference(30, 100, 20, 90), share_difference(20, 90, 30, 100)

    assert (got.interval.low, got.interval.high) == pytest.approx(
        (-exp.interval.high, -exp.interval.low)
    )


@pytest.mark.parametrize(
    ("count", "other_count", "exp"),
    [(300, 200, "clear"), (230, 200, "sign"), (205, 200, "chance"), (170, 200, "sign")],
)
def test_certainty_follows_the_two_intervals(count, other_count, exp):
    assert share_difference(count, 1000, other_count, 1000).certainty == exp


def test_reference_is_taken_as_given():
    got = share_against_reference(81, 263, 25.0).interval

    exp = share_interval(81, 263)
    assert (got.low, got.high) == pytest.approx((exp.low - 25, exp.high - 25))


@pytest.mark.parametrize(
    ("reference", "exp"), [(30.8, "chance"), (27.1, "sign"), (25.0, "clear"), (37.0, "clear")]
)
def test_certainty_against_a_reference_follows_the_shares_own_interval(reference, exp):
    assert share_against_reference(81, 263, reference).certainty == exp


def test_change_is_in_percent_of_the_earlier_count():
    assert count_change(219, 200).estimate == pytest.approx(9.5)


@pytest.mark.parametrize(("count", "other_count"), [(219, 200), (5, 12), (1019, 1)])
def test_ends_of_a_change_solve_the_score_equation(count, other_count):
    # (x - r y)^2 = z^2 r (x + y): the score test of a ratio r of two Poisson rates that were
    # observed equally long (Gu et al. 2008, statistic W3).
    got = count_change(count, other_count).interval

    for end in (got.low, got.high):
        ratio = 1 + end / 100
        left = (count - ratio * other_count) ** 2
        right = norm.ppf(0.975) ** 2 * ratio * (count + other_count)
        assert left == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize(("count", "exp"), [(300, "clear"), (230, "sign"), (205, "chance")])
def test_certainty_of_a_change_follows_the_two_intervals(count, exp):
    assert count_change(count, 200).certainty == exp


@pytest.mark.parametrize(("count", "other_count"), [(0, 5), (5, 0)])
def test_change_from_or_to_nothing_is_refused(count, other_count):
    with pytest.raises(ValueError, match="two counts above 0"):
        count_change(count, other_count)


@pytest.mark.parametrize(("value", "exp"), [(0.9, True), (1.0, False), (2.0, False), (2.1, True)])
def test_interval_excludes_only_what_lies_outside(value, exp):
    assert Interval(1.0, 2.0).excludes(value) is exp
