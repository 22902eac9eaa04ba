"""Speak PxWebApi 2 as Statistics Norway does: tables, selections, marks and error bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from zlib import crc32

KOSTRA = "KOKkommuneregion0000"
YEARS = [str(year) for year in range(2015, 2026)]
LONGEST = 2100
SEXES = {"1": "Menn", "2": "Kvinner"}


@dataclass
class Bank:
    """Hold one table.

    Parameters
    ----------
    label : str
        Its title.
    dimensions : dict
        Name of each dimension, and label by code; ``ContentsCode`` and ``Tid`` among them.
    updated : str
        When it was last changed.
    cell : callable
        Value and mark of a cell, from its codes by dimension.
    optional : tuple of str
        Dimensions that may be left out of a call.
    """

    label: str
    dimensions: dict[str, tuple[str, dict[str, str]]]
    updated: str = "2026-03-15T08:00:00Z"
    cell: Callable[[dict[str, str]], tuple[float | None, str]] | None = None
    optional: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def number(codes: dict[str, str]) -> tuple[float | None, str]:
    """Give a cell's value from its codes, the same each time."""
    return 10 + crc32("/".join(codes.values()).encode()) % 800 / 10, ""


def contents(*labels: str, **known: str) -> tuple[str, dict[str, str]]:
    """Give the dimension of contents: codes that are known, and labels whose code is not."""
    free = {f"KOSukjent{place}000": label for place, label in enumerate(labels)}
    return "statistikkvariabel", {**known, **free}


def kostra(label: str, what: tuple[str, dict[str, str]], **more: Any) -> Bank:
    """Make a KOSTRA table: old and new codes together, EAK, EKA and EKG among the regions."""
    regions = {"EAK": "Landet", "EAKUO": "Landet uten Oslo", "EKA32": "Akershus"}
    regions |= {"EKA46": "Vestland", "EKG11": "KOSTRA-gruppe 11", "0301": "Oslo"}
    regions |= {"0219": "Bærum (-2019)", "3024": "Bærum (2020-2023)", "3201": "Bærum"}
    regions |= {"1201": "Bergen (-2019)", "4601": "Bergen"}
    shape = {KOSTRA: ("region", regions), "ContentsCode": what, "Tid": ("år", _same(YEARS))}
    return Bank(label, shape, cell=_outside_is_zero, **more)


def _same(codes: list[str]) -> dict[str, str]:
    return {code: code for code in codes}


#: First and last year of a code: outside them a cell comes as 0 without a mark.
SPANS = {"0219": (0, 2019), "3024": (2020, 2023), "3201": (2024, 9999)}
SPANS |= {"1201": (0, 2019), "4601": (2020, 9999)}


def _outside_is_zero(codes: dict[str, str]) -> tuple[float | None, str]:
    first, last = SPANS.get(codes[KOSTRA], (0, 9999))
    return number(codes) if first <= int(codes["Tid"]) <= last else (0, "")


def _people(codes: dict[str, str]) -> tuple[float | None, str]:
    return 300 + int(codes["Alder"]) + 2 * (int(codes["Tid"]) % 5), ""


def _marked(codes: dict[str, str]) -> tuple[float | None, str]:
    marks = {"2022": ":", "2023": "..", "2024": "-"}
    return (None, marks[codes["Tid"]]) if codes["Tid"] in marks else number(codes)


def banks() -> dict[str, Bank]:
    """Give every table that a fetch asks for, and no other."""
    regions = {"0": "Hele landet", "32": "Akershus", "46": "Vestland", "0301": "Oslo"}
    regions |= {"0219": "Bærum (-2019)", "3024": "Bærum (2020-2023)", "3201": "Bærum"}
    regions |= {"1201": "Bergen (-2019)", "4601": "Bergen"}
    ages = {f"{age:03d}": f"{age} år" for age in range(20)}
    ahead = _same([str(year) for year in range(2026, 2051)])
    region, sex = ("region", regions), ("kjønn", SEXES)
    grades = {"00": "Alle trinn"} | {f"{one:02d}": f"{one}. årstrinn" for one in range(1, 11)}
    education = {"00": "Alle utdanningsnivåer", "01": "Grunnskole", "03": "Høyere utdanning"}
    both = ("kjønn", {"0": "Begge kjønn", **SEXES})
    recent = ("år", _same(YEARS))
    complete = {"5": "I alt", "1a": "På normert tid", "2a": "Mer enn normert tid", "9": "Sluttet"}
    spans = ("intervall", _same([f"{year}-{year + 6}" for year in range(2014, 2020)]))
    counties = {"01-99": "I alt", "32": "Akershus", "46": "Vestland", "12": "Hordaland (-2019)"}
    points = {"01-09": "Alle poeng", "01a": "10-24 poeng", "02": "25-29 poeng", "05": "40-44 poeng"}
    return {
        "13502": kostra(
            "13502: Utvalgte nøkkeltall barnehager (K)",
            contents(
                "Andel barnehagelærere av grunnbemanningen (prosent)",
                "Andel barn som får spesialpedagogisk hjelp (prosent)",
                KOSandel150000="Andel barn 1-5 år i barnehage (prosent)",
                KOSandel350000="Andel barn 3-5 år i barnehage (prosent)",
                KOSbarnaav0000="Barn korrigert for alder per årsverk i grunnbemanningen (antall)",
                KOSutg020000="Netto driftsutgifter barnehager per innbygger 1-5 år (kr)",
            ),
            notes=["Tallene er foreløpige fram til 15. juni."],
        ),
        "12272": kostra(
            "12272: Minoritetsspråklige barn 1-5 år (K)",
            contents(
                "Minoritetsspråklige barn (antall)",
                "Barn i barnehage (antall)",
                KOSandelminsptot0000="Andel minoritetsspråklige barn i barnehage (prosent)",
            ),
        ),
        "12056": kostra(
            "12056: Barn i barnehager (K)", contents("Andel barn i private barnehager (prosent)")
        ),
        "12255": kostra(
            "12255: Utvalgte nøkkeltall grunnskole (K)",
            contents(
                "Andel elever med spesialundervisning (prosent)",
                "Årstimer til spesialundervisning per elev med spesialundervisning (timer)",
                "Driftsutgifter til grunnskole per elev (kr)",
                KOSandelevsn0000="Andel elever med særskilt norskopplæring (prosent)",
                KOSgrunnskolepoe0000="Gjennomsnittlige grunnskolepoeng (antall)",
                KOSgrstr20000="Gruppestørrelse 2 (antall)",
                KOSregnind20000="Netto driftsutgifter grunnskole per innbygger 6-15 år (kr)",
            ),
        ),
        "09344": Bank(
            "09344: Ansatte i barnehager",
            {
                "Region": region,
                "Stilling": ("stilling", {"00": "Alle stillinger", "01": "Styrer"}),
                "Kjonn": sex,
                "ContentsCode": contents("Ansatte (personer)"),
                "Tid": recent,
            },
        ),
        "11980": Bank(
            "11980: Elever i grunnskolen",
            {
                "Region": region,
                "ArsTrinn": ("årstrinn", grades),
                "ContentsCode": contents("Elever (antall)"),
                "Tid": recent,
            },
        ),
        "12919": Bank(
            "12919: Lærere etter kompetanse",
            {
                "Region": region,
                "ContentsCode": contents("Andel lærere uten godkjent utdanning (prosent)"),
                "Tid": recent,
            },
        ),
        "12267": kostra("12267: Årsverk (K)", contents("Avtalte årsverk (årsverk)")),
        "07459": Bank(
            "07459: Befolkning",
            {
                "Region": region,
                "Kjonn": sex,
                "Alder": ("alder", ages),
                "ContentsCode": contents(Personer1="Personer (antall)"),
                "Tid": ("år", _same([str(year) for year in range(1986, 2027)])),
            },
            cell=_people,
        ),
        "14746": Bank(
            "14746: Framskrevet folkemengde",
            {
                "Region": region,
                "Kjonn": sex,
                "Alder": ("alder", ages),
                "ContentsCode": contents(
                    Personer0="Hovedalternativet (MMMM)", Personer1="Lav nasjonal vekst (LLML)"
                ),
                "Tid": ("år", ahead),
            },
            cell=_people,
        ),
        "14882": Bank(
            "14882: Gjennomføring",
            {
                "Region": ("fylke", counties),
                "FullforingVGO": ("fullføring", complete),
                "Kjonn": both,
                "Poeng": ("grunnskolepoeng", points),
                "ContentsCode": contents(Personer="Elever", Prosent="Elever (prosent)"),
                "Tid": spans,
            },
        ),
        "13716": Bank(
            "13716: Grunnskolepoeng etter bakgrunn",
            {
                "Kjonn": both,
                "ForeldrUtd": ("foreldrenes utdanning", education),
                "Husinntekt2": ("inntekt", {"00": "I alt", "01": "1. kvintil"}),
                "ContentsCode": contents(Grunnskolepoeng="Gjennomsnittlige grunnskolepoeng"),
                "Tid": recent,
            },
        ),
        "11689": Bank(
            "11689: Elever etter grunnskolepoeng",
            {
                "Kjonn": both,
                "Poeng": ("grunnskolepoeng", points),
                "ForeldrUtd": ("foreldrenes utdanning", education),
                "ContentsCode": contents(Elever="Elever", EleverProsent="Elever (prosent)"),
                "Tid": recent,
            },
        ),
        "13719": Bank(
            "13719: Skalapoeng på nasjonale prøver",
            {
                "Fag": ("fag", {"1": "Lesing", "2": "Regning"}),
                "Trinn": ("trinn", {"05": "5. trinn", "08": "8. trinn"}),
                "ContentsCode": contents("Skalapoeng (gjennomsnitt)"),
                "Tid": recent,
            },
            cell=_marked,
        ),
    }


def answer(
    tables: dict[str, Bank],
    path: list[str],
    query: dict[str, list[str]],
    body: dict[str, Any] | None,
    length: int,
) -> tuple[int, dict, Any]:
    """Answer a call for a table's metadata or data."""
    _, table, kind = path
    bank = tables.get(table)
    if bank is None or length > LONGEST:
        return _no("Non-existent table", 404)
    if kind == "metadata":
        every = {name: list(values) for name, (_, values) in bank.dimensions.items()}
        return 200, {}, _dataset(bank, every, empty=True)
    if body is not None:
        asked = {one["variableCode"]: one["valueCodes"] for one in body["selection"]}
    else:
        asked = {
            name[len("valueCodes[") : -1]: values[0].split(",")
            for name, values in query.items()
            if name.startswith("valueCodes[")
        }
    if set(asked) - set(bank.dimensions):
        return _no("Non-existent variable", 400)
    for name, (_, values) in bank.dimensions.items():
        if name not in asked and name not in bank.optional:
            return _no("Missing selection for mandantory variable", 400)
        if set(asked.get(name, [])) - set(values):
            return _no("Non-existent value", 400)
        if len(set(asked.get(name, []))) < len(asked.get(name, [])):
            return 500, {}, ""
    return 200, {}, _dataset(bank, {name: asked[name] for name in bank.dimensions if name in asked})


def _no(title: str, status: int) -> tuple[int, dict, Any]:
    return status, {}, {"type": "Parameter error", "title": title, "status": status}


def _dataset(bank: Bank, codes: dict[str, list[str]], *, empty: bool = False) -> dict[str, Any]:
    geo = [name for name in codes if name == "Region" or name.startswith("KOK")]
    cells = [dict(zip(codes, parts, strict=True)) for parts in product(*codes.values())]
    made = [] if empty else [(bank.cell or number)(cell) for cell in cells]
    unit = {code: {"base": "antall", "decimals": 1} for code in codes.get("ContentsCode", [])}
    return {
        "class": "dataset",
        "version": "2.0",
        "label": bank.label,
        "updated": bank.updated,
        "note": bank.notes,
        "id": list(codes),
        "size": [len(values) for values in codes.values()],
        "role": {"time": ["Tid"], "metric": ["ContentsCode"], **({"geo": geo} if geo else {})},
        "dimension": {
            name: {
                "label": bank.dimensions[name][0],
                "category": {
                    "index": {code: place for place, code in enumerate(values)},
                    "label": {code: bank.dimensions[name][1][code] for code in values},
                    **({"unit": unit} if name == "ContentsCode" else {}),
                },
                "extension": {"elimination": name in bank.optional},
            }
            for name, values in codes.items()
        },
        "extension": {"noteMandatory": {"0": True} if bank.notes else {}},
        "value": None if empty else [value for value, _ in made],
        "status": {str(place): mark for place, (_, mark) in enumerate(made) if mark},
    }
