"""Hold the estimate from open tables to generated nations whose pupils are known."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.open_contribution.decimals import sharpened_mean
from tilstand.analysis.open_contribution.fit import fit_open, lag_covariances, moment_of_shocks
from tilstand.analysis.open_contribution.flags import MASTERY, TAKING_PART, school_flags
from tilstand.analysis.open_contribution.gate import decisions, national_gate, shown_schools
from tilstand.analysis.open_contribution.guards import placebo, sensitivity
from tilstand.analysis.open_contribution.likelihood import Differences, solve
from tilstand.analysis.open_contribution.pairs import open_pairs
from tilstand.analysis.open_contribution.quadrature import Weighed, stable_parts
from tilstand.analysis.open_contribution.settings import COMPOSITE, Settings
from tilstand.analysis.open_contribution.slope import within_slope
from tilstand.analysis.open_contribution.standing_apart import apart_schools
from tilstand.analysis.open_contribution.towns import town_means
from tilstand.simulation.open_nation import NationPlan, simulate_nation

SETTINGS = Settings()
ROUNDS = 4


@cache
def nations(**plan):
    made = NationPlan(**{"schools": 450, **plan})
    drawn = [simulate_nation(made, np.random.default_rng([11, i])) for i in range(ROUNDS)]
    return [(one, fit_open(open_pairs(one.figures).pairs, SETTINGS)) for one in drawn]


def against_truth(nation, fit):
    table = fit.schools.merge(nation.truth, on="unit")
    return table.assign(truth=table["stable"] - table["stable"].mean())


def all_against_truth(**plan):
    return pd.concat([against_truth(*one) for one in nations(**plan)])


@pytest.mark.parametrize("plan", [{"contribution_sd": 1.0}, {"contribution_sd": 1.0, "shock": 0.5}])
def test_intervals_of_what_stays_hold_the_truth(plan):
    table = all_against_truth(**plan)

    got = ((table["low"] <= table["truth"]) & (table["truth"] <= table["high"])).mean()

    assert 0.91 < got < 0.975


@pytest.mark.parametrize("plan", [{"contribution_sd": 1.0}, {"contribution_sd": 1.0, "shock": 0.5}])
def test_estimates_do_not_follow_the_intake(plan):
    biases = []
    for nation, fit in nations(**plan):
        table = against_truth(nation, fit)
        intake = (table["intake"] - table["intake"].mean()) / table["intake"].std()
        missed = table["plain"] - (table["mean"] - table["mean"].mean())
        biases.append(np.polyfit(intake, missed, 1)[0])

    assert abs(np.mean(biases)) < 0.1


def test_schools_told_apart_are_on_their_own_side():
    table = all_against_truth(contribution_sd=1.0)
    told = table[(table["low"] > 0) | (table["high"] < 0)]

    got = (np.sign(told["estimate"]) != np.sign(told["truth"])).mean()

    assert len(told) > 50
    assert got <= 0.03


def test_reliability_is_the_share_of_variance_that_is_true():
    table = all_against_truth(contribution_sd=1.0)

    got = table["reliability"].mean()

    assert got == pytest.approx(np.corrcoef(table["estimate"], table["truth"])[0, 1] ** 2, abs=0.08)


def test_where_schools_are_alike_nobody_is_told_apart_and_the_gate_is_shut():
    for nation, fit in nations(contribution_sd=0.0):
        gate = national_gate(fit, placebo(nation.figures, SETTINGS, 0), SETTINGS)

        assert fit.apart == 0
        assert gate.closed
        assert decisions(shown_schools(fit, gate, SETTINGS))["shown"] == 0


def test_municipalities_hold_the_truth_of_their_cohorts():
    held = []
    for nation, fit in nations(contribution_sd=1.0):
        table = against_truth(nation, fit)
        town = table["town"].astype(str)
        part = (table["mean"] - table["mean"].mean()) * table["n"]
        truth = part.groupby(town).sum() / table["n"].groupby(town).sum()
        owner = dict(zip(nation.truth["unit"], nation.truth["town"].astype(str), strict=True))
        means = town_means(fit, owner).set_index("town")
        held.append(((means["low"] <= truth) & (truth <= means["high"])).mean())

    assert 0.91 < np.mean(held) < 0.985


def test_one_pair_is_never_shown_by_school():
    nation = simulate_nation(NationPlan(schools=200, pairs=1, contribution_sd=2.0), rng())
    fit = fit_open(open_pairs(nation.figures).pairs, SETTINGS)
    gate = national_gate(fit, fit, SETTINGS)

    assert gate.closed == "few_pairs"
    assert shown_schools(fit, gate, SETTINGS)["estimate"].isna().all()


def test_without_a_placebo_the_gate_stays_shut():
    _, fit = nations(contribution_sd=1.0)[0]

    assert national_gate(fit, None, SETTINGS).closed == "placebo"


def test_a_shock_of_an_autumn_shows_itself_at_lag_one():
    quiet, struck = (
        np.mean([moment_of_shocks(fit.data) for _, fit in nations(contribution_sd=1.0, **plan)])
        for plan in ({}, {"shock": 0.5})
    )

    assert struck > quiet + 0.05


def test_a_placebo_of_other_pupils_finds_little_where_intake_stays():
    nation = simulate_nation(NationPlan(schools=450, contribution_sd=1.0, cohort_sd=0.0), rng())

    got = placebo(nation.figures, SETTINGS, 0)

    assert got.autumns == (2022, 2024)
    assert got.apart <= 3
    assert got.weighed.mean(3) > 60


def rng():
    return np.random.default_rng(5)


def by_hand(data, variances):
    """Compute the restricted likelihood and the predictions with whole matrices."""
    u, v, o, s = variances
    kk = data.shock @ data.shock.T
    blocks, design, d = [], [], []
    t = data.d.shape[1]
    for j in range(len(data.units)):
        there = np.flatnonzero(np.isfinite(data.d[j]))
        cov = u + o * kk + np.diag(v + s * np.nan_to_num(data.h[j]) + np.nan_to_num(data.c[j]))
        blocks.append(cov[np.ix_(there, there)])
        design.append(np.eye(t)[there])
        d.append(data.d[j][there])
    from scipy.linalg import block_diag

    cov, x, y = block_diag(*blocks), np.vstack(design), np.concatenate(d)
    inverse = np.linalg.inv(cov)
    cross = x.T @ inverse @ x
    level = np.linalg.solve(cross, x.T @ inverse @ y)
    r = y - x @ level
    height = -0.5 * (np.linalg.slogdet(cov)[1] + np.linalg.slogdet(cross)[1] + r @ inverse @ r)
    p = inverse - inverse @ x @ np.linalg.solve(cross, x.T @ inverse)
    owner = block_diag(*[np.ones((len(b), 1)) for b in blocks])
    return height, u * owner.T @ inverse @ r, u - u**2 * np.diag(owner.T @ p @ owner)


def small_data(schools=9, t=3):
    draw = rng()
    d = draw.normal(size=(schools, t))
    d[2, 1] = d[4, 0] = np.nan
    h, c = draw.uniform(0.01, 0.1, (schools, t)), draw.uniform(0.01, 0.05, (schools, t))
    shock = np.eye(t, t + 1, 1) - 0.9 * np.eye(t, t + 1)
    units = tuple(f"u{i}" for i in range(schools))
    return Differences(units, d, h, c, shock, np.zeros((schools, t, 2)), np.zeros(2))


@pytest.mark.parametrize(
    "variances", [(0.4, 0.2, 0.1, 20.0), (0.0, 0.3, 0.0, 30.0), (1.0, 0.0, 0.5, 5.0)]
)
def test_the_quick_likelihood_is_that_of_whole_matrices(variances):
    data = small_data()
    height, mean, variance = by_hand(data, variances)

    _, solved = next(solve(data, np.array([variances])))
    stable = stable_parts(data, Weighed(np.array([variances]), np.ones(1)))

    assert solved.height[0] == pytest.approx(height, abs=1e-9)
    assert stable.mean[0] == pytest.approx(mean, abs=1e-9)
    assert stable.sd[0] ** 2 == pytest.approx(variance, abs=1e-9)


def test_what_stays_gives_the_same_covariance_at_every_lag():
    data = small_data(schools=4000)
    steady = rng().normal(size=(4000, 1)) + 0.5 * rng().normal(size=(4000, 3))
    made = Differences(data.units, steady, data.h, data.c, data.shock, data.lever, data.lever_se)

    got = lag_covariances(made)

    assert got[1] == pytest.approx(got[2], abs=0.05)


@pytest.mark.parametrize("share", [0.4, 0.5, 0.55])
def test_two_sexes_give_back_half_of_the_decimals(share):
    draw = rng()
    boys, girls = draw.uniform(45, 55, (2, 20_000))
    true = share * boys + (1 - share) * girls
    shares = np.full(len(true), share)

    mean, variance = sharpened_mean(np.round(true), np.round(boys), np.round(girls), shares)

    assert np.mean(mean - true) == pytest.approx(0, abs=0.01)
    assert np.mean((mean - true) ** 2) == pytest.approx(variance.mean(), rel=0.05)
    assert 0.02 < variance.mean() < 0.035


@pytest.mark.parametrize(
    ("boys", "girls", "share"), [(np.nan, 50.0, 0.5), (60.0, 61.0, 0.5), (50.0, 50.0, 1.0)]
)
def test_hidden_or_impossible_sexes_leave_the_printed_mean(boys, girls, share):
    arrays = (np.array([one]) for one in (50.0, boys, girls, share))

    mean, variance = sharpened_mean(*arrays)

    assert (mean[0], variance[0]) == (50.0, pytest.approx(1 / 12))


def test_schools_without_a_pair_are_told_with_the_reason():
    nation = simulate_nation(NationPlan(schools=60), rng())
    figures = nation.figures
    first, second = figures.loc[figures["status"] == "ok", "unit"].unique()[:2]
    figures = figures[(figures["unit"] != second) | (figures["grade"] == "8")]

    made = open_pairs(figures, apart={first})
    reason = made.left_out.set_index("unit")["reason"]

    assert reason[first] == "apart"
    assert reason[second] == "one_grade"
    assert "hidden" in set(reason)
    assert not set(made.pairs["unit"]) & set(reason.index)


@pytest.mark.parametrize("missing", ["subject", "autumn"])
def test_a_pair_has_both_subjects_and_neighbouring_autumns(missing):
    figures = simulate_nation(NationPlan(schools=40), rng()).figures
    if missing == "subject":
        figures = figures[(figures["subject"] == "reading") | (figures["year"] != 2024)]
        exp = {2022}
    else:
        figures = figures[figures["year"] != 2023]
        exp = {2024}

    assert set(open_pairs(figures).autumns) == exp


def test_empty_tables_give_no_fit():
    figures = simulate_nation(NationPlan(schools=40), rng()).figures

    made = open_pairs(figures[figures["grade"] == "8"])

    assert made.pairs.empty
    assert fit_open(made.pairs, SETTINGS) is None
    assert national_gate(None, None, SETTINGS).closed == "no_fit"


def test_within_slope_needs_two_cohorts():
    pairs = open_pairs(simulate_nation(NationPlan(schools=60, pairs=1), rng()).figures).pairs

    assert np.isnan(within_slope(pairs[pairs["subject"] == "reading"], SETTINGS))


@pytest.mark.parametrize(
    ("name", "exp"),
    [
        ("Steinerskolen i Ålvik", True),
        ("Ålvik Montessoriskole", True),
        ("Nordre Internasjonale Skole", True),
        ("Wangen ungdomsskole", False),
        ("Wang Ung Ålvik", True),
        ("Steinsvik skole", False),
        ("Ålvik ungdomsskole", False),
    ],
)
def test_schools_stand_apart_by_words_of_their_name(name, exp, repo):
    words = pd.read_csv(repo.register / "apart_schools.csv")
    none = pd.DataFrame(columns=["level", "category", "status", "unit"])

    got = apart_schools(
        none, {"1": name}, dict(zip(words["word"], words["reason_nb"], strict=True))
    )

    assert bool(got) == exp


@pytest.mark.parametrize("errors", ["same", "others"])
def test_a_steeper_or_flatter_test_error_moves_the_slope_the_right_way(errors):
    pairs = open_pairs(nations(contribution_sd=1.0)[0][0].figures).pairs

    low, high = (fit_open(pairs, Settings(sem=sem), errors=errors) for sem in (2.0, 5.0))

    got = high.slopes["reading"].value - low.slopes["reading"].value
    assert (got > 0.005) == (errors == "same")


def share(unit, grade, year, value, indicator=TAKING_PART, category="", subject="reading", **more):
    usual = {"level": "school", "gender": "", "status": "ok"}
    said = {"unit": unit, "grade": grade, "year": year, "value": value, "category": category}
    return {**usual, **said, "indicator": indicator, "subject": subject, **more}


def test_absence_is_of_the_same_cohort_and_averages_cohorts_and_subjects():
    rows = [
        *(share("a", "8", year, 96.0, subject=s) for year in (2022, 2023) for s in COMPOSITE),
        share("a", "9", 2023, 86.0),
        share("a", "9", 2023, 94.0, subject="numeracy"),
        share("a", "9", 2024, 90.0),
        share("a", "9", 2024, 92.0, subject="numeracy"),
        share("b", "8", 2023, 90.0),
        share("b", "9", 2023, 70.0),  # another cohort than its grade 8
        share("c", "8", 2022, 95.0),
        share("c", "9", 2023, 91.0, status="suppressed"),
    ]

    got = school_flags(pd.DataFrame(rows), SETTINGS).set_index("unit")

    assert list(got.index) == ["a"]
    assert got.loc["a", "absence"] == pytest.approx((10 + 2 + 6 + 4) / 4)
    assert got.loc["a", "flag_absence"]
    assert not got.loc["a", "flag_top"]


def test_highest_level_counts_grade_9_all_pupils_and_the_subject_with_most():
    top = {"indicator": MASTERY, "category": "level_5"}
    rows = [
        share("a", "9", 2023, 20.0, **top),
        share("a", "9", 2024, 22.0, **top),
        share("a", "9", 2024, 30.0, subject="numeracy", **top),
        share("a", "8", 2024, 60.0, **top),
        share("a", "9", 2024, 70.0, subject="english", **top),
        share("a", "9", 2024, 80.0, **{**top, "category": "level_4"}),
        share("b", "9", 2024, 25.0, **top),
        share("b", "9", 2024, 90.0, gender="male", **top),
    ]

    got = school_flags(pd.DataFrame(rows), SETTINGS).set_index("unit")

    assert got["top"].to_dict() == {"a": 30.0, "b": 25.0}
    assert got["flag_top"].to_dict() == {"a": True, "b": False}
    assert got["absence"].isna().all()


def test_trials_leave_out_the_highest_intake_and_the_schools_with_absence():
    nation, fit = nations(contribution_sd=1.0)[0]
    absent = fit.schools["unit"].tolist()[:40]

    table = sensitivity(open_pairs(nation.figures), SETTINGS, fit, absent)

    assert table["assumption"].tolist() == (
        ["base", "one", "within", "sem", "sem", "even", "ceiling", "present"]
    )
    assert (table["correlation"].iloc[-2:] > 0.9).all()
    assert table["correlation"].iloc[-1] < 1
