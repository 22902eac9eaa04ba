"""Read the rows of an Excel workbook's first sheet, and nothing else of it.

The audit opens every workbook of a site, thousands where there are hundreds of schools, and wants
only what their cells say; a reader that knows styles, formulas and dates takes ten times as long.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LETTERS = re.compile(r"[A-Z]+")


def sheet_rows(path: Path) -> list[list[str]]:
    """Read the first sheet's rows as text.

    Parameters
    ----------
    path : Path
        The workbook.

    Returns
    -------
    list of list of str
        The header and the rows, equally long; empty cells as empty text, whole numbers without
        decimals.

    References
    ----------
    ECMA-376, Office Open XML File Formats, part 1, section 18.3.1 (worksheets) and 18.4.9 (shared
    strings).
    """
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read(SHEET))  # noqa: S314  our own workbook
        shared = archive.read(SHARED) if SHARED in archive.namelist() else b"<sst/>"
    texts = ElementTree.fromstring(shared)  # noqa: S314
    strings = [_text(item) for item in texts.iter(f"{_SPACE}si")]
    rows: list[dict[int, str]] = []
    for row in root.iter(f"{_SPACE}row"):
        number = int(row.get("r", len(rows) + 1))
        rows += [{} for _ in range(number - len(rows))]  # rows without cells may be left out
        for place, cell in enumerate(row):
            found = _LETTERS.match(cell.get("r", ""))
            column = _column(found.group()) if found else place
            rows[number - 1][column] = _said(cell, strings)
    width = max((column + 1 for row in rows for column in row), default=0)
    return [[row.get(column, "") for column in range(width)] for row in rows]


def _said(cell: ElementTree.Element, strings: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_SPACE}v", "")
    if kind == "inlineStr":
        return _text(cell)
    if kind == "s":
        return strings[int(value)]
    if kind != "n" or not value:
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else str(number)


def _text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_SPACE}t"))


def _column(letters: str) -> int:
    """Count a column from 0: A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
