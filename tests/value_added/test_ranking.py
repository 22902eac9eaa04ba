"""Ranks, comparisons and bands on contributions whose order is known."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added import RandomIntercept
from tilstand.value_added.bands import BandRule, band_summary, band_table
from tilstand.value_added.ranking import (
    comparison_multiplier,
    draw_effects,
    expected_ranks,
    pairwise_intervals,
    rank_table,
)


@pytest.fixture
def results(pupils):
    return RandomIntercept.from_formula("score ~ prior", pupils, "school").fit()


def test_expected_ranks_of_known_contributions_are_the_ranks():
    got = expected_ranks(np.array([3.0, -1.0, 2.0]), np.zeros((3, 3)))
    np.testing.assert_array_equal(got, [1, 3, 2])


def test_expected_ranks_of_equal_contributions_are_the_middle():
    got = expected_ranks(np.zeros(5), np.eye(5))
    np.testing.assert_allclose(got, 3)


def test_expected_ranks_follow_the_formula():
    got = expected_ranks(np.array([1.0, 0.0]), np.array([[1.0, 0.2], [0.2, 1.0]]))
    above = NormalDist().cdf(-1 / 1.6**0.5)
    np.testing.assert_allclose(got, [1 + above, 2 - above])


def test_draws_have_the_mean_and_spread_of_the_intervals(results):
    draws = draw_effects(results, 40_000, np.random.default_rng(1))
    effects = results.school_effects()
    error = effects["se"] / np.sqrt(40_000)
    assert (np.abs(draws.mean(axis=0) - effects["expected"]) < 5 * error).all()
    np.testing.assert_allclose(draws.std(axis=0), effects["se"], rtol=0.03)
    low = np.quantile(draws, 0.025, axis=0)
    np.testing.assert_allclose(low, effects["ci_low"], atol=0.05 * effects["se"].max())


def test_rank_intervals_hold_expected_ranks_and_probabilities_add_up(results):
    table = rank_table(results, np.random.default_rng(1))
    assert (table["rank_low"] <= table["expected_rank"]).all()
    assert (table["expected_rank"] <= table["rank_high"]).all()
    np.testing.assert_allclose(table["p_top"].sum(), 4)
    np.testing.assert_allclose(table["p_bottom"].sum(), 4)
    np.testing.assert_allclose(table["expected_rank"].sum(), 20 * 21 / 2)


def test_the_highest_contribution_has_the_lowest_expected_rank(results):
    table = rank_table(results, np.random.default_rng(1))
    by_estimate = table.sort_values("estimate", ascending=False)["expected_rank"]
    assert by_estimate.iloc[0] < 4
    assert by_estimate.iloc[-1] > 17


def test_ranks_are_repeated_by_the_same_seed(results):
    first = rank_table(results, np.random.default_rng(7), draws=200)
    second = rank_table(results, np.random.default_rng(7), draws=200)
    pd.testing.assert_frame_equal(first, second)


def test_comparison_of_equal_errors_needs_1_39():
    np.testing.assert_allclose(comparison_multiplier(np.ones(9)), 1.95996 / np.sqrt(2), rtol=1e-5)


def test_comparison_of_unequal_errors_lies_between_1_39_and_1_96():
    got = comparison_multiplier(np.array([1.0, 10.0]))
    np.testing.assert_allclose(got, 1.959964 * np.sqrt(101) / 11, rtol=1e-6)


def test_comparison_intervals_are_narrower_than_school_intervals(results):
    pairs = pairwise_intervals(results)
    effects = results.school_effects()
    width = pairs["pair_high"] - pairs["pair_low"]
    assert (width < effects["ci_high"] - effects["ci_low"]).all()


def test_bands_count_every_school_once_and_expect_few_false_flags(results):
    bands = band_table(results, BandRule(min_pupils=12))
    summary = band_summary(bands)
    assert summary["schools"].sum() == 20
    assert summary.loc["too few", "schools"] == 2
    flags = summary.loc[["over", "under"], "schools"].sum()
    assert 0 < summary["expected_false_flags"].sum() <= 0.025 * flags


def test_a_wide_margin_flags_nobody(results):
    bands = band_table(results, BandRule(margin=50))
    assert (bands["band"] == "around").all()


def test_over_and_under_follow_the_sign(results):
    bands = band_table(results)
    assert (bands.loc[bands["band"] == "over", "estimate"] > 0).all()
    assert (bands.loc[bands["band"] == "under", "estimate"] < 0).all()
    assert {"over", "under"} <= set(bands["band"])


def test_no_school_is_flagged_whose_interval_holds_the_reference(results):
    bands = band_table(results).set_index("school")
    effects = results.school_effects().set_index("school")
    holds = (effects["ci_low"] <= 0) & (effects["ci_high"] >= 0)

    assert holds.any()
    assert (bands.loc[holds, "band"] == "around").all()
    assert bands.loc[~holds, "band"].isin(["over", "under"]).all()
