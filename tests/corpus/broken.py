"""Break exports on purpose: each fault with the cell and the reason that have to be told."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import openpyxl

from exports import FORMS, TOTAL, UDIR, UNIT_HEADER, Form, Sheet, sheet

SHEET = sheet()
VALUE = f"2025-26.Lesing.8. årstrinn.{TOTAL}.Skalapoeng"
MARGIN = f"2025-26.Lesing.8. årstrinn.{TOTAL}.Usikkerhet"
N = f"2025-26.Lesing.8. årstrinn.{TOTAL}.Antall elever deltatt"
N_ENGLISH = N.replace("Lesing", "Engelsk")
COUNTRY, MUNICIPALITY, SCHOOL, HIDDEN, OLD_CODE = 0, 3, 7, 8, 11
SCHOOL_NUMBER = SHEET.rows[SCHOOL][4]


@dataclass(frozen=True)
class Fault:
    """Say what is broken and what has to be said about it.

    Parameters
    ----------
    label : str
        Name for the test's id.
    sheet : Sheet
        The broken export.
    row : int
        Data row, 0 the first; -1 the header.
    column, value : str
        The faulty cell as the message has to name it.
    reason : str
        A piece of what the message has to expect.
    """

    label: str
    sheet: Sheet
    row: int
    column: str
    value: str
    reason: str

    @property
    def shown_row(self) -> int:
        """Row in Excel: the header is row 1, a ``sep=`` line is not shown."""
        return self.row + 2


def _cell(label: str, row: int, column: str, value: str, reason: str) -> Fault:
    return Fault(label, SHEET.with_cell(row, column, value), row, column, value, reason)


def _header(label: str, column: str, name: str, reason: str) -> Fault:
    return Fault(label, SHEET.with_cell(-1, column, name), -1, name, name, reason)


NO_NUMBER = {
    "letters": "femti",
    "letter-o": "5O",
    "excel-error": "#REF!",
    "point-thousands": "1.234",
    "point-decimal": "52.5",
    "torn-thousands": "1 23",
    "long-thousands": "12 3456",
    "two-commas": "52,4,1",
    "semicolon": "52;4",
    "percent": "52 %",
    "two-stars": "**",
    "dash": "-",
    "dots": "..",
    "not-available": "n/a",
    "date": "2026-05-01",
    "scientific": "5,2E+01",
    "star-and-number": "52*",
    "plus": "+52",
    "colon": ":",
}
GARBLED = "Bærøy skole".encode().decode("latin-1")
LETTERS = "letters such as"
NO_SCHOOL = "of 9 digits that exists"
LOST_ZERO = "leading zero kept"
CELLS = (
    *(_cell(f"value-{k}", SCHOOL, VALUE, v, "a number such as") for k, v in NO_NUMBER.items()),
    _cell("value-negative", SCHOOL, VALUE, "-52", "a number from 1 to 100"),
    _cell("value-too-high", SCHOOL, VALUE, "520", "a number from 1 to 100"),
    _cell("value-zero", SCHOOL, VALUE, "0", "a number from 1 to 100"),
    _cell("margin-letters", SCHOOL, MARGIN, "ca. 2", "a number such as"),
    _cell("margin-negative", SCHOOL, MARGIN, "-2,4", "a number from 0 to 50"),
    _cell("margin-blank", SCHOOL, MARGIN, "", "a margin beside a value"),
    _cell("margin-star", SCHOOL, MARGIN, "*", "a margin beside a value"),
    _cell("n-blank", SCHOOL, N, "", "the number of pupils behind a value"),
    _cell("n-star", SCHOOL, N, "*", "the number of pupils behind a value"),
    _cell("n-zero", SCHOOL, N, "0", "the number of pupils behind a value"),
    _cell("n-decimal", SCHOOL, N, "64,5", "a whole number of pupils"),
    _cell("n-negative", SCHOOL, N, "-64", "a whole number of pupils"),
    _cell("n-letters", SCHOOL, N, "mange", "a number such as"),
    _cell("hidden-margin-shown", HIDDEN, MARGIN, "2,4", "* like the value beside it"),
    _cell("level-five", SCHOOL, "EnhetNivaa", "5", "1 (country), 2 (county)"),
    _cell("level-blank", SCHOOL, "EnhetNivaa", "", "1 (country), 2 (county)"),
    _cell("level-word", SCHOOL, "EnhetNivaa", "skole", "1 (country), 2 (county)"),
    _cell("country-code-blank", COUNTRY, "Nasjonaltkode", "", "I on the row of the country"),
    _cell("municipality-lost-zero", OLD_CODE, "Kommunekode", "901", LOST_ZERO),
    _cell("county-lost-zero", OLD_CODE, "Fylkekode", "9", LOST_ZERO),
    _cell("municipality-blank", SCHOOL, "Kommunekode", "", LOST_ZERO),
    _cell("school-check-digit", SCHOOL, "Organisasjonsnummer", "100000000", NO_SCHOOL),
    _cell("school-short", SCHOOL, "Organisasjonsnummer", "10000008", NO_SCHOOL),
    _cell("school-blank", SCHOOL, "Organisasjonsnummer", "", NO_SCHOOL),
    _cell("school-scientific", SCHOOL, "Organisasjonsnummer", "1,00E+08", NO_SCHOOL),
    _cell("school-nameless", SCHOOL, "EnhetNavn", "", "the name of the school"),
    _cell("garbled-name", SCHOOL, "EnhetNavn", GARBLED, LETTERS),
    _cell("replaced-letter", SCHOOL, "EnhetNavn", "B\N{REPLACEMENT CHARACTER}røy", LETTERS),
    _cell("whole-too-small", MUNICIPALITY, N_ENGLISH, "90", "at least the 96 pupils of its parts"),
    _cell("part-too-large", SCHOOL, N, "6400", "at most the 538 pupils of Ålvik"),
    _cell("country-too-small", COUNTRY, N, "7563", "at least the 7564 pupils of its parts"),
)
HEADERS = (
    _header(
        "measure-misspelt", VALUE, VALUE.replace("Skalapoeng", "Skalapong"), "a measure such as"
    ),
    _header("year-wrong", VALUE, VALUE.replace("2025-26", "2025-27"), "a school year such as"),
    _header("year-missing", VALUE, VALUE.replace("2025-26.", ""), "a school year such as"),
    _header("grade-wrong", VALUE, VALUE.replace("8. årstrinn", "åttende"), "a grade such as"),
    _header("grade-missing", VALUE, VALUE.replace("8. årstrinn.", ""), "a grade such as"),
    _header("gender-missing", VALUE, VALUE.replace("Alle kjønn.", ""), "a gender such as"),
    _header("ownership-missing", VALUE, VALUE.replace("Alle eierformer.", ""), "an ownership"),
    _header("test-unknown", VALUE, VALUE.replace("Lesing", "Naturfag"), "a test ("),
    _header("two-tests", VALUE, VALUE.replace("Lesing", "Lesing.Regning"), "one subject only"),
    _header("column-twice", MARGIN, VALUE, "a column name that stands only once"),
    _header(
        "same-in-other-order", MARGIN, f"Skalapoeng.{VALUE[:-11]}", "each measure in one column"
    ),
    Fault(
        "column-unknown",
        Sheet([*SHEET.header, "Kommentar"], [[*cells, "x"] for cells in SHEET.rows]),
        -1,
        "Kommentar",
        "Kommentar",
        "a column of Udir's export",
    ),
    *(
        Fault(
            f"no-{column}",
            SHEET.take([p for p, name in enumerate(SHEET.header) if name != column]),
            -1,
            column,
            "",
            "this column of Udir's export",
        )
        for column in ("EnhetNivaa", "Organisasjonsnummer", "Kommunekode", "EnhetNavn")
    ),
)


def _doubled(label: str, row: int, column: str) -> Fault:
    made = replace(SHEET, rows=[*SHEET.rows, list(SHEET.rows[row])])
    value = SHEET.rows[row][UNIT_HEADER.index(column)]
    return Fault(label, made, len(SHEET.rows), column, value, "each unit on one row")


ROWS = (
    _doubled("school-twice", SCHOOL, "Organisasjonsnummer"),
    _doubled("municipality-twice", MUNICIPALITY, "Kommunekode"),
    _doubled("country-twice", COUNTRY, "EnhetNivaa"),
)
FAULTS = (*CELLS, *HEADERS, *ROWS)


def in_every_form() -> Iterator[tuple[Form, Fault]]:
    """Pair every fault of cells, header and rows with every form that can carry it."""
    for form in FORMS:
        for fault in FAULTS:
            # Windows-1252 has no such letters to write; Parquet no two columns of one name.
            lossy = form.encoding == "cp1252" and fault.label in ("replaced-letter", "garbled-name")
            named_twice = form.suffix == ".parquet" and fault.label == "column-twice"
            if not (lossy or named_twice):
                yield form, fault


@dataclass(frozen=True)
class BrokenFile:
    """Say how the bytes of a file are broken, and the start and a piece of its only message."""

    label: str
    content: bytes
    suffix: str
    place: str
    reason: str


def _cut_row(form: Form, change: Callable[[list[str]], list[str]]) -> bytes:
    rows = [list(cells) for cells in SHEET.rows]
    rows[SCHOOL] = change(rows[SCHOOL])
    return form.content(replace(SHEET, rows=rows))


def _workbook(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(Form(suffix=".xlsx").content(SHEET)))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _second_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Mer").append(["et", "tall"])


def _formula(book: openpyxl.Workbook) -> None:
    book.active["K9"] = "=SUM(K2:K3)"


def broken_files() -> Iterator[BrokenFile]:
    """Break files below the level of cells: encodings, delimiters, quotes, containers."""
    texts = [form for form in FORMS if form.suffix == ".csv"]
    row = SCHOOL + 2
    for form in texts:
        short = _cut_row(form, lambda cells: cells[:-1])
        yield BrokenFile(f"short-row-{form.name}", short, ".csv", f":{row}: '17 cells'", "18 cells")
        extra = _cut_row(form, lambda cells: [*cells, "9"])
        yield BrokenFile(f"long-row-{form.name}", extra, ".csv", f":{row}: '19 cells'", "18 cells")
        headed = form.content(replace(SHEET, rows=[]))
        yield BrokenFile(
            f"only-header-{form.name}", headed, ".csv", ":2: 'no rows'", "rows of data"
        )
        blank = form.mark + (form.newline * 3).encode(form.encoding)
        yield BrokenFile(f"blank-{form.name}", blank, ".csv", ":1: 'an empty file'", "a header")
        joined = form.mark + form.newline.join(["Skole", "Ålvik", "Ørret"]).encode(form.encoding)
        yield BrokenFile(
            f"one-column-{form.name}", joined, ".csv", ":1: 'Skole'", "several columns"
        )
        if not form.quoted:
            broken = form.content(SHEET).replace(
                "Ørret".encode(form.encoding), '"Ørret'.encode(form.encoding)
            )
            yield BrokenFile(f"open-quote-{form.name}", broken, ".csv", f":{row + 1}: ", "closed")
        if form.sep:
            right = f"sep={form.delimiter}".encode(form.encoding)
            wrong = form.content(SHEET).replace(right, "sep=~".encode(form.encoding))
            yield BrokenFile(f"wrong-sep-{form.name}", wrong, ".csv", ":1: 'sep=~'", "sep=")
    utf8 = Form().content(SHEET)
    stray = utf8.replace("Ørret".encode(), b"\xd8rret")
    yield BrokenFile("two-encodings", stray, ".csv", f":{row + 1}: 'byte 0xd8'", "text in UTF-8")
    undefined = Form("cp1252").content(SHEET).replace("Ørret".encode("cp1252"), b"\x8drret")
    yield BrokenFile("no-letter", undefined, ".csv", f":{row + 1}: 'byte 0x8d'", "text in UTF-8")
    nul = utf8.replace(b"I;98;0000", b"I;9\x008;0000", 1)
    yield BrokenFile("nul", nul, ".csv", ":3: 'a NUL character'", "text in UTF-8")
    cut = UDIR.content(SHEET)[:-1]
    last = len(SHEET.rows) + 1
    yield BrokenFile("utf16-cut", cut, ".csv", f":{last}: 'byte 0x0a'", "text in UTF-8")
    yield BrokenFile("nothing", b"", ".csv", ":1: 'an empty file'", "a header and rows")
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    yield BrokenFile("old-excel", old, ".xlsx", ": 'an old or locked Excel file'", ".xlsx or CSV")
    zipped = Form(suffix=".xlsx").content(SHEET)[:2000]
    yield BrokenFile("cut-excel", zipped, ".xlsx", ": 'not readable'", "an Excel workbook")
    cut_parquet = Form(suffix=".parquet").content(SHEET)[:-20]
    yield BrokenFile("cut-parquet", cut_parquet, ".parquet", ": 'not readable'", "a Parquet file")
    two = _workbook(_second_sheet)
    yield BrokenFile("two-sheets", two, ".xlsx", ": 'Sheet, Mer'", "one sheet with data")
    formula = _workbook(_formula)
    yield BrokenFile("formula", formula, ".xlsx", ":9:K: '=SUM(K2:K3)'", "a value (open")
    other = b"navn;verdi\nA;1\n"
    yield BrokenFile("other-table", other, ".csv", ":1: 'verdi'", "an export of Statistikkbanken")
