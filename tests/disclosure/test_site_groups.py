"""What is said of nearly every pupil of a group is a fault, however many they are."""

from dataclasses import replace

import pytest

from tilstand.disclosure.attack.published import Published, key
from tilstand.disclosure.site.groups import group_faults
from tilstand.disclosure.site.numbers import Said
from tilstand.disclosure.site.outline import Limits, Outline

LIMITS = Limits(
    min_count=5,
    min_n=10,
    width=3,
    strict_min_count=10,
    strict_min_n=20,
    strict_width=5,
    mean_width=0.5,
    complements=True,
    whole_group=True,
)
OUTLINE = Outline(parents={"level": {"1": "took", "2": "took"}})


def page(**counts):
    """Counts of one school by level; `all` are those of the school."""
    found = Published()
    for level, count in counts.items():
        place = {"school": "Gul"} | ({} if level == "all" else {"level": level.strip("_")})
        found.cells[key(place)] = count
    return found


@pytest.mark.parametrize(
    ("counts", "exp"),
    [
        ({"_2": 14, "_1": 0, "took": 14}, ["'14 of 14'"]),
        ({"_2": 97, "_1": None, "took": 99}, ["'97 of 99'"]),
        ({"_2": 94, "_1": 5, "took": 99}, []),
        ({"_2": 97, "_1": None, "took": None}, []),
        ({"took": 14, "exempt": 0, "all": 14}, []),
        ({"took": 14, "exempt": 30, "all": 44}, []),
        ({"took": 0, "exempt": 20, "all": 20}, ["'20 of 20'"]),
    ],
    ids=str,
)
def test_a_count_that_leaves_none_or_few_is_a_fault(counts, exp):
    got = list(group_faults([], page(**counts), LIMITS, OUTLINE))

    assert [line.split(": ")[1].split(",")[0] for line in got] == exp


@pytest.mark.parametrize(("number", "exp"), [(100.0, 1), (99.9, 0)])
def test_a_hundred_percent_is_a_fault_without_any_count(number, exp):
    said = Said("p", "percent:level:took", key({"school": "Gul", "level": "2"}), number, 1, "x")

    assert len(list(group_faults([said], Published(), LIMITS, OUTLINE))) == exp


def test_rules_that_are_off_find_nothing():
    off = replace(LIMITS, complements=False, whole_group=False)

    assert list(group_faults([], page(_2=14, _1=0, took=14), off, OUTLINE)) == []
