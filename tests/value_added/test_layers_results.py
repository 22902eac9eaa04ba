"""What a layered fit says of schools, in every kind of design, and what it refuses to say."""

import json

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added import RandomIntercept, ValueAddedError
from tilstand.value_added.bands import BandRule
from tilstand.value_added.command import run
from tilstand.value_added.layers import (
    LayeredIntercept,
    layered_bands,
    stable_and_drift,
    turned_schools,
)
from tilstand.value_added.layers.class_share import effective_pupils, within_divisor
from tilstand.value_added.layers.turned import holm

# Some of these data do not tell a layer from none, or have five schools or fewer.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the variance between"),
    pytest.mark.filterwarnings("ignore:. schools say little"),
]

FORMULA = "y ~ x + C(cohort)"
COHORTS = ["school", "cohort"]
CLASSES = {"school": "school", "cohort": "cohort", "class": "klass"}


@pytest.fixture(scope="module")
def fit(layered):
    return LayeredIntercept.from_formula(FORMULA, layered, COHORTS).fit()


def test_one_cohort_is_the_one_level_model(layered):
    one = layered[layered["cohort"] == 2021]
    got = LayeredIntercept.from_formula(FORMULA, one, COHORTS).fit()
    exp = RandomIntercept.from_formula("y ~ x", one, "school").fit()
    assert got.llf == pytest.approx(exp.llf, abs=1e-9)
    effects, plain = got.school_effects(), exp.school_effects()
    plain.index = plain["school"].astype(int)
    plain = plain.sort_index().reset_index(drop=True)
    np.testing.assert_allclose(effects["estimate"], plain["estimate"], atol=1e-8)
    np.testing.assert_allclose(effects["conditional_se"], plain["conditional_se"], atol=1e-8)
    ends = ["ci_low", "ci_high"]
    worst = np.abs(effects[ends] - plain[ends]).max(axis=1) / plain["se"]
    assert worst.max() < 1e-3


def test_one_cohort_says_nothing_of_what_stays(layered):
    got = LayeredIntercept.from_formula(FORMULA, layered[layered["cohort"] == 2021], COHORTS).fit()
    effects = got.school_effects()
    assert effects.filter(like="stable").isna().all(axis=None)
    assert effects["mean_observed"].equals(effects["newest"].rename("mean_observed"))
    assert "no school has pupils in two cohorts" in got.notes[0]
    with pytest.raises(ValueAddedError, match="two cohorts"):
        turned_schools(got)
    with pytest.raises(ValueError, match="one cohort"):
        layered_bands(got, target="stable")


def test_frames_one_at_a_time_give_what_all_at_once_give(layered, fit):
    shuffled = layered.sample(frac=1, random_state=1)
    parts = [shuffled.iloc[start : start + 300] for start in range(0, len(shuffled), 300)]
    got = LayeredIntercept.from_formula(FORMULA, parts, COHORTS).fit()
    assert got.llf == pytest.approx(fit.llf, abs=1e-8)
    pd.testing.assert_frame_equal(got.school_effects(), fit.school_effects(), rtol=1e-6, atol=1e-8)


def test_statistics_of_two_files_add_up(layered, fit):
    halves = [
        LayeredIntercept.from_formula("y ~ x", layered[layered["school"] % 2 == odd], COHORTS)
        for odd in (0, 1)
    ]
    whole = LayeredIntercept.from_formula("y ~ x", layered, COHORTS).fit()
    joined = LayeredIntercept.from_statistics(
        halves[0].statistics + halves[1].statistics, halves[0].columns
    )
    assert joined.fit().llf == pytest.approx(whole.llf, abs=1e-8)


def test_ids_keep_their_type_and_order(layered):
    order = ["høst", "vår", "annet"]
    named = layered.assign(
        cohort=pd.Categorical(
            layered["cohort"].map(dict(zip([2020, 2021, 2022], order, strict=True)))
        ).set_categories(order)
    )
    got = LayeredIntercept.from_formula(FORMULA, named, COHORTS).fit()
    effects = got.school_effects()
    assert list(effects["school"]) == list(range(17))
    assert set(effects["newest_cohort"]) == {"annet"}
    assert got.names[:3] == ["Intercept", "C(cohort)[T.vår]", "C(cohort)[T.annet]"]


def test_a_coding_of_its_own_for_the_cohorts_gives_the_same_likelihood(layered, fit):
    got = LayeredIntercept.from_formula("y ~ x + C(cohort, Sum)", layered, COHORTS).fit(reml=False)
    exp = LayeredIntercept.from_formula(FORMULA, layered, COHORTS).fit(reml=False)
    assert got.llf == pytest.approx(exp.llf, abs=1e-8)


def test_classes_may_be_called_the_same_in_every_school(layered):
    unique = layered.assign(
        klass=layered["school"].astype(str)
        + "-"
        + layered["cohort"].astype(str)
        + "-"
        + layered["klass"].astype(str)
    )
    fits = [LayeredIntercept.from_formula(FORMULA, one, CLASSES).fit() for one in (layered, unique)]
    assert fits[0].llf == pytest.approx(fits[1].llf, abs=1e-9)


def test_with_these_classes_the_interval_is_narrower(layered):
    got = LayeredIntercept.from_formula(FORMULA, layered, CLASSES).fit()
    own, given = got.school_effects(), got.school_effects(classes=True)
    assert (given["se"] < own["se"]).all()


def test_a_borrowed_class_share_replaces_pupils_by_effective_ones(layered, fit):
    n = np.array([15.0, 45.0, 90.0])
    exp = n / (1 + (n / np.array([1, 2, 4]) - 1) * 0.05)
    np.testing.assert_allclose(effective_pupils(n, 0.05), exp)
    assert within_divisor(n, 0.05) == pytest.approx(1 - 0.05 * (14 + 21.5 + 21.5) / 147)
    got = LayeredIntercept.from_formula(FORMULA, layered, COHORTS, class_share=0.05).fit()
    assert (got.cohort_effects()["se"] > fit.cohort_effects()["se"]).mean() > 0.9
    with pytest.raises(ValueError, match="nothing to certify"):
        got.certify()


def test_drift_without_persistence_is_the_layered_model(fit):
    from tilstand.value_added.layers.drift import _Cohorts

    drift = _Cohorts(fit).heights(np.array([[0.1, 0.03, 0.0], [0.05, 0.1, 0.0]]))
    plain = fit.likelihood.heights(np.array([[0.03, 0.1], [0.1, 0.05]]))
    assert np.ptp(drift - plain) < 1e-8


def test_drift_leaves_less_that_stays(fit):
    got = stable_and_drift(fit)
    assert got.share < fit.correlation()["mean"]
    assert (got.schools["stable_high"] > got.schools["stable_low"]).all()
    effects = fit.school_effects()
    assert np.abs(got.schools["mean_observed"] - effects["mean_observed"]).max() < 0.02


def test_holm_steps_down():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


def test_a_school_that_turned_is_found_and_the_others_are_not(draw_layers):
    frame = draw_layers(3, 12, 3)
    jump = (frame["school"] == 8) & (frame["cohort"] == 2022)
    got = LayeredIntercept.from_formula(FORMULA, frame.assign(y=frame["y"] + 2.0 * jump), COHORTS)
    table = turned_schools(got.fit()).set_index("school")
    assert list(table.index[table["turned"]]) == [8]
    assert (table["class_share"] == 0.12).all()


def test_the_test_of_change_is_the_formulas(layered, fit):
    got = turned_schools(fit, class_share=0.0).set_index("school")
    cells = layered.groupby(["school", "cohort"])
    centred = layered[["x", "y"]] - cells[["x", "y"]].transform("mean")
    slope = (centred["x"] @ centred["y"]) / (centred["x"] @ centred["x"])
    squares = ((centred["y"] - slope * centred["x"]) ** 2).sum()
    s2 = squares / (len(layered) - 51 - 1)
    mean = (cells["y"].mean() - slope * cells["x"].mean()).unstack()  # noqa: PD010
    change = mean[2022] - mean[2020]
    n = cells.size().unstack()  # noqa: PD010
    np.testing.assert_allclose(got["change"], change - change.mean(), atol=1e-10)
    np.testing.assert_allclose(got["se"], np.sqrt(s2 * (1 / n[2022] + 1 / n[2020])), rtol=1e-10)


def test_a_flag_is_an_interval_on_one_side(fit):
    bands = layered_bands(fit)
    effects = fit.school_effects()
    assert ((bands["band"] == "over") == (effects["mean_observed_low"] > 0)).all()
    assert ((bands["band"] == "under") == (effects["mean_observed_high"] < 0)).all()
    flagged = bands[bands["band"] != "around"]
    assert (flagged["error_probability"] <= 0.025).all()
    assert "expected to be on the wrong side" in BandRule().outcome_sentence(bands)


def test_municipalities_have_a_mean_of_their_schools(layered):
    frame = layered.assign(kommune=layered["school"] % 4)
    columns = {"municipality": "kommune", "school": "school", "cohort": "cohort"}
    got = LayeredIntercept.from_formula(FORMULA, frame, columns).fit()
    table = got.municipality_effects()
    exp = got.school_effects().groupby("municipality")["mean_observed"].mean()
    np.testing.assert_allclose(table["mean"], exp, atol=1e-10)
    assert list(table["schools"]) == [5, 4, 4, 4]


ODD = {
    "schools lack cohorts": lambda d: d[~((d["school"] % 4 == 1) & (d["cohort"] == 2021))],
    "a school has one pupil": lambda d: pd.concat([d, d.head(1).assign(school=99)]),
    "a school has one cohort": lambda d: d[(d["school"] != 3) | (d["cohort"] == 2021)],
    "ids with leading zeros": lambda d: d.assign(school=d["school"].map("{:04d}".format)),
    "cohorts as text": lambda d: d.assign(cohort=d["cohort"].astype(str) + "/x"),
    "schools as categories": lambda d: d.assign(school=pd.Categorical(d["school"])),
    "no differences": lambda d: d.assign(y=np.random.default_rng(0).normal(size=len(d))),
    "two schools": lambda d: d[d["school"] < 2],
    "three schools, two cohorts": lambda d: d[(d["school"] < 3) & (d["cohort"] < 2022)],
    "huge units": lambda d: d.assign(y=d["y"] * 1e9, x=d["x"] * 1e-7 + 1e3),
    "huge differences": lambda d: d.assign(y=d["y"] + 1e4 * np.sin(d["school"])),
    "ids missing": lambda d: d.assign(cohort=d["cohort"].where(d.index % 9 > 0)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_designs_are_fitted_with_sound_intervals(layered, name):
    got = LayeredIntercept.from_formula(FORMULA, ODD[name](layered), COHORTS).fit()
    effects = got.school_effects()
    assert got.converged
    assert np.isfinite(effects[["mean_observed", "stable", "newest"]]).all(axis=None)
    assert (effects["mean_observed_low"] < effects["mean_observed_high"]).all()


REFUSED = {
    "one school": (lambda d: d[d["school"] == 1], {}, "only one school"),
    "single pupils": (lambda d: d.groupby(COHORTS).head(1), {}, "every unit has a single pupil"),
    "constant predictor": (lambda d: d.assign(x=3.0), {}, "x: the predictor is the same"),
    "unknown cohort": (lambda d: d, {"cohort": "kull"}, "kull: no such column"),
    "a column twice": (lambda d: d, {"cohort": "school"}, "school is named for two levels"),
    "no cohorts": (lambda d: d.assign(cohort=np.nan), {}, "none of 2676 rows is complete"),
    "share": (lambda d: d, {"class_share": 1.5}, "a class share lies from 0 to below 1"),
    "share and ids": (lambda d: d, {"class_": "klass", "class_share": 0.1}, "known from klass"),
    "level": (lambda d: d, {"level": 95}, "level: 95 does not lie between 0 and 1"),
    "reliability": (lambda d: d, {"prior": "z", "prior_reliability": 0.8}, "z: not a predictor"),
    "flat": (lambda d: d.assign(y=d["school"] * 1.0), {}, "nothing is left to estimate from"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_faults_are_one_line(layered, tmp_path, name):
    change, options, message = REFUSED[name]
    path = tmp_path / "elever.csv"
    change(layered).to_csv(path, index=False)
    with pytest.raises(ValueAddedError, match=message) as refused:
        run(path, "y ~ x", "school", tmp_path, **{"cohort": "cohort", **options})
    assert len(refused.value.lines) == 1
    assert "\n" not in refused.value.lines[0]


def test_a_predictor_for_every_school_is_refused(layered):
    model = LayeredIntercept.from_formula("y ~ x + C(school)", layered, COHORTS)
    with pytest.raises(ValueAddedError, match="leave no difference between 17 units"):
        model.fit()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_command_writes_layers(layered, tmp_path, form, fit):
    path = tmp_path / f"elever.{form}"
    if form == "csv":
        layered.to_csv(path, index=False)
    else:
        layered.to_parquet(path)
    written = run(path, "y ~ x", "school", tmp_path, cohort="cohort")
    assert [one.name for one in written] == [
        "schools.csv",
        "model.json",
        "cohorts.csv",
        "changes.csv",
    ]
    model = json.loads(written[1].read_text(encoding="utf-8"))
    assert list(model["variance"]) == ["school", "school_cohort", "residual"]
    assert model["log_likelihood"] == pytest.approx(fit.llf, abs=1e-8)
    assert set(model["fixed_effects"]) == set(fit.names)
    schools = pd.read_csv(written[0], dtype={"school": str})
    agreed = {"stable_blup", "stable_low", "stable_high", "mean_observed", "newest"}
    assert agreed <= set(schools)
    blup = fit.blups("school")["blup"].to_numpy()
    by_id = schools.set_index(schools["school"].astype(int)).sort_index()
    np.testing.assert_allclose(by_id["stable_blup"], blup, atol=1e-8)
    assert len(pd.read_csv(written[2])) == 51


def test_every_layer_has_its_variance_in_the_model_file(layered, tmp_path):
    path = tmp_path / "elever.csv"
    layered.assign(kommune=layered["school"] % 4).to_csv(path, index=False)
    written = run(
        path, "y ~ x", "school", tmp_path, cohort="cohort", class_="klass", municipality="kommune"
    )
    model = json.loads(written[1].read_text(encoding="utf-8"))
    names = ["municipality", "school", "school_cohort", "class", "residual"]
    assert list(model["variance"]) == names
    assert written[-1].name == "municipalities.csv"


def test_a_cohort_that_enters_as_a_number_is_refused(layered, tmp_path):
    path = tmp_path / "elever.csv"
    layered.to_csv(path, index=False)
    with pytest.raises(ValueAddedError, match="every cohort gets a mean of its own"):
        run(path, "y ~ x + cohort", "school", tmp_path, cohort="cohort")
