import io
import os

import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.cells import Table, build_system
from tilstand.disclosure.errors import DisclosureCallError, DisclosureError
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.protect import run
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import suppress

# Statistics Norway's GaussSuppression, example1, 2014.
VIGNETTE = """age,geo,freq
young,Spain,5
young,Iceland,2
young,Portugal,0
old,Spain,6
old,Iceland,3
old,Portugal,4
"""


def write(tmp_path, text, name="cells.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def blanks(frame, *dimensions):
    rows = frame.loc[frame["status"] == "suppressed", list(dimensions)]
    return set(rows.itertuples(index=False, name=None))


def brute_widths(frame, dimensions, most):
    """Bound every blank by trying all inner tables whose counts are at most `most`."""
    inner = frame[(frame[dimensions] != "Total").all(axis=1)]
    ranges = [
        np.arange(1, most + 1) if pd.isna(count) else np.array([int(count)])
        for count in inner["count"]
    ]
    tables = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")])
    names = inner[dimensions].to_numpy()
    sums = []
    agree = np.ones(tables.shape[1], dtype=bool)
    for key, count in zip(frame[dimensions].to_numpy(), frame["count"], strict=True):
        within = ((names == key) | (key == "Total")).all(axis=1)
        sums.append(tables[within].sum(axis=0))
        if not pd.isna(count):
            agree &= sums[-1] == int(count)
    return np.array([np.ptp(values[agree]) for values in sums])


def test_the_vignette_comes_out_as_statistics_norway_documents_it():
    frame = pd.read_csv(io.StringIO(VIGNETTE)).rename(columns={"freq": "count"})
    system = build_system([Table(frame, ("age", "geo"))])
    rules = Rules(min_count=2, width=1, hide_zeros=True)
    need = required_widths(system, rules)
    problem = Problem(system.values, system.matrix, need, need < 0, rules.floor)
    got = suppress(problem, system.margin_depth)
    hidden = {key for key, blank in zip(system.keys, got.hidden, strict=True) if blank}
    exp = {(age, geo) for age in ("young", "old") for geo in ("Iceland", "Portugal")}
    assert hidden == exp


def test_the_vignette_under_our_rules_leaves_the_zero_open(tmp_path):
    got = run(write(tmp_path, VIGNETTE), "age,geo", "freq", min_count=5, width=3)
    hidden = blanks(got, "age", "geo")
    small = {("young", "Iceland"), ("old", "Iceland"), ("old", "Portugal"), ("Total", "Portugal")}
    assert small <= hidden
    assert ("young", "Portugal") not in hidden


def test_all_cells_and_margins_come_out_once_with_total_last(tmp_path):
    got = run(write(tmp_path, VIGNETTE), "age,geo", "freq")
    assert list(got.columns) == ["age", "geo", "count", "status"]
    assert len(got) == 3 * 4
    assert not got.duplicated(["age", "geo"]).any()
    assert tuple(got.iloc[-1][["age", "geo"]]) == ("Total", "Total")


@pytest.mark.parametrize("seed", range(8))
def test_no_reader_who_tries_every_table_narrows_a_small_count(tmp_path, seed):
    generator = np.random.default_rng(seed)
    counts = generator.poisson(3, (3, 2))
    rows = [f"s{i},k{j},{counts[i, j]}" for i, j in np.ndindex(3, 2)]
    got = run(write(tmp_path, "school,sex,n\n" + "\n".join(rows)), "school,sex", "n")
    widths = brute_widths(got, ["school", "sex"], most=10)
    true = [
        counts[
            slice(None) if s == "Total" else int(s[1]), slice(None) if k == "Total" else int(k[1])
        ].sum()
        for s, k in zip(got["school"], got["sex"], strict=True)
    ]
    small = np.array([0 < count < 5 for count in true])
    assert (got.loc[small, "status"] == "suppressed").all()
    assert (widths[small] >= 3).all()
    assert (widths[(got["status"] == "suppressed").to_numpy()] > 0).all()


def test_true_zeros_stay_open_and_a_missing_combination_is_one(tmp_path):
    text = "school,level,n\nA,1,20\nA,2,3\nB,1,30\nB,2,15\nB,3,9\n"
    got = run(write(tmp_path, text), "school,level", "n")
    zero = got[(got["school"] == "A") & (got["level"] == "3")].iloc[0]
    assert (zero["count"], zero["status"]) == (0, "ok")


def test_the_file_is_written_with_blanks_where_counts_are_hidden(tmp_path):
    output = tmp_path / "new" / "out.csv"
    exp = run(write(tmp_path, VIGNETTE), "age,geo", "freq", output=output)
    got = pd.read_csv(output, dtype={"count": "Int64"})
    pd.testing.assert_frame_equal(got, exp.reset_index(drop=True), check_dtype=False)
    assert list(output.parent.iterdir()) == [output]


def test_two_runs_and_shuffled_rows_give_the_same_bytes(tmp_path):
    lines = VIGNETTE.strip().split("\n")
    shuffled = "\n".join([lines[0], *reversed(lines[1:])])
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    run(write(tmp_path, VIGNETTE), "age,geo", "freq", output=first)
    run(write(tmp_path, shuffled, "b.csv"), "age,geo", "freq", output=second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "csv;", "csv16"])
def test_the_same_table_comes_out_of_every_form_of_file(tmp_path, kind):
    exp = run(write(tmp_path, VIGNETTE), "age,geo", "freq")
    frame = pd.read_csv(tmp_path / "cells.csv")
    path = tmp_path / f"other.{kind.strip(';16')}"
    if kind == "xlsx":
        path = tmp_path / "other.xlsx"
        frame.to_excel(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "csv;":
        path.write_text(VIGNETTE.replace(",", ";"), encoding="utf-8-sig")
    else:
        path.write_text(VIGNETTE, encoding="utf-16")
    pd.testing.assert_frame_equal(run(path, "age,geo", "freq"), exp)


def test_public_totals_stay_open(tmp_path):
    text = "school,level,n\nA,1,2\nA,2,20\nB,1,9\nB,2,30\nC,1,7\nC,2,25\n"
    totals = write(tmp_path, "school,n\nA,22\nB,39\nC,32\n", "totals.csv")
    got = run(write(tmp_path, text), "school,level", "n", published=totals)
    margins = got[(got["level"] == "Total") & (got["school"] != "Total")]
    assert (margins["status"] == "ok").all()
    assert ("A", "1") in blanks(got, "school", "level")


def test_public_totals_that_give_a_count_away_stop_the_run(tmp_path):
    text = "school,level,n\nA,1,3\nB,1,30\nB,2,40\n"
    totals = write(tmp_path, "school,n\nA,3\nB,70\n", "totals.csv")
    with pytest.raises(DisclosureError) as got:
        run(write(tmp_path, text), "school,level", "n", published=totals, output=tmp_path / "o.csv")
    assert len(got.value.lines) == 1
    assert "A / 1" in got.value.lines[0]
    assert "merge" in got.value.lines[0]
    assert got.value.exit_code == 1
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("school,n\nA,3.5\n", ":2:n:", "'3.5', expected a whole number"),
        ("school,n\nA,-1\n", ":2:n:", "'-1', expected a whole number"),
        ("school,n\nA,*\n", ":2:n:", "'*', expected a whole number"),
        ("school,n\nA,3\nTotal,3\n", ":3:school:", "'Total', expected a category"),
        ("school,n\nA,3\nA,4\n", ":3:school:", "'A', expected one row a combination"),
        ("skole,n\nA,3\n", ":1:school:", "expected a column 'school'"),
        ("school,n\nA,3,4\n", ":2:", "'3 cells', expected 2"),
        ("school,n\n", ":2:n:", "expected at least one row"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, text, place, value):
    path = write(tmp_path, text)
    with pytest.raises(DisclosureError) as got:
        run(path, "school", "n")
    assert got.value.lines[0].startswith(f"{path}{place}")
    assert value in got.value.lines[0]


def test_a_public_total_that_is_not_the_sum_is_named(tmp_path):
    path = write(tmp_path, "school,n\nA,8\nB,9\n")
    totals = write(tmp_path, "school,n\nTotal,18\n", "totals.csv")
    with pytest.raises(DisclosureError) as got:
        run(path, "school", "n", published=totals)
    exp = f"{totals}:2:n: '18', expected 17, the sum of the file's cells for Total"
    assert got.value.lines == [exp]


@pytest.mark.parametrize(
    ("dimensions", "min_count", "width"),
    [("school,school", 5, 3), ("n", 5, 3), ("", 5, 3), ("school", 1, 3), ("school", 5, 0)],
)
def test_a_call_that_makes_no_sense_is_refused(tmp_path, dimensions, min_count, width):
    with pytest.raises(DisclosureCallError) as got:
        run(write(tmp_path, "school,n\nA,8\n"), dimensions, "n", min_count, width)
    assert got.value.exit_code == 2


def test_what_the_solver_prints_stays_off_the_users_screen(tmp_path, monkeypatch, capfd):
    source = tmp_path / "counts.csv"
    source.write_text("school,sex,count\nA,f,3\nA,m,9\nB,f,8\nB,m,7\n", encoding="utf-8")

    def loud(*arguments, **_):
        os.write(1, b"a line of the solver\n")
        return suppress(*arguments)

    monkeypatch.setattr("tilstand.disclosure.protect.suppress", loud)
    run(source, "school,sex", "count")
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("name", ["Alle", "total", "I alt", "Sum", "Both sexes", "Totalt"])
def test_a_row_that_sums_the_others_is_no_category(tmp_path, name):
    text = f"sex,level,n\nf,1,3\nm,1,12\nf,2,20\nm,2,22\n{name},1,15\n{name},2,42\n"

    with pytest.raises(DisclosureError) as caught:
        run(write(tmp_path, text), "sex,level", "n")

    (got,) = caught.value.lines
    assert got.partition("cells.csv:")[2].startswith(f"6:sex: '{name}', expected a category")


def test_a_category_called_all_that_sums_nothing_stays_one(tmp_path):
    text = "answer,n\nalle,30\nnoen,20\ningen,15\n"

    got = run(write(tmp_path, text), "answer", "n")

    assert set(got["answer"]) == {"alle", "noen", "ingen", "Total"}


@pytest.mark.parametrize("name", ["Totalt", "Alle skoler", "Sum", "Kommunen"])
def test_a_total_among_schools_is_no_school_though_it_does_not_add_up(tmp_path, name):
    text = f"skole,level,n\nA,1,30\nB,1,12\nA,2,20\nB,2,22\n{name},1,41\n{name},2,42\n"

    with pytest.raises(DisclosureError) as caught:
        run(write(tmp_path, text), "skole,level", "n")

    (got,) = caught.value.lines
    exp = f"6:skole: '{name}', expected a category, and this looks like a total of the others: del"
    assert got.partition("cells.csv:")[2].startswith(exp)
