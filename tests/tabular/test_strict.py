import pytest

from tilstand.tabular.strict import ROW, read_strict

COLUMNS = ("year", "value")


@pytest.fixture
def read(tmp_path):
    """Read bytes as the file ``a.csv``."""

    def read_bytes(content: bytes):
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        return read_strict(path, "a.csv", COLUMNS)

    return read_bytes


def fault_of(read, content: bytes) -> str:
    _, (fault,) = read(content)
    return str(fault)


def test_well_formed_file_has_no_faults(read):
    _, got = read(b"year,value\n2020,1\n")

    assert got == []


def test_cells_stay_text(read):
    table, _ = read(b"year,value\n2020,01.0\n")

    assert table["value"].tolist() == ["01.0"]


def test_rows_are_numbered_as_in_a_spreadsheet(read):
    table, _ = read(b"year,value\n2020,1\n2021,2\n")

    assert table[ROW].tolist() == [2, 3]


def test_blank_line_is_passed_over_but_counted(read):
    table, _ = read(b"year,value\n\n2020,1\n")

    assert table[ROW].tolist() == [3]


def test_byte_order_mark_of_a_spreadsheet_is_read_past(read):
    _, got = read(b"\xef\xbb\xbfyear,value\n2020,1\n")

    assert got == []


def test_windows_line_ends_are_read(read):
    table, _ = read(b"year,value\r\n2020,1\r\n")

    assert table["value"].tolist() == ["1"]


def test_quoted_comma_is_part_of_the_cell(read):
    table, _ = read(b'year,value\n2020,"1,5"\n')

    assert table["value"].tolist() == ["1,5"]


def test_row_after_a_quoted_line_break_has_the_number_of_its_last_line(read):
    table, _ = read(b'year,value\n2020,"a\nb"\n2021,2\n')

    assert table[ROW].tolist()[-1] == 4


def test_file_that_is_not_there_is_one_fault(tmp_path):
    _, (got,) = read_strict(tmp_path / "none.csv", "none.csv", COLUMNS)

    assert str(got) == "none.csv: 'no such file', expected a CSV file"


def test_wrong_encoding_names_the_line_and_the_byte(read):
    got = fault_of(read, "year,value\n2020,1\n2021,Bærum\n".encode("latin-1"))

    assert got == "a.csv:3: 'byte 0xe6', expected text in UTF-8 (save as CSV UTF-8)"


def test_empty_file_lacks_its_header(read):
    assert fault_of(read, b"") == "a.csv:1: '', expected the header year,value"


def test_missing_column_is_named(read):
    assert fault_of(read, b"year\n2020\n") == "a.csv:1:value: '', expected a column named 'value'"


def test_unknown_column_is_named(read):
    got = fault_of(read, b"year,value,colour\n2020,1,red\n")

    assert got == "a.csv:1:colour: 'colour', expected no such column"


def test_wrong_order_of_columns_says_the_right_one(read):
    got = fault_of(read, b"value,year\n1,2020\n")

    assert got == "a.csv:1: 'value,year', expected the columns in the order year,value"


def test_column_that_stands_twice_is_a_fault(read):
    got = fault_of(read, b"year,value,value\n2020,1,1\n")

    assert got.startswith("a.csv:1: 'year,value,value', expected the columns")


@pytest.mark.parametrize(("row", "count"), [(b"2020", 1), (b"2020,1,", 3), (b"2020,1,5", 3)])
def test_wrong_number_of_cells_names_the_row(read, row, count):
    assert (
        fault_of(read, b"year,value\n" + row + b"\n")
        == f"a.csv:2: '{count} cells', expected 2 cells"
    )


def test_rows_of_the_right_length_are_kept_beside_a_wrong_one(read):
    table, _ = read(b"year,value\n2020\n2021,2\n")

    assert table["year"].tolist() == ["2021"]


def test_quote_that_never_ends_is_a_fault(read):
    got = fault_of(read, b'year,value\n2020,"1\n')

    assert got.endswith("expected well-formed CSV")


def test_semicolons_are_told_as_a_missing_column(read):
    _, got = read(b"year;value\n2020;1\n")

    assert [fault.column for fault in got] == ["year", "value"]


def test_broken_header_gives_no_rows(read):
    table, _ = read(b"value,year\n1,2020\n")

    assert table.empty
