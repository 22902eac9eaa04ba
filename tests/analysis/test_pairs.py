import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.mastery_levels import level_of
from tilstand.analysis.pairs import join_tests
from tilstand.analysis.pupil_tables import same_test


def two_pupils():
    rows = [
        ("a", 2017, 5, "reading", "B1", "", 45.0),
        ("a", 2020, 8, "reading", "U1", "B2", 40.0),
        ("a", 2021, 9, "reading", "U2", "B2", 47.0),
        ("b", 2020, 8, "reading", "U1", "B1", 50.0),
        ("b", 2022, 9, "reading", "U1", "B1", 60.0),
        ("c", 2020, 8, "reading", "U1", "B1", np.nan),
        ("c", 2021, 9, "reading", "U1", "B1", 44.0),
    ]
    names = ["pupil", "year", "grade", "subject", "school", "feeder_school", "score"]
    tests = pd.DataFrame(rows, columns=names).assign(gender="female", exempt=False)
    return tests.assign(level=level_of(tests["score"], 8))


def test_a_pair_is_the_same_pupil_a_year_later_with_both_scores():
    got = same_test(join_tests(two_pupils()))

    assert list(got["pupil"]) == ["a"]
    assert list(got["change"]) == [7.0]


def test_ninth_grade_is_owed_to_the_pupils_own_school():
    got = join_tests(two_pupils())

    assert list(got.loc[got["grade"] == 9, "school"]) == ["U2"]


def test_eighth_grade_is_owed_to_the_primary_school():
    got = join_tests(two_pupils())

    assert list(got.loc[got["grade"] == 8, "school"]) == ["B2"]


@pytest.mark.parametrize(
    ("grade", "score", "exp"),
    [(5, 42, 1), (5, 43, 2), (5, 56, 2), (5, 57, 3), (8, 37, 1), (9, 38, 2), (8, 63, 5)],
)
def test_limits_of_levels(grade, score, exp):
    assert list(level_of(pd.Series([score]), grade)) == [exp]


def test_no_score_has_no_level():
    assert level_of(pd.Series([np.nan]), 5).isna().all()


def test_base_year_splits_as_the_framework_sets():
    rng = np.random.default_rng(1)
    score = pd.Series(np.round(50 + 10 * rng.standard_normal(200_000)))

    got = level_of(score, 8).value_counts(normalize=True).sort_index()

    assert np.allclose(got, [0.10, 0.20, 0.40, 0.20, 0.10], atol=0.02)
