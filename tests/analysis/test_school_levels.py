import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.proportions import share_interval
from tilstand.analysis.school_levels import (
    count_of,
    overdispersion,
    overdispersion_of_means,
    pooled_share_interval,
    school_shares,
)

YEARLY = pd.DataFrame({"school": ["A", "A", "B", "B"], "count": [5, 15, 8, 8], "n": [20] * 4})


def test_hidden_part_hides_the_sum():
    rows = pd.DataFrame({"s": ["A", "A", "B"], "level": ["1", "2", "1"], "count": [3, None, 4]})
    rows["count"] = rows["count"].astype("Int64")

    got = count_of(rows, ["1", "2"], "level", ["s"])

    assert pd.isna(got["A"])
    assert got["B"] == 4


def test_overdispersion_is_pearsons_over_its_freedom():
    exp = (25 + 25) / (20 * 0.5 * 0.5) / 2  # school A; B adds nothing but a degree of freedom

    assert overdispersion(YEARLY) == pytest.approx(exp)


def test_calm_cohorts_are_not_taken_for_more_certain_than_pupils_allow():
    assert overdispersion(YEARLY[YEARLY["school"] == "B"]) == 1.0


def test_without_overdispersion_the_interval_is_wilsons():
    got, exp = pooled_share_interval(12, 80), share_interval(12, 80)

    assert (got.low, got.high) == pytest.approx((exp.low, exp.high))


def test_unsteady_cohorts_widen_the_interval():
    calm, unsteady = pooled_share_interval(12, 80), pooled_share_interval(12, 80, 2.0)

    assert unsteady.low < calm.low
    assert unsteady.high > calm.high


@pytest.mark.parametrize(("count", "n"), [(0, 40), (40, 40)])
def test_interval_stays_within_nought_and_a_hundred(count, n):
    got = pooled_share_interval(count, n, 3.0)

    assert got.low >= 0
    assert got.high <= 100


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="0 <= count <= n"):
        pooled_share_interval(5, 4)


def test_hidden_school_has_no_share():
    pooled = pd.DataFrame({"school": ["A", "B"], "count": [20.0, np.nan], "n": [40.0, 40.0]})

    got = school_shares(pooled, overdispersion(YEARLY)).set_index("school")

    assert got.loc["A", "percent"] == 50
    assert got.loc["B", ["percent", "low", "high"]].isna().all()
    assert got.loc["B", "n"] == 40  # the protection shows it, so a dash would hide nothing
    assert got.loc["B", "status"] == "suppressed"


def test_means_that_move_as_pupils_alone_explain_have_no_overdispersion():
    means = pd.DataFrame({"school": ["A", "A"], "value": [50.0, 50.5], "n": 25, "sd": 10.0})

    assert overdispersion_of_means(means) == 1.0


def test_overdispersion_of_means_is_their_distance_in_standard_errors():
    means = pd.DataFrame({"school": ["A", "A"], "value": [44.0, 56.0], "n": 25, "sd": 10.0})

    assert overdispersion_of_means(means) == pytest.approx(2 * 6**2 / (10**2 / 25))


def test_dispersion_that_is_given_widens_the_interval():
    pooled = pd.DataFrame({"school": ["A"], "count": [20], "n": [80]})

    calm, unsteady = (school_shares(pooled, phi).iloc[0] for phi in (1.0, 2.0))

    assert unsteady["low"] < calm["low"] < calm["percent"] == unsteady["percent"]
