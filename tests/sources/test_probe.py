"""Hold the table of assumptions against interfaces that have changed."""

from __future__ import annotations

import httpx
import pytest

import report_pages
from interfaces import serve
from tilstand.errors import DataError
from tilstand.sources.client import Client
from tilstand.sources.open_sources import COLUMNS, Bases, read_assumptions
from tilstand.sources.probe import probe_sources
from tilstand.sources.snapshots import Snapshots


@pytest.fixture
def interfaces():
    with serve() as made:
        yield made


@pytest.fixture
def probe(interfaces, repo, tmp_path):
    def probing() -> list[str]:
        with httpx.Client() as http:
            client = Client(Snapshots(tmp_path / "kept"), http, calls_a_minute=10_000)
            return probe_sources(repo.register, Bases.below(interfaces.base), client=client)[0]

    return probing


def test_nothing_differs_where_all_is_as_assumed(probe, interfaces):
    assert probe() == []


def test_each_source_is_called_once(probe, interfaces):
    probe()

    assert len(interfaces.asked) == len(set(interfaces.asked))
    assert len([path for path in interfaces.asked if "/ssb/" in path]) == len(interfaces.tables)
    assert not [path for path in interfaces.asked if "/ssb/" in path and "/data" in path]


def test_three_labels_an_endpoint_and_a_field_are_told_and_nothing_else(probe, interfaces):
    kindergartens = interfaces.tables["13502"].dimensions["ContentsCode"][1]
    kindergartens["KOSandel150000"] = "Andel barn i alt (prosent)"
    schools = interfaces.tables["12255"].dimensions["ContentsCode"][1]
    schools["KOSregnind20000"] = "Brutto driftsutgifter (kr)"
    interfaces.tables["13716"].dimensions["ContentsCode"][1]["Grunnskolepoeng"] = "Elever"
    title, _, file = interfaces.pages.pages["GSK_GSPoeng"]
    interfaces.pages.pages["GSK_GSPoeng"] = (title, "ResultatG/2/7", file)
    interfaces.survey_fields["151"] = "Deltakelse"

    got = probe()

    assert len(got) == 5
    said = [line.split(": ", 1)[1] for line in got]
    assert said[0].startswith("udir GSK_GSPoeng ResultatG/1/1: endpoint 'ResultatG/2/7', expected")
    assert said[1].startswith("eksport 151 AndelDeltatt: field 'none', expected")
    assert "Deltakelse" in said[1]
    assert said[2].startswith("ssb 13502 KOSandel150000: label 'Andel barn i alt (prosent)'")
    assert said[3].startswith("ssb 12255 KOSregnind20000: label 'Brutto driftsutgifter (kr)'")
    assert said[4].startswith("ssb 13716 Grunnskolepoeng: label 'Elever', expected")
    assert all(line.startswith("data/register/open-sources.csv:") for line in got)


def test_a_lost_table_a_lost_page_and_a_new_code_are_told(probe, interfaces):
    del interfaces.tables["12919"]
    del interfaces.pages.pages["GSK_fravaer"]
    kindergartens = interfaces.tables["13502"].dimensions["ContentsCode"][1]
    kindergartens["KOSny"] = kindergartens.pop("KOSutg020000")

    got = probe()

    assert len(got) == 3
    assert "GSK_fravaer: " in got[0]
    assert "answered 404 'Siden finnes ikke'" in got[0]
    assert "ssb 13502 KOSutg020000: content code 'KOSny'" in got[1]
    assert "answered 404 'Non-existent table'" in got[2]


def test_a_renamed_field_of_a_register_is_told_for_each_register(probe, interfaces):
    interfaces.register_field = "Orgnr"

    got = probe()

    assert [line.split(": ")[1] for line in got] == [
        "nsr enheter Organisasjonsnummer",
        "nbr enheter Organisasjonsnummer",
    ]


def test_the_command_tells_and_stores_nothing(interfaces, project_copy, tilstand, monkeypatch):
    for name in ("udir", "eksport", "ssb", "klass", "nsr", "nbr", "barnehagefakta"):
        monkeypatch.setenv(f"TILSTAND_{name.upper()}", f"{interfaces.base}/{name}")
    monkeypatch.setenv("TILSTAND_CALLS_A_MINUTE", "10000")

    well = tilstand("fetch", "--probe", project=project_copy)
    interfaces.survey_fields["148"] = "Poeng"
    badly = tilstand("fetch", "--probe", project=project_copy)

    assert (well.code, badly.code) == (0, 1)
    assert well.out[-1].endswith("assumptions of data/register/open-sources.csv hold")
    assert [line for line in badly.err if "eksport 148 Score: field 'none'" in line]
    assert not project_copy.open.exists()


def write(folder, **changes) -> None:
    row = dict.fromkeys(COLUMNS, "") | {"service": "ssb", "kind": "content", "sure": "page"}
    lines = [",".join(COLUMNS), ",".join((row | changes).values())]
    (folder / "open-sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "exp"),
    [
        ({"service": "scb"}, "open-sources.csv:2:service: 'scb', expected one of udir"),
        ({"kind": "felt"}, "open-sources.csv:2:kind: 'felt', expected one of page"),
        ({"sure": "yes"}, "open-sources.csv:2:sure: 'yes', expected one of answer"),
        ({"label": "(elev"}, "open-sources.csv:2:label: '(elev', expected a pattern"),
    ],
)
def test_a_line_of_the_table_that_cannot_be_is_told(tmp_path, changes, exp):
    write(tmp_path, **changes)

    with pytest.raises(DataError) as stop:
        read_assumptions(tmp_path)
    assert exp in stop.value.lines[0]


def test_every_assumption_says_how_sure_it_is_and_from_where(repo):
    for one in read_assumptions(repo.register):
        assert one.known_from, one.where
        assert one.kind != "content" or one.label, one.where


def test_every_content_fills_an_indicator_and_every_page_a_kind_of_export(repo, repo_register):
    forms = {"", *(form for form in _forms(repo))}
    for one in read_assumptions(repo.register):
        if one.kind == "content":
            assert one.fills in repo_register.indicators, one.where
        if one.kind in ("page", "search"):
            assert one.fills in forms, one.where


def _forms(repo) -> set[str]:
    lines = (repo.register / "exports" / "forms.csv").read_text(encoding="utf-8").splitlines()
    return {line.split(",")[0] for line in lines[1:]}


def test_pages_are_the_ones_that_the_server_of_the_tests_has(repo):
    known = {one.source for one in read_assumptions(repo.register, "udir") if one.kind == "page"}
    assert known <= set(report_pages.PAGES)
