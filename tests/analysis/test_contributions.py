import itertools

import numpy as np
import pandas as pd
import pytest

from tilstand import simulation
from tilstand.analysis import contributions, robustness
from tilstand.pupils.reading import in_roles
from tilstand.report.chapters.contribution import shown as contribution
from tilstand.value_added.ranking import pairwise_intervals


@pytest.fixture(scope="module")
def shown() -> contribution.Shown:
    plan = simulation.Plan(pupils=8_000, schools=80, cohorts=(1, 2))
    country = simulation.simulate(plan, np.random.default_rng(3))
    file = contribution.EXAMPLE
    truth = country.truth(9, "reading", 2)
    pupils = in_roles(country.pupils, file)
    return contribution.Shown(pupils, file, simulation.HOME, simulated=True, truth=truth)


@pytest.fixture(scope="module")
def fits(shown) -> contributions.Fits:
    return contributions.fit(shown.pupils, shown.file.reliability)


def test_without_a_reliability_nothing_is_corrected(shown):
    got = contributions.fit(shown.pupils, None)

    assert got.main is got.naive


def test_correction_makes_the_slope_steeper(fits):
    assert fits.main.params["prior"] > fits.naive.params["prior"]


def test_our_schools_stand_by_name_and_small_ones_are_left_out(shown, fits):
    got = contributions.our_schools(fits.main, shown.schools)

    assert got["school"].is_monotonic_increasing
    assert got["n"].min() >= contributions.MIN_PUPILS
    assert set(got["school"]) <= set(shown.schools)


@pytest.mark.parametrize(("sizes", "exp"), [((6, 12, 20, 30), "cd"), ((6, 7, 20, 30), "cd")])
def test_school_is_never_left_out_alone(sizes, exp):
    rng = np.random.default_rng(1)
    school = np.repeat(list("abcd"), sizes)
    prior = rng.normal(50, 10, len(school))
    noise = rng.normal(0, 5, len(school))
    pupils = pd.DataFrame({"school": school, "prior": prior, "outcome": prior + noise})

    got = contributions.our_schools(contributions.fit(pupils, None).main, list("abcd"))

    assert "".join(got["school"]) == exp


def test_guide_shows_smallest_middle_and_largest_by_name():
    ours = pd.DataFrame({"school": list("abcde"), "n": [30, 10, 50, 20, 40]})

    got = contributions.guide_schools(ours)

    assert got["school"].tolist() == ["a", "b", "c"]


def test_guide_of_no_schools_is_empty():
    assert contributions.guide_schools(pd.DataFrame({"school": [], "n": []})).empty


def test_flagged_school_has_its_whole_interval_on_one_side(fits):
    table = contributions.bands(fits.main).set_index("school")
    effects = fits.main.school_effects().set_index("school").loc[table.index]

    over, under = table["band"] == "over", table["band"] == "under"

    assert (effects.loc[over, "ci_low"] > 0).all()
    assert (effects.loc[under, "ci_high"] < 0).all()
    assert over.any()


def test_wrong_flags_are_counted_against_the_truth():
    table = pd.DataFrame(
        {
            "school": list("abc"),
            "band": ["over", "under", "around"],
            "error_probability": [0.01, 0.02, 0.4],
        }
    )
    truth = pd.Series({"a": -1.0, "b": -2.0, "c": 3.0})

    got = contributions.count_bands(table, truth)

    assert (got["flags"], got["false"]) == (2.0, 1.0)
    assert got["expected_false"] == pytest.approx(0.03)


def test_wrong_flags_are_unknown_without_a_truth():
    table = pd.DataFrame({"school": ["a"], "band": ["over"], "error_probability": [0.01]})

    assert np.isnan(contributions.count_bands(table)["false"])


def test_municipality_is_the_weighted_average_of_its_schools(shown, fits):
    got = contributions.municipality(fits.main, shown.schools)
    effects = fits.main.school_effects()
    ours = effects[effects["school"].isin(shown.schools)]

    assert got["estimate"] == pytest.approx(
        np.average(ours["expected"], weights=ours["n"]), abs=0.05
    )
    assert got["low"] < got["estimate"] < got["high"]


def test_municipality_alone_has_no_contribution(shown, fits):
    got = contributions.municipality_if(fits.main, shown.schools, wider=False)

    assert np.isnan(list(got.values())).all()


def test_most_intervals_hold_the_truth(shown, fits):
    ours = contributions.our_schools(fits.main, shown.schools)

    assert contributions.intervals_that_hold(ours, shown.truth) >= 0.8 * len(ours)


def test_ranks_are_wide_open(fits):
    got = contributions.rank_width(fits.main)

    assert got["share"] == pytest.approx(100 * got["places"] / got["schools"])
    assert got["share"] > 30


def test_comparisons_count_ours_and_name_none(shown, fits):
    got = contributions.comparisons(fits.main, shown.schools)

    ours = contributions.our_schools(fits.main, shown.schools)
    assert got["compared"] == len(ours)
    assert got["pairs"] == len(ours) * (len(ours) - 1) / 2
    assert got["ranked"] == len(fits.main.schools)
    assert got["sure"] + got["open"] <= len(ours)
    assert 1.38 < got["multiplier"] < 1.7


def test_pairs_told_apart_are_those_whose_intervals_do_not_overlap(fits):
    pairs = pairwise_intervals(fits.main)
    pairs = pairs[pairs["n"] >= contributions.MIN_PUPILS]
    ends = list(zip(pairs["pair_low"], pairs["pair_high"], strict=True))
    apart = sum(a[0] > b[1] or b[0] > a[1] for a, b in itertools.combinations(ends, 2))

    got = contributions.comparisons(fits.main, fits.main.schools)

    assert got["told"] == apart > 0


# -- robustness ----------------------------------------------------------------------------------


def counted(*, exempt: int, absent: int, rest: int = 50) -> pd.DataFrame:
    n = exempt + absent + rest
    return pd.DataFrame(
        {
            "outcome": [np.nan] * (exempt + absent) + [1.0] * rest,
            "prior": [1.0] * n,
            "exempt": [True] * exempt + [False] * (absent + rest),
        }
    )


def test_flow_adds_up():
    got = robustness.flow(counted(exempt=6, absent=7), protect=False).set_index("step")["pupils"]

    assert got["enrolled"] == got.drop("enrolled").sum() == 63


def test_small_reason_of_real_pupils_is_put_together_with_the_others():
    got = robustness.flow(counted(exempt=6, absent=2), protect=True)

    assert dict(zip(got["step"], got["pupils"], strict=True)) == {
        "enrolled": 58,
        "not analysed": 8,
        "analysed": 50,
    }


def test_small_loss_of_real_pupils_cannot_be_derived():
    got = robustness.flow(counted(exempt=0, absent=2), protect=True)

    assert got["step"].tolist() == ["analysed"]


def test_ladder_has_a_step_for_each_model(shown):
    got = robustness.model_ladder(shown.pupils, shown.others, shown.background)

    assert len(got) == 5
    assert np.isnan(got["correlation"].iloc[0])
    assert got["explained"].iloc[1] > 30


def test_treatments_print_no_counts_of_pupils(shown):
    got = robustness.missing_priors(shown.pupils)

    assert "n" not in got
    assert len(got) == 4


def test_lower_reliability_makes_a_steeper_slope(shown):
    got = robustness.reliability_grid(shown.pupils, shown.schools, wider=True)

    assert got["slope"].is_monotonic_increasing
    assert got["correlation"].iloc[0] == pytest.approx(1)


def test_one_cohort_is_not_pooled(shown):
    pooled = robustness.pool(shown.pupils)

    assert pooled is None
    assert np.isnan(robustness.between_cohorts(pooled)["estimate"])


def test_pooled_schools_stand_by_name(shown, fits):
    pooled = robustness.pool(shown.cohorts)

    got = robustness.pooled_schools(pooled, fits.naive, shown.schools)

    assert got["school"].is_monotonic_increasing
    assert (got["n"] > 0).all()


def test_checks_without_an_earlier_cohort_or_score_are_missing(shown, fits):
    got = robustness.checks(fits, shown.pupils.drop(columns="earlier"), shown.pupils.iloc[:0])

    assert np.isnan([got["cohort_slope"], got["placebo"], got["placebo_low"]]).all()
    assert np.isfinite(got["half_slope"])


def test_mixedlm_agrees_at_our_optimum(shown):
    got = robustness.agreement(shown.pupils, shown.others)

    assert got["difference"].abs().max() < 1e-6
