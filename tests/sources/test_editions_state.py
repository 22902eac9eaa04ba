"""Tell which files of its own every edition has."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from exports import Form, sheet
from tilstand.sources.editions_state import editions_state
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
    return project.incoming / "2025"


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

    assert str(got).startswith(f"data/incoming/2025/{NAME}:9:2025-26.Engelsk")


def test_what_is_not_read_is_named(project, folder):
    for name in ("tall.xls", ".DS_Store"):
        (folder / name).write_bytes(b"x")

    got = [line for line in editions_state(project, TODAY).lines if "not read" in line]

    assert got == [
        "  not read: data/incoming/2025/tall.xls (expected .csv, .tsv, .txt, .xlsx, .parquet)"
    ]


def test_a_folder_without_its_edition_says_how_to_start_it(project):
    (project.incoming / "2031").mkdir()

    got = editions_state(project, TODAY).lines[-1]

    assert got.startswith("data/incoming/2031: no such edition; start it with tilstand new-edition")


def test_stored_answers_are_counted_and_held_to_their_checksums(project):
    store = snapshots_of(project, 2025)
    saved = store.save("http://x/1", b"[]", dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    store.save("http://x/2", b"[1]", dt.datetime(2026, 2, 3, tzinfo=dt.UTC))
    (store.folder / saved.file).write_bytes(b"changed")

    got = editions_state(project, TODAY)

    assert "  fetched: 2 answers, 2026-02-01 to 2026-02-03 (snapshots.csv)" in got.lines
    (fault,) = got.faults
    assert "not the file that was fetched from http://x/1" in str(fault)


@pytest.fixture
def pupils(repo, project, folder):
    shutil.copy(repo.root / "data" / "pupils.schema.json", project.root / "data")
    with (project.editions / "2025.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[pupils]\nfile = "data/incoming/2025/elever.csv"\nschool = "Skole"\n'
            'outcome = "Les 9"\nprior = "Les 8"\n'
        )
    return folder / "elever.csv"


def test_the_pupil_file_beside_the_exports_is_none_of_them(project, folder, pupils):
    (folder / NAME).write_bytes(Form().content(sheet()))
    pupils.write_text("Skole;Les 8;Les 9\nA;50;52\nA;48;\n", encoding="utf-8")

    got = editions_state(project, TODAY)

    assert got.faults == []
    assert "edition 2025: data/incoming/2025/elever.csv: 2 pupils" in got.lines
    assert not [line for line in got.lines if "not read" in line]


def test_a_fault_of_the_pupil_file_is_one_of_the_whole(project, pupils):
    pupils.write_text("Skole;Les 8;Les 9\nA;50;252\n", encoding="utf-8")

    (got,) = editions_state(project, TODAY).faults

    assert str(got) == (
        "data/incoming/2025/elever.csv:2:Les 9: '252', expected a number from 1 to 100"
    )


def test_a_pupil_file_that_is_not_there_is_a_fault(project, pupils):
    (got,) = editions_state(project, TODAY).faults

    assert str(got).startswith("data/incoming/2025/elever.csv")
    assert "expected" in str(got)
