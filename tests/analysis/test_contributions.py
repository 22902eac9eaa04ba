import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from tilstand import simulation
from tilstand.analysis import contributions, robustness
from tilstand.value_added.ranking import pairwise_intervals

LEAST = 10
RELIABILITY = 0.85
NAMES = {
    "reading_9": "outcome",
    "reading_8": "prior",
    "reading_5": "earlier",
    "numeracy_8": "other_1",
    "gender": "background_1",
}


@dataclass(frozen=True)
class Pupils:
    """Hold a simulated country as the chapters' analysis takes it, and what is true of it."""

    cohorts: pd.DataFrame
    schools: list[str]
    truth: pd.Series
    others: tuple[str, ...] = ("other_1",)
    background: tuple[str, ...] = ("background_1",)

    @property
    def pupils(self) -> pd.DataFrame:
        return self.cohorts[self.cohorts["cohort"] == 2]


@pytest.fixture(scope="module")
def shown() -> Pupils:
    plan = simulation.Plan(pupils=8_000, schools=80, cohorts=(1, 2), reliability=RELIABILITY)
    country = simulation.simulate(plan, np.random.default_rng(3))
    pupils = country.pupils.rename(columns=NAMES).rename(columns={"exempt_9": "exempt"})
    ours = pupils.loc[pupils["municipality"] == simulation.HOME, "school"]
    kept = ["school", "cohort", "exempt", "moved", *NAMES.values()]
    return Pupils(pupils[kept], sorted(set(ours)), country.truth(9, "reading", 2))


@pytest.fixture(scope="module")
def fits(shown) -> contributions.Fits:
    return contributions.fit(shown.pupils, RELIABILITY)


def test_without_a_reliability_nothing_is_corrected(shown):
    got = contributions.fit(shown.pupils, None)

    assert got.main is got.naive


def test_correction_makes_the_slope_steeper(fits):
    assert fits.main.params["prior"] > fits.naive.params["prior"]


def test_our_schools_stand_by_name_and_small_ones_are_left_out(shown, fits):
    got = contributions.our_schools(fits.main, shown.schools, LEAST)

    assert got["school"].is_monotonic_increasing
    assert got["n"].min() >= LEAST
    assert set(got["school"]) <= set(shown.schools)


@pytest.mark.parametrize(("sizes", "exp"), [((6, 12, 20, 30), "cd"), ((6, 7, 20, 30), "cd")])
def test_school_is_never_left_out_alone(sizes, exp):
    rng = np.random.default_rng(1)
    school = np.repeat(list("abcd"), sizes)
    prior = rng.normal(50, 10, len(school))
    noise = rng.normal(0, 5, len(school))
    pupils = pd.DataFrame({"school": school, "prior": prior, "outcome": prior + noise})

    got = contributions.our_schools(contributions.fit(pupils, None).main, list("abcd"), LEAST)

    assert "".join(got["school"]) == exp


def test_guide_shows_smallest_middle_and_largest_by_name():
    ours = pd.DataFrame({"school": list("abcde"), "n": [30, 10, 50, 20, 40]})

    got = contributions.guide_schools(ours)

    assert got["school"].tolist() == ["a", "b", "c"]


def test_guide_of_no_schools_is_empty():
    assert contributions.guide_schools(pd.DataFrame({"school": [], "n": []})).empty


def test_flagged_school_has_its_whole_interval_on_one_side(fits):
    table = contributions.bands(fits.main, LEAST).set_index("school")
    effects = fits.main.school_effects().set_index("school").loc[table.index]

    over, under = table["band"] == "over", table["band"] == "under"

    assert (effects.loc[over, "ci_low"] > 0).all()
    assert (effects.loc[under, "ci_high"] < 0).all()
    assert over.any()


def test_flags_and_those_expected_to_be_wrong_are_counted():
    table = pd.DataFrame(
        {
            "school": list("abc"),
            "band": ["over", "under", "around"],
            "error_probability": [0.01, 0.02, 0.4],
        }
    )

    got = contributions.count_bands(table)

    assert (got["flags"], got["over"], got["under"]) == (2.0, 1.0, 1.0)
    assert got["expected_false"] == pytest.approx(0.03)


@pytest.mark.parametrize("least", [15, 60])
def test_least_number_of_pupils_is_the_editions_own(shown, fits, least):
    ours = contributions.our_schools(fits.main, shown.schools, least)
    told = contributions.bands(fits.main, least).set_index("school")["band"]
    sizes = fits.main.school_effects().set_index("school")["n"]

    assert ours["n"].min() >= least
    assert set(told[sizes < least]) <= {"too few"}
    assert contributions.comparisons(fits.main, shown.schools, least)["compared"] <= len(
        sizes[sizes >= least]
    )


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
    ours = contributions.our_schools(fits.main, shown.schools, LEAST)

    true = shown.truth.reindex(ours["school"]).to_numpy() - shown.truth.mean()
    held = (ours["ci_low"] <= true) & (true <= ours["ci_high"])

    assert held.sum() >= 0.8 * len(ours)


def test_ranks_are_wide_open(fits):
    got = contributions.rank_width(fits.main)

    assert got["share"] == pytest.approx(100 * got["places"] / got["schools"])
    assert got["share"] > 30


def test_comparisons_count_ours_and_name_none(shown, fits):
    got = contributions.comparisons(fits.main, shown.schools, LEAST)

    ours = contributions.our_schools(fits.main, shown.schools, LEAST)
    assert got["compared"] == len(ours)
    assert got["pairs"] == len(ours) * (len(ours) - 1) / 2
    assert got["ranked"] == len(fits.main.schools)
    assert got["sure"] + got["open"] <= len(ours)
    assert 1.38 < got["multiplier"] < 1.7


def test_pairs_told_apart_are_those_whose_intervals_do_not_overlap(fits):
    pairs = pairwise_intervals(fits.main)
    pairs = pairs[pairs["n"] >= LEAST]
    ends = list(zip(pairs["pair_low"], pairs["pair_high"], strict=True))
    apart = sum(a[0] > b[1] or b[0] > a[1] for a, b in itertools.combinations(ends, 2))

    got = contributions.comparisons(fits.main, fits.main.schools, LEAST)

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
    got = robustness.flow(counted(exempt=6, absent=7), 1).set_index("step")["pupils"]

    assert got["enrolled"] == got.drop("enrolled").sum() == 63


def test_small_reason_of_real_pupils_is_put_together_with_the_others():
    got = robustness.flow(counted(exempt=6, absent=2), 5)

    assert dict(zip(got["step"], got["pupils"], strict=True)) == {
        "enrolled": 58,
        "not analysed": 8,
        "analysed": 50,
    }


def test_small_loss_of_real_pupils_cannot_be_derived():
    got = robustness.flow(counted(exempt=0, absent=2), 5)

    assert got["step"].tolist() == ["analysed"]


def test_ladder_has_a_step_for_each_model(shown):
    got = robustness.model_ladder(shown.pupils, shown.others, shown.background, LEAST)

    assert len(got) == 5
    assert np.isnan(got["correlation"].iloc[0])
    assert got["explained"].iloc[1] > 30


def test_treatments_print_no_counts_of_pupils(shown):
    got = robustness.missing_priors(shown.pupils)

    assert "n" not in got
    assert len(got) == 4


def test_lower_reliability_makes_a_steeper_slope(shown):
    got = robustness.reliability_grid(shown.pupils, shown.schools, LEAST, wider=True)

    assert got["slope"].is_monotonic_increasing
    assert got["correlation"].iloc[0] == pytest.approx(1)


def test_one_cohort_is_not_pooled(shown):
    pooled = robustness.pool(shown.pupils)

    assert pooled is None
    assert np.isnan(robustness.between_cohorts(pooled)["estimate"])


def test_pooled_schools_stand_by_name(shown, fits):
    pooled = robustness.pool(shown.cohorts)

    got = robustness.pooled_schools(pooled, fits.naive, shown.schools, LEAST)

    assert got["school"].is_monotonic_increasing
    assert (got["n"] > 0).all()


def test_checks_without_an_earlier_cohort_or_score_are_missing(shown, fits):
    got = robustness.checks(fits, shown.pupils.drop(columns="earlier"), shown.pupils.iloc[:0])

    assert np.isnan([got["cohort_slope"], got["placebo"], got["placebo_low"]]).all()
    assert np.isfinite(got["half_slope"])


def test_mixedlm_agrees_at_our_optimum(shown):
    got = robustness.agreement(shown.pupils, shown.others)

    assert got["difference"].abs().max() < 1e-6
