"""Write the nine kinds of export that a municipality downloads, small and with invented numbers."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

UNITS = ["EnhetNivaa", "Nasjonaltkode", "Fylkekode", "Kommunekode", "Organisasjonsnummer"]
NAMES = ["Nasjonalt", "Fylke", "Kommune", "EnhetNavn"]
ALL = "Alle eierformer.Alle kjønn"
SUBJECTS = ("Engelsk", "Lesing", "Regning")
AUTUMNS = ("2023-24", "2024-25", "2025-26")
SPRINGS = ("2022-23", "2023-24", "2024-25")
ADAPTED = "Antall elever med individuelt tilrettelagt opplæring/spesialundervisning"
NORWEGIAN = "Antall elever med forsterket opplæring i norsk"
BULLYING = (("1", "Alle spørsmål"), ("2", "mobbet av andre elever"), ("2", "mobbet digitalt"))


def units(schools: int, county: str, municipality: str, codes: tuple[str, str]) -> list[list[str]]:
    """Give the identifying cells of country, county, municipality and schools."""
    nation = ["1", "I", "00", "0000", "I", "Hele landet", "Alle fylker", "Alle kommuner"]
    above = ["2", "I", codes[0], "0000", codes[0], "Hele landet", county, "Alle kommuner"]
    own = ["3", "I", *codes, codes[1], "Hele landet", county, municipality]
    every = [[*cells, "Alle skoler"] for cells in (nation, above, own)]
    for number in range(1, schools + 1):
        key = _organisation(number)
        place = ["4", "I", *codes, key, "Hele landet", county, municipality]
        every.append([*place, f"Øvingsbakken {number} skole"])
    return every


def _organisation(number: int) -> str:
    """Give an organisation number with its check digit; no real body has one so low."""
    stem = next(
        text for text in (f"100{number:04d}{last}" for last in range(10)) if _check(text) != "10"
    )
    return stem + _check(stem)


def _check(stem: str) -> str:
    weights = (3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11
    return str((11 - rest) % 11)


def write_nine(
    folder: Path, schools: int, county: str, municipality: str, codes: tuple[str, str]
) -> list[Path]:
    """Write one file a kind, of a municipality with so many schools, into a folder."""
    return _write_all(folder, units(schools, county, municipality, codes))


def write_national(folder: Path, towns: list[tuple[str, str, str, str]], schools: int) -> None:
    """Write one file a kind, of a country with so many schools, into a folder.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    towns : list of (str, str, str, str)
        Code and name of the county, code and name of the municipality.
    schools : int
        All in all, dealt out in turn.
    """
    country = "Hele landet"
    sizes: Counter[str] = Counter()
    below: list[list[str]] = []
    for place, (county, county_name, code, name) in enumerate(towns):
        above = [country, county_name, name]
        own = [Unit(["3", "I", county, code, code, *above, "Alle skoler"])]
        for number in range(place + 1, schools + 1, len(towns)):
            key = _organisation(number)
            school = Unit(["4", "I", county, code, key, *above, f"Øvingsbakken {number} skole"])
            school.pupils = 100 + 7 * (number % 60)
            sizes.update(dict.fromkeys((code, county, "I"), school.pupils))
            own.append(school)
        own[0].pupils = sizes[code]
        below += own
    nation = units(0, "", "", ("", ""))[0]
    every = [Unit(nation)] + [
        Unit(["2", "I", code, "0000", code, country, name, "Alle kommuner", "Alle skoler"])
        for code, name in dict.fromkeys((town[0], town[1]) for town in towns)
    ]
    for unit in every:
        unit.pupils = sizes[unit[4]]
    _write_all(folder, every + below)


class Unit(list):
    """Be the identifying cells of a unit that has so many pupils."""

    pupils = 0


def _write_all(folder: Path, rows: list[list[str]]) -> list[Path]:
    towns = [(cells[6], cells[7]) for cells in rows if cells[0] == "3"]
    made = {
        "20260223-1453_Elever_og_skoler.csv": _gsi(rows),
        "20260223-1505_Laerere_og_aarsverk.csv": _staff(rows),
        "20260223-1506_Laerertetthet.csv": _density(rows),
        "20260223-1513_Grunnskolekarakterer.csv": _marks(rows),
        "20260223-1515_Grunnskolepoeng.csv": _springs(rows, "Grunnskolepoeng", ("{},{}", 42)),
        "20260223-1518_Nasjonale_proever_5._trinn.csv": _tests(rows, "5"),
        "20260223-1519_Nasjonale_proever_ungdomstrinn.csv": _tests(rows, "8"),
        "20260223-1523_EUG_-_Mobbing.csv": _bullying(towns),
        "20260223-1526_Fravaer_i_grunnskole.csv": _absence(rows),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / name, table) for name, table in made.items()]


def _write(path: Path, table: list[list[str]]) -> Path:
    lines = ["sep=\t", *("\t".join(cells) for cells in table), ""]
    path.write_bytes("\n".join(lines).encode("utf-16-le"))
    return path


def _size(cells: list[str], number: int) -> int:
    """Pupils of a unit: more of them higher up, never fewer than the schools below add up to."""
    said = {"1": 600_000, "2": 70_000, "3": 12_000}.get(cells[0], 200 + 7 * number)
    return getattr(cells, "pupils", 0) or said


def _gsi(rows: list[list[str]]) -> list[list[str]]:
    part = "Alle trinn.Alle trinn.Alle kjønn.Alle eierformer"
    measures = ("Antall elever", ADAPTED, NORWEGIAN, "Antall skoler")
    table = [[*UNITS, *NAMES, *(f"{y}.{part}.{m}" for y in AUTUMNS for m in measures)]]
    for number, cells in enumerate(rows):
        values = []
        for step in range(len(AUTUMNS)):
            pupils = _size(cells, number) - 3 * step
            small = "*" if number == len(rows) - 1 else str(pupils // 14)
            schools = "" if cells[0] == "4" else str(len(rows) - 3)
            values += [f"{pupils:,}".replace(",", " "), small, str(pupils // 18), schools]
        table.append([*cells, *values])
    return table


def _staff(rows: list[list[str]]) -> list[list[str]]:
    measures = (
        "Antall lærere",
        "Antall lærerårsverk",
        "Antall lærerårsverk til undervisning",
        "Antall assistentårsverk i undervisningen",
    )
    part = "Alle kjønn.Alle eierformer"
    table = [[*UNITS, *NAMES, *(f"{y}.{part}.{m}" for y in AUTUMNS for m in measures)]]
    for number, cells in enumerate(rows):
        staff = _size(cells, number) // 10
        values = [str(staff), f"{staff - 1},5", f"{staff - 3},2", f"{staff // 6},1"]
        table.append([*cells, *values * len(AUTUMNS)])
    return table


def _density(rows: list[list[str]]) -> list[list[str]]:
    measure = "Lærertetthet i ordinær undervisning"
    table = [[*UNITS, *NAMES, *(f"{y}.Alle trinn.Alle eierformer.{measure}" for y in AUTUMNS)]]
    values = [[f"{15 + number % 3},{step}5" for step in range(3)] for number in range(len(rows))]
    return [*table, *([*cells, *found] for cells, found in zip(rows, values, strict=True))]


def _springs(
    rows: list[list[str]], measure: str, form: tuple[str, int], part: str = ALL
) -> list[list[str]]:
    heads = [f"{y}.{part}.{m}" for y in SPRINGS for m in (measure, "Antall elever")]
    table = [[*UNITS, *NAMES, *heads]]
    for number, cells in enumerate(rows):
        count = max(_size(cells, number) // 10, 12)
        wobble = itertools.cycle(range(10))
        values = [
            text
            for step in range(len(SPRINGS))
            for text in (
                form[0].format(form[1] + (number + step) % 3, (next(wobble) + 3 * number) % 10),
                str(count),
            )
        ]
        table.append([*cells, *values])
    return table


def _marks(rows: list[list[str]]) -> list[list[str]]:
    heads = [
        f"{y}.Standpunkt.{ALL}.{m}" for y in SPRINGS for m in ("Snittkarakter", "Antall elever")
    ]
    codes = ["EnhetNivaa", "Vurderingsfagkode", *UNITS[1:], "Vurderingsfagnavn", *NAMES]
    table = [[*codes, *heads]]
    for code, name in (("ENG0030", "Engelsk"), ("MHE0014", "Mat og helse")):
        whole = ["0", "Alle", "00", "0000", "Alle", *rows[0][5:]]
        for number, cells in enumerate([whole, *rows]):
            count = max(_size(cells, number) // 10, 8)
            values = [f"4,{number % 10}", str(count)] * len(SPRINGS)
            named = [cells[0], code, *cells[1:5], f"{name} 10. årstrinn", *cells[5:]]
            table.append([*named, *values])
    return table


def _tests(rows: list[list[str]], grade: str) -> list[list[str]]:
    measures = ("Skalapoeng", "Usikkerhet", "Antall elever deltatt")
    heads = [
        f"{y}.{s}.{grade}. årstrinn.{ALL}.{m}" for y in AUTUMNS for s in SUBJECTS for m in measures
    ]
    table = [[*UNITS, *NAMES, *heads]]
    for number, cells in enumerate(rows):
        sat = max(_size(cells, number) // 10, 12)
        margin = f"{17.5 / sat**0.5:.1f}".replace(".", ",")
        table.append([*cells, *[str(49 + number % 3), margin, str(sat)] * 3 * len(AUTUMNS)])
    return table


def _bullying(towns: list[tuple[str, str]]) -> list[list[str]]:
    places = ["Alle fylker.Alle kommuner", *(".".join(town) for town in towns)]
    heads = [
        f"{y}.Hele landet.{place}.Alle skoler.{grade}. årstrinn.{ALL}.Andel mobbet"
        for y in AUTUMNS
        for place in places
        for grade in ("7", "10")
    ]
    first = ["SpoersmaalNivaa", "Spoersmaalgruppekode", "Spoersmaalkode", "Spoersmaalgruppe"]
    table = [[*first, "Spoersmaalnavn", *heads]]
    for number, (level, question) in enumerate(BULLYING):
        said = [level, "EUIndeks_1398", f"EU_{number}", "Mobbing på skolen", question]
        table.append([*said, *(f"{9 - number},{place % 10}" for place in range(len(heads)))])
    return table


def _absence(rows: list[list[str]]) -> list[list[str]]:
    measures = ("Median dager", "Median timer", "Antall elever")
    table = [[*UNITS, *NAMES, *(f"{y}.{ALL}.{m}" for y in SPRINGS for m in measures)]]
    for number, cells in enumerate(rows):
        count = max(_size(cells, number) // 10, 12)
        values = [
            text
            for step in range(len(SPRINGS))
            for text in (f"{8 + (number * step) % 3},0", f"{7 + step},0", str(count))
        ]
        table.append([*cells, *values])
    return table
