"""Hold the record, the data package and the crate of every built edition to what lies there."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import frictionless
import pytest

from books import REPO
from tilstand.pipeline.basis.digests import file_digest, own_digest, tree_digests
from tilstand.pipeline.outputs.crate import CRATE
from tilstand.pipeline.outputs.record import RECORD
from tilstand.pipeline.outputs.results import RESULTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def records(site) -> dict[Path, dict]:
    paths = sorted(site.glob(f"*/*/{RECORD}"))
    assert paths
    return {path.parent: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def test_every_edition_and_language_has_a_record(site, records):
    assert set(records) == {path.parent for path in site.glob("*/*/index.html")}


def test_every_file_is_in_the_record_and_is_what_it_says(records):
    for folder, record in records.items():
        assert tree_digests(folder, leave=(RECORD,), digest=own_digest) == record["files"]


def test_every_input_is_what_the_record_says(records):
    here = {name for record in records.values() for name in _inputs(record)}
    got = [name for name, digest in here if file_digest(REPO / name) != digest]
    assert got == []


def _inputs(record: dict) -> set[tuple[str, str]]:
    return {(one["path"], one["sha256"]) for one in record["inputs"] if one["public"]}


def test_every_exhibit_names_a_cell_of_code_and_files_that_are_there(records):
    for folder, record in records.items():
        assert record["exhibits"]
        for one in record["exhibits"]:
            cells = json.loads((REPO / one["notebook"]).read_text(encoding="utf-8"))["cells"]
            assert cells[one["cell"] - 1]["cell_type"] == "code", one
            for name in (one["download"], one["workbook"], *one["drawings"]):
                assert (folder / name).is_file(), name


def test_exhibits_of_documents_name_the_data_files_behind_them(records):
    for folder, record in records.items():
        named = [data["path"] for one in record["exhibits"] for data in one["data"]]
        assert bool(named) == (folder.parent.name != "eksempel")  # whose exhibits are of pupils
        assert all((REPO / path).is_file() for path in set(named))


def test_no_path_of_this_machine_and_no_time_of_day_is_told(records):
    for folder in records:
        for name in (RECORD, "datapackage.json", RESULTS):
            text = (folder / name).read_text(encoding="utf-8")
            assert str(Path.home()) + "/" not in text
            assert str(REPO) not in text
            assert "/tmp/" not in text


def test_frictionless_accepts_every_published_table(records):
    for folder, record in records.items():
        got = frictionless.validate(str(folder / "datapackage.json"))
        assert got.valid, got.flatten(["path", "rowNumber", "fieldName", "message"])
        tables = {one["download"] for one in record["exhibits"]}
        described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        assert {resource["path"] for resource in described["resources"]} == tables


def test_every_file_of_the_crate_is_there(records):
    for edition in {folder.parent for folder in records}:
        crate = json.loads((edition / CRATE).read_text(encoding="utf-8"))
        files = [one["@id"] for one in crate["@graph"] if one["@type"] == "File"]
        assert len(files) > 10
        assert [name for name in files if not (edition / name).is_file()] == []


def test_the_numbers_of_an_edition_are_the_same_in_every_language(records):
    """Labels and the order that follows from them differ by language, the numbers do not."""
    for edition in {folder.parent for folder in records}:
        columns = []
        for folder in sorted(edition.glob("*/")):
            with (folder / RESULTS).open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
            columns.append(Counter((row["page"], row["exhibit"], row["value"]) for row in rows))
        assert columns[0].total() > 20
        assert all(other == columns[0] for other in columns[1:])
