"""Several outcomes side by side, a composite, and the social side."""

import numpy as np
import pandas as pd
import pytest

from tilstand import value_added as va
from tilstand.value_added.command import run as run_command
from tilstand.value_added.layers.files import fit_layers

GROUPS = ["school", "cohort"]


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    school, cohort = (at.ravel() for at in np.indices((14, 2, 30))[:2])
    n = len(school)
    prior = rng.normal(50, 10, n)
    lift = 3 * rng.normal(size=14)[school]
    frame = pd.DataFrame({"school": school, "cohort": 2022 + cohort, "prior": prior})
    frame["reading"] = 10 + 0.8 * prior + lift + 6 * rng.normal(size=n)
    frame["numeracy"] = 5 + 0.9 * prior + lift + 7 * rng.normal(size=n)
    frame["sex"] = rng.choice(["f", "m"], n)
    frame["grade"] = rng.choice([8, 9, 10], n)
    well = 4 - 0.2 * (frame["sex"] == "f") + 0.3 * rng.normal(size=14)[school]
    frame["wellbeing"] = well + 0.6 * rng.normal(size=n)
    frame["bullied"] = (rng.random(n) < 0.08).astype(float)
    return frame


FORMULAS = {
    "reading": "reading ~ prior",
    "numeracy": "numeracy ~ prior",
    "wellbeing": "wellbeing ~ C(grade) + C(sex)",
    "bullied": "bullied ~ C(grade) + C(sex)",
}


@pytest.fixture(scope="module")
def found(pupils):
    with va.quietly():
        return va.side_by_side(pupils, FORMULAS, GROUPS, social=["wellbeing", "bullied"])


def test_each_outcome_is_the_fit_of_its_own_in_its_standard_deviations(pupils, found):
    with va.quietly():
        alone = fit_layers(
            pupils, "reading ~ prior", {"school": "school", "cohort": "cohort"}
        ).school_effects()
    got = found.schools[found.schools["outcome"] == "reading"]

    np.testing.assert_allclose(got["mean_observed"] * got["sd"], alone["mean_observed"])
    assert got["sd"].iloc[0] == pytest.approx(pupils["reading"].std())


def test_outcomes_stand_in_the_order_given(found):
    assert list(dict.fromkeys(found.schools["outcome"])) == list(FORMULAS)
    assert (found.schools["low"] < found.schools["high"]).all()


def test_social_side_says_what_it_is_not(found):
    assert set(found.cautions) == {"wellbeing", "bullied"}
    assert "C(grade) + C(sex) only" in found.cautions["wellbeing"]
    assert "no contribution" in found.cautions["bullied"]


def test_social_side_is_adjusted_for_grade_and_sex(pupils, found):
    """A school of girls alone is not held to answer for how girls answer."""
    names = found.fits["wellbeing"].params.index
    assert any("sex" in name for name in names)
    assert any("grade" in name for name in names)


def test_composite_is_an_outcome_of_its_own(pupils):
    made = va.composite(pupils, ["reading", "numeracy"])
    assert made.mean() == pytest.approx(0, abs=1e-12)
    assert made.std() == pytest.approx(1)
    with va.quietly():
        both = va.side_by_side(
            pupils.assign(both=made), {"both": "both ~ prior"} | FORMULAS, GROUPS
        ).schools.pivot_table(index="school", columns="outcome", values="mean_observed")
    middle = both[["reading", "numeracy"]].mean(axis=1)
    assert both["both"].corr(middle) > 0.98


def test_composite_weighs_as_it_is_told(pupils):
    alone = va.composite(pupils, ["reading", "numeracy"], weights=[1, 0])
    z = (pupils["reading"] - pupils["reading"].mean()) / pupils["reading"].std()

    np.testing.assert_allclose(alone, z)


def test_pupil_without_one_of_the_outcomes_has_no_composite(pupils):
    lacking = pupils.assign(reading=pupils["reading"].where(pupils.index > 3))

    assert va.composite(lacking, ["reading", "numeracy"]).isna().sum() == 4


@pytest.mark.parametrize(
    ("outcomes", "weights"),
    [
        (["reading"], None),
        (["reading", "nothing"], None),
        (["reading", "sex"], None),
        (["reading", "flat"], None),
        (["reading", "numeracy"], [1]),
        (["reading", "numeracy"], [1, -1]),
        (["reading", "numeracy"], [0, 0]),
        (["reading", "numeracy"], [1, np.nan]),
    ],
)
def test_composite_that_cannot_be_is_refused_in_one_line(pupils, outcomes, weights):
    with pytest.raises(va.ValueAddedError) as refused:
        va.composite(pupils.assign(flat=1.0), outcomes, weights=weights)
    assert len(refused.value.lines) == 1


@pytest.mark.parametrize(
    ("formulas", "social"),
    [
        ({"reading": "reading ~ nothing"}, []),
        ({"reading": "reading ~"}, []),
        ({"reading": "reading ~ prior"}, ["wellbeing"]),
    ],
)
def test_fault_names_the_outcome(pupils, formulas, social):
    with pytest.raises(va.ValueAddedError, match=r"reading|wellbeing"), va.quietly():
        va.side_by_side(pupils, formulas, GROUPS, social=social)


def test_level_of_ninety_five_is_refused(pupils):
    with pytest.raises(va.ValueAddedError):
        va.side_by_side(pupils, FORMULAS, GROUPS, level=95)


def test_reliability_is_used_where_the_formula_has_the_prior(pupils):
    with va.quietly():
        got = va.side_by_side(pupils, FORMULAS, GROUPS, reliability={"prior": 0.85}).fits
        naive = va.side_by_side(pupils, FORMULAS, GROUPS).fits
    assert got["reading"].params["prior"] > naive["reading"].params["prior"]
    np.testing.assert_allclose(got["wellbeing"].params, naive["wellbeing"].params)


# -- a prior's standard error, through cohorts ---------------------------------------------------


@pytest.fixture(scope="module")
def measured(pupils):
    rng = np.random.default_rng(8)
    sem = rng.choice([3.0, 4.5, 6.0], len(pupils))
    seen = pupils["prior"] + sem * rng.normal(size=len(pupils))
    return pupils.assign(true=pupils["prior"], prior=seen, sem=sem)


def fitted(frame, **errors):
    columns = {"school": "school", "cohort": "cohort"}
    with va.quietly():
        return fit_layers(frame, "reading ~ prior", columns, reliability=errors)


def test_sem_is_the_local_reliability_it_stands_for(measured):
    sem = va.Sem(4.5)
    exp = fitted(measured, prior=sem.reliability(measured["prior"].std()))
    got = fitted(measured, prior=sem)

    np.testing.assert_allclose(got.params, exp.params)
    assert got.bse["prior"] != exp.bse["prior"]  # one follows the spread, the other does not


def test_same_error_for_every_pupil_is_one_error(measured):
    one = fitted(measured, prior=va.Sem(4.5))
    by_pupil = fitted(measured.assign(sem=4.5), prior=va.Sem("sem"))

    np.testing.assert_allclose(by_pupil.params, one.params, rtol=1e-6)
    np.testing.assert_allclose(by_pupil.bse["prior"], one.bse["prior"], rtol=1e-3)


def test_pupils_own_errors_bring_the_slope_back(measured):
    naive, got = fitted(measured), fitted(measured, prior=va.Sem("sem"))

    assert naive.params["prior"] < got.params["prior"]
    assert abs(got.params["prior"] - 0.8) < 3 * got.bse["prior"]


def test_calibration_widens_the_slopes_standard_error(measured):
    got = fitted(measured, prior=va.Sem(4.5))
    model = got.model
    model.calibration, kept = None, model.calibration
    with va.quietly():
        plain = model.fit()
    model.calibration = kept

    assert got.bse["prior"] > plain.bse["prior"]


@pytest.mark.parametrize("stated", ["sem", "4.5", "nothing"])
def test_command_takes_standard_errors_with_cohorts(measured, tmp_path, stated):
    path = tmp_path / "pupils.csv"
    measured.to_csv(path, index=False)

    def run():
        with va.quietly():
            return run_command(
                *(path, "reading ~ prior", "school", tmp_path / "out"),
                prior="prior",
                prior_sem=stated,
                cohort="cohort",
            )

    if stated == "nothing":
        with pytest.raises(va.ValueAddedError, match="nothing"):
            run()
        return
    run()
    got = pd.read_csv(tmp_path / "out" / "schools.csv").sort_values("school")
    error = va.Sem(stated if stated == "sem" else float(stated))
    exp = fitted(measured, prior=error).school_effects()
    np.testing.assert_allclose(got["mean_observed"], exp["mean_observed"], atol=1e-6)


def test_prior_that_is_no_predictor_is_refused(measured):
    with pytest.raises(va.ValueAddedError, match="not a predictor"):
        fitted(measured, true=va.Sem("sem"))
