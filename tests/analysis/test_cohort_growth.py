"""Hold the growth line and the contributions to simulated municipalities with known truth."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from open_towns import simulate_towns
from tilstand.analysis.cohort_growth import contributions, fit_growth

SLOPE = 0.65
ROUNDS = 40


@cache
def studies(**changed):
    rng = np.random.default_rng(23)
    made = [simulate_towns(rng, **changed) for _ in range(ROUNDS)]
    fits = [fit_growth(pairs) for pairs in made]
    return fits, [contributions(pairs, fit) for pairs, fit in zip(made, fits, strict=True)]


def along_intake(told):
    intake = told["intake"] / told["intake"].std()
    return np.polyfit(intake, told["contribution"] - told["truth"], 1)[0]


def covered(told, low="low", high="high"):
    told = pd.concat(told)
    return ((told[low] <= told["truth"]) & (told["truth"] <= told[high])).mean()


@pytest.mark.parametrize("correlation", [0.6, 0.7, 0.8])
def test_attenuation_of_the_slope_is_removed_and_not_overdone(correlation):
    fits, _ = studies(correlation=correlation)

    got = np.mean([fit.slope for fit in fits])

    assert 0.60 < got < 0.72


def test_the_line_is_steeper_than_least_squares_that_error_pulls_down():
    fits, _ = studies()

    got = np.mean([fit.slope - fit.naive_slope for fit in fits])

    assert got > 0.01


@pytest.mark.parametrize("correlation", [0.6, 0.7, 0.8])
def test_contributions_do_not_follow_the_intake(correlation):
    _, told = studies(correlation=correlation)

    got = np.mean(
        [
            np.polyfit(t["intake"] / t["intake"].std(), t["contribution"] - t["truth"], 1)[0]
            for t in told
        ]
    )

    assert abs(got) < 0.1


def test_intervals_of_the_contributions_cover_the_truth():
    got = covered(studies()[1])

    assert 0.93 < got < 0.97


def test_intervals_cover_the_truth_of_large_municipalities_too():
    got = covered([told[told["n"] > 300] for told in studies()[1]])

    assert 0.93 < got < 0.975


def test_shrunk_intervals_cover_the_truth():
    got = covered(studies()[1], "shrunk_low", "shrunk_high")

    assert got == pytest.approx(0.95, abs=0.02)


def test_shrunk_contributions_are_nearer_the_truth():
    told = pd.concat(studies()[1])

    got = ((told["shrunk"] - told["truth"]) ** 2).mean()

    assert got < 0.9 * ((told["contribution"] - told["truth"]) ** 2).mean()


def test_reliability_is_the_share_of_variance_that_is_true():
    told = pd.concat(studies()[1])
    alike = told[told["n"].between(80, 120)]

    got = alike["reliability"].mean()

    assert got == pytest.approx(
        np.corrcoef(alike["contribution"], alike["truth"])[0, 1] ** 2, abs=0.06
    )


def test_equal_units_have_little_reliability():
    rng = np.random.default_rng(37)
    pairs = simulate_towns(rng, school_sd=0.0, town_sd=0.0)
    fit = fit_growth(pairs)

    got = contributions(pairs, fit)

    assert got["reliability"].median() < 0.2
    assert np.isfinite(got[["shrunk", "shrunk_low", "shrunk_high", "se"]].to_numpy()).all()


@pytest.mark.parametrize("smaller", [0.0, 0.5])
def test_a_weaker_link_between_the_means_widens_intervals_and_leaves_the_line(smaller):
    pairs = simulate_towns(np.random.default_rng(5))
    weak, book = fit_growth(pairs, smaller), fit_growth(pairs)

    got = contributions(pairs, weak)["se"] / contributions(pairs, book)["se"]

    assert got.min() > 1
    assert weak.slope == book.slope


@pytest.mark.parametrize("correlation", [-0.1, 1.0])
def test_impossible_error_correlation_is_refused(correlation):
    with pytest.raises(ValueError, match="error_correlation is"):
        fit_growth(simulate_towns(np.random.default_rng(1)), correlation)


def test_too_few_units_are_refused():
    with pytest.raises(ValueError, match="needs 20 units or more, got 12"):
        fit_growth(simulate_towns(np.random.default_rng(1), units=12))
