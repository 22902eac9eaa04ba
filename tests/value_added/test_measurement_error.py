"""Calibration where the true prior is known."""

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added import RandomIntercept, Sem
from tilstand.value_added.calibration import calibrate_statistics
from tilstand.value_added.calibration_pupils import calibrate_pupils
from tilstand.value_added.errors import ReliabilityError
from tilstand.value_added.measurement_error import fit_calibrated


def draw(seed, *, schools=1200, size=50, reliability=0.8, together=0.0):
    """Draw the pupils of METHODS.md's table: school SD .2, slope .8, intake share .15."""
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(schools), size)
    intake = rng.normal(size=schools)
    effect = 0.2 * (together * intake + np.sqrt(1 - together**2) * rng.normal(size=schools))
    true = np.sqrt(0.15) * intake[code] + np.sqrt(0.85) * rng.normal(size=len(code))
    noise = np.sqrt((1 - reliability) / reliability)
    frame = pd.DataFrame(
        {
            "y": 0.8 * true + effect[code] + 0.55 * rng.normal(size=len(code)),
            "prior": true + noise * rng.normal(size=len(code)),
            "true": true,
            "sex": rng.choice(["F", "M"], len(code)),
            "sem": noise,
            "school": [f"{i:05d}" for i in code],
        }
    )
    return frame, pd.Series(effect, index=[f"{i:05d}" for i in range(schools)])


def error_and_intake(frame, effect, estimate):
    intake = frame.groupby("school")["true"].mean()
    error = estimate - effect
    return np.corrcoef(error, intake.reindex(error.index))[0, 1]


@pytest.mark.slow
@pytest.mark.parametrize(("together", "limit"), [(0.0, 0.12), (0.4, 0.2)])
def test_calibrated_errors_hardly_go_with_intake(together, limit):
    calibrated, naive = [], []
    for seed in range(6):
        frame, effect = draw(seed, together=together)
        schools = fit_calibrated("y ~ prior", frame, "school", {"prior": 0.8}).schools()
        schools = schools.set_index("school")
        calibrated.append(error_and_intake(frame, effect, schools["estimate"]))
        naive.append(error_and_intake(frame, effect, schools["naive"]))
    assert abs(np.mean(calibrated)) < limit - 0.03
    assert np.mean(naive) > 0.4


@pytest.fixture(scope="module")
def country():
    return draw(1, schools=300, size=40)


def test_calibrated_slope_is_the_true_one(country):
    both = fit_calibrated("y ~ prior", country[0], "school", {"prior": 0.8})
    table = both.fixed_effects()
    np.testing.assert_allclose(table.loc["prior", "calibrated"], 0.8, atol=0.03)
    assert table.loc["prior", "naive"] < 0.68


def test_reliability_one_changes_nothing(country):
    both = fit_calibrated("y ~ prior + sex", country[0], "school", {"prior": 1.0})
    np.testing.assert_allclose(both.calibrated.llf, both.naive.llf, rtol=1e-12)
    assert both.schools()["change"].abs().max() < 1e-10


def test_calibrated_intervals_hold_the_truth(country):
    frame, effect = country
    both = fit_calibrated("y ~ prior", frame, "school", {"prior": 0.8})
    schools = both.schools().set_index("school")
    truth = effect - effect.mean()
    held = (schools["ci_low"] <= truth) & (truth <= schools["ci_high"])
    assert 0.92 < held.mean() < 0.98


@pytest.mark.parametrize("means", ["observed", "balanced", "shrunk"])
def test_pupils_and_statistics_are_calibrated_alike(country, means):
    frame = country[0].sample(frac=0.3, random_state=2)
    model = RandomIntercept.from_formula("y ~ prior + sex", frame, "school")
    statistics = calibrate_statistics(model.statistics, {"prior": 0.8}, means=means).statistics
    got = RandomIntercept.from_statistics(statistics).fit()
    pupils = calibrate_pupils(frame, "school", {"prior": 0.8}, given="sex", means=means).frame
    exp = RandomIntercept.from_formula("y ~ prior + sex", pupils, "school").fit()
    np.testing.assert_allclose(got.params, exp.params, rtol=1e-7)
    np.testing.assert_allclose(got.conditional_mode, exp.conditional_mode, atol=1e-8)


def test_equal_standard_errors_say_the_same_as_reliability(country):
    frame = country[0]
    noise = frame["sem"].iloc[0] ** 2
    reliability = 1 - noise / frame["prior"].var()
    got = calibrate_pupils(frame, "school", {"prior": "sem"}).frame
    exp = calibrate_pupils(frame, "school", {"prior": reliability}).frame
    np.testing.assert_allclose(got["prior"], exp["prior"], atol=1e-10)


def test_pupils_measured_badly_are_pulled_further(country):
    frame = country[0].assign(sem=lambda f: np.where(np.arange(len(f)) % 2, 0.2, 0.6))
    got = calibrate_pupils(frame, "school", {"prior": "sem"}).frame
    means = frame.groupby("school")["prior"].transform("mean")
    kept = (got["prior"] - means).abs() / (frame["prior"] - means).abs()
    by_error = kept.groupby(frame["sem"]).median()
    assert by_error[0.6] < by_error[0.2] - 0.1


def test_two_priors_are_calibrated_together():
    rng = np.random.default_rng(5)
    code = np.repeat(np.arange(400), 50)
    first = rng.normal(size=len(code))
    second = 0.7 * first + np.sqrt(0.51) * rng.normal(size=len(code))
    y = 0.5 * first + 0.3 * second + 0.2 * rng.normal(size=400)[code]
    frame = pd.DataFrame(
        {
            "y": y + 0.5 * rng.normal(size=len(code)),
            "a": first + 0.5 * rng.normal(size=len(code)),
            "b": second + 0.6 * rng.normal(size=len(code)),
            "school": code,
        }
    )
    errors = {"a": 1 / 1.25, "b": 1 / 1.36}
    got = fit_calibrated("y ~ a + b", frame, "school", errors).calibrated
    np.testing.assert_allclose(got.params[["a", "b"]], [0.5, 0.3], atol=0.03)


def test_a_spline_of_the_prior_is_calibrated_by_pupil(country):
    both = fit_calibrated("y ~ bs(prior, df=4) + sex", country[0], "school", {"prior": 0.8})
    ends = both.calibrated.predict(pd.DataFrame({"prior": [-1.0, 1.0], "sex": ["F", "F"]}))
    np.testing.assert_allclose((ends[1] - ends[0]) / 2, 0.8, atol=0.06)


def test_fixed_slope_is_the_least_squares_slope_of_deviations(pupils, benchmark):
    slope_table = benchmark("slopes").slope_table
    table = slope_table(RandomIntercept.from_formula("score ~ prior", pupils, "school"))
    gaps = pupils[["score", "prior"]] - pupils.groupby("school")[["score", "prior"]].transform(
        "mean"
    )
    exp = (gaps["score"] @ gaps["prior"]) / (gaps["prior"] @ gaps["prior"])
    np.testing.assert_allclose(table.loc["prior", "fixed"], exp, rtol=1e-9)


def test_contextual_slope_shows_that_contributions_go_with_intake(benchmark):
    slope_table = benchmark("slopes").slope_table
    frame, _ = draw(4, schools=400, reliability=1.0, together=0.8)
    row = slope_table(RandomIntercept.from_formula("y ~ prior", frame, "school")).loc["prior"]
    assert row["contextual"] > 4 * row["contextual_se"]
    np.testing.assert_allclose(row["fixed"], 0.8, atol=0.02)


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ({"prior": 0.0}, "prior: a reliability lies"),
        ({"prior": 0.05}, "prior: the stated reliability or error leaves"),
        ({"nothing": 0.8}, "nothing: not a predictor"),
    ],
)
def test_impossible_errors_are_refused(country, errors, message):
    with pytest.raises(ReliabilityError, match=message):
        fit_calibrated("y ~ prior", country[0], "school", errors)


# Standard errors of measurement


def test_a_sem_states_the_local_reliability(country):
    frame = country[0]
    both = fit_calibrated("y ~ prior", frame, "school", {"prior": Sem(0.5)})
    exp = 1 - 0.25 / frame["prior"].var()
    assert both.reliability["prior"] == pytest.approx(exp)
    same = fit_calibrated("y ~ prior", frame, "school", {"prior": exp}).calibrated
    np.testing.assert_allclose(both.calibrated.params, same.params)
    np.testing.assert_allclose(both.calibrated.llf, same.llf)


def test_one_sem_and_a_column_of_it_say_the_same(country):
    frame = country[0]
    sem = float(frame["sem"].iloc[0])
    one, column, short = (
        fit_calibrated("y ~ prior + sex", frame, "school", {"prior": error})
        for error in (Sem(sem), Sem("sem"), "sem")
    )
    for other in (column, short):
        np.testing.assert_allclose(other.calibrated.params, one.calibrated.params, rtol=1e-7)
        np.testing.assert_allclose(other.calibrated.bse, one.calibrated.bse, rtol=1e-6)
        assert other.reliability["prior"] == pytest.approx(one.reliability["prior"])


@pytest.mark.parametrize("spread", [1.0, 0.65])
def test_a_national_sem_gives_the_true_slope_where_pupils_differ_less(spread):
    sem = np.sqrt((1 - 0.85) / 0.85)
    rng = np.random.default_rng(5)
    code = np.repeat(np.arange(200), 60)
    true = spread * rng.normal(size=len(code))
    frame = pd.DataFrame({"prior": true + sem * rng.normal(size=len(code)), "school": code})
    frame["y"] = 0.8 * true + 0.2 * rng.normal(size=200)[code] + 0.5 * rng.normal(size=len(code))
    got = fit_calibrated("y ~ prior", frame, "school", {"prior": Sem(sem)}).calibrated
    assert abs(got.params["prior"] - 0.8) < 3 * got.bse["prior"] < 0.06


def test_a_prior_without_error_adds_no_uncertainty(country):
    both = fit_calibrated("y ~ prior + sex", country[0], "school", {"prior": Sem(0.0)})
    np.testing.assert_allclose(both.calibrated.bse, both.naive.bse, rtol=1e-9)


def test_a_prior_named_within_another_columns_name_keeps_that_column():
    frame = draw(2, schools=60, size=40)[0].rename(columns={"prior": "x"})
    frame["y"] += 2.0 * (frame["sex"] == "M") * (frame["x"] > 0)
    got = fit_calibrated("y ~ x + sex", frame, "school", {"x": Sem(0.5)}).calibrated
    model = RandomIntercept.from_formula("y ~ x + sex", frame, "school")
    exp = calibrate_statistics(model.statistics, {"x": Sem(0.5)}).statistics
    np.testing.assert_array_equal(got.model.statistics.within, exp.within)


def test_pupils_without_a_standard_error_are_counted(country):
    frame = country[0].copy()
    frame.loc[frame.index[:7], "sem"] = np.nan
    both = fit_calibrated("y ~ prior", frame, "school", {"prior": "sem"})
    rows = both.calibrated.model.rows
    assert (rows.lost, rows.missing) == (7, {"sem": 7})
    assert both.naive.nobs == both.calibrated.nobs == len(frame) - 7


def test_residuals_of_a_calibrated_fit_are_of_its_own_pupils(country):
    got = fit_calibrated("y ~ prior + sex", country[0], "school", {"prior": 0.8}).calibrated
    assert abs(got.certify()["difference"]) < 1e-7
    assert got.resid.index.equals(country[0].index)


@pytest.mark.parametrize(
    ("formula", "errors", "message"),
    [
        ("y ~ prior", {"y": 0.9}, "y: is the outcome and cannot be its own prior"),
        ("np.exp(y) ~ prior", {"y": 0.9}, "y: is the outcome"),
        ("y ~ prior", {"prior": Sem(2.0)}, "prior: the stated reliability or error leaves"),
        ("y ~ prior", {"prior": Sem(-0.1)}, "prior: a standard error of measurement is not -0.1"),
        ("y ~ prior", {"prior": Sem(np.nan)}, "prior: a standard error of measurement is not nan"),
        ("y ~ level", {"level": Sem(0.1)}, "level: does not vary within schools"),
        ("y ~ bs(level, df=3)", {"level": Sem(0.1)}, "level: does not vary within schools"),
        ("y ~ prior", {"prior": "wrong"}, "wrong: row 1: -1, a standard error of measurement of 0"),
    ],
)
def test_errors_that_cannot_be_are_refused_in_one_line(country, formula, errors, message):
    frame = country[0].assign(wrong=-1.0, level=country[0]["school"].astype(float))
    with pytest.raises(ReliabilityError, match=message) as refused:
        fit_calibrated(formula, frame, "school", errors)
    assert len(refused.value.lines) == 1


@pytest.mark.slow
@pytest.mark.parametrize("error", ["reliability", "sem"])
def test_intervals_of_the_calibrated_slope_hold(error):
    held = []
    for seed in range(500):
        frame, _ = draw(seed, schools=20, size=90)
        stated = 0.8 if error == "reliability" else Sem(float(frame["sem"].iloc[0]))
        fit = fit_calibrated("y ~ prior", frame, "school", {"prior": stated}).calibrated
        low, high = fit.conf_int().loc["prior"]
        held.append(low <= 0.8 <= high)
    assert 0.94 <= np.mean(held) <= 0.96
