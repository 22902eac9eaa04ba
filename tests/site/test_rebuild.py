"""Change something and build again: numbers arrive, failures are named, the old site stays."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import forked
from books import copy_project, shorten
from tilstand.project import VARIABLE

pytestmark = pytest.mark.slow
CHAPTER = "barnehage-struktur"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two chapters that stands built once."""
    project = copy_project(tmp_path_factory.mktemp("small"))
    shorten(project, "sammendrag", CHAPTER)
    assert apart(project, "build", "--no-pdf", "-e", "2020", "-l", "nb").returncode == 0
    return project


def tilstand(project, *words: str) -> subprocess.CompletedProcess:
    return subprocess.CompletedProcess(words, *forked.tilstand(project, *words))


def apart(project, *words: str) -> subprocess.CompletedProcess:
    """Run the command in a process of its own, with no more of an environment than it needs."""
    command = [sys.executable, "-m", "tilstand.cli", *words]
    environment = {"PATH": "/usr/bin:/bin", VARIABLE: str(project.root), "HOME": str(project.root)}
    if os.environ.get("PYTHONPATH"):  # the library under test, where it is not the installed one
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def page(project, year: int = 2020, language: str = "nb", name: str = CHAPTER) -> BeautifulSoup:
    path = project.site / str(year) / language / f"{name}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def change(path: Path, indicator: str, year: str, value: str) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hit = [row for row in rows if (row["indicator"], row["year"]) == (indicator, year)]
    assert len(hit) == 1
    hit[0]["value"] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def published(project) -> dict[str, bytes]:
    return {str(p.relative_to(project.site)): p.read_bytes() for p in project.site.rglob("*.html")}


def test_a_changed_number_arrives_in_text_figure_and_download(small):
    path = small.published / "barnehage.csv"
    kept = path.read_text(encoding="utf-8")
    change(path, "pedagogical_leader_dispensation_share", "2020", "14.7")
    try:
        done = tilstand(small, "build", "--no-pdf", "-e", "2020", "-l", "nb")
    finally:
        path.write_text(kept, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    got = page(small)
    assert "14,7" in got.select_one(".finding").get_text()
    downloads = [p.read_text(encoding="utf-8") for p in (small.site / "2020/nb/data").glob("*.csv")]
    assert any("14.7" in text for text in downloads)


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (("build", "--no-pdf", "-e", "1999"), 2, "edition 1999"),
        (("build", "--no-pdf", "-e", "2020", "-p", "colour=red"), 2, "parameter 'colour'"),
        (("build", "--no-pdf", "-e", "2020", "-l", "de"), 2, "no language 'de'"),
    ],
)
def test_a_wrong_call_ends_with_one_line_and_leaves_the_site(small, words, status, line):
    before = published(small)
    got = tilstand(small, *words)
    assert got.returncode == status
    assert line in got.stderr
    assert len(got.stderr.strip().splitlines()) == 1
    assert published(small) == before


def test_faulty_data_end_with_a_line_and_leave_the_site(small):
    before = published(small)
    path = small.published / "barnehage.csv"
    kept = path.read_text(encoding="utf-8")
    change(path, "minority_language_children_share", "2020", "120")
    try:
        got = tilstand(small, "build", "--no-pdf", "-e", "2020", "-l", "nb")
    finally:
        path.write_text(kept, encoding="utf-8")
    assert got.returncode == 1
    assert "'120', expected a share from 0 to 100" in got.stderr
    assert len(got.stderr.strip().splitlines()) == 1
    assert published(small) == before


def test_a_failing_chapter_names_itself_the_cell_and_the_error(small):
    before = published(small)
    path = small.notebooks / f"{CHAPTER}.ipynb"
    kept = path.read_text(encoding="utf-8")
    notebook = json.loads(kept)
    numbered = enumerate(notebook["cells"], start=1)
    code = [number for number, cell in numbered if cell["cell_type"] == "code"]
    notebook["cells"][code[2] - 1]["source"] = ["1 / 0"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        got = tilstand(small, "build", "--no-pdf", "-e", "2020", "-l", "nb")
    finally:
        path.write_text(kept, encoding="utf-8")
    assert got.returncode == 1
    exp = f"notebooks/{CHAPTER}.ipynb: cell {code[2]}: ZeroDivisionError: division by zero"
    assert exp in got.stderr.splitlines()
    assert published(small) == before


def test_a_year_without_any_data_builds_and_says_what_is_missing(tmp_path):
    project = copy_project(tmp_path / "empty")
    for path in project.published.glob("*.csv"):
        path.unlink()
    for path in project.statements.glob("*.csv"):
        path.unlink()
    (project.editions / "2031.toml").write_text(
        'year = 2031\nmunicipality = "3201"\ncomparators = ["county", "nation"]\n'
        'languages = ["nb", "en"]\n',
        encoding="utf-8",
    )
    done = tilstand(project, "build", "--no-pdf", "-e", "2031", "-l", "nb")
    assert done.returncode == 0, done.stderr
    got = page(project, 2031, name="elevtall").get_text()
    assert "Kildene har ikke noe om dette for" in " ".join(got.split())


def test_a_year_after_the_last_report_builds_with_what_is_known(tmp_path):
    project = copy_project(tmp_path / "later")
    (project.editions / "2031.toml").write_text(
        'year = 2031\nmunicipality = "3201"\ncomparators = ["county", "nation"]\n'
        'languages = ["nb", "en"]\n',
        encoding="utf-8",
    )
    done = tilstand(project, "build", "--no-pdf", "-e", "2031", "-l", "en")
    assert done.returncode == 0, done.stderr
    assert page(project, 2031, "en", "index").find("h1")
