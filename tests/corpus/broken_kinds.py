"""Break the nine kinds of export, as people, spreadsheets and mail programs break them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import openpyxl

from exports import UDIR, Form, Sheet
from kinds import first_measure


@dataclass(frozen=True)
class Broken:
    """Hold a broken export, and a piece of the one line that has to name the cause."""

    label: str
    content: bytes
    says: str
    suffix: str = ".csv"


#: What stands in the first number of the third row, and what is said of it.
VALUES = {
    "letters": ("femti", "a number such as"),
    "letter-o": ("5O", "a number such as"),
    "failed-formula": ("#N/A", "a formula has failed there"),
    "reference": ("#REF!", "a formula has failed there"),
    "not-available": ("n/a", "a number such as"),
    "percent": ("52 %", "a number such as"),
    "two-stars": ("**", "a number such as"),
    "dash": ("-", "a number such as"),
    "dots": ("..", "a number such as"),
    "month": ("des.45", "made a date of it"),
    "day": ("2026-05-01", "made a date of it"),
    "star-and-number": ("52*", "a number such as"),
    "two-commas": ("5,2,1", "a number such as"),
    "torn-thousands": ("1 23", "a number such as"),
    "colon": (":", "a number such as"),
}
UNITS = {
    "level-five": ("EnhetNivaa", "5", "1 (country), 2 (county)"),
    "level-word": ("EnhetNivaa", "skole", "1 (country), 2 (county)"),
    "level-blank": ("EnhetNivaa", "", "1 (country), 2 (county)"),
    "lost-zero": ("Kommunekode", "301", "leading zero kept"),
    "code-blank": ("Kommunekode", "", "leading zero kept"),
    "check-digit": ("Organisasjonsnummer", "100000000", "of 9 digits that exists"),
    "short-number": ("Organisasjonsnummer", "10000008", "of 9 digits that exists"),
    "number-blank": ("Organisasjonsnummer", "", "of 9 digits that exists"),
    "number-scientific": ("Organisasjonsnummer", "1,00E+08", "of 9 digits that exists"),
    "nameless": ("EnhetNavn", "", "the name of the school"),
    "garbled": ("EnhetNavn", "Øvingsbakken skole".encode().decode("cp1252"), "letters such as"),
    "replaced": ("EnhetNavn", "\N{REPLACEMENT CHARACTER}vingsbakken", "letters such as"),
}


def _cell(sheet: Sheet, row: int, place: int, value: str) -> Sheet:
    rows = [list(cells) for cells in sheet.rows]
    rows[row][place] = value
    return Sheet(sheet.header, rows)


def _headed(sheet: Sheet, place: int, name: str) -> Sheet:
    return Sheet([*sheet.header[:place], name, *sheet.header[place + 1 :]], sheet.rows)


def _slip(word: str) -> str:
    """Write a word as a hasty finger does: without its fourth letter."""
    return word[:3] + word[4:]


def _workbook(change: Callable[[openpyxl.Workbook], None], sheet: Sheet) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(Form(suffix=".xlsx").content(sheet)))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _title_rows(book: openpyxl.Workbook) -> None:
    book.active.insert_rows(1, 2)
    book.active["A1"] = "Tall for Bergen"


def _second_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Mer").append(["et", "tall"])


def _formula(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.cell(row=3, column=sheet.max_column).value = "=SUM(A1:A2)"


def broken_cells(sheet: Sheet) -> Iterator[tuple[str, Sheet, str]]:
    """Break one cell."""
    first = first_measure(sheet)
    place = next(p for p in range(first, len(sheet.header)) if sheet.rows[1][p])
    for label, (value, says) in VALUES.items():
        yield f"value-{label}", _cell(sheet, 1, place, value), says
    if "EnhetNivaa" in sheet.header:
        for label, (column, value, says) in UNITS.items():
            made = _cell(sheet, len(sheet.rows) - 1, sheet.header.index(column), value)
            yield f"unit-{label}", made, says


def broken_headers(sheet: Sheet) -> Iterator[tuple[str, Sheet, str]]:
    """Break the header."""
    place = first_measure(sheet)
    name = sheet.header[place]
    year = name.split(".", 1)[0]
    measure = name.rsplit(".", 1)[1]
    yield (
        "measure-misspelt",
        _headed(sheet, place, name.replace(measure, _slip(measure))),
        "a measure",
    )
    yield (
        "year-wrong",
        _headed(sheet, place, name.replace(year, "2025-28")),
        "a school year such as",
    )
    yield "year-missing", _headed(sheet, place, name.split(".", 1)[1]), "a school year such as"
    yield "column-twice", _headed(sheet, place, sheet.header[place + 1]), "stands only once"
    more = [[*cells, "x"] for cells in sheet.rows]
    yield "column-unknown", Sheet([*sheet.header, "Kommentar"], more), "a column of Udir's export"
    for column in (
        "EnhetNivaa",
        "Kommunekode",
        "Organisasjonsnummer",
        "EnhetNavn",
        "Spoersmaalnavn",
    ):
        if column in sheet.header:
            kept = [p for p, head in enumerate(sheet.header) if head != column]
            yield f"no-{column}", sheet.take(kept), "this column of Udir's export"


def broken_rows(sheet: Sheet) -> Iterator[tuple[str, Sheet, str]]:
    """Add or spoil a row."""
    total = ["Totalt", *[""] * (len(sheet.header) - 2), "99"]
    yield "total-row", Sheet(sheet.header, [*sheet.rows, total]), "looks like a total; delete it"
    again = [*sheet.rows, list(sheet.rows[-1])]
    yield "row-twice", Sheet(sheet.header, again), "each "
    title = ["Tall for Bergen", *[""] * (len(sheet.header) - 1)]
    rows = [["", *[""] * (len(sheet.header) - 1)], sheet.header, *sheet.rows]
    yield "title-row", Sheet(title, rows), "are a title"
    yield "only-header", Sheet(sheet.header, []), "rows of data"


def broken_bytes(sheet: Sheet) -> Iterator[Broken]:
    """Break the file below the level of cells."""
    text = Form().text(sheet)
    lines = text.split("\n")
    cut = [*lines[:-2], lines[-2].rsplit(";", 1)[0], ""]
    yield Broken("row-short", "\n".join(cut).encode(), f"{len(sheet.header)} cells")
    long = [*lines[:-2], f"{lines[-2]};9", ""]
    yield Broken("row-long", "\n".join(long).encode(), f"{len(sheet.header)} cells")
    quote = text.replace("\n1;", '\n"1;', 1)
    yield Broken("open-quote", quote.encode(), "closed")
    mixed = text.encode().replace(b"Hele landet", b"Hele l\xe5ndet", 1)
    yield Broken("two-encodings", mixed, "text in UTF-8")
    yield Broken("nul", text.replace("Hele", "He\x00le", 1).encode(), "text in UTF-8")
    yield Broken("utf16-cut", UDIR.content(sheet)[:-1], "text in UTF-8")
    yield Broken("nothing", b"", "a header and rows")
    page = b"<!DOCTYPE html>\n<html><body><p>Logg inn</p></body></html>"
    yield Broken("web-page", page, "web page")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr("fil.csv", text)
    yield Broken("zip", stream.getvalue(), "unpack")
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    yield Broken("old-excel", old, ".xlsx or CSV", ".xlsx")
    excel = Form(suffix=".xlsx").content(sheet)
    yield Broken("excel-cut", excel[:2000], "an Excel workbook", ".xlsx")
    yield Broken("two-sheets", _workbook(_second_sheet, sheet), "one sheet with data", ".xlsx")
    yield Broken("formula", _workbook(_formula, sheet), "a value (open", ".xlsx")
    yield Broken("excel-title", _workbook(_title_rows, sheet), "title", ".xlsx")
    parquet = Form(suffix=".parquet").content(sheet)
    yield Broken("parquet-cut", parquet[:-20], "a Parquet file", ".parquet")


def broken_exports(sheet: Sheet) -> Iterator[Broken]:
    """Break one kind of export in every way."""
    for make in (broken_cells, broken_headers, broken_rows):
        for label, made, says in make(sheet):
            yield Broken(label, UDIR.content(made), says)
    yield from broken_bytes(sheet)
