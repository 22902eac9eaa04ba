"""Hold the figures to each other: parts to totals, and one measure to one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.errors import Fault
from tilstand.sources.published import load_statements
from tilstand.tabular.strict import ROW, read_strict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.project import Project
    from tilstand.register import Register


# A total of `=100`: the parts are the whole of a distribution, in percent.
WHOLE = "=100"


def unlike(
    table: pd.DataFrame, name: str, column: str, fits: Callable[[str], bool], expected: str
) -> list[Fault]:
    """List the cells of a column that do not fit.

    Parameters
    ----------
    table : pandas.DataFrame
        Text table with the spreadsheet row in ``_row``.
    name : str
        How faults name the file.
    column : str
        The column to look at.
    fits : callable
        Tells whether a cell's text is right.
    expected : str
        What the fault says was expected.

    Returns
    -------
    list of Fault
        One a cell.
    """
    return [
        Fault(name, row, column, value, expected)
        for row, value in zip(table[ROW], table[column], strict=True)
        if not fits(value)
    ]


def _all_figures(project: Project) -> pd.DataFrame:
    tables = []
    for path in sorted(project.published.glob("*.csv")):
        table, _ = read_strict(path, project.relative(path), contracts.FIGURE_COLUMNS)
        tables.append(table.assign(file=project.relative(path)))
    figures = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    if not figures.empty:
        figures["number"] = pd.to_numeric(figures["value"], errors="coerce")
    return figures


def sums(project: Project, register: Register) -> list[Fault]:
    """Find totals that are not the sum of their parts, by the rules of ``sums.csv``.

    A rule applies wherever one section of a document prints all the parts and the total.
    A sum that is known not to hold in a document stands among the contradictions, with the
    kind ``parts_do_not_sum``, and is told to the readers there.
    """
    figures = _all_figures(project)
    if figures.empty:
        return []
    told = load_statements(project, "contradictions", contracts.CONTRADICTION_COLUMNS)
    told = told[told["kind"] == "parts_do_not_sum"]
    known = set(zip(told["indicator"], told["year"], strict=True))
    free = [key not in known for key in zip(figures["indicator"], figures["year"], strict=True)]
    return [
        fault
        for rule in register.sums.to_dict("records")
        for fault in _sum_faults(figures[free], rule)
    ]


def _sum_faults(figures: pd.DataFrame, rule: dict) -> list[Fault]:
    dimension, parts = rule["dimension"], rule["parts"].split(";")
    rest = [column for column in contracts.ROW_KEY if column != dimension]
    rows = figures[(figures["indicator"] == rule["indicator"]) & figures["number"].notna()]
    rows = rows.drop_duplicates(list(contracts.ROW_KEY))  # two files with one row: see `repeated`
    faults = []
    for _, group in rows.groupby(rest, sort=False):
        numbers = group.set_index(dimension)["number"]
        complete = rule["total"] == WHOLE and set(parts) == set(numbers.index)
        if not complete and not {*parts, rule["total"]} <= set(numbers.index):
            continue
        total = 100.0 if complete else float(numbers[rule["total"]])
        if abs(numbers[parts].sum() - total) > float(rule["tolerance"]) + 1e-9:
            at = parts[0] if complete else rule["total"]
            row = group[group[dimension] == at].iloc[0].to_dict()
            expected = f"{dimension} {', '.join(parts)} to sum to {total:g}"
            found = f"{numbers[parts].sum():g}"
            faults.append(Fault(row["file"], row[ROW], "value", found, expected))
    return faults


def repeated(project: Project) -> list[Fault]:
    """Find measures to which the sources give several values without a mark that says so.

    Every value but the one that the book uses carries the mark ``contested_other``, and a value
    is marked ``contested`` only beside another. A row that stands in two files is told first.
    """
    figures = _all_figures(project)
    if figures.empty:
        return []
    twice = figures[figures.duplicated(list(contracts.ROW_KEY))]
    if not twice.empty:
        expected = "a measure that stands only once in its section, in one file"
        return [
            Fault(row["file"], row[ROW], "indicator", row["indicator"], expected)
            for row in twice.to_dict("records")
        ]
    figures = figures[figures["number"].notna()]
    several = figures.duplicated(list(contracts.MEASURE_KEY), keep=False)
    figures = figures[several | figures["mark"].str.startswith("contested")]
    faults = []
    for _, group in figures.groupby(list(contracts.MEASURE_KEY), sort=False):
        used = group[group["mark"] != "contested_other"]
        row = (group if used.empty else used).to_dict("records")[-1]
        if used["number"].nunique() > 1:
            places = ", ".join(f"{r['file']}:{r[ROW]}" for r in used.to_dict("records"))
            expected = f"the mark contested_other on all values but one, of {places}"
            faults.append(Fault(row["file"], row[ROW], "mark", row["mark"], expected))
        elif used.empty:
            expected = "another mark on the value that the book is to use"
            faults.append(Fault(row["file"], row[ROW], "mark", row["mark"], expected))
        elif row["mark"] == "contested" and len(used) == len(group):
            expected = "another value of the same measure, marked contested_other"
            faults.append(Fault(row["file"], row[ROW], "mark", row["mark"], expected))
    return faults
