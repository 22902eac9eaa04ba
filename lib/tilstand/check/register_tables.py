"""Check the register and the statements: headers, codes, and words that are not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.check.rules import unlike
from tilstand.errors import Fault
from tilstand.sources.published import statement_files
from tilstand.tabular.strict import ROW, read_strict

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from tilstand.project import Project
    from tilstand.register import Register

    Cells = Callable[[pd.DataFrame, str], list[Fault]]


def check_register(project: Project) -> list[Fault]:
    """Check the register's own files: headers, codes that repeat, words that are not known."""
    folder = project.register
    faults: list[Fault] = []
    singles = {
        "units.csv": contracts.UNIT_COLUMNS,
        "origins.csv": contracts.ORIGIN_COLUMNS,
        "sources.csv": contracts.SOURCE_COLUMNS,
        "breaks.csv": contracts.BREAK_COLUMNS,
        "sums.csv": contracts.SUM_COLUMNS,
    }
    for file, columns in singles.items():
        faults += read_strict(folder / file, project.relative(folder / file), columns)[1]
    if (folder / "changes.csv").is_file():
        faults += _changes(project)
    if (folder / "school-mergers.csv").is_file():
        faults += _school_mergers(project)
    faults += _folder(project, "indicators", contracts.INDICATOR_COLUMNS, _indicator_cells)
    faults += _origins(project)
    faults += _folder(project, "categories", contracts.CATEGORY_COLUMNS, lambda _table, _name: [])
    return faults


def _changes(project: Project) -> list[Fault]:
    path = project.register / "changes.csv"
    name = project.relative(path)
    table, faults = read_strict(path, name, contracts.CHANGE_COLUMNS)
    known = set(read_strict(project.register / "units.csv", "", contracts.UNIT_COLUMNS)[0]["code"])
    kinds = contracts.CHANGE_KINDS
    faults += unlike(table, name, "kind", kinds.__contains__, one_of(kinds))
    for column in ("from", "to"):
        expected = "a code of data/register/units.csv"
        faults += unlike(table, name, column, known.__contains__, expected)
    return faults


def _school_mergers(project: Project) -> list[Fault]:
    path = project.register / "school-mergers.csv"
    name = project.relative(path)
    table, faults = read_strict(path, name, contracts.SCHOOL_MERGER_COLUMNS)
    number = "an organisation number of nine digits"
    gone = f"{number}, or nothing where no school goes on"
    faults += unlike(table, name, "from", _is_number, number)
    faults += unlike(table, name, "to", lambda text: not text or _is_number(text), gone)
    faults += unlike(table, name, "source", bool, "who says so")
    heirs = dict(zip(table["from"], table["to"], strict=True))
    for row in table.to_dict("records"):
        last, steps = row["to"], 0
        while heirs.get(last) and last != row["from"] and steps < len(heirs):
            last, steps = heirs[last], steps + 1
        if last == row["from"]:
            expected = "a school that does not itself go on in the one that closed"
            faults.append(Fault(name, row[ROW], "to", row["to"], expected))
    twice = table["from"].duplicated()
    for row in table[twice].to_dict("records"):
        faults.append(Fault(name, row[ROW], "from", row["from"], "each school once"))
    return faults


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{9}", text) is not None


def _origins(project: Project) -> list[Fault]:
    """Hold every indicator's origin to the list that names origins on the pages."""
    path = project.register / "origins.csv"
    known = set(read_strict(path, "", contracts.ORIGIN_COLUMNS)[0]["origin"])
    faults: list[Fault] = []
    for file in sorted((project.register / "indicators").glob("*.csv")):
        name = project.relative(file)
        table, _ = read_strict(file, name, contracts.INDICATOR_COLUMNS)
        expected = "an origin of data/register/origins.csv"
        faults += unlike(table, name, "origin", known.__contains__, expected)
    return faults


def _folder(project: Project, kind: str, columns: tuple[str, ...], cells: Cells) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    for path in sorted((project.register / kind).glob("*.csv")):
        name = project.relative(path)
        table, form = read_strict(path, name, columns)
        faults += form + cells(table, name)
        for row in table.to_dict("records"):
            code = row[columns[0]]
            if code in seen:
                expected = f"a code that {seen[code]} does not already have"
                faults.append(Fault(name, row[ROW], columns[0], code, expected))
            seen.setdefault(code, name)
            for column in ("name_nb", "name_en"):
                if not row[column]:
                    faults.append(Fault(name, row[ROW], column, "", "a name in the language"))
    return faults


def _indicator_cells(table: pd.DataFrame, name: str) -> list[Fault]:
    allowed = {
        "unit": contracts.INDICATOR_UNITS,
        "direction": contracts.DIRECTIONS,
        "year_kind": contracts.YEAR_KINDS,
        "people": contracts.PEOPLE,
        "decimals": ("0", "1", "2"),
    }
    return [
        fault
        for column, words in allowed.items()
        for fault in unlike(table, name, column, words.__contains__, one_of(words))
    ]


def check_statements(project: Project, register: Register) -> list[Fault]:
    """Check statements, measures, contradictions and what became of goals, file by file."""
    faults: list[Fault] = []
    told: set[str] = set()
    sources = set(register.sources["source"])
    for kind, columns in (
        ("", contracts.STATEMENT_COLUMNS),
        ("measures", contracts.MEASURE_COLUMNS),
        ("contradictions", contracts.CONTRADICTION_COLUMNS),
        ("followup", contracts.FOLLOWUP_COLUMNS),
        ("named", contracts.NAMED_COLUMNS),
    ):
        seen: set[str] = set()
        for path in statement_files(project, kind):
            name = project.relative(path)
            table, form = read_strict(path, name, columns)
            faults += form
            known = {code for cell in table["source"] for code in cell.split(";")} & sources
            faults += unlike(
                table,
                name,
                "source",
                _all_among(known),
                "a source of data/register/sources.csv",
            )
            faults += unlike(table, name, "id", bool, "an id")
            for row in table.to_dict("records"):
                if row["id"] in seen:
                    faults.append(Fault(name, row[ROW], "id", row["id"], "an id used only once"))
                seen.add(row["id"])
            if kind in ("", "measures"):
                told |= set(table["id"])
            if kind == "followup":
                faults += _followed(table, name, told, register)
            if kind == "measures":
                expected = "organisers of data/register/categories, joined by /"
                faults += unlike(table, name, "organiser", register.knows_category, expected)
            kinds = {
                "": contracts.STATEMENT_KINDS,
                "contradictions": contracts.CONTRADICTION_KINDS,
                "named": contracts.NAMED_KINDS,
            }
            if kind in kinds:
                words = kinds[kind]
                faults += unlike(table, name, "kind", words.__contains__, one_of(words))
    return faults


def _followed(table: pd.DataFrame, name: str, told: set[str], register: Register) -> list[Fault]:
    """Check what became of goals: of which, in what state, resting on what."""
    states, evidence = contracts.FOLLOWUP_STATES, contracts.FOLLOWUP_EVIDENCE
    known = register.indicators
    figures = lambda cell: all(  # noqa: E731
        one.partition("|")[0] in known for one in cell.split(";") if one
    )
    return [
        *unlike(table, name, "goal", told.__contains__, "the id of a statement or a measure"),
        *unlike(table, name, "state", states.__contains__, one_of(states)),
        *unlike(table, name, "evidence", evidence.__contains__, one_of(evidence)),
        *unlike(
            table, name, "figures", figures, "measures of data/register/indicators, joined by ;"
        ),
    ]


def _all_among(known: set[str]) -> Callable[[str], bool]:
    return lambda cell: set(cell.split(";")) <= known


def one_of(words: tuple[str, ...]) -> str:
    """Write the words that a cell may hold."""
    return "one of " + ", ".join(word or "blank" for word in words)
