"""Read Skoleporten's old long form, the only source of schools' results from 2007 to 2020."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tilstand.sources.headers import GRADE, YEAR
from tilstand.sources.questions import COUNTRY, Questions, codes_named, unclear_names
from tilstand.tabular.cells import bare, decimal_sign, number
from tilstand.tabular.names import folded

if TYPE_CHECKING:
    from tilstand.errors import Fault
    from tilstand.register import Register
    from tilstand.sources.headers import Vocabulary
    from tilstand.tabular.raw import RawTable

COLUMNS = (
    "Enhetsnavn",
    "Statistikk",
    "Indikator/delskår",
    "Periode",
    "Eierform",
    "Trinn",
    "Kjønn",
    "Verdi",
    "Måleenhet",
)
FORM = "skoleporten"
TESTS = "Nasjonale prøver"
#: What a number means is said by its unit alone.
INDICATORS = {"Skalapoeng": "np_scale_points", "Gjennomsnittspoeng": "np_mean_level"}
RANGES = {"np_scale_points": (1, 100), "np_mean_level": (1, 5)}
NOTHING, HIDDEN = ".", "*"
_TRINN = re.compile(r"Trinn (?P<grade>[0-9]{1,2})")


#: With so many of its columns a file is of this form, and lacks the others.
MOST = 8


def is_skoleporten(header: list[str]) -> bool:
    """Tell whether a header is that of Skoleporten's long form, be it with a column missing."""
    return len(set(COLUMNS) & set(header)) >= MOST


def read_skoleporten(
    table: RawTable,
    vocabulary: Vocabulary,
    register: Register,
    schools: dict[tuple[str, str], str],
) -> Questions:
    """Read the national tests of a file in Skoleporten's long form.

    Parameters
    ----------
    table : RawTable
        The file: a row a unit, test, year, ownership, grade and gender.
    vocabulary : Vocabulary
        The words of the exports.
    register : Register
        Codes of counties and municipalities by name and year.
    schools : dict
        Organisation number by municipality code and folded name, from other exports.

    Returns
    -------
    Questions
        Rows of national tests; other statistics, results by the school that pupils came from, and
        units whose names stand for no one unit are left out and noted. ``.`` is hidden or none:
        the form does not tell which, and the rows are missing.
    """
    if lacking := [column for column in COLUMNS if column not in table.header]:
        expected = "this column of Skoleporten's form"
        absent = [table.fault(table.header_row, column, "", expected) for column in lacking]
        return Questions([], absent, [], {})
    places = {column: table.header.index(column) for column in COLUMNS}
    sign = decimal_sign(bare(cells[places["Verdi"]]) for _, cells in table.rows)
    by_name: dict[str, set[tuple[str, str]]] = {}
    for (municipality, name), school in schools.items():
        by_name.setdefault(name, set()).add((school, municipality))
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    unclear: list[str] = []
    units: dict[tuple[str, str], tuple[str, str, str] | None] = {}
    aside: Counter[str] = Counter()
    for row, cells in table.rows:
        told = {column: bare(cells[place]) for column, place in places.items()}
        unit_word = told["Måleenhet"].partition(" (")[0]
        subject = vocabulary.words["subject"].get(told["Indikator/delskår"])
        if not told["Statistikk"].startswith(TESTS) or unit_word not in INDICATORS or not subject:
            aside[f"{told['Statistikk']}: {told['Indikator/delskår']}"] += 1
            continue
        parts, column = _parts(told, vocabulary)
        indicator = INDICATORS[unit_word]
        none = told["Verdi"] in ("", NOTHING, HIDDEN)
        value = "" if none else number(told["Verdi"], sign)
        lowest, highest = RANGES[indicator]
        if not column and not none and (value is None or not lowest <= float(value) <= highest):
            column = "Verdi"
        if not told["Enhetsnavn"]:
            column = "Enhetsnavn"
        if column:
            expected = _EXPECTED[column].format(lowest, highest)
            faults.append(table.fault(row, column, told[column], expected))
            continue
        key = (told["Enhetsnavn"], parts["year"])
        if key not in units:
            units[key] = _unit(told["Enhetsnavn"], int(parts["year"]), register, by_name)
        unit = units[key]
        if unit is None:
            unclear.append(told["Enhetsnavn"])
            continue
        level, code, municipality = unit
        rows.append(
            {
                **dict.fromkeys(("n", "margin", "source", "_n"), ""),
                **parts,
                "indicator": indicator,
                "subject": subject,
                "level": level,
                "unit": code,
                "name": told["Enhetsnavn"],
                "municipality": municipality,
                "value": value,
                "status": "suppressed" if told["Verdi"] == HIDDEN else "ok" if value else "missing",
                "section": f"{told['Statistikk']}: {told['Indikator/delskår']}",
                "_row": row,
            }
        )
    notes = unclear_names(table, unclear)
    if aside:
        notes.append(f"{table.name}: not used: {', '.join(sorted(aside))}")
    return Questions(rows, faults, notes, {})


_EXPECTED = {
    "Periode": "a school year such as 2014-2015",
    "Trinn": "a grade such as Trinn 8",
    "Eierform": "an ownership such as Offentlig or Alle eierformer",
    "Kjønn": "a gender such as Begge kjønn",
    "Enhetsnavn": "the name of a school, a municipality, a county or Hele landet",
    "Verdi": "a number from {} to {}, or . where there is none",
}


def _parts(told: dict[str, str], vocabulary: Vocabulary) -> tuple[dict[str, str], str]:
    """Read the breakdown of a row; the second is the column that is not understood."""
    year = YEAR.fullmatch(told["Periode"])
    if year is None or not str(int(year["first"]) + 1).endswith(year["last"]):
        return {}, "Periode"
    grade = _TRINN.fullmatch(told["Trinn"]) or GRADE.fullmatch(told["Trinn"])
    if grade is None:
        return {}, "Trinn"
    words = vocabulary.words
    for column, kind in (("Eierform", "ownership"), ("Kjønn", "gender")):
        if told[column] not in words[kind]:
            return {}, column
    return {
        "year": year["first"],
        "grade": grade["grade"],
        "category": words["ownership"][told["Eierform"]],
        "gender": words["gender"][told["Kjønn"]],
    }, ""


def _unit(
    name: str, year: int, register: Register, schools: dict[str, set[tuple[str, str]]]
) -> tuple[str, str, str] | None:
    if name in (COUNTRY, "Nasjonalt"):
        return "nation", "0", ""
    found = schools.get(folded(name), set())
    if len(found) == 1:
        return ("school", *next(iter(found)))
    for level in ("municipality", "county"):
        codes = codes_named(register, level, name.removesuffix(" kommune"), year)
        if len(codes) == 1 and not found:
            return level, codes[0], ""
    return None
