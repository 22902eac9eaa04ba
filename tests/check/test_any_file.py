"""Check one file of whatever kind, by what it is."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from exports import FORMS, Form, sheet
from tilstand import contracts
from tilstand.check.any_file import check_file

TODAY = dt.date(2026, 3, 1)
PUPILS = "pupil;cohort;school;prior;outcome\n"


@pytest.fixture
def project(register_only, repo):
    shutil.copy(repo.root / "data" / "pupils.schema.json", register_only.root / "data")
    return register_only


@pytest.fixture
def told(project, tmp_path):
    """Check a file somewhere and give what is said of it: about, faults, notes."""

    def check(content: bytes | str, name: str = "noe_20260201-0900.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        got = check_file(project, path, TODAY)
        lines = [str(fault).replace(f"{path.parent}/", "") for fault in got.faults]
        return got.about.replace(f"{path.parent}/", ""), lines, got.notes

    return check


def test_figures_are_checked_as_figures(told):
    _, got, _ = told("year,indicator\n2020,pupils\n")

    assert len(got) == len(contracts.FIGURE_COLUMNS) - 2
    assert got[0].startswith("noe_20260201-0900.csv:1:level")


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_an_export_is_told_with_its_year_size_and_age(form: Form, told):
    about, faults, _ = told(form.content(sheet()), f"noe_20260201-0900{form.suffix}")

    assert faults == []
    assert about == (
        f"noe_20260201-0900{form.suffix}: national tests 2025-26, 12 units, 36 figures, "
        "11% suppressed, downloaded 2026-02-01, 28 days ago"
    )


def test_a_fault_of_an_export_names_its_cell(told):
    _, (got,), _ = told(Form().content(sheet().with_cell(7, sheet().header[9], "feil")))

    assert got.startswith("noe_20260201-0900.csv:9:2025-26.Engelsk.8. årstrinn")


def test_a_pupil_file_is_told_by_its_size_alone(told):
    about, faults, notes = told(f"{PUPILS}a1;2025;998;50;51\na2;2025;;50;\n")

    assert about == ""
    assert faults == [
        "noe_20260201-0900.csv:2:school: '998', expected an organisation number of 9 digits",
        "noe_20260201-0900.csv:3:school: '', expected a value",
    ]
    assert not [line for line in [*faults, *notes] if "a1" in line or "a2" in line]


def test_pupils_of_schools_learned_from_exports_are_no_fault(project, told):
    folder = project.open / "2025"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(Form().content(sheet()))

    about, faults, notes = told(f"{PUPILS}a1;2025;100000016;50;51\na2;2025;100000016;;51\n")

    assert faults == []
    assert about == "noe_20260201-0900.csv: a pupil file, 2 pupils"
    assert [line for line in notes if line.endswith("prior: no value for 1 of 2 pupils")]


def test_a_pupil_file_that_an_edition_names_is_read_by_what_the_edition_says(project):
    project.editions.mkdir()
    (project.editions / "2031.toml").write_text(
        '[pupils]\nfile = "data/private/elever.csv"\nschool = "S"\noutcome = "A"\nprior = "B"\n',
        encoding="utf-8",
    )
    path = project.private / "elever.csv"
    path.parent.mkdir()
    path.write_text("S;A;B\nx;50;\ny;51;49\n", encoding="utf-8")

    got = check_file(project, path, TODAY)

    assert (got.faults, got.notes) == (
        [],
        [
            "pupil file: data/private/elever.csv, 2 pupils, schools: 2",
            "  B: no value for 1 of 2 pupils (50%)",
        ],
    )


@pytest.mark.parametrize(
    ("content", "exp"),
    [
        ("a;b\n1;2\n", "'a, b', expected figures (columns of data/README.md), an export of"),
        (b"\xd0\xcf\x11\xe0", "'an old or locked Excel file', expected an unlocked .xlsx"),
        ("", "'an empty file', expected a header and rows"),
    ],
)
def test_another_file_is_told_which_kinds_there_are(content, exp, told):
    _, (got,), _ = told(content)

    assert exp in got


def test_a_file_of_the_register_is_checked_with_its_own_rules(tiny):
    path = tiny.project.register / "origins.csv"
    path.write_text("origin,name_nb\n", encoding="utf-8")

    (got,) = check_file(tiny.project, path, TODAY).faults

    assert str(got) == "data/register/origins.csv:1:name_en: '', expected a column named 'name_en'"


def test_an_edition_file_is_checked_as_an_edition(tiny):
    tiny.write_edition(municipality='"9101"')

    (got,) = check_file(tiny.project, tiny.project.editions / "2020.toml", TODAY).faults

    assert str(got).startswith("data/editions/2020.toml:municipality: '9101'")


def test_a_settings_file_elsewhere_is_no_edition(tiny):
    path = tiny.write("other.toml", "a = 1\n")

    (got,) = check_file(tiny.project, path, TODAY).faults

    assert "expected an edition such as data/editions/2025.toml" in str(got)
