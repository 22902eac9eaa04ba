"""Vary the nine kinds of export: ways to write them that are safe, and ways to break them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exports import UDIR, Form, Sheet
from nine_files import write_nine

VESTLAND = ("Vestland", "Bergen", ("46", "4601"))
SCHOOLS = 4
YEAR = re.compile(r"[0-9]{4}-[0-9]{2}")
#: The names by which tests call the kinds, by a piece of the file's name.
KINDS = {
    "gsi": "Elever_og",
    "laerere": "aarsverk",
    "laerertetthet": "tetthet",
    "karakterer": "karakterer",
    "grunnskolepoeng": "skolepoeng",
    "np5": "5._trinn",
    "np8": "ungdomstrinn",
    "elevundersokelsen": "Mobbing",
    "fravaer": "Fravaer",
}


def sheets(folder: Path) -> dict[str, Sheet]:
    """Make one small export of each kind, as the cells a person sees."""
    made = write_nine(folder, SCHOOLS, *VESTLAND)
    found = {}
    for kind, piece in KINDS.items():
        (path,) = (path for path in made if piece in path.name)
        lines = path.read_bytes().decode("utf-16-le").split("\n")[1:]
        header, *rows = (line.split("\t") for line in lines if line)
        found[kind] = Sheet(header, rows)
    return found


def first_measure(sheet: Sheet) -> int:
    """Return the place of the first measurement column."""
    return next(place for place, name in enumerate(sheet.header) if YEAR.search(name))


@dataclass(frozen=True)
class Safe:
    """Hold a way to write an export that has to be read, and the sheet that a person sees."""

    label: str
    sheet: Sheet
    content: bytes
    suffix: str = ".csv"


def _order(change: Callable[[int, int], list[int]]) -> Callable[[Sheet], Sheet]:
    return lambda sheet: sheet.take(change(first_measure(sheet), len(sheet.header)))


def _shuffled(first: int, last: int) -> list[int]:
    places = list(range(last))
    random.Random(7).shuffle(places)
    return places


def _years(keep: Callable[[list[str]], list[str]]) -> Callable[[Sheet], Sheet]:
    def change(sheet: Sheet) -> Sheet:
        all_years = sorted({y for name in sheet.header for y in YEAR.findall(name)})
        kept = set(keep(all_years))
        places = [
            place
            for place, name in enumerate(sheet.header)
            if not YEAR.search(name) or kept & set(YEAR.findall(name))
        ]
        return sheet.take(places)

    return change


def _rows(keep: Callable[[list[str]], bool]) -> Callable[[Sheet], Sheet]:
    def change(sheet: Sheet) -> Sheet:
        if "EnhetNivaa" not in sheet.header:
            return sheet
        place = sheet.header.index("EnhetNivaa")
        return Sheet(sheet.header, [row for row in sheet.rows if keep([row[place], *row])])

    return change


def _heads(old: str, new: str) -> Callable[[Sheet], Sheet]:
    return lambda sheet: Sheet([name.replace(old, new) for name in sheet.header], sheet.rows)


def _cells(change: Callable[[str], str]) -> Callable[[Sheet], Sheet]:
    def on_measures(sheet: Sheet) -> Sheet:
        first = first_measure(sheet)
        rows = [[*row[:first], *map(change, row[first:])] for row in sheet.rows]
        return Sheet(sheet.header, rows)

    return on_measures


def two_municipalities(sheet: Sheet) -> Sheet:
    """Put the rows of a second municipality of the county below, with schools of its own."""
    names = {"Bergen": "Kinn", "4601": "4602"}
    if "Kommunekode" not in sheet.header:
        heads = [name.replace(".Bergen.", ".Kinn.") for name in sheet.header]
        more = [place for place, name in enumerate(sheet.header) if ".Bergen." in name]
        rows = [[*row, *(row[place] for place in more)] for row in sheet.rows]
        return Sheet([*sheet.header, *(heads[place] for place in more)], rows)
    level, number = (sheet.header.index(name) for name in ("EnhetNivaa", "Organisasjonsnummer"))
    rows = [list(row) for row in sheet.rows]
    first = first_measure(sheet)
    for row in sheet.rows:
        if row[level] in ("3", "4"):
            cells = [*(names.get(cell, cell) for cell in row[:first]), *row[first:]]
            if row[level] == "4":
                cells[number] = OTHER_NUMBERS[row[number]]
            rows.append(cells)
    return Sheet(sheet.header, rows)


def _number(serial: int) -> str:
    stem = f"2{serial:07d}"
    check = -sum(int(d) * w for d, w in zip(stem, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return f"{stem}{check}" if check < 10 else _number(serial + 500)


class _Others(dict):
    def __missing__(self, key: str) -> str:
        self[key] = _number(len(self) + 1)
        return self[key]


OTHER_NUMBERS = _Others()
#: What is changed of the cells; the file is then written as Udir writes it.
CHANGES: dict[str, Callable[[Sheet], Sheet]] = {
    "as-it-came": lambda sheet: sheet,
    "measures-reversed": _order(lambda first, last: [*range(first), *range(first, last)[::-1]]),
    "units-last": _order(lambda first, last: [*range(first, last), *range(first)]),
    "columns-shuffled": _order(_shuffled),
    "first-year-dropped": _years(lambda years: years[1:]),
    "last-year-dropped": _years(lambda years: years[:-1]),
    "one-year": _years(lambda years: years[-1:]),
    "two-municipalities": two_municipalities,
    "own-rows-only": _rows(lambda row: row[0] in ("3", "4")),
    "no-schools": _rows(lambda row: row[0] != "4"),
    "rows-reversed": lambda sheet: Sheet(sheet.header, sheet.rows[::-1]),
    "provisional": _heads("2025-26.", "Foreløpige tall 2025-26."),
    "both-sexes": _heads("Alle kjønn", "Begge kjønn"),
    "public-schools": _heads("Alle eierformer", "Offentlig skole"),
    "private-owned": _heads("Alle eierformer", "Privat eiet"),
    "padded": _cells(lambda cell: f" {cell}\N{NO-BREAK SPACE}"),
    "hidden": _cells(lambda cell: "*" if cell else cell),
    "two-languages": lambda sheet: Sheet(
        sheet.header,
        [[c.replace("Vestland", "Vestland - Oarjelli") for c in r] for r in sheet.rows],
    ),
}
#: How the file is written, with the cells as they came.
FORMS = {
    "utf8": Form(),
    "utf8-bom-crlf": Form(mark=b"\xef\xbb\xbf", newline="\r\n"),
    "utf16-bom": Form("utf-16-le", b"\xff\xfe", "\t", newline="\r\n"),
    "utf16-be": Form("utf-16-be", b"\xfe\xff", "\t"),
    "windows": Form("cp1252", newline="\r\n"),
    "comma-quoted": Form(delimiter=",", quoted=True),
    "excel": Form(suffix=".xlsx"),
    "parquet": Form(suffix=".parquet"),
}


def safe_files(kind: str, sheet: Sheet) -> Iterator[Safe]:
    """Write one kind of export in every safe way."""
    for label, change in CHANGES.items():
        if kind == "elevundersokelsen" and label in ("hidden", "two-languages"):
            continue
        made = change(sheet)
        yield Safe(label, made, UDIR.content(made))
    for label, form in FORMS.items():
        yield Safe(label, sheet, form.content(sheet), form.suffix)
    for label, space in (("nbsp", "\u00a0"), ("narrow", "\u202f"), ("no-space", "")):
        change = _cells(lambda cell, space=space: re.sub(r"(?<=\d) (?=\d{3})", space, cell))
        spaced = change(sheet)
        yield Safe(f"thousands-{label}", spaced, Form().content(spaced))
    text = Form().text(sheet)
    yield Safe("blank-lines", sheet, f"{text}\n\n".encode())
    yield Safe("delimiter-at-end", sheet, text.replace("\n", ";\n").encode())
