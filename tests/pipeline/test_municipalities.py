"""Read which municipalities a batch is about."""

import pytest

from tilstand.errors import CallError, DataError
from tilstand.pipeline.batch.municipalities import all_municipalities, read_municipalities


@pytest.fixture
def read(tiny, tmp_path):
    def codes(text: str, year: int = 2020) -> list[str]:
        path = tmp_path / "codes.txt"
        path.write_text(text, encoding="utf-8")
        return read_municipalities(tiny.register(), path, year)

    return codes


def test_all_are_those_that_were_valid_in_the_year(tiny):
    assert all_municipalities(tiny.register(), 2020) == ["9201", "9202"]
    assert all_municipalities(tiny.register(), 2019) == ["9101", "9102"]


def test_norway_had_356_municipalities_in_2020_and_357_from_2024(repo_register):
    got = {year: len(all_municipalities(repo_register, year)) for year in (2020, 2024)}
    assert got == {2020: 356, 2024: 357}


def test_codes_stand_one_a_line_with_comments_and_blanks(read):
    assert read("9202  # nabo\n\n9201\n9202\n") == ["9202", "9201"]


def test_a_csv_file_is_read_by_its_column(read):
    assert read("name,municipality\nNabo,9202\n") == ["9202"]


def test_every_wrong_code_is_named_with_its_row(read):
    with pytest.raises(DataError) as stopped:
        read("9201\n9101\nBærum\n")
    got = [line.partition("codes.txt:")[2] for line in stopped.value.lines]
    exp = ["2:municipality: '9101', expected a municipality code valid in 2020"]
    assert got == [*exp, "3:municipality: 'Bærum', expected a municipality code valid in 2020"]


def test_an_empty_file_is_a_wrong_call(read):
    with pytest.raises(CallError, match="no code in it"):
        read("\n")


def test_a_file_that_is_not_there_is_a_wrong_call(tiny, tmp_path):
    with pytest.raises(CallError, match="expected all or a file"):
        read_municipalities(tiny.register(), tmp_path / "none.txt", 2020)
