"""Compare the register with Statistics Norway's code list of municipalities."""

from __future__ import annotations

import json

import pytest

from tilstand.errors import DataError
from tilstand.sources import klass
from tilstand.sources.open_sources import BASES


def get(codes: dict[str, str]):
    asked: list[str] = []

    def answer(url: str) -> bytes:
        asked.append(url)
        made = [{"code": code, "name": name} for code, name in codes.items()]
        return json.dumps({"codes": made}).encode()

    return answer, asked


def test_one_call_for_the_first_of_october():
    answer, asked = get({"3201": "Bærum", "9999": "Uoppgitt"})

    assert klass.municipalities(answer, 2025, BASES["klass"]) == {"3201": "Bærum"}
    assert asked == [
        "https://data.ssb.no/api/klass/v1/classifications/131/codesAt.json?date=2025-10-01"
    ]


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"codes": [1]}', b"{}"])
def test_another_answer_is_told(content):
    with pytest.raises(DataError, match="expected codes with names"):
        klass.municipalities(lambda _url: content, 2025, "x")


def _register_names(register, year: int) -> dict[str, str]:
    units = register.units[register.units["level"] == "municipality"]
    valid = units[(units["valid_from"] <= year) & (units["valid_to"] >= year)]
    return dict(zip(valid["code"], valid["name_nb"], strict=True))


@pytest.mark.parametrize("year", [2010, 2017, 2018, 2020, 2024, 2025])
def test_the_register_agrees_with_itself(year, repo_register):
    assert klass.differences(repo_register, year, _register_names(repo_register, year)) == []


def test_every_difference_is_a_line(repo_register):
    found = _register_names(repo_register, 2025) | {"3203": "Nye Asker", "9898": "Ålvik"}
    del found["3201"]

    got = klass.differences(repo_register, 2025, found)

    assert got == [
        "data/register/units.csv: '9898' Ålvik is lacking in 2025, KLASS has it",
        "data/register/units.csv: '3201' Bærum stands in 2025, KLASS does not have it",
        "data/register/units.csv: '3203' is called 'Asker', KLASS says 'Nye Asker' in 2025",
    ]


def test_a_second_name_after_a_dash_is_no_difference(repo_register):
    found = _register_names(repo_register, 2025)
    code = next(code for code, name in found.items() if " - " not in name)

    changed = found | {code: f"{found[code]} - Annet navn"}

    assert klass.differences(repo_register, 2025, changed) == []


def test_changes_without_both_codes_are_told():
    with pytest.raises(DataError, match="expected codeChanges with both codes"):
        klass.changes(lambda _url: b'{"changes": []}', 2025, "x")


@pytest.mark.parametrize(
    ("new", "exp"), [("3201", []), ("9877", ["'3024' became '9877' in 2024"]), ("3099", ["'3099'"])]
)
def test_a_change_is_held_against_the_register(new, exp, repo_register):
    got = klass.unknown_changes(repo_register, [(2024, "3024", new)])

    assert len(got) == len(exp)
    assert all(piece in line for piece, line in zip(exp, got, strict=True))
