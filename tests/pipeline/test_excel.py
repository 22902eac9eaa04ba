import csv
import io
import time
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tilstand.pipeline.outputs.excel import _number, workbook

CSV = "Kommune,Kode,Andel\nBærum,0219,1.5\n=1+1,3,\nnan,7,inf\n"
WIDE = (
    ",".join(f"Trinn {n}" for n in range(60)) + "\n" + ",".join("01.2.-"[n % 6] for n in range(60))
)
TABLES = {
    "plain": CSV,
    "awkward text": 'Skole,,År\n" to\nlinjer & <tre> ""sitat"" ",3.0,\n, ,12345678901234567890\n',
    "numbers": "a,b\n-2e-7,1e22\n.5,00.5\n3.,-0\n0.1234567890123456789,1_000\n",
    "long text": f"a\n{'x' * 40_000}\n",
    "many columns": WIDE,
    "header only": "a,b\n",
}


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(workbook(CSV, ["Tittel", "", "=Kilde"])))


def test_numbers_are_numbers_and_codes_keep_their_zeros(book):
    assert list(book["Tall"].values) == [
        ("Kommune", "Kode", "Andel"),
        ("Bærum", "0219", 1.5),
        ("=1+1", 3, None),
        ("nan", 7, "inf"),
    ]


def test_text_is_never_a_formula(book):
    assert {cell.data_type for cell in book["Tall"]["A"]} == {"s"}


def test_title_and_source_stand_on_a_sheet_of_their_own(book):
    assert [row[0] for row in book["Om"].values] == ["Tittel", "=Kilde"]


def test_the_same_table_is_the_same_bytes_at_another_time(monkeypatch):
    first = workbook(CSV, [])
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 90_000)

    assert workbook(CSV, []) == first


def by_openpyxl(text: str, notes: list[str]) -> openpyxl.Workbook:
    """Make the same workbook cell by cell, with openpyxl alone."""
    book = openpyxl.Workbook()
    sheet, columns, about = book.worksheets[0], *map(book.create_sheet, ("Kolonner", "Om"))
    sheet.title, sheet.freeze_panes, columns.freeze_panes = "Tall", "A2", "A2"
    rows = list(csv.reader(io.StringIO(text)))
    sheet.append([head or None for head in rows[0]])
    for row in rows[1:]:
        sheet.append([_number(cell) for cell in row])
    explained = [["Kolonne", "Type", "Enhet", "Forklaring"]]
    explained += [[head or None, None, None, None] for head in rows[0]]
    for row in explained:
        columns.append(row)
    for line in notes:
        about.append([line])
    for cell in [
        cell for one in (sheet, columns, about) for cells in one.iter_rows() for cell in cells
    ]:
        cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    for cell in (*sheet[1], *columns[1]):
        cell.font = Font(bold=True)
    for letter, column in zip("ABCD", zip(*explained, strict=True), strict=True):
        columns.column_dimensions[letter].width = min(
            max(len(cell or "") for cell in column) + 2, 100
        )
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        widest = max(len(cell) for cell in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest + 2, 60)
    about.column_dimensions["A"].width = 100
    return book


def parts(content: bytes) -> dict[str, bytes]:
    """Read the files inside a workbook, but for the time of day that one of them holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist()) - {"docProps/core.xml"}
        return {name: archive.read(name) for name in names}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_workbook_is_what_openpyxl_writes_cell_by_cell(text):
    notes = ["Tittel ", "=Kilde & <mer>"]
    stream = io.BytesIO()
    by_openpyxl(text, notes).save(stream)

    assert parts(workbook(text, notes)) == parts(stream.getvalue())


def test_signs_that_no_workbook_can_hold_are_left_out():
    made = openpyxl.load_workbook(io.BytesIO(workbook("a\nen\x0bto\n", [])))

    assert made["Tall"]["A2"].value == "ento"


FIELDS = [
    {"name": "Kommune", "type": "string"},
    {"name": "Kode", "type": "string", "meaning": "Kommunenummer."},
    {"name": "Andel", "type": "number", "unit": "prosent"},
]


def test_a_code_is_text_where_the_column_is_said_to_be():
    made = openpyxl.load_workbook(io.BytesIO(workbook("Kode,Andel\n4601,4601\n", [], FIELDS)))

    assert next(made["Tall"].iter_rows(min_row=2, values_only=True)) == ("4601", 4601)


@pytest.mark.parametrize(
    ("language", "exp"), [("nb", ("Andel", "tall", "prosent", None)), ("en", ("Andel", "number"))]
)
def test_a_sheet_says_of_every_column_what_it_holds(language, exp):
    made = openpyxl.load_workbook(io.BytesIO(workbook(CSV, [], FIELDS, language)))
    rows = list(made["Kolonner"].values)

    assert [row[0] for row in rows[1:]] == ["Kommune", "Kode", "Andel"]
    assert rows[3][: len(exp)] == exp
    assert "Kommunenummer." in rows[2]
