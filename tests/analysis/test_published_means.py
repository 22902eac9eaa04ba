"""Hold the certainty of published means to what margins and rounding imply."""

import numpy as np
import pytest
from scipy import stats

from tilstand.analysis import published_means


def test_sampling_variance_inverts_a_95_percent_half_width():
    got = published_means.sampling_variance(1.959964 * 0.3)

    assert got == pytest.approx(0.09, rel=1e-6)


def test_sampling_variance_follows_the_level_assumed():
    got = published_means.sampling_variance(1.0, level=0.6827)

    assert got == pytest.approx(1.0, rel=1e-3)


def test_rounding_variance_is_that_of_rounded_numbers():
    exact = np.random.default_rng(3).uniform(40, 60, 200_000)

    got = published_means.rounding_variance(1.0)

    assert got == pytest.approx(np.var(np.round(exact) - exact), rel=0.01)


@pytest.mark.parametrize(
    ("estimate", "exp"), [(2.1, "clear"), (-2.1, "clear"), (1.5, "sign"), (1.0, "chance")]
)
def test_mean_difference_says_how_sure_it_is(estimate, exp):
    got = published_means.mean_difference(estimate, 1.0)

    assert got.certainty == exp


def test_part_variance_is_that_of_simulated_parts_and_wholes():
    rng = np.random.default_rng(5)
    sizes = np.array([30, 70, 400])
    means = rng.normal(0, 9 / np.sqrt(sizes), (100_000, 3))
    whole = means @ sizes / sizes.sum()

    got = published_means.part_variance(81 / 30, 81 / 500, 30 / 500, step=0)

    assert got == pytest.approx(np.var(means[:, 0] - whole), rel=0.02)


def test_stands_out_lets_few_through_where_nothing_is_there():
    rng = np.random.default_rng(7)

    got = [published_means.stands_out(rng.normal(size=40), np.ones(40)).any() for _ in range(400)]

    assert np.mean(got) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_stands_out_keeps_the_share_of_wrong_ones():
    rng = np.random.default_rng(11)
    wrong = []
    for _ in range(300):
        truth = np.repeat([0.0, 4.0], [60, 40])
        told = published_means.stands_out(truth + rng.normal(size=100), np.ones(100))
        wrong.append(told[:60].sum() / max(told.sum(), 1))

    got = np.mean(wrong)

    assert got < 0.05


def test_stands_out_of_nothing_is_nothing():
    assert published_means.stands_out([], []).tolist() == []


def test_stands_out_agrees_with_the_definition():
    p = np.array([0.001, 0.012, 0.014, 0.2, 0.9])

    got = published_means.stands_out(stats.norm.isf(p / 2), np.ones(5))

    assert got.tolist() == [True, True, True, False, False]
