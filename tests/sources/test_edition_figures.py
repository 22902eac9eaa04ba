"""Bring an edition's own files to its figures, and read them once."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from exports import Form, Sheet, sheet
from tilstand.errors import DataError
from tilstand.project import COPY_OF, VARIABLE, Project
from tilstand.report import open_page
from tilstand.sources import edition_figures
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.published import load_figures
from tilstand.store import holding

MUNICIPALITY = 'year = 2025\nmunicipality = "3201"\ncomparators = ["nation"]\nlanguages = ["nb"]\n'


@pytest.fixture
def put(register_only):
    folder = register_only.open / "2025"
    folder.mkdir(parents=True)

    def write(made: Sheet, name: str = "a.csv"):
        (folder / name).write_bytes(Form().content(made))

    return write


def test_an_edition_without_files_stays_as_it_was(repo, repo_register):
    got, register = load_edition_figures(repo, repo_register, 1999)

    assert register is repo_register
    pd.testing.assert_frame_equal(got, load_figures(repo, repo_register, 1999))


def test_exports_are_read_once(put, register_only, repo_register, monkeypatch):
    put(sheet())
    first, _ = load_edition_figures(register_only, repo_register, 2025)
    monkeypatch.setattr(edition_figures, "read_incoming", None)

    again, register = load_edition_figures(register_only, repo_register, 2025)

    pd.testing.assert_frame_equal(again, first, check_dtype=False)
    assert register.name("school-100000016", 2025, "nb") == "Ålvik barneskole"


def test_a_changed_export_is_read_anew(put, register_only, repo_register):
    put(sheet())
    load_edition_figures(register_only, repo_register, 2025)
    put(sheet().with_cell(7, sheet().header[9], "53"))

    got, _ = load_edition_figures(register_only, repo_register, 2025)

    assert 53.0 in set(got["value"])


def test_a_file_that_has_become_faulty_stops_the_edition(put, register_only, repo_register):
    put(sheet())
    load_edition_figures(register_only, repo_register, 2025)
    put(sheet().with_cell(7, sheet().header[9], "feil"))

    with pytest.raises(DataError, match="'feil', expected a number"):
        load_edition_figures(register_only, repo_register, 2025)


def test_a_page_speaks_of_the_exports(put, register_only, repo_register):
    made = sheet()
    rows = [list(cells) for cells in made.rows]
    rows[3][2:5] = ["32", "3201", "3201"]
    put(Sheet(made.header, rows))
    register_only.editions.mkdir()
    (register_only.editions / "2025.toml").write_text(MUNICIPALITY)

    page = open_page(2025, "nb", register_only)

    assert float(page.now("np_scale_points", subject="english", grade="8")) == 51
    assert page.register.name("school-100000016", 2025, "nb") == "Ålvik barneskole"


def test_copies_of_a_project_have_the_country_in_common(put, register_only, tmp_path, monkeypatch):
    put(sheet())
    opened = {}
    with holding():
        for code in ("1103", "5001"):
            copy = Project(shutil.copytree(register_only.root, tmp_path / code))
            copy.editions.mkdir()
            (copy.editions / "2025.toml").write_text(MUNICIPALITY.replace("3201", code))
            monkeypatch.setenv(VARIABLE, str(copy.root))
            monkeypatch.setenv(COPY_OF, str(register_only.root))
            opened[code] = edition_figures.open_edition(copy, "2025")
        monkeypatch.delenv(COPY_OF)
        alone = edition_figures.open_edition(Project(copy.root, tmp_path), "2025")

    (first, place, figures, _), (second, other, same, _) = opened.values()
    assert (first.municipality, second.municipality) == ("1103", "5001")
    assert place != other
    assert figures is same
    assert alone[2] is not same
    pd.testing.assert_frame_equal(alone[2], same)
