"""Read pupil files as people save them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added.command import run
from tilstand.value_added.errors import UnreadableFileError
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


TOTALS = ("Totalt", "alle skoler", "Sum", "Kommunen", "TOTAL")


def _with_totals(path, totals):
    """Write a file of pupils with rows of totals that are filled like the others."""
    lines = table(3, 300).splitlines()
    for at, name in enumerate(totals):
        lines.insert(10 * (at + 1), f"{name},50,50")
    if path.suffix == ".csv":
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        rows = [line.split(",") for line in lines]
        frame = pd.DataFrame(rows[1:], columns=rows[0]).astype({"y": float, "x": float})
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("name", TOTALS)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_total_among_the_schools_is_one_line(name, ending, tmp_path):
    path = _with_totals(tmp_path / f"pupils.{ending}", [name])

    with pytest.raises(UnreadableFileError) as got:
        run(path, "y ~ x", "school", tmp_path / "out")

    assert got.value.lines == [
        (
            f"{path}:11:school: '{name}', expected a row of one pupil, and this looks like a "
            "total of several; delete the row"
        )
    ]


def test_several_totals_are_counted_with_layers_too(tmp_path):
    path = _with_totals(tmp_path / "pupils.csv", TOTALS)

    with pytest.raises(UnreadableFileError, match=r":11:school: 'Totalt'.*\(5 such rows\)") as got:
        run(path, "y ~ 1", "school", tmp_path / "out", class_="x")

    assert len(got.value.lines) == 1


@pytest.mark.filterwarnings("ignore::tilstand.value_added.errors.ValueAddedWarning")
def test_a_class_may_be_called_all(tmp_path):
    path = tmp_path / "pupils.csv"
    text = table(3, 300).replace("school,y,x", "school,y,class")
    path.write_text("\n".join([*text.splitlines(), "Ålvik skole,50,Alle"]), encoding="utf-8")

    assert run(path, "y ~ 1", "school", tmp_path / "out", class_="class")
