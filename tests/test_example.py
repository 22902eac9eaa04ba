import pandas as pd
import pytest

from tilstand.analysis.pupil_tables import same_test
from tilstand.pupils.roster import MERGED_SCHOOL, NEW_SCHOOL, TINY_SCHOOL
from tilstand.simulation.municipality import example_municipality


@pytest.fixture(scope="module")
def example():
    return example_municipality(2020)


def key_of(example, name):
    return next(school.key for school in example.schools if school.name == name)


def test_the_same_year_gives_the_same_pupils(example):
    example_municipality.cache_clear()

    pd.testing.assert_frame_equal(example_municipality(2020).data.tests, example.data.tests)


def test_another_edition_has_other_years(example):
    assert set(example_municipality(2031).data.tests["year"]) == {2028, 2029, 2030, 2031}


def test_three_cohorts_can_be_followed_from_eighth_to_ninth_grade(example):
    assert set(same_test(example.data.pairs)["year"]) == {2018, 2019, 2020}


def test_the_tiny_school_has_nine_pupils_in_the_grade_at_most(example):
    at_tiny = example.data.tests["school"] == key_of(example, TINY_SCHOOL)
    sizes = example.data.tests[at_tiny].groupby(["year", "subject"]).size()

    assert sizes.max() == 9


def test_the_new_school_has_no_test_before_it_opened(example):
    at_new = example.data.tests["school"] == key_of(example, NEW_SCHOOL)

    assert example.data.tests.loc[at_new, "year"].min() == 2019


def test_the_merged_school_has_all_four_years(example):
    at_merged = example.data.tests["school"] == key_of(example, MERGED_SCHOOL)

    assert example.data.tests.loc[at_merged, "year"].nunique() == 4


def test_every_pupil_belongs_to_a_school_of_the_list(example):
    keys = {school.key for school in example.schools}

    for rows in (example.data.tests, example.data.points, example.data.bullying):
        assert set(rows["school"]) <= keys


def test_no_pupil_sits_a_test_twice(example):
    tests = example.data.tests

    assert not tests.duplicated(["pupil", "grade", "subject"]).any()


def test_who_is_exempt_has_no_score(example):
    tests = example.data.tests

    assert tests.loc[tests["exempt"], "score"].isna().all()


def test_answers_carry_no_pupil(example):
    assert "pupil" not in example.data.answers.columns
    assert "pupil" not in example.data.bullying.columns
