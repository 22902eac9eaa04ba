"""Serve small open interfaces on this machine, in the documented forms and with their traps."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from math import prod
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 3
YEARS = [{"id": 202412, "kode": "202412", "navn": "2024-25"}]
GRADES = [{"id": 6, "kode": "7", "navn": "7. trinn"}, {"id": 9, "kode": "10", "navn": "10. trinn"}]
# A municipality's schools are told by their place in this list, not by their id.
UNITS = [
    {"id": -12, "kode": "I", "nivaa": 1, "navn": "Hele landet"},
    {"id": -32, "kode": "32", "nivaa": 2, "navn": "Akershus"},
    {"id": -76, "kode": "3201", "nivaa": 3, "navn": "Bærum", "barn": [4, 5]},
    {"id": -77, "kode": "3203", "nivaa": 3, "navn": "Asker", "barn": []},
    {"id": 6001, "kode": "100000016", "nivaa": 4, "navn": "Ålvik skole "},
    {"id": 6002, "kode": "100000024", "nivaa": 4, "navn": "Ørret skole"},
]
GENDERS = [{"id": -10, "kode": "A"}, {"id": 1, "kode": "G"}, {"id": 2, "kode": "J"}]
OWNERS = [{"id": -10, "kode": "-10"}, {"id": 8, "kode": "8"}]
PLACES = {"0301": "Oslo", "3201": "Bærum", "3203": "Nye Asker", "9898": "Ålvik", "9999": "Uoppgitt"}
QUESTIONS = [("EUIndeks_1379", "Trivsel"), ("EUIndeks_1398", "Mobbing på skolen")]
FILTERS = {
    "TidID": YEARS,
    "EnhetID": UNITS,
    "TrinnID": GRADES,
    "KjoennID": GENDERS,
    "EierformID": OWNERS,
}
LEVEL = {1: "I", 2: "32", 3: "3201"}


def survey_rows(table: str, chosen: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Give every combination of the chosen values; a filter left out means all it has."""
    lists = [
        [item for item in values if item["id"] in chosen.get(name, [i["id"] for i in values])]
        for name, values in FILTERS.items()
    ]
    return [
        _survey_row(table, year, unit, grade, gender, owner, question)
        for year, unit, grade, gender, owner in product(*lists)
        for question in QUESTIONS
    ]


def _survey_row(table, year, unit, grade, gender, owner, question) -> dict[str, Any]:
    value = {"148": "Score", "149": "Score", "150": "AndelMobbet", "151": "Deltakelse"}[table]
    hidden = unit["id"] == 6002
    return {
        "Spoersmaalkode": f"{question[0]}_{table}",
        "Spoersmaalnavn": question[1],
        "Skoleaarnavn": year["navn"],
        "EnhetNivaa": unit["nivaa"],
        "Fylkekode": "32",
        "Kommunekode": "3201",
        "Organisasjonsnummer": unit["kode"],
        "EnhetNavn": unit["navn"],
        "TrinnKode": grade["kode"],
        "EierformNavn": "Alle eierformer" if owner["id"] == -10 else "Offentlig",
        "KjoennKode": gender["kode"],
        value: "*" if hidden else "4,1",
        "AntallBesvart": "*" if hidden else " 5 943",
    }


DIMENSIONS = {
    "Region": ["0", "0219", "3024", "3201", "9999"],
    "ContentsCode": ["Mean", "Pupils"],
    "Tid": ["2023", "2024", "2025"],
}


def dataset(codes: dict[str, list[str]], status: dict[str, str] | None = None) -> dict[str, Any]:
    """Write a json-stat2 dataset whose values count the cells."""
    size = [len(values) for values in codes.values()]
    marks = status or {}
    return {
        "class": "dataset",
        "version": "2.0",
        "id": list(codes),
        "size": size,
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "dimension": {
            name: {"category": {"index": {code: place for place, code in enumerate(values)}}}
            for name, values in codes.items()
        },
        "value": [None if str(place) in marks else place for place in range(prod(size))],
        "status": marks,
    }


@dataclass
class Interfaces:
    """Hold what was asked, and what is to go wrong.

    Parameters
    ----------
    base : str
        Address of the server.
    asked : list of str
        Every call, in order.
    failures : dict
        Answers to give instead, by a piece of the call: (status, Retry-After) each used once.
    """

    base: str = ""
    asked: list[str] = field(default_factory=list)
    failures: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def answer(self, path: str) -> tuple[int, dict[str, str], Any]:
        """Answer a call as the documented interfaces do."""
        self.asked.append(path)
        for piece, answers in self.failures.items():
            if piece in path and answers:
                status, wait = answers.pop(0)
                return status, {"Retry-After": wait} if wait else {}, f"status {status}"
        parts = urlsplit(path)
        if parts.path.startswith("/udir/"):
            return self._udir(parts.path.split("/")[2:], parse_qs(parts.query))
        if parts.path.startswith("/klass/"):
            codes = [{"code": code, "name": name} for code, name in PLACES.items()]
            return 200, {}, {"codes": codes}
        return self._ssb(parts.path.split("/")[2:], parse_qs(parts.query))

    def _udir(self, path: list[str], query: dict[str, list[str]]) -> tuple[int, dict, Any]:
        table, kind = path
        if kind == "filterVerdier":
            return 200, {}, FILTERS
        said = query.get("filter", [""])[0]
        if "," in said or "TidID(" not in said:
            return 400, {}, "Feil format på filtrene!"
        chosen = {
            name: [int(value) for value in values.split("_")]
            for name, values in re.findall(r"([A-Za-z]+ID)\(([-\d_]+)\)", said)
        }
        rows = survey_rows(table, chosen)
        pages = max(1, -(-len(rows) // PAGE))
        if kind == "sideData":
            return 200, {}, [{"JSONSider": pages, "AntallRader": len(rows)}]
        page = min(int(query.get("sideNummer", ["1"])[0]), pages)  # one too many: the last again
        return 200, {}, rows[(page - 1) * PAGE : page * PAGE]

    def _ssb(self, path: list[str], query: dict[str, list[str]]) -> tuple[int, dict, Any]:
        if path[-1] == "metadata":
            return 200, {}, {**dataset(DIMENSIONS), "value": None}
        codes = {
            name: query[f"valueCodes[{name}]"][0].split(",")
            for name in DIMENSIONS
            if f"valueCodes[{name}]" in query
        }
        if any(set(codes.get(name, [])) - set(DIMENSIONS[name]) for name in DIMENSIONS):
            return 400, {}, "Non-existent value"
        return 200, {}, dataset(codes, {"0": ":", "1": "..", "2": "."})


@contextmanager
def serve() -> Iterator[Interfaces]:
    """Serve the interfaces on a free port of this machine."""
    made = Interfaces()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = made.answer(unquote(self.path))
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
