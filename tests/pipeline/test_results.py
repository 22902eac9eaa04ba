"""Gather every published number into one table."""

import csv
import io

from tilstand.pipeline.compose.compose import Draft
from tilstand.pipeline.outputs.results import results_csv

FIELDS = [
    {"name": "Sted", "type": "string"},
    {"name": "År", "type": "year"},
    {"name": "Verdi", "type": "number"},
]
TABLE = "Sted,År,Verdi\nBærum,2019,1.5\nBærum,2020,\nlandet,2020,-2\nlandet,2020,3e-05\n"


def rows(exhibit=None, numbers=None) -> list[tuple[str, ...]]:
    draft = Draft("side", numbers=numbers or {}, exhibits=[exhibit] if exhibit else [])
    return [tuple(row) for row in csv.reader(io.StringIO(results_csv([draft])))][1:]


def test_rows_are_named_by_words_and_years_and_blanks_are_no_numbers():
    got = rows({"name": "tabell", "csv": TABLE, "fields": FIELDS})
    exp = [
        ("side", "tabell", "Bærum; 2019", "Verdi", "1.5"),
        ("side", "tabell", "landet; 2020", "Verdi", "-2"),
        ("side", "tabell", "landet; 2020 (2)", "Verdi", "3e-05"),
    ]
    assert got == exp


def test_without_a_description_the_first_column_names_the_row():
    got = rows({"name": "tabell", "csv": "Sted,Antall\nBærum,4\n"})
    assert got == [("side", "tabell", "Bærum", "Antall", "4")]


def test_numbers_of_the_text_are_there_and_words_are_not():
    got = rows(numbers={"share": {"number": 12.345}, "direction": {"number": None}})
    assert got == [("side", "", "share", "", "12.345")]


def test_number_about_pupils_whose_sentence_was_dropped_is_left_out(tmp_path):
    told = {"number": 12.3, "decimals": 1, "refs": ["pupil-file|2020"]}
    draft = Draft("side", numbers={"told": told, "dropped": {"number": 7.0, "refs": []}})
    (tmp_path / "side.html").write_text("<p>I 2020 var det 12,3 prosent.</p>", encoding="utf-8")

    got = list(csv.reader(io.StringIO(results_csv([draft], tmp_path))))[1:]

    assert got == [["side", "", "told", "", "12.3"]]


def test_page_without_pupils_keeps_every_number(tmp_path):
    draft = Draft("side", numbers={"dropped": {"number": 7.0, "refs": ["pupils|2020"]}})
    (tmp_path / "side.html").write_text("<p>Ingenting.</p>", encoding="utf-8")

    got = list(csv.reader(io.StringIO(results_csv([draft], tmp_path))))[1:]

    assert got == [["side", "", "dropped", "", "7"]]
