"""Join a user's exports to the published figures of an edition."""

from __future__ import annotations

import datetime as dt

import pytest

from exports import Form, Sheet, sheet
from tilstand.errors import DataError
from tilstand.project import Project
from tilstand.register import Register
from tilstand.sources.coverage import partial_coverage
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.incoming import (
    downloaded,
    extended,
    incoming_files,
    learned,
    read_incoming,
)

UTF8 = Form()


@pytest.fixture
def project(register_only) -> Project:
    (register_only.open / "2025").mkdir(parents=True)
    return register_only


@pytest.fixture
def put(project):
    def write(made: Sheet, name: str = "a.csv"):
        path = project.open / "2025" / name
        path.write_bytes(UTF8.content(made))
        return path

    return write


def test_files_of_other_kinds_are_not_read(project, put):
    path = put(sheet())
    for name in ("les-meg.md", "~$a.xlsx", ".a.csv"):
        (path.parent / name).write_text("x")

    assert incoming_files(project, 2025) == [path]


def test_figures_of_the_edition_hold_its_exports(project, put, repo_register):
    put(sheet())

    figures, _ = load_edition_figures(project, repo_register, 2025)

    school = figures[(figures["unit"] == "100000016") & (figures["subject"] == "reading")].iloc[0]
    assert (school["value"], school["n"], school["margin"]) == (52.0, 64.0, 2.4)
    assert (school["printed"], school["file"]) == ("52", "a.csv")


def test_published_figures_stay_as_they_are(repo, repo_register):
    figures, register = load_edition_figures(repo, repo_register, 1999)

    assert register is repo_register
    assert "place" in figures.columns


def test_schools_and_sources_are_known_to_the_edition(project, put, repo_register):
    put(sheet())

    figures, register = load_edition_figures(project, repo_register, 2025)

    assert register.name("school-100000016", 2025, "nb") == "Ålvik barneskole"
    assert set(figures["source"]) == {"udir-nasjonale-prover-2025"}
    title = register.source_title("udir-nasjonale-prover-2025", "nb", "title")
    assert title == "Nasjonale prøver 2025-26, Utdanningsdirektoratets statistikkbank"


def test_a_school_has_one_place_through_new_numbers(project, put, repo_register):
    old, new = sheet("2024-25"), sheet("2025-26")
    rows = [list(cells) for cells in new.rows]
    rows[7][4] = "974552388"  # a real number: the invented ones have no second
    put(old, "old.csv")
    put(Sheet(new.header, rows), "new.csv")

    incoming = read_incoming(project, repo_register, 2025)
    register = extended(repo_register, *learned(repo_register, incoming))

    assert register.codes("school-974552388") == ["100000016", "974552388"]


def test_the_same_numbers_twice_count_once(project, put, repo_register):
    put(sheet(), "a.csv")
    put(sheet(), "b.csv")

    figures, _ = load_edition_figures(project, repo_register, 2025)

    assert len(figures) == 3 * len(sheet().rows)


def test_two_files_at_odds_are_a_fault(project, put, repo_register):
    put(sheet(), "a.csv")
    put(sheet().with_cell(7, sheet().header[9], "53"), "b.csv")

    (got,) = read_incoming(project, repo_register, 2025).faults

    assert (got.file, got.row, got.value) == ("data/open/2025/b.csv", 9, "53")
    assert got.expected.startswith("'51' as in data/open/2025/a.csv:9")


def test_figures_of_a_later_year_are_a_fault(project, put, repo_register):
    put(sheet("2026-27"))

    (got,) = read_incoming(project, repo_register, 2025).faults

    assert (got.value, got.expected) == ("2026", "figures of 2025 or earlier")


def test_faults_of_every_file_stop_the_edition(project, put, repo_register):
    for name in ("a.csv", "b.csv"):
        put(sheet().with_cell(7, sheet().header[9], "feil"), name)

    with pytest.raises(DataError) as stop:
        load_edition_figures(project, repo_register, 2025)

    assert [line.split(":")[0] for line in stop.value.lines] == [
        "data/open/2025/a.csv",
        "data/open/2025/b.csv",
    ]


def test_an_edition_without_files_has_the_published_figures(project, repo_register: Register):
    figures, _ = load_edition_figures(project, repo_register, 2025)

    assert figures.empty


@pytest.mark.parametrize(
    ("name", "exp"),
    [
        ("2025-26_20260218-1047_Nasjonale_proever.csv", dt.date(2026, 2, 18)),
        ("20251125-1728_Karakterer.csv", dt.date(2025, 11, 25)),
    ],
)
def test_day_of_download_stands_in_udirs_names(name, exp, tmp_path):
    assert downloaded(tmp_path / name) == exp


def test_a_time_stamp_is_no_day_of_download(put):
    assert downloaded(put(sheet())) is None


@pytest.fixture(scope="module")
def real_figures(udir_exports, repo, repo_register, tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "data" / "open").mkdir(parents=True)
    (root / "data" / "register").symlink_to(repo.register)
    (root / "data" / "pupils.schema.json").symlink_to(repo.root / "data" / "pupils.schema.json")
    (root / "data" / "open" / "2025").symlink_to(udir_exports)
    return load_edition_figures(Project(root), repo_register, 2025)


def test_udirs_own_files_follow_a_place_through_its_codes(real_figures):
    figures, _ = real_figures

    rows = figures[(figures["place"] == "baerum") & (figures["subject"] == "reading")]
    got = rows[["year", "unit", "grade", "value", "n"]].values.tolist()
    assert got == [[2022, "3024", "5", 53.0, 1211.0], [2025, "3201", "8", 52.0, 1697.0]]


def test_udirs_own_files_have_only_units_that_the_register_knows(real_figures):
    figures, register = real_figures

    units = figures[["level", "unit", "year"]].drop_duplicates().to_dict("records")
    got = [u for u in units if not register.valid_unit(u["level"], u["unit"], u["year"])]
    assert got == []


def test_udirs_own_files_show_baerums_partial_autumn(real_figures):
    figures, _ = real_figures

    got = partial_coverage(figures)
    rows = got[got["place"] == "baerum"]
    assert dict(zip(rows["subject"], rows["n"], strict=True)) == {
        "numeracy": 816,
        "english": 926,
        "reading": 1211,
    }
