"""Claims about checking inferred labels against printed means."""

import pandas as pd
import pytest

from tilstand.analysis import label_check


def _shares(year, subject, first, second, third, place="town"):
    return [
        {"year": year, "place": place, "subject": subject, "category": f"level_{n}", "value": v}
        for n, v in enumerate((first, second, third), start=1)
    ]


@pytest.fixture
def shares():
    rows = _shares(2001, "reading", 25, 50, 25) + _shares(2001, "numeracy", 10, 50, 40)
    rows += _shares(2002, "reading", 20, 50, 30) + _shares(2002, "numeracy", 0, 50, 50)
    return pd.DataFrame(rows)


@pytest.fixture
def printed():
    return pd.DataFrame(
        {
            "year": [2002, 2002],
            "place": ["town", "town"],
            "subject": ["reading", "numeracy"],
            "value": [2.1, 2.5],
        }
    )


def test_mean_levels_weighs_levels_with_shares(shares):
    got = label_check.mean_levels(shares).set_index(["year", "subject"])["computed"]
    assert got[2001, "numeracy"] == pytest.approx(2.3)


def test_against_printed_keeps_only_years_with_printed_means(shares, printed):
    got = label_check.against_printed(shares, printed)
    assert list(got["year"]) == [2002, 2002]


def test_against_printed_agrees_after_rounding(shares, printed):
    got = label_check.against_printed(shares, printed)
    assert got["agrees"].all()


def test_against_printed_sees_a_difference(shares, printed):
    got = label_check.against_printed(shares, printed.assign(value=[2.1, 2.4]))
    assert list(got["agrees"]) == [True, False]


def test_fit_finds_the_only_labelling(shares, printed):
    assert label_check.fit(shares, printed) == label_check.Fit(agreeing=1, possible=4)


def test_fit_counts_labellings_that_cannot_be_told_apart(shares, printed):
    same = shares.assign(
        value=shares["category"].map({"level_1": 25, "level_2": 50, "level_3": 25})
    )
    got = label_check.fit(same, printed.assign(value=2.0))
    assert got.agreeing == got.possible


def test_fit_ignores_places_without_a_distribution(shares, printed):
    other = pd.concat([printed, printed.assign(place="country", value=9.9)])
    assert label_check.fit(shares, other).agreeing == 1
