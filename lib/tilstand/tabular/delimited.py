"""Cut delimited text into rows, numbered as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from tilstand.errors import Fault

DELIMITERS = ("\t", ";", ",", "|")
NAMES = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\r\n"]?)"?[\t;,|]*(\r\n|\n|\r|$)', re.IGNORECASE)
SNIFFED = 50


@dataclass(frozen=True)
class Records:
    """Hold the records of a delimited file.

    Parameters
    ----------
    cells : list of (int, list of str)
        Spreadsheet row and cells; records without any text are left out, but counted.
    hidden_lines : int
        1 when the file opens with a ``sep=`` line, else 0.
    """

    cells: list[tuple[int, list[str]]]
    hidden_lines: int


def split(text: str, name: str) -> tuple[Records, list[Fault]]:
    """Split text into records with the delimiter that the file states or shows.

    Parameters
    ----------
    text : str
        The whole file, decoded.
    name : str
        How faults name the file.

    Returns
    -------
    records : Records
        Every record that holds text.
    faults : list of Fault
        No delimiter to be found, a wrong ``sep=`` line, a quote that is never closed.

    Notes
    -----
    A row is what Excel and LibreOffice number as a row. They take a first line ``sep=;`` as an
    instruction and do not show it, so the header under it is row 1. A quoted cell with line
    breaks is one row, and an empty line is a row. A text editor counts otherwise.
    """
    stated = SEP_LINE.match(text)
    if stated:
        delimiter = stated["delimiter"] or _first_delimiter(stated.group())
        body = text[stated.end() :]
    else:
        delimiter, body = "", text
    best = _sniff(body)
    if stated and (delimiter not in DELIMITERS or not _fits(body, delimiter)):
        expected = f"sep={NAMES[best]}, which the rows are cut by" if best else "a known delimiter"
        return Records([], 1), [Fault(name, 1, "", f"sep={delimiter}", expected)]
    delimiter = delimiter or best
    if not delimiter:
        expected = "a header of several columns, cut by semicolon, comma, tab or bar"
        return Records([], 0), [Fault(name, 1, "", body.split("\n", 1)[0][:60].strip(), expected)]
    records, faults = _parse(body, delimiter, name)
    return Records(records, int(bool(stated))), faults


def _first_delimiter(line: str) -> str:
    # `sep=<TAB>` arrives here when an editor has stripped or doubled the tab.
    return next((mark for mark in line if mark in DELIMITERS), "")


def _parse(body: str, delimiter: str, name: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                records.append((row, cells))
    except csv.Error as error:
        lines = body.splitlines()
        broken = next((line for line in lines[row:] if '"' in line), "")
        expected = 'every quote " closed before the next delimiter'
        value = broken[max(broken.find('"'), 0) :][:40] or str(error)
        return records, [Fault(name, row + 1, "", value, expected)]
    return records, []


def _widths(body: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) == SNIFFED:
                break
    except csv.Error:
        pass
    return widths


def _fits(body: str, delimiter: str) -> bool:
    widths = _widths(body, delimiter)
    return bool(widths) and widths[0] > 1


def _sniff(body: str) -> str:
    """Choose the delimiter that cuts most rows to the header's width, then the widest one."""
    scores = []
    for delimiter in DELIMITERS:
        widths = _widths(body, delimiter)
        if widths and widths[0] > 1:
            even = sum(width == widths[0] for width in widths) / len(widths)
            scores.append((even > 0.5, widths[0], even, delimiter))
    return max(scores)[3] if scores else ""
