import json

import pandas as pd
import pytest

from tilstand.sources.declared import (
    CROSSED,
    EACH,
    FORMS,
    WHOLE,
    Declared,
    grade_order,
    part_of,
    read_declared,
)

SURVEY = (("5-10",), ("7", "10"), (EACH,))


def declared(grades=SURVEY):
    return Declared("chapter", "indicator", "chart", grades, False, "", "own")


def rows(*grades):
    return pd.DataFrame({"grade": list(grades)})


@pytest.mark.parametrize(
    ("there", "exp"),
    [
        (("5-10", "7", "10"), ["5-10"]),
        (("7", "10"), ["7", "10"]),
        (("10", "8", "7"), ["7", "10"]),
        (("10",), ["10"]),
        (("5", "6", "8"), ["5", "6", "8"]),
        (("10", "9", "5"), ["10"]),
        (("vg1",), ["vg1"]),
        ((), []),
    ],
)
def test_the_first_breakdown_that_is_there_is_preferred(there, exp):
    assert declared().preferred(rows(*there)) == exp


def test_all_grades_together_may_be_preferred():
    assert declared((("",), (EACH,))).preferred(rows("", "1", "10")) == [""]


def test_grades_stand_in_the_order_of_a_school():
    got = sorted(["10", "vg1", "2", "1-4", "", "5-10"], key=grade_order)
    assert got == ["2", "10", "1-4", "5-10", "", "vg1"]


def test_a_row_is_of_the_whole_of_a_part_or_of_two_parts():
    table = pd.DataFrame(
        [("", "", ""), ("female", "", ""), ("", "reading", ""), ("female", "reading", "")],
        columns=["gender", "subject", "category"],
    )
    assert part_of(table).tolist() == [WHOLE, "gender", "subject", CROSSED]


def test_no_rows_have_no_parts():
    assert part_of(pd.DataFrame(columns=["gender", "subject", "category"])).tolist() == []


def test_every_declared_measure_is_an_indicator_with_a_chapter(repo, repo_register):
    got = [
        one
        for one in read_declared(repo.register)
        if one.indicator not in repo_register.indicators
        or not (repo.notebooks / f"{one.chapter}.ipynb").is_file()
        or one.form not in FORMS
    ]
    assert got == []


def test_no_measure_is_declared_twice(repo):
    got = pd.Series([one.indicator for one in read_declared(repo.register)])
    assert got[got.duplicated()].tolist() == []


def test_every_measure_of_an_export_is_declared(repo):
    measures = pd.read_csv(repo.register / "exports" / "measures.csv", dtype=str)
    exp = set(measures.loc[measures["role"] == "value", "indicator"])
    assert exp <= {one.indicator for one in read_declared(repo.register)}


def test_a_chapter_shows_what_it_declares(repo):
    """A section of its own or the table of more figures stands in the chapter's cells."""
    lacking = []
    for one in read_declared(repo.register):
        cells = json.loads((repo.notebooks / f"{one.chapter}.ipynb").read_text("utf-8"))["cells"]
        code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        asked = {
            "chart": f'show_measure(page, "{one.indicator}")',
            "line": f'show_lines(page, "{one.chapter}")',
            "own": "",
        }[one.form]
        if asked not in code:
            lacking.append((one.chapter, one.indicator))
    assert lacking == []
