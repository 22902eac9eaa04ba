"""Turn exports into figures; on Udir's own files too, where a checkout has them beside it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from exports import TOTAL, UDIR, Form, Sheet, sheet
from tilstand import contracts
from tilstand.sources.statistikkbanken import Export, read_export

OWN = ["Ålvik barneskole", "reading"]


@pytest.fixture
def read(tmp_path, repo_register, vocabulary):
    def read_sheet(made: Sheet, form: Form = UDIR) -> Export:
        path = form.write(made, tmp_path)
        return read_export(path, path.name, repo_register, vocabulary)

    return read_sheet


def row_of(export: Export, name: str, subject: str) -> dict:
    figures = export.figures
    (row,) = figures[(figures["name"] == name) & (figures["subject"] == subject)].to_dict("records")
    return row


def test_a_school_row_follows_the_contract(read):
    row = row_of(read(sheet()), *OWN)

    got = {column: row[column] for column in contracts.FIGURE_COLUMNS if row[column]}
    assert got == {
        "year": "2025",
        "indicator": "np_scale_points",
        "level": "school",
        "unit": "100000016",
        "grade": "8",
        "subject": "reading",
        "value": "52",
        "n": "64",
        "margin": "2.4",
        "status": "ok",
        "section": "2025-26.Lesing.8. årstrinn.Alle eierformer.Alle kjønn.Skalapoeng",
    }


@pytest.mark.parametrize(
    ("school", "subject", "status", "n"),
    [
        ("Ørret skole", "reading", "suppressed", ""),
        ("Bærøy skole", "reading", "not_applicable", "0"),
        ("Bærøy skole", "numeracy", "missing", ""),
    ],
)
def test_three_kinds_of_no_number_stay_apart(school, subject, status, n, read):
    row = row_of(read(sheet()), school, subject)

    assert (row["status"], row["value"], row["n"]) == (status, "", n)


def test_thousands_are_one_number(read):
    assert row_of(read(sheet()), "Hele landet", "english")["n"] == "60728"


def test_leading_zeros_are_kept(read):
    assert "0901" in set(read(sheet()).figures["unit"])


def test_former_units_are_named_without_their_years(read):
    made = sheet().with_cell(3, "Kommune", "Ålvik (2020 - 2023)")

    assert row_of(read(made), "Ålvik", "reading")["unit"] == "9801"


def test_one_gender_is_no_total(read):
    made = sheet()
    girls = [name.replace("Alle kjønn", "Jente") for name in made.header]

    got = read(Sheet(girls, made.rows)).figures

    assert set(got["gender"]) == {"female"}


def test_one_ownership_is_no_total(read):
    made = sheet()
    private = [name.replace("Alle eierformer", "Privat") for name in made.header]

    assert set(read(Sheet(private, made.rows)).figures["category"]) == {"private"}


def test_all_faults_of_a_file_are_told_by_row(read):
    made = sheet()
    column = made.header[9]
    for row in (9, 4, 7):
        made = made.with_cell(row, column, f"feil {row}")

    got = [(fault.row, fault.value) for fault in read(made).faults]

    assert got == [(6, "feil 4"), (9, "feil 7"), (11, "feil 9")]


def test_hidden_sep_line_is_told_to_those_with_a_text_editor(read):
    made = sheet().with_cell(7, sheet().header[9], "feil")

    (got,) = read(made, UDIR).faults

    assert got.row == 9
    assert got.expected.endswith("(line 10 in a text editor)")


def test_empty_rows_of_another_years_codes_are_left_out(read):
    made = sheet("2022-23")
    rows = [list(cells) for cells in made.rows]
    rows[3][2:5] = ["32", "3201", "3201"]  # Bærum's code from 2024
    rows[3][9:] = [""] * 9
    rows = [cells for cells in rows if cells[0] != "4"]

    got = read(Sheet(made.header, rows)).figures

    assert "3201" not in set(got["unit"])


def test_area_that_the_register_lacks_is_noted(read):
    only = replace(sheet(), rows=[row for row in sheet().rows if "9802" in row])

    notes = read(only).notes

    exp = "data/register/units.csv does not have municipality 9802 Bærøy for 2025"
    assert any(note.endswith(exp) for note in notes)


def test_a_file_of_another_years_codes_is_doubted_in_one_line(read):
    """With the codes of 2025 in a file that says 2010 most areas are strangers."""
    notes = read(sheet("2010-11")).notes

    (got,) = [note for note in notes if "data/register/units.csv" in note]
    assert "others of 6 counties and municipalities for 2010" in got
    assert got.endswith("do the codes in the file belong to another year than 2010?")


def test_a_file_without_margins_is_noted(read):
    without = [place for place, name in enumerate(sheet().header) if "Usikkerhet" not in name]

    notes = read(sheet().take(without)).notes

    assert any("no margins (Usikkerhet)" in note for note in notes)


def test_margin_that_does_not_go_with_n_is_noted(read):
    made = sheet().with_cell(0, sheet().header[10], "3,4")

    (got,) = [note for note in read(made).notes if ":2:" in note]

    assert ":2:2025-26.Engelsk" in got
    assert "margin 3.4 is unusual for 60728 pupils" in got


def test_spring_marks_are_named_by_their_spring(read):
    header = [*sheet().header[:9], "2024-25.Alle eierformer.Alle kjønn.Grunnskolepoeng"]
    header.append("2024-25.Alle eierformer.Alle kjønn.Antall elever")
    rows = [[*cells[:9], "41,2", "64"] for cells in sheet().rows[:1]]

    got = read(Sheet(header, rows)).figures.iloc[0]

    assert (got["indicator"], got["year"], got["value"], got["n"]) == (
        "grunnskolepoeng",
        "2025",
        "41.2",
        "64",
    )


def test_teacher_and_exam_marks_are_two_indicators(read):
    names = ("Standpunkt", "Skriftlig eksamen", "Muntlig eksamen")
    measures = [f"2024-25.{name}.Alle eierformer.Alle kjønn.Snittkarakter" for name in names]
    header = [*sheet().header[:9], "Vurderingsfagnavn", *measures]
    rows = [[*sheet().rows[0][:9], "Engelsk", "4,1", "3,9", "4,5"]]

    got = read(Sheet(header, rows)).figures[["indicator", "subject", "value"]].values.tolist()

    assert got == [["teacher_mark", "english", "4.1"], ["exam_mark", "english", "3.9"]]


REAL_FILES = {
    "2022-23_*5._trinn.csv": {
        "year": 2022,
        "grades": ["5"],
        "units": {"nation": 1, "county": 11, "municipality": 357, "school": 2132},
        "nation": {"english": (50, 55704), "reading": (50, 56230), "numeracy": (50, 55245)},
        "baerum": ("3024", {"english": (51, 926), "reading": (53, 1211), "numeracy": (53, 816)}),
    },
    "2025-26_*ungdomstrinn.csv": {
        "year": 2025,
        "grades": ["8"],
        "units": {"nation": 1, "county": 15, "municipality": 356, "school": 1155},
        "nation": {"english": (51, 60728), "reading": (49, 60410), "numeracy": (49, 60666)},
        "baerum": ("3201", {"english": (54, 1697), "reading": (52, 1697), "numeracy": (53, 1693)}),
    },
}


@pytest.fixture(scope="module")
def real_exports(udir_exports, repo_register, vocabulary) -> dict[str, Export]:
    exports = {}
    for pattern in REAL_FILES:
        (path,) = udir_exports.glob(pattern)
        exports[pattern] = read_export(path, path.name, repo_register, vocabulary)
    return exports


def totals(export: Export, unit: str) -> dict[str, tuple[int, int]]:
    rows = export.figures[export.figures["unit"] == unit].to_dict("records")
    return {row["subject"]: (int(row["value"]), int(row["n"])) for row in rows}


@pytest.mark.parametrize("pattern", REAL_FILES)
class TestUdirsOwnFiles:
    def test_no_fault(self, pattern, real_exports):
        assert real_exports[pattern].faults == []

    def test_year_and_grade(self, pattern, real_exports):
        got, exp = real_exports[pattern], REAL_FILES[pattern]
        assert (got.years, got.grades) == ([exp["year"]], exp["grades"])

    def test_nothing_is_odd(self, pattern, real_exports):
        assert real_exports[pattern].notes == []

    def test_number_of_units(self, pattern, real_exports):
        got = real_exports[pattern].figures.groupby("level")["unit"].nunique().to_dict()
        assert got == REAL_FILES[pattern]["units"]

    def test_the_country_and_baerum(self, pattern, real_exports):
        code, exp = REAL_FILES[pattern]["baerum"]
        assert totals(real_exports[pattern], "0") == REAL_FILES[pattern]["nation"]
        assert totals(real_exports[pattern], code) == exp

    def test_share_suppressed(self, pattern, real_exports):
        status = real_exports[pattern].figures["status"]
        assert 0.235 <= (status == "suppressed").mean() <= 0.295

    def test_counties_sum_to_the_country(self, pattern, real_exports):
        figures = real_exports[pattern].figures
        counties = figures[figures["level"] == "county"].assign(
            n=lambda rows: rows["n"].astype(int)
        )
        got = counties.groupby("subject")["n"].sum().to_dict()
        assert got == {key: n for key, (_, n) in REAL_FILES[pattern]["nation"].items()}

    def test_names_have_no_spaces_at_the_ends(self, pattern, real_exports):
        names = real_exports[pattern].figures["name"]
        assert (names == names.str.strip()).all()

    def test_it_takes_a_few_seconds(self, pattern, udir_exports, repo_register, vocabulary):
        (path,) = udir_exports.glob(pattern)
        start = time.process_time()
        read_export(path, path.name, repo_register, vocabulary)
        assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "word", ["Skalapoenng", "Usikerhet", "Antall elever deltat", "Jenter", "5"]
)
def test_a_word_like_a_known_one_is_no_other_measure(word, tmp_path, repo_register, vocabulary):
    made = sheet()
    extra = f"2025-26.Lesing.8. årstrinn.{TOTAL}.{word}"
    rows = [[*row, "1"] for row in made.rows]
    path = Form().write(Sheet([*made.header, extra], rows), tmp_path)

    (got,) = read_export(path, "a.csv", repo_register, vocabulary).faults

    assert (got.row, got.column) == (1, extra)


def test_another_measure_without_the_value_beside_it_is_refused(
    tmp_path, repo_register, vocabulary
):
    made = sheet()
    extra = f"2025-26.Skriving.8. årstrinn.{TOTAL}.Andel på høyeste nivå"
    path = Form().write(Sheet([*made.header, extra], [[*r, "1"] for r in made.rows]), tmp_path)

    got = read_export(path, "a.csv", repo_register, vocabulary).faults

    assert [fault.column for fault in got] == [extra]


def test_another_measure_is_named_in_a_note(tmp_path, repo_register, vocabulary):
    made = sheet()
    extra = f"2025-26.Lesing.8. årstrinn.{TOTAL}.Andel på høyeste nivå"
    path = Form().write(Sheet([*made.header, extra], [[*r, "x"] for r in made.rows]), tmp_path)

    got = read_export(path, "a.csv", repo_register, vocabulary)

    assert got.faults == []
    assert "a.csv: not used: Andel på høyeste nivå" in got.notes
