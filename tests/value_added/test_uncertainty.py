"""Intervals: what they reduce to when things are known, and how often they hold."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tilstand.value_added import Prior, RandomIntercept
from tilstand.value_added.errors import FewSchoolsWarning
from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.mixture import mixture_interval
from tilstand.value_added.parametric import draw_outcome
from tilstand.value_added.uncertainty import METHODS, school_intervals, variance_nodes


@pytest.fixture
def likelihood(pupils):
    return RandomIntercept.from_formula("score ~ prior", pupils, "school").fit().likelihood


def test_one_component_gives_its_own_quantiles():
    got = mixture_interval(np.ones(1), np.array([[2.0]]), np.array([[3.0]]), 10_000, 0.9)
    np.testing.assert_allclose([got.low[0], got.high[0]], stats.norm(2, 3).interval(0.9))


def test_few_degrees_of_freedom_give_students_t():
    got = mixture_interval(np.ones(1), np.array([[0.0]]), np.array([[1.0]]), 7, 0.95)
    np.testing.assert_allclose(got.high[0], stats.t(7).ppf(0.975), rtol=1e-7)


def test_mixture_quantiles_hold_their_probability():
    mean, sd = np.array([[0.0], [5.0]]), np.array([[1.0], [0.1]])
    weights = np.array([0.9, 0.1])
    got = mixture_interval(weights, mean, sd, 10_000, 0.9)
    for end, exp in ((got.low[0], 0.05), (got.high[0], 0.95)):
        reached = weights @ stats.norm(mean[:, 0], sd[:, 0]).cdf(end)
        np.testing.assert_allclose(reached, exp, atol=1e-9)


def test_known_variance_gives_the_plain_interval(likelihood):
    known = Prior(ratio=likelihood.optimum.ratio)
    got = school_intervals(likelihood, prior=known)
    exp = school_intervals(likelihood, method="fixed_effects")
    np.testing.assert_allclose(got.low, exp.low, rtol=1e-8)
    np.testing.assert_allclose(got.high, exp.high, rtol=1e-8)


def test_nodes_integrate_like_a_fine_grid(likelihood):
    prior = Prior()
    given, weights = variance_nodes(likelihood, prior)
    sd = np.linspace(1e-4, 5, 20_001)
    height = likelihood.at(sd**2).log_likelihood + prior.log_density(sd)
    exact = np.exp(height - height.max())
    exact /= exact.sum()
    np.testing.assert_allclose(weights @ np.sqrt(given.ratio), exact @ sd, rtol=1e-4)
    np.testing.assert_allclose(weights @ given.ratio, exact @ sd**2, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_orders_its_ends(likelihood, method):
    got = school_intervals(likelihood, method=method)
    assert (got.low < got.high).all()
    assert (got.se > 0).all()


def test_unknown_method_is_refused(likelihood):
    with pytest.raises(ValueError, match="method is one of"):
        school_intervals(likelihood, method="magic")


def test_honest_intervals_are_wider_than_conditional_ones(likelihood):
    honest = school_intervals(likelihood)
    plain = school_intervals(likelihood, method="conditional")
    assert (honest.high - honest.low > plain.high - plain.low).all()


def test_variance_interval_ends_where_the_likelihood_has_dropped(likelihood, pupils):
    results = RandomIntercept.from_formula("score ~ prior", pupils, "school").fit()
    low, high = results.variance_interval()
    grid = np.geomspace(results.ratio / 100, results.ratio * 100, 20_001)
    given = likelihood.at(grid)
    variance = grid * given.residual_variance
    inside = 2 * (results.llf - given.log_likelihood) <= stats.chi2(1).ppf(0.95)
    np.testing.assert_allclose([low, high], variance[inside][[0, -1]], rtol=1e-3)


def test_borrowed_share_moves_the_intervals_towards_it(likelihood):
    small = school_intervals(likelihood, prior=Prior.borrowed(0.001, 0.0001))
    large = school_intervals(likelihood, prior=Prior.borrowed(0.5, 0.01))
    assert (small.high - small.low < large.high - large.low).all()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_impossible_shares_are_refused(share):
    with pytest.raises(ValueError, match="variance share"):
        Prior.borrowed(share)


def test_two_schools_get_finite_intervals():
    rng = np.random.default_rng(1)
    code = np.repeat(["a", "b"], 20)
    frame = pd.DataFrame({"y": rng.normal(size=40) + (code == "a"), "school": code})
    model = RandomIntercept.from_formula("y ~ 1", frame, "school")
    with pytest.warns(FewSchoolsWarning, match="2 schools say little"):
        effects = model.fit().school_effects()
    assert np.isfinite(effects[["ci_low", "ci_high", "se"]]).all(axis=None)


def test_drawn_statistics_are_distributed_like_drawn_pupils(benchmark):
    rng = np.random.default_rng(6)
    design = benchmark("coverage").draw_design([5, 9, 20, 3], rng)
    drawn = [draw_outcome(design, 0.5, 2.0, rng)[0] for _ in range(4000)]
    within = np.array([one.within[-1, -1] for one in drawn])
    cross = np.array([one.within[1, -1] for one in drawn])
    np.testing.assert_allclose(within.mean(), 4 * (37 - 4), rtol=0.02)
    np.testing.assert_allclose(cross.var(), 4 * design.within[1, 1], rtol=0.1)
    means = np.array([one.means[:, -1] for one in drawn])
    np.testing.assert_allclose(means.var(axis=0), 0.25 + 4 / design.n, rtol=0.1)


def test_estimated_effects_do_not_depend_on_fixed_effects(benchmark):
    rng = np.random.default_rng(6)
    drawn, _ = draw_outcome(benchmark("coverage").draw_design([5, 9, 20, 3], rng), 0.5, 1.0, rng)
    moved = drawn.within.copy()
    moved[-1, -1] += 6 * moved[1, -1] + 9 * moved[1, 1]
    moved[1, -1] = moved[-1, 1] = moved[1, -1] + 3 * moved[1, 1]
    means = drawn.means.copy()
    means[:, -1] += 3 * means[:, 1]
    shifted = type(drawn)(drawn.names, drawn.schools, drawn.n, drawn.origin, means, moved)
    got = school_intervals(ProfileLikelihood(shifted))
    exp = school_intervals(ProfileLikelihood(drawn))
    np.testing.assert_allclose(got.low, exp.low, rtol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("schools", [10, 20, 60])
def test_coverage_is_near_nominal(schools, benchmark):
    table = benchmark("coverage").coverage_table(
        {"few": (30,) * schools}, (0.05, 0.12), replications=300, seed=3
    )
    margin = 3 * table["coverage_mc_se"]
    assert (table["coverage"] > 0.935 - margin).all()
    assert (table["coverage"] < 0.97 + margin).all()


def test_a_small_coverage_table_is_repeated_by_its_seed(benchmark):
    cells = {"few": (30,) * 10}
    first = benchmark("coverage").coverage_table(cells, (0.05,), replications=40, seed=3)
    pd.testing.assert_frame_equal(
        first, benchmark("coverage").coverage_table(cells, (0.05,), replications=40, seed=3)
    )
    assert 0.85 < first["coverage"].iloc[0] <= 1
