"""Fetch an edition's data from interfaces of the documented form: rounds, calls, snapshots."""

from __future__ import annotations

import datetime as dt

import pytest

from tilstand.sources.client import FetchError
from tilstand.sources.fetch import Fetched
from tilstand.sources.snapshots import SnapshotError, Snapshots

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


# -- the whole round -------------------------------------------------------------------------------


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


# -- calls -----------------------------------------------------------------------------------------


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


# -- snapshots -------------------------------------------------------------------------------------


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
