from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from tilstand import simulation
from tilstand.analysis import contributions, robustness

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


def test_guide_shows_smallest_middle_and_largest_by_name():
    ours = pd.DataFrame({"school": list("abcde"), "n": [30, 10, 50, 20, 40]})

    got = contributions.guide_schools(ours)

    assert got["school"].tolist() == ["a", "b", "c"]


def test_guide_of_no_schools_is_empty():
    assert contributions.guide_schools(pd.DataFrame({"school": [], "n": []})).empty


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


# -- robustness ----------------------------------------------------------------------------------


def test_ladder_has_a_step_for_each_model(shown):
    got = robustness.model_ladder(shown.pupils, shown.others, shown.background, LEAST)

    assert len(got) == 5
    assert np.isnan(got["correlation"].iloc[0])
    assert got["explained"].iloc[1] > 30


def test_treatments_print_no_counts_of_pupils(shown):
    got = robustness.missing_priors(shown.pupils)

    assert "n" not in got
    assert len(got) == 4


def test_checks_without_an_earlier_cohort_or_score_are_missing(shown, fits):
    got = robustness.checks(fits, shown.pupils.drop(columns="earlier"), shown.pupils.iloc[:0])

    assert np.isnan([got["cohort_slope"], got["placebo"], got["placebo_low"]]).all()
    assert np.isfinite(got["half_slope"])


def test_mixedlm_agrees_at_our_optimum(shown):
    got = robustness.agreement(shown.pupils, shown.others)

    assert got["difference"].abs().max() < 1e-6
