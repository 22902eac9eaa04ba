"""Hold the growth line and the contributions to simulated municipalities with known truth."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.cohort_growth import contributions, fit_growth

SLOPE, PRIOR_SD, GROWTH_SD, PUPIL_SD = 0.85, 1.6, 0.8, 8.93
ROUNDS = 60


def municipalities(rng, units=300, correlation=0.0, growth_sd=GROWTH_SD, step=1.0):
    n = np.exp(rng.normal(4.2, 1.1, units)).clip(10, 5000)
    truth = rng.normal(0, growth_sd, units)
    prior = rng.normal(50, PRIOR_SD, units)
    first, second = rng.normal(size=(2, units))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    x = prior + PUPIL_SD / np.sqrt(n) * first
    y = 50 + SLOPE * (prior - 50) + truth + PUPIL_SD / np.sqrt(n) * second
    if step:
        x, y = np.round(x / step) * step, np.round(y / step) * step
    known = {"prior_variance": PUPIL_SD**2 / n, "outcome_variance": PUPIL_SD**2 / n}
    return pd.DataFrame({"prior": x, "outcome": y, **known, "truth": truth, "n": n})


@cache
def studies(correlation=0.0):
    rng = np.random.default_rng(23)
    made = [municipalities(rng, correlation=correlation) for _ in range(ROUNDS)]
    fits = [fit_growth(pairs, error_correlation=correlation) for pairs in made]
    told = [contributions(pairs, fit) for pairs, fit in zip(made, fits, strict=True)]
    return fits, pd.concat(told, ignore_index=True)


def covered(told, low="low", high="high"):
    return ((told[low] <= told["truth"]) & (told["truth"] <= told[high])).mean()


@pytest.mark.parametrize("correlation", [0.0, 0.4])
def test_attenuation_of_the_naive_slope_is_removed(correlation):
    fits, _ = studies(correlation)

    got = np.mean([fit.slope for fit in fits])

    assert got == pytest.approx(SLOPE, abs=0.035)


def test_naive_slope_is_attenuated_on_the_same_data():
    fits, _ = studies()

    got = np.mean([fit.naive_slope for fit in fits])

    assert got < SLOPE - 0.2


def test_interval_of_the_slope_covers_the_truth():
    fits = [*studies(0.0)[0], *studies(0.4)[0]]

    got = np.mean([not fit.slope_interval.excludes(SLOPE) for fit in fits])

    assert got == pytest.approx(0.95, abs=0.05)


@pytest.mark.parametrize("correlation", [0.0, 0.4])
@pytest.mark.parametrize("fewest", [0, 300])
def test_intervals_of_the_contributions_cover_the_truth(correlation, fewest):
    _, told = studies(correlation)

    got = covered(told[told["n"] > fewest])

    assert got == pytest.approx(0.95, abs=0.015)


def test_shrunk_intervals_cover_the_truth():
    got = covered(studies()[1], "shrunk_low", "shrunk_high")

    assert got == pytest.approx(0.95, abs=0.02)


def test_shrunk_contributions_are_nearer_the_truth():
    _, told = studies()

    got = ((told["shrunk"] - told["truth"]) ** 2).mean()

    assert got < 0.5 * ((told["contribution"] - told["truth"]) ** 2).mean()


def test_reliability_is_the_share_of_variance_that_is_true():
    _, told = studies()
    alike = told[told["n"].between(80, 120)]

    got = alike["reliability"].mean()

    assert got == pytest.approx(
        np.corrcoef(alike["contribution"], alike["truth"])[0, 1] ** 2, abs=0.04
    )


def test_naive_residuals_flatter_units_that_start_high():
    rng = np.random.default_rng(29)
    pairs = pd.concat([municipalities(rng, step=0) for _ in range(10)], ignore_index=True)
    fit = fit_growth(pairs, step=0)
    true_start = (pairs["outcome"] - pairs["truth"] - 50) / SLOPE
    naive = pairs["outcome"] - np.polyval(
        np.polyfit(pairs["prior"], pairs["outcome"], 1), pairs["prior"]
    )
    large = pairs["n"] > 300

    got = np.corrcoef(contributions(pairs, fit)["contribution"][large], true_start[large])[0, 1]

    assert abs(got) < np.corrcoef(naive[large], true_start[large])[0, 1] - 0.1


def test_likelihood_tells_which_error_correlation_made_the_data():
    rng = np.random.default_rng(31)
    pairs = municipalities(rng, units=3000, correlation=0.5, step=0)

    got = max((0.0, 0.5, 0.9), key=lambda guess: fit_growth(pairs, guess, 0).log_likelihood)

    assert got == 0.5


def test_equal_units_give_no_spread_and_no_reliability():
    rng = np.random.default_rng(37)
    pairs = municipalities(rng, growth_sd=0.0)
    fit = fit_growth(pairs)

    got = contributions(pairs, fit)

    assert got["reliability"].max() < 0.3
    assert np.isfinite(got[["shrunk", "shrunk_low", "shrunk_high", "se"]].to_numpy()).all()


@pytest.mark.parametrize("correlation", [-0.1, 1.0])
def test_impossible_error_correlation_is_refused(correlation):
    with pytest.raises(ValueError, match="error_correlation is"):
        fit_growth(municipalities(np.random.default_rng(1)), correlation)


def test_too_few_units_are_refused():
    with pytest.raises(ValueError, match="needs 20 units or more, got 12"):
        fit_growth(municipalities(np.random.default_rng(1), units=12))
