import pandas as pd
import pytest

from tilstand.disclosure.cells import Table, build_system
from tilstand.disclosure.rules import Rules, required_widths


def needs(rows, rules):
    counts = pd.DataFrame(rows, columns=["school", "level", "count"])
    system = build_system([Table(counts, ("school", "level"))])
    return dict(zip(system.keys, required_widths(system, rules).tolist(), strict=True))


@pytest.mark.parametrize(("count", "exp"), [(0, 0), (1, 3), (4, 3), (5, 0)])
def test_counts_below_the_threshold_must_keep_a_width(count, exp):
    got = needs([("A", "1", count), ("A", "2", 20)], Rules())
    assert got["A", "1"] == exp


def test_a_small_margin_is_sensitive_too():
    assert needs([("A", "1", 3), ("B", "1", 20)], Rules())["A", "Total"] == 3


def test_a_small_group_shows_no_distribution():
    rows = [("A", "1", 5), ("A", "2", 4), ("B", "1", 30)]
    got = needs(rows, Rules(min_base=10, distribution="level"))
    assert got["A", "1"] == 3
    assert got["A", "Total"] == 0
    assert got["B", "1"] == 0


def test_a_group_that_stands_in_one_category_is_hidden_with_its_zeros():
    rows = [("A", "1", 12), ("B", "1", 20), ("B", "2", 20)]
    rules = Rules(whole_group=True, distribution="level")
    got = needs(rows, rules)
    assert got["A", "1"] == 3
    assert got["A", "2"] == 1
    assert got["B", "1"] == 0
    assert rules.floor == 0
