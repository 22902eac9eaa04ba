"""The simulated country is what its plan says."""

import numpy as np
import pandas as pd
import pytest

from tilstand.simulation import HOME, Plan, simulate, simulate_file

PLAN = Plan(pupils=30_000, schools=300, cohorts=(2019, 2020))


@pytest.fixture(scope="module")
def country():
    return simulate(PLAN, np.random.default_rng(1))


def test_same_seed_gives_the_same_country():
    plan = Plan(pupils=500, schools=10)
    first = simulate(plan, np.random.default_rng(2)).pupils
    pd.testing.assert_frame_equal(first, simulate(plan, np.random.default_rng(2)).pupils)


def test_sizes_are_as_planned(country):
    assert len(country.pupils) == 30_000
    assert country.pupils["school"].nunique() == 300
    assert set(country.pupils["cohort"]) == {2019, 2020}
    home = country.pupils[country.pupils["municipality"] == HOME]
    assert home["school"].nunique() == 17


def test_every_pupil_is_marked_as_simulated(country):
    assert country.pupils["simulated"].all()


def test_scores_are_whole_points_around_fifty_with_sd_ten(country):
    scores = country.pupils["reading_8"].dropna()
    assert (scores == scores.round()).all()
    assert abs(scores.mean() - 50) < 2
    assert 8 < scores.std() < 13


def test_subjects_go_together_at_every_grade(country):
    for grade in (5, 8, 9):
        r = country.ability[f"reading_{grade}"].corr(country.ability[f"numeracy_{grade}"])
        assert 0.45 < r < 0.85


def test_truth_is_looked_up_by_test_and_cohort(country):
    both = country.truth(9, "reading")
    one = country.truth(9, "reading", 2019)
    other = country.truth(9, "reading", 2020)
    np.testing.assert_allclose(both, (one + other) / 2)
    assert len(one) == 300
    assert country.truth(8, "english").index[0].startswith("B")


def test_ninth_grade_has_no_english(country):
    assert "english_8" in country.pupils
    assert "english_9" not in country.pupils


def test_contributions_have_the_planned_share_and_correlations(country):
    truth = country.contributions
    nine = truth[truth["grade"] == 9]
    sd = 9 * PLAN.growth_sd * np.sqrt(0.06 / 0.94)
    np.testing.assert_allclose(nine["contribution"].std(), sd, rtol=0.1)
    by_cohort = nine.pivot_table(
        index="school", columns=["subject", "cohort"], values="contribution"
    ).corr()
    same_subject = by_cohort.loc[("reading", 2019), ("reading", 2020)]
    same_cohort = by_cohort.loc[("reading", 2019), ("numeracy", 2019)]
    assert abs(same_subject - 0.7) < 0.12
    assert abs(same_cohort - 0.7 * 0.8) < 0.15


def test_tests_have_the_planned_reliability(country):
    shown = country.pupils["numeracy_8"]
    r = np.corrcoef(shown[shown.notna()], country.ability.loc[shown.notna(), "numeracy_8"])[0, 1]
    assert abs(r**2 - 0.85) < 0.02


def test_exempt_pupils_have_no_score_and_movers_no_prior(country):
    pupils = country.pupils
    assert pupils.loc[pupils["exempt_8"], "reading_8"].isna().all()
    assert pupils.loc[pupils["moved"], "reading_5"].isna().all()
    assert 0.03 < pupils["exempt_8"].mean() < 0.05
    special = pupils.groupby("special_education")["exempt_8"].mean()
    assert special[True] > 3 * special[False]


def test_intake_and_contribution_go_together_when_planned():
    plan = Plan(pupils=60_000, schools=600, intake_correlation=0.6, cohort_correlation=1.0)
    country = simulate(plan, np.random.default_rng(3))
    truth = country.contributions.query("grade == 9 and subject == 'reading'")
    intake = country.ability["reading_5"].groupby(country.pupils["school"]).mean()
    r = np.corrcoef(truth.set_index("school")["contribution"].reindex(intake.index), intake)[0, 1]
    assert 0.35 < r < 0.75


def test_most_pupils_of_a_primary_go_on_to_one_school(country):
    pairs = country.pupils.groupby(["feeder_school", "school"]).size()
    largest = pairs.groupby("feeder_school").max().sum() / pairs.sum()
    assert 0.85 < largest < 0.99


def test_home_is_a_municipality_of_strong_intake(country):
    by_home = country.ability["reading_5"].groupby(country.pupils["municipality"] == HOME).mean()
    assert by_home[True] > by_home[False]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_files_hold_pupils_and_truth(tmp_path, ending):
    pupils, truth = simulate_file(400, 8, 1, tmp_path / f"land.{ending}")
    assert pupils.name == f"land.{ending}"
    assert len(pd.read_csv(truth)) == (14 + 14) * 3 + 8 * 2
    assert pupils.is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schools": 1}, "schools"),
        ({"pupils": 5}, "pupils"),
        ({"reliability": 0.0}, "reliability"),
        ({"intake_correlation": 2.0}, "intake_correlation"),
    ],
)
def test_impossible_plans_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Plan(**{"pupils": 100, "schools": 10, **change})


def test_unknown_file_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match="neither"):
        simulate_file(100, 4, 1, tmp_path / "land.txt")
