"""Tell which files of its own every edition has."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from exports import Form, sheet
from tilstand.check.by_hand import check_by_hand
from tilstand.check.editions import editions_state
from tilstand.check.summaries import check_summaries
from tilstand.sources.fetch import snapshots_of
from tilstand.sources.new_edition import new_edition

TODAY = dt.date(2026, 3, 1)
NAME = "2025-26_20260218-1047_Nasjonale_proever_ungdomstrinn.csv"


@pytest.fixture
def project(register_only, repo_register):
    new_edition(register_only, repo_register, 2025, "3201")
    return register_only


@pytest.fixture
def folder(project):
    return project.open / "2025"


def test_wanted_files_are_told_there_or_missing(project, folder):
    (folder / NAME).write_bytes(Form().content(sheet()))

    got = editions_state(project, TODAY)

    there = "there: National tests grades 8 and 9 2025-26"
    assert f"  {there}: {NAME}, downloaded 2026-02-18, 11 days ago" in got.lines
    assert any(line.startswith("  missing: National tests grade 5 2025-26") for line in got.lines)
    assert got.faults == []


def test_a_faulty_file_is_a_fault_of_the_whole(project, folder):
    (folder / NAME).write_bytes(Form().content(sheet().with_cell(7, sheet().header[9], "feil")))

    (got,) = editions_state(project, TODAY).faults

    assert str(got).startswith(f"data/open/2025/{NAME}:9:2025-26.Engelsk")


def test_what_is_not_read_is_named(project, folder):
    for name in ("tall.xls", ".DS_Store"):
        (folder / name).write_bytes(b"x")

    got = [line for line in editions_state(project, TODAY).lines if "not read" in line]

    assert got == [
        "  not read: data/open/2025/tall.xls (expected .csv, .tsv, .txt, .xlsx, .parquet)"
    ]


def test_a_folder_without_its_edition_says_how_to_start_it(project):
    (project.open / "2031").mkdir()

    got = editions_state(project, TODAY).lines[-1]

    assert got.startswith("data/open/2031: no such edition; start it with tilstand new-edition")


def test_stored_answers_are_counted_and_held_to_their_checksums(project):
    store = snapshots_of(project, 2025)
    saved = store.save("http://x/1", b"[]", dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    store.save("http://x/2", b"[1]", dt.datetime(2026, 2, 3, tzinfo=dt.UTC))
    (store.folder / saved.file).write_bytes(b"changed")

    got = editions_state(project, TODAY)

    assert "  fetched: 2 answers, 2026-02-01 to 2026-02-03 (snapshots.csv)" in got.lines
    (fault,) = got.faults
    assert "not the file that was fetched from http://x/1" in str(fault)


PUPILS = "Elev;Skole;Les 9;Les 8\nhemmelig1;Bekkestua;52;48\nhemmelig2;Bekkestua;{};\n"
MAPPING = """
[pupils]
file = "data/private/2025/elever.csv"
school = "Skole"
outcome = "Les 9"
prior = "Les 8"
"""


@pytest.fixture
def pupil_file(project, folder, repo):
    (project.root / "data" / "pupils.schema.json").symlink_to(
        repo.root / "data" / "pupils.schema.json"
    )

    def write(content: str, place: Path = project.private / "2025") -> None:
        place.mkdir(parents=True, exist_ok=True)
        (place / "elever.csv").write_text(content, encoding="utf-8")

    return write


@pytest.fixture
def mapped(project):
    with (project.editions / "2025.toml").open("a", encoding="utf-8") as file:
        file.write(MAPPING)


def test_the_pupil_file_of_an_edition_is_no_export_and_its_gaps_are_told(
    project, folder, pupil_file, mapped
):
    (folder / NAME).write_bytes(Form().content(sheet()))
    pupil_file(PUPILS.format(60))

    got = editions_state(project, TODAY)

    assert got.faults == []
    assert got.lines[-3:] == [
        "edition 2025: [pupils]",
        "  pupil file: data/private/2025/elever.csv, 2 pupils, schools: 1",
        "    Les 8: no value for 1 of 2 pupils (50%)",
    ]
    assert not [line for line in got.lines if "not read" in line]


def test_the_folder_of_pupil_files_is_closed_to_others(project, pupil_file, mapped):
    pupil_file(PUPILS.format(60))
    project.private.chmod(0o755)

    editions_state(project, TODAY)

    assert stat.S_IMODE(project.private.stat().st_mode) == 0o700


def test_a_fault_of_the_pupil_file_says_its_row_and_nothing_else_of_the_pupil(
    project, pupil_file, mapped
):
    pupil_file(PUPILS.format("mange"))

    got = editions_state(project, TODAY)

    name = "data/private/2025/elever.csv"
    assert [str(fault) for fault in got.faults] == [f"{name}:3:Les 9: 'mange', expected a number"]
    assert not any("hemmelig" in str(line) for line in [*got.lines, *got.faults])


def test_a_pupil_file_that_is_named_and_not_there_is_a_fault(project, mapped, pupil_file):
    (got,) = editions_state(project, TODAY).faults

    assert str(got) == (
        "data/editions/2025.toml:pupils.file: 'data/private/2025/elever.csv', "
        "expected a file that is there"
    )


@pytest.mark.parametrize(
    "header", ["pupil;cohort;school;outcome", "Gender;birth_year;Grade;Skole", "pupil;school"]
)
def test_a_pupil_file_that_no_edition_names_is_told_by_its_header(
    project, folder, pupil_file, header
):
    content = f"{header}\n" + ";".join(["hemmelig"] * len(header.split(";"))) + "\n"
    pupil_file(content, folder)

    got = editions_state(project, TODAY)

    (fault,) = got.faults
    assert fault == (
        "data/open/2025/elever.csv: a pupil file, expected under data/private/: move it to "
        "data/private/2025/elever.csv, and name it and its columns under [pupils] in "
        "data/editions/2025.toml (data/README.md, Pupils)"
    )
    assert "hemmelig" not in "".join(got.lines)


@pytest.mark.parametrize("name", ["2025/elever.csv", "2025/snapshots/snapshots.csv", "a.xlsx"])
def test_what_lies_in_the_former_place_is_told_with_the_way_out(project, name):
    path = project.former / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")

    (got,) = editions_state(project, TODAY).faults

    assert got.startswith(f"data/incoming/{name.split('/')[0]}: nothing is read here any more")
    assert "to data/open/" in got
    assert "to data/private/" in got


def test_an_empty_former_place_is_nothing_to_tell(project):
    (project.former / "2025").mkdir(parents=True)
    (project.former / ".gitkeep").write_bytes(b"")

    assert editions_state(project, TODAY).faults == []


def test_a_file_without_a_header_shows_nothing_of_its_first_row(project, folder, pupil_file):
    pupil_file("01010112345;52;hemmelig\n01010112346;53;hemmelig\n", folder)

    (got,) = editions_state(project, TODAY).faults

    assert "(not shown)" in str(got)
    assert "hemmelig" not in str(got)


@pytest.mark.parametrize(
    ("old", "new", "exp"),
    [
        ('statement = "ar-grunnskolepoeng"', 'statement = "ukjent"', "no statement 'ukjent'"),
        ('statement = "ar-grunnskolepoeng"', "statement = 3", "no statement '3'"),
        ('measure = "', 'measure = "ukjent|10;', "no measure 'ukjent'"),
    ],
)
def test_a_summary_names_statements_and_measures_that_there_are(project_copy, old, new, exp):
    path = project_copy.editions / "2020.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    (line,) = check_summaries(project_copy)

    assert line.startswith("data/editions/2020.toml:summary: ")
    assert exp in line


@pytest.mark.parametrize(
    ("file", "old", "new", "exp"),
    [
        ("book/subjects.csv", "\nsfo,", "\nsffo,", "page: 'sffo', expected a page of notebooks/"),
        ("book/subjects.csv", "\nsfo,", "\nindex,", "page: 'index', expected each page once"),
        ("book/subjects.csv", "\nsfo,", "\nelevfritak,;,a\nsfo,", "nb: ';', expected words"),
        (
            "book/neighbours.csv",
            ",bemanning",
            ",bemaning",
            "'bemaning', expected a page",
        ),
        ("book/subjects.csv", "page,nb", "side,nb", "expected a column named 'page'"),
        ("data/register/open-sources.csv", "\nssb,", "\nssbb,", "service: 'ssbb', expected one"),
        ("data/register/open-sources.csv", "=", "", "expected pairs with a = in each"),
    ],
)
def test_a_slip_in_a_table_of_the_editors_is_one_line(project_copy, file, old, new, exp):
    path = project_copy.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    (line,) = [str(fault) for fault in check_by_hand(project_copy)]

    assert line.startswith(f"{file}:")
    assert exp in line
