"""Serve small open interfaces on this machine, in the documented forms and with their traps."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import statbank
from report_pages import ReportPages

PAGE = 40
YEARS = [
    {"id": 100 * year + 12, "kode": f"{year}12", "navn": f"{year}-{(year + 1) % 100}"}
    for year in (2023, 2024, 2025)
]
GRADES = [{"id": 6, "kode": "7", "navn": "7. trinn"}, {"id": 9, "kode": "10", "navn": "10. trinn"}]
GENDERS = [{"id": -10, "kode": "A"}, {"id": 1, "kode": "G"}, {"id": 2, "kode": "J"}]
OWNERS = [{"id": -10, "kode": "-10"}, {"id": 8, "kode": "8"}]
PLACES = {"0301": "Oslo", "3201": "Bærum", "3203": "Nye Asker", "9898": "Ålvik", "9999": "Uoppgitt"}
THEMES = (
    "Trivsel",
    "Støtte fra lærerne",
    "Læringskultur",
    "Motivasjon",
    "Vurdering for læring",
    "Støtte hjemmefra",
    "Faglig utfordring",
    "Mestring",
    "Elevdemokrati og medvirkning",
    "Felles regler",
)
BULLYING = "Mobbing på skolen"
ANSWERS = (("1", "Helt uenig"), ("5", "Helt enig"))


@dataclass(frozen=True)
class Town:
    """Say which municipality the interfaces know, beside another one."""

    code: str = "3201"
    name: str = "Bærum"
    county: str = "32"
    county_name: str = "Akershus"

    def units(self) -> list[dict[str, Any]]:
        """List units as the survey has them: `barn` holds values of `indeks`, which has gaps."""
        return [
            {"indeks": 10, "id": -12, "kode": "I", "nivaa": 1, "navn": "Hele landet"},
            {"indeks": 21, "id": -32, "kode": self.county, "nivaa": 2, "navn": self.county_name},
            {"indeks": 33, "id": -76, "kode": self.code, "nivaa": 3, "navn": self.name}
            | {"forelder": 21, "barn": [57, 58]},
            {"indeks": 34, "id": -77, "kode": "3203", "nivaa": 3, "navn": "Asker", "barn": []},
            {"indeks": 57, "id": 6001, "kode": "100000016", "nivaa": 4, "navn": "Ålvik skole "},
            {"indeks": 58, "id": 6002, "kode": "100000024", "nivaa": 4, "navn": "Ørret skole"},
        ]


@dataclass
class Interfaces:
    """Hold what was asked, what is served, and what is to go wrong.

    Parameters
    ----------
    base : str
        Address of the server.
    town : Town
        The municipality that it knows.
    asked : list of str
        Every call, in order.
    failures : dict
        Answers to give instead, by a piece of the call: (status, Retry-After) each used once.
    pages : ReportPages
        Report pages with their exports.
    tables : dict
        Statistics Norway's tables by number.
    survey_fields : dict
        Field of each open survey table that holds its value.
    register_field : str
        Field of the organisation number in the registers.
    posted : list of dict
        What was posted instead of written into an address.
    """

    base: str = ""
    town: Town = field(default_factory=Town)
    asked: list[str] = field(default_factory=list)
    failures: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    pages: ReportPages = field(default_factory=ReportPages)
    tables: dict[str, statbank.Bank] = field(default_factory=statbank.banks)
    survey_fields: dict[str, str] = field(
        default_factory=lambda: {
            "148": "Score",
            "149": "AndelBesvart",
            "150": "AndelMobbet",
            "151": "AndelDeltatt",
        }
    )
    register_field: str = "Organisasjonsnummer"
    posted: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict, Any]:
        """Answer a call as the documented interfaces do."""
        self.asked.append(path)
        self.posted += [] if body is None else [body]
        for piece, answers in self.failures.items():
            if piece in path and answers:
                status, wait = answers.pop(0)
                return status, {"Retry-After": wait} if wait else {}, f"status {status}"
        parts = urlsplit(path)
        service, *rest = parts.path.strip("/").split("/")
        query = parse_qs(parts.query, keep_blank_values=True)
        served: dict[str, Callable[..., tuple[int, dict, Any]]] = {
            "udir": lambda: self.pages.answer("/".join(rest), query),
            "eksport": lambda: self._survey(rest, query),
            "ssb": lambda: statbank.answer(self.tables, rest, query, body, len(path)),
            "klass": lambda: self._klass(parts.path),
            "nsr": lambda: self._units(query, SCHOOLS),
            "nbr": lambda: self._units(query, KINDERGARTENS),
            "barnehagefakta": lambda: (200, {}, {"indikatorDataKommune": dict(NORM)}),
        }
        return served[service]()

    def _klass(self, path: str) -> tuple[int, dict, Any]:
        if path.endswith("changes.json"):
            made = {"oldCode": "3201", "newCode": "9877", "changeOccurred": "2026-01-01"}
            return (
                200,
                {},
                {
                    "codeChanges": [
                        made,
                        {"oldCode": "0301", "newCode": "0301"} | {"changeOccurred": "2026-01-01"},
                    ]
                },
            )
        if path.endswith("correspondsAt.json"):
            pairs = [{"sourceCode": code, "targetCode": "EKG11"} for code in PLACES]
            return 200, {}, {"correspondenceItems": pairs}
        return 200, {}, {"codes": [{"code": code, "name": name} for code, name in PLACES.items()]}

    def _units(self, query: dict[str, list[str]], units: list[dict]) -> tuple[int, dict, Any]:
        first, size = int(query["sidenummer"][0]) - 1, int(query["antallPerSide"][0])
        told = [
            {self.register_field if key == "Organisasjonsnummer" else key: value}
            | {"Kommune": {"Kommunenummer": self.town.code, "Navn": self.town.name}}
            for unit in units
            for key, value in [("Organisasjonsnummer", unit["Organisasjonsnummer"])]
        ]
        rows = [
            {k: v for k, v in unit.items() if k != "Organisasjonsnummer"} | own
            for unit, own in zip(units, told, strict=True)
        ]
        page = rows[first * size : (first + 1) * size]
        return 200, {}, {"Sidenummer": first + 1, "EnhetListe": page}

    def _survey(self, path: list[str], query: dict[str, list[str]]) -> tuple[int, dict, Any]:
        table, kind = path
        filters = {"TidID": YEARS, "EnhetID": self.town.units(), "TrinnID": GRADES}
        filters |= {"KjoennID": GENDERS, "EierformID": OWNERS}
        if kind == "filterVerdier":
            return 200, {}, filters
        said = query.get("filter", [""])[0]
        if "," in said or "TidID(" not in said:
            return 400, {}, "Feil format på filtrene!"
        chosen = {
            name: [int(value) for value in values.split("_")]
            for name, values in re.findall(r"([A-Za-z]+ID)\(([-\d_]+)\)", said)
        }
        rows = self._survey_rows(table, filters, chosen)
        pages = max(1, -(-len(rows) // PAGE))
        if kind == "sideData":
            return 200, {}, [{"JSONSider": pages, "AntallRader": len(rows)}]
        page = min(int(query.get("sideNummer", ["1"])[0]), pages)  # one too many: the last again
        return 200, {}, rows[(page - 1) * PAGE : page * PAGE]

    def _survey_rows(self, table: str, filters: dict, chosen: dict) -> list[dict[str, Any]]:
        """Give every combination of the chosen values; a filter left out means all it has."""
        lists = [
            [item for item in values if item["id"] in chosen.get(name, [i["id"] for i in values])]
            for name, values in filters.items()
        ]
        questions = [("1398", BULLYING)] if table == "150" else list(enumerate(THEMES, start=1379))
        questions = [("", "")] if table == "151" else questions
        answers = ANSWERS if table == "149" else ((None, None),)
        return [
            self._survey_row(table, parts, question, answer)
            for parts in product(*lists)
            for question in questions
            for answer in answers
        ]

    def _survey_row(self, table, parts, question, answer) -> dict[str, Any]:
        year, unit, grade, gender, owner = parts
        hidden = unit["id"] == 6002
        number = 6 + len(question[1]) % 3 if answer[0] else 4
        row = {
            "Skoleaarnavn": year["navn"],
            "EnhetNivaa": unit["nivaa"],
            "Fylkekode": self.town.county,
            "Kommunekode": self.town.code,
            "Organisasjonsnummer": unit["kode"],
            "EnhetNavn": unit["navn"],
            "TrinnKode": grade["kode"],
            "EierformNavn": "Alle eierformer" if owner["id"] == -10 else "Offentlig",
            "KjoennKode": gender["kode"],
            self.survey_fields[table]: "*" if hidden else f"{number},1",
            "AntallBesvart": "*" if hidden else " 5 943",
        }
        if table == "151":
            return row | {"AntallInvitert": "*" if hidden else "7 000"}
        told = {
            "SpoersmaalNivaa": 1,
            "Spoersmaalkode": f"EUIndeks_{question[0]}",
            "Spoersmaalnavn": question[1],
        }
        if answer[0]:
            told |= {"SvaralternativKode": answer[0], "SvaralternativNavn": answer[1]}
        return row | told


SCHOOLS = [
    {
        "Organisasjonsnummer": "100000016",
        "Navn": "Ålvik skole",
        "ErAktiv": True,
        "ErGrunnskole": True,
        "ErPrivatskole": False,
        "SkoletrinnGSFra": 1,
        "SkoletrinnGSTil": 10,
        "UtgaattDato": None,
    },
    {
        "Organisasjonsnummer": "100000040",
        "Navn": "Gamle Ålvik skole",
        "ErAktiv": False,
        "ErGrunnskole": True,
        "ErPrivatskole": False,
        "SkoletrinnGSFra": 1,
        "SkoletrinnGSTil": 7,
        "UtgaattDato": "2023-07-31T00:00:00",
    },
]
KINDERGARTENS = [
    {
        "Organisasjonsnummer": f"20000{number:04d}",
        "Navn": f"Øvingsbakken {number} barnehage",
        "ErAktiv": number != 3,
        "ErBarnehage": number != 4,
        "ErPrivatBarnehage": number % 2 == 0,
        "UtgaattDato": "2020-07-31" if number == 3 else None,
    }
    for number in range(1, 8)
]
NORM = {
    "andelBarnehagerSomOppfyllerPedagognormen": 71.4,
    "andelBarnehagerSomOppfyllerPedagognormenMedDispensasjon": 92.9,
}


@contextmanager
def serve(**known: Any) -> Iterator[Interfaces]:
    """Serve the interfaces on a free port of this machine."""
    made = Interfaces(**known)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*made.answer(unquote(self.path)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(*made.answer(unquote(self.path), json.loads(body)))

        def _send(self, status: int, headers: dict, body: Any) -> None:
            text = body.encode() if isinstance(body, str) else body
            content = text if isinstance(text, bytes) else json.dumps(text).encode()
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
