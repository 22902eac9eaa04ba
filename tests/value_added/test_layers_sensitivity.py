"""Slopes, movers, weights and ceilings: what holds exactly, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added import (
    LayeredIntercept,
    ValueAddedError,
    beyond_ceiling,
    normal_scores,
    sensitivity,
)

FORMULA = "y ~ x + C(cohort)"
COHORTS = ["school", "cohort"]
ENDS = [
    f"{name}{end}"
    for name in ("mean_observed", "newest", "stable", "change")
    for end in ("", "_low", "_high")
]


def fit(frame):
    return LayeredIntercept.from_formula(FORMULA, frame, COHORTS).fit()


def apart(got, exp):
    """Return the largest distance of any number, in standard errors."""
    return float(np.abs(got[ENDS] - exp[ENDS]).max(axis=None) / exp["se"].mean())


def test_without_a_weaker_assumption_it_is_the_fit(layered):
    results = fit(layered)
    assert apart(sensitivity(results).schools, results.school_effects()) < 5e-3


def test_nobody_moved_and_equal_weights_change_nothing(layered):
    frame = layered.assign(before=np.nan, stay=np.nan, w=3.0)
    results = fit(frame)
    exp = sensitivity(results).schools
    assert apart(sensitivity(results, weights="w").schools[ENDS], exp.assign(se=0.1)) < 1e-6
    got = sensitivity(results, moved=("before", "stay"))
    assert apart(got.schools, exp.assign(se=0.1)) < 1e-6


def test_half_of_a_school_elsewhere_is_undone(layered):
    # Pupils of school 3 had half of their time at school 9, which lies two points above.
    jump = 2.0 * (layered["school"] == 9) + 1.0 * (layered["school"] == 3)
    frame = layered.assign(
        y=layered["y"] + jump,
        before=np.where(layered["school"] == 3, 9.0, np.nan),
        stay=np.where(layered["school"] == 3, 0.5, np.nan),
    )
    results = fit(frame)
    plain = results.school_effects().set_index("school")["mean_observed"]
    got = sensitivity(results, moved=("before", "stay")).schools.set_index("school")
    own = fit(layered).school_effects().set_index("school")["mean_observed"]
    assert plain[3] - own[3] > 0.6
    assert abs(got.loc[3, "mean_observed"] - own[3]) < 0.35


def test_an_earlier_school_that_is_not_in_the_fit_is_no_fault(layered):
    frame = layered.assign(before=np.where(layered.index % 5 == 0, 999, -1), stay=0.7)
    frame["before"] = frame["before"].where(frame["before"] > 0)
    got = sensitivity(fit(frame), moved=("before", "stay")).schools
    assert list(got["school"]) == list(range(17))
    assert np.isfinite(got[ENDS]).all(axis=None)


def test_slopes_that_differ_are_found_and_equal_ones_are_not(layered):
    rng = np.random.default_rng(5)
    own = 0.3 * rng.standard_normal(17)[layered["school"]]
    bent = fit(layered.assign(y=layered["y"] + own * layered["x"]))
    assert 0.15 < sensitivity(bent, slope="x").slope_sd < 0.45
    assert sensitivity(fit(layered), slope="x").slope_sd < 0.08


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slope": "z"}, "slope: 'z' is none of Intercept"),
        ({"slope": "Intercept"}, "the same for all pupils"),
        ({"weights": "w"}, "w: no such column"),
        ({"weights": "x"}, "x: row"),
        ({"moved": ("school", "x")}, "x: row"),
        ({"level": 95}, "level: 95"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(layered, options, message):
    with pytest.raises(ValueAddedError, match=message) as refused:
        sensitivity(fit(layered), **options)
    assert len(refused.value.lines) == 1


def test_one_cohort_has_slopes_too(layered):
    one = layered[layered["cohort"] == 2021]
    got = sensitivity(fit(one), slope="x").schools
    assert "stable" not in got
    assert (got["mean_observed_low"] < got["mean_observed_high"]).all()


# Ceilings


def test_what_lies_beyond_the_ceiling_is_given_back(draw_layers):
    # A school far up loses most to a ceiling.
    frame = draw_layers(11, 17, 3)
    frame["y"] += 1.2 * (frame["school"] == 4)
    cut = frame.assign(y=frame["y"].clip(upper=frame["y"].quantile(0.8)))
    exp, naive = (fit(one).school_effects()["mean_observed"][4] for one in (frame, cut))
    got = beyond_ceiling(fit(cut)).set_index("school")
    assert exp - naive > 0.2
    assert abs(got.loc[4, "mean_observed"] - exp) < (exp - naive) / 3
    again = beyond_ceiling(fit(cut)).set_index("school")
    pd.testing.assert_frame_equal(got, again)


@pytest.mark.parametrize("ceiling", [1e9, -1e9])
def test_a_ceiling_that_nobody_or_everybody_reaches_is_refused(layered, ceiling):
    with pytest.raises(ValueAddedError, match="pupils have"):
        beyond_ceiling(fit(layered), ceiling=ceiling)


def test_normal_scores_are_of_ranks_alone():
    values = pd.Series([3.0, 1.0, np.nan, 2.0, 2.0])
    got = normal_scores(values)
    pd.testing.assert_series_equal(got, normal_scores(np.exp(values)))
    assert got.isna().tolist() == values.isna().tolist()
    assert got[3] == got[4]
