import json

import openpyxl
import pandas as pd
import pytest

from tilstand.pipeline.outputs.dataset import places_shown, write_dataset
from tilstand.pipeline.sphinx.compile import Frame
from tilstand.register import Register

FRAME = Frame(2020, "nb", ("nb",), "Bærum", "2021-06-01", "2020")
EXHIBIT = {"kind": "figure", "name": "a", "title": "T", "refs": ["pupils|2020|3024||||"] * 2}


@pytest.fixture(scope="module")
def folder(repo, tmp_path_factory):
    made = tmp_path_factory.mktemp("data")
    register = Register.load(repo.register)
    write_dataset(repo, register, FRAME, places_shown([("elevtall", EXHIBIT)]), made)
    return made


@pytest.fixture(scope="module")
def index(folder):
    return json.loads((folder / "indikatorer.json").read_text(encoding="utf-8"))


def described(index, code: str) -> dict:
    return next(entry for entry in index["indicators"] if entry["indicator"] == code)


def test_every_indicator_of_the_numbers_is_in_the_index(folder, index):
    numbers = pd.read_csv(folder / "tall.csv", dtype=str, encoding="utf-8-sig")

    assert sorted(set(numbers["indicator"])) == [e["indicator"] for e in index["indicators"]]


def test_codes_keep_their_leading_zeros(folder):
    numbers = pd.read_csv(folder / "tall.csv", dtype=str, encoding="utf-8-sig")

    assert "0219" in set(numbers["unit"])


def test_no_document_from_after_the_edition_goes_along(folder, repo):
    known = Register.load(repo.register).sources.set_index("source")["data_year"].astype(int)

    assert known[pd.read_csv(folder / "tall.csv")["source"]].max() <= 2020


def test_a_measure_says_what_it_is_in_both_languages(index):
    assert described(index, "pupils")["name"] == {"nb": "elever", "en": "pupils"}


def test_a_measure_says_where_it_is_shown_once(index):
    assert described(index, "pupils")["shown"] == [
        {"title": "T", "page": "../elevtall.html#fig-a", "table": "elevtall-a.csv"}
    ]


def test_a_measure_names_the_breaks_in_its_series(index):
    assert 2016 in {entry["year"] for entry in described(index, "bullied_share")["breaks"]}


def test_the_columns_of_the_file_are_those_that_the_book_explains(folder, repo):
    numbers = pd.read_csv(folder / "tall.csv", encoding="utf-8-sig")
    explained = pd.read_csv(repo.register / "columns.csv")["column"]

    assert set(numbers.columns) == set(explained)


@pytest.fixture(scope="module")
def book(folder):
    return openpyxl.load_workbook(folder / "tall.xlsx", read_only=True)


def test_the_workbook_says_in_words_what_codes_stand_for(book):
    head, *rows = book["Tall"].values
    row = next(
        dict(zip(head, row, strict=True)) for row in rows if row[head.index("unit")] == "3024"
    )

    assert (row["Sted (i ord)"], row["place"]) == ("Bærum", "baerum")
    assert row["Mål (i ord)"] != row["indicator"]
    assert row["Måleenhet"]
    assert isinstance(row["value"], int | float)


def test_every_column_of_the_workbook_is_explained(book):
    head = next(book["Tall"].values)
    explained = list(book["Kolonner"].values)[1:]

    assert [row[0] for row in explained] == list(head)
    assert [row[0] for row in explained if not row[3]] == []
