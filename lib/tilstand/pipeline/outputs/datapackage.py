"""Describe the published tables as a Frictionless Data Package, so that programs can read them.

References
----------
Data Package, Tabular Data Resource and Table Schema, version 1: https://specs.frictionlessdata.io/
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

from tilstand.pipeline.basis.digests import file_digest

if TYPE_CHECKING:
    from pathlib import Path

LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}


def datapackage(
    record: dict[str, Any], described: dict[str, dict[str, Any]], html: Path
) -> dict[str, Any]:
    """Describe every table that readers can download.

    Parameters
    ----------
    record : dict
        The build's record; gives edition, language and date.
    described : dict
        Path of the file, relative to ``html``, to the exhibit behind it.
    html : Path
        Folder of the finished pages.

    Returns
    -------
    dict
        The descriptor ``datapackage.json``.
    """
    edition = record["edition"]
    return {
        "profile": "tabular-data-package",
        "name": f"tilstandsboka-{edition['key']}-{edition['language']}",
        "title": f"Tilstandsboka: {edition['name']} {edition['year']}",
        "version": record["library"]["version"],
        "created": f"{edition['date']}T12:00:00Z",
        "licenses": [LICENCE],
        "resources": [_resource(path, exhibit, html) for path, exhibit in described.items()],
    }


def _resource(path: str, exhibit: dict[str, Any], html: Path) -> dict[str, Any]:
    file = html / path
    resource = {
        "profile": "tabular-data-resource",
        "name": re.sub(r"[^a-z0-9._-]", "-", path.rpartition("/")[2].removesuffix(".csv").lower()),
        "path": path,
        "title": exhibit["title"] or exhibit["name"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{file_digest(file)}",
        "schema": {"fields": _fields(exhibit, file), "missingValues": [""]},
    }
    if exhibit["source"]:
        resource["sources"] = [{"title": exhibit["source"]}]
    if exhibit.get("simulated"):
        resource["simulated"] = True
    return resource


def _fields(exhibit: dict[str, Any], file: Path) -> list[dict[str, str]]:
    known = {field["name"]: field for field in exhibit.get("fields", ())}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        headers = next(csv.reader(stream), [])
    # A table that a chapter wrote by itself says nothing of its columns: then they are words.
    fields = (known.get(header, {"name": header, "type": "string"}) for header in headers)
    return [{"name": field["name"], "title": field["name"]} | field for field in fields]
