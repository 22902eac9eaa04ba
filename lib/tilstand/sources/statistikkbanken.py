"""Turn a manual export from Udir's Statistikkbanken into figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.sources.headers import Form, Vocabulary, is_wide, other_measure, read_header
from tilstand.sources.oddities import strangers, without_margin
from tilstand.sources.totals import exceeded, unusual_margins
from tilstand.sources.triplets import Range, read_numbers, read_status
from tilstand.sources.units import CODE_COLUMNS, NAME_COLUMNS, UNIT_COLUMNS, Unit, read_units
from tilstand.tabular.cells import bare, decimal_sign
from tilstand.tabular.raw import RawTable, read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.register import Register


ROW = "_row"
SPAN = re.compile(r"[0-9]{4}-[0-9]{2,4}")
N_COLUMN = "_n"
EXPORT_COLUMNS = (*contracts.FIGURE_COLUMNS, "name", "municipality", N_COLUMN, ROW)


@dataclass(frozen=True)
class Export:
    """Hold what one export says.

    Parameters
    ----------
    name : str
        The file, as faults name it.
    form : str
        Kind of export, as in ``data/register/exports/forms.csv``; blank when not recognised.
    figures : pandas.DataFrame
        The *figures* columns as text (``section`` is the value's column), then ``name`` of the
        unit, ``municipality`` of a school, the column of n and the spreadsheet row ``_row``.
        Empty when there are faults.
    faults : list of Fault
        Everything that is wrong, by row.
    notes : list of str
        What was left out on purpose, and what looks odd without being wrong.
    """

    name: str
    form: str
    figures: pd.DataFrame
    faults: list[Fault]
    notes: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """List the years the export holds, by the indicator's own way of naming a year."""
        return sorted(int(year) for year in self.figures["year"].unique())

    @property
    def school_years(self) -> list[str]:
        """List the school years the export holds, as its headers write them."""
        return sorted(
            {year for column in self.figures["section"].unique() for year in SPAN.findall(column)}
        )

    @property
    def grades(self) -> list[str]:
        """List the grades the export holds."""
        return sorted(self.figures["grade"].unique(), key=lambda grade: (len(grade), grade))


@dataclass(frozen=True)
class Measurement:
    """Point at the columns that hold one measurement of every unit."""

    key: dict[str, str]
    indicator: str
    columns: dict[str, int]
    ranges: dict[str, tuple[float, float]]


def read_export(path: Path, name: str, register: Register, vocabulary: Vocabulary) -> Export:
    """Read one export, in any of the forms that ``data/register/exports`` describes.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet file as downloaded from Udir, or saved again by a spreadsheet.
    name : str
        How faults name the file.
    register : Register
        Tells how an indicator counts its years, and when a code was valid.
    vocabulary : Vocabulary
        The words of the headers.

    Returns
    -------
    Export
        Figures, or every fault in the file.

    Notes
    -----
    ``Alle eierformer`` and ``Alle kjønn`` are the totals: blank category and gender. Columns for
    one ownership or gender carry it, so no sum over blank rows counts anybody twice. The same
    unit on two rows with numbers is a fault. A former unit's row is left out in the years when
    its code was not valid and nothing stands there.
    """
    table, faults = read_raw(path, name)
    form = vocabulary.form_of(table.header) if table.header else None
    if not table.header or form is None:
        if not faults:
            # Where the header is lacking, the first row may be a pupil's.
            lacks = any(cell.replace(",", "").replace(".", "").isdigit() for cell in table.header)
            shown = "(not shown)" if lacks else table.header[-1][:80]
            expected = (
                "an export of Statistikkbanken that data/register/exports/forms.csv knows, "
                "or a pupil file that an edition names under [pupils]"
            )
            faults = [table.fault(table.header_row, "", shown, expected)]
        return Export(name, "", _nothing(), faults)
    measurements, header_faults, notes = _measurements(table, form, vocabulary, register)
    units, unit_faults, unit_notes = read_units(table)
    faults += header_faults + unit_faults
    rows, cell_faults = _rows(table, form, units, measurements, register)
    faults += cell_faults
    figures = pd.DataFrame(rows, columns=list(EXPORT_COLUMNS), dtype=str)
    figures[ROW] = figures[ROW].astype(int)
    figures, repeated = _once(figures, table)
    faults += repeated
    if not faults:
        faults = exceeded(figures, table)
    if faults:
        return Export(name, form.code, _nothing(), sorted(set(faults)), notes)
    notes += unit_notes + unusual_margins(figures, table)
    notes += strangers(figures, table, register)
    margins = any(row["role"] == "margin" for row in vocabulary.measures[form.code])
    notes += without_margin(figures, table) if margins else []
    return Export(name, form.code, figures, [], notes)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(EXPORT_COLUMNS))


def _measurements(
    table: RawTable, form: Form, vocabulary: Vocabulary, register: Register
) -> tuple[list[Measurement], list[Fault], list[str]]:
    found: dict[tuple, dict[tuple[str, str], tuple[int, Range]]] = {}
    faults: list[Fault] = []
    aside: set[str] = set()
    others: list[tuple[str, str]] = []
    later = _named_by_spring(form, vocabulary, register)
    known = {*UNIT_COLUMNS, *NAME_COLUMNS, *form.keys, "Vurderingsfagkode"}
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
        if "break" in parts or meaning["role"] == "aside":
            aside.add(measure)
            continue
        parts["year"] = str(int(parts["year"]) + later)
        cell = (meaning["role"], meaning["indicator"])
        cells = found.setdefault(tuple(sorted(parts.items())), {})
        if cell in cells:
            if column not in table.header[:place]:  # else the header itself was refused
                expected = "each measure in one column only"
                faults.append(table.fault(table.header_row, column, column, expected))
            continue
        cells[cell] = (place, (float(meaning["lowest"] or 0), float(meaning["highest"] or "inf")))
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
    return any(role == "value" for role, _ in cells)


def _named_by_spring(form: Form, vocabulary: Vocabulary, register: Register) -> bool:
    kinds = [
        register.indicators[code].year_kind
        for code in vocabulary.indicators_of(form)
        if code in register.indicators
    ]
    return "spring" in kinds


def _joined(found: dict) -> list[Measurement]:
    """Put each value beside the margin and the n of the same breakdown."""
    measurements = []
    for parts, cells in found.items():
        beside = {role: cell for (role, _), cell in cells.items() if role != "value"}
        for (role, indicator), cell in cells.items():
            if role == "value":
                together = {"value": cell, **beside}
                columns = {name: place for name, (place, _) in together.items()}
                ranges = {name: span for name, (_, span) in together.items()}
                measurements.append(Measurement(dict(parts), indicator, columns, ranges))
    return measurements


def _rows(
    table: RawTable,
    form: Form,
    units: dict[int, Unit],
    measurements: list[Measurement],
    register: Register,
) -> tuple[list[dict], list[Fault]]:
    places = sorted({place for item in measurements for place in item.columns.values()})
    sign = decimal_sign(bare(cells[place]) for _, cells in table.rows for place in places)
    faults: list[Fault] = []
    rows = []
    for row, cells in table.rows:
        subject = _key_cell(table, form, cells)
        for item in measurements:
            texts = {role: bare(cells[place]) for role, place in item.columns.items()}
            numbers, wrong = read_numbers(texts, sign, item.ranges)
            status, torn = read_status(texts) if not wrong else ("", {})
            for role, expected in {**wrong, **torn}.items():
                column = table.header[item.columns[role]]
                faults.append(table.fault(row, column, texts[role], expected))
            if wrong or torn or row not in units:
                continue
            unit = units[row]
            if not any(texts.values()) and _elsewhen(unit, int(item.key["year"]), register):
                continue
            figure = _figure(unit, item, {"subject": subject, "grade": form.grade, **item.key})
            columns = {name: table.header[place] for name, place in item.columns.items()}
            origin = {"section": columns["value"], N_COLUMN: columns.get("n", ""), ROW: row}
            rows.append({**figure, **numbers, "status": status, **origin})
    return rows, faults


def _figure(unit: Unit, item: Measurement, parts: dict[str, str]) -> dict:
    said = {part: parts.get(part, "") for part in ("year", "grade", "gender", "subject")}
    return {
        **dict.fromkeys(EXPORT_COLUMNS, ""),
        **said,
        "category": parts.get("ownership", ""),
        "indicator": item.indicator,
        "level": unit.level,
        "unit": unit.code,
        "name": unit.name,
        "municipality": unit.municipality,
    }


def _key_cell(table: RawTable, form: Form, cells: list[str]) -> str:
    present = [key for key in form.keys if key in table.header]
    return "/".join(bare(cells[table.header.index(key)]) for key in present)


def _elsewhen(unit: Unit, year: int, register: Register) -> bool:
    known = register.knows_unit(unit.level, unit.code)
    return known and not register.valid_unit(unit.level, unit.code, year)


def _once(figures: pd.DataFrame, table: RawTable) -> tuple[pd.DataFrame, list[Fault]]:
    """Keep one row a measure; a unit that has moved may have a second, empty one."""
    filled = figures.sort_values("status", key=lambda status: status == "missing", kind="stable")
    second = filled[filled.duplicated(list(contracts.MEASURE_KEY))]
    repeated = second[second["status"] != "missing"].drop_duplicates(ROW)
    expected = "each unit on one row with numbers"
    faults = [
        table.fault(row[ROW], *_code_cell(row["level"], row["unit"]), expected)
        for row in repeated.to_dict("records")
    ]
    return figures.drop(second.index).reset_index(drop=True), faults


def _code_cell(level: str, code: str) -> tuple[str, str]:
    return CODE_COLUMNS[level], "1" if level == "nation" else code
