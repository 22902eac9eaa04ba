"""Name what stands above, under and beside a table as people know it."""

from __future__ import annotations

import pytest

from tilstand.errors import DataError, Fault, by_cause
from tilstand.tabular.cells import expected_number
from tilstand.tabular.frames import open_table, typed
from tilstand.tabular.raw import read_raw

ROWS = [f"Skole {n};{n};{n},5" for n in range(1, 15)]
TABLE = "\n".join(["skole;n;poeng", *ROWS])
ODD = {
    "a title": (f"Elever i kommunen\n{TABLE}", "a:1: 'Elever i kommunen', ", "row 1 is a title"),
    "a title and a blank row": (f"Elever\n\n{TABLE}", "a:1: 'Elever', ", "rows 1 to 2 are a title"),
    "a total": (f"{TABLE}\nTotalt;105;", "a:16:skole: 'Totalt', ", "looks like a total"),
    "a sum": (f"{TABLE}\n;;\nSum:;105;", "a:17:skole: 'Sum:', ", "looks like a total"),
    "a note": (f"{TABLE}\nKilde: Udir;;", "a:16: 'Kilde: Udir', ", "looks like a note"),
    "two header rows": (
        "\n".join(["skole;Lesing;", ";n;poeng", *ROWS]),
        "a:1: 'Lesing', ",
        "with merged cells",
    ),
    "a nameless column": (
        "\n".join(["skole;n", *ROWS]),
        "a:1:column 3: '', ",
        "a name for the column",
    ),
    "a name twice": (TABLE.replace("poeng", "n"), "a:1:n: 'n', ", "stands only once"),
    "a short row": (TABLE.replace("Skole 3;3;3,5", "Skole 3;3"), "a:4: '2 cells', ", "3 cells"),
    "wrong letters": (TABLE.replace("Skole 2;", "BÃ¦rum;"), "a:3:skole: 'BÃ¦rum', ", "UTF-8"),
}


def as_frames(path):
    table = open_table(path, "a")
    return typed(table, table.columns, ["skole"]).frame()


@pytest.mark.parametrize("kind", ODD)
def test_a_cause_is_one_line_for_both_ways_of_reading(kind, tmp_path):
    content, place, reason = ODD[kind]
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")

    got = [str(fault) for fault in read_raw(path, "a")[1]]

    assert len(got) == 1
    assert got[0].startswith(place)
    assert reason in got[0]
    with pytest.raises(DataError) as caught:
        as_frames(path)
    assert len(caught.value.lines) == 1
    assert reason in caught.value.lines[0] or kind == "a nameless column"


@pytest.mark.parametrize(
    "more", ["\nSkole 15;15;15,5", "\nSummen skole;15;2,5", "\nTotalt;15;2,5", ";;;", "\n\n;;\n"]
)
def test_what_only_looks_odd_is_read(more, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE + more, encoding="utf-8")

    assert read_raw(path, "a")[1] == []
    assert len(as_frames(path)) >= len(ROWS)


@pytest.mark.parametrize(
    "text", ["00.jan", "mai.50", "1. mai", "jan.24", "2024-05-01", "3.5.2024", "okt 48"]
)
def test_dates_that_a_spreadsheet_made_are_named(text):
    assert "made a date of it" in expected_number(text)


@pytest.mark.parametrize("text", ["#N/A", "#I/T", "#REF!", "#DIV/0!", "#VERDI!", "#NAVN?"])
def test_failed_formulas_are_named(text):
    assert "a formula has failed" in expected_number(text)


@pytest.mark.parametrize("text", ["*", "", "52,5x", "femti", "-"])
def test_another_word_has_no_cause_of_its_own(text):
    assert expected_number(text, "a number") == "a number"


def test_many_faults_of_one_cause_are_one_line_in_each_file():
    faults = [Fault(file, row, "n", "x", "a number") for file in "ab" for row in range(2, 70)]
    faults.insert(3, Fault("a", 3, "m", "y", "a grade"))

    got = [str(fault) for fault in by_cause(faults)]

    assert got == [
        "a:2:n: 'x', expected a number (68 such cells in 68 rows: 2, 3, 4 ...)",
        "a:3:m: 'y', expected a grade",
        "b:2:n: 'x', expected a number (68 such cells in 68 rows: 2, 3, 4 ...)",
    ]


def test_three_faults_of_one_cause_are_told_one_by_one():
    faults = [Fault("a", row, "n", "x", "a number") for row in (2, 3, 4)]

    assert by_cause(faults) == faults
