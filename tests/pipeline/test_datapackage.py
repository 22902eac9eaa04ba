"""Describe the published tables for programs, in words that Frictionless itself accepts."""

import json

import frictionless
import pandas as pd
import pytest

from tilstand.pipeline.outputs.datapackage import datapackage
from tilstand.report.page.tables import Column, Table

RECORD = {
    "edition": {
        "key": "2020",
        "year": 2020,
        "language": "nb",
        "name": "Eksempel",
        "date": "2021-06-01",
    },
    "library": {"version": "1"},
}
TABLE = Table(
    pd.DataFrame({"place": ["Bærum", "landet"], "year": ["2019", "2020"], "value": [1.5, None]}),
    [Column("place", "Sted"), Column("year", "År"), Column("value", "Andel, prosent", 1)],
    "Tabell",
)


@pytest.fixture
def described(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "side-t.csv").write_text(TABLE.csv(), encoding="utf-8-sig")
    exhibit = {"name": "t", "title": "Tittel", "source": "Kilde", "fields": TABLE.fields()}
    return datapackage(RECORD, {"data/side-t.csv": exhibit}, tmp_path)


def test_columns_have_type_title_and_unit(described):
    (resource,) = described["resources"]
    got = {
        field["name"]: (field["type"], field.get("unit")) for field in resource["schema"]["fields"]
    }
    exp = {"Sted": ("string", None), "År": ("year", None), "Andel, prosent": ("number", "prosent")}
    assert got == exp


def test_every_field_is_titled(described):
    (resource,) = described["resources"]
    assert all(field["title"] for field in resource["schema"]["fields"])


def test_frictionless_accepts_the_package_and_every_row(described, tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text(json.dumps(described), encoding="utf-8")
    got = frictionless.validate(str(path))
    assert got.valid, got.flatten(["message"])


def test_frictionless_sees_a_changed_file(described, tmp_path):
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    table = tmp_path / "data" / "side-t.csv"
    table.write_text(TABLE.csv().replace("1.5", "halv"), encoding="utf-8-sig")
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid
