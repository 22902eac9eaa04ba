"""Refuse in one line what would fill the memory, never ends, or is no table at all."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from tilstand.tabular.kinds import Limits
from tilstand.tabular.raw import read_raw

ENTITIES = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def workbook(edit=lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    for row in (["skole", "n"], ["Åsen", 5], ["Berg", 7]):
        book.active.append(row)
    edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(part: str, change) -> bytes:
    """Change one part of a workbook."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("elever.csv", "skole;n\nÅsen;5\n")
    return out.getvalue()


def far_column(sheet) -> None:
    for row in range(1, 200):
        sheet.cell(row, 16_384, 1)


SHEET = "xl/worksheets/sheet1.xml"
LESMEG = (
    "Dette følger med filene fra Udir.\nTallene er fra i år, og de er endelige.\nHilsen oss alle"
)
FILES = {
    "entities": (repacked(SHEET, lambda xml: ENTITIES + xml), "no use for"),
    "entities in UTF-16": (
        repacked(SHEET, lambda xml: ENTITIES.decode().encode("utf-16") + xml),
        "no use for",
    ),
    "a zip bomb": (repacked("xl/styles.xml", lambda xml: xml + b" " * 130_000_000), "130 MB"),
    "the last cell": (workbook(lambda sheet: sheet.cell(1_048_576, 16_384, 1)), "16384 cells"),
    "the last column": (workbook(far_column), "at most 1000000 cells"),
    "NUL in a row": (b"skole;n\nA;1\nB\0;2\n", ":3: 'a NUL character'"),
    "nothing but NUL": (b"\0" * 1000, "a NUL character"),
    "LESMEG.txt": (LESMEG.encode(), "a text to read, not a table"),
    "a zip": (zipped(), "'a zip archive', expected"),
    "a page": (b"<!DOCTYPE html><html><body>Logg inn</body></html>", "a web page"),
    "a page in UTF-16": ("<html><body>Logg inn</body></html>".encode("utf-16"), "a web page"),
    "JSON": (b'[{"skole": "A"}]', "a JSON file"),
    "a PDF": (b"%PDF-1.7 ...", "a PDF"),
    "a quote without an end": (b'skole;n\n"A;1\n' + b"B;2\n" * 1000, ":2: '\"A;1'"),
    "more cells": (b"a;b;c\n" + b"1;2;3\n" * 400, "more than 1000 cells"),
    "more bytes": (b"a;b\n" + b" ;1\n" * 400_000, "at most 1 MB; --allow-large"),
}
LIMITS = Limits(1_000_000, 1_000, "; --allow-large reads it all the same")


@pytest.mark.parametrize("kind", FILES)
def test_it_is_refused_in_one_line_that_names_it(kind, tmp_path):
    content, exp = FILES[kind]
    path = tmp_path / "fil"
    path.write_bytes(content)

    table, faults = read_raw(path, "fil", LIMITS)

    (got,) = faults
    assert exp in str(got)
    assert table.rows == [] or kind == "the last cell"


def test_columns_without_end_are_refused(tmp_path):
    path = tmp_path / "fil"
    path.write_text(";".join(f"k{n}" for n in range(20_000)) + "\n" + ";" * 19_999, "utf-8")

    (got,) = read_raw(path, "fil")[1]

    assert str(got) == "fil:1: '20000 columns', expected at most 16384 columns"
