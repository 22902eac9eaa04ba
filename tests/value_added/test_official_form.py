"""The official form of the indicator, kept among the benchmarks."""

import tomllib

import numpy as np
import pytest

from tilstand.simulation import HOME, Plan, simulate
from tilstand.value_added import ValueAddedError
from tilstand.value_added.ranking import draw_effects


@pytest.fixture(scope="module")
def form(benchmark):
    return benchmark("official_form")


@pytest.fixture(scope="module")
def stage(form):
    return form.Stage("8-10", "reading_9", "reading_8", "school")


@pytest.fixture(scope="module")
def country():
    plan = Plan(pupils=12_000, schools=120, cohorts=(2019, 2020), intake_correlation=0.0)
    return simulate(plan, np.random.default_rng(11))


@pytest.fixture(scope="module")
def pupils(country):
    return country.pupils


def test_configuration_gives_the_stage_of_the_year(form):
    stages = form.read_stages(
        [
            {"name": "5-7", "outcome": "old", "predictors": "p", "school": "s", "last": 2018},
            {
                "name": "5-7",
                "outcome": "new",
                "predictors": "p",
                "school": "s",
                "first": 2019,
                "without": [2021],
            },
        ]
    )
    assert form.stage_in(stages, "5-7", 2018).outcome == "old"
    assert form.stage_in(stages, "5-7", 2022).outcome == "new"
    assert form.stage_in(stages, "5-7", 2021) is None


@pytest.mark.parametrize(
    "entry", [{"name": "1-4"}, {"name": "1-4", "outcome": "a", "predictors": "b", "scool": "c"}]
)
def test_faulty_configuration_is_refused(entry, form):
    with pytest.raises(ValueAddedError, match="stage 1"):
        form.read_stages([entry])


def test_unknown_stage_is_refused(form, stage):
    with pytest.raises(ValueAddedError, match="no such stage"):
        form.stage_in([stage], "1-2", 2020)


def test_a_test_of_eighth_grade_is_owed_to_the_feeder_school(pupils, form):
    stage = form.Stage("5-7", "reading_8", "reading_5", "feeder_school")
    got = form.official_form(pupils, stage, np.random.default_rng(1))
    assert got.schools["school"].str.startswith("B").all()
    assert "feeder_school" in got.estimand


def test_own_reference_is_centred_on_its_pupils(pupils, form, stage):
    got = form.official_form(pupils, stage, np.random.default_rng(1)).schools
    for column in ("unshrunk", "estimate"):
        assert abs(np.average(got[column], weights=got["n"])) < 1e-9


def test_municipalities_are_the_average_of_their_schools(pupils, form, stage):
    got = form.official_form(pupils, stage, np.random.default_rng(1), municipality="municipality")
    home = got.schools[got.schools["municipality"] == HOME]
    row = got.municipalities.set_index("municipality").loc[HOME]
    np.testing.assert_allclose(row["estimate"], np.average(home["estimate"], weights=home["n"]))
    np.testing.assert_allclose(row["unshrunk"], np.average(home["unshrunk"], weights=home["n"]))
    assert row["se"] < home["se"].mean()


def test_a_municipality_is_its_schools_average_in_every_draw(pupils, form, stage):
    got = form.official_form(pupils, stage, np.random.default_rng(1), municipality="municipality")
    # The interval is of the draws' average, so what schools share does not average out.
    draws = draw_effects(got.results, 4000, np.random.default_rng(1))
    n = got.schools["n"].to_numpy()
    draws = draws - (draws @ n / n.sum())[:, None]
    home = (got.schools["municipality"] == HOME).to_numpy()
    average = draws[:, home] @ n[home] / n[home].sum()
    row = got.municipalities.set_index("municipality").loc[HOME]
    exp = [average.mean(), average.std(ddof=1), *np.quantile(average, [0.025, 0.975])]
    np.testing.assert_allclose(row[["estimate", "se", "ci_low", "ci_high"]].astype(float), exp)


def test_everyones_own_average_is_zero_without_any_doubt(pupils, form, stage):
    # The average of all schools is what zero means: independent intervals would leave a doubt.
    whole = form.official_form(pupils, stage, np.random.default_rng(1)).municipalities
    numbers = whole[["unshrunk", "estimate", "se", "ci_low", "ci_high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(numbers, 0, atol=1e-9)


def test_a_references_line_is_common_to_the_schools(pupils, form, stage):
    some = pupils[pupils["school"].isin(sorted(pupils["school"].unique())[:8])]
    line = form.NationalReference(50, {"reading_8": 50}, {"reading_8": 0.8}, name="country")
    got = form.official_form(some, stage, np.random.default_rng(1), reference=line)
    gap = (some["reading_9"] - line.expected(some)).dropna()
    row = got.municipalities.iloc[0]
    np.testing.assert_allclose(row["unshrunk"], gap.mean(), atol=0.2)
    n = got.schools["n"].to_numpy()
    alone = np.sqrt(((n / n.sum()) ** 2) @ got.schools["se"].to_numpy() ** 2)
    assert row["se"] != pytest.approx(alone, rel=0.02)
    assert row["ci_low"] < gap.mean() < row["ci_high"]
    assert "the country's line" in got.estimand


def test_a_configuration_of_two_years_gives_two_indicators(country, form):
    configuration = tomllib.loads("""
        [[stage]]
        name = "5-7"
        outcome = "reading_8"
        predictors = "reading_5"
        school = "feeder_school"
        last = 2019
        [[stage]]
        name = "5-7"
        outcome = "reading_8"
        predictors = "reading_5 + C(gender)"
        school = "feeder_school"
        first = 2020
    """)
    stages = form.read_stages(configuration["stage"])
    used = []
    for year in (2019, 2020):
        stage = form.stage_in(stages, "5-7", year)
        cohort = country.pupils[country.pupils["cohort"] == year]
        got = form.official_form(cohort, stage, np.random.default_rng(1))
        used.append(got.results.names)
        feeders = cohort.dropna(subset=["reading_8", "reading_5", "feeder_school"])
        exp = feeders.groupby("feeder_school").size()
        np.testing.assert_array_equal(got.schools.set_index("school")["n"], exp)
    assert [len(names) for names in used] == [2, 3]


def test_national_reference_moves_the_origin(pupils, form, stage):
    slope = {"reading_8": 0.8}
    rng = np.random.default_rng
    low = form.NationalReference(50, {"reading_8": 50}, slope)
    high = form.NationalReference(53, {"reading_8": 50}, slope)
    a = form.official_form(pupils, stage, rng(1), reference=low).schools
    b = form.official_form(pupils, stage, rng(1), reference=high).schools
    np.testing.assert_allclose(a["estimate"] - b["estimate"], 3, atol=1e-8)
    np.testing.assert_allclose(a["unshrunk"] - b["unshrunk"], 3, atol=1e-8)


def test_reference_with_a_slope_and_no_mean_is_refused(pupils, form, stage):
    reference = form.NationalReference(50, {}, {"reading_8": 0.8})
    with pytest.raises(ValueAddedError, match="mean and a slope"):
        form.official_form(pupils, stage, np.random.default_rng(1), reference=reference)
