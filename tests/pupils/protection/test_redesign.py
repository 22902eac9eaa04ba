"""Where a table cannot be protected, less of it is shown; what is left keeps its doubt."""

import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.cells import TOTAL
from tilstand.disclosure.suppression import UnprotectableError
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection import counts
from tilstand.pupils.protection.earlier import Earlier
from tilstand.pupils.protection.nested import OUTSIDE, outside_groups
from tilstand.pupils.protection.redesign import MERGE, STEPS
from tilstand.pupils.protection.tables import CountView

RULES = DisclosureRules()


def view(name, dimensions, rows, **more):
    frame = pd.DataFrame(rows, columns=[*dimensions, "count"])
    return CountView(name, "leavers", tuple(dimensions), frame, **more)


@pytest.fixture
def tables():
    """Two tables of one population with no cell in common but the whole."""
    points = view(
        "points",
        ["school", "band"],
        [
            ("A", "low", 2),
            ("A", "high", 40),
            ("B", "low", 12),
            ("B", "high", 31),
            ("C", "high", 25),
        ],
        along="band",
    )
    completed = view(
        "completed",
        ["gender", "completed"],
        [("f", "yes", 50), ("f", "no", 3), ("m", "yes", 41), ("m", "no", 16)],
        along="completed",
    )
    return [points, completed]


def refuse(monkeypatch, names):
    """Refuse tables as long as a cell of theirs is neither public nor taken out."""
    settle = counts._settled

    def refusing(problem, joint, wide):
        for name in names:
            cells = joint_cells[name]
            if not problem.given[cells].all() and problem.need.any():
                raise UnprotectableError(np.isin(np.arange(len(problem.need)), cells[:1]))
        return settle(problem, joint, wide)

    joint_cells = {}
    asked = counts.asked_of

    def remembering(tables, *rest):
        found = asked(tables, *rest)
        for table, members in zip(tables, found.system.members, strict=True):
            own = [at for at in members if any(k != "Total" for k in found.system.keys[at])]
            joint_cells.setdefault(table.name, np.array(own))
        return found

    monkeypatch.setattr(counts, "_settled", refusing)
    monkeypatch.setattr(counts, "asked_of", remembering)


@pytest.mark.parametrize("names", [["completed"], ["points"], ["points", "completed"]])
def test_leaving_one_table_out_leaves_the_others_protected(monkeypatch, tables, names):
    refuse(monkeypatch, names)

    got = counts.hide_counts(tables, RULES)

    assert got.step in STEPS[2:]
    small = (got.system.values > 0) & (got.system.values < RULES.min_count)
    assert small.sum() >= 2
    assert got.hidden[small].all()
    for name, cells in zip(("points", "completed"), got.system.members, strict=True):
        part = np.array([any(k != "Total" for k in got.system.keys[at]) for at in cells])
        assert (name in names) == bool(got.hidden[cells][part].all())


@pytest.mark.parametrize(
    ("absent", "exp"), [([("A", "absent", 2), ("B", "absent", 0)], {"A": 4, "B": 9}), ([], None)]
)
def test_those_whom_a_group_leaves_out_are_counted_where_they_are_of_several_kinds(absent, exp):
    rows = [
        *[("A", "1", 12), ("A", "2", 20), ("A", "exempt", 2)],
        *[("B", "1", 15), ("B", "2", 22), ("B", "exempt", 9)],
        *absent,
    ]
    groups = {"result": {"1": "took", "2": "took"}}
    table = view("results", ["school", "result"], rows, along="result", subtotals=groups)

    got = outside_groups([table])

    if exp is None:
        assert got == []
        return
    (outside,) = got
    counted = outside.counts.set_index(["school", "result"])["count"]
    assert {school: counted[school, OUTSIDE] for school in "AB"} == exp
    hidden = counts.hide_counts([table, outside], RULES)
    keys = dict(zip(hidden.system.keys, hidden.hidden, strict=True))
    # Four at A, of two kinds: with both of these open they would be known.
    assert keys["A", "took"] or keys["A", "Total"]
    assert not keys["B", "took"]
    assert not keys["B", "Total"]


@pytest.mark.parametrize("zero", ["shown", "blank"])
def test_blanks_an_earlier_edition_told_to_be_someone_are_nobody_in_no_redesign(monkeypatch, zero):
    rows = {"1": 0, "2": 1, "3": 3, "4": 1, "5": 1}
    earlier = [("2020", level, count) for level, count in rows.items()]
    later = [("2021", level, 20) for level in rows]
    kind = {"dimensions": ["year", "result"], "along": "result"}
    old, new = view("results", rows=earlier, **kind), view("results", rows=earlier + later, **kind)
    cells = {level: frozenset({("year", "2020"), ("result", level)}) for level in rows}
    blank = frozenset(cell for level, cell in cells.items() if zero == "blank" or level != "1")
    before = Earlier("2020", [old], [], frozenset(cells.values()) - blank, {}, blank)
    settle, refused = counts._settled, []

    def refusing(problem, joint, wide):
        if len(refused) < 2:
            refused.append(True)
            raise UnprotectableError(np.arange(len(problem.need)))
        return settle(problem, joint, wide)

    monkeypatch.setattr(counts, "_settled", refusing)

    got = counts.hide_counts([new], RULES, earlier=[before])

    assert got.step == MERGE
    hidden = dict(zip(got.system.keys, got.hidden, strict=True))
    of_2020 = hidden[tuple({"year": "2020", "result": TOTAL}[d] for d in got.system.dimensions)]
    # Six on four levels with somebody on each: nobody is in doubt between 1 and 3 if six is known.
    assert of_2020 == (zero == "shown")
