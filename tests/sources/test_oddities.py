"""Note what looks odd in an export without being wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand.sources.oddities import misnamed
from tilstand.tabular.raw import RawTable

TABLE = RawTable("a.csv", [], [])


def areas(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["level", "unit", "name"])
    return frame.assign(year="2024")


@pytest.mark.parametrize(
    "row",
    [
        ("municipality", "1103", "Stavanger"),
        ("municipality", "0301", "Oslo - Oslove"),
        ("county", "11", "ROGALAND"),
        ("municipality", "9999", "A place that the register lacks"),
    ],
)
def test_the_name_of_a_code_is_as_it_should_be(row, repo_register):
    assert misnamed(areas(row), TABLE, repo_register) == []


def test_the_name_of_another_municipality_is_told(repo_register):
    (got,) = misnamed(areas(("municipality", "1103", "Sandnes")), TABLE, repo_register)

    assert got == "a.csv: municipality 1103 is Stavanger, but called 'Sandnes' here"


def test_many_are_one_line_with_the_first_three_and_a_count(repo_register):
    codes = ("1103", "1108", "4601", "3201", "5001")
    rows = [("municipality", code, "Oslo") for code in codes]

    (got,) = misnamed(areas(*rows), TABLE, repo_register)

    assert got.count("but called 'Oslo' here") == 3
    assert got.endswith("2 others have another's name too")
