"""Build many municipalities over a Dask cluster, one of whose two workers dies."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from books import copy_project, shorten
from cluster import LIBRARY, cluster
from tilstand.pipeline.batch.index_page import write_index
from tilstand.project import VARIABLE
from tilstand.register import Register
from visits import STATES, visit

pytestmark = pytest.mark.slow
CODES = {"3024": "Bærum", "3025": "Asker", "1103": "Stavanger"}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("many") / "project")
    shorten(project, "tiltak")
    (project.root / "codes.txt").write_text("\n".join(CODES), encoding="utf-8")
    return project


def batch(project, *words: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tilstand.cli", "batch", "--municipalities", "codes.txt"]
    command += ["--year", "2020", "--language", "nb", "--output", "out", *words]
    environment = os.environ | {VARIABLE: str(project.root), "PYTHONPATH": LIBRARY}
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, cwd=project.root
    )


def test_all_complete_and_none_twice_though_a_worker_dies(book, tmp_path):
    with cluster(tmp_path, 2) as made, batch(book, "--scheduler", made.address) as running:
        assert running.stderr is not None
        said = [running.stderr.readline()]
        made.workers[0].kill()  # in the middle of a municipality: another one is done just now
        said += running.stderr.readlines()
        assert running.wait() == 0, "".join(said)
    # a worker may die after its municipality is finished and before it has said so
    ended = [line.split()[1] for line in said if ": done (" in line or ": finished" in line]
    assert sorted(ended) == sorted(CODES)
    with (book.root / "out" / "summary.csv").open(encoding="utf-8", newline="") as stream:
        got = {row["municipality"]: row["status"] for row in csv.DictReader(stream)}
    assert got == dict.fromkeys(CODES, "done")
    for code, name in CODES.items():
        folder = book.root / "out" / code
        page = BeautifulSoup((folder / "2020/nb/index.html").read_text("utf-8"), "html.parser")
        assert name in page.title.get_text()
        record = json.loads((folder / "2020/nb/record.json").read_text("utf-8"))
        assert record["edition"]["municipality"] == code


def test_the_same_command_builds_nothing_again(book):
    with batch(book, "--jobs", "2") as running:
        _, said = running.communicate()
    assert running.returncode == 0
    assert said.count("finished before") == len(CODES)


@pytest.fixture
def country(book, tmp_path):
    """Write the index page of all the municipalities that the register knows in a year."""
    register = Register.load(book.register)
    units = register.units[register.units["level"] == "municipality"]
    towns = units[[row <= "2020" for row in units["valid_from"].astype(str)]]
    towns = towns[[row in ("", "nan") or row >= "2020" for row in towns["valid_to"].astype(str)]]
    rows = [
        {
            "municipality": row["code"],
            "name": row["name_nb"],
            "status": "failed" if number == 3 else "done",
            "year": 2020,
            "language": "all",
            "message": "data/open/2020: no file says how many pupils there are",
        }
        for number, row in enumerate(towns.to_dict("records"))
    ]
    write_index(tmp_path, book, register, rows)
    font = re.findall(r"url\(['\"]?([^)'\"]+)", (tmp_path / "index.html").read_text("utf-8"))[0]
    (tmp_path / font).parent.mkdir(parents=True)  # it takes the letters of a finished book
    shutil.copy(book.book / "_static" / "fonts" / (tmp_path / font).name, tmp_path / font)
    return tmp_path


@pytest.mark.parametrize("name", ["index.html", "en.html"])
def test_index_page_is_without_fault_in_every_state(browser, country, name):
    tab = browser.new_context().new_page()
    seen = visit(tab, country, country / name, STATES)
    assert (seen.violations, seen.faults, seen.outside) == ([], [], [])
    assert {width: px for width, px in seen.wide.items() if px > int(width)} == {}


def test_index_page_finds_a_municipality_by_part_of_its_name(browser, country):
    tab = browser.new_context().new_page()
    tab.goto((country / "index.html").as_uri())
    names = tab.locator("ul[data-filter] a")
    before = names.count()

    tab.locator("input[type=search]").fill("ÆRUM")

    shown = [names.nth(n).inner_text() for n in range(before) if names.nth(n).is_visible()]
    assert before > 1
    assert shown == ["Bærum"]
