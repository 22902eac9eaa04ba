import pandas as pd

from tilstand.edition.pupil_file import PupilFile
from tilstand.pupils.frames import frames_of, joined

FILE = PupilFile("f.csv", "y", "x", "s", subject="reading", grade="9", prior_grade="8", cohort="c")


def pupils(**columns):
    frame = pd.DataFrame({"school": ["U1", "U1", "U2"], "outcome": [50.0, None, 61.0]})
    return frame.assign(prior=[45.0, 40.0, None], cohort=2025, home=True, **columns)


def test_a_pair_needs_both_results():
    got = frames_of(pupils(), FILE, 2025).pairs

    assert list(got["prior"]) == [45.0]
    assert list(got["start"]) == [3]


def test_every_pupil_is_entered_for_the_test():
    assert len(frames_of(pupils(), FILE, 2025).tests) == 3


def test_pupils_of_other_municipalities_are_left_out():
    given = pupils().assign(home=[True, True, False])

    assert set(frames_of(given, FILE, 2025).tests["school"]) == {"U1"}


def test_tests_that_do_not_follow_each_other_make_no_pair():
    file = PupilFile("f.csv", "y", "x", "s", grade="9", prior_grade="5", cohort="c")

    assert frames_of(pupils(), file, 2025).pairs.empty


def test_a_file_without_cohorts_is_of_the_editions_year():
    file = PupilFile("f.csv", "y", "x", "s", grade="5", prior_grade="")

    assert set(frames_of(pupils(), file, 2031).tests["year"]) == {2031}


def answered(**columns):
    frame = pd.DataFrame({"school": ["U1", "U1", "U2"], "cohort": 2024, "home": True})
    return frame.assign(**columns)


MORE = PupilFile("g.csv", "", "", "s", subject="mathematics", grade="10", cohort="c")


def test_marks_are_of_the_spring_after_the_autumn_of_grade_10():
    given = answered(final=[4, None, 5], exam=[None, None, 4], grade_points=[41.0, 30.0, None])

    got = frames_of(given, MORE, 2025)

    assert got.marks[["year", "subject", "final"]].values.tolist() == [
        [2025, "mathematics", 4],
        [2025, "mathematics", 5],
    ]
    assert got.points["points"].isna().tolist() == [False, False, True]
    assert got.tests.empty


def test_marks_of_those_who_sat_the_test_come_two_springs_later():
    got = frames_of(pupils(grade_points=[41.0, 30.0, 35.0]), FILE, 2025).points

    assert set(got["year"]) == {2027}


def test_answers_are_a_row_an_index_and_stay_without_a_key():
    given = answered(
        grade=[7, 7, 10], survey_wellbeing=[4.25, None, 3.5], bullied=[True, False, None]
    )
    file = PupilFile("g.csv", "", "", "s", cohort="c", columns={"grade": "T"})

    got = frames_of(given, file, 2025)

    assert got.answers[["grade", "value"]].values.tolist() == [[7, 4.25], [10, 3.5]]
    assert got.bullying["bullied"].tolist() == [True, False]
    assert "pupil" not in got.answers


def test_a_file_without_a_field_says_nothing_of_it():
    got = frames_of(pupils(), FILE, 2025)

    assert [len(frame) for frame in (got.marks, got.points, got.answers, got.completion)] == [0] * 4


def test_each_grade_of_a_file_has_its_own_levels():
    given = answered(outcome=[50.0, 50.0, 50.0], grade=[5, 5, 8])
    file = PupilFile("g.csv", "x", "", "s", cohort="c", columns={"grade": "T"})

    assert frames_of(given, file, 2025).tests["level"].tolist() == [2, 2, 3]


def test_several_files_are_one_municipality():
    one = frames_of(pupils(), FILE, 2025)
    other = frames_of(answered(grade_points=[41.0, 30.0, None]), MORE, 2025)

    got = joined([one, other])

    assert (len(got.tests), len(got.points), len(got.pairs)) == (3, 3, 1)
