"""Read numbers and names that a Parquet file holds as text as a CSV file's are read."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand.value_added.command import run
from tilstand.value_added.errors import ValueAddedError


@pytest.fixture
def frame(pupils):
    return pupils.assign(school=[f"Åsen {number} skole" for number in pupils["school"]])


def estimates(path, tmp_path):
    schools, _ = run(path, "score ~ prior", "school", tmp_path / path.stem, min_n=2)
    return pd.read_csv(schools)


def test_numbers_with_decimal_comma_and_names_with_blanks_give_the_same_schools(frame, tmp_path):
    frame.to_parquet(tmp_path / "numbers.parquet")
    texts = frame.assign(
        prior=frame["prior"].map(lambda x: f"{x!r}".replace(".", ",")),
        school=[f"{name} " if n % 2 else name.upper() for n, name in enumerate(frame["school"])],
    )
    texts["school"] = texts["school"].where(texts.index % 3 > 0, frame["school"])
    texts.to_parquet(tmp_path / "texts.parquet")

    with pytest.warns(UserWarning, match="also spelt"):
        got = estimates(tmp_path / "texts.parquet", tmp_path)
    exp = estimates(tmp_path / "numbers.parquet", tmp_path)

    assert got["estimate"].tolist() == pytest.approx(exp["estimate"].tolist(), abs=1e-9)


def test_a_star_among_numbers_is_named_with_its_row(frame, tmp_path):
    texts = frame["prior"].astype(str).where(frame.index != 5, "*")
    frame.assign(prior=texts).to_parquet(tmp_path / "star.parquet")

    with pytest.raises(ValueAddedError, match=r"star\.parquet:7:prior: '\*'"):
        estimates(tmp_path / "star.parquet", tmp_path)


def test_a_damaged_file_is_one_line(frame, tmp_path):
    path = tmp_path / "damaged.parquet"
    frame.to_parquet(path)
    content = bytearray(path.read_bytes())
    body = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[4:body] = b"\xff" * (body - 4)
    path.write_bytes(content)

    with pytest.raises(ValueAddedError) as got:
        estimates(path, tmp_path)

    assert len(got.value.lines) == 1


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\t"])
def test_names_that_differ_in_blanks_around_them_alone_are_one_school(frame, tmp_path, blank):
    frame.to_parquet(tmp_path / "sound.parquet")
    spaced = [name + blank * (n % 3) for n, name in enumerate(frame["school"])]
    frame.assign(school=spaced).to_parquet(tmp_path / "spaced.parquet")

    got = estimates(tmp_path / "spaced.parquet", tmp_path)

    assert got.equals(estimates(tmp_path / "sound.parquet", tmp_path))
