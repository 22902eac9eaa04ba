"""Turn a manual export from Udir's Statistikkbanken into figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.sources.breaks import read_breaks
from tilstand.sources.headers import QUESTION_COLUMNS, Form, Vocabulary
from tilstand.sources.measurements import Measurement, read_measurements, without_counts
from tilstand.sources.oddities import misnamed, strangers, without_margin
from tilstand.sources.questions import Questions, read_questions
from tilstand.sources.skoleporten import FORM, is_skoleporten, read_skoleporten
from tilstand.sources.subjects import subject_code
from tilstand.sources.totals import exceeded, unusual_margins
from tilstand.sources.triplets import half_hidden, read_numbers, read_status
from tilstand.sources.units import CODE_COLUMNS, Unit, read_units
from tilstand.tabular.cells import bare, decimal_sign
from tilstand.tabular.kinds import BOOK, Limits
from tilstand.tabular.raw import RawTable, read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.register import Register


ROW = "_row"
SPAN = re.compile(r"[0-9]{4}-[0-9]{2,4}")
N_COLUMN = "_n"
# So many places of a kind of oddity are named, and the rest counted.
MOST_PLACES = 3
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
    labels : dict
        Name of each subject or question that the register has none for, by the code it got.
    breaks : dict
        What the file says of a break in its series, by indicator and year.
    """

    name: str
    form: str
    figures: pd.DataFrame
    faults: list[Fault]
    notes: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    breaks: dict[tuple[str, int], str] = field(default_factory=dict)

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


def read_export(
    path: Path,
    name: str,
    register: Register,
    vocabulary: Vocabulary,
    schools: dict[tuple[str, str], str] | None = None,
    limits: Limits = BOOK,
) -> Export:
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
    schools : dict, optional
        Organisation number of each school that other exports know, by code of its municipality
        and folded name: an export of questions has nothing but names.
    limits : Limits
        How large the file may be.

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
    table, faults = read_raw(path, name, limits)
    if is_skoleporten(table.header):
        read = read_skoleporten(table, vocabulary, register, schools or {})
        return _by_names(table, FORM, read, faults)
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
    if form.layout == "questions" and set(QUESTION_COLUMNS) <= set(table.header):
        read = read_questions(table, form, vocabulary, register, schools or {})
        return _by_names(table, form.code, read, faults)
    measurements, header_faults, notes = read_measurements(table, form, vocabulary, register)
    units, unit_faults, unit_notes = read_units(table)
    faults += header_faults + unit_faults
    subjects, labels = _subjects(table, form, vocabulary)
    rows, cell_faults, odd = _rows(table, form, units, measurements, register, subjects)
    faults += cell_faults
    notes += odd
    figures = pd.DataFrame(rows, columns=list(EXPORT_COLUMNS), dtype=str)
    figures[ROW] = figures[ROW].astype(int)
    figures, repeated = _once(figures, table)
    faults += repeated
    if not faults:
        faults = exceeded(figures, table)
    if faults:
        return Export(name, form.code, _nothing(), sorted(set(faults)), notes)
    notes += unit_notes + unusual_margins(figures, table)
    notes += misnamed(figures, table, register) + strangers(figures, table, register)
    margins = any(row["role"] == "margin" for row in vocabulary.measures[form.code])
    notes += without_margin(figures, table) if margins else []
    breaks = read_breaks(table, form, vocabulary, register)
    return Export(name, form.code, figures, [], notes, labels, breaks)


def _by_names(table: RawTable, form: str, read: Questions, faults: list[Fault]) -> Export:
    """Hold what a file says whose units stand there by name."""
    faults = sorted({*faults, *read.faults})
    if faults:
        return Export(table.name, form, _nothing(), faults, read.notes)
    figures = pd.DataFrame(read.rows, columns=list(EXPORT_COLUMNS), dtype=str)
    figures[ROW] = figures[ROW].astype(int)
    figures, repeated = _once(figures, table)
    figures = _nothing() if repeated else figures
    return Export(table.name, form, figures, repeated, read.notes, read.labels)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(EXPORT_COLUMNS))


def _rows(
    table: RawTable,
    form: Form,
    units: dict[int, Unit],
    measurements: list[Measurement],
    register: Register,
    subjects: dict[int, str],
) -> tuple[list[dict], list[Fault], list[str]]:
    places = sorted({place for item in measurements for place in item.columns.values()})
    sign = decimal_sign(bare(cells[place]) for _, cells in table.rows for place in places)
    measurements, counts = without_counts(table, measurements, sign)
    faults: list[Fault] = []
    rows = []
    odd: list[int] = []
    for row, cells in table.rows:
        subject = subjects.get(row, "")
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
            if item.levels and unit.level not in item.levels:
                continue
            if not any(texts.values()) and _elsewhen(unit, int(item.key["year"]), register):
                continue
            odd += [row] if status == "suppressed" and half_hidden(texts) else []
            if status == "ok" and item.zero and not float(numbers["value"]):
                numbers, status = {}, item.zero
            status = "provisional" if status == "ok" and "early" in item.key else status
            figure = _figure(unit, item, {"subject": subject, "grade": form.grade, **item.key})
            columns = {name: table.header[place] for name, place in item.columns.items()}
            origin = {"section": columns["value"], N_COLUMN: columns.get("n", ""), ROW: row}
            rows.append({**figure, **numbers, "status": status, **origin})
    return rows, faults, [*counts, *_odd_note(table, odd)]


def _odd_note(table: RawTable, odd: list[int]) -> list[str]:
    """Say once how many cells were read as hidden though only some of them say so."""
    if not odd:
        return []
    places = ", ".join(str(row) for row in list(dict.fromkeys(odd))[:MOST_PLACES])
    rest = " ..." if len(set(odd)) > MOST_PLACES else ""
    told = f"measurements with * beside a blank cell: {len(odd)} (rows {places}{rest})"
    return [f"{table.name}: read as hidden: {told}"]


def _figure(unit: Unit, item: Measurement, parts: dict[str, str]) -> dict:
    said = {part: parts.get(part, "") for part in ("year", "grade", "gender", "subject")}
    return {
        **dict.fromkeys(EXPORT_COLUMNS, ""),
        **said,
        "category": item.category or parts.get("ownership", ""),
        "indicator": item.indicator,
        "level": unit.level,
        "unit": unit.code,
        "name": unit.name,
        "municipality": unit.municipality,
    }


def _subjects(
    table: RawTable, form: Form, vocabulary: Vocabulary
) -> tuple[dict[int, str], dict[str, str]]:
    """Code the subject of each row, and name the codes that are not ours."""
    if not form.keys:
        return {}, {}
    places = [table.header.index(key) for key in form.keys if key in table.header]
    names = {row: [bare(cells[place]) for place in places] for row, cells in table.rows}
    found = {told: subject_code(told[-1], vocabulary) for told in map(tuple, names.values())}
    ours = set(vocabulary.words["subject_name"].values())
    labels = {code: name for code, name in found.values() if code not in ours}
    return {row: found[tuple(told)][0] for row, told in names.items()}, labels


def _elsewhen(unit: Unit, year: int, register: Register) -> bool:
    known = register.knows_unit(unit.level, unit.code)
    return known and not register.valid_unit(unit.level, unit.code, year)


def _once(figures: pd.DataFrame, table: RawTable) -> tuple[pd.DataFrame, list[Fault]]:
    """Keep one row a measure; a unit that has moved may have a second, empty one."""
    filled = figures.sort_values("status", key=lambda status: status == "missing", kind="stable")
    second = filled[filled.duplicated(list(contracts.MEASURE_KEY))]
    repeated = second[second["status"] != "missing"].drop_duplicates(ROW)
    faults = []
    for row in repeated.to_dict("records"):
        column, value = _code_cell(row["level"], row["unit"])
        expected = "each unit on one row with numbers"
        if column not in table.header:
            column, value = row["section"], row["value"]
            expected = "each number once: a row above has it already; delete one of the rows"
        faults.append(table.fault(row[ROW], column, value, expected))
    return figures.drop(second.index).reset_index(drop=True), faults


def _code_cell(level: str, code: str) -> tuple[str, str]:
    return CODE_COLUMNS[level], "1" if level == "nation" else code
