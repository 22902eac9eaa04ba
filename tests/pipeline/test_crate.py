"""Describe an edition as an RO-Crate 1.1."""

import json

import pytest

from tilstand.pipeline.outputs.crate import CRATE, crate, write_crate

EXHIBIT = {
    "label": "Figur 1",
    "title": "Tittel",
    "notebook": "notebooks/elevtall.ipynb",
    "data": [{"path": "data/published/figures.csv", "rows": 2}],
    "download": "data/elevtall-a.csv",
    "workbook": "data/elevtall-a.xlsx",
    "drawings": ["figures/elevtall-a.svg"],
}


def record(language: str) -> dict:
    files = ("index.html", "_static/a.css", "data/elevtall-a.csv", "figures/elevtall-a.svg")
    return {
        "edition": {
            "key": "2020",
            "year": 2020,
            "language": language,
            "name": "Eksempel",
            "municipality": "9201",
            "date": "2021-06-01",
        },
        "library": {"name": "tilstand", "version": "1", "commit": "", "sha256": "f"},
        "environment": {
            "implementation": "CPython",
            "python": "3.11.1",
            "system": "Linux",
            "packages": {"numpy": "2"},
        },
        "inputs": [
            {"path": "data/published/figures.csv", "sha256": "a"},
            {"path": "notebooks/elevtall.ipynb", "sha256": "b"},
            {"path": "pupil file (not public)", "sha256": "c"},
        ],
        "exhibits": [EXHIBIT],
        "files": dict.fromkeys(files, "0"),
    }


@pytest.fixture
def graph():
    return crate({"en": record("en"), "nb": record("nb")})["@graph"]


def by_id(graph) -> dict[str, dict]:
    return {entity["@id"]: entity for entity in graph}


def references(value) -> set[str]:
    if isinstance(value, dict) and set(value) == {"@id"}:
        return {value["@id"]}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return set().union(*(references(part) for part in parts))


def test_the_descriptor_says_which_standard_it_follows(graph):
    got = by_id(graph)[CRATE]
    assert got["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert got["about"] == {"@id": "./"}


def test_the_root_has_all_that_the_standard_asks_for(graph):
    got = by_id(graph)["./"]
    assert got["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= set(got)


def test_no_two_entities_have_one_name(graph):
    assert len(by_id(graph)) == len(graph)


def test_every_reference_leads_to_an_entity(graph):
    outside = {"https://w3id.org/ro/crate/1.1"}
    got = set().union(*(references(list(entity.values())) for entity in graph))
    assert got - outside <= set(by_id(graph))


def test_every_file_is_part_of_the_crate(graph):
    known = by_id(graph)
    parts = {p["@id"] for one in known["./"]["hasPart"] for p in known[one["@id"]]["hasPart"]}
    assert {entity["@id"] for entity in graph if entity["@type"] == "File"} <= parts


def test_what_the_standard_has_no_word_for_is_defined_in_the_crate():
    standard, own = crate({"nb": record("nb")})["@context"]
    assert standard == "https://w3id.org/ro/crate/1.1/context"
    assert own == {"sha256": "https://schema.org/sha256"}


def test_every_file_says_what_kind_it_is(graph):
    kinds = {
        entity["@id"].rpartition(".")[2]: entity["encodingFormat"]
        for entity in graph
        if entity["@type"] == "File"
    }
    exp = {
        "html": "text/html",
        "csv": "text/csv",
        "svg": "image/svg+xml",
        "json": "application/json",
    }
    assert kinds == exp


def test_a_list_of_one_is_written_as_that_one(graph):
    got = [
        (entity["@id"], name)
        for entity in graph
        for name, value in entity.items()
        if isinstance(value, list) and len(value) < 2
    ]
    assert got == []


def test_a_drawing_names_its_notebook_and_its_data(graph):
    got = references(by_id(graph)["nb/figures/elevtall-a.svg"]["isBasedOn"])
    assert got == {"#notebooks/elevtall.ipynb", "#data/published/figures.csv"}


def test_it_is_written_beside_the_languages_that_are_there(tmp_path):
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "record.json").write_text(json.dumps(record("nb")), encoding="utf-8")
    write_crate(tmp_path)
    got = by_id(json.loads((tmp_path / CRATE).read_text(encoding="utf-8"))["@graph"])
    assert got["./"]["hasPart"] == {"@id": "nb/"}


def test_without_a_record_nothing_is_written(tmp_path):
    write_crate(tmp_path)
    assert list(tmp_path.iterdir()) == []
