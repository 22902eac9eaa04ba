"""Hold a municipality against its KOSTRA group: who is in it, and what they have together."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest

from tilstand.edition import Edition
from tilstand.errors import DataError
from tilstand.sources import fetch as fetching_room
from tilstand.sources import klass
from tilstand.sources.fetch import fetch_edition, snapshots_of
from tilstand.sources.kostra import Group, group_of, group_rows, lacking_line, named
from tilstand.sources.open_sources import BASES, Bases, read_assumptions

TOWNS = ("3201", "3203", "3205", "3207", "3301", "3101")
GROUPS = pd.DataFrame({"code": [*TOWNS, "0301"], "group": ["EKG13"] * 6 + ["EKG12"]})


def edition(*comparators: str) -> Edition:
    return Edition("2025", 2025, "3201", comparators, ("nb",), dt.date(2026, 6, 1))


def figures_of(register, codes=(*TOWNS, "0301", "4601")):
    """Give two tests in two years to the towns of the group and to two beside."""
    rows = [
        {
            "indicator": "np_scale_points",
            "level": "municipality",
            "place": str(register.unit(code, 2025)["place"]),
            "unit": code,
            "grade": "5",
            "gender": "",
            "category": "",
            "subject": subject,
            "year": year,
            "value": 46.0 + number + (subject == "reading"),
            "n": 40.0 * (number + 1),
            "margin": 1.0,
            "status": "ok",
            "source": "udir",
            "section": f"{year}.{subject}",
            "mark": "",
        }
        for number, code in enumerate(codes)
        for subject in ("reading", "numeracy")
        for year in (2024, 2025)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("asked", [("county",), ("like", "0")])
def test_no_group_unless_the_edition_asks(asked, repo_register):
    assert group_of(repo_register, GROUPS, edition(*asked)) is None


def test_ours_is_among_the_members(repo_register):
    got = group_of(repo_register, GROUPS, edition("kostra"))
    assert got.code == "EKG13"
    assert [repo_register.name(place, 2025, "nb") for place in got.members][:2] == [
        "Bærum",
        "Asker",
    ]
    assert len(got.members) == len(TOWNS)


def test_an_unknown_group_is_none(repo_register):
    assert group_of(repo_register, GROUPS.assign(group="EKG99"), edition("kostra")) is None


def test_the_comparator_takes_the_name_of_the_group(repo_register):
    register = named(repo_register, Group("EKG13", ()))
    place = register.unit("kostra", 2025)["place"]
    assert place == register.unit("EKG13", 2025)["place"]
    assert register.name(place, 2025, "nb") == "KOSTRA-gruppe 13"


def test_members_are_averaged_by_pupils_and_others_are_not(repo_register):
    group = group_of(repo_register, GROUPS, edition("kostra"))
    rows = figures_of(repo_register)
    got = group_rows(rows, named(repo_register, group), group)
    mine = rows[rows["place"].isin(group.members)]
    mine = mine[(mine["subject"] == "reading") & (mine["year"] == 2025)]
    exp = (mine["value"] * mine["n"]).sum() / mine["n"].sum()
    one = got[(got["subject"] == "reading") & (got["year"] == 2025)].iloc[0]
    assert one["value"] == pytest.approx(exp, abs=0.005)
    assert (one["level"], one["unit"], one["mark"]) == ("group", "kostra", "inferred")


def test_too_few_members_are_no_group(repo_register):
    group = group_of(repo_register, GROUPS, edition("kostra"))
    few = figures_of(repo_register)
    few = few[~few["place"].isin(group.members[:2])]
    assert group_rows(few, named(repo_register, group), group).empty


def test_what_statistics_norway_says_of_the_group_stands(repo_register):
    group = group_of(repo_register, GROUPS, edition("kostra"))
    register, rows = named(repo_register, group), figures_of(repo_register)
    theirs = rows[rows["place"] == group.members[0]].assign(
        place="kostra-gruppe-13", level="group", unit="EKG13"
    )
    reading = theirs[theirs["subject"] == "reading"]
    got = group_rows(pd.concat([rows, reading], ignore_index=True), register, group)
    assert set(got["subject"]) == {"numeracy"}


def test_one_line_says_what_is_lacking():
    (got,) = lacking_line(edition("kostra"), None)
    assert "data/editions/2025.toml:comparators: 'kostra' is left out" in got
    assert "tilstand fetch --edition 2025" in got
    assert lacking_line(edition("kostra"), Group("EKG13", ())) == []
    assert lacking_line(edition("county"), None) == []


def test_the_call_is_the_correspondence_of_the_year():
    items = [{"sourceCode": "3201", "targetCode": "EKG13"}]
    items += [{"sourceCode": "9999", "targetCode": "EKG99"}]
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        return json.dumps({"correspondenceItems": items}).encode()

    assert klass.kostra_groups(get, 2025, BASES["klass"]) == {"3201": "EKG13"}
    assert asked == [
        (
            "https://data.ssb.no/api/klass/v1/classifications/131/correspondsAt.json"
            "?targetClassificationId=112&date=2025-10-01"
        )
    ]


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"correspondenceItems": [1]}', b"{}"])
def test_another_answer_is_told(content):
    with pytest.raises(DataError, match="expected correspondenceItems"):
        klass.kostra_groups(lambda _url: content, 2025, "x")


def test_tables_are_asked_for_the_group(
    interfaces, register_only, repo_register, make_client, monkeypatch
):
    every = [one for one in read_assumptions(register_only.register) if one.source == "13502"]
    monkeypatch.setattr(fetching_room, "read_assumptions", lambda _folder: every)
    asking = dataclasses.replace(edition("kostra"), name="2024", year=2024)
    client = make_client(snapshots_of(register_only, "2024"))
    bases = Bases.below(interfaces.base)
    got = fetch_edition(register_only, repo_register, asking, client=client, bases=bases)
    assert got.faults == []
    assert got.groups["3201"] == "EKG11"
    assert ["group", "EKG11"] in got.figures[["level", "unit"]].values.tolist()
