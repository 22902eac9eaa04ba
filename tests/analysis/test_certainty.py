import numpy as np
import pytest

from tilstand.analysis.certainty import NARROWER, certainty_of, gap


@pytest.mark.parametrize(
    ("value", "low", "high", "exp"),
    [
        (3.0, 1.0, 5.0, "clear"),
        (-3.0, -5.0, -1.0, "clear"),
        (3.0, -0.5, 6.5, "sign"),
        (-3.0, -6.5, 0.5, "sign"),
        (3.0, -4.0, 10.0, "chance"),
        (0.0, 0.0, 0.0, "chance"),
        (np.nan, np.nan, np.nan, "chance"),
    ],
)
def test_certainty_follows_the_ends_of_the_interval(value, low, high, exp):
    assert certainty_of(value, low, high) == exp


def test_certainty_is_held_against_the_reference():
    got = [certainty_of(30.0, 20.0, 40.0, at) for at in (0.0, 50.0, 30.0)]

    assert got == ["clear", "clear", "chance"]


def test_an_80_percent_interval_is_two_thirds_of_a_95_percent_one():
    assert pytest.approx(0.654, abs=0.001) == NARROWER


def test_gap_of_equal_halves_is_the_root_of_their_squares():
    got = gap((10.0, 7.0, 13.0), (4.0, 0.0, 8.0))

    assert (got.estimate, got.interval.low, got.interval.high) == (6.0, 1.0, 11.0)
    assert got.certainty == "clear"


def test_gap_uses_the_ends_that_face_each_other():
    got = gap((10.0, 9.0, 30.0), (4.0, -20.0, 5.0))

    assert got.interval.low == pytest.approx(6.0 - np.hypot(1.0, 1.0))


def test_gap_to_a_hidden_number_is_none():
    assert gap((1.0, 0.0, 2.0), (np.nan, np.nan, np.nan)) is None


def test_gap_of_normal_means_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    means = rng.normal([2.0, 1.0], [0.3, 0.8], (4000, 2))
    halves = 1.96 * np.array([0.3, 0.8])
    held = 0
    for a, b in means:
        ends = gap((a, a - halves[0], a + halves[0]), (b, b - halves[1], b + halves[1])).interval
        held += ends.low <= 1.0 <= ends.high

    assert 0.94 < held / len(means) < 0.96
