import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.school_moves import moved


def steps(change, schools=30, seed=0):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "school": np.repeat([f"S{number:02d}" for number in range(schools)], 2),
            "subject": "reading",
            "year": [2019, 2020] * schools,
            "value": rng.standard_normal(2 * schools),
        }
    )
    rows.loc[rows.index[1], "value"] = rows.loc[rows.index[0], "value"] + change
    return rows.assign(low=rows["value"] - 1.96, high=rows["value"] + 1.96)


@pytest.mark.parametrize(("change", "exp"), [(12.0, (1, "clear")), (-12.0, (-1, "clear"))])
def test_school_that_moved_far_is_told_and_which_way(change, exp):
    first = moved(steps(change)).iloc[0]

    assert (first["side"], first["certainty"]) == exp


def test_schools_that_stood_still_are_seldom_said_to_have_moved():
    alarms = [(moved(steps(0.0, seed=seed))["certainty"] == "clear").any() for seed in range(40)]

    assert np.mean(alarms) < 0.15


def test_a_school_of_one_year_has_not_moved():
    rows = steps(0.0, schools=2).iloc[:3]

    assert list(moved(rows)["school"]) == ["S00"]


def test_first_and_last_year_are_told():
    rows = steps(0.0, schools=1)

    got = moved(rows).iloc[0]

    assert (got["first"], got["last"]) == (2019, 2020)
