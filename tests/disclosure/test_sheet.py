import zipfile

import openpyxl
import pytest

from tilstand.disclosure.site.sheet import sheet_rows

ROWS = [("Skole", "Trinn", "Andel"), ("Å & <B>", 8, 12.5), (None, None, None), ("0219", None, -3)]
EXP = [["Skole", "Trinn", "Andel"], ["Å & <B>", "8", "12.5"], ["", "", ""], ["0219", "", "-3"]]


@pytest.fixture
def path(tmp_path):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.create_sheet("Om").append(["99"])
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_cells_are_text_as_a_csv_would_have_it(path):
    assert sheet_rows(path) == EXP


def test_strings_that_are_shared_between_cells_are_read(path, tmp_path):
    other = tmp_path / "b.xlsx"
    strings = "".join(f"<si><t>{text}</t></si>" for text in ("Andel", "Skole"))
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'
    )
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(other, "w") as two:
        for name in one.namelist():
            content = one.read(name).decode()
            for number, text in enumerate(("Andel", "Skole")):
                said = f't="inlineStr"><is><t>{text}</t></is>'
                content = content.replace(said, f't="s"><v>{number}</v>')
            two.writestr(name, content)
        two.writestr("xl/sharedStrings.xml", shared)

    assert sheet_rows(other) == EXP


def test_a_column_past_z_stands_in_its_place(tmp_path):
    book = openpyxl.Workbook()
    book.worksheets[0]["AB3"] = 1.25
    book.save(tmp_path / "a.xlsx")

    got = sheet_rows(tmp_path / "a.xlsx")

    assert got == [[""] * 28, [""] * 28, [*[""] * 27, "1.25"]]


def test_an_empty_sheet_has_no_rows(tmp_path):
    openpyxl.Workbook().save(tmp_path / "a.xlsx")

    assert sheet_rows(tmp_path / "a.xlsx") == []
