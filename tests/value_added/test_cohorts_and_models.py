"""Pooling, stages, flows, ladders and evidence on simulated pupils."""

import numpy as np
import pandas as pd
import pytest

from tilstand.simulation import Plan, simulate
from tilstand.value_added import RandomIntercept, ValueAddedError
from tilstand.value_added.errors import ReliabilityError
from tilstand.value_added.evidence import (
    agreement_table,
    forecast_slope,
    placebo,
    split_half,
)
from tilstand.value_added.ladder import climb, ladder_steps
from tilstand.value_added.missing import (
    flow_table,
    impute_prior,
    missing_sensitivity,
    with_missing_indicator,
)
from tilstand.value_added.pooling import pool_cohorts
from tilstand.value_added.residuals import residual_bins


@pytest.fixture(scope="module")
def country():
    plan = Plan(pupils=12_000, schools=120, cohorts=(2019, 2020), intake_correlation=0.0)
    return simulate(plan, np.random.default_rng(11))


@pytest.fixture(scope="module")
def pupils(country):
    return country.pupils


# Pooling


def cohorts(rng, *, stable=0.5, yearly=0.3, schools=40):
    code = np.repeat(np.arange(schools), 60)
    year = np.tile(np.repeat([2019, 2020, 2021], 20), schools)
    kept = stable * rng.normal(size=schools)
    own = yearly * rng.normal(size=(schools, 3))
    x = rng.normal(size=len(code))
    y = x + kept[code] + own[code, year - 2019] + rng.normal(size=len(code))
    return pd.DataFrame({"y": y, "x": x, "year": year, "school": code.astype(str)})


def test_pooled_variances_and_correlation_are_near_the_truth():
    got = pool_cohorts("y ~ x", "school", "year", cohorts(np.random.default_rng(1), schools=300))
    np.testing.assert_allclose(got.variances["stable"], 0.25, rtol=0.25)
    np.testing.assert_allclose(got.variances["cohort"], 0.09, rtol=0.3)
    assert got.correlation["ci_low"] < 0.25 / 0.34 < got.correlation["ci_high"]


def test_pooled_likelihood_is_the_densitys():
    frame = cohorts(np.random.default_rng(2), schools=6).iloc[::7]
    got = pool_cohorts("y ~ x", "school", "year", frame)
    x = np.column_stack([np.ones(len(frame)), frame["x"]])
    school, year = frame["school"].to_numpy(), frame["year"].to_numpy()
    same_school = school[:, None] == school
    same_cell = same_school & (year[:, None] == year)
    v = got.variances
    cov = v["stable"] * same_school + v["cohort"] * same_cell + v["residual"] * np.eye(len(frame))
    inverse = np.linalg.inv(cov)
    information = x.T @ inverse @ x
    y = frame["y"].to_numpy()
    residual = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    log_det = np.linalg.slogdet(cov)[1] + np.linalg.slogdet(information)[1]
    exp = -0.5 * ((len(y) - 2) * np.log(2 * np.pi) + log_det + residual @ inverse @ residual)
    np.testing.assert_allclose(got.log_likelihood, exp, atol=1e-6)


def test_a_cohorts_contribution_leans_on_the_other_cohorts():
    frame = cohorts(np.random.default_rng(3))
    got = pool_cohorts("y ~ x", "school", "year", frame)
    assert len(got.cohorts) == 120
    alone = RandomIntercept.from_formula("y ~ x", frame[frame["year"] == 2019], "school").fit()
    here = got.cohorts[got.cohorts["cohort"] == 2019]
    width = (here["ci_high"] - here["ci_low"]).mean()
    effects = alone.school_effects()
    assert width < (effects["ci_high"] - effects["ci_low"]).mean()


def test_one_cohort_cannot_be_pooled(pupils):
    with pytest.raises(ValueAddedError, match="two cohorts"):
        pool_cohorts("reading_9 ~ reading_8", "school", "cohort", pupils.query("cohort == 2019"))


@pytest.mark.slow
def test_pooled_intervals_hold_the_truth():
    held = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        code, year = np.repeat(np.arange(20), 60), np.tile(np.repeat([0, 1], 30), 20)
        kept, own = 0.3 * rng.normal(size=20), 0.2 * rng.normal(size=(20, 2))
        y = kept[code] + own[code, year] + rng.normal(size=len(code))
        frame = pd.DataFrame({"y": y, "year": year, "school": [f"{i:02d}" for i in code]})
        got = pool_cohorts("y ~ 1", "school", "year", frame).schools
        held.append(((got["ci_low"] <= kept) & (kept <= got["ci_high"])).mean())
    assert 0.92 < np.mean(held) < 0.985


# Missing


def test_flow_counts_every_pupil_once():
    frame = pd.DataFrame(
        {
            "y": [1, None, None, 1, 1],
            "p": [1, 1, None, None, 1],
            "out": [False, True, False, False, None],
            "new": [False, False, True, True, True],
            "school": ["b", "a", "a", "b", "b"],
        }
    )
    got = flow_table(frame, "y", ["p"], exempt="out", moved="new").loc["all"]
    exp = {
        "enrolled": 5,
        "exempt": 1,
        "no outcome": 1,
        "no prior": 1,
        "analysed": 2,
        "moved": 3,
        "moved, analysed": 1,
    }
    assert {name: got[name] for name in exp} == exp
    by_school = flow_table(frame, "y", ["p"], exempt="out", by="school")
    assert by_school["enrolled"].to_dict() == {"a": 2, "b": 3}
    assert by_school["exempt_share"].to_dict() == {"a": 0.5, "b": 0.0}


def test_missing_indicator_marks_and_fills():
    got = with_missing_indicator(pd.DataFrame({"p": [1.0, None, 3.0]}), ["p"])
    assert got["p"].tolist() == [1.0, 2.0, 3.0]
    assert got["p_missing"].tolist() == [0.0, 1.0, 0.0]


def test_imputed_priors_keep_the_slope():
    rng = np.random.default_rng(5)
    code = np.repeat(np.arange(60), 60)
    p = rng.normal(size=3600) + 0.4 * rng.normal(size=60)[code]
    y = 0.7 * p + 0.3 * rng.normal(size=60)[code] + 0.6 * rng.normal(size=3600)
    frame = pd.DataFrame({"y": y, "p": np.where(rng.random(3600) < 0.3, np.nan, p), "s": code})
    completed = impute_prior(frame, "p", "y", "s", rng, 5)
    slopes = [RandomIntercept.from_formula("y ~ p", f, "s").fit().params["p"] for f in completed]
    np.testing.assert_allclose(np.mean(slopes), 0.7, atol=0.03)
    assert not any(f["p"].isna().any() for f in completed)
    assert completed[0]["p"].ne(completed[1]["p"]).sum() == frame["p"].isna().sum()


def test_sensitivity_sets_treatments_side_by_side(pupils):
    rng = np.random.default_rng(1)
    got = missing_sensitivity(
        "reading_9 ~ reading_8 + gender",
        "school",
        pupils,
        "reading_8",
        rng,
        moved="moved",
        draws=3,
    )
    assert list(got.table.index) == [
        "complete case",
        "missing indicator",
        "multiple imputation",
        "without movers",
    ]
    assert got.table.loc["multiple imputation", "n"] > got.table.loc["complete case", "n"]
    assert (got.table["correlation"] > 0.9).all()
    assert got.table.loc["complete case", "changed_band"] == 0


# Ladder


def test_ladder_has_a_step_for_what_is_there():
    assert list(ladder_steps("y", "p")) == ["M0 raw", "M1 prior", "M2 flexible prior", "M4 intake"]
    with_background = ladder_steps("y", "p", background=("gender",))
    assert with_background["M3 background"] == "y ~ cr(p, df=4, constraints='center') + gender"


def test_every_step_is_fitted_to_the_same_pupils_and_fits_better(pupils):
    steps = ladder_steps(
        "reading_9",
        "reading_8",
        other_priors=("numeracy_8",),
        background=("gender", "parents_education"),
    )
    ladder = climb(steps, "school", pupils)
    assert len({fit.nobs for fit in ladder.fits.values()}) == 1
    assert ladder.table["log_likelihood"].is_monotonic_increasing
    assert ladder.table.loc["M0 raw", "explained"] == 0
    assert (
        ladder.table.loc["M0 raw", "school_variance"]
        > ladder.table.loc["M1 prior", "school_variance"]
    )
    assert ladder.correlations.loc["M1 prior", "M2 flexible prior"] > 0.9
    assert len(ladder.bands) == 120


def test_residuals_average_to_nothing_where_the_form_fits(pupils):
    results = RandomIntercept.from_formula("reading_9 ~ reading_8", pupils, "school").fit()
    got = residual_bins(results.fittedvalues, results.resid, bins=10)
    assert got["n"].sum() == results.nobs
    assert (got["residual"].abs() < 5 * got["residual_se"]).all()


# Evidence


def _drawing(size, schools=25):
    def draw(rng):
        code = np.repeat(np.arange(schools), size)
        effect = 0.4 * rng.normal(size=schools)
        x = rng.normal(size=len(code))
        y = x + effect[code] + rng.normal(size=len(code))
        names = np.array([f"{i:02d}" for i in range(schools)])
        frame = pd.DataFrame({"y": y, "x": x, "school": names[code]})
        return frame, pd.Series(effect, index=names)

    return draw


def test_recovery_is_better_with_more_pupils(benchmark):
    def fit(frame):
        return RandomIntercept.from_formula("y ~ x", frame, "school").fit()

    recovery = benchmark("recovery")
    tried = {str(n): recovery.Scenario(_drawing(n), fit, intake="x") for n in (10, 80)}
    table = recovery.recovery_table(tried, replications=15)
    assert table.loc["80", "rmse"] < 0.6 * table.loc["10", "rmse"]
    assert table.loc["10", "rmse"] < table.loc["10", "rmse_unshrunk"]
    assert (table["coverage"] > 0.88).all()
    assert (table["rank_coverage"] > 0.88).all()
    assert table.loc["80", "flags"] > table.loc["10", "flags"]


def test_halves_foretell_each_other_unit_for_unit(pupils):
    got = split_half("reading_9 ~ reading_8", "school", pupils, np.random.default_rng(3))
    assert abs(got["forecast"] - 1) < 3 * got["forecast_se"]
    assert abs(got["reliability"] - got["expected_reliability"]) < 0.12


def test_halves_of_two_schools_tell_nothing_of_reliability():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"school": ["A", "B"] * 20, "x": rng.normal(size=40)})
    frame["y"] = frame["x"] + rng.normal(size=40)

    for seed in range(9):  # the halves stand alike in some, opposite in others
        got = split_half("y ~ x", "school", frame, np.random.default_rng(seed))
        assert np.isnan(got["correlation"])
        assert np.isnan(got["reliability"])
        assert np.isfinite(got["expected_reliability"])


def test_a_later_cohort_is_foretold_less(pupils):
    earlier, later = pupils.query("cohort == 2019"), pupils.query("cohort == 2020")
    got = forecast_slope(earlier, later, "reading_9 ~ reading_8", "school")
    assert 0.2 < got["slope"] < 1.1
    assert got["schools"] == 120


def test_placebo_finds_nothing_where_there_is_nothing():
    rng = np.random.default_rng(8)
    frame, _ = _drawing(50, schools=80)(rng)
    frame["before"] = 0.5 * frame["x"] + rng.normal(size=len(frame))
    results = RandomIntercept.from_formula("y ~ x", frame, "school").fit()
    got = placebo(results, frame, "before", "x", "school")
    assert abs(got["slope"]) < 3 * got["se"]
    assert got["se"] < 0.15


def test_placebo_finds_what_is_there():
    frame, effect = _drawing(50, schools=80)(np.random.default_rng(8))
    frame["before"] = 0.5 * frame["school"].map(effect)
    frame["before"] += np.random.default_rng(1).normal(size=len(frame))
    results = RandomIntercept.from_formula("y ~ x", frame, "school").fit()
    got = placebo(results, frame, "before", "x", "school")
    assert abs(got["slope"] - 0.5) < 3 * got["se"]


def test_agreement_with_mixedlm_is_a_table(pupils):
    table = agreement_table(
        pupils.iloc[:3000], "school", {"M1": "reading_9 ~ reading_8", "M0": "reading_9 ~ 1"}
    )
    assert (table["difference"].abs() < 1e-7).all()


def test_standard_scenarios_show_what_calibration_does(benchmark):
    chosen = {
        name: scenario
        for name, scenario in benchmark("recovery").standard_scenarios().items()
        if name.startswith("reliability .8,") and "sorting" not in name
    }
    table = benchmark("recovery").recovery_table(chosen, replications=3)
    naive, calibrated = (table.loc[f"reliability .8, {fit}"] for fit in ("naive", "calibrated"))
    assert abs(calibrated["error_intake"]) < 0.2 < naive["error_intake"]
    assert calibrated["rmse"] < naive["rmse"]


@pytest.fixture(scope="module")
def tested():
    """Give two cohorts whose prior has reliability .8, so a true slope of 1 looks like .8."""
    rng = np.random.default_rng(8)
    school = np.repeat(np.arange(120), 60)
    true = 0.6 * rng.standard_normal(120)[school] + rng.standard_normal(len(school))
    effect = 0.2 * rng.standard_normal(120)[school]
    frame = pd.DataFrame({"school": school.astype(str), "cohort": np.arange(len(school)) % 2})
    frame["x"] = true + np.sqrt(0.25 * true.var()) * rng.standard_normal(len(school))
    frame["y"] = true + effect + 0.5 * rng.standard_normal(len(school))
    return frame


def test_pooled_cohorts_are_corrected_for_test_error(tested):
    truth = {"stable": 0.04}
    naive, calibrated = (
        pool_cohorts("y ~ x + C(cohort)", "school", "cohort", tested, reliability=known)
        for known in (None, {"x": 0.8})
    )
    got = [abs(one.variances["stable"] - truth["stable"]) for one in (calibrated, naive)]

    assert got[0] < got[1]


def test_pooling_without_error_is_pooling_as_before(tested):
    plain, sure = (
        pool_cohorts("y ~ x", "school", "cohort", tested, reliability=known)
        for known in (None, {"x": 1.0})
    )

    assert plain.log_likelihood == pytest.approx(sure.log_likelihood, abs=1e-7)
    assert plain.schools["se"].to_numpy() == pytest.approx(sure.schools["se"].to_numpy())


def test_pooling_refuses_a_reliability_of_what_is_no_predictor(tested):
    with pytest.raises(ReliabilityError, match="z: not a predictor"):
        pool_cohorts("y ~ x", "school", "cohort", tested, reliability={"z": 0.8})


def test_ladder_is_corrected_where_the_prior_is_used(tested):
    steps = ladder_steps("y", "x")
    naive = climb(steps, "school", tested)
    calibrated = climb(steps, "school", tested, errors={"x": 0.8})

    assert calibrated.fits["M0 raw"].llf == naive.fits["M0 raw"].llf
    assert naive.fits["M1 prior"].params["x"] < 0.85
    assert calibrated.fits["M1 prior"].params["x"] == pytest.approx(1.0, abs=0.05)


def test_every_treatment_of_missing_priors_is_corrected(tested):
    rng = np.random.default_rng(2)
    gone = tested.assign(x=tested["x"].where(rng.random(len(tested)) > 0.1))

    got = missing_sensitivity("y ~ x", "school", gone, "x", rng, draws=3, reliability=0.8).table

    assert list(got.index) == ["complete case", "missing indicator", "multiple imputation"]
    assert got["slope"].to_numpy() == pytest.approx(1.0, abs=0.06)
