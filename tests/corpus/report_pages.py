"""Speak Udir's reporting interface: pages, filters by `indeks`, and the Export button's files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nine_files

LIST = "rest/v1/Rapportside"
SCHOOL_YEARS = [f"{year}-{(year + 1) % 100}" for year in range(2021, 2026)]
#: Page, its title, its endpoint, and the file that the page's export is.
PAGES = {
    "GSK_Elev_Skol": ("Elever og skoler", "Statistikk/GSK/GSI/1/8", "Elever_og_skoler"),
    "GSK_NP_Geo_Trinn5": (
        "Nasjonale prøver 5. trinn",
        "NasjonaleProever/4/1",
        "Nasjonale_proever_5._trinn",
    ),
    "GSK_NP_Geografisk": (
        "Nasjonale prøver ungdomstrinn",
        "NasjonaleProever/1/1",
        "Nasjonale_proever_ungdomstrinn",
    ),
    "GSK_GSPoeng": ("Grunnskolepoeng", "ResultatG/1/1", "Grunnskolepoeng"),
    "GSK_GSKarakterer": ("Grunnskolekarakterer", "ResultatFagG", "Grunnskolekarakterer"),
    "GSK_fravaer": ("Fravær i grunnskole", "FravaerG/1/1", "Fravaer_i_grunnskole"),
    "GSK_EUG_mobbing": ("EUG - Mobbing", "EUG/5/5", "EUG_-_Mobbing"),
    # Codes that nobody has told: they are found by their titles.
    "GSK_17": ("Lærertetthet", "LaerertetthetG/2/3", "Laerertetthet"),
    "GSK_18": ("Lærere og årsverk", "LaerereG/1/4", "Laerere_og_aarsverk"),
    "VGO_3": ("Overgang til høyere utdanning", "OvergangerV/1/1", ""),
}
UNITS = [
    {"indeks": 3, "id": -12, "kode": "I", "nivaa": 1, "navn": "Hele landet", "barn": [11]},
    {"indeks": 11, "id": 9032, "kode": "32", "nivaa": 2, "forelder": 3, "barn": [47]},
    {"indeks": 47, "id": 9301, "kode": "3201", "nivaa": 3, "forelder": 11, "barn": [99, 104]},
    {"indeks": 99, "id": 77, "kode": "100000016", "nivaa": 4, "forelder": 47},
    {"indeks": 104, "id": 78, "kode": "100000024", "nivaa": 4, "forelder": 47},
]


@dataclass
class ReportPages:
    """Hold the pages that are served.

    Parameters
    ----------
    pages : dict
        Title, endpoint and file by code.
    files : dict
        Bytes of each file, by its name without date and ending.
    units : list of dict
        The units of the filters.
    """

    pages: dict[str, tuple[str, str, str]] = field(default_factory=lambda: dict(PAGES))
    files: dict[str, bytes] = field(default_factory=dict)
    units: list[dict[str, Any]] = field(default_factory=lambda: list(UNITS))

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict, Any]:
        """Answer a call for the list, a page, its filters or its export."""
        if path == LIST:
            return 200, {}, [{"kode": code, "tittel": page[0]} for code, page in self.pages.items()]
        if path.startswith(f"{LIST}/"):
            return self._page(path.removeprefix(f"{LIST}/"))
        for code, (_, endpoint, file) in self.pages.items():
            if path == f"{endpoint}/filterVerdier":
                return 200, {}, self._filters(code)
            if path == f"{endpoint}/data.csv":
                return self._export(code, file, query)
        return 404, {}, "<html><body><h1>Siden finnes ikke</h1></body></html>"

    def _page(self, code: str) -> tuple[int, dict, Any]:
        if code not in self.pages:
            return 404, {}, "<html><body><h1>Siden finnes ikke</h1></body></html>"
        title, endpoint, _ = self.pages[code]
        filters = [name for name in self._filters(code) if name != "EnhetID" or "EUG" in code]
        element = {
            "dataEndepunkt": f"{endpoint}/data",
            "filterDefaultVerdier": {"TidID": [202512], "KjoennID": [-10], "KommunalitetID": [-10]},
            "gyldigeFiltre": filters,
            "defaultRadsti": "-1.*" if "EUG" in code else "-12.*",
        }
        return 200, {}, {"rappside": {"tittel": title, "rapportElementer": [element]}}

    def _filters(self, code: str) -> dict[str, list[dict]]:
        times = [
            {"indeks": place, "id": int(year[:4]) * 100 + 12, "navn": year}
            for place, year in enumerate(SCHOOL_YEARS)
        ]
        every = {"indeks": 0, "id": -10, "navn": "Alle"}
        found = {
            "TidID": times,
            "EnhetID": self.units,
            "KjoennID": [every, {"indeks": 4, "id": 1, "navn": "Gutt"}],
            "KommunalitetID": [every, {"indeks": 5, "id": 8, "navn": "Privat eiet"}],
        }
        if "EUG" in code or "NP" in code:
            found["TrinnID"] = [every, {"indeks": 9, "id": 6, "navn": "7. årstrinn"}]
        if "NP" in code:
            shown = [{"indeks": 0, "id": 0, "navn": "Nei"}, {"indeks": 1, "id": 1, "navn": "Ja"}]
            found |= {"VisMestringsnivaafordeling": shown, "VisDeltakelsestatusfordeling": shown}
        if "Karakter" in code:
            kinds = [{"indeks": 0, "id": 1, "navn": "Standpunkt"}]
            found["KaraktertypeID"] = [*kinds, {"indeks": 1, "id": 3, "navn": "Skriftlig eksamen"}]
        return found

    def _export(self, code: str, file: str, query: dict[str, list[str]]) -> tuple[int, dict, Any]:
        said = query.get("filter", [""])[0]
        chosen = {
            name: values.split("_") for name, values in re.findall(r"(\w+?)\(([-\d_]+)\)", said)
        }
        chosen = {name.lstrip("_"): values for name, values in chosen.items()}
        if "," in said or "TidID" not in chosen or "radSti" not in query:
            return 400, {}, "Feil format på filtrene!"
        content = self.files.get(file)
        if content is None:
            return 404, {}, ""
        years = {year for year in SCHOOL_YEARS if f"{year[:4]}12" in chosen["TidID"]}
        rows = [line.split("\t") for line in content.decode("utf-16-le").split("\n") if line]
        rows = _of_years(rows, years)
        for variant in VARIANTS:
            if all(value in chosen.get(name, []) for name, value in variant[0].items()):
                rows = variant[1](rows)
        text = "\n".join("\t".join(cells) for cells in rows) + "\n"
        return 200, {"Content-Type": "text/csv"}, text.encode("utf-16-le")


def _of_years(rows: list[list[str]], years: set[str]) -> list[list[str]]:
    """Keep the columns of the years asked for."""
    head = rows[1]
    kept = [
        place
        for place, name in enumerate(head)
        if not re.match(r"\d{4}-\d\d\.", name) or name[:7] in years
    ]
    return [rows[0], *([cells[place] for place in kept] for cells in rows[1:])]


def _also_private(rows: list[list[str]]) -> list[list[str]]:
    """Add a column of private schools beside each of all: a tenth of it."""
    head = [name.replace("Alle eierformer", "Privat eiet") for name in rows[1][9:]]

    def tenth(cell: str) -> str:
        plain = cell.replace(" ", "")
        return str(int(plain) // 10) if plain.isdigit() else cell

    return [rows[0], rows[1] + head, *(cells + [tenth(c) for c in cells[9:]] for cells in rows[2:])]


def _shares(*measures: str) -> Callable[[list[list[str]]], list[list[str]]]:
    """Give shares of pupils instead of the means."""

    def made(rows: list[list[str]]) -> list[list[str]]:
        stems = dict.fromkeys(
            name.removesuffix(".Skalapoeng") for name in rows[1] if name.endswith(".Skalapoeng")
        )
        head = [f"{stem}.{measure}" for stem in stems for measure in measures]
        share = f"{100 / len(measures):.1f}".replace(".", ",")
        return [
            rows[0],
            rows[1][:9] + head,
            *(cells[:9] + [share] * len(head) for cells in rows[2:]),
        ]

    return made


def _exam(rows: list[list[str]]) -> list[list[str]]:
    return [
        rows[0],
        [name.replace("Standpunkt", "Skriftlig eksamen") for name in rows[1]],
        *rows[2:],
    ]


VARIANTS = (
    ({"KommunalitetID": "8"}, _also_private),
    (
        {"VisMestringsnivaafordeling": "1"},
        _shares(*(f"Andel elever på mestringsnivå {level}" for level in (1, 2, 3))),
    ),
    (
        {"VisDeltakelsestatusfordeling": "1"},
        _shares("Andel elever deltatt", "Andel elever fritatt"),
    ),
    ({"KaraktertypeID": "3"}, _exam),
)


def read_files(folder: Path) -> dict[str, bytes]:
    """Read the exports of a folder, by their names without date and ending."""
    return {
        path.stem.split("_", 1)[1]: path.read_bytes()
        for path in sorted(folder.glob("*.csv"))
        if re.match(r"\d{8}-\d{4}_", path.name)
    }


def nine(folder: Path, county: str, name: str, codes: tuple[str, str]) -> dict[str, bytes]:
    """Write the nine kinds of a municipality with six schools, and read them."""
    nine_files.write_nine(folder, 6, county, name, codes)
    return read_files(folder)
