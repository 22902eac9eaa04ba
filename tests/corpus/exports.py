"""Make small exports of the form that Udir's Statistikkbanken gives, with invented units."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pyarrow as pa
from pyarrow import parquet

UNIT_HEADER = [
    "EnhetNivaa",
    "Nasjonaltkode",
    "Fylkekode",
    "Kommunekode",
    "Organisasjonsnummer",
    "Nasjonalt",
    "Fylke",
    "Kommune",
    "EnhetNavn",
]
TOTAL = "Alle eierformer.Alle kjønn"
SUBJECTS = ("Engelsk", "Lesing", "Regning")
MEASURES = ("Skalapoeng", "Usikkerhet", "Antall elever deltatt")
# Fylke, Kommune and school names keep æ, ø, å, a Sámi letter and a space at the end.
COUNTIES = {"98": "Nordre Prøvefylke", "99": "Søndre Prøvefylke - Máttaras"}
MUNICIPALITIES = {"9801": "Ålvik", "9802": "Bærøy", "9901": "Væreid", "0901": "Nullvik"}
SCHOOLS = (
    ("9801", "Ålvik barneskole ", ("51", "2,4", "65"), ("52", "2,4", "64"), ("55", "2,0", "67")),
    ("9801", "Ørret skole", ("47", "2,9", "31"), ("*", "*", "*"), ("48", "2,0", "1 031")),
    ("9802", "Bærøy skole ", ("50", "1,1", "245"), ("", "", "0"), ("", "", "")),
    ("9901", "Væreid, ungdomsskole", ("*", "*", "*"), ("*", "*", "*"), ("*", "*", "*")),
    ("0901", "Nullvik skule", ("44", "3,1", "28"), ("45", "3,2", "27"), ("46", "3,3", "26")),
)

NUMBER = re.compile(r"(\d+|\d{1,3}( \d{3})+)(,\d+)?")


def organisation(serial: int) -> str:
    """Make a valid organisation number that no organisation has: real ones open with 8 or 9."""
    stem = f"1{serial:07d}"
    check = -sum(int(d) * w for d, w in zip(stem, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return f"{stem}{check}" if check < 10 else organisation(serial + 500)


def header(year: str = "2025-26", grade: str = "8. årstrinn") -> list[str]:
    """Name the nine measurement columns of one year and grade, as Udir does."""
    return [f"{year}.{s}.{grade}.{TOTAL}.{m}" for s in SUBJECTS for m in MEASURES]


@dataclass(frozen=True)
class Sheet:
    """Hold an export as the cells a person sees."""

    header: list[str]
    rows: list[list[str]]

    def with_cell(self, row: int, column: str, value: str) -> Sheet:
        """Change one cell of a data row (0 is the first) or, with row -1, of the header."""
        place = self.header.index(column)
        if row < 0:
            return replace(self, header=[*self.header[:place], value, *self.header[place + 1 :]])
        rows = [list(cells) for cells in self.rows]
        rows[row][place] = value
        return replace(self, rows=rows)

    def map(self, change) -> Sheet:
        """Change every measurement cell."""
        first = len(UNIT_HEADER)
        rows = [[*cells[:first], *map(change, cells[first:])] for cells in self.rows]
        return replace(self, rows=rows)

    def take(self, order: list[int]) -> Sheet:
        """Keep columns by place, in this order."""
        rows = [[cells[place] for place in order] for cells in self.rows]
        return Sheet([self.header[place] for place in order], rows)


def sheet(year: str = "2025-26", grade: str = "8. årstrinn") -> Sheet:
    """Make an export of eleven units: country, two counties, four municipalities, five schools."""
    rows = [["1", "I", "00", "0000", "I", "Hele landet", "Alle fylker", "Alle kommuner"]]
    cells = [("50", "0,1", "60 728"), ("49", "0,1", "60 410"), ("49", "0,1", "60 666")]
    table = [[*rows[0], "Alle skoler", *(cell for three in cells for cell in three)]]
    for code, name in COUNTIES.items():
        numbers = [("50", "0,3", "3 775"), ("48", "0,3", "3 782"), ("48", "0,3", "3 774")]
        unit = ["2", "I", code, "0000", code, "Hele landet", name, "Alle kommuner", "Alle skoler"]
        table.append([*unit, *(cell for three in numbers for cell in three)])
    for number, (code, name) in enumerate(MUNICIPALITIES.items()):
        numbers = [("51", "0,8", "532"), ("48", "0,8", "538"), ("48", "0,8", "1 529")]
        shown = "Alle skoler" if number % 2 else name
        unit = ["3", "I", code[:2], code, code, "Hele landet", _county(code), name, shown]
        table.append([*unit, *(cell for three in numbers for cell in three)])
    for serial, (code, name, *numbers) in enumerate(SCHOOLS, start=1):
        unit = ["4", "I", code[:2], code, organisation(serial), "Hele landet", _county(code)]
        unit += [MUNICIPALITIES[code], name]
        table.append([*unit, *(cell for three in numbers for cell in three)])
    return Sheet(UNIT_HEADER + header(year, grade), table)


def settled_in(made: Sheet, county: str, county_name: str, code: str, name: str) -> Sheet:
    """Move the first municipality and its county to codes and names of the register."""
    first, shown = next(iter(MUNICIPALITIES.items()))
    old = first[:2]
    cells = {old: county, COUNTIES[old]: county_name, first: code, shown: name}
    width = len(UNIT_HEADER)
    rows = [[*(cells.get(cell, cell) for cell in row[:width]), *row[width:]] for row in made.rows]
    return replace(made, rows=rows)


def _county(code: str) -> str:
    return COUNTIES.get(code[:2], "Gamle Prøvefylke")


@dataclass(frozen=True)
class Form:
    """Say how a file is written."""

    encoding: str = "utf-8"
    mark: bytes = b""
    delimiter: str = ";"
    sep: bool = False
    newline: str = "\n"
    quoted: bool = False
    suffix: str = ".csv"

    @property
    def name(self) -> str:
        """Name the form for a test's id."""
        if self.suffix != ".csv":
            return self.suffix[1:]
        cut = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}[self.delimiter]
        lines = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}[self.newline]
        words = [self.encoding, "bom" if self.mark else "", cut, "sep" if self.sep else "", lines]
        return "-".join(word for word in [*words, "quoted" if self.quoted else ""] if word)

    def text(self, made: Sheet) -> str:
        """Write a sheet as delimited text."""
        stream = io.StringIO()
        quoting = csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(
            stream, delimiter=self.delimiter, lineterminator=self.newline, quoting=quoting
        )
        writer.writerows([made.header, *made.rows])
        first = f"sep={self.delimiter}{self.newline}" if self.sep else ""
        return first + stream.getvalue()

    def content(self, made: Sheet) -> bytes:
        """Write a sheet as the bytes of a file."""
        if self.suffix == ".xlsx":
            return _excel(made)
        if self.suffix == ".parquet":
            return _parquet(made)
        return self.mark + self.text(made).encode(self.encoding)

    def write(self, made: Sheet, folder: Path) -> Path:
        """Write a sheet to a file in a folder."""
        path = folder / f"export{self.suffix}"
        path.write_bytes(self.content(made))
        return path


def _typed(cell: str) -> str | int | float | None:
    """Type a cell as a careful Norwegian Excel would: codes with a leading zero stay text."""
    if not NUMBER.fullmatch(cell) or (cell[0] == "0" and cell[1:2].isdigit()):
        return cell or None
    plain = cell.replace(" ", "").replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def _excel(made: Sheet) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append(made.header)
    for cells in made.rows:
        page.append([_typed(cell) for cell in cells])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _parquet(made: Sheet) -> bytes:
    columns = zip(*made.rows, strict=True)
    table = pa.table([pa.array(list(column)) for column in columns], names=made.header)
    stream = pa.BufferOutputStream()
    parquet.write_table(table, stream)
    return stream.getvalue().to_pybytes()


UDIR = Form("utf-16-le", b"", "\t", sep=True)
FORMS = (
    UDIR,
    Form(),
    Form(mark=codecs.BOM_UTF8, sep=True, newline="\r\n"),
    Form("utf-16-le", codecs.BOM_UTF16_LE, "\t", newline="\r\n"),
    Form("cp1252", newline="\r\n"),
    Form("utf-8", delimiter=",", quoted=True),
    Form("utf-8", delimiter="|", sep=True),
    Form(suffix=".xlsx"),
    Form(suffix=".parquet"),
)
