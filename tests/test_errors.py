import errno
import os

import pytest

from tilstand.errors import (
    BuildError,
    CallError,
    DataError,
    Fault,
    TilstandError,
    system_fault,
)


def test_fault_names_file_row_column_value_and_expectation():
    got = str(Fault("data/a.csv", 7, "value", "120", "a share from 0 to 100"))

    exp = "data/a.csv:7:value: '120', expected a share from 0 to 100"
    assert got == exp


def test_fault_of_a_whole_file_names_no_row():
    got = str(Fault("a.csv", 0, "", "no such file", "a CSV file"))

    assert got == "a.csv: 'no such file', expected a CSV file"


def test_faults_sort_by_file_then_row():
    faults = [
        Fault("b.csv", 2, "", "", ""),
        Fault("a.csv", 10, "", "", ""),
        Fault("a.csv", 9, "", "", ""),
    ]

    got = [(fault.file, fault.row) for fault in sorted(faults)]

    assert got == [("a.csv", 9), ("a.csv", 10), ("b.csv", 2)]


def test_error_of_one_text_has_one_line():
    assert TilstandError("wrong").lines == ["wrong"]


def test_error_of_faults_has_a_line_for_each():
    faults = [Fault("a.csv", row, "year", "x", "a year") for row in (2, 3)]

    got = DataError(faults).lines

    assert got == ["a.csv:2:year: 'x', expected a year", "a.csv:3:year: 'x', expected a year"]


def test_error_reads_as_its_lines():
    assert str(BuildError(["first", "second"])) == "first\nsecond"


@pytest.mark.parametrize(("kind", "exp"), [(DataError, 1), (BuildError, 1), (CallError, 2)])
def test_exit_code_tells_wrong_data_from_a_wrong_call(kind: type[TilstandError], exp: int):
    assert kind("x").exit_code == exp


@pytest.mark.parametrize(
    ("code", "remedy"),
    [(errno.ENOSPC, "make room on the disk"), (errno.EACCES, "ask for permission")],
)
def test_fault_of_the_machine_says_where_and_what_to_do(code, remedy):
    got = system_fault(OSError(code, os.strerror(code), "book/site"))

    assert got.startswith(f"book/site: {os.strerror(code)}; {remedy}")
    assert got.endswith("run the command again")


def test_fault_of_the_machine_without_a_remedy_is_told_as_it_is():
    assert system_fault(OSError("cut off")) == "cut off"
