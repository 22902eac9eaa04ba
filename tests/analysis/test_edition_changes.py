"""Tell apart what went on, began, ended and was revised, on tiny made editions."""

import pandas as pd
import pytest

from tilstand.analysis.edition_changes import edition_changes


def figures(*rows):
    blank = dict.fromkeys(("grade", "gender", "subject", "category", "unit", "section"), "")
    said = {"n": float("nan"), "margin": float("nan"), "source": "s", **blank}
    return pd.DataFrame(
        [{**said, "indicator": name, "year": year, "value": value} for name, year, value in rows]
        or [],
        columns=["indicator", "year", "value", *said],
    )


EARLIER = figures(("a", 2019, 5.0), ("a", 2020, 6.0), ("b", 2020, 1.0), ("c", 2020, 9.0))
NEWER = figures(
    ("a", 2019, 5.5), ("a", 2020, 6.0), ("a", 2025, 8.0), ("b", 2020, 1.0), ("d", 2025, 2.0)
)


@pytest.fixture
def got():
    return edition_changes(NEWER, EARLIER)


def test_newer_value_is_set_against_the_latest_before(got):
    columns = ["indicator", "year_before", "year", "change"]

    assert got.continued[columns].to_numpy().tolist() == [["a", 2020, 2025, 2.0]]


def test_new_measure_is_new(got):
    assert got.new["indicator"].tolist() == ["d"]


def test_measure_without_newer_value_ended_and_tells_whether_it_is_gone(got):
    assert got.ended[["indicator", "gone"]].to_numpy().tolist() == [["b", False], ["c", True]]


def test_number_of_the_same_year_that_differs_was_revised(got):
    columns = ["indicator", "year", "value_before", "value"]

    assert got.revised[columns].to_numpy().tolist() == [["a", 2019, 5.0, 5.5]]


def test_every_measure_is_in_one_list(got):
    lists = [set(part["indicator"]) for part in (got.continued, got.new, got.ended)]

    assert sorted(name for names in lists for name in names) == ["a", "b", "c", "d"]


def test_same_edition_twice_has_no_changes():
    got = edition_changes(NEWER, NEWER)

    assert [len(got.continued), len(got.new), len(got.revised)] == [0, 0, 0]


def test_first_edition_has_only_new_measures():
    got = edition_changes(NEWER, figures())

    assert (len(got.new), len(got.continued), len(got.ended)) == (3, 0, 0)


def test_measure_out_of_date_in_the_earlier_edition_did_not_end_now():
    earlier = figures(("old", 2010, 1.0), ("fresh", 2019, 1.0))

    got = edition_changes(earlier, earlier, current=2019)

    assert got.ended["indicator"].tolist() == ["fresh"]
