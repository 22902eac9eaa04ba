"""What last year's edition has published is known: this year's must be safe beside it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.table_forms import CountTable, PupilTables
from tilstand.disclosure.cells import TOTAL
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import BuildError
from tilstand.pipeline.outputs.audit import audit_pages
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.once import rests_on
from tilstand.pupils.protection.protect import earlier_of
from tilstand.pupils.protection.trial import attack_tables

from .conftest import tables
from .render import write_site

RULES = DisclosureRules()
SCHOOLS = {"Berg": 19, "Dal": 15, "Elv": 27}


def draw(seed):
    """Three years of pupils: the first two are last year's edition, the last two this year's."""
    generator = np.random.default_rng(seed)
    rows = []
    for year in ("2018", "2019", "2020"):
        for school, size in SCHOOLS.items():
            for _ in range(size):
                level = generator.choice(["1", "2", "3", "exempt"], p=[0.2, 0.5, 0.25, 0.05])
                score = round(generator.normal(50, 10)) if level != "exempt" else None
                gender = generator.choice(["female", "male"])
                rows.append((year, school, gender, level, score))
    return pd.DataFrame(rows, columns=["year", "school", "gender", "result", "score"])


@pytest.fixture(scope="module")
def editions():
    pupils = draw(3)
    old = tables(pupils[pupils["year"] < "2020"])
    new = tables(pupils[pupils["year"] > "2018"])
    return old, protect(old), new


def attack(tmp_path, old, new):
    folders = [write_site(tmp_path / name, one) for name, one in (("old", old), ("new", new))]
    return audit_pages(folders[1], RULES, new, [folders[0]])


def test_two_editions_protected_apart_give_pupils_away(editions, tmp_path):
    _, old, new_tables = editions

    with pytest.raises(BuildError):
        attack(tmp_path, old, protect(new_tables))


def test_an_edition_that_knows_the_earlier_one_is_safe_beside_it(editions, tmp_path):
    old_tables, old, new_tables = editions

    got = attack(tmp_path, old, protect(new_tables, before=[(old_tables, old)]))

    assert got.recovered == 0
    assert got.narrowest >= RULES.width
    assert got.cells > got.hidden > 10


def test_the_attack_on_the_tables_themselves_knows_the_earlier_edition(editions):
    old_tables, old, new_tables = editions
    beside = protect(new_tables, before=[(old_tables, old)])

    assert attack_tables(protect(new_tables), before=[old]).faults != []
    assert attack_tables(beside, before=[old]).faults == []


def test_what_last_year_showed_is_shown_or_hidden_but_never_contradicted(editions):
    old_tables, old, new_tables = editions
    views = ("year", "school", "result")
    got = protect(new_tables, before=[(old_tables, old)]).counts("results", *views)
    both = got.merge(old.counts("results", *views), on=list(views), suffixes=("", "_old"))
    both = both[(both["year"] == "2019") & both["count"].notna() & both["count_old"].notna()]

    assert len(both) > 0
    assert (both["count"] == both["count_old"]).all()


def test_what_last_year_showed_is_not_repeated_where_the_rules_have_become_stricter(editions):
    old_tables, old, new_tables = editions
    strict = DisclosureRules(min_count=7)
    views = ("year", "school", "result")

    got = protect(new_tables, strict, before=[(old_tables, old)]).counts("results", *views)

    both = got.merge(old.counts("results", *views), on=list(views), suffixes=("", "_old"))
    shown = both["count_old"].between(RULES.min_count, strict.min_count - 1).fillna(False)
    assert shown.any()
    assert (both.loc[shown, "status"] == "suppressed").all()


def test_editions_without_a_year_in_common_leave_each_other_alone(editions):
    _, _, new = editions
    older = tables(draw(3)[lambda p: p["year"] == "2018"].assign(year="2015"))

    got = protect(new, before=[(older, protect(older))])

    assert got.to_json() == protect(new).to_json()


def test_a_published_year_stays_as_it_was_where_two_files_count_it_differently(editions):
    old_tables, old, _ = editions
    pupils = draw(3)
    fewer = tables(pupils[pupils["year"] > "2018"].iloc[1:])

    got = protect(fewer, before=[(old_tables, old)])

    assert set(got.changed.values()) == {("2019",)}
    assert attack_tables(got, before=[old]).faults == []


def test_the_earlier_edition_is_part_of_what_a_kept_table_rests_on(editions):
    old_tables, old, new = editions

    got = rests_on(new, RULES, before=[(old_tables, old)])

    assert got != rests_on(new, RULES)


def paired(pupils, seed):
    """Add the way from an earlier level, for those who have both results."""
    generator = np.random.default_rng(seed)
    frame = pupils.assign(
        start=generator.choice(["1", "2", "3", ""], len(pupils), p=[0.3] * 3 + [0.1])
    )
    both = frame[(frame["start"] != "") & (frame["result"] != "exempt")]
    counts = both.groupby(["year", "start", "result"]).size().rename("count").reset_index()
    names = ("year", "start", "end")
    plain = tables(pupils, (("year", "result"), ("school", "result")))
    grade_9 = {
        name: replace(one, counts=one.counts.assign(grade="9"))
        for name, one in plain.counts.items()
    }
    ways = CountTable(
        "transitions",
        counts.rename(columns={"result": "end"}).assign(subject="reading"),
        names,
        (names,),
        "end",
        ("subject",),
    )
    return PupilTables({**grade_9, "transitions": ways}, {})


@pytest.mark.parametrize("seed", range(6))
def test_part_of_a_tests_pupils_that_was_published_is_not_taken_for_all_of_them(seed):
    pupils = draw(seed)
    old = paired(pupils[pupils["year"] < "2020"], 1)
    new = paired(pupils[pupils["year"] > "2018"], 1)
    published = protect(old)

    got = protect(new, before=[(old, published)])

    earlier = earlier_of(old, published)["results/9/reading"]
    ways = published.counts("transitions", "year", "start", "end")
    results = published.counts("results", "year", "result")
    for result in "123":
        cell = frozenset({("year", "2019"), ("result", result)})
        here = results[(results["year"] == "2019") & (results["result"] == result)]
        way = ways[(ways["year"] == "2019") & (ways["start"] == TOTAL) & (ways["end"] == result)]
        assert (cell in earlier.shown) == bool(here["count"].notna().all())
        assert (cell | {("earlier", "yes")} in earlier.shown) == bool(way["count"].notna().all())
    assert attack_tables(got, before=[published]).faults == []
