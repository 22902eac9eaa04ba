"""The package tried as a user of statsmodels would: the same calls, the same answers."""

import copy
import pickle

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from tilstand.value_added import RandomIntercept, RandomInterceptResults
from tilstand.value_added.errors import (
    ComparisonError,
    CriterionWarning,
    FormulaError,
    LevelError,
    PupilsNotKeptError,
    UnknownColumnError,
    ValueAddedError,
)

FORMULA = "normexam ~ standLRT + sex"


@pytest.fixture(scope="module")
def results(exam):
    return RandomIntercept.from_formula(FORMULA, exam, groups="school").fit()


@pytest.fixture(scope="module")
def theirs(exam):
    return smf.mixedlm("normexam ~ standLRT", exam, groups=exam["school"]).fit(method="bfgs")


@pytest.fixture(scope="module")
def straight(exam):
    return RandomIntercept.from_formula("normexam ~ standLRT", exam, groups="school").fit()


def ml(exam, formula):
    return RandomIntercept.from_formula(formula, exam, "school").fit(reml=False)


# Ways in


def test_arrays_are_taken_in_mixedlms_order(exam):
    x = sm.add_constant(exam[["standLRT"]])
    got = RandomIntercept(exam["normexam"], x, exam["school"]).fit()
    exp = RandomIntercept.from_formula("normexam ~ standLRT", exam, "school").fit()
    assert list(got.params.index) == ["const", "standLRT"]
    assert got.llf == pytest.approx(exp.llf, abs=1e-9)
    np.testing.assert_allclose(got.bse, exp.bse, rtol=1e-9)


def test_school_ids_may_be_given_as_an_array(exam, results):
    for groups in (exam["school"], exam["school"].to_numpy(), list(exam["school"])):
        got = RandomIntercept.from_formula(FORMULA, exam, groups=groups).fit()
        assert got.llf == results.llf


def test_a_dict_of_columns_is_pupils_too(exam, results):
    data = {name: exam[name] for name in exam}
    assert RandomIntercept.from_formula(FORMULA, data, "school").fit().llf == results.llf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: RandomIntercept.from_formula(FORMULA, "school", d), "the pupils come second"),
        (lambda d: RandomIntercept.from_formula(FORMULA, d, d["school"][:9]), "9 ids for 4059"),
        (lambda d: RandomIntercept(d["normexam"][:-1], d[["standLRT"]], d["school"]), "length"),
        (lambda d: RandomIntercept(d["normexam"], d[["sex"]], d["school"]), "from_formula"),
        (lambda d: RandomIntercept(d["sex"], d[["standLRT"]], d["school"]), "sex: row 1"),
        (lambda d: RandomIntercept(d["normexam"], d[["standLRT"]][::-1], d["school"]), "index"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_one_line(exam, call, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        call(exam)
    assert len(refused.value.lines) == 1


# What MixedLM's results have


def test_fixed_and_random_effects_are_mixedlms(straight, theirs):
    results = straight
    np.testing.assert_allclose(results.fe_params, theirs.fe_params, atol=1e-5)
    np.testing.assert_allclose(results.bse_fe, theirs.bse_fe, rtol=3e-3)
    np.testing.assert_allclose(results.cov_re, theirs.cov_re, rtol=1e-3)
    assert list(results.random_effects) == list(theirs.random_effects)
    for school, exp in theirs.random_effects.items():
        assert results.random_effects[school].iloc[0] == pytest.approx(exp.iloc[0], abs=1e-4)
        variance = theirs.random_effects_cov[school].iloc[0, 0]
        got = results.random_effects_cov[school].iloc[0, 0]
        assert got == pytest.approx(variance, rel=1e-3)


def test_fitted_values_and_residuals_are_mixedlms(straight, theirs):
    results = straight
    np.testing.assert_allclose(results.fittedvalues, theirs.fittedvalues, atol=1e-4)
    np.testing.assert_allclose(results.resid, theirs.resid, atol=1e-4)
    assert results.resid.index.equals(theirs.resid.index)


def test_residuals_of_a_transformed_outcome_are_on_its_scale(exam):
    got = RandomIntercept.from_formula("np.log(normexam + 5) ~ standLRT", exam, "school").fit()
    exp = np.log(exam["normexam"] + 5)
    np.testing.assert_allclose(got.resid + got.fittedvalues, exp)
    assert got.predict(exam).corr(exp) > 0.5


def test_t_and_wald_tests_are_those_of_the_covariance(results):
    one = results.t_test("standLRT = 0.5")
    z = (results.params["standLRT"] - 0.5) / results.bse["standLRT"]
    assert one.tvalue.item() == pytest.approx(z)
    assert results.wald_test("standLRT = 0.5").statistic == pytest.approx(z**2)
    both = results.wald_test(np.eye(3)[1:])
    assert both.df_denom == 2
    np.testing.assert_allclose(results.t_test(np.eye(3)).conf_int(), results.conf_int())
    assert "standLRT" in str(results.t_test("standLRT = 0.5").summary()) or one.effect.size == 1


@pytest.mark.parametrize("hypothesis", ["prior = 1", np.eye(7), "standLRT ="])
def test_hypotheses_that_cannot_be_read_are_refused_in_one_line(results, hypothesis):
    with pytest.raises(FormulaError, match="the predictors are Intercept") as refused:
        results.t_test(hypothesis)
    assert "\n" not in str(refused.value)


def test_hypotheses_that_follow_from_one_another_are_refused(results):
    with pytest.raises(FormulaError, match="independent"):
        results.wald_test("standLRT = 1, 2 * standLRT = 2")


# Comparing fits


def test_likelihood_ratio_is_twice_the_difference(exam):
    whole, less = ml(exam, FORMULA), ml(exam, "normexam ~ standLRT")
    got = whole.compare_lr(less)
    assert got.statistic == pytest.approx(2 * (whole.llf - less.llf))
    assert got.df == 1
    assert got.pvalue < 1e-6


@pytest.mark.parametrize(
    ("formula", "other", "message"),
    [
        ("normexam ~ standLRT", FORMULA, "not a special case"),
        (FORMULA, "normexam ~ vr", "not a special case"),
        (FORMULA, "np.exp(normexam) ~ standLRT", "same pupils' outcome"),
    ],
)
def test_fits_that_are_not_nested_are_refused(exam, formula, other, message):
    with pytest.raises(ComparisonError, match=message):
        ml(exam, formula).compare_lr(ml(exam, other))


def test_restricted_likelihoods_are_not_compared(exam, results):
    with pytest.raises(ComparisonError, match="reml=False"):
        results.compare_lr(RandomIntercept.from_formula("normexam ~ 1", exam, "school").fit())
    for criterion in ("aic", "bic"):
        with pytest.warns(CriterionWarning, match=criterion):
            assert np.isnan(getattr(results, criterion))


def test_criteria_of_maximum_likelihood_are_lme4s(exam):
    got = ml(exam, "normexam ~ standLRT")
    assert got.aic == pytest.approx(-2 * got.llf + 8)
    assert got.bic == pytest.approx(-2 * got.llf + 4 * np.log(4059))


# Prediction


def test_prediction_has_statsmodels_frame_and_the_right_errors(exam, results):
    got = results.get_prediction(exam.head(3)).summary_frame()
    assert list(got.columns[:4]) == ["mean", "mean_se", "mean_ci_lower", "mean_ci_upper"]
    x = np.array([1.0, float(exam["sex"][0] == "M"), exam["standLRT"][0]])
    exp = x @ results.cov_params().to_numpy() @ x
    assert got["mean_se"].iloc[0] ** 2 == pytest.approx(exp)
    total = exp + results.school_variance + results.scale
    assert got["obs_ci_upper"].iloc[0] - got["mean"].iloc[0] == pytest.approx(
        1.959964 * np.sqrt(total), rel=1e-6
    )


def test_prediction_at_a_schools_mean_has_the_blups_error(exam, results):
    # At the mean of its pupils the fitted mean of a school has the textbook BLUP's variance.
    means = results.model.statistics.school_means[0, :-1]
    sizes = exam[exam["school"] == results.schools[0]].head(1).assign(standLRT=means[2])
    frame = sizes.assign(sex="F")
    got = results.get_prediction(frame, with_schools=True)
    k = results.reliability[0]
    away = np.array([1.0, 0.0, means[2]]) - k * means
    exp = away @ results.cov_params().to_numpy() @ away + results.conditional_se[0] ** 2
    assert got.var_pred_mean.iloc[0] == pytest.approx(exp)


def test_intervals_of_single_pupils_hold_most_of_them(exam, results):
    for with_schools in (False, True):
        ends = results.get_prediction(exam, with_schools=with_schools).conf_int(obs=True)
        held = (ends[:, 0] <= exam["normexam"]) & (exam["normexam"] <= ends[:, 1])
        assert 0.93 < held.mean() < 0.97


def test_prediction_takes_what_users_give(exam, results):
    frame = exam.head(2)
    exp = results.predict(frame)
    x = np.column_stack([np.ones(2), frame["sex"] == "M", frame["standLRT"]])
    np.testing.assert_allclose(results.predict(x), exp)
    np.testing.assert_allclose(results.predict({n: list(frame[n]) for n in frame}), exp)
    np.testing.assert_allclose(results.predict().head(2), exp)
    np.testing.assert_allclose(results.predict(with_schools=True), results.fittedvalues)
    gone = results.predict(frame.assign(standLRT=[np.nan, 0.0]))
    assert list(gone.isna()) == [True, False]


def test_prediction_for_an_unknown_school_is_the_average_school(exam, results):
    frame = exam.head(1).assign(school=999)
    got = results.get_prediction(frame, with_schools=True)
    exp = results.get_prediction(frame)
    assert got.predicted_mean.iloc[0] == exp.predicted_mean.iloc[0]
    assert got.se_obs.iloc[0] == pytest.approx(exp.se_obs.iloc[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f[["sex"]], "standLRT: no such column"),
        (lambda f: f.assign(sex="X"), "sex: row 1: 'X', one of F, M"),
        (lambda f: [[1.0, 2.0]], "3 predictors"),
        (lambda f: object(), "neither a frame nor"),
    ],
)
def test_prediction_refuses_in_one_line(exam, results, change, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        results.predict(change(exam.head(2)))
    assert len(refused.value.lines) == 1


def test_prediction_with_schools_needs_their_column(exam, results):
    with pytest.raises(UnknownColumnError, match="school: no such column"):
        results.predict(exam.drop(columns="school"), with_schools=True)


# Levels


@pytest.mark.parametrize("level", [95, -1, 0, 1, 1.5, float("nan"), "95 %"])
def test_levels_outside_0_to_1_are_refused_in_one_line(results, level):
    for call in (results.school_effects, results.variance_interval, results.conf_int):
        with pytest.raises(LevelError) as refused:
            call(level)
        assert len(refused.value.lines) == 1


def test_95_is_told_what_was_meant(results):
    with pytest.raises(LevelError, match=r"write 0\.95"):
        results.school_effects(95)


# Showing and keeping


def test_summary_is_statsmodels(results):
    got = results.summary()
    assert type(got).__module__.startswith("statsmodels.")
    assert "School variance" in got.as_text()
    assert "<table" in got.as_html()
    assert "tabular" in got.as_latex()
    assert "0.089855" in str(got)


def test_names_show_what_they_are(results):
    assert repr(results).startswith("<RandomInterceptResults: normexam ~ standLRT + sex, 4059")
    assert repr(results.model).endswith("4059 pupils, 65 schools>")


@pytest.mark.parametrize(
    "formula",
    [
        FORMULA,
        "normexam ~ bs(standLRT, df=4) + C(sex, Sum)",
        "np.exp(normexam) ~ cr(standLRT, df=3) - 1 + center(schavg)",
        "normexam ~ standardize(standLRT):sex + I(standLRT**2)",
    ],
)
def test_a_pickle_predicts_as_the_fit_does(exam, formula):
    fit = RandomIntercept.from_formula(formula, exam, "school").fit()
    _ = fit.resid
    kept = pickle.dumps(fit)
    got = pickle.loads(kept)
    assert got.llf == fit.llf
    np.testing.assert_array_equal(got.predict(exam.head()), fit.predict(exam.head()))
    pd.testing.assert_frame_equal(got.school_effects(), fit.school_effects())


def test_a_pickle_holds_no_pupil(exam):
    frame = exam.assign(standLRT=np.arange(len(exam)) / 7)
    fit = RandomIntercept.from_formula("normexam ~ bs(standLRT, df=4) + sex", frame, "school")
    results = fit.fit()
    _ = results.resid
    kept = pickle.dumps(results)
    assert len(kept) < 16 * len(exam)
    values = frame["standLRT"].to_numpy()[1:-1]
    held = sum(np.float64(value).tobytes() in kept for value in values)
    assert held < 0.02 * len(values)  # knots are quantiles, and so may be a pupil's value


def test_saved_fits_come_back_and_say_what_they_lack(results, tmp_path):
    results.save(tmp_path / "fit.pickle")
    got = RandomInterceptResults.load(tmp_path / "fit.pickle")
    assert got.params.equals(results.params)
    for name in ("resid", "fittedvalues"):
        with pytest.raises(PupilsNotKeptError, match="fit again from the data"):
            getattr(got, name)
    with pytest.raises(PupilsNotKeptError):
        got.certify()


def test_a_copy_is_as_good_as_the_fit(exam):
    fit = RandomIntercept.from_formula("normexam ~ bs(standLRT, df=4)", exam, "school").fit()
    got = copy.deepcopy(fit)
    assert got is not fit
    assert abs(got.certify()["difference"]) < 1e-8
    assert copy.deepcopy(fit.model).fit().llf == fit.llf


# Drawing


@pytest.fixture(autouse=True)
def without_a_screen():
    mpl.use("agg")


@pytest.mark.parametrize(
    "name", ["plot_caterpillar", "plot_shrinkage", "plot_residuals", "plot_intake"]
)
def test_plots_return_the_axes_they_were_given(results, name):
    figure = mpl.figure.Figure()
    axes = figure.subplots()
    assert getattr(results, name)(ax=axes) is axes
    assert axes.get_xlabel()
    figure.canvas.draw()


def test_caterpillar_has_an_interval_a_school(results):
    axes = results.plot_caterpillar(mpl.figure.Figure().subplots(), order="estimate")
    effects = results.school_effects().sort_values("estimate")
    ends = np.array([line[:, 0] for line in axes.collections[0].get_segments()])
    np.testing.assert_allclose(ends, effects[["ci_low", "ci_high"]])


def test_plots_refuse_what_is_not_there(results):
    with pytest.raises(UnknownColumnError, match="order: 'x'"):
        results.plot_caterpillar(order="x")
    with pytest.raises(UnknownColumnError, match="zzz"):
        results.plot_intake("zzz")


# R


def test_r_gets_the_pupils_without_ids(exam, results, tmp_path):
    data, script = results.to_r(tmp_path / "r")
    got = pd.read_csv(data)
    assert list(got.columns) == ["outcome", "x1", "x2", "x3", "school"]
    assert len(got) == results.nobs
    assert "school" not in script.read_text(encoding="utf-8").splitlines()[4].partition("is")[2]
    again = RandomIntercept.from_formula("outcome ~ 0 + x1 + x2 + x3", got, "school").fit()
    assert again.llf == pytest.approx(results.llf, abs=1e-8)
    assert "lmer(outcome ~ 0 + x1 + x2 + x3 + (1 | school)" in script.read_text(encoding="utf-8")
