import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.cells import Table, build_system
from tilstand.disclosure.errors import DisclosureError


def frame(rows, *names):
    return pd.DataFrame(rows, columns=[*names, "count"])


def test_every_sum_of_the_system_holds():
    counts = frame([("A", "x", 3), ("A", "y", 4), ("B", "x", 5)], "school", "level")
    system = build_system([Table(counts, ("school", "level"))])
    assert not np.any(system.matrix @ system.values)
    assert system.values[system.position["A", "Total"]] == 7
    assert system.values[system.position["Total", "Total"]] == 12
    assert system.values[system.position["B", "y"]] == 0


def test_linked_tables_share_their_common_margins():
    sexes = frame([("A", "boy", 3), ("A", "girl", 4)], "school", "sex")
    origins = frame([("A", "here", 6), ("A", "there", 1)], "school", "background")
    tables = [Table(sexes, ("school", "sex")), Table(origins, ("school", "background"))]
    system = build_system(tables)
    assert system.keys.count(("A", "Total", "Total")) == 1
    assert len(system.keys) == 6 + 6 - 2


def test_linked_tables_that_disagree_are_refused():
    sexes = frame([("A", "boy", 3)], "school", "sex")
    origins = frame([("A", "here", 4)], "school", "background")
    with pytest.raises(DisclosureError) as got:
        build_system(
            [
                Table(sexes, ("school", "sex"), name="sex"),
                Table(origins, ("school", "background"), name="background"),
            ]
        )
    assert got.value.lines[0] == (
        "background: A / Total / Total: '4', expected 3, the count that a linked table gives the "
        "same pupils"
    )


def test_a_subtotal_is_the_sum_of_its_categories():
    counts = frame([("1", 3), ("2", 4), ("3", 5)], "level")
    low = Table(counts, ("level",), {"level": {"1": "low", "2": "low"}})
    system = build_system([low])
    assert system.values[system.position["low",]] == 7
    assert not np.any(system.matrix @ system.values)
    parts = system.matrix[:, system.position["low",]].toarray().ravel()
    assert sorted(parts[parts != 0]) == [-1, 1]


def test_numbered_categories_stand_in_their_order():
    counts = frame([("10", 3), ("9", 4)], "grade")
    assert [key[0] for key in build_system([Table(counts, ("grade",))]).keys] == [
        "9",
        "10",
        "Total",
    ]


def test_table_of_those_in_one_category_shares_its_cells_and_sums_to_no_one_else():
    whole = pd.DataFrame(
        {"school": ["A", "A", "B"], "result": ["took", "away", "took"], "count": [8, 2, 9]}
    )
    years = pd.DataFrame({"school": ["A", "A", "B"], "year": ["1", "2", "1"], "count": [5, 3, 9]})
    got = build_system(
        [
            Table(whole, ("school", "result")),
            Table(years, ("school", "year"), fixed={"result": "took"}),
        ]
    )

    value = {key: int(got.values[at]) for key, at in got.position.items()}
    assert got.dimensions == ("school", "result", "year")
    assert value["A", "took", "Total"] == 8  # one cell of both tables
    assert value["A", "Total", "Total"] == 10
    assert ("A", "Total", "1") not in value
    assert not (got.matrix @ got.values).any()
