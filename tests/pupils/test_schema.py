"""Read pupil files: every fault told, no pupil known."""

from __future__ import annotations

import csv

import pytest
from hostile import REFUSED, SHOWN

from tilstand.edition.pupil_schema import load_schema
from tilstand.errors import CallError
from tilstand.pupils import schema
from tilstand.pupils.protection import tables
from tilstand.pupils.schema import HIDDEN, Pupils, read_pupils

SALT = b"a secret of sixteen bytes or more"
SCHOOLS = {"100000016", "100000024"}
HEADER = "fnr;cohort;grade;school;feeder_school;Kjønn;birth_year;exempt;prior;outcome"
ROWS = (
    "01010112345;2025;9;100000016;100000024;Jente;2011;nei;48,5;52",
    "02020212345;2025;9;100000016;;Gutt;2010;0;;",
)
COLUMNS = {"pupil": "fnr", "gender": "Kjønn"}


@pytest.fixture
def read(repo, tmp_path):
    fields = load_schema(repo.root / "data" / "pupils.schema.json")

    def read_rows(*rows: str, header: str = HEADER, salt: bytes = SALT) -> Pupils:
        path = tmp_path / "elever.csv"
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        return read_pupils(path, "elever.csv", fields, COLUMNS, SCHOOLS, salt)

    return read_rows


def faults(got: Pupils) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.value) for fault in got.faults]


def test_a_right_file_has_no_faults(read):
    assert read(*ROWS).faults == []


def test_cells_get_their_types(read):
    got = read(*ROWS).table.iloc[0]

    assert (got["gender"], got["exempt"], got["prior"], got["birth_year"]) == (
        "female",
        False,
        48.5,
        2011,
    )


def test_missing_stays_missing(read):
    got = read(*ROWS).table

    assert got["prior"].isna().tolist() == [False, True]
    assert got["immigration_background"].isna().all()


def test_ids_are_hashed_with_the_salt(read):
    one, again, other = read(*ROWS), read(*ROWS), read(*ROWS, salt=SALT[::-1])

    assert not set(one.table["pupil"]) & {"01010112345", "02020212345"}
    assert one.table["pupil"].tolist() == again.table["pupil"].tolist()
    assert not set(one.table["pupil"]) & set(other.table["pupil"])


def test_a_short_salt_is_refused(read):
    with pytest.raises(CallError, match="expected 16 or more"):
        read(*ROWS, salt=b"short")


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        (";52", ";152", "outcome", "152"),
        (";52", ";52.5.1", "outcome", "52.5.1"),
        ("Jente", "ukjent", "Kjønn", "ukjent"),
        ("100000016;1", "999999999;1", "school", "999999999"),
        ("100000024", "100000032", "feeder_school", "100000032"),
        ("100000016;1", "10000001;1", "school", "10000001"),
        (";2011;", ";2001;", "birth_year", "2001"),
        (";9;", ";19;", "grade", "19"),
        (";nei;", ";kanskje;", "exempt", "kanskje"),
    ],
)
def test_a_faulty_cell_is_told_with_its_row(old, new, column, value, read):
    got = read(ROWS[1], ROWS[0].replace(old, new, 1))

    assert (3, column, value) in faults(got)
    assert got.table.empty


@pytest.mark.parametrize("name", ["Totalt", "Alle skoler", "Sum", "Kommunen", "Total"])
def test_a_total_among_schools_is_one_line_with_the_way_out(name, read):
    total = f";;9;{name};;;;;199;0"
    got = read(*ROWS, total, ROWS[0].replace("0101", "0303", 1))

    assert [str(fault) for fault in got.faults] == [
        (
            f"elever.csv:4:school: '{name}', expected a row of one pupil, and this looks like a "
            "total of several; delete the row"
        )
    ]


def test_a_pupil_that_stands_twice_is_told_without_its_id(read):
    assert faults(read(ROWS[0], ROWS[1], ROWS[0])) == [(4, "fnr", HIDDEN)]


def test_the_same_pupil_in_another_cohort_is_right(read):
    later = ROWS[0].replace("2025;9", "2026;10")

    assert read(ROWS[0], later).faults == []


def test_a_pupil_without_id_is_told(read):
    assert faults(read(ROWS[0].replace("01010112345", ""))) == [(2, "fnr", HIDDEN)]


def test_a_lacking_column_is_told(read):
    got = read("01010112345;2025", header="fnr;cohort")

    assert faults(got) == [(1, "school", "")]


@pytest.mark.parametrize(
    "row",
    [
        '"01010112345;2025;9;100000016',
        "01010112345;2025",
        ROWS[0].replace("Jente", "\N{REPLACEMENT CHARACTER}"),
    ],
    ids=["open-quote", "short-row", "garbled"],
)
def test_no_fault_of_form_shows_what_a_row_says(row, read):
    got = read(ROWS[1], row)

    assert got.faults
    assert not any("01010112345" in str(fault) for fault in got.faults)


def test_quality_counts_what_is_missing(read):
    got = read(*ROWS).quality.set_index("field")

    assert got.loc["feeder_school", ["filled", "missing", "share_missing"]].tolist() == [1, 1, 0.5]


def test_a_name_that_no_row_of_a_table_could_have_is_told_by_its_cell(tmp_path):
    got = named(tmp_path, REFUSED)

    assert [fault.row for fault in got.faults] == list(range(2, len(REFUSED) + 2))
    assert {fault.column for fault in got.faults} == {"Skole"}
    assert all(fault.expected.startswith(("a name ", "a row of one pupil")) for fault in got.faults)


def test_other_names_are_read_as_they_stand(tmp_path):
    got = named(tmp_path, SHOWN)

    assert got.faults == []
    assert got.table["school"].tolist() == list(SHOWN)


def test_the_marks_are_those_of_published_cells():
    assert schema.MARKS == tables.MARKS


def named(folder, names) -> Pupils:
    path = folder / "elever.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerows([["Skole", "Poeng"], *([name, 50] for name in names)])
    fields = [{"name": "school", "type": "string", "constraints": {"required": True}}]
    return read_pupils(path, "elever.csv", fields, {"school": "Skole"}, None, SALT)
