"""Read pupil files as people save them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from tilstand.value_added.reading import read_pupils

NAMES = ("Vøyenenga skole", "Ålvik skole", "Bærøy skole")
BLOCK = 65_536


def table(seed: int, rows: int, delimiter: str = ",") -> str:
    rng = np.random.default_rng(seed)
    lines = [delimiter.join(("school", "y", "x"))]
    for number in range(rows):
        name = NAMES[number % 3]
        lines.append(delimiter.join((name, f"{rng.integers(30, 70)}", f"{rng.integers(30, 70)}")))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(20))
def test_a_letter_cut_by_a_block_is_still_that_letter(seed, tmp_path):
    text = table(seed, 4_000 + 400 * seed)
    # Move the file until the first byte of a letter is the last one of a block.
    padded = (text.replace("y,x", f"{'y' * pad},x", 1).encode() for pad in range(1, 200))
    content = next(one for one in padded if one[BLOCK - 1] & 0xC0 == 0xC0)
    path = tmp_path / "pupils.csv"
    path.write_bytes(content)

    got = read_pupils(path, ["school"])

    assert set(got["school"]) == set(NAMES)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_told_by_the_file(encoding, delimiter, tmp_path):
    path = tmp_path / "pupils.csv"
    path.write_bytes(f"sep={delimiter}\n{table(1, 900, delimiter)}".encode(encoding))

    got = read_pupils(path, ["school"])

    assert list(got.columns) == ["school", "y", "x"]
    assert set(got["school"]) == set(NAMES)
    assert got["y"].dtype.kind == "i"


def test_quoted_decimal_commas_are_numbers(tmp_path):
    path = tmp_path / "pupils.csv"
    path.write_text('school,y,x\nA,"50,5","49,25"\nB,"51,0","48,5"\n', encoding="utf-8")

    got = read_pupils(path, ["school"])

    assert got["x"].tolist() == [49.25, 48.5]


def test_blanks_and_unicode_form_make_no_second_school(tmp_path):
    names = [
        "Åsen skole",
        unicodedata.normalize("NFD", "Åsen skole"),
        "Åsen  skole ",
        " Åsen skole",
    ]
    path = tmp_path / "pupils.csv"
    path.write_text("school,y\n" + "".join(f"{name},50\n" for name in names), encoding="utf-8")

    assert set(read_pupils(path, ["school"])["school"]) == {"Åsen skole"}
