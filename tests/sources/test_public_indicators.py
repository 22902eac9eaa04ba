"""Count the public indicators that a fetched edition fills, against generated interfaces."""

from __future__ import annotations

import csv

import httpx
import pytest

import report_pages
from interfaces import Town, serve
from public_indicators import AROUND, FILLED
from tilstand.contracts import STATUSES_WITH_VALUE
from tilstand.edition import load_edition
from tilstand.sources.client import Client
from tilstand.sources.declared import read_declared
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.fetch import fetch_edition, snapshots_of
from tilstand.sources.new_edition import new_edition
from tilstand.sources.open_sources import Bases

EXPECTED = 45
BERGEN = ("46", "4601")


@pytest.fixture(scope="module")
def figures(tmp_path_factory, repo, repo_register):
    """Fetch a Bergen edition and open it as chapters do."""
    root = tmp_path_factory.mktemp("bergen")
    (root / "data").mkdir()
    (root / "data" / "register").symlink_to(repo.register)
    project = type(repo)(root)
    new_edition(project, repo_register, 2025, "4601")
    edition = load_edition(project, repo_register, "2025")
    ids = {"32": (9046, "46"), "3201": (9460, "4601")}
    units = [
        {**unit, "id": ids[unit["kode"]][0], "kode": ids[unit["kode"]][1]}
        if unit["kode"] in ids
        else unit
        for unit in report_pages.UNITS
    ]
    with serve(town=Town("4601", "Bergen", "46", "Vestland")) as made, httpx.Client() as http:
        made.pages.files = report_pages.nine(root / "nine", "Vestland", "Bergen", BERGEN)
        made.pages.units = units
        bases = Bases.below(made.base)
        client = Client(snapshots_of(project, "2025"), http, calls_a_minute=10_000)
        got = fetch_edition(project, repo_register, edition, client=client, bases=bases)
    assert got.faults == []
    return load_edition_figures(project, repo_register, "2025")[0]


def there(figures, told: str, place: str) -> bool:
    measure, _, category = told.partition("/")
    measure, _, grade = measure.partition("@")
    rows = figures[(figures["indicator"] == measure) & (figures["place"] == place)]
    rows = rows[rows["status"].isin(STATUSES_WITH_VALUE)]
    if category:
        rows = rows[rows["category"] == category]
    if grade:
        rows = rows[rows["grade"] == grade]
    return not rows.empty


@pytest.mark.parametrize("number", sorted(FILLED))
def test_a_public_indicator_is_filled(number, figures):
    assert [told for told in FILLED[number] if not there(figures, told, "bergen")] == []


@pytest.mark.parametrize("number", sorted(AROUND))
def test_a_public_indicator_is_known_of_the_country(number, figures):
    assert [told for told in AROUND[number] if not there(figures, told, "norge")] == []


def test_at_least_45_are_the_municipalitys_own():
    assert len(FILLED) >= EXPECTED


def test_each_measure_has_a_chapter(repo):
    declared = {one.indicator for one in read_declared(repo.register)}
    named = {told for lists in (FILLED, AROUND) for each in lists.values() for told in each}

    assert {told.partition("/")[0].partition("@")[0] for told in named} <= declared


def test_numbers_are_those_of_public_rows_of_the_catalogue(repo):
    path = repo.root.parent / "shared" / "catalogue-2025.csv"
    if not path.is_file():
        pytest.skip("the catalogue lies beside a checkout")
    with path.open(encoding="utf-8", newline="") as lines:
        public = {
            int(row["id"]) for row in csv.DictReader(lines) if not row["source"].startswith("own")
        }
    assert set(FILLED) | set(AROUND) <= public
