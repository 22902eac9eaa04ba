"""Check the published figures and all else under ``data/``, and say every fault in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.check.register_tables import check_register, check_statements, one_of
from tilstand.check.rules import repeated, sums, unlike
from tilstand.edition import edition_names, load_edition
from tilstand.errors import CallError, DataError, Fault
from tilstand.register import Register
from tilstand.store.memory import once
from tilstand.tabular.strict import ROW, read_strict

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from tilstand.project import Project

YEAR = re.compile(r"(19|20)\d\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
GRADE = re.compile(r"(\d+(-\d+)?|vg[1-3])?")


def check_all(project: Project) -> list[Fault | str]:
    """Check everything under ``data/``.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    list of Fault or str
        One entry a fault, in the order of the files; empty when all is well.
    """
    faults, register = once(("faults", project.country), lambda: _check_country(project))
    if register is None:
        return faults
    faults = list(faults)
    for edition in edition_names(project):
        try:
            load_edition(project, register, edition)
        except (DataError, CallError) as error:
            faults += error.lines
    return faults


def _check_country(project: Project) -> tuple[list[Fault | str], Register | None]:
    """Check all but the editions; without a register whose faults would be those of all else."""
    faults: list[Fault | str] = list(check_register(project))
    if faults:
        return faults, None
    register = Register.load(project.register)
    for path in sorted(project.published.glob("*.csv")):
        faults += check_figures(path, project.relative(path), register)
    if not faults:
        faults += sums(project, register)
        faults += repeated(project)
    return [*faults, *check_statements(project, register)], register


def check_figures(path: Path, name: str, register: Register) -> list[Fault]:
    """Check one file of published figures.

    Parameters
    ----------
    path : Path
        A CSV in the *figures* contract.
    name : str
        How faults name the file.
    register : Register
        Tells which codes are known.

    Returns
    -------
    list of Fault
        Every fault of form, code, range and key in the file, by row.
    """
    table, faults = read_strict(path, name, contracts.FIGURE_COLUMNS)
    if table.empty:
        return faults or [Fault(name, 2, "", "no rows", "at least one figure")]
    faults += _cells(table, name, register)
    faults += _units(table, name, register)
    faults += _values(table, name, register)
    duplicated = table[table.duplicated(list(contracts.ROW_KEY), keep="first")]
    faults += [
        Fault(name, row[ROW], "year", _key(row), "a measure that stands only once in its section")
        for row in duplicated.to_dict("records")
    ]
    return sorted(faults)


def _key(row: dict) -> str:
    return " ".join(str(row[column]) for column in contracts.MEASURE_KEY if row[column])


def _cells(table: pd.DataFrame, name: str, register: Register) -> list[Fault]:
    categories = {c for c in table["category"] if register.knows_category(c)}
    return [
        *unlike(table, name, "year", lambda v: bool(YEAR.fullmatch(v)), "a year such as 2020"),
        *unlike(
            table,
            name,
            "indicator",
            register.indicators.__contains__,
            "an indicator of data/register/indicators",
        ),
        *unlike(table, name, "level", contracts.LEVELS.__contains__, one_of(contracts.LEVELS)),
        *unlike(
            table,
            name,
            "grade",
            lambda v: bool(GRADE.fullmatch(v)),
            "a grade: 5, 1-7, vg1 or blank",
        ),
        *unlike(table, name, "gender", contracts.GENDERS.__contains__, "female, male or blank"),
        *unlike(
            table,
            name,
            "category",
            categories.__contains__,
            "a category of data/register/categories, parts joined by /",
        ),
        *unlike(
            table,
            name,
            "subject",
            lambda v: v == "" or register.knows_category(v),
            "a subject of data/register/categories",
        ),
        *unlike(table, name, "status", contracts.STATUSES.__contains__, one_of(contracts.STATUSES)),
        *unlike(table, name, "mark", contracts.MARKS.__contains__, one_of(contracts.MARKS)),
        *unlike(
            table,
            name,
            "source",
            set(register.sources["source"]).__contains__,
            "a source of data/register/sources.csv",
        ),
        *unlike(table, name, "section", bool, "the section of the document"),
    ]


def _units(table: pd.DataFrame, name: str, register: Register) -> list[Fault]:
    faults = []
    for row in table.to_dict("records"):
        if not YEAR.fullmatch(row["year"]) or row["level"] not in contracts.LEVELS:
            continue
        if not register.valid_unit(row["level"], row["unit"], int(row["year"])):
            expected = f"a code of a {row['level']} that was valid in {row['year']}"
            faults.append(Fault(name, row[ROW], "unit", row["unit"], expected))
    return faults


def _values(table: pd.DataFrame, name: str, register: Register) -> list[Fault]:
    faults = []
    for row in table.to_dict("records"):
        has_value = row["status"] in contracts.STATUSES_WITH_VALUE
        if has_value and not NUMBER.fullmatch(row["value"]):
            expected = "a number with decimal point (blank only with another status than ok)"
            faults.append(Fault(name, row[ROW], "value", row["value"], expected))
        elif not has_value and row["value"]:
            expected = f"blank when status is {row['status']}"
            faults.append(Fault(name, row[ROW], "value", row["value"], expected))
        elif has_value:
            faults += _range(row, name, register)
        for column in ("n", "margin"):
            if row[column] and not NUMBER.fullmatch(row[column]):
                faults.append(Fault(name, row[ROW], column, row[column], "a number or blank"))
    return faults


def _range(row: dict, name: str, register: Register) -> list[Fault]:
    indicator = register.indicators.get(row["indicator"])
    value = float(row["value"])
    if indicator is None:
        return []
    if indicator.unit == "percent" and not 0 <= value <= 100:
        return [Fault(name, row[ROW], "value", row["value"], "a share from 0 to 100")]
    if indicator.unit == "count" and (value < 0 or value != int(value)):
        return [Fault(name, row[ROW], "value", row["value"], "a whole number, 0 or more")]
    return []
