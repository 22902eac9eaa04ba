"""Write a table as an Excel workbook: the frame is openpyxl's, drawn once; the cells are filled in.

A book gives a workbook to every figure and table, thousands where there are hundreds of schools.
They differ in their cells only, and openpyxl takes most of its time for the rest.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tilstand.pipeline.basis.digests import NEVER
from tilstand.store import kept
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NUMBERS, COLUMNS_OF, ABOUT = "Tall", "Kolonner", "Om"
WIDEST, WIDTH_OF_NOTES = 60, 100  # of a column, in characters
LONGEST = 32_767  # characters that a cell of Excel holds
HEADS = {
    "nb": ("Kolonne", "Type", "Enhet", "Forklaring"),
    "en": ("Column", "Type", "Unit", "Meaning"),
}
KINDS = {
    "nb": {"string": "tekst", "number": "tall", "integer": "heltall", "year": "år"},
    "en": {"string": "text", "number": "number", "integer": "whole number", "year": "year"},
}
BOLD = ' s="1"'  # the frame's second style; the first is the plain one
# What XML cannot hold, whichever way it is written.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
EXTENT = re.compile(r'<dimension ref="[^"]*"')
COLUMNS = re.compile(r"<cols>.*?</cols>")
CELLS = re.compile(r"<sheetData\s*/>|<sheetData>.*?</sheetData>")


def workbook(
    text: str,
    notes: list[str],
    fields: Sequence[dict[str, str]] = (),
    language: str = "nb",
    store: Path | None = None,
) -> bytes:
    """Turn a CSV table into an Excel workbook.

    Parameters
    ----------
    text : str
        The table: a header and rows, comma-separated, decimal points.
    notes : list of str
        Lines for the last sheet: title, what is measured, source.
    fields : sequence of dict, optional
        What the columns hold: ``name``, ``type`` (of Frictionless' Table Schema), and where they
        are known ``unit`` and ``meaning``. A column of strings stays text: a code is no number.
    language : {"nb", "en"}, optional
        Language of the sheet that explains the columns.
    store : Path, optional
        Where the sheet of a long table is kept: a country's stands in many books. A process that
        holds packs it once.

    Returns
    -------
    bytes
        The workbook. The same table gives the same bytes. Text is stored as text, never as a
        formula.
    """
    headers = next(csv.reader(io.StringIO(text)))
    known = {field["name"]: field for field in fields}
    texts = [known.get(header, {}).get("type") == "string" for header in headers]
    explained = _explained(headers, known, language)
    widest = [
        max(len(cell or "") for cell in column) + 2 for column in zip(*explained, strict=True)
    ]

    def write() -> bytes:
        filled = _numbers(text, texts) if store is None else _kept_numbers(store, text, texts)
        widths = [min(width, WIDTH_OF_NOTES) for width in widest]
        return _packed({NUMBERS: filled, COLUMNS_OF: _sheet(COLUMNS_OF, explained, widths), "": ()})

    whole = write() if store is None else once((__name__, text, str(fields), language), write)
    about = _sheet(ABOUT, [[line] for line in notes if line], [WIDTH_OF_NOTES])
    return _packed({ABOUT: about}, whole)


def _packed(sheets: dict[str, tuple[str, ...]], before: bytes = b"") -> bytes:
    """Add the frame's parts that hold these sheets; ``""`` stands for parts that hold none."""
    final = io.BytesIO(before)
    with zipfile.ZipFile(final, "a") as archive:
        for name, (sheet, content) in _frame().items():
            if sheet in sheets:
                entry = zipfile.ZipInfo(name, date_time=NEVER.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, _fill(content, sheets[sheet]) if sheet else content)
    return final.getvalue()


def _numbers(text: str, texts: list[bool]) -> tuple[str, str, str]:
    """Prepare the sheet of a CSV table; columns that are text stay text."""
    rows = list(csv.reader(io.StringIO(text)))
    widths = [
        min(max(len(cell) for cell in column) + 2, WIDEST) for column in zip(*rows, strict=True)
    ]
    cells = [
        [
            (cell or None) if is_text else _number(cell)
            for cell, is_text in zip(row, texts, strict=True)
        ]
        for row in rows
    ]
    return _sheet(NUMBERS, [[cell or None for cell in rows[0]], *cells[1:]], widths)


def _kept_numbers(store: Path, text: str, texts: list[bool]) -> tuple[str, str, str]:
    return kept(store, "sheet", __name__, lambda: _numbers(text, texts), text, texts)


def _explained(
    headers: list[str], known: dict[str, dict[str, str]], language: str
) -> list[list[str | None]]:
    """Say of every column what it holds: a line each, under the names of what is said."""
    lines: list[list[str | None]] = [[*HEADS[language]]]
    for header in headers:
        field = known.get(header, {})
        kind = KINDS[language].get(field.get("type", ""))
        lines.append([header or None, kind, field.get("unit"), field.get("meaning")])
    return lines


@cache
def _frame() -> dict[str, tuple[str, str]]:
    """Draw a workbook without numbers: the sheet that a part of it holds, if any, and the part."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Tilstandsboka"
    book.properties.created = book.properties.modified = NEVER
    sheets = [book.create_sheet(name) for name in (NUMBERS, COLUMNS_OF, ABOUT)]
    for one in sheets[:2]:
        one["A1"].font = Font(bold=True)
        one.freeze_panes = "A2"
    for one in sheets:
        one.column_dimensions["A"].width = WIDTH_OF_NOTES
    drafted = io.BytesIO()
    with zipfile.ZipFile(drafted, "w") as archive:
        writer = ExcelWriter(book, archive)
        writer.write_data()  # `Workbook.save` would set the time of day before this
    held = {one.path.lstrip("/"): one.title for one in sheets}
    with zipfile.ZipFile(drafted) as draft:
        return {
            name: (held.get(name, ""), draft.read(name).decode("utf-8"))
            for name in draft.namelist()
        }


def _sheet(
    title: str, rows: Sequence[Sequence[str | int | float | None]], widths: Sequence[int]
) -> tuple[str, str, str]:
    """Write what stands in a sheet: how far it goes, its columns' widths and its cells."""
    letters = [_letters(number) for number in range(1, len(widths) + 1)]
    extent = f"A1:{letters[-1] if rows and letters else 'A'}{max(1, len(rows))}"
    columns = "".join(
        f'<col width="{width}" customWidth="1" min="{number}" max="{number}" />'
        for number, width in enumerate(widths, start=1)
    )
    lines = []
    for number, row in enumerate(rows, start=1):
        style = BOLD if title != ABOUT and number == 1 else ""
        cells = (
            _cell(f"{letter}{number}", v, style) for letter, v in zip(letters, row, strict=True)
        )
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return (
        f'<dimension ref="{extent}"',
        f"<cols>{columns}</cols>" if columns else "",
        f"<sheetData>{''.join(lines)}</sheetData>",
    )


def _fill(drawn: str, contents: tuple[str, ...]) -> str:
    """Fill a sheet of the frame."""
    for place, content in zip((EXTENT, COLUMNS, CELLS), contents, strict=True):
        before, after = place.split(drawn)
        drawn = before + content + after
    return drawn


def _cell(place: str, value: str | float | None, style: str) -> str:
    if value is None:
        return f'<c r="{place}"{style} t="n" />' if style else ""
    if not isinstance(value, str):
        return f'<c r="{place}"{style} t="n"><v>{value:.16g}</v></c>'
    text = UNPRINTABLE.sub("", value)[:LONGEST]
    kept = ' xml:space="preserve"' if text.strip() not in ("", text) else ""
    return f'<c r="{place}"{style} t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


@cache
def _letters(number: int) -> str:
    """Name a column as Excel does: A, B, ... Z, AA."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(number)


def _number(cell: str) -> str | int | float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(value) or (len(cell) > 1 and cell[0] == "0" and cell[1] != "."):
        return cell  # "nan" may be a name, and a code with a leading zero is no number
    return int(value) if value.is_integer() and "." not in cell else value
