"""The layered model tried as a user of statsmodels would: the same calls, the same answers."""

import copy
import pickle
import warnings

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from tilstand.value_added import (
    LayeredIntercept,
    LayeredResults,
    RandomIntercept,
    RandomInterceptResults,
    quietly,
)
from tilstand.value_added.errors import (
    BoundaryWarning,
    ComparisonError,
    CriterionWarning,
    FewSchoolsWarning,
    FormulaError,
    LevelError,
    OutlyingValuesWarning,
    PupilsNotKeptError,
    RepeatedRowsWarning,
    UnknownColumnError,
    ValueAddedError,
)

FORMULA = "y ~ x + C(cohort)"
COHORTS = ["school", "cohort"]
CLASSES = ["school", "cohort", "klass"]


@pytest.fixture(scope="module")
def data(layered):
    return layered.assign(sex=np.where(layered.index % 2, "F", "M"))


@pytest.fixture(scope="module")
def results(data):
    return LayeredIntercept.from_formula(FORMULA, data, groups=COHORTS).fit()


@pytest.fixture(scope="module")
def deep(data):
    return LayeredIntercept.from_formula(FORMULA, data, groups=CLASSES).fit()


def fitted(model):
    # Its search warns of small variances.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(method="bfgs")


@pytest.fixture(scope="module")
def theirs(data):
    components = {"cohort": "0 + C(cohort)"}
    model = smf.mixedlm(FORMULA, data, groups="school", vc_formula=components, re_formula="1")
    return fitted(model)


@pytest.fixture(scope="module")
def theirs_deep(data):
    named = data.assign(cell=data["cohort"].astype(str) + "-" + data["klass"].astype(str))
    components = {"cohort": "0 + C(cohort)", "klass": "0 + C(cell)"}
    model = smf.mixedlm(FORMULA, named, groups="school", vc_formula=components, re_formula="1")
    return fitted(model)


def ml(data, formula, groups=COHORTS):
    return LayeredIntercept.from_formula(formula, data, groups).fit(reml=False)


# Ways in


def arrays(data):
    x = sm.add_constant(data[["x"]]).assign(
        t1=(data["cohort"] == 2021) * 1.0, t2=(data["cohort"] == 2022) * 1.0
    )
    return data["y"], x


IDS = {
    "frame": lambda d: d[COHORTS],
    "array": lambda d: d[COHORTS].to_numpy(),
    "roles": lambda d: {"school": list(d["school"]), "cohort": d["cohort"].to_numpy()},
    "series": lambda d: {"school": d["school"], "cohort": d["cohort"]},
}


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("shift", [0, 7])
def test_arrays_are_taken_in_mixedlms_order(data, results, kind, shift):
    data = data.set_index(data.index + shift)
    y, x = arrays(data)
    got = LayeredIntercept(y, x, IDS[kind](data)).fit()
    assert list(got.params.index) == ["const", "x", "t1", "t2"]
    assert got.llf == pytest.approx(results.llf, abs=1e-8)
    assert got.resid.index.equals(data.index)


@pytest.mark.parametrize("kind", IDS)
def test_ids_may_be_given_apart_from_the_pupils(data, results, kind):
    got = LayeredIntercept.from_formula(FORMULA, data, IDS[kind](data)).fit()
    assert got.llf == pytest.approx(results.llf, abs=1e-8)


def test_one_column_of_ids_is_the_one_level_model(data):
    exp = RandomIntercept.from_formula("y ~ x", data, "school").fit()
    for groups in ("school", ["school"], {"school": "school"}, data["school"]):
        got = LayeredIntercept.from_formula("y ~ x", data, groups).fit()
        assert got.llf == pytest.approx(exp.llf, abs=1e-8)
        np.testing.assert_allclose(got.fittedvalues, exp.fittedvalues, atol=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: LayeredIntercept(d["y"][:-1], d[["x"]], d[COHORTS]), "length"),
        (lambda d: LayeredIntercept(d["y"], d[["x"]], {"school": [1], "cohort": [2]}), "length"),
        (lambda d: LayeredIntercept(d["y"], d[["sex"]], d[COHORTS]), "from_formula"),
        (lambda d: LayeredIntercept(d["y"], d[["x"]], d[COHORTS][::-1]), "index"),
        (lambda d: LayeredIntercept(d["y"], d[["x"]], {"cohort": d["cohort"]}), "schools is miss"),
        (lambda d: LayeredIntercept.from_formula("y ~ x", d, ["a"] * 5), "one to four"),
        (lambda d: LayeredIntercept.from_formula("y ~ x", d, d[COHORTS][:5]), "5 ids for 2676"),
        (lambda d: LayeredIntercept.from_formula("y ~ x", d, ["school", "year"]), "year: no such"),
        (lambda d: LayeredIntercept.from_formula("y ~ z", d, COHORTS), "z: no such column"),
        (lambda d: LayeredIntercept.from_formula("y ~ x", d, {"skole": "school"}), "skole"),
        (lambda d: LayeredIntercept.from_formula("y ~ x", d, COHORTS).fit("ml"), "True or False"),
        (lambda d: LayeredIntercept.from_formula("sex ~ x", d, COHORTS), "sex: row 1"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_one_line(data, call, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        call(data)
    assert len(refused.value.lines) == 1


# What MixedLM's results have


def test_fixed_effects_and_variances_are_mixedlms(results, theirs):
    np.testing.assert_allclose(
        results.fe_params[theirs.fe_params.index], theirs.fe_params, atol=1e-4
    )
    np.testing.assert_allclose(results.bse_fe[theirs.bse_fe.index], theirs.bse_fe, rtol=1e-2)
    np.testing.assert_allclose(results.cov_re, theirs.cov_re, rtol=5e-3)
    np.testing.assert_allclose(results.vcomp, theirs.vcomp, rtol=5e-3)
    assert results.scale == pytest.approx(theirs.scale, rel=1e-4)


@pytest.mark.parametrize("both", [("results", "theirs"), ("deep", "theirs_deep")])
def test_random_effects_and_their_covariances_are_mixedlms(request, both):
    got, exp = (request.getfixturevalue(name) for name in both)
    assert list(got.random_effects) == list(exp.random_effects)
    for school, modes in exp.random_effects.items():
        mine = got.random_effects[school]
        assert mine.index[0] == "Group"
        np.testing.assert_allclose(mine, modes, atol=1e-3)
        covariance = got.random_effects_cov[school]
        assert list(covariance) == list(mine.index)
        np.testing.assert_allclose(covariance, exp.random_effects_cov[school], atol=3e-4)


def test_effects_of_layers_are_named(deep):
    names = list(deep.random_effects[3].index)
    assert names[:4] == ["Group", "cohort[2020]", "cohort[2021]", "cohort[2022]"]
    assert "class[2021, 0]" in names


@pytest.mark.parametrize("both", [("results", "theirs"), ("deep", "theirs_deep")])
def test_fitted_values_and_residuals_are_mixedlms(request, both):
    got, exp = (request.getfixturevalue(name) for name in both)
    np.testing.assert_allclose(got.fittedvalues, exp.fittedvalues, atol=2e-3)
    np.testing.assert_allclose(got.resid, exp.resid, atol=2e-3)
    assert got.resid.index.equals(exp.resid.index)


def test_residuals_of_a_transformed_outcome_are_on_its_scale(data):
    got = LayeredIntercept.from_formula("np.log(y + 9) ~ x + C(cohort)", data, COHORTS).fit()
    np.testing.assert_allclose(got.resid + got.fittedvalues, np.log(data["y"] + 9))


def test_rows_with_a_missing_value_have_no_residual(data):
    gone = data.assign(x=data["x"].where(data.index % 5 > 0), school=data["school"] * 1.0)
    gone.loc[3, "school"] = np.nan
    got = LayeredIntercept.from_formula(FORMULA, gone, COHORTS).fit()
    assert got.resid.index.equals(gone.dropna().index)
    assert len(got.resid) == got.nobs


def test_t_and_wald_tests_are_those_of_the_covariance(results):
    z = (results.params["x"] - 0.5) / results.bse["x"]
    assert results.t_test("x = 0.5").tvalue.item() == pytest.approx(z)
    assert results.wald_test("x = 0.5").statistic == pytest.approx(z**2)
    np.testing.assert_allclose(results.t_test(np.eye(4)).conf_int(), results.conf_int())
    with pytest.raises(FormulaError, match="the predictors are Intercept"):
        results.t_test("prior = 1")


# Comparing fits


def test_predictors_are_compared_by_the_likelihood_ratio(data):
    whole, less = ml(data, FORMULA), ml(data, "y ~ C(cohort)")
    got = whole.compare_lr(less)
    assert (got.statistic, got.df) == (pytest.approx(2 * (whole.llf - less.llf)), 1)


def test_a_layer_is_compared_at_the_boundary(results, deep, data):
    got = deep.compare_lr(results)
    assert got.statistic == pytest.approx(2 * (2272.8526575991 - 2258.3285798264), abs=1e-6)
    flat = RandomIntercept.from_formula(FORMULA, data, "school").fit()
    got = results.compare_lr(flat)
    assert got.df == 1
    assert 0 < got.pvalue < 0.01


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda d: ml(d, "y ~ 1"), "reml=False"),
        (lambda d: RandomIntercept.from_formula("y ~ x", d, "school").fit(), "same predictors"),
        (lambda d: ml(d, FORMULA, ["school"]), "same method"),
        (lambda d: LayeredIntercept.from_formula(FORMULA, d, CLASSES).fit(), "not one less"),
        (lambda d: RandomIntercept.from_formula(FORMULA, d[9:], "school").fit(), "same pupils"),
    ],
)
def test_fits_that_cannot_be_compared_are_refused(results, data, other, message):
    with pytest.raises(ComparisonError, match=message):
        results.compare_lr(other(data))


def test_criteria_count_every_variance(data, results):
    got = ml(data, FORMULA)
    assert got.aic == pytest.approx(-2 * got.llf + 2 * 7)
    assert got.bic == pytest.approx(-2 * got.llf + 7 * np.log(len(data)))
    with pytest.warns(CriterionWarning):
        assert np.isnan(results.aic)


# Prediction


def test_predictions_of_the_fits_own_pupils_are_the_fitted_values(data, deep):
    np.testing.assert_allclose(deep.predict(data, with_schools=True), deep.fittedvalues)
    np.testing.assert_allclose(deep.predict(with_schools=True), deep.fittedvalues)
    np.testing.assert_allclose(deep.predict(data), deep.predict())
    x = np.column_stack([np.ones(2676), *arrays(data)[1][["t1", "t2", "x"]].to_numpy().T])
    np.testing.assert_allclose(deep.predict(x), deep.predict())


def dense_prediction(fit, data, row):
    """Work the prediction of a row out from the pupils' full covariance, as a new pupil."""
    seen = fit.model.observations()
    tree = fit.model.tree
    units = [tree.ancestors(0, level)[seen.school] for level in range(tree.depth)]
    ratio = fit.ratio
    same = [unit[:, None] == unit for unit in units]
    v = sum(r * one for r, one in zip(ratio, same, strict=True)) + np.eye(len(data))
    share = sum(r * one[row] for r, one in zip(ratio, same, strict=True))
    inverse = np.linalg.inv(v)
    x = seen.exog
    away = x[row] - share @ inverse @ x
    cov = np.linalg.inv(x.T @ inverse @ x)
    variance = ratio.sum() - share @ inverse @ share + away @ cov @ away
    mean = x[row] @ fit.params + share @ inverse @ (seen.endog - x @ fit.params)
    return mean, variance * fit.scale


@pytest.mark.parametrize("groups", [["school"], COHORTS, CLASSES])
def test_prediction_errors_are_the_full_covariances(draw_layers, groups):
    small = draw_layers(5, 6, 2)
    with quietly():
        fit = LayeredIntercept.from_formula(FORMULA, small, groups).fit()
    got = fit.get_prediction(small, with_schools=True)
    for row in (0, 100, len(small) - 1):
        mean, variance = dense_prediction(fit, small, row)
        assert got.predicted_mean.iloc[row] == pytest.approx(mean, abs=1e-9)
        assert got.var_pred_mean.iloc[row] == pytest.approx(variance, rel=1e-7)


def test_a_new_class_is_predicted_from_its_cohort_and_a_new_school_from_none(data, deep):
    frame = data.head(1)
    own = deep.get_prediction(frame, with_schools=True)
    new_class = deep.get_prediction(frame.assign(klass=99), with_schools=True)
    new_school = deep.get_prediction(frame.assign(school=99), with_schools=True)
    average = deep.get_prediction(frame)
    variances = [one.var_pred_mean.iloc[0] for one in (own, new_class, new_school)]
    assert variances == sorted(variances)
    assert new_school.predicted_mean.iloc[0] == pytest.approx(average.predicted_mean.iloc[0])
    assert new_school.se_obs.iloc[0] == pytest.approx(average.se_obs.iloc[0])
    held = deep.get_prediction(data, with_schools=True).conf_int(obs=True)
    assert 0.93 < ((held[:, 0] < data["y"]) & (data["y"] < held[:, 1])).mean() < 0.97


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="x"), "x: no such column"),
        (lambda f: f.drop(columns="cohort"), "cohort: no such column"),
        (lambda f: f.assign(cohort=2031), "cohort: row 1: .*2031.*one of 2020, 2021, 2022"),
        (lambda f: [[1.0, 2.0]], "4 predictors"),
        (lambda f: object(), "neither a frame nor"),
    ],
)
def test_prediction_refuses_in_one_line(data, results, change, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        results.predict(change(data.head(2)))
    assert len(refused.value.lines) == 1


def test_prediction_for_own_units_needs_their_columns(data, results):
    with pytest.raises(UnknownColumnError, match="school: no such column"):
        results.predict(data.drop(columns="school"), with_schools=True)
    with pytest.raises(FormulaError, match="names no schools"):
        results.predict(np.ones((1, 4)), with_schools=True)


# Levels


@pytest.mark.parametrize("level", [95, -1, 0, 1, 1.5, float("nan"), "95 %"])
def test_levels_outside_0_to_1_are_refused_in_one_line(results, level):
    for call in (results.school_effects, results.cohort_effects, results.conf_int, results.summary):
        with pytest.raises(LevelError) as refused:
            call(level)
        assert len(refused.value.lines) == 1


# Showing and keeping


def test_summary_is_statsmodels(deep):
    got = deep.summary()
    assert type(got).__module__.startswith("statsmodels.")
    text = got.as_text()
    for said in ("School variance", "School and cohort variance", "Class variance", "0.2983"):
        assert said in text
    assert "<table" in got.as_html()
    assert "tabular" in got.as_latex()


def test_names_show_what_they_are(results):
    assert repr(results) == (
        "<LayeredResults: y ~ x + C(cohort), 2676 pupils, 17 schools, 51 cohorts of a school, REML>"
    )


def test_a_pickle_says_what_the_fit_does_and_holds_no_pupil(data, deep):
    _ = deep.resid
    kept = pickle.dumps(deep)
    held = sum(np.float64(value).tobytes() in kept for value in data["x"])
    assert held < 0.02 * len(data)
    got = pickle.loads(kept)
    pd.testing.assert_frame_equal(got.school_effects(), deep.school_effects())
    frame = data.head()
    np.testing.assert_array_equal(
        got.predict(frame, with_schools=True), deep.predict(frame, with_schools=True)
    )


def test_saved_fits_come_back_and_say_what_they_lack(results, tmp_path):
    results.save(tmp_path / "fit.pickle")
    got = LayeredResults.load(tmp_path / "fit.pickle")
    assert got.params.equals(results.params)
    for name in ("resid", "fittedvalues"):
        with pytest.raises(PupilsNotKeptError, match="fit again from the data"):
            getattr(got, name)
    for call in (got.certify, lambda: got.to_r(tmp_path)):
        with pytest.raises(PupilsNotKeptError):
            call()
    with pytest.raises(FormulaError, match="holds no RandomInterceptResults"):
        RandomInterceptResults.load(tmp_path / "fit.pickle")


def test_a_copy_is_as_good_as_the_fit(deep):
    got = copy.deepcopy(deep)
    assert got is not deep
    assert abs(got.certify()["difference"]) < 1e-8
    assert copy.deepcopy(deep.model).fit().llf == deep.llf


# Questions


def test_what_looks_wrong_is_said_of_layers_too(data):
    codes = data.assign(x=data["x"].where(data.index % 9 > 0, 999))
    with pytest.warns(OutlyingValuesWarning, match=r"x: 999 \(298 pupils\)"):
        LayeredIntercept.from_formula(FORMULA, codes, COHORTS)
    twice = pd.concat([data, data], ignore_index=True)
    with pytest.warns(RepeatedRowsWarning, match="2676 rows"):
        LayeredIntercept.from_formula(FORMULA, twice, COHORTS)
    y, x = arrays(twice)
    with pytest.warns(RepeatedRowsWarning, match="2676 rows"):
        LayeredIntercept(y, x, twice[COHORTS])


def test_few_schools_and_a_layer_at_zero_are_said_at_the_fit(draw_layers):
    model = LayeredIntercept.from_formula(FORMULA, draw_layers(7, 5, 2), COHORTS)
    with (
        pytest.warns(FewSchoolsWarning, match="5 schools"),
        pytest.warns(BoundaryWarning, match="between schools is estimated as zero"),
    ):
        model.fit()


# Drawing


@pytest.fixture(autouse=True)
def without_a_screen():
    mpl.use("agg")


@pytest.mark.parametrize(
    "name", ["plot_caterpillar", "plot_shrinkage", "plot_residuals", "plot_intake", "plot_cohorts"]
)
def test_plots_return_the_axes_they_were_given(deep, name):
    figure = mpl.figure.Figure()
    axes = figure.subplots()
    given = (3,) if name == "plot_cohorts" else ()
    assert getattr(deep, name)(*given, ax=axes) is axes
    assert axes.get_xlabel()
    figure.canvas.draw()


def test_a_schools_cohorts_are_drawn_with_their_intervals(results):
    axes = results.plot_cohorts(3, mpl.figure.Figure().subplots())
    effects = results.cohort_effects()
    effects = effects[effects["school"] == 3]
    ends = np.array([line[:, 1] for line in axes.collections[0].get_segments()])
    np.testing.assert_allclose(ends, effects[["ci_low", "ci_high"]])
    assert [one.get_text() for one in axes.get_xticklabels()] == ["2020", "2021", "2022"]
    with pytest.raises(UnknownColumnError, match="no such school"):
        results.plot_cohorts("x")


def test_intake_is_the_pupils_mean_of_the_school(data, deep):
    axes = deep.plot_intake("x", mpl.figure.Figure().subplots())
    got = [segment[0, 0] for segment in axes.collections[0].get_segments()]
    np.testing.assert_allclose(got, data.groupby("school")["x"].mean())


# R


def test_r_gets_the_pupils_without_ids(deep, tmp_path):
    frame, script = deep.to_r(tmp_path / "r")
    got = pd.read_csv(frame)
    assert list(got.columns) == ["outcome", "x1", "x2", "x3", "x4", *("school", "cohort", "class")]
    again = LayeredIntercept.from_formula(
        "outcome ~ 0 + x1 + x2 + x3 + x4", got, [*CLASSES[:2], "class"]
    )
    assert again.fit().llf == pytest.approx(deep.llf, abs=1e-8)
    assert "(1 | class) + (1 | cohort) + (1 | school)" in script.read_text(encoding="utf-8")


def test_a_borrowed_class_share_is_not_lme4s(data, tmp_path):
    got = LayeredIntercept.from_formula(FORMULA, data, COHORTS, class_share=0.05).fit()
    for call in (got.certify, lambda: got.to_r(tmp_path)):
        with pytest.raises(ValueAddedError, match="a borrowed class share"):
            call()
    np.testing.assert_allclose(got.predict(data, with_schools=True), got.fittedvalues)


@pytest.mark.parametrize("kind", [list, tuple, np.asarray, pd.Series])
def test_an_outcome_of_any_sequence_stands_beside_ids_by_role(layered, kind):
    groups = {"school": layered["school"].tolist(), "cohort": layered["cohort"].tolist()}
    exog = layered[["x"]].to_numpy()
    got = LayeredIntercept(kind(layered["y"].tolist()), exog, groups).fit()
    exp = LayeredIntercept(layered["y"], exog, layered[["school", "cohort"]]).fit()
    assert got.llf == pytest.approx(exp.llf, abs=1e-8)
