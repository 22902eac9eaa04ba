"""Fetch an edition's data from interfaces of the documented form, traps included."""

from __future__ import annotations

import datetime as dt
import json
import math

import httpx
import pytest

import report_pages
from interfaces import serve
from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources import fetch as fetching
from tilstand.sources import ssb_api, udir_api
from tilstand.sources.client import Client, FetchError, plain_answer
from tilstand.sources.fetch import Fetched, fetch_edition, snapshots_of
from tilstand.sources.open_sources import Bases, read_assumptions
from tilstand.sources.snapshots import SnapshotError, Snapshots

EDITION = Edition("2024", 2024, "3201", ("32", "0"), ("nb",), dt.date(2025, 6, 1))
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def interfaces():
    with serve() as made:
        yield made


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


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("nine")
    return report_pages.nine(folder, "Akershus", "Bærum", ("32", "3201"))


@pytest.fixture
def fetch(interfaces, register_only, repo_register, make_client, files, monkeypatch):
    interfaces.pages.files = files

    def fetch_once(*sources: str, **changes) -> Fetched:
        """Fetch all, or what stands of some sources in the table: a page, a table, a service."""
        if sources:
            every = read_assumptions(register_only.register)
            some = [one for one in every if {one.source, one.service, one.fills} & set(sources)]
            monkeypatch.setattr(fetching, "read_assumptions", lambda _folder: some)
        client = make_client(snapshots_of(register_only, EDITION.year), **changes)
        bases = Bases.below(interfaces.base)
        return fetch_edition(register_only, repo_register, EDITION, client=client, bases=bases)

    return fetch_once


# -- the whole round -----------------------------------------------------------------------------


def test_second_run_makes_no_call(fetch, interfaces):
    first = fetch()
    asked = len(interfaces.asked)

    second = fetch()

    assert first.calls == asked > 0
    assert (second.calls, len(interfaces.asked)) == (0, asked)
    assert second.figures.equals(first.figures)


def test_nothing_of_the_whole_round_is_faulty(fetch):
    assert fetch().faults == []


@pytest.mark.parametrize("status", [429, 500])
def test_a_cut_run_goes_on_where_it_stopped(status, fetch, interfaces):
    interfaces.failures["/eksport/150/data"] = [(status, "")] * 4

    with pytest.raises(FetchError) as stop:
        fetch("150", "148")
    answered = {path for path in interfaces.asked if "/eksport/150/data" not in path}
    interfaces.asked.clear()
    interfaces.failures.clear()
    fetch("150", "148")

    assert f"answered {status} 'status {status}'" in stop.value.lines[0]
    assert f"{len(answered)} answers are stored" in stop.value.lines[0]
    assert answered.isdisjoint(interfaces.asked)
    assert fetch("150", "148").calls == 0


def test_a_run_that_is_killed_between_two_calls_loses_no_answer(fetch, interfaces):
    class Killed(BaseException):
        pass

    def kill(*_words):
        raise Killed

    interfaces.failures["13502/data"] = [(503, "")]
    with pytest.raises(Killed):
        fetch("13502", "12272", sleep=kill)
    got = fetch("13502", "12272")

    others = [path for path in interfaces.asked if "13502/data" not in path]
    assert len(others) == len(set(others))
    assert "kindergarten_coverage" in set(got.figures["indicator"])


def test_no_call_before_june_and_one_round_after(fetch, interfaces):
    first = fetch(
        "13502", "07459", "nsr", "GSK_GSPoeng", now=lambda: dt.datetime(2025, 3, 20, tzinfo=dt.UTC)
    )
    before = fetch(
        "13502", "07459", "nsr", "GSK_GSPoeng", now=lambda: dt.datetime(2025, 6, 14, tzinfo=dt.UTC)
    )
    interfaces.asked.clear()
    on_the_day = fetch(
        "13502", "07459", "nsr", "GSK_GSPoeng", now=lambda: dt.datetime(2025, 6, 15, tzinfo=dt.UTC)
    )
    again = set(interfaces.asked)
    after = fetch(
        "13502", "07459", "nsr", "GSK_GSPoeng", now=lambda: dt.datetime(2025, 6, 16, tzinfo=dt.UTC)
    )

    assert (before.calls, after.calls) == (0, 0)
    assert 0 < on_the_day.calls < first.calls
    assert any("13502/metadata" in path for path in again)
    assert any("13502/data" in path for path in again)
    assert not [path for path in again if "07459" in path or "/nsr/" in path]


def test_march_figures_are_provisional_and_june_figures_final(fetch, interfaces):
    def states(fetched: Fetched) -> set[str]:
        rows = fetched.figures[fetched.figures["indicator"] == "kindergarten_coverage"]
        return set(rows.loc[rows["year"] == "2024", "status"])

    interfaces.tables["13502"].updated = "2025-03-15T08:00:00Z"
    march = fetch("13502", now=lambda: dt.datetime(2025, 3, 20, tzinfo=dt.UTC))
    interfaces.tables["13502"].updated = "2025-06-15T08:00:00Z"
    june = fetch("13502", now=lambda: dt.datetime(2025, 6, 15, tzinfo=dt.UTC))

    assert (states(march), states(june)) == ({"provisional"}, {"ok"})
    older = march.figures[march.figures["year"] == "2020"]
    assert "provisional" not in set(older["status"])


def test_a_moved_page_costs_that_page_alone(fetch, interfaces):
    del interfaces.pages.pages["GSK_GSPoeng"]

    got = fetch("GSK_GSPoeng", "13502")

    assert len(got.faults) == 1
    assert "GSK_GSPoeng: answered 404 'Siden finnes ikke'" in got.faults[0]
    assert "export the table by hand" in got.faults[0]
    assert "put the file into data/open/2024/" in got.faults[0]
    assert "kindergarten_coverage" in set(got.figures["indicator"])


def test_what_was_refused_is_asked_for_again(fetch, interfaces):
    page = interfaces.pages.pages.pop("GSK_GSPoeng")
    fetch("GSK_GSPoeng")
    interfaces.pages.pages["GSK_GSPoeng"] = page

    got = fetch("GSK_GSPoeng")

    assert got.faults == []
    assert got.calls == 3


def test_an_endpoint_with_a_new_version_is_followed(fetch, interfaces):
    title, endpoint, file = interfaces.pages.pages["GSK_Elev_Skol"]
    interfaces.pages.pages["GSK_Elev_Skol"] = (title, endpoint.replace("1/8", "1/9"), file)

    assert fetch("GSK_Elev_Skol").faults == []
    assert [path for path in interfaces.asked if "/GSI/1/9/data.csv" in path]


def test_an_endpoint_at_another_host_is_never_called(fetch, interfaces):
    title, _, file = interfaces.pages.pages["GSK_GSPoeng"]
    interfaces.pages.pages["GSK_GSPoeng"] = (title, "https://other.example/x", file)

    got = fetch("GSK_GSPoeng")

    assert "an endpoint at another host" in got.faults[0]


def test_units_of_a_page_are_found_by_index_and_not_by_place(fetch, interfaces):
    fetch("udir")

    paths = {
        path.split("radSti=")[1].split("&")[0] for path in interfaces.asked if "radSti" in path
    }
    assert paths == {"-12.9032.9301.*", "-12.*.*.*", "-1.*"}


def test_every_filter_of_a_page_is_stated(fetch, interfaces):
    fetch("GSK_Elev_Skol")

    exports = [path for path in interfaces.asked if "GSI/1/8/data.csv" in path]
    assert len(exports) == 2
    assert all("KjoennID(-10)" in path and "TidID(" in path for path in exports)
    assert [path for path in exports if "KommunalitetID(-10_8)" in path]
    assert all("," not in path for path in exports)


def test_a_page_without_a_known_code_is_found_by_its_title(fetch, interfaces):
    got = fetch("")

    assert [path for path in interfaces.asked if "LaerertetthetG/2/3/data.csv" in path]
    assert [note for note in got.notes if "no report page that fits 'skolebidrag'" in note]
    assert not [path for path in interfaces.asked if "OvergangerV" in path]


def test_only_totals_of_gender_and_ownership_are_asked_for(fetch, interfaces):
    got = fetch("eksport").figures

    data = [path for path in interfaces.asked if "/eksport/" in path and "/data?" in path]
    assert all("KjoennID(-10)_EierformID(-10)" in path for path in data)
    assert not got.duplicated(
        ["year", "indicator", "unit", "grade", "gender", "subject", "category"]
    ).any()


def test_no_page_is_asked_for_beyond_the_last(fetch, interfaces):
    fetch("148")

    pages = [path for path in interfaces.asked if "/eksport/148/data?" in path and "202412" in path]
    # 5 units x 2 grades x 10 themes, 40 rows a page
    assert len(pages) == 3


def test_units_are_the_country_the_county_the_municipality_and_its_schools(fetch):
    rows = fetch("148").figures
    rows = rows[(rows["source"] == "udir-elevundersokelsen-apne-2024") & (rows["year"] == "2024")]
    got = rows.drop_duplicates("unit")[["level", "unit", "name"]].values.tolist()

    assert sorted(got) == [
        ["county", "32", "Akershus"],
        ["municipality", "3201", "Bærum"],
        ["nation", "0", "Hele landet"],
        ["school", "100000016", "Ålvik skole"],
        ["school", "100000024", "Ørret skole"],
    ]


def test_earlier_years_of_the_survey_are_without_schools(fetch):
    rows = fetch("148").figures
    rows = rows[(rows["source"] == "udir-elevundersokelsen-apne-2024") & (rows["year"] == "2023")]

    assert set(rows["level"]) == {"nation"}  # the server has no other code of the town


def test_text_numbers_become_numbers(fetch):
    rows = fetch("150", "151").figures
    rows = rows[(rows["unit"] == "3201") & (rows["grade"] == "7") & (rows["category"] == "")]
    survey = rows[rows["source"] == "udir-elevundersokelsen-apne-2024"]

    got = survey[["indicator", "value", "n", "status"]].values.tolist()
    assert got == [
        ["bullied_share", "4.1", "5943", "ok"],
        ["pupil_survey_participation_share", "4.1", "7000", "ok"],
        ["pupil_survey_responses", "5943", "", "ok"],
    ]


def test_answers_are_kept_apart(fetch):
    rows = fetch("149").figures
    rows = rows[(rows["indicator"] == "pupil_survey_answer_share") & (rows["unit"] == "3201")]

    got = set(rows["category"])
    assert {"survey_wellbeing/answer_1", "survey_wellbeing/answer_5"} <= got
    assert fetch("149").labels["answer_5"] == "Helt enig"


def test_themes_are_called_as_in_manual_exports(fetch):
    rows = fetch("148").figures
    rows = rows[(rows["indicator"] == "pupil_survey_score") & (rows["unit"] == "3201")]

    assert {"survey_wellbeing", "survey_motivation", "survey_rules"} <= set(rows["category"])


def test_stars_are_suppressed(fetch):
    survey = fetch("150", "151").figures
    got = survey[survey["unit"] == "100000024"][["value", "n", "status"]].drop_duplicates()

    assert got.values.tolist() == [["", "", "suppressed"]]


def test_a_renamed_field_is_told_and_the_rest_stands(fetch, interfaces):
    interfaces.survey_fields["151"] = "Deltakelse"

    got = fetch("150", "151")

    assert len(got.faults) == 2  # of two autumns
    assert "no field AndelDeltatt in table 151 (data/register/open-sources.csv:" in got.faults[0]
    assert "bullied_share" in set(got.figures["indicator"])


# -- Statistics Norway ---------------------------------------------------------------------------


def rows_of(fetched: Fetched, indicator: str, **where: str):
    rows = fetched.figures[fetched.figures["indicator"] == indicator]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows


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


# -- registers -----------------------------------------------------------------------------------


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


# -- calls ---------------------------------------------------------------------------------------


def test_a_comma_between_values_is_refused_in_the_interfaces_own_words(interfaces, make_client):
    url = f"{interfaces.base}/eksport/148/data?filter=TidID(202412)_TrinnID(6,9)"

    with pytest.raises(FetchError, match="answered 400 'Feil format på filtrene!'"):
        make_client().get(url)


def test_a_refused_call_is_not_tried_again(interfaces, make_client):
    with pytest.raises(FetchError):
        make_client().get(f"{interfaces.base}/eksport/148/data?filter=x")

    assert len(interfaces.asked) == 1


def test_a_busy_server_is_waited_for_as_long_as_it_says(interfaces, make_client, pace):
    interfaces.failures["filterVerdier"] = [(429, "17")]

    make_client().get(f"{interfaces.base}/eksport/148/filterVerdier")

    assert pace.slept == [17]


def test_a_broken_server_is_waited_for_longer_each_time(interfaces, make_client, pace):
    interfaces.failures["filterVerdier"] = [(500, ""), (502, ""), (503, "")]

    make_client().get(f"{interfaces.base}/eksport/148/filterVerdier")

    assert pace.slept == [2, 4, 8]


def test_no_server_is_told_after_all_tries(make_client):
    with pytest.raises(FetchError, match=r"no answer \(ConnectError\), 2 times"):
        make_client(tries=2).get("http://127.0.0.1:1/nothing")


def test_no_more_calls_a_minute_than_allowed(interfaces, make_client, pace):
    client = make_client(calls_a_minute=30)
    for number in range(61):
        client.get(f"{interfaces.base}/eksport/148/filterVerdier?{number}")

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

    with pytest.raises(SnapshotError, match="not the file that was fetched"):
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


def dataset(codes: dict[str, list[str]]) -> dict:
    dimension = {name: {"category": {"index": values}} for name, values in codes.items()}
    return {"class": "dataset", "id": list(codes), "dimension": dimension}


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
