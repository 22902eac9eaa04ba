"""Like schools: matched by intake, compared with the right spread."""

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tilstand.value_added import LayeredIntercept, ValueAddedError, like_schools
from tilstand.value_added.layers.mixed import Block, BlockModel

FORMULA = "y ~ x + C(cohort)"
COHORTS = ["school", "cohort"]


@pytest.fixture(scope="module")
def fit(layered):
    return LayeredIntercept.from_formula(FORMULA, layered, COHORTS).fit()


def test_no_school_is_like_itself_and_the_nearest_come_first(fit, layered):
    got = like_schools(fit, ["x"], count=5)
    features = np.column_stack(
        [layered.groupby("school")["x"].mean(), np.log(layered.groupby("school").size() / 3)]
    )
    features = features / features.std(axis=0)
    for school, like in got.like.items():
        gaps = np.linalg.norm(features - features[school], axis=1)
        assert like == [one for one in np.argsort(gaps, kind="stable") if one != school][:5]


def test_results_do_not_decide_who_is_like(fit, layered):
    jumped = layered.assign(y=layered["y"] + layered["school"] % 3)
    other = LayeredIntercept.from_formula(FORMULA, jumped, COHORTS).fit()
    assert like_schools(fit, ["x"]).like == like_schools(other, ["x"]).like


def test_the_difference_is_the_dense_models(fit, layered):
    got = like_schools(fit, ["x"], count=4)
    seen = fit.model.observations()
    owner = fit.model.tree.ancestors(0, 1)[seen.school]
    loads = [sparse.csr_array(np.eye(51)[seen.school]), sparse.csr_array(np.eye(17)[owner])]
    dense = BlockModel(seen.exog, seen.endog, [Block("c", loads[0]), Block("s", loads[1])])
    mix = np.eye(17)
    for i, school in enumerate(fit.schools):
        mix[i, [list(fit.schools).index(one) for one in got.like[school]]] = -0.25
    cells = np.repeat(mix, 3, axis=1) / 3
    nodes = fit.nodes()
    mean, sd = dense.predict(nodes.ratio, np.hstack([cells, mix]))
    centre = nodes.weights @ mean
    np.testing.assert_allclose(got.schools["difference"], centre, atol=1e-8)
    spread = np.sqrt(nodes.weights @ (sd**2 + (mean - centre) ** 2))
    width = (got.schools["high"] - got.schools["low"]) / 2
    np.testing.assert_allclose(width / spread, 1.96, atol=0.06)


def test_further_features_count_and_stand_in_the_rule(fit):
    also = pd.DataFrame({"grades": [7.0] * 8 + [10.0] * 9}, index=range(17))
    got = like_schools(fit, ["x"], also=also * 100, count=6)
    assert got.rule.endswith("mean of x, pupils a cohort, grades.")
    assert all(one >= 8 for one in got.like[16])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 17}, "17 schools: more than 17"),
        ({"predictors": ["z"]}, "z: none of Intercept"),
        ({"also": pd.DataFrame({"g": [1.0]}, index=[3])}, "no such school"),
        ({"level": 95}, "level: 95"),
        ({"count": 0}, "count: 0 is not a whole number"),
        ({"count": 2.5}, "count: 2.5 is not a whole number"),
        ({"also": pd.DataFrame({"g": [1.0, np.nan] + [2.0] * 15})}, "g: nan of school 1"),
        ({"also": pd.DataFrame({"g": ["many"] * 17})}, "g: many of school 0"),
        ({"also": pd.DataFrame({"g": 1.0}, index=[*range(17), 3])}, "3: more than one row"),
    ],
)
def test_what_cannot_be_matched_is_refused_in_one_line(fit, options, message):
    with pytest.raises(ValueAddedError, match=message):
        like_schools(fit, **{"predictors": ["x"], **options})


def test_a_feature_that_is_the_same_everywhere_is_not_in_the_rule(fit):
    got = like_schools(fit, ["x"], also=pd.DataFrame({"grades": [7] * 17}), count=3)
    assert got.rule.endswith("mean of x, pupils a cohort.")
    assert got.like == like_schools(fit, ["x"], count=3).like


@pytest.mark.parametrize("marks", [{"school": "zz"}, {"school": 1, "like": [2, 99]}])
def test_a_school_that_is_not_there_is_not_marked_silently(fit, marks):
    with pytest.raises(ValueAddedError, match="no such school among the 17"):
        fit.plot_intake("x", mpl.figure.Figure().subplots(), **marks)


def test_the_school_and_its_like_are_marked(fit):
    mpl.use("agg")
    like = like_schools(fit, ["x"], count=3).like[4]
    axes = fit.plot_intake("x", mpl.figure.Figure().subplots(), school=4, like=like)
    sizes = [len(line.get_xdata()) for line in axes.lines[-2:]]
    assert sizes == [3, 1]
