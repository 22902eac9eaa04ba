"""Cut delimited text into rows, numbered as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from tilstand.errors import Fault

DELIMITERS = ("\t", ";", ",", "|")
NAMES = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\r\n"]?)"?[\t;,|]*(\r\n|\n|\r|$)', re.IGNORECASE)
SNIFFED = 50
#: Characters in which fifty rows of any table lie.
HEAD = 1 << 18
#: Words in a line of a text to read.
_SENTENCE = 4
Record = tuple[int, list[str]]


class BrokenRecordError(Exception):
    """Stop at a row that cannot be cut into cells."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True)
class Dialect:
    """Say how a text is cut into cells.

    Parameters
    ----------
    delimiter : str
        The sign between cells.
    hidden_lines : int
        1 when the file opens with a ``sep=`` line, else 0.
    skipped : int
        Characters before the first row.
    """

    delimiter: str
    hidden_lines: int = 0
    skipped: int = 0


def find_dialect(head: str, name: str) -> tuple[Dialect, list[Fault]]:
    """Find the delimiter that a text states or shows.

    Parameters
    ----------
    head : str
        The first `HEAD` characters of the text.
    name : str
        How faults name the file.

    Returns
    -------
    dialect : Dialect
        How to cut the text.
    faults : list of Fault
        No delimiter to be found, or a wrong ``sep=`` line.

    Notes
    -----
    A row is what Excel and LibreOffice number as a row. They take a first line ``sep=;`` as an
    instruction and do not show it, so the header under it is row 1. A quoted cell with line
    breaks is one row, and an empty line is a row. A text editor counts otherwise.
    """
    stated = SEP_LINE.match(head)
    if stated:
        delimiter = stated["delimiter"] or _first_delimiter(stated.group())
        body = head[stated.end() :]
    else:
        delimiter, body = "", head
    best = _sniff(body)
    if not stated and _prose(body, best):
        expected = "a table: this is a text to read, not a table (name the file with the figures)"
        return Dialect(""), [Fault(name, 1, "", _first_line(body), expected)]
    if stated and (delimiter not in DELIMITERS or not _fits(body, delimiter)):
        expected = f"sep={NAMES[best]}, which the rows are cut by" if best else "a known delimiter"
        return Dialect("", 1), [Fault(name, 1, "", f"sep={delimiter}", expected)]
    delimiter = delimiter or best
    if not delimiter:
        expected = "a header of several columns, cut by semicolon, comma, tab or bar"
        return Dialect(""), [Fault(name, 1, "", _first_line(body), expected)]
    return Dialect(delimiter, int(bool(stated)), stated.end() if stated else 0), []


def records(text: TextIO, dialect: Dialect, name: str) -> Iterator[Record]:
    """Cut a text into records, one at a time.

    Parameters
    ----------
    text : text stream
        From the very start of the text.
    dialect : Dialect
        What `find_dialect` found.
    name : str
        How faults name the file.

    Yields
    ------
    (int, list of str)
        Spreadsheet row and cells; records without any text are left out, but counted.

    Raises
    ------
    BrokenRecordError
        At a quote that is never closed.
    """
    text.read(dialect.skipped)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            lines.since.clear()
            written = "".join(cells)
            if written and not written.isspace():
                yield row, cells
    except csv.Error as error:
        broken = next((line for line in lines.since if '"' in line), "")
        expected = 'every quote " closed before the next delimiter'
        value = broken.rstrip("\r\n")[max(broken.find('"'), 0) :][:40] or str(error)
        raise BrokenRecordError(Fault(name, row + 1, "", value, expected)) from None


class _Lines:
    """Remember the lines of the record that is being read, for a fault in it."""

    def __init__(self, text: Iterable[str]) -> None:
        self.text = iter(text)
        self.since: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.text)
        self.since.append(line)
        return line


def _first_delimiter(line: str) -> str:
    # `sep=<TAB>` arrives here when an editor has stripped or doubled the tab.
    return next((mark for mark in line if mark in DELIMITERS), "")


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


def _first_line(body: str) -> str:
    return next((line.strip()[:60] for line in body.splitlines() if line.strip()), "")


def _prose(body: str, delimiter: str) -> bool:
    """Tell whether a text is sentences: many words a line, and no width that most lines share."""
    lines = [line for line in body.splitlines()[:SNIFFED] if line.strip()]
    words = sorted(len(line.split()) for line in lines)
    # A header, though an open quote has made one cell of all that follows.
    if lines and delimiter not in ("", ",") and lines[0].count(delimiter) >= _SENTENCE:
        return False
    if len(lines) < 3 or words[len(words) // 2] < _SENTENCE:
        return False
    widths = _widths(body, delimiter) if delimiter else []
    return not widths or Counter(widths).most_common(1)[0][1] <= len(widths) / 2


def _fits(body: str, delimiter: str) -> bool:
    widths = _widths(body, delimiter)
    return bool(widths) and widths[0] > 1


def _sniff(body: str) -> str:
    """Choose the delimiter that cuts most rows to the header's width, then the widest one."""
    scores, under_title = [], []
    for delimiter in DELIMITERS:
        widths = _widths(body, delimiter)
        if widths and widths[0] > 1:
            even = sum(width == widths[0] for width in widths) / len(widths)
            scores.append((even > 0.5, widths[0], even, delimiter))
        if widths:
            width, count = Counter(widths).most_common(1)[0]
            if width > 1 and count > len(widths) / 2:
                under_title.append((True, width, count / len(widths), delimiter))
    # A title above the table has no delimiter or a comma by chance, a header may lack a name.
    if under_title and not any(even for even, *_ in scores):
        return max(under_title)[3]
    return max(scores)[3] if scores else ""
