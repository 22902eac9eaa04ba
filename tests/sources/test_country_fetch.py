"""Fetch for many municipalities at once, and give each its own answers."""

from __future__ import annotations

import csv
import datetime as dt
import shutil

import httpx
import pytest

import report_pages
from interfaces import serve
from tilstand.edition import Edition
from tilstand.sources.client import Client, FetchError
from tilstand.sources.country_fetch import TOWNS, Shared, fetch_country, hand_over
from tilstand.sources.fetch import fetch_edition, snapshots_of
from tilstand.sources.fetched import read_fetched
from tilstand.sources.open_sources import Bases
from tilstand.sources.snapshots import SnapshotError, Snapshots

YEAR, CODES = 2024, ["3201", "3203", "0301"]


@pytest.fixture
def country(tmp_path, register_only, repo_register):
    """Serve the interfaces, and fetch for some municipalities as often as a test likes."""
    folder = register_only.open / str(YEAR) / TOWNS
    with serve() as made, httpx.Client() as http:
        made.pages.files = report_pages.nine(tmp_path / "nine", "Akershus", "Bærum", ("32", "3201"))

        def fetch(codes=CODES, tries=1):
            client = Client(Shared.load(folder), http, 10_000, tries, sleep=lambda _: None)
            found = Bases.below(made.base)
            return fetch_country(
                register_only, repo_register, YEAR, list(codes), client=client, bases=found
            )

        fetch.folder, fetch.server = folder, made
        yield fetch


def edition(code: str) -> Edition:
    around = ("03" if code == "0301" else "32", "0")
    return Edition(str(YEAR), YEAR, code, around, ("nb",), dt.date(2025, 6, 1))


def test_a_second_run_makes_no_call(country):
    calls, _ = country()
    assert calls == len(country.server.asked) > 0
    assert country()[0] == 0


def test_each_reads_what_it_would_have_fetched_alone(country, register_only, repo_register):
    calls, _ = country()
    singly = 0
    store = snapshots_of(register_only, YEAR)
    for code in CODES:
        assert hand_over(country.folder, code, store.folder)
        shared = read_fetched(register_only, repo_register, edition(code))
        shutil.rmtree(store.folder)
        with httpx.Client() as http:
            client, found = Client(store, http, 10_000), Bases.below(country.server.base)
            alone = fetch_edition(
                register_only, repo_register, edition(code), client=client, bases=found
            )
        shutil.rmtree(store.folder)
        singly += alone.calls
        assert shared is not None
        assert shared.figures.equals(alone.figures)
        assert (shared.faults, shared.groups) == (alone.faults, alone.groups)
    assert calls < singly  # what several ask for was asked for once


def test_what_was_cut_goes_on_and_lists_only_the_finished(country):
    whole, _ = country([CODES[0]])
    country.server.failures["ssb"] = [(503, "")] * 4
    with pytest.raises(FetchError):
        country(CODES, tries=1)
    assert (country.folder / "3201.csv").is_file()
    assert not (country.folder / "3203.csv").exists()

    country.server.failures.clear()
    before = len(country.server.asked)
    country()
    assert (country.folder / "0301.csv").is_file()
    assert len(country.server.asked) - before < 2 * whole  # nothing of the first is asked again


def test_a_municipality_that_was_not_fetched_for_gets_nothing(country, tmp_path):
    country([CODES[0]])
    assert not hand_over(country.folder, "4601", tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_lists_name_files_that_are_there(country):
    country()
    for code in CODES:
        with (country.folder / f"{code}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) > 20
        assert all((country.folder / row["file"]).is_file() for row in rows)


def test_an_answer_that_is_gone_is_told_by_name(country, register_only, repo_register):
    country()
    mine = Snapshots(country.folder, "3201.csv").listed()
    gone = next(one.file for url, one in mine.items() if "13502/data" in url)
    (country.folder / gone).unlink()
    assert hand_over(country.folder, "3201", snapshots_of(register_only, YEAR).folder)
    with pytest.raises(SnapshotError, match=f"{gone}: not the file that was fetched"):
        read_fetched(register_only, repo_register, edition("3201"))


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "url,file\nx,y\n", "\x00", 'url,file\n"x\n'])
def test_a_list_of_another_form_is_one_line(country, tmp_path, text):
    country([CODES[0]])
    (country.folder / "3201.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"3201.csv: not a list of fetched answers, expected"):
        hand_over(country.folder, "3201", tmp_path / "target")
