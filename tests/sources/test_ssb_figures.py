"""Read Statistics Norway's tables, with marks, codes and labels as they come."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math

import pytest

import statbank
from fetching import assumed_of, dataset, rows_of
from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources import fetch as fetching
from tilstand.sources import ssb_api, ssb_figures, udir_api
from tilstand.sources.client import plain_answer
from tilstand.sources.fetch import fetch_edition, snapshots_of
from tilstand.sources.open_sources import Bases, read_assumptions

# -- Statistics Norway -----------------------------------------------------------------------------


def test_old_and_new_codes_make_one_series(fetch):
    rows = rows_of(
        fetch("13502"), "kindergarten_coverage", category="age_1_5", level="municipality"
    )

    got = dict(zip(rows["year"].astype(int), rows["unit"], strict=True))
    exp = dict.fromkeys(range(2015, 2020), "0219")
    exp |= dict.fromkeys(range(2020, 2024), "3024") | {2024: "3201"}
    assert got == exp


def test_a_bare_zero_of_a_code_that_was_not_valid_is_dropped(fetch):
    rows = rows_of(fetch("13502"), "kindergarten_coverage", level="municipality")

    assert "0.0" not in set(rows["value"])
    assert len(rows) == 2 * 10


def test_a_zero_of_a_valid_code_is_a_zero(fetch, interfaces):
    interfaces.tables["12272"].cell = lambda _: (0, "")

    rows = rows_of(fetch("12272"), "kindergarten_children", level="municipality", year="2024")

    assert rows[["unit", "value"]].values.tolist() == [["3201", "0"]]


def test_the_country_and_counties_have_codes_of_their_own_in_kostra(fetch, interfaces):
    got = rows_of(fetch("13502"), "kindergarten_coverage", category="age_1_5", year="2024")

    assert set(got["unit"]) == {"0", "32", "3201"}
    asked = next(path for path in interfaces.asked if "13502/data" in path)
    assert "EAK" in asked
    assert "EKA32" in asked
    assert "EAKUO" not in asked


def test_a_kostra_group_is_a_comparator(
    fetch, register_only, repo_register, interfaces, make_client
):
    edition = Edition("2024", 2024, "3201", ("EKG11", "0"), ("nb",), dt.date(2025, 6, 1))
    client = make_client(snapshots_of(register_only, 2024))
    got = fetch_edition(
        register_only, repo_register, edition, client=client, bases=Bases.below(interfaces.base)
    )

    rows = rows_of(got, "kindergarten_coverage", category="age_1_5", year="2024")
    assert ["group", "EKG11"] in rows[["level", "unit"]].values.tolist()


def test_a_content_whose_label_does_not_fit_is_refused(fetch, interfaces):
    _, labels = interfaces.tables["13502"].dimensions["ContentsCode"]
    labels["KOSbarnaav0000"] = "Antall barnehager"

    got = fetch("13502")

    assert rows_of(got, "children_per_fte").empty
    assert not rows_of(got, "kindergarten_coverage").empty
    note = next(note for note in got.notes if "children_per_fte left out" in note)
    assert "'KOSbarnaav0000' ('Antall barnehager')" in note
    assert "open-sources.csv:" in note


def test_a_content_under_a_new_code_is_found_by_its_label(fetch, interfaces):
    _, labels = interfaces.tables["13502"].dimensions["ContentsCode"]
    labels["KOSnytt0000"] = labels.pop("KOSbarnaav0000")

    got = fetch("13502")

    assert set(rows_of(got, "children_per_fte")["section"]) == {"KOSnytt0000"}
    assert [note for note in got.notes if "is taken from 'KOSnytt0000'" in note]


def test_two_contents_with_a_label_that_fits_are_refused(fetch, interfaces):
    _, labels = interfaces.tables["12056"].dimensions["ContentsCode"]
    labels["KOSto"] = "Andel barn i private familiebarnehager (prosent)"

    got = fetch("12056")

    assert rows_of(got, "kindergarten_children_private_share").empty
    assert [note for note in got.notes if "2 have one" in note]


def test_a_dimension_that_nobody_chooses_from_is_refused(fetch, interfaces):
    table = interfaces.tables["12272"]
    table.dimensions["Eierform"] = ("eierform", {"1": "Kommunal", "2": "Privat"})

    got = fetch("12272")

    assert rows_of(got, "kindergarten_children").empty
    assert [note for note in got.notes if "to choose from 'Eierform' (eierform)" in note]


def test_the_total_of_a_new_dimension_is_chosen(fetch, interfaces):
    table = interfaces.tables["12272"]
    table.dimensions["Eierform"] = ("eierform", {"1": "Kommunal", "0": "I alt"})

    got = rows_of(fetch("12272"), "kindergarten_children", level="municipality", year="2024")

    assert len(got) == 1
    assert [path for path in interfaces.asked if "valueCodes[Eierform]=0" in path]


def test_ages_and_sexes_are_summed(fetch):
    rows = rows_of(fetch("residents_6_15"), "residents_6_15", level="municipality", year="2024")

    exp = 2 * sum(300 + age + 2 * (2024 % 5) for age in range(6, 16))
    assert rows[["unit", "value"]].values.tolist() == [["3201", str(exp)]]


def test_a_sum_with_a_hidden_part_is_hidden(fetch, interfaces):
    usual = interfaces.tables["07459"].cell
    interfaces.tables["07459"].cell = lambda codes: (
        (None, ":") if codes["Alder"] == "009" else usual(codes)
    )

    got = rows_of(fetch("residents_6_15"), "residents_6_15", year="2024")

    assert set(got["status"]) == {"suppressed"}
    assert set(got["value"]) == {""}


def test_an_interval_is_known_by_its_last_year(fetch):
    got = rows_of(fetch("14882"), "completion_share", category="ordinary_time", level="nation")

    assert got["year"].tolist() == ["2020", "2021", "2022", "2023", "2024"]


def test_counties_of_another_time_are_not_of_ours(fetch):
    got = rows_of(fetch("14882"), "completion_share", category="ordinary_time", level="county")

    assert got[["unit", "year"]].values.tolist() == [["32", "2024"]]


def test_marks_are_kept_apart_and_an_unknown_one_is_a_note(fetch):
    got = fetch("13719")
    rows = rows_of(got, "np_mean_corrected", subject="reading", grade="5")

    states = dict(zip(rows["year"], rows["status"], strict=True))
    assert [states[year] for year in ("2021", "2022", "2023", "2024")] == [
        "ok",
        "suppressed",
        "missing",
        "missing",
    ]
    notes = [note for note in got.notes if "mark '-'" in note]
    assert notes == [
        "SSB, table 13719: mark '-' is not among those known; read as missing (4 cells)"
    ]


def test_a_long_selection_is_posted(fetch, interfaces):
    long = {f"{place:05d}": f"Gruppe {place}" for place in range(400)}
    interfaces.tables["11980"].dimensions["ArsTrinn"][1].update(long)

    got = fetch("11980")

    assert not rows_of(got, "gsi_pupils", grade="7").empty
    chosen = {one["variableCode"]: one["valueCodes"] for one in interfaces.posted[0]["selection"]}
    assert len(interfaces.posted) == 1
    assert "00399" in chosen["ArsTrinn"]
    assert fetch("11980").calls == 0


def test_a_value_of_no_kind_we_know_is_not_counted_as_the_total(fetch, interfaces):
    before = rows_of(fetch("11980"), "gsi_pupils", grade="", level="municipality")["value"].tolist()
    interfaces.tables["11980"].dimensions["ArsTrinn"][1]["99"] = "Uoppgitt"
    later = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)

    got = rows_of(fetch("11980", now=lambda: later), "gsi_pupils", grade="", level="municipality")

    assert got["value"].tolist() == before


def test_a_table_that_is_gone_is_told_and_the_rest_stands(fetch, interfaces):
    del interfaces.tables["12255"]

    got = fetch("12255", "13502")

    assert len(got.faults) == 1
    assert "answered 404 'Non-existent table' (the table is gone" in got.faults[0]
    assert not rows_of(got, "kindergarten_coverage").empty


def test_notes_units_and_the_day_of_change_are_kept(fetch):
    table = fetch("13502").tables["13502"]

    assert table.notes == ("Tallene er foreløpige fram til 15. juni.",)
    assert table.updated == "2026-03-15T08:00:00Z"
    assert table.contents.units["KOSandel150000"] == "antall"


@pytest.mark.parametrize(
    ("status", "body", "exp"),
    [
        (400, '{"title": "Non-existent value"}', "the table lacks a code that was asked for"),
        (400, '{"title": "Non-existent variable"}', "a dimension under another name"),
        (
            400,
            '{"title": "Missing selection for mandantory variable"}',
            "a dimension was left out that must be chosen from",
        ),
        (403, '{"title": "Too many cells selected"}', "the call was too large"),
        (404, '{"title": "Non-existent table"}', "look the new number up"),
        (500, "", "answered 500 without a word"),
        (502, "<html><h1>Bad gateway</h1></html>", "answered 502 'Bad gateway'"),
        (400, "Feil format på filtrene!", "answered 400 'Feil format på filtrene!'"),
        (400, "[]", "answered 400 '[]'"),
    ],
)
def test_every_error_body_becomes_a_plain_line(status, body, exp):
    got = plain_answer(status, body)

    assert exp in got
    assert "{" not in got
    assert "<" not in got


# -- forms -----------------------------------------------------------------------------------------


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
        udir_api.fetch_table(lambda _url: b"<html>", 148, udir_api.Choice("2024-25", "", ""), "x")


def test_a_year_that_the_interface_lacks_gives_no_rows(interfaces, make_client):
    choice = udir_api.Choice("1999-00", "3201", "32")

    assert udir_api.fetch_table(make_client().get, 148, choice, f"{interfaces.base}/eksport") == []


def test_a_cell_that_is_no_number_is_told(repo, vocabulary):
    row = {"EnhetNivaa": 1, "Skoleaarnavn": "2024-25", "Score": "4.1", "AntallBesvart": "10"}
    wanted = [one for one in read_assumptions(repo.register) if one.source == "148"]

    _, _, got = udir_api.to_figures([row | {"SpoersmaalNivaa": 1}], wanted, vocabulary)

    assert got == ["row 1:value: '4.1', expected a number"]


def test_large_tables_are_asked_for_in_parts(interfaces, make_client, monkeypatch):
    monkeypatch.setattr(ssb_api, "MOST_CELLS", 4)
    base = f"{interfaces.base}/ssb"
    table = ssb_api.describe_table(make_client().get, "12919", base)
    chosen = {"Region": ["0", "3201"], "ContentsCode": ["KOSukjent0000"], "Tid": ["2022", "2023"]}
    chosen["Tid"].append("2024")

    got = ssb_api.fetch_cells(make_client().get, table, chosen, base)

    assert len(got) == 6
    assert len([path for path in interfaces.asked if "12919/data" in path]) == 2


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
    made = dataset({"Region": ["0"], "Tid": ["2023", "2024"]})
    made["value"] = [1]

    with pytest.raises(DataError, match="1 values, expected 2"):
        ssb_api.read_json_stat(json.dumps(made).encode(), "x")


# -- real answers ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slices(repo):
    """Find real slices of Statistics Norway's answers, where a checkout has them beside it."""
    folder = repo.root.parent / "shared" / "ssb"
    if not folder.is_dir():
        pytest.skip("real slices lie beside a checkout, in shared/ssb")
    return folder


def test_a_real_slice_with_marks_is_read(slices):
    content = (slices / "13716-slice-with-marks.json").read_bytes()

    got = ssb_api.read_json_stat(content, "13716").set_index(["ContentsCode", "Tid"])

    assert got.loc[("Grunnskolepoeng", "2020"), "value"] == 44.3
    assert got.loc[("Grunnskolepoeng", "2026"), "status"] == "missing"
    assert set(got["said"]) == {""}


def test_a_real_table_of_completion_gives_intervals(slices):
    content = (slices / "14882-slice-country.json").read_bytes()
    table = ssb_api.describe_table(lambda *_, **__: content, "14882", "x")

    got = ssb_figures.periods(table, "", 2025)

    assert got == {f"{year - 6}-{year}": year for year in range(2020, 2026)}
    wanted = [one for one in assumed_of("14882") if one.category == "extended_time"]
    wishes, notes = ssb_figures.plan(table, wanted)
    assert notes == []
    assert wishes[0].codes["FullforingVGO"] == ["1a", "2a"]


def test_real_metadata_of_the_same_software_are_read(slices):
    content = (slices / "scb-pxwebapi2-TAB6471_metadata.json").read_bytes()

    got = ssb_api.describe_table(lambda *_, **__: content, "TAB6471", "x")

    assert got.geo == "Region"  # the service states no role for it
    assert got.updated == "2026-06-08T06:00:00Z"
    assert got.contents.units == {"000007SF": "antal"}
    assert got.dimensions["Kon"].optional
    assert not got.dimensions["Alder"].optional
    assert len(got.notes) >= 4


def test_real_zeros_outside_a_codes_years_are_dropped(
    slices, interfaces, register_only, repo_register, make_client, monkeypatch
):
    path = slices / "12272-vestfold-telemark-2015-2021.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    cells = {(row["region"], row["contents"], row["year"]): row["value"] for row in rows}
    table = interfaces.tables["12272"]
    names = table.dimensions["ContentsCode"][1]
    table.dimensions[statbank.KOSTRA][1].update(
        {row["region"]: row["region_label"] for row in rows}
    )
    table.cell = lambda codes: (
        float(cells.get((codes[statbank.KOSTRA], names[codes["ContentsCode"]], codes["Tid"]), 0)),
        "",
    )
    some = assumed_of("12272")
    monkeypatch.setattr(fetching, "read_assumptions", lambda _folder: some)
    edition = Edition("2021", 2021, "3803", ("38", "0"), ("nb",), dt.date(2022, 6, 1))
    client = make_client(snapshots_of(register_only, 2021))

    got = fetch_edition(
        register_only, repo_register, edition, client=client, bases=Bases.below(interfaces.base)
    )

    series = rows_of(got, "kindergarten_children", level="municipality")
    known = dict(
        zip(series["year"], zip(series["unit"], series["value"], strict=True), strict=True)
    )
    assert known["2020"] == ("3803", "2730")
    assert known["2021"] == ("3803", "2752")
    assert known["2019"] == ("0704", cells["0704", "Barn i barnehage (antall)", "2019"])
    assert "0" not in {value for _, value in known.values()}
