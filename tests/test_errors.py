import errno
import os
import shutil

import pytest

from tilstand.errors import (
    BuildError,
    CallError,
    DataError,
    Fault,
    TilstandError,
    machine_fault,
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


def test_fault_of_copying_a_folder_is_one_line_with_the_first_file(monkeypatch, tmp_path):
    def full(source, target, **_how):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source), None, str(target))

    (tmp_path / "from").mkdir()
    for name in "ab":
        (tmp_path / "from" / name).touch()
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(tmp_path / "from", tmp_path / "to", copy_function=full)

    got = system_fault(caught.value)

    assert got.startswith(str(tmp_path / "to"))
    assert got.endswith(
        ": No space left on device; make room on the disk and run the command again"
    )
    assert got.count(str(tmp_path)) == 1


def test_fault_of_the_machine_is_found_in_what_another_program_said():
    said = "reading sources\nOSError: [Errno 28] No space left on device\nTraceback"

    got = machine_fault(said, "html")

    assert got is not None
    assert (got.errno, got.filename) == (errno.ENOSPC, "html")


def test_what_no_user_can_mend_is_no_fault_of_the_machine():
    assert machine_fault("OSError: [Errno 9] Bad file descriptor", "html") is None
