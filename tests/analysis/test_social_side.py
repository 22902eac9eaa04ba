"""Hold wellbeing and bullying to what they say: sex and grade out, hidden answers nowhere."""

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.social_side import BULLIED, DECIMALS, WELLBEING, social_rows
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.allowed import open_answers
from tilstand.pupils.protection.protect import protect

SCHOOLS = ("Berg", "Li", "Mo", "Nes", "Vik", "Å")
LEAST = 10


def answers(seed=1, per_cell=45, girls=None, lift=None, grades=(7, 10)):
    """Draw answers of two years: girls answer half a point lower, grade 10 a quarter lower."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([SCHOOLS, grades, (2019, 2020), range(per_cell)])
    rows = index.to_frame(index=False, name=["school", "grade", "year", "answer"])
    share = rows["school"].map(girls or dict.fromkeys(SCHOOLS, 0.5))
    girl = rng.random(len(rows)) < share
    value = 4 - 0.5 * girl - 0.25 * (rows["grade"] == 10) + 0.6 * rng.standard_normal(len(rows))
    value += rows["school"].map(lift or dict.fromkeys(SCHOOLS, 0.0))
    rows = rows.assign(gender=np.where(girl, "female", "male"), value=value)
    bullied = rng.random(len(rows)) < 0.15
    return PupilData(
        answers=rows.assign(index="survey_wellbeing"), bullying=rows.assign(bullied=bullied)
    )


def every(grades=(7, 10), but=()):
    groups = frozenset((str(grade), s) for grade in grades for s in SCHOOLS) - set(but)
    return {WELLBEING: groups, BULLIED: groups}


def of(rows, outcome=WELLBEING):
    return rows[rows["outcome"] == outcome].set_index("school")


def test_a_school_of_girls_is_no_school_that_is_unwell():
    girls = dict.fromkeys(SCHOOLS, 0.5) | {"Mo": 0.95}
    data = answers(per_cell=150, girls=girls)
    raw = data.answers.groupby("school")["value"].mean()
    assert raw["Mo"] < raw.drop("Mo").min() - 0.1
    got = of(social_rows(data, every(), LEAST))
    assert abs(got.loc["Mo", "estimate"]) < 0.06


def test_a_school_with_one_grade_is_held_against_that_grade():
    data = answers(per_cell=150)
    gone = (data.answers["school"] == "Nes") & (data.answers["grade"] == 7)
    got = of(social_rows(PupilData(answers=data.answers[~gone]), every(), LEAST))
    assert abs(got.loc["Nes", "estimate"]) < 0.08
    assert got.loc["Nes", "n"] == 300


@pytest.mark.parametrize("lift", [-0.4, 0.3])
def test_a_school_that_differs_is_told(lift):
    got = of(social_rows(answers(lift=dict.fromkeys(SCHOOLS, 0.0) | {"Li": lift}), every(), LEAST))
    one = got.loc["Li"]
    assert np.sign(one["ci_low"]) == np.sign(one["ci_high"]) == np.sign(lift)
    assert abs(one["estimate"]) > got["estimate"].drop("Li").abs().max()


@pytest.mark.parametrize("hidden", [("7", "Vik"), ("10", "Berg")])
def test_hidden_answers_tell_of_themselves_nowhere(hidden):
    shown = every(but=[hidden])
    first, second = answers(), answers()
    at = (second.answers["school"] == hidden[1]) & (second.answers["grade"] == int(hidden[0]))
    second.answers.loc[at, "value"] = 1.0
    second.answers.loc[at, "gender"] = "male"
    second.bullying.loc[at.to_numpy(), "bullied"] = True
    pd.testing.assert_frame_equal(
        social_rows(first, shown, LEAST), social_rows(second, shown, LEAST)
    )


def test_single_years_do_not_matter_only_all_together():
    """A year may be hidden where all years together are shown."""
    first, second = answers(), answers()
    second.answers["year"] = second.answers["year"].sample(frac=1, random_state=1).to_numpy()
    got = social_rows(second, every(), LEAST)
    pd.testing.assert_frame_equal(got, social_rows(first, every(), LEAST))


def test_by_name_with_the_decimals_of_the_page():
    got = social_rows(answers(), every(), LEAST)
    for outcome, decimals in DECIMALS.items():
        rows = of(got, outcome)
        assert rows.index.tolist() == list(SCHOOLS)
        assert (rows["estimate"] == rows["estimate"].round(decimals)).all()
        assert (rows["ci_low"] <= rows["estimate"]).all()


@pytest.mark.parametrize("schools", [0, 1, 2])
def test_too_few_schools_give_nothing(schools):
    data = answers(grades=(7,))
    few = frozenset(("7", name) for name in SCHOOLS[:schools])
    assert social_rows(data, {WELLBEING: few, BULLIED: few}, LEAST).empty


def test_answers_all_alike_and_no_answers_give_nothing():
    data = answers()
    same = PupilData(answers=data.answers.assign(value=4.0))
    assert social_rows(same, every(), LEAST).empty
    assert social_rows(PupilData(), every(), LEAST).empty


def test_a_sex_with_few_answers_is_not_allowed_for():
    data = answers(girls=dict.fromkeys(SCHOOLS, 0.0))
    data.answers.loc[data.answers.index[:3], "gender"] = "female"
    got = of(social_rows(data, every(), LEAST))
    data.answers["gender"] = ""
    pd.testing.assert_frame_equal(got, of(social_rows(data, every(), LEAST)))


def test_open_are_the_grades_and_schools_whose_number_of_all_years_is_shown():
    data = answers(grades=(7,))
    few = data.answers["school"].isin(["Nes", "Vik"]) & (data.answers["answer"] > 0)
    data = PupilData(answers=data.answers[~few], bullying=data.bullying)
    protected = protect(tables_of(data), DisclosureRules(min_n=LEAST))
    got = open_answers(protected)
    assert not got[WELLBEING] & {("7", "Nes"), ("7", "Vik")}
    assert ("7", "Berg") in got[WELLBEING]
    means = protected.means("survey", "year", "school")
    whole = means[(means["year"] == "Total") & (means["status"] == "ok")]
    assert {school for _, school in got[WELLBEING]} == set(whole["school"]) - {"Total"}
    assert set(social_rows(data, got, LEAST)["school"]) <= set(SCHOOLS)
    assert open_answers(protect(tables_of(PupilData()), DisclosureRules())) == {}
