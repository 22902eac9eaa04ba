"""Fetch an edition's data from interfaces of the documented form, traps included."""

from __future__ import annotations

import datetime as dt
import json
import math

import httpx
import pytest

from interfaces import DIMENSIONS, Interfaces, dataset, serve
from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources import ssb_api, udir_api
from tilstand.sources.client import Client, FetchError
from tilstand.sources.fetch import Bases, Fetched, fetch_edition, snapshots_of
from tilstand.sources.snapshots import Snapshots

EDITION = Edition("2024", 2024, "3201", ("32", "0"), ("nb",), dt.date(2025, 6, 1))
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def server():
    with serve() as made:
        yield made


@pytest.fixture
def interfaces(server) -> Interfaces:
    server.asked.clear()
    server.failures.clear()
    return server


class Pace:
    """Stand in for time: sleeping moves the clock."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def pace() -> Pace:
    return Pace()


@pytest.fixture
def make_client(tmp_path, pace):
    clients = []

    def make(folder=None, **changes) -> Client:
        http = httpx.Client(timeout=5)
        clients.append(http)
        usual = {"clock": pace.clock, "sleep": pace.sleep, "now": lambda: NOW}
        return Client(folder or Snapshots(tmp_path / "snapshots"), http, **(usual | changes))

    yield make
    for http in clients:
        http.close()


@pytest.fixture
def fetch(interfaces, register_only, repo_register, make_client):
    def fetch_once() -> Fetched:
        client = make_client(snapshots_of(register_only, EDITION.year))
        bases = Bases(
            f"{interfaces.base}/udir", f"{interfaces.base}/ssb", f"{interfaces.base}/klass"
        )
        return fetch_edition(register_only, repo_register, EDITION, client=client, bases=bases)

    return fetch_once


# -- the whole round -----------------------------------------------------------------------------


def test_second_run_makes_no_call(fetch, interfaces):
    first = fetch()
    asked = len(interfaces.asked)

    second = fetch()

    assert first.calls == asked > 0
    assert (second.calls, len(interfaces.asked)) == (0, asked)
    assert second.survey.equals(first.survey)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_cut_run_goes_on_where_it_stopped(status, fetch, interfaces):
    interfaces.failures["/udir/150/data"] = [(status, "")] * 4

    with pytest.raises(FetchError) as stop:
        fetch()
    answered = {path for path in interfaces.asked if "/udir/150/data" not in path}
    interfaces.asked.clear()
    interfaces.failures.clear()
    fetch()

    assert f"answered {status} 'status {status}'" in stop.value.lines[0]
    assert f"{len(answered)} answers are stored" in stop.value.lines[0]
    assert answered.isdisjoint(interfaces.asked)
    assert fetch().calls == 0


def test_only_totals_of_gender_and_ownership_are_asked_for(fetch, interfaces):
    got = fetch().survey

    data = [path for path in interfaces.asked if "/udir/" in path and "/data?" in path]
    assert all("KjoennID(-10)_EierformID(-10)" in path for path in data)
    assert not got.duplicated(["indicator", "unit", "grade", "category"]).any()


def test_no_page_is_asked_for_beyond_the_last(fetch, interfaces):
    fetch()

    pages = [path for path in interfaces.asked if "/udir/148/data?" in path]
    # 5 units x 2 grades x 2 questions, 3 rows a page
    assert len(pages) == 7


def test_units_are_the_country_the_county_the_municipality_and_its_schools(fetch):
    got = fetch().survey.drop_duplicates("unit")[["level", "unit", "name"]].values.tolist()

    assert sorted(got) == [
        ["county", "32", "Akershus"],
        ["municipality", "3201", "Bærum"],
        ["nation", "0", "Hele landet"],
        ["school", "100000016", "Ålvik skole"],
        ["school", "100000024", "Ørret skole"],
    ]


def test_text_numbers_become_numbers(fetch):
    survey = fetch().survey
    rows = survey[(survey["unit"] == "3201") & (survey["grade"] == "7")]

    got = rows.drop_duplicates("indicator")[["indicator", "value", "n", "status"]].values.tolist()
    assert got == [
        ["pupil_survey_score", "4.1", "5943", "ok"],
        ["bullied_share", "4.1", "5943", "ok"],
        ["pupil_survey_responses", "5943", "", "ok"],
    ]


def test_stars_are_suppressed(fetch):
    survey = fetch().survey
    got = survey[survey["unit"] == "100000024"][["value", "n", "status"]].drop_duplicates()

    assert got.values.tolist() == [["", "", "suppressed"]]


def test_questions_are_named(fetch):
    assert fetch().questions["euindeks_1379_148"] == "Trivsel"


def test_ssb_is_asked_for_every_code_the_places_have_had(fetch, interfaces):
    got = fetch().ssb["13719"]

    assert set(got["Region"]) == {"0", "0219", "3024", "3201"}
    assert set(got["Tid"]) == {"2023", "2024"}


def test_ssb_keeps_three_kinds_of_missing_apart(fetch):
    got = fetch().ssb["13719"]["status"].tolist()

    assert got[:4] == ["suppressed", "missing", "not_applicable", "ok"]


def test_the_register_is_held_to_klass(fetch):
    got = fetch().notes

    assert "data/register/units.csv: '9898' Ålvik is lacking in 2024, KLASS has it" in got
    assert not [note for note in got if "'3201'" in note]


# -- calls ---------------------------------------------------------------------------------------


def test_a_comma_between_values_is_refused_in_the_interfaces_own_words(interfaces, make_client):
    url = f"{interfaces.base}/udir/148/data?filter=TidID(202412)_TrinnID(6,9)"

    with pytest.raises(FetchError, match="answered 400 'Feil format på filtrene!'"):
        make_client().get(url)


def test_a_refused_call_is_not_tried_again(interfaces, make_client):
    with pytest.raises(FetchError):
        make_client().get(f"{interfaces.base}/udir/148/data?filter=x")

    assert len(interfaces.asked) == 1


def test_a_busy_server_is_waited_for_as_long_as_it_says(interfaces, make_client, pace):
    interfaces.failures["filterVerdier"] = [(429, "17")]

    make_client().get(f"{interfaces.base}/udir/148/filterVerdier")

    assert pace.slept == [17]


def test_a_broken_server_is_waited_for_longer_each_time(interfaces, make_client, pace):
    interfaces.failures["filterVerdier"] = [(500, ""), (502, ""), (503, "")]

    make_client().get(f"{interfaces.base}/udir/148/filterVerdier")

    assert pace.slept == [2, 4, 8]


def test_no_server_is_told_after_all_tries(make_client):
    with pytest.raises(FetchError, match=r"no answer \(ConnectError\), 2 times"):
        make_client(tries=2).get("http://127.0.0.1:1/nothing")


def test_no_more_calls_a_minute_than_allowed(interfaces, make_client, pace):
    client = make_client(calls_a_minute=30)
    for number in range(61):
        client.get(f"{interfaces.base}/udir/148/filterVerdier?{number}")

    assert pace.slept == [60, 60]


# -- snapshots -----------------------------------------------------------------------------------


def test_a_snapshot_names_its_day_address_and_checksum(tmp_path):
    got = Snapshots(tmp_path).save("https://x.no/api/148/data?a=1", b"[]", NOW)

    assert got.file.startswith("2026-03-01_api-148-data_")
    assert (got.url, got.bytes) == ("https://x.no/api/148/data?a=1", "2")
    assert got.sha256 == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"


def test_a_changed_snapshot_is_not_read(tmp_path):
    snapshots = Snapshots(tmp_path)
    saved = snapshots.save("https://x.no/a", b"[1]", NOW)
    (tmp_path / saved.file).write_bytes(b"[2]")

    with pytest.raises(DataError, match="not the file that was fetched"):
        snapshots.read("https://x.no/a")


def test_an_unfinished_answer_is_no_snapshot(tmp_path):
    (tmp_path / ".x.json.part").write_bytes(b"[")

    assert Snapshots(tmp_path).listed() == {}


# -- forms ---------------------------------------------------------------------------------------


def test_a_page_that_comes_again_is_told():
    answers = {
        "filterVerdier": {
            "TidID": [{"id": 1, "navn": "2024-25"}],
            "EnhetID": [{"id": 2, "kode": "I", "nivaa": 1}],
            "TrinnID": [{"id": 3, "kode": "7"}],
        },
        "sideData": [{"JSONSider": 2}],
        "data": [{"EnhetNavn": "x"}],
    }

    def get(url: str) -> bytes:
        kind = next(kind for kind in answers if f"/{kind}" in url)
        return json.dumps(answers[kind]).encode()

    with pytest.raises(DataError, match="the page before over again"):
        udir_api.fetch_table(get, 148, udir_api.Choice("2024-25", "3201", "32"), "http://x")


def test_an_answer_that_is_no_json_is_told():
    with pytest.raises(DataError, match="'<html>', expected a JSON dict"):
        udir_api.fetch_table(lambda _url: b"<html>", 148, udir_api.Choice("2024-25", "", ""))


def test_a_year_that_the_interface_lacks_gives_no_rows(interfaces, make_client):
    choice = udir_api.Choice("1999-00", "3201", "32")

    assert udir_api.fetch_table(make_client().get, 148, choice, f"{interfaces.base}/udir") == []


def test_a_cell_that_is_no_number_is_told():
    row = {"EnhetNivaa": 1, "Skoleaarnavn": "2024-25", "Score": "4.1", "AntallBesvart": "10"}

    _, _, got = udir_api.to_figures([row])

    assert got == ["row 1:value: '4.1', expected a number"]


def test_large_tables_are_asked_for_in_parts(interfaces, make_client, monkeypatch):
    monkeypatch.setattr(ssb_api, "MOST_CELLS", 4)

    got = ssb_api.fetch_table(
        make_client().get, "13719", ["0", "3201"], [2023, 2024], f"{interfaces.base}/ssb"
    )

    assert len(got) == 2


@pytest.mark.parametrize("form", ["list", "object", "string"])
def test_status_may_be_written_in_three_ways(form):
    made = dataset({"Region": ["0"], "Tid": ["2023", "2024"]})
    made["value"] = [None, None]
    made["status"] = {"list": [":", ":"], "object": {"0": ":", "1": ":"}, "string": ":"}[form]

    got = ssb_api.read_json_stat(json.dumps(made).encode(), "x")

    assert got["status"].tolist() == ["suppressed", "suppressed"]


def test_values_may_be_written_by_place():
    made = dataset({"Region": ["0"], "Tid": ["2023", "2024"]})
    made["value"] = {"1": 7.5}

    got = ssb_api.read_json_stat(json.dumps(made).encode(), "x")

    assert math.isnan(got["value"][0])
    assert (got["status"].tolist(), got["value"][1]) == (["missing", "ok"], 7.5)


def test_values_that_do_not_fill_the_table_are_told():
    made = dataset(DIMENSIONS)
    made["value"] = [1]

    with pytest.raises(DataError, match="1 values, expected 30"):
        ssb_api.read_json_stat(json.dumps(made).encode(), "x")
