"""Describe a whole edition as an RO-Crate, so that archives and search engines understand it.

References
----------
RO-Crate Metadata Specification 1.1: https://www.researchobject.org/ro-crate/specification/1.1/
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tilstand import contracts
from tilstand.pipeline.outputs.record import RECORD, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CRATE = "ro-crate-metadata.json"
# RO-Crate 1.1 knows no fingerprints; schema.org does.
CONTEXT = ("https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"})
CONFORMS = "https://w3id.org/ro/crate/1.1"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
AUTHOR = "#tilstandsboka"
# Style sheets and scripts are listed as the one folder that they lie in.
ASSETS = "_static/"
TYPES = {
    ".html": "text/html",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".js": "text/javascript",
    ".json": "application/json",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_crate(folder: Path) -> None:
    """Write ``ro-crate-metadata.json`` into the folder of an edition.

    Parameters
    ----------
    folder : Path
        ``book/site/<edition>``; every language in it has its ``record.json``. Nothing is written
        where none has.
    """
    records = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"[!.]*/{RECORD}"))
    }
    if records:
        draft = folder / f".{CRATE}.draft"
        write_json(draft, crate(records))
        draft.replace(folder / CRATE)


def crate(records: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Describe an edition from the records of its languages.

    Parameters
    ----------
    records : dict
        Language to record; at least one.

    Returns
    -------
    dict
        JSON-LD with a flat ``@graph``. Its dates are the edition's.
    """
    ordered = dict(sorted(records.items(), key=lambda item: contracts.LANGUAGES.index(item[0])))
    first = next(iter(ordered.values()))
    graph: dict[str, dict[str, Any]] = {}
    for entity in _entities(first, ordered):
        graph.setdefault(entity["@id"], entity)
    return {"@context": list(CONTEXT), "@graph": [_compact(entity) for entity in graph.values()]}


def _compact(entity: dict[str, Any]) -> dict[str, Any]:
    """Write a list of one thing as that thing, as the standard recommends."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
    }


def _entities(
    first: dict[str, Any], records: dict[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    edition = first["edition"]
    yield {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CONFORMS},
        "about": {"@id": "./"},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Tilstandsboka: {edition['name']} {edition['year']}",
        "description": f"Barnehage og skole i {edition['name']} {edition['year']}: sider, figurer "
        "og tall. / Kindergartens and schools: pages, figures and numbers.",
        "datePublished": edition["date"],
        "license": {"@id": LICENCE},
        "author": {"@id": AUTHOR},
        "publisher": {"@id": AUTHOR},
        "spatialCoverage": {"@id": f"#municipality-{edition['municipality']}"},
        "temporalCoverage": str(edition["year"]),
        "hasPart": [{"@id": f"{language}/"} for language in records],
        "mentions": [{"@id": f"#build-{language}"} for language in records],
    }
    yield {"@id": AUTHOR, "@type": "Organization", "name": "Tilstandsboka"}
    yield {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0 International",
        "identifier": "CC-BY-4.0",
    }
    yield {
        "@id": f"#municipality-{edition['municipality']}",
        "@type": "Place",
        "name": edition["name"],
        "identifier": edition["municipality"],
    }
    for language, record in records.items():
        yield from _language(language, record)


def _language(language: str, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    files = {name: digest for name, digest in record["files"].items() if ASSETS not in name}
    parts = [f"{language}/{name}" for name in (*files, RECORD)]
    yield {
        "@id": f"{language}/",
        "@type": "Dataset",
        "name": f"{record['edition']['name']} {record['edition']['year']} ({language})",
        "inLanguage": language,
        "hasPart": [{"@id": part} for part in (*parts, f"{language}/{ASSETS}")],
    }
    yield {"@id": f"{language}/{ASSETS}", "@type": "Dataset", "name": "Style sheets and scripts"}
    exhibits = {}
    for one in record["exhibits"]:
        for name in (one["download"], one["workbook"], *one["drawings"]):
            exhibits[name] = one
    for name, digest in files.items():
        yield _file(language, name, digest, exhibits.get(name))
    yield {
        "@id": f"{language}/{RECORD}",
        "@type": "File",
        "name": "Record of the build",
        "encodingFormat": "application/json",
    }
    yield from _making(language, record)


def _file(language: str, name: str, digest: str, exhibit: dict[str, Any] | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@id": f"{language}/{name}",
        "@type": "File",
        "name": name,
        "encodingFormat": TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"),
    }
    if not name.endswith(".html"):  # a page's digest leaves out what it says of other editions
        said["sha256"] = digest
    if exhibit:
        said["name"] = f"{exhibit['label']}: {exhibit['title']}"
        said["isBasedOn"] = [
            {"@id": _place(exhibit["notebook"])},
            *({"@id": _place(data["path"])} for data in exhibit["data"]),
        ]
    return said


def _making(language: str, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    library, around = record["library"], record["environment"]
    yield {
        "@id": f"#build-{language}",
        "@type": "CreateAction",
        "name": f"tilstand build --edition {record['edition']['key']} --language {language}",
        "endTime": record["edition"]["date"],
        "instrument": [{"@id": "#tilstand"}, {"@id": "#python"}],
        "object": [{"@id": _place(one["path"])} for one in record["inputs"]],
        "result": [{"@id": f"{language}/"}],
    }
    yield {
        "@id": "#tilstand",
        "@type": "SoftwareApplication",
        "name": library["name"],
        "softwareVersion": library["version"],
        "identifier": library["commit"] or library["sha256"],
        "sha256": library["sha256"],
    }
    yield {
        "@id": "#python",
        "@type": "SoftwareApplication",
        "name": around["implementation"],
        "softwareVersion": around["python"],
        "operatingSystem": around["system"],
        "softwareRequirements": [f"{n}=={v}" for n, v in around["packages"].items()],
    }
    for one in record["inputs"]:
        # Inputs lie in the repository, not in the crate: they are context, with a fingerprint.
        yield {
            "@id": _place(one["path"]),
            "@type": "CreativeWork",
            "name": one["path"],
            "sha256": one["sha256"],
        }


def _place(name: str) -> str:
    """Name something that does not lie in the crate."""
    return f"#{quote(name)}"
