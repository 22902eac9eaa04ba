"""Join the fetched Pupil Survey to an edition's figures, without a call."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from interfaces import serve
from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources.client import Client, FetchError
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.fetch import Bases, Fetched, fetch_edition, snapshots_of
from tilstand.sources.new_edition import new_edition
from tilstand.sources.survey import read_fetched, survey_parts

EDITION = Edition("2024", 2024, "3201", ("32", "0"), ("nb",), dt.date(2025, 6, 1))


@pytest.fixture
def bases(register_only, repo_register) -> Bases:
    """Fetch all once; the server is gone afterwards."""
    with serve() as made, httpx.Client() as http:
        found = Bases(f"{made.base}/udir", f"{made.base}/ssb", f"{made.base}/klass")
        client = Client(snapshots_of(register_only, 2024), http, calls_a_minute=10_000)
        fetch_edition(register_only, repo_register, EDITION, client=client, bases=found)
    return found


@pytest.fixture
def fetched(register_only, repo_register, bases) -> Fetched:
    got = read_fetched(register_only, repo_register, EDITION, bases)
    assert got is not None
    return got


def test_snapshots_are_read_without_a_server(fetched):
    assert fetched.calls == 0
    assert not fetched.survey.empty


def test_nothing_fetched_is_nothing(register_only, repo_register):
    assert read_fetched(register_only, repo_register, EDITION) is None


def test_half_an_answer_is_told(register_only, repo_register, bases):
    index = snapshots_of(register_only, 2024).folder / "snapshots.csv"
    lines = index.read_text(encoding="utf-8").splitlines()
    index.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")

    with pytest.raises(FetchError, match="not fetched yet: run tilstand fetch"):
        read_fetched(register_only, repo_register, EDITION, bases)


@pytest.fixture
def project(register_only, repo_register, bases, monkeypatch):
    new_edition(register_only, repo_register, 2024, "3201")
    monkeypatch.setenv("TILSTAND_UDIR", bases.udir)
    monkeypatch.setenv("TILSTAND_SSB", bases.ssb)
    monkeypatch.setenv("TILSTAND_KLASS", bases.klass)
    return register_only


def test_figures_of_the_edition_hold_the_survey(project, repo_register):
    got, register = load_edition_figures(project, repo_register, 2024)

    rows = got[(got["place"] == "baerum") & (got["grade"] == "7")]
    scores = rows[rows["indicator"].isin(["pupil_survey_score", "bullied_share"])]
    assert set(rows["indicator"]) - set(scores["indicator"]) == {"pupil_survey_responses"}
    assert set(scores["value"]) == {4.1}
    assert set(rows[rows["indicator"] == "pupil_survey_responses"]["value"]) == {5943.0}
    assert register.category_label("euindeks_1379_148", "nb") == "Trivsel"
    assert register.name("school-100000016", 2024, "nb") == "Ålvik skole"
    assert register.source_title("udir-elevundersokelsen-2024", "nb") == "Elevundersøkelsen 2024"


def test_an_edition_is_not_built_from_half_an_answer(project, repo_register):
    index = snapshots_of(project, 2024).folder / "snapshots.csv"
    lines = index.read_text(encoding="utf-8").splitlines()
    index.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")

    with pytest.raises(FetchError, match="not fetched yet: run tilstand fetch"):
        load_edition_figures(project, repo_register, 2024)


def test_faulty_cells_stop_the_edition(repo_register, fetched):
    faulty = Fetched(fetched.survey, {}, {}, 0, ["Udir, table 148: row 1:value: 'x'"])

    with pytest.raises(DataError, match="table 148: row 1"):
        survey_parts(repo_register, faulty, EDITION)
