import base64
import io
import time

import openpyxl
import pytest

from tilstand.build.takeaway import workbook, write_files

CSV = "Kommune,Kode,Andel\nBærum,0219,1.5\n=1+1,3,\nnan,7,inf\n"


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


def test_every_form_is_written_once(tmp_path):
    for folder in ("data", "figures"):
        (tmp_path / folder).mkdir()
    drawn = {"wide": "<svg/>", "narrow": "<svg/>", "png": base64.b64encode(b"P").decode()}
    exhibit = {"csv": "a\n1\n", "title": "t", "subtitle": "", "source": "", "images": drawn}

    write_files(exhibit, "elevtall-trend", tmp_path)

    got = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert got == [
        "data/elevtall-trend.csv",
        "data/elevtall-trend.xlsx",
        "figures/elevtall-trend-narrow.svg",
        "figures/elevtall-trend.png",
        "figures/elevtall-trend.svg",
    ]
    assert (tmp_path / "figures" / "elevtall-trend.png").read_bytes() == b"P"
