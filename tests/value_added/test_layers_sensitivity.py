"""Slopes, movers, weights and ceilings: what holds exactly, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tilstand.value_added import (
    LayeredIntercept,
    ValueAddedError,
    beyond_ceiling,
    normal_scores,
    sensitivity,
)
from tilstand.value_added.errors import RepeatedRowsWarning
from tilstand.value_added.layers.mixed import Block, BlockModel

FORMULA = "y ~ x + C(cohort)"
COHORTS = ["school", "cohort"]
ENDS = [
    f"{name}{end}"
    for name in ("mean_observed", "newest", "stable", "change")
    for end in ("", "_low", "_high")
]


def fit(frame):
    return LayeredIntercept.from_formula(FORMULA, frame, COHORTS).fit()


def apart(got, exp):
    """Return the largest distance of any number, in standard errors."""
    return float(np.abs(got[ENDS] - exp[ENDS]).max(axis=None) / exp["se"].mean())


def test_without_a_weaker_assumption_it_is_the_fit(layered):
    results = fit(layered)
    assert apart(sensitivity(results).schools, results.school_effects()) < 5e-3


def test_nobody_moved_and_equal_weights_change_nothing(layered):
    frame = layered.assign(before=np.nan, stay=np.nan, w=3.0)
    results = fit(frame)
    exp = sensitivity(results).schools
    assert apart(sensitivity(results, weights="w").schools[ENDS], exp.assign(se=0.1)) < 1e-6
    got = sensitivity(results, moved=("before", "stay"))
    assert apart(got.schools, exp.assign(se=0.1)) < 1e-6


def test_half_of_a_school_elsewhere_is_undone(layered):
    # Pupils of school 3 had half of their time at school 9, which lies two points above.
    jump = 2.0 * (layered["school"] == 9) + 1.0 * (layered["school"] == 3)
    frame = layered.assign(
        y=layered["y"] + jump,
        before=np.where(layered["school"] == 3, 9.0, np.nan),
        stay=np.where(layered["school"] == 3, 0.5, np.nan),
    )
    results = fit(frame)
    plain = results.school_effects().set_index("school")["mean_observed"]
    got = sensitivity(results, moved=("before", "stay")).schools.set_index("school")
    own = fit(layered).school_effects().set_index("school")["mean_observed"]
    assert plain[3] - own[3] > 0.6
    assert abs(got.loc[3, "mean_observed"] - own[3]) < 0.35


def test_an_earlier_school_that_is_not_in_the_fit_is_no_fault(layered):
    frame = layered.assign(before=np.where(layered.index % 5 == 0, 999, -1), stay=0.7)
    frame["before"] = frame["before"].where(frame["before"] > 0)
    got = sensitivity(fit(frame), moved=("before", "stay")).schools
    assert list(got["school"]) == list(range(17))
    assert np.isfinite(got[ENDS]).all(axis=None)


def test_slopes_that_differ_are_found_and_equal_ones_are_not(layered):
    rng = np.random.default_rng(5)
    own = 0.3 * rng.standard_normal(17)[layered["school"]]
    bent = fit(layered.assign(y=layered["y"] + own * layered["x"]))
    assert 0.15 < sensitivity(bent, slope="x").slope_sd < 0.45
    assert sensitivity(fit(layered), slope="x").slope_sd < 0.08


def test_the_sd_of_slopes_is_in_the_residual_of_the_model_with_slopes():
    # Where slopes differ this much, the residual of the fit without them is far larger.
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"school": np.repeat(np.arange(30), 40), "x": rng.normal(size=1200)})
    slopes = 2 * rng.normal(size=30)
    frame["y"] = slopes[frame["school"]] * frame["x"] + rng.normal(size=1200)
    results = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    assert results.scale > 3
    got = sensitivity(results, slope="x").slope_sd
    assert got == pytest.approx(slopes.std(ddof=1) * frame["x"].std(), rel=0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slope": "z"}, "slope: 'z' is none of Intercept"),
        ({"slope": "Intercept"}, "the same for all pupils"),
        ({"weights": "w"}, "w: no such column"),
        ({"weights": "x"}, "x: row"),
        ({"moved": ("school", "x")}, "x: row"),
        ({"level": 95}, "level: 95"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(layered, options, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        sensitivity(fit(layered), **options)
    assert len(refused.value.lines) == 1


def test_one_cohort_has_slopes_too(layered):
    one = layered[layered["cohort"] == 2021]
    got = sensitivity(fit(one), slope="x").schools
    assert "stable" not in got
    assert (got["mean_observed_low"] < got["mean_observed_high"]).all()


# Weights


def of_dense_matrices(z, exog, endog, weights, ratios):
    """Fit by the whole covariance matrix: heights, residual SDs, modes and their SDs."""
    found = []
    for ratio in ratios:
        v = np.diag(1 / weights) + sum(r * one @ one.T for r, one in zip(ratio, z, strict=True))
        inverse = np.linalg.inv(v)
        of_fixed = np.linalg.inv(exog.T @ inverse @ exog)
        beta = of_fixed @ exog.T @ inverse @ endog
        left = endog - exog @ beta
        degrees = len(endog) - exog.shape[1]
        s2 = left @ inverse @ left / degrees
        logs = np.linalg.slogdet(v)[1] - np.linalg.slogdet(of_fixed)[1] + degrees * np.log(s2)
        cover = np.hstack([r * one for r, one in zip(ratio, z, strict=True)])
        project = inverse - inverse @ exog @ of_fixed @ exog.T @ inverse
        prior = np.repeat(ratio, [one.shape[1] for one in z])
        spread = s2 * (np.diag(prior) - cover.T @ project @ cover)
        found.append((-logs / 2, np.sqrt(s2), cover.T @ inverse @ left, spread))
    return [np.array(one) for one in zip(*found, strict=True)]


def test_unequal_weights_are_those_of_the_dense_likelihood():
    rng = np.random.default_rng(4)
    school = rng.integers(0, 7, 120)
    cell = school * 2 + rng.integers(0, 2, 120)
    exog = np.column_stack([np.ones(120), rng.normal(size=120)])
    weights = rng.uniform(0.2, 5, 120)
    endog = exog @ [1.0, 2.0] + rng.normal(size=7)[school] + rng.normal(size=120) / weights**0.5
    z = [np.eye(14)[cell], np.eye(7)[school]]
    blocks = [Block("cohort", sparse.csr_array(z[0])), Block("school", sparse.csr_array(z[1]))]
    model = BlockModel(exog, endog, blocks, weights)
    ratios = np.array([[0.1, 0.3], [0.5, 1.0], [2.0, 0.01], [0.0, 0.7]])
    sums = rng.normal(size=(5, 21))
    height, sd, modes, spread = of_dense_matrices(z, exog, endog, weights, ratios)
    np.testing.assert_allclose(np.diff(model.heights(ratios)), np.diff(height), atol=1e-8)
    np.testing.assert_allclose(model.residual_sd(ratios), sd, rtol=1e-10)
    centre, width = model.predict(ratios, sums)
    np.testing.assert_allclose(centre, modes @ sums.T, atol=1e-9)
    exp = np.sqrt(np.einsum("ti,gij,tj->gt", sums, spread, sums))
    np.testing.assert_allclose(width, exp, rtol=1e-8)


def test_only_the_proportions_of_weights_count(layered):
    frame = layered.assign(w=1.0 + (layered.index % 3), tenfold=10.0 + 10 * (layered.index % 3))
    results = fit(frame)
    got = sensitivity(results, weights="w").schools
    pd.testing.assert_frame_equal(got, sensitivity(results, weights="tenfold").schools)
    assert apart(got, sensitivity(results).schools.assign(se=0.1)) > 0.05


def test_a_weight_of_two_is_not_two_rows(layered):
    one = layered[layered["cohort"] == 2020].assign(w=2.0)
    plain = fit(one).school_effects()
    weighed = sensitivity(fit(one), weights="w").schools
    with pytest.warns(RepeatedRowsWarning):
        twice = fit(pd.concat([one, one])).school_effects()
    got, exp, rows = (
        (table["mean_observed_high"] - table["mean_observed_low"]).mean()
        for table in (weighed, plain, twice)
    )
    assert weighed["n"].sum() == len(one)
    assert got == pytest.approx(exp, rel=0.01)
    assert rows < 0.95 * exp


# Ceilings


def test_what_lies_beyond_the_ceiling_is_given_back(draw_layers):
    # A school far up loses most to a ceiling.
    frame = draw_layers(11, 17, 3)
    frame["y"] += 1.2 * (frame["school"] == 4)
    cut = frame.assign(y=frame["y"].clip(upper=frame["y"].quantile(0.8)))
    exp, naive = (fit(one).school_effects()["mean_observed"][4] for one in (frame, cut))
    got = beyond_ceiling(fit(cut)).set_index("school")
    assert exp - naive > 0.2
    assert abs(got.loc[4, "mean_observed"] - exp) < (exp - naive) / 3
    again = beyond_ceiling(fit(cut)).set_index("school")
    pd.testing.assert_frame_equal(got, again)


@pytest.mark.parametrize("ceiling", [1e9, -1e9])
def test_a_ceiling_that_nobody_or_everybody_reaches_is_refused(layered, ceiling):
    with pytest.raises(ValueAddedError, match="pupils are at"):
        beyond_ceiling(fit(layered), ceiling=ceiling)


@pytest.mark.parametrize("count", [1, 0, -3, 2.5, "ten"])
def test_imputations_whose_variance_is_unknown_are_refused(layered, count):
    with pytest.raises(ValueAddedError, match="is not a whole number, at least 2"):
        beyond_ceiling(fit(layered), imputations=count)


def test_normal_scores_are_of_ranks_alone():
    values = pd.Series([3.0, 1.0, np.nan, 2.0, 2.0])
    got = normal_scores(values)
    pd.testing.assert_series_equal(got, normal_scores(np.exp(values)))
    assert got.isna().tolist() == values.isna().tolist()
    assert got[3] == got[4]
