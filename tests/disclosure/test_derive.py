import pandas as pd
import pytest

from tilstand.disclosure.cells import Table
from tilstand.disclosure.derive import means, percentages
from tilstand.disclosure.errors import DisclosureError
from tilstand.disclosure.redesign import assess, best_design, merge_categories, pool
from tilstand.disclosure.rules import Rules

PROTECTED = pd.DataFrame(
    {
        "school": ["A"] * 3 + ["B"] * 3,
        "level": ["1", "2", "Total"] * 2,
        "count": pd.array([None, 7, None, 6, 14, 20], dtype="Int64"),
        "status": ["suppressed", "ok", "suppressed", "ok", "ok", "ok"],
    }
)


def test_a_share_is_blank_where_the_count_or_its_group_is():
    got = percentages(PROTECTED, ["school", "level"], along="level")
    assert got["percent"].isna().tolist() == [True, True, False, False]
    assert got["percent"].dropna().tolist() == [30, 70]


def test_a_mean_is_blank_unless_its_whole_distribution_is_open():
    got = means(PROTECTED, ["school", "level"], along="level")
    assert got["mean"].isna().tolist() == [True, False]
    assert got["mean"].iloc[1] == 1.7


def test_a_table_that_nobody_protected_is_refused():
    leaking = PROTECTED.assign(count=PROTECTED["count"].fillna(3))
    with pytest.raises(DisclosureError, match="blank exactly where status is suppressed"):
        percentages(leaking, ["school", "level"], along="level")


LEVELS = {"1": 2, "2": 9, "3": 3}
ROWS = [(year, level, n) for year in ("2018", "2019", "2020") for level, n in LEVELS.items()]
YEARS = Table(pd.DataFrame(ROWS, columns=["year", "level", "count"]), ("year", "level"))


def test_pooled_years_add_up():
    got = pool(YEARS, "year")
    assert got.dimensions == ("level",)
    assert got.counts["count"].tolist() == [6, 27, 9]


def test_merged_levels_add_up():
    got = merge_categories(YEARS, "level", {"1": "1-2", "2": "1-2"})
    assert sorted(got.counts["level"].unique()) == ["1-2", "3"]
    assert got.counts["count"].sum() == 42


def test_the_design_that_shows_most_pupils_is_chosen():
    fine = assess("as it is", YEARS, Rules())
    pooled = assess("years pooled", pool(YEARS, "year"), Rules())
    assert fine.hidden > 0
    assert pooled.hidden == 0
    assert best_design([fine, pooled]) is pooled
