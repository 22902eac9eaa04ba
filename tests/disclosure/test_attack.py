"""The audit finds what leaks, and every way we know to protect badly makes it fail."""

import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.attack import audit, bound_hidden
from tilstand.disclosure.attack.published import Published, key
from tilstand.disclosure.cells import build_system
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import suppress

from .drawn import draw_municipality


def published(rows, dimensions, **settings):
    got = Published(**settings)
    got.add_table(pd.DataFrame(rows, columns=[*dimensions, "count"]), dimensions)
    return got


def ends(page):
    return {i.cell: (i.low, i.high) for i in bound_hidden(page)}


def test_a_single_blank_in_a_sum_is_recovered():
    page = published([("A", 3), ("B", None), ("Total", 5)], ["school"])
    assert ends(page) == {key({"school": "B"}): (2, 2)}


def test_two_blanks_with_a_known_sum_share_it():
    page = published([("A", None), ("B", None), ("Total", 5)], ["school"])
    assert set(ends(page).values()) == {(1, 4)}


def test_blanks_that_may_be_zero_reach_further():
    page = published([("A", None), ("B", None), ("Total", 5)], ["school"], least_hidden=0)
    assert set(ends(page).values()) == {(0, 5)}


def test_a_missing_combination_is_a_true_zero():
    rows = [("A", "x", None), ("A", "Total", 3), ("Total", "x", None), ("Total", "Total", 3)]
    assert set(ends(published(rows, ["school", "sex"])).values()) == {(3, 3)}


def test_a_percentage_gives_a_count_back():
    page = published([("A", None), ("B", None), ("Total", 25)], ["level"])
    page.add_percent({"level": "A"}, {"level": "Total"}, 12, 0)
    assert ends(page)[key({"level": "A"})] == (3, 3)


def test_percentages_alone_give_counts_away():
    page = Published()
    page.add_percent({"level": "1"}, {"level": "Total"}, 12, 0)
    page.add_table(pd.DataFrame({"level": ["Total"], "count": [25]}), ["level"])
    assert audit(page).faults == ["1: '3 to 3', expected an interval of 3 or more"]


def test_a_mean_narrows_a_distribution():
    rows = [("1", None), ("2", None), ("3", None), ("Total", 12)]
    open_page = published(rows, ["level"])
    told = published(rows, ["level"])
    told.add_mean({"level": "Total"}, "level", 1.25, 2)
    wide, narrow = (ends(page)[key({"level": "3"})] for page in (open_page, told))
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_whole_numbers_narrow_what_fractions_leave_open():
    page = published([("A", None), ("B", None), ("Total", 7)], ["level"])
    page.add_percent({"level": "A"}, {"level": "Total"}, 43, 0)
    assert ends(page)[key({"level": "A"})] == (3, 3)


def test_last_years_page_reveals_this_years_blank():
    page = published([("A", None), ("B", None), ("Total", 9)], ["school"])
    page.add_table(pd.DataFrame({"school": ["A"], "count": [2]}), ["school"])
    assert audit(page).faults == ["A: '2', expected a blank for fewer than 5"]


def test_two_pages_that_contradict_each_other_are_a_fault():
    page = published([("A", 9)], ["school"])
    page.add_table(pd.DataFrame({"school": ["A"], "count": [8]}), ["school"])
    assert audit(page).faults == ["A: 9 in one place, 8 in another"]


def test_a_page_that_cannot_be_true_is_a_fault():
    page = published([("A", None), ("B", 9), ("Total", 9)], ["school"])
    assert audit(page).faults == ["no table of whole numbers agrees with what is published"]


def test_what_others_have_published_is_no_fault_of_ours():
    page = published([("A", 3), ("Total", 3)], ["school"])
    ours = frozenset({key({"school": "A"}), key({})})
    assert audit(page, already_public=ours).faults == []


# ---- the same municipality, protected well and protected badly

RULES = Rules()


@pytest.fixture(scope="module")
def town():
    system = build_system(draw_municipality(np.random.default_rng(11), 4, 35))
    return system, needs(system, RULES)


def needs(system, rules):
    return np.max([required_widths(system, rules, t) for t in range(2)], axis=0)


def problem(system, need):
    return Problem(system.values, system.matrix, need, np.zeros(len(need), dtype=bool))


@pytest.fixture(scope="module")
def safe(town):
    system, need = town
    return suppress(problem(system, need), system.margin_depth).hidden


def page_of(system, hidden):
    page = Published()
    for table in range(2):
        frame = system.frame(table)
        at = frame.index.to_numpy()
        counts = pd.Series(system.values[at], index=frame.index, dtype="Int64").mask(hidden[at])
        page.add_table(frame.assign(count=counts), system.dimensions)
    return page


def test_the_well_protected_municipality_passes(town, safe):
    got = audit(page_of(town[0], safe))
    assert got.faults == []
    assert got.recovered == 0
    assert got.narrowest >= RULES.width


def no_suppression(system, need, safe):
    return page_of(system, np.zeros_like(safe))


def no_secondary(system, need, safe):
    return page_of(system, need > 0)


def threshold_one_low(system, need, safe):
    """Print every 4 that a rule of 'fewer than 4' would have printed."""
    return page_of(system, safe & (system.values != 4))


def width_one_low(system, need, safe):
    """A pattern that is safe at width 2 and that width 3 would not have been content with."""
    lower = needs(system, Rules(width=2))
    return page_of(system, suppress(problem(system, lower)).hidden)


def margins_left_open(system, need, safe):
    return page_of(system, safe & (system.margin_depth == min(system.margin_depth)))


def small_margins_printed(system, need, safe):
    """Look for small counts in inner cells only."""
    inner = system.margin_depth == min(system.margin_depth)
    return page_of(system, safe & (inner | (need == 0)))


def one_secondary_opened(system, need, safe):
    hidden = safe.copy()
    margin = np.flatnonzero(safe & (need == 0))
    for cell in margin:
        trial = hidden.copy()
        trial[cell] = False
        if audit(page_of(system, trial)).faults:
            return page_of(system, trial)
    pytest.fail("no blank was needed")


def one_primary_opened(system, need, safe):
    hidden = safe.copy()
    hidden[np.flatnonzero(need > 0)[0]] = False
    return page_of(system, hidden)


def second_table_forgotten(system, need, safe):
    """Protect the first table alone, and print the second with its small cells blank."""
    first = np.isin(np.arange(len(need)), system.members[0])
    return page_of(system, (safe & first) | (need > 0))


def tables_protected_apart(system, need, safe):
    """Protect each table by itself: a shared margin is then hidden in one and open in the other."""
    page = Published()
    for table, members in enumerate(system.members):
        mine = np.isin(np.arange(len(need)), members)
        rows = system.matrix[np.asarray(abs(system.matrix) @ ~mine == 0)]
        alone = Problem(system.values, rows, np.where(mine, need, 0), ~mine)
        hidden = suppress(alone).hidden
        frame = system.frame(table)
        at = frame.index.to_numpy()
        counts = pd.Series(system.values[at], index=frame.index, dtype="Int64").mask(hidden[at])
        page.add_table(frame.assign(count=counts), system.dimensions)
    return page


def only_percentages_hidden(system, need, safe):
    """Blank the percentages and leave the counts."""
    page = page_of(system, np.zeros_like(safe))
    for cell in np.flatnonzero(~safe):
        add_share(page, system, cell, decimals=0)
    return page


def percentages_of_the_raw_table(system, need, safe):
    """Blank the counts and leave percentages with n."""
    page = page_of(system, safe)
    for cell in np.flatnonzero(safe):
        add_share(page, system, cell, decimals=1)
    return page


def add_share(page, system, cell, decimals):
    level = system.dimensions.index("level")
    name = system.keys[cell]
    whole = (*name[:level], "Total", *name[level + 1 :])
    base = system.values[system.position[whole]]
    if name[level] != "Total" and base > 0:
        share = round(100 * system.values[cell] / base, decimals)
        part = dict(zip(system.dimensions, name, strict=True))
        page.add_percent(part, {**part, "level": "Total"}, share, decimals)


def last_year_printed_it(system, need, safe):
    page = page_of(system, safe)
    first = system.frame(0)
    at = first.index.to_numpy()
    page.add_table(first.assign(count=system.values[at]), system.dimensions)
    return page


def small_counts_as_ranges_of_two(system, need, safe):
    """Print '1-2' and '3-4' instead of a blank."""
    page = page_of(system, safe)
    for cell in np.flatnonzero(need > 0):
        low = 1.0 if system.values[cell] < 3 else 3.0
        name = key(dict(zip(system.dimensions, system.keys[cell], strict=True)))
        page.add_range(name, low, low + 1)
    return page


def complement_printed(system, need, safe):
    """Print 'all but these' beside a printed total."""
    page = page_of(system, safe)
    level = system.dimensions.index("level")
    for cell in np.flatnonzero(need > 0):
        name = system.keys[cell]
        whole = system.position[(*name[:level], "Total", *name[level + 1 :])]
        if name[level] != "Total" and not safe[whole]:
            rest = float(system.values[whole] - system.values[cell])
            part = dict(zip(system.dimensions, name, strict=True))
            page.add_complement(part, {**part, "level": "Total"}, rest)
    return page


SABOTAGE = [
    no_suppression,
    no_secondary,
    threshold_one_low,
    width_one_low,
    margins_left_open,
    small_margins_printed,
    one_secondary_opened,
    one_primary_opened,
    second_table_forgotten,
    tables_protected_apart,
    only_percentages_hidden,
    percentages_of_the_raw_table,
    last_year_printed_it,
    small_counts_as_ranges_of_two,
    complement_printed,
]


@pytest.mark.parametrize("sabotage", SABOTAGE, ids=lambda f: f.__name__)
def test_every_way_to_protect_badly_fails_the_audit(town, safe, sabotage):
    assert audit(sabotage(*town, safe)).faults
