import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tilstand.analysis.changes import changes_by_group, expected_return, paired_change
from tilstand.analysis.exemptions import share_bounds
from tilstand.analysis.school_tests import mean_gap, means_apart, shares_apart
from tilstand.analysis.school_variance import split_variance


def summary(values, school="A"):
    values = np.asarray(values, float)
    return {"school": school, "value": values.mean(), "n": len(values), "sd": values.std(ddof=1)}


def schools_of(rng, gaps, n=60):
    drawn = [gap + rng.standard_normal(n) for gap in gaps]
    rows = [summary(values, f"S{i}") for i, values in enumerate(drawn)]
    return pd.DataFrame(rows), pd.Series(summary(np.concatenate(drawn)))


# -- change ----------------------------------------------------------------------------------


def test_interval_of_a_change_is_students():
    got = paired_change(2.0, 4, 2.0)

    assert got.interval.high - 2.0 == pytest.approx(3.182446)


@pytest.mark.parametrize(("value", "exp"), [(3.0, "clear"), (0.7, "sign"), (0.1, "chance")])
def test_certainty_of_a_change(value, exp):
    assert paired_change(value, 400, 9.0).certainty == exp


def test_low_starters_rise_by_luck_alone():
    assert expected_return(40, 50, 0.85) == pytest.approx(1.5)


def test_what_luck_alone_does_is_found_again_in_simulated_tests():
    rng = np.random.default_rng(5)
    true = 50 + 9 * rng.standard_normal(200_000)
    first, second = (true + 4 * rng.standard_normal(len(true)) for _ in range(2))
    low = first < 42

    exp = (second - first)[low].mean()
    got = expected_return(first[low].mean(), first.mean(), 81 / (81 + 16))

    assert got == pytest.approx(exp, abs=0.05)


def test_group_that_is_hidden_has_no_change():
    change = pd.DataFrame(
        {"start": ["1", "2"], "value": [3.0, np.nan], "n": [50, 40], "sd": [5.0, np.nan]}
    )
    prior = pd.DataFrame({"start": ["1", "2"], "value": [35.0, 45.0], "n": [50, 40]})

    got = changes_by_group(change, prior, "start", 0.85).set_index("start")

    assert got.loc["1", "beyond"] == pytest.approx(3.0 - got.loc["1", "returned"])
    assert got.loc["2"].isna().all()


# -- exemptions ------------------------------------------------------------------------------


def test_bounds_hold_whatever_the_others_would_have_got():
    got = share_bounds(10, 40, 10)

    assert (got.shown, got.bounds.low, got.bounds.high, got.left_out) == (25, 20, 40, 20)


def test_nobody_left_out_leaves_no_doubt():
    got = share_bounds(10, 40, 0)

    assert got.bounds.low == got.bounds.high == 25


# -- schools against the municipality --------------------------------------------------------


def test_school_that_differs_is_told_apart():
    schools, whole = schools_of(np.random.default_rng(3), [0] * 9 + [1.5])

    got = means_apart(schools, whole).set_index("school")

    assert got.loc["S9", "apart"]
    assert got["p"].idxmin() == "S9"


def test_difference_is_from_the_other_pupils_and_not_from_all():
    rows = pd.DataFrame([summary([1.0, 2.0, 3.0], "A"), summary([4.0, 5.0, 6.0], "B")])
    whole = pd.Series(summary([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))

    got = means_apart(rows, whole).set_index("school")

    assert got.loc["A", "difference"] == pytest.approx(-3.0)


def test_share_that_differs_is_told_apart():
    schools = pd.DataFrame({"school": list("ABC"), "count": [5, 6, 40], "n": [100] * 3})
    whole = pd.Series({"count": 51, "n": 300})

    got = shares_apart(schools, whole)

    assert got.loc[got["school"] == "C", "apart"].item()


def test_hidden_schools_are_not_tested():
    schools = pd.DataFrame({"school": list("AB"), "count": [None, 6], "n": [100, 100]})

    assert list(shares_apart(schools, pd.Series({"count": 20, "n": 300}))["school"]) == ["B"]


def test_gap_of_the_sexes_is_welchs():
    first, second = [1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 9.0]

    got = mean_gap(pd.Series(summary(first)), pd.Series(summary(second)))

    exp = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert got == pytest.approx((-2.5, exp.low, exp.high))


def test_hidden_sex_has_no_gap():
    hidden = pd.Series({"value": np.nan, "n": 8, "sd": np.nan})

    assert np.isnan(mean_gap(hidden, pd.Series(summary([1.0, 2.0])))).all()


# -- spread ----------------------------------------------------------------------------------


def test_share_between_schools_is_found_in_a_large_country():
    rng = np.random.default_rng(4)
    schools, _ = schools_of(rng, list(np.sqrt(0.1 / 0.9) * rng.standard_normal(800)))

    got = split_variance(schools)

    assert got.interval.low < 10 < got.interval.high
    assert got.within_sd == pytest.approx(1.0, abs=0.02)


def test_schools_that_differ_by_chance_alone_may_share_nothing():
    schools, _ = schools_of(np.random.default_rng(6), [0] * 20)

    assert split_variance(schools).interval.low == 0


# -- coverage --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("at", range(6))
def test_intervals_hold_the_simulated_truth_as_often_as_they_say(benchmark, at):
    intervals = benchmark("pupil_intervals")
    names = list(intervals.CHECKS)
    assert len(names) == 6

    got = intervals.coverage(names[at], 200, seed=7)

    assert got["percent"] > 95 - 1.0 - 3 * got["error"]
