"""Protected tables are attacked when they are made, and what comes of it is told."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.outlines import limits_of
from tilstand.pupils.protection.trial import attack_tables

from .conftest import tables

RULES = DisclosureRules()


def test_well_protected_tables_give_nothing_away(protected):
    got = attack_tables(protected)

    assert (got.recovered, got.faults) == (0, [])
    assert got.narrowest >= RULES.width
    assert got.cells > got.hidden > 10
    assert got.means > got.hidden_means > 0


def test_tables_with_too_little_doubt_are_found_out(town):
    loose = protect(town, replace(RULES, width=1, strict_width=1))

    got = attack_tables(replace(loose, rules=RULES))

    assert got.narrowest < RULES.width
    assert got.faults != []


def test_a_blank_that_others_have_published_is_none(protected):
    name, layout = next((n, lay) for n, lay in protected.layouts.items() if lay.measure == "count")
    rows = protected.frames[name]
    inner = rows[(rows[list(layout.dimensions)] != "Total").all(axis=1)]
    row = inner[inner["status"] == "suppressed"].iloc[0]
    cell = frozenset((d, str(row[d])) for d in layout.dimensions)
    year = frozenset() if "year" in layout.dimensions else {("year", layout.window)}
    known = {layout.population: {cell | year: 1}}

    got = attack_tables(protected, known)

    assert any("expected a blank" in line for line in got.faults)


def test_the_attack_reckons_with_the_rules_of_the_edition():
    got = asdict(limits_of(DisclosureRules(min_n=17, width=4)))

    assert (got["min_n"], got["width"]) == (17, 4)
    assert got.items() <= asdict(DisclosureRules(min_n=17, width=4)).items()


SCHOOLS = {"A": 27, "B": 33, "C": 19, "D": 57, "E": 9, "F": 3, "G": 24}
# In a school under ten everything is blank but for those who took the test, who may be all of it.
FEW = {"A": 27, "B": 33, "C": 19, "D": 57, "E": 9, "F": 8, "G": 24, "H": 7}


@pytest.mark.parametrize(
    ("sizes", "seed"), [*((SCHOOLS, s) for s in range(8)), *((FEW, s) for s in (2, 24, 25, 28))]
)
def test_a_school_that_is_blank_as_a_whole_leaves_its_neighbours_in_doubt(sizes, seed):
    """Behind its blanks may be nobody, so those that share a sum with them are less sure."""
    generator = np.random.default_rng(seed)
    rows = [
        (
            "2020",
            school,
            generator.choice(["female", "male"]),
            generator.choice(["1", "2", "3", "exempt"], p=[0.25, 0.42, 0.28, 0.05]),
        )
        for school, size in sizes.items()
        for _ in range(size)
    ]
    pupils = pd.DataFrame(rows, columns=["year", "school", "gender", "result"])
    pupils["score"] = generator.normal(50, 10, len(pupils)).round()
    pupils.loc[pupils["result"] == "exempt", "score"] = None
    drawn = tables(pupils, (("school", "result"), ("year", "gender", "result")))

    got = attack_tables(protect(drawn))

    assert got.faults == []
    assert got.hidden > 0


def test_a_mean_of_an_earlier_edition_is_held_to_the_doubt_of_its_own_pupils():
    """Five pupils of a school of last year, whose scores were less spread than this year's are."""

    def published(year, sizes, spread, before=()):
        rng = np.random.default_rng(5)
        school = np.repeat(list(sizes), list(sizes.values()))
        pupils = pd.DataFrame({"year": year, "school": school, "gender": "female"})
        pupils["result"] = rng.choice(["1", "2", "3"], len(pupils))
        pupils["score"] = rng.normal(50, spread, len(pupils)).round()
        drawn = tables(pupils, (("year", "school"),))
        return drawn, protect(drawn, before=before)

    first = published("2020", {"A": 69, "B": 5}, 4.5)
    second = published("2021", {"A": 64, "B": 13}, 12, before=[first])
    shown = first[1].means("scores", "year", "school").set_index(["year", "school"])["status"]

    assert (shown["2020", "A"], shown["2020", "B"]) == ("ok", "suppressed")
    assert attack_tables(first[1]).faults == []
    assert attack_tables(second[1], before=[first[1]]).faults == []


def test_the_mean_of_those_who_are_left_by_subtraction_is_found_out():
    """Of 49 pupils 40 go to one school: nine are left, whatever is hidden of the other two."""
    rng = np.random.default_rng(2)
    sizes = {"A": 40, "B": 4, "C": 5}
    pupils = pd.DataFrame({"school": np.repeat(list(sizes), list(sizes.values()))})
    pupils = pupils.assign(year="2020", gender="female", result="2")
    pupils["score"] = rng.normal(50, 10, len(pupils)).round()
    drawn = tables(pupils, (("year", "school"),))
    right = protect(drawn)
    open_means = protect(drawn, replace(RULES, mean_width=1e-6))

    assert attack_tables(right).faults == []
    faults = attack_tables(replace(open_means, rules=RULES)).faults
    assert any("the mean of '9' who are left over" in line for line in faults)
