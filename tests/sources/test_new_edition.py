"""Start an edition for a new year, and say what it wants and has."""

from __future__ import annotations

import datetime as dt
import stat

import pytest

from exports import Form, sheet
from tilstand.edition import load_edition
from tilstand.errors import CallError
from tilstand.project import Project
from tilstand.sources.new_edition import check_incoming, instructions, new_edition, report
from tilstand.sources.wanted import wanted_files

TODAY = dt.date(2026, 3, 1)
NAME = "2025-26_20260218-1047_Nasjonale_proever_ungdomstrinn.csv"


@pytest.fixture
def project(register_only) -> Project:
    return register_only


@pytest.fixture
def folder(project):
    folder = project.open / "2025"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(("year", "code"), [(2025, "3201"), (2023, "3024"), (2016, "0719")])
def test_edition_file_loads_as_it_was_written(year, code, project, repo_register):
    new_edition(project, repo_register, year, code)

    got = load_edition(project, repo_register, year)

    assert (got.municipality, got.languages) == (code, ("nb", "en"))
    assert got.comparators == (repo_register.unit(code, year)["county"], "0")


def test_folder_for_the_files_is_made(project, repo_register):
    made = new_edition(project, repo_register, 2025, "3201")

    assert made.folder == project.open / "2025"
    assert made.folder.is_dir()


def test_an_edition_is_not_overwritten(project, repo_register):
    made = new_edition(project, repo_register, 2025, "3201")
    made.file.write_text("own words", encoding="utf-8")

    with pytest.raises(CallError, match=r"2025\.toml: the edition is there already"):
        new_edition(project, repo_register, 2025, "3203")
    assert made.file.read_text(encoding="utf-8") == "own words"


@pytest.mark.parametrize(
    ("year", "code", "exp"),
    [
        (2025, "3024", "expected 3201 in 2025; Bærum has had the code until 2023"),
        (2020, "3201", "expected 3024 in 2020; Bærum has had the code from 2024"),
        (2022, "1534", "Haram has had the code until 2019 and was no municipality in 2022"),
        (2025, "32", "expected the 4-digit code of a municipality in 2025"),
    ],
)
def test_a_code_of_another_time_is_told_its_own(year, code, exp, project, repo_register):
    with pytest.raises(CallError) as stop:
        new_edition(project, repo_register, year, code)

    assert exp in stop.value.lines[0]
    assert not project.editions.exists()


def test_national_tests_are_wanted_from_the_first_comparable_year(project, repo_register):
    wanted = wanted_files(project, repo_register, 2024)

    got = [(wish.grade, wish.school_year) for wish in wanted if wish.required]
    assert got == [
        ("5", "2024-25"),
        ("8", "2024-25"),
        ("5", "2023-24"),
        ("8", "2023-24"),
        ("5", "2022-23"),
        ("8", "2022-23"),
    ]


def test_spring_marks_are_wanted_of_the_school_year_before(project, repo_register):
    wanted = wanted_files(project, repo_register, 2025)

    (got,) = {w.school_year for w in wanted if w.form == "grunnskolepoeng" and w.year == 2025}
    assert got == "2024-25"


def test_a_wish_says_under_which_names(project, repo_register):
    got = wanted_files(project, repo_register, 2025)[0].line("nb")

    assert got == (
        "Nasjonale prøver 5. trinn 2025-26: "
        "2025-26_*Nasjonale_proever_5._trinn.csv or nasjonale-prover-5-trinn-2025-26.csv"
    )


def test_instructions_say_where_the_files_are_and_what_to_do_next(project, repo_register):
    made = new_edition(project, repo_register, 2025, "3201")

    got = instructions(project, made)

    assert got[0].startswith("data/editions/2025.toml: the edition")
    assert got[1].startswith("data/editions/2025/: your own words and goals go there")
    assert got[2].startswith("data/open/2025/: put the files below there")
    assert got[3].startswith("data/private/2025/: pupil files go here and nowhere else")
    assert stat.S_IMODE((project.private / "2025").stat().st_mode) == 0o700
    assert stat.S_IMODE(project.private.stat().st_mode) == 0o700
    assert got[4].startswith("from https://www.udir.no/")
    assert [line.split(":")[0] for line in got[5:-1]] == ["  wanted"] * 2 + ["  optional"] * 8
    assert all("back to 2022-23" in line for line in got[5:-1])
    assert got[-1].startswith("then: tilstand check, tilstand build --edition 2025")


def answers(project, register) -> dict[tuple[str, str], tuple[str, str]]:
    got, _ = check_incoming(project, register, 2025, TODAY)
    return {(a.wanted.grade, a.wanted.school_year): (a.state, a.age) for a in got}


def test_a_file_that_is_there_is_known_by_what_it_holds(project, folder, repo_register):
    (folder / "noe_20260201-0900.csv").write_bytes(Form().content(sheet(grade="5. årstrinn")))

    got = answers(project, repo_register)

    assert got["5", "2025-26"] == ("there", "downloaded 2026-02-01, 28 days ago")
    assert got["8", "2025-26"] == ("missing", "")


def test_a_faulty_file_is_known_by_its_name(project, folder, repo_register):
    made = sheet().with_cell(7, sheet().header[9], "feil")
    (folder / NAME).write_bytes(Form().content(made))

    assert answers(project, repo_register)["8", "2025-26"] == (
        "faulty",
        "downloaded 2026-02-18, 11 days ago",
    )


def test_report_has_a_line_a_file_and_a_line_a_fault(project, folder, repo_register):
    made = sheet().with_cell(7, sheet().header[9], "feil")
    (folder / NAME).write_bytes(Form().content(made))

    got, incoming = check_incoming(project, repo_register, 2025, TODAY)
    lines = report(got, incoming.faults)

    title, age = "National tests grades 8 and 9 2025-26", "downloaded 2026-02-18, 11 days ago"
    assert f"has faults: {title}: {NAME}, {age}" in lines
    assert lines[-1].startswith(f"data/open/2025/{NAME}:9:2025-26.Engelsk.8. årstrinn")
    assert len(lines) == len(got) + 1


def test_a_county_of_its_own_is_compared_with_the_country_alone(register_only, repo_register):
    made = new_edition(register_only, repo_register, 2025, "0301")

    assert 'comparators = ["nation"]' in made.file.read_text(encoding="utf-8")
