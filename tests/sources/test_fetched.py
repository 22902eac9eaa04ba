"""Join what was fetched to an edition's figures, without a call."""

from __future__ import annotations

import datetime as dt

import httpx
import pandas as pd
import pytest

import report_pages
from interfaces import serve
from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources.client import Client, FetchError
from tilstand.sources.edition_figures import (
    edition_files,
    fetched_lines,
    fetched_tables,
    load_edition_figures,
)
from tilstand.sources.fetch import fetch_edition, snapshots_of
from tilstand.sources.fetched import closed_schools, read_fetched, without_mixing
from tilstand.sources.incoming import read_incoming
from tilstand.sources.new_edition import new_edition
from tilstand.sources.open_sources import Bases
from tilstand.sources.projection import ENOUGH, ageing_errors, project_pupils

EDITION = Edition("2024", 2024, "3201", ("32", "0"), ("nb",), dt.date(2025, 6, 1))


@pytest.fixture(scope="module")
def project(tmp_path_factory, repo_register, repo):
    """Fetch all once; the server is gone afterwards."""
    root = tmp_path_factory.mktemp("fetched")
    (root / "data").mkdir()
    (root / "data" / "register").symlink_to(repo.register)
    project = type(repo)(root)
    with serve() as made, httpx.Client() as http:
        nine = root / "nine"
        made.pages.files = report_pages.nine(nine, "Akershus", "Bærum", ("32", "3201"))
        found = Bases.below(made.base)
        client = Client(snapshots_of(project, 2024), http, calls_a_minute=10_000)
        fetch_edition(project, repo_register, EDITION, client=client, bases=found)
    new_edition(project, repo_register, 2024, "3201")
    return project


@pytest.fixture
def index(project):
    """Give the list of answers, and put it back as it was."""
    path = snapshots_of(project, 2024).folder / "snapshots.csv"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_snapshots_are_read_without_a_server_and_without_its_address(project, repo_register):
    got = read_fetched(project, repo_register, EDITION)

    assert got is not None
    assert (got.calls, got.faults) == (0, [])
    assert not got.figures.empty


def test_nothing_fetched_is_nothing(register_only, repo_register):
    assert read_fetched(register_only, repo_register, EDITION) is None


def test_an_edition_is_not_built_from_half_an_answer(project, repo_register, index):
    lines = index.read_text(encoding="utf-8").splitlines()
    index.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")

    with pytest.raises(FetchError, match="not fetched yet: run tilstand fetch"):
        load_edition_figures(project, repo_register, 2024)


def test_a_changed_answer_stops_the_edition(project, repo_register, index):
    folder = snapshots_of(project, 2024).folder
    path = next(folder.glob("*13502-data*"))
    before = path.read_bytes()
    path.write_bytes(before + b" ")
    try:
        with pytest.raises(DataError, match="not the file that was fetched"):
            load_edition_figures(project, repo_register, 2024)
    finally:
        path.write_bytes(before)


def test_figures_of_the_edition_hold_survey_exports_and_tables(project, repo_register):
    got, register = load_edition_figures(project, repo_register, 2024)

    own = got[(got["place"] == "baerum") & (got["year"] == 2024)]
    assert {"gsi_pupils", "gsi_adapted_share", "np_scale_points"} <= set(own["indicator"])
    assert {"pupil_survey_score", "kindergarten_coverage"} <= set(own["indicator"])
    assert register.name("school-100000016", 2024, "nb") == "Ålvik skole"
    assert (
        register.source_title("udir-elevundersokelsen-apne-2024", "nb") == "Elevundersøkelsen 2024"
    )
    assert register.source_title("ssb-13502", "nb") == "SSB tabell 13502"
    assert register.category_label("survey_wellbeing", "nb") == "trivsel"


def test_series_go_on_through_new_codes(project, repo_register):
    got, _ = load_edition_figures(project, repo_register, 2024)

    rows = got[(got["indicator"] == "children_per_fte") & (got["place"] == "baerum")]
    assert sorted(rows["year"]) == list(range(2015, 2025))


def test_fetched_exports_are_the_editions_files(project, repo_register):
    got = edition_files(project, repo_register, 2024)

    assert len(set(got["form"])) == 8
    assert set(got["downloaded"]) == {dt.datetime.now(tz=dt.UTC).date().isoformat()}


def test_tables_are_known_with_their_changes_and_notes(project, repo_register):
    got = fetched_tables(project, repo_register, 2024).set_index("table")

    assert got.loc["13502", "updated"] == "2026-03-15"
    assert got.loc["13502", "notes"] == "Tallene er foreløpige fram til 15. juni."
    assert not got["provisional"].any()  # the table was changed long after June 2025


def test_what_was_left_out_is_told(project, repo_register):
    got = fetched_lines(project, repo_register, 2024)

    assert [line for line in got if "no report page that fits 'skolebidrag'" in line]


def test_a_file_put_there_by_hand_stands_against_a_fetched_one(project, repo_register):
    fetched = next(snapshots_of(project, 2024).folder.glob("*GSI-1-8*.csv"))
    text = fetched.read_bytes().decode("utf-16-le")
    own = project.open / "2024" / "elevtall.csv"
    own.write_bytes(text.replace("11 997", "11 111").encode("utf-16-le"))
    try:
        incoming = read_incoming(project, repo_register, 2024)
    finally:
        own.unlink()

    rows = incoming.rows
    rows = rows[(rows["indicator"] == "gsi_pupils") & (rows["unit"] == "3201")]
    rows = rows[(rows["category"] == "") & (rows["year"] == "2024")]
    assert rows["value"].tolist() == ["11111"]
    assert incoming.faults == []
    assert [note for note in incoming.notes if "another export says otherwise" in note]


def test_a_fetched_file_with_faults_is_left_out_and_told(project, repo_register, index):
    folder = snapshots_of(project, 2024).folder
    path = next(folder.glob("*FravaerG*.csv"))
    before = path.read_bytes()
    path.write_bytes(before.decode("utf-16-le").replace("8,0", "8x0").encode("utf-16-le"))
    try:
        incoming = read_incoming(project, repo_register, 2024)
    finally:
        path.write_bytes(before)

    assert incoming.faults == []
    assert "absence_days" not in set(incoming.rows["indicator"])
    assert [note for note in incoming.notes if "fetched and left out" in note and "8x0" in note]


# -- schools that closed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "last", "exp"),
    [("2023-07-31", 9999, 2023), ("", 9999, 9999), ("2023-07-31", 2022, 2022)],
)
def test_a_school_ends_with_the_register(closed, last, exp):
    units = pd.DataFrame({"code": ["100000040"], "valid_to": [last]})
    schools = pd.DataFrame({"unit": ["100000040"], "closed": [closed]})

    assert closed_schools(units, schools)["valid_to"].tolist() == [exp]


# -- pupils ahead --------------------------------------------------------------------------------


def residents(years, number=lambda _year, _age: 100.0):
    return pd.DataFrame({age: [number(year, age) for year in years] for age in range(16)}, years)


def test_nobody_moving_is_no_error():
    cohorts = residents(range(2010, 2021), lambda year, age: 100.0 + (year - age) % 7)

    for horizon in range(1, 7):
        assert ageing_errors(cohorts, horizon) == pytest.approx(0)


def test_one_in_ten_moving_in_a_year_is_an_error_that_grows():
    table = residents(range(2010, 2021), lambda _year, age: 100 * 1.02**age)

    got = [ageing_errors(table, horizon).mean() for horizon in (1, 3, 6)]
    assert got == pytest.approx([1.02**-1 - 1, 1.02**-3 - 1, 1.02**-6 - 1])


def figure(indicator, year, value, category=""):
    said = {"indicator": indicator, "year": str(year), "value": str(value), "unit": "3201"}
    blank = dict.fromkeys(("level", "grade", "gender", "subject", "n", "margin", "status"), "")
    return {**blank, **said, "category": category, "source": "s", "section": "", "mark": ""}


PLACES = {"0219": "baerum", "3024": "baerum", "3201": "baerum"}


def projected(years=range(2010, 2025)):
    rows = [figure("residents_6_15", year, 1000) for year in years]
    rows += [
        figure("residents_by_age", year, round(100 * 1.02**age), f"age_{age}")
        | {"unit": "3201" if year > 2023 else "3024" if year > 2019 else "0219"}
        for year in years
        for age in range(16)
    ]
    rows += [figure("gsi_pupils", 2023, 960), figure("gsi_pupils", 2024, 950)]
    rows += [figure("residents_6_15_projected", year, 1000 - year % 10) for year in (2025, 2034)]
    made = project_pupils(pd.DataFrame(rows), 2024, PLACES)
    return made, made[made["indicator"] == "pupil_projection"]


def test_pupils_follow_residents_from_the_latest_year_with_both():
    _, got = projected()

    assert got[["year", "value", "mark"]].values.tolist() == [
        ["2025", f"{0.95 * 995:.0f}", "inferred"],
        ["2034", f"{0.95 * 996:.0f}", "inferred"],
    ]


def test_the_margin_grows_with_the_years_ahead():
    _, got = projected()

    near, far = (float(text) for text in got["margin"])
    assert 0 < near < far
    assert near == pytest.approx(1.96 * (1 - 1 / 1.02) * 0.95 * 995, rel=0.05)


def test_too_few_years_give_no_margin():
    _, got = projected(range(2025 - ENOUGH, 2025))

    assert set(got["margin"]) == {""}


def test_residents_by_age_are_used_up():
    made, _ = projected()

    assert "residents_by_age" not in set(made["indicator"])


def test_no_projection_without_pupils_or_residents():
    rows = pd.DataFrame([figure("residents_6_15_projected", 2025, 1000)])

    assert project_pupils(rows, 2024, PLACES)["indicator"].tolist() == ["residents_6_15_projected"]


# -- one series, one source ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "unit", "category", "exp"),
    [
        ("ssb-11980", "0219", "", 0),  # the same place under its former code
        ("ssb-11980", "3201", "private", 1),
        ("ssb-11980", "32", "", 1),
        ("udir-elevundersokelsen-apne-2024", "3201", "", 1),
    ],
)
def test_two_counts_never_make_one_series(source, unit, category, exp):
    places = {"0219": "baerum", "3201": "baerum", "32": "akershus"}
    exports = pd.DataFrame([figure("gsi_pupils", 2024, 950)])
    made = figure("gsi_pupils", 2015, 900, category) | {"unit": unit, "source": source}

    assert len(without_mixing(pd.DataFrame([made]), exports, places)) == exp
