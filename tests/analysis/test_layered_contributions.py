"""Hold what pages show of contributions over cohorts: one model, one number, on every page."""

import numpy as np
import pandas as pd
import pytest

from tilstand import simulation
from tilstand.analysis import layered_contributions as layered
from tilstand.analysis import layered_hidden, layered_summaries, robustness
from tilstand.analysis.contributions import count_bands
from tilstand.analysis.school_contributions import all_contributions
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import PupilFile
from tilstand.pupils.contribution import contribution_of
from tilstand.pupils.frames import pairs_everywhere
from tilstand.pupils.reading import in_roles
from tilstand.value_added.command import run
from tilstand.value_added.doubts import quietly

LEAST = 10
RELIABILITY = 0.85
HOME = simulation.HOME
FILE = PupilFile(
    "elever.csv",
    "reading_9",
    "reading_8",
    "school",
    subject="reading",
    grade="9",
    prior_grade="8",
    cohort="autumn",
    municipality="municipality",
    own=HOME,
    reliability=RELIABILITY,
)
RULES = DisclosureRules(min_n=LEAST)


@pytest.fixture(scope="module")
def country():
    plan = simulation.Plan(pupils=2_400, schools=26, cohorts=(1, 2, 3), reliability=RELIABILITY)
    return simulation.simulate(plan, np.random.default_rng(3))


@pytest.fixture(scope="module")
def rows(country) -> pd.DataFrame:
    """Pupils under the names of the municipality's own file."""
    pupils = country.pupils
    kept = ["municipality", "school", "cohort", "reading_8", "reading_9"]
    return pupils[kept].assign(autumn=2017 + pupils["cohort"]).drop(columns="cohort")


@pytest.fixture(scope="module")
def pupils(rows) -> pd.DataFrame:
    return in_roles(rows, FILE)


@pytest.fixture(scope="module")
def fits(pupils) -> layered.LayeredFits:
    return layered.fit_cohorts(pupils, RELIABILITY)


@pytest.fixture(scope="module")
def ours(pupils) -> list[str]:
    return sorted(set(pupils.loc[pupils["home"], "school"]))


@pytest.fixture(scope="module")
def chapter(pupils):
    return contribution_of(pupils, FILE, RULES)


@pytest.fixture(scope="module")
def pages(pupils) -> pd.DataFrame:
    return all_contributions(pairs_everywhere(pupils, FILE, 2020), RELIABILITY, LEAST)


@pytest.fixture(scope="module")
def command(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    rows.to_csv(folder / "elever.csv", index=False)
    with quietly():
        run(
            folder / "elever.csv",
            "reading_9 ~ reading_8",
            "school",
            folder / "out",
            prior="reading_8",
            prior_reliability=RELIABILITY,
            cohort="autumn",
            municipality="municipality",
            min_n=LEAST,
        )
    return {path.stem: pd.read_csv(path) for path in (folder / "out").glob("*.csv")}


# -- one number on every page --------------------------------------------------------------------

PAGE = {
    "estimate": "mean_observed",
    "low": "mean_observed_low",
    "high": "mean_observed_high",
    "newest": "newest",
    "newest_low": "newest_low",
    "newest_high": "newest_high",
}
CHAPTER = {"ci_low": "low", "ci_high": "high"}


def same(got, exp):
    """Two roads to a number may differ by what floating point does, and by no more."""
    np.testing.assert_allclose(got.to_numpy(dtype=float), exp.to_numpy(dtype=float), atol=2e-6)


def of(command, ours):
    table = command["schools"]
    home = table[(table["municipality"] == HOME) & table["school"].isin(ours)]
    return home.set_index("school").sort_index()


@pytest.mark.parametrize("name", PAGE)
def test_school_page_and_command_give_the_same_numbers(pages, command, name):
    shown = pages.set_index("school")

    same(shown[name], of(command, shown.index)[PAGE[name]])


@pytest.mark.parametrize("name", [*PAGE, "n", "cohorts"])
def test_school_page_and_results_page_give_the_same_numbers(pages, chapter, name):
    of_chapter = chapter.ours.rename(columns=CHAPTER).set_index("school")[name]
    shown = pages.set_index("school")[name]

    assert list(shown.index) == list(of_chapter.index)
    # The results page may print fewer decimals, never another number.
    np.testing.assert_allclose(of_chapter.astype(float), shown.astype(float), atol=0.0501)


def test_command_and_results_page_give_the_same_cohorts_changes_and_bands(chapter, command):
    cohorts = chapter.cohorts.set_index(["school", "cohort"])
    table = command["cohorts"]
    exp = table[table["municipality"] == HOME].set_index(
        ["school", "autumn" if "autumn" in table else "cohort"]
    )
    changes = command["changes"].set_index("school").loc[chapter.turned["school"]]

    np.testing.assert_allclose(cohorts["estimate"], exp.loc[cohorts.index, "expected"], atol=0.0501)
    np.testing.assert_allclose(chapter.turned["change"], changes["change"], atol=0.0501)
    assert chapter.turned["turned"].tolist() == changes["turned"].tolist()
    bands = of(command, chapter.ours["school"])["band"].value_counts()
    assert [chapter.counts[k] for k in ("over", "under")] == [
        bands.get(k, 0) for k in ("over", "under")
    ]


def test_municipality_is_that_of_the_command(chapter, command):
    exp = command["municipalities"].set_index("municipality").loc[HOME]

    for name, of_command in (("estimate", "mean"), ("low", "low"), ("high", "high")):
        assert chapter.average[name] == pytest.approx(exp[of_command], abs=0.0501)


# -- what is shown -------------------------------------------------------------------------------


def test_our_schools_stand_by_name_and_small_ones_are_left_out(fits, ours):
    hidden = layered_hidden.hidden_schools(fits.main, ours, LEAST)
    got = layered.school_rows(fits.main, set(ours) - hidden)

    assert got["school"].is_monotonic_increasing
    assert set(got["school"]) == set(ours) - hidden
    cohorts = layered.cohort_rows(fits.main, got["school"])
    assert cohorts["n"].min() >= LEAST
    assert set(cohorts["school"]) == set(got["school"])


@pytest.mark.parametrize(
    ("sizes", "also", "exp"),
    [
        ((6, 12, 20, 30), (), "ab"),
        ((6, 7, 20, 30), (), "ab"),
        ((12, 13, 20, 30), (), ""),
        ((12, 13, 20, 30), ("d",), "ad"),
        ((6, 13, 20, 30), ("d",), "ad"),
    ],
)
def test_school_is_never_left_out_alone(sizes, also, exp):
    rng = np.random.default_rng(1)
    school = np.repeat(list("abcd"), sizes)
    prior = rng.normal(50, 10, len(school))
    pupils = pd.DataFrame({"school": school, "prior": prior, "cohort": 2020})
    fits = layered.fit_cohorts(pupils.assign(outcome=prior + rng.normal(0, 5, len(school))), None)

    assert (
        "".join(sorted(layered_hidden.hidden_schools(fits.main, list("abcd"), LEAST, also))) == exp
    )


def test_without_a_reliability_nothing_is_corrected(pupils):
    got = layered.fit_cohorts(pupils, None)

    assert got.main is got.naive
    assert layered.naive_beside(got, got.main.schools).empty


def test_correction_makes_the_slope_steeper(fits):
    assert fits.main.params["prior"] > fits.naive.params["prior"]


def test_flagged_school_has_its_whole_interval_on_one_side(fits):
    table = layered.band_rows(fits.main).set_index("school")
    effects = layered.school_rows(fits.main, table.index).set_index("school").loc[table.index]
    over, under = table["band"] == "over", table["band"] == "under"

    assert (effects.loc[over, "ci_low"] > 0).all()
    assert (effects.loc[under, "ci_high"] < 0).all()
    assert over.any()
    around = effects[~over & ~under]
    assert ((around["ci_low"] <= 0) & (around["ci_high"] >= 0)).all()


def test_hidden_school_has_no_band_and_is_no_flag(fits):
    flagged = layered.band_rows(fits.main).query("band == 'over'")["school"].iloc[0]
    before = count_bands(layered.band_rows(fits.main))
    after = count_bands(layered.band_rows(fits.main, [flagged]))

    assert after["flags"] == before["flags"] - 1
    assert after["too_few"] == 1


def test_municipality_that_is_no_level_has_no_contribution(pupils):
    alone = layered.fit_cohorts(pupils[pupils["home"]], None)

    assert np.isnan(list(layered_summaries.municipality_average(alone.main, HOME).values())).all()


def test_most_intervals_hold_the_truth(country, fits):
    got = layered.school_rows(fits.main, fits.main.schools).set_index("school")
    truth = sum(country.truth(9, "reading", cohort) for cohort in (1, 2, 3)) / 3
    true = truth.reindex(got.index) - truth.mean()

    assert ((got["ci_low"] <= true) & (true <= got["ci_high"])).mean() >= 0.85


def test_schools_of_one_name_in_two_municipalities_are_two(pupils, ours):
    home = pupils["home"]
    other = pupils.loc[~home, "school"].iloc[0]
    named = pupils.assign(school=pupils["school"].where(pupils["school"] != other, ours[0]))
    exp = layered.fit_cohorts(pupils, None)
    got = layered.fit_cohorts(named, None)

    assert len(got.main.schools) == len(exp.main.schools)
    same(
        layered.school_rows(got.main, ours)["estimate"],
        layered.school_rows(exp.main, ours)["estimate"],
    )


def test_places_count_ours_and_name_none(fits, ours):
    everyone, got = layered_summaries.places(fits.main, ours)

    assert everyone["share"] == pytest.approx(100 * everyone["places"] / everyone["schools"])
    assert got["compared"] == len(ours)
    assert got["pairs"] == len(ours) * (len(ours) - 1) / 2
    assert got["sure"] + got["open"] <= len(ours)
    assert 0 <= got["told"] <= got["pairs"]


def test_like_schools_are_ten_and_the_rule_is_printed(fits, ours):
    got, rule = layered.like_rows(fits, ours)

    assert (got["like"] == 10).all()
    assert got["school"].tolist() == ours
    assert ((got["low"] < got["difference"]) & (got["difference"] < got["high"])).all()
    assert "spread of prior" in rule


def test_few_schools_have_none_that_are_like(pupils, ours):
    few = pupils[pupils["school"].isin(ours[:4])]
    got, rule = layered.like_rows(layered.fit_cohorts(few, None), ours)

    assert got.empty
    assert rule == ""


def test_intake_names_ours_alone(fits, ours):
    got = layered.intake_rows(fits, ours, LEAST)

    assert [name for name in got["school"] if name] == ours
    assert len(got) > len(ours)
    assert got.loc[got["school"] == "", "intake"].is_monotonic_increasing


def test_one_cohort_has_no_change_and_nothing_stays(pupils, ours):
    fits = layered.fit_cohorts(pupils[pupils["cohort"] == 2020], RELIABILITY)

    assert layered.turned_rows(fits.main, ours).empty
    assert layered.staying_rows(fits.main, ours).empty
    assert np.isnan(layered_summaries.between_cohorts(fits.main)["estimate"])
    assert np.isnan(layered_summaries.change_numbers(pd.DataFrame(), 5)["tested"])
    assert layered.school_rows(fits.main, ours)["stable"].isna().all()


def test_two_cohorts_cannot_tell_drift(pupils, ours):
    fits = layered.fit_cohorts(pupils[pupils["cohort"] >= 2019], RELIABILITY)
    got = layered.staying_rows(fits.main, ours)

    assert got["drifting"].isna().all()
    assert got["estimate"].notna().all()


def test_school_that_jumped_is_named_and_counted(pupils, ours):
    lifted = (pupils["school"] == ours[1]) & (pupils["cohort"] == pupils["cohort"].max())
    jumped = pupils.assign(outcome=pupils["outcome"] + 12.0 * lifted)
    got = layered.turned_rows(layered.fit_cohorts(jumped, RELIABILITY).main, ours)

    assert got.loc[got["turned"], "school"].tolist() == [ours[1]]
    assert layered_summaries.change_numbers(got, len(ours))["turned"] == 1


def test_lower_reliability_makes_a_steeper_slope(fits, ours):
    got = robustness.reliability_grid(fits, ours, [], HOME)

    assert got["slope"].is_monotonic_increasing
    assert got["correlation"].iloc[0] == pytest.approx(1)


def test_spread_lies_in_its_interval(fits):
    got = layered_summaries.spread_between(fits.main)

    assert got["school_sd_low"] < got["school_sd"] < got["school_sd_high"]


def test_zero_is_the_average_school_of_the_whole_file(pages):
    assert pages["wider"].all()
