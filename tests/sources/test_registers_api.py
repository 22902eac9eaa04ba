"""Read the registers, and small answers that no server gives twice."""

from __future__ import annotations

import json
import math

import pytest

from fetching import assumed_of, dataset, rows_of
from tilstand.errors import DataError
from tilstand.sources import registers_api, reporting_api, ssb_api
from tilstand.sources.open_sources import read_assumptions

# -- registers -------------------------------------------------------------------------------------


def test_kindergartens_are_counted_by_ownership(fetch):
    rows = rows_of(fetch("nbr"), "kindergartens")

    # seven, of which one closed long ago and one is no kindergarten
    assert dict(zip(rows["category"], rows["value"], strict=True)) == {
        "": "5",
        "private": "2",
        "municipal": "3",
    }


def test_the_pedagogue_norm_comes_with_and_without_dispensation(fetch):
    rows = rows_of(fetch("barnehagefakta"), "pedagogue_norm_share")

    got = dict(zip(rows["category"], rows["value"], strict=True))
    assert got == {"": "71.4", "with_dispensation": "92.9"}


def test_closed_schools_are_known_with_their_day(fetch):
    schools = fetch("nsr").schools

    got = schools[["unit", "active", "closed"]].values.tolist()
    assert got == [["100000016", True, ""], ["100000040", False, "2023-07-31"]]


def test_a_register_without_its_key_is_told(fetch, interfaces):
    interfaces.register_field = "Orgnr"

    got = fetch("nsr", "nbr")

    assert len(got.faults) == 2
    assert all("no field Organisasjonsnummer" in line for line in got.faults)


def test_the_register_is_held_to_klass(fetch):
    got = fetch("klass").notes

    assert "data/register/units.csv: '9898' Ålvik is lacking in 2024, KLASS has it" in got
    assert not [note for note in got if "'3201' Bærum stands in 2024" in note]


def test_a_change_of_next_year_that_the_register_lacks_is_told(fetch):
    got = [note for note in fetch("klass").notes if "became '9877' in 2026" in note]

    assert len(got) == 1


# -- small traps -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["-", "...", "*", "x", "f", "::", "e"])
def test_marks_of_older_tables_are_missing_and_said(mark):
    made = dataset({"Tid": ["2023", "2024"]}) | {"value": [None, 3], "status": {"0": mark}}

    got = ssb_api.read_json_stat(json.dumps(made).encode(), "x")

    assert got["status"].tolist() == ["missing", "ok"]
    assert got["said"].tolist() == [mark, ""]


def test_a_number_beside_a_mark_that_we_do_not_know_is_not_believed():
    made = dataset({"Tid": ["2023"]}) | {"value": [3], "status": {"0": "?"}}

    got = ssb_api.read_json_stat(json.dumps(made).encode(), "x")

    assert got["status"].tolist() == ["missing"]
    assert math.isnan(got["value"][0])


def test_a_code_given_twice_is_asked_for_once(interfaces, make_client):
    base = f"{interfaces.base}/ssb"
    table = ssb_api.describe_table(make_client().get, "12919", base)
    chosen = {"Region": ["0", "0"], "ContentsCode": ["KOSukjent0000"], "Tid": ["2022", "2022"]}

    assert len(ssb_api.fetch_cells(make_client().get, table, chosen, base)) == 1


def test_a_closed_unit_keeps_the_code_of_its_time(repo):
    wanted = [one for one in read_assumptions(repo.register) if one.service == "nsr"]
    told = {"Organisasjonsnummer": "1", "Navn": "Skarva", "ErAktiv": False, "ErGrunnskole": True}
    units = registers_api.read_units(
        [told | {"Kommune": {"Kommunenummer": "3024"}, "UtgaattDato": "2023-12-31"}], wanted
    )

    assert len(registers_api.ours_in(2023, units, ["0219", "3024", "3201"])) == 1
    assert len(registers_api.ours_in(2024, units, ["0219", "3024", "3201"])) == 0


@pytest.mark.parametrize("pages", [1, 2, 3])
def test_a_register_is_read_to_its_last_page(pages, monkeypatch):
    monkeypatch.setattr(registers_api, "PAGE_SIZE", 2)
    units = [{"Organisasjonsnummer": str(number)} for number in range(2 * pages - 1)]
    wanted = [one for one in assumed_of("enheter") if one.fills == "unit"][:1]
    asked = []

    def get(url: str) -> bytes:
        asked.append(url)
        first = 2 * (len(asked) - 1)
        return json.dumps({"EnhetListe": units[first : first + 2]}).encode()

    assert registers_api.fetch_units(get, wanted, "x") == units
    assert len(asked) == pages


@pytest.mark.parametrize(
    ("said", "exp"),
    [
        ({"TidID": [202512], "KjoennID": -10}, {"TidID": [202512], "KjoennID": [-10]}),
        ("TidID(202512_202412)_KjoennID(-10)", {"TidID": [202512, 202412], "KjoennID": [-10]}),
        (None, {}),
    ],
)
def test_defaults_of_a_page_may_be_written_in_two_ways(said, exp):
    element = {"dataEndepunkt": "A/1/data", "filterDefaultVerdier": said}
    answer = json.dumps({"rappside": {"rapportElementer": [element]}}).encode()

    got = reporting_api.describe_page(lambda _url: answer, "X", "x")

    assert (got.endpoint, got.defaults) == ("A/1", exp)


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"rappside": {"rapportElementer": []}}'])
def test_a_page_without_an_endpoint_is_told(answer):
    with pytest.raises(DataError, match="no dataEndepunkt"):
        reporting_api.describe_page(lambda _url: answer, "X", "x")


def test_a_filter_without_default_and_all_is_told(repo):
    wanted = next(one for one in read_assumptions(repo.register) if one.source == "GSK_GSPoeng")
    page = reporting_api.Page("X", "x", "A/1", {}, ("TidID", "FagID"), "")
    values = {"TidID": [{"id": 1, "navn": "2024-25"}], "FagID": [{"id": 7}, {"id": 8}]}

    with pytest.raises(DataError, match="filter 'FagID' has no default and no 'all'"):
        reporting_api.fetch_export(
            lambda *_, **__: json.dumps(values).encode(), page, wanted, ["3201"], 2024, "x"
        )
