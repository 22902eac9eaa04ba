"""Turn bytes into text without turning letters into others."""

from __future__ import annotations

import codecs

import pytest

from tilstand.tabular.encodings import decode, garbled

TEXT = "Bærøy skole, Ålvik – «Máttaras»\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-le", "utf-16-le-bom", "utf-16-be-bom", "cp1252"],
)
def test_the_same_text_from_every_encoding(content):
    assert decode(content, "a") == (TEXT, [])


def test_windows_letters_that_look_like_utf8_stay_themselves():
    # \u00c5 and a dash are the bytes c5 96: one letter in UTF-8.
    text = "Å–Å skole, Bærøy"

    assert decode(text.encode("cp1252"), "a") == (text, [])


def test_norwegian_utf8_letters_beside_stray_bytes_are_two_encodings():
    _, (got,) = decode("Bærøy\n".encode() + "Ørret".encode("cp1252"), "a")

    assert (got.row, got.value) == (2, "byte 0xd8")


def test_rows_are_counted_as_a_spreadsheet_does_under_a_sep_line():
    _, (got,) = decode("sep=;\nBærøy\n".encode() + b"\xd8", "a")

    assert got.row == 2


@pytest.mark.parametrize("letters", ["æ", "ø", "å", "Æ", "Ø", "Å", "é"])
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_letters_read_wrongly_before_are_garbled(letters, wrong):
    assert garbled(letters.encode().decode(wrong))


def test_norwegian_and_sami_letters_are_not_garbled():
    assert not garbled("ÆØÅ æøå é ü Kárášjohka Nordlánnda Trööndelage Ã Â")
