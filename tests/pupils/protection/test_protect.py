import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection import Protected, protect
from tilstand.pupils.protection.once import protect_once, rests_on

from .conftest import tables


def test_no_count_from_one_to_four_is_shown(protected):
    for view in (("year", "school", "result"), ("school", "gender", "result")):
        shown = protected.counts("results", *view)["count"].dropna()
        assert not shown.between(1, 4).any()


def test_a_cell_is_hidden_in_all_views_or_in_none(protected):
    by_year = protected.counts("results", "year", "school", "result")
    by_sex = protected.counts("results", "school", "gender", "result")
    first = by_year[by_year["year"] == "Total"].set_index(["school", "result"])["status"]
    second = by_sex[by_sex["gender"] == "Total"].set_index(["school", "result"])["status"]
    assert first.to_dict() == second.to_dict()


def test_a_small_school_shows_no_distribution_and_no_mean(protected):
    counts = protected.counts("results", "year", "school", "result")
    small = counts[(counts["school"] == "Fjell") & (counts["year"] == "2020")]
    levels = small[small["result"].isin(["1", "2", "3"])]
    assert set(levels["status"]) == {"suppressed"}
    means = protected.means("scores", "year", "school")
    mean = means[(means["school"] == "Fjell") & (means["year"] == "2020")]
    assert mean["value"].isna().all()


def test_that_nobody_is_in_a_group_is_hidden_with_its_count(pupils, monkeypatch):
    """Else two pooled numbers of pupils tell the year between them."""
    gone = (pupils["school"] == "Fjell") & (pupils["year"] == "2019")
    town = tables(pupils[~gone])

    module = sys.modules[protect.__module__]
    count, found = module._each, []

    def once(tasks, jobs):
        found.extend([] if found else count(tasks, jobs))
        return found

    monkeypatch.setattr(module, "_each", once)

    def fjell(shown):
        means = shown.means("scores", "year", "school")
        (row,) = means[(means["school"] == "Fjell") & (means["year"] == "2019")].to_dict("records")
        return row

    got = fjell(protect(town))
    assert (got["status"], got["n"]) == ("empty", 0)
    found[:] = [replace(one, hidden=np.ones_like(one.hidden)) for one in found]
    got = fjell(protect(town))
    assert got["status"] == "suppressed"
    assert pd.isna(got["n"])


def test_shares_are_shares_of_those_who_took_the_test(protected, pupils):
    shares = protected.shares("results", "year", "school", "result")
    cell = (shares["year"] == "Total") & (shares["school"] == "Total") & (shares["result"] == "2")
    took = pupils[pupils["result"] != "exempt"]
    got = shares[cell].iloc[0]
    assert got["percent"] == pytest.approx(100 * (took["result"] == "2").mean())
    assert got["n"] == len(took)
    assert got["low"] < got["percent"] < got["high"]


def test_what_is_hidden_is_in_no_column(protected):
    for name, frame in protected.frames.items():
        hidden = frame[frame["status"] == "suppressed"]
        assert hidden.filter(["count", "value", "sd"]).isna().all(axis=None), name


def test_a_mean_cannot_be_worked_out_from_the_others(protected):
    """Where one school's mean is hidden, another one of the same year is too."""
    means = protected.means("scores", "year", "school")
    inner = means[(means["school"] != "Total") & (means["year"] != "Total")]
    for _, year in inner.groupby("year"):
        gone = (year["status"] == "suppressed").sum()
        assert gone != 1


def test_the_same_tables_give_the_same_bytes_in_any_order(town, pupils, protected):
    again = protect(tables(pupils.sample(frac=1, random_state=1)))
    assert again.to_json() == protected.to_json()
    assert rests_on(tables(pupils.iloc[::-1]), DisclosureRules()) == rests_on(
        town, DisclosureRules()
    )


def test_tables_survive_being_written_and_read(protected):
    read = Protected.from_json(protected.to_json())
    assert read.to_json() == protected.to_json()
    got = read.shares("results", "school", "gender", "result")
    pd.testing.assert_frame_equal(got, protected.shares("results", "school", "gender", "result"))


def test_protected_tables_are_kept_and_found_again(town, protected, tmp_path, monkeypatch):
    first = protect_once(tmp_path, town, DisclosureRules())
    (path,) = tmp_path.glob("protected-*")
    monkeypatch.setattr("tilstand.pupils.protection.once.protect", None)
    assert protect_once(tmp_path, town, DisclosureRules()).to_json() == first.to_json()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_stricter_rule_asks_for_tables_of_its_own(town):
    assert rests_on(town, DisclosureRules(min_count=6)) != rests_on(town, DisclosureRules())


def test_published_counts_stay_open_and_must_agree(town, pupils):
    total = {"results/5/reading": {frozenset({("result", "2")}): 0}}
    with pytest.raises(DataError, match="2: '0' is published, expected"):
        protect(town, public=total)
    true = int((pupils["result"] == "2").sum())
    known = {"results/5/reading": {frozenset({("result", "2"), ("year", "2019-2020")}): true}}
    counts = protect(town, public=known).counts("results", "year", "school", "result")
    cell = (counts["year"] == "Total") & (counts["school"] == "Total")
    got = counts[cell & (counts["result"] == "2")].iloc[0]
    assert got["count"] == true


def test_two_tables_that_count_the_same_pupils_differently_are_refused(town):
    results = town.counts["results"]
    more = results.counts.assign(count=results.counts["count"] + 1)
    other = replace(results, name="feeder", counts=more, views=(("year", "school", "result"),))
    broken = replace(town, counts={"results": results, "feeder": other})
    with pytest.raises(DataError) as found:
        protect(broken)
    assert all(line.endswith(": two tables count it differently") for line in found.value.lines)


def test_an_unknown_view_is_told_with_those_there_are(protected):
    with pytest.raises(DataError, match="results by year, school, result"):
        protected.counts("results", "year", "gender", "result")
