"""Find in an export's wide headers which columns belong to one measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.sources.headers import DOT, is_wide, other_measure, read_header
from tilstand.sources.units import NAME_COLUMNS, UNIT_COLUMNS
from tilstand.tabular.cells import bare, number

if TYPE_CHECKING:
    from tilstand.errors import Fault
    from tilstand.register import Register
    from tilstand.sources.headers import Form, Vocabulary
    from tilstand.sources.triplets import Range
    from tilstand.tabular.raw import RawTable


@dataclass(frozen=True)
class Measurement:
    """Point at the columns that hold one measurement of every unit.

    Parameters
    ----------
    key : dict
        Year, grade and other parts of the header, by kind.
    indicator : str
        What the value is.
    columns : dict
        Place of the value and of the margin and n beside it.
    ranges : dict
        Lowest and highest number of each.
    levels : tuple of str
        Levels of units that have the measure; all of them if empty.
    zero : str
        Status of a value of 0, where it is no number: a school without ordinary teaching has no
        density of teachers.
    category : str
        What the values are a share of, such as ``level_5``; blank where the key says it.
    alone : bool
        Whether it is a share without margin or n of its own.
    """

    key: dict[str, str]
    indicator: str
    columns: dict[str, int]
    ranges: dict[str, Range]
    levels: tuple[str, ...] = ()
    zero: str = ""
    category: str = ""
    alone: bool = False


def read_measurements(
    table: RawTable, form: Form, vocabulary: Vocabulary, register: Register
) -> tuple[list[Measurement], list[Fault], list[str]]:
    """Read the wide headers of an export.

    Parameters
    ----------
    table : RawTable
        The file.
    form : Form
        Its kind.
    vocabulary : Vocabulary
        The words of the headers.
    register : Register
        Tells how an indicator counts its years.

    Returns
    -------
    measurements : list of Measurement
        One a breakdown and indicator.
    faults : list of Fault
        Headers that say what no header of the kind says.
    notes : list of str
        Measures that are not used.
    """
    found: dict[tuple, dict[tuple[str, ...], tuple[int, dict[str, str]]]] = {}
    faults: list[Fault] = []
    aside: set[str] = set()
    others: list[tuple[str, str]] = []
    later = named_by_spring(form, vocabulary, register)
    known = {*UNIT_COLUMNS, *NAME_COLUMNS, *form.keys}
    for place, column in enumerate(table.header):
        if not is_wide(column):
            if column and column not in known:
                expected = "a column of Udir's export (delete the column, or download anew)"
                faults.append(table.fault(table.header_row, column, column, expected))
            continue
        parts, expected = read_header(column, form, vocabulary)
        if expected:
            others.append((column, expected))
            continue
        measure = parts.pop("measure")
        meaning = vocabulary.meaning(form, measure, parts.get("assessment", ""))
        if "break" in parts:
            continue
        if meaning["role"] == "aside":
            aside.add(measure)
            continue
        parts["year"] = str(int(parts["year"]) + later)
        if meaning["category"] and parts.get("ownership"):
            aside.add(measure)
            continue
        cell = (meaning["role"], meaning["indicator"], meaning["category"])
        cells = found.setdefault(tuple(sorted(parts.items())), {})
        if cell in cells:
            if column not in table.header[:place]:  # else the header itself was refused
                expected = "each measure in one column only"
                faults.append(table.fault(table.header_row, column, column, expected))
            continue
        cells[cell] = (place, meaning)
    for column, expected in others:
        other = other_measure(column, form, vocabulary)
        if other and _beside_value(found, other[0], later):
            aside.add(other[1])
        else:
            faults.append(table.fault(table.header_row, column, column, expected))
    notes = [f"{table.name}: not used: {', '.join(sorted(aside))}"] if aside else []
    return _joined(found), faults, notes


def _beside_value(found: dict, parts: dict[str, str], later: bool) -> bool:  # noqa: FBT001
    """Tell whether a measure that the form does not know stands beside the value that it does."""
    year = str(int(parts["year"]) + later)
    cells = found.get(tuple(sorted({**parts, "year": year}.items())), {})
    return any(role == "value" for role, *_ in cells)


def named_by_spring(form: Form, vocabulary: Vocabulary, register: Register) -> bool:
    """Tell whether a kind's figures are named by the spring of their school year."""
    kinds = [
        register.indicators[code].year_kind
        for code in vocabulary.indicators_of(form)
        if code in register.indicators
    ]
    return "spring" in kinds


def _joined(found: dict) -> list[Measurement]:
    """Put each value beside the margin and the n of the same breakdown; a share stands alone."""
    measurements = []
    for parts, cells in found.items():
        beside = {role: cell for (role, *_), cell in cells.items() if role != "value"}
        for (role, indicator, category), cell in cells.items():
            if role == "value":
                alone = cell[1]["alone"] == "yes"
                together = {"value": cell, **({} if alone else beside)}
                columns = {name: place for name, (place, _) in together.items()}
                ranges = {name: span_of(meaning) for name, (_, meaning) in together.items()}
                levels = tuple(level for level in cell[1]["levels"].split(";") if level)
                zero = cell[1]["zero"]
                measurements.append(
                    Measurement(
                        dict(parts), indicator, columns, ranges, levels, zero, category, alone
                    )
                )
    return measurements


def without_counts(
    table: RawTable, measurements: list[Measurement], sign: str
) -> tuple[list[Measurement], list[str]]:
    """Leave out what is called like a share but holds numbers of pupils.

    Parameters
    ----------
    table : RawTable
        The file.
    measurements : list of Measurement
        As `read_measurements` gives them.
    sign : str
        The file's decimal sign.

    Returns
    -------
    measurements : list of Measurement
        The others.
    notes : list of str
        One line where something was left out.
    """
    counts = [item for item in measurements if item.alone and _above(table, item, sign)]
    words = sorted({DOT.split(table.header[item.columns["value"]])[-1] for item in counts})
    said = [f"{table.name}: not used: {', '.join(words)} (numbers of pupils)"] if words else []
    # Of a share and a count by the same name neither is certain.
    named = {(item.indicator, item.category) for item in counts}
    return [one for one in measurements if (one.indicator, one.category) not in named], said


def _above(table: RawTable, item: Measurement, sign: str) -> bool:
    place, highest = item.columns["value"], item.ranges["value"][1]
    cells = (number(bare(row[place]), sign) for _, row in table.rows)
    return any(float(cell) > highest for cell in cells if cell)


def span_of(meaning: dict[str, str]) -> Range:
    """Return the lowest and the highest number that a measure can have."""
    return float(meaning["lowest"] or 0), float(meaning["highest"] or "inf")
