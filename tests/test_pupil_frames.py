import pandas as pd

from tilstand.pupil_file import PupilFile
from tilstand.pupil_frames import frames_of

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
