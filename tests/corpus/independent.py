"""Read an export a second time, by a few lines of its own that share nothing with the reader."""

from __future__ import annotations

import re

from exports import Sheet

#: Words of measures that are values, with the words of their margin and their n.
VALUES = {
    "Skalapoeng": ("Usikkerhet", "Antall elever deltatt"),
    "Grunnskolepoeng": ("", "Antall elever"),
    "Snittkarakter": ("", "Antall elever"),
    "Median dager": ("", "Antall elever"),
    "Median timer": ("", "Antall elever"),
    "Andel mobbet": ("", ""),
    "Lærertetthet i ordinær undervisning": ("", ""),
    "Antall lærere": ("", ""),
    "Antall lærerårsverk": ("", ""),
    "Antall lærerårsverk til undervisning": ("", ""),
    "Antall assistentårsverk i undervisningen": ("", ""),
    "Antall skoler": ("", ""),
    "Antall elever med individuelt tilrettelagt opplæring/spesialundervisning": ("", ""),
    "Antall elever med forsterket opplæring i norsk": ("", ""),
}
GSI = "Antall elever med forsterket opplæring i norsk"
#: The year of these is the one in which the school year ends.
SPRING = ("Grunnskolepoeng", "Snittkarakter", "Median dager", "Median timer")
SUBJECTS = {"Lesing": "reading", "Regning": "numeracy", "Engelsk": "english"}
SEXES = {"Gutt": "male", "Jente": "female"}
PLACES = {"Hele landet": "0", "Vestland": "46", "Bergen": "4601", "Kinn": "4602"}
Reading = set[tuple[str, ...]]


def read_again(sheet: Sheet) -> Reading:
    """Return where, what, value, margin, n and status of every measurement."""
    header = [name.strip() for name in sheet.header]
    counts = any(name.endswith(GSI) for name in header)
    place = {name: number for number, name in enumerate(header)}
    found = set()
    for row, cells in enumerate(sheet.rows, start=2):
        if left_out(header, cells):
            continue
        for name in header:
            measure = name.rsplit(".", 1)[-1]
            parts = VALUES.get(measure)
            if parts is None and counts and measure == "Antall elever":
                parts = ("", "")
            if parts is None or (measure == "Antall skoler" and level(header, cells) == "4"):
                continue
            beside = [f"{name.removesuffix(measure)}{part}" if part else "" for part in parts]
            texts = [plain(cells[place[column]]) if column in place else "" for column in beside]
            key = (str(row), name, unit_of(header, cells, name), *what(name, measure))
            found.add((*key, *said(plain(cells[place[name]]), *texts, name)))
    return found


def left_out(header: list[str], cells: list[str]) -> bool:
    """Tell whether a row repeats the country, or is of staff at no school."""
    return level(header, cells) == "0" or any("(SENTRALT)" in cell for cell in cells)


def level(header: list[str], cells: list[str]) -> str:
    """Return a row's level; blank where the file has questions for rows."""
    return cells[header.index("EnhetNivaa")].strip() if "EnhetNivaa" in header else ""


def unit_of(header: list[str], cells: list[str], column: str) -> str:
    """Return the code of the unit that a number is of."""
    if "EnhetNivaa" not in header:
        named = [PLACES[part] for part in column.split(".") if part in PLACES]
        return named[-1]
    where = {"2": "Fylkekode", "3": "Kommunekode", "4": "Organisasjonsnummer"}
    code = where.get(level(header, cells))
    return cells[header.index(code)].strip() if code else "0"


def what(column: str, measure: str) -> tuple[str, str, str, str]:
    """Return year, grade, sex and, of tests, the subject."""
    autumn = int(re.search(r"[0-9]{4}(?=-[0-9]{2})", column)[0])
    grade = re.search(r"([0-9]+)\. årstrinn", column)
    parts = column.split(".")
    sex = "".join(SEXES.get(part, "") for part in parts)
    subject = "".join(SUBJECTS.get(part, "") for part in parts)
    late = measure in SPRING
    shown = "10" if late else ""
    return str(autumn + late), grade[1] if grade else shown, sex, subject


def plain(cell: str) -> str:
    """Write a number as programs do."""
    return re.sub(r"\s", "", cell).replace(",", ".")


def said(value: str, margin: str, n: str, column: str) -> tuple[str, str, str, str]:
    """Say what the three cells of a measurement are together."""
    if value == "*" or n == "*":
        return "", "", "" if n == "*" else n, "suppressed"
    if not value:
        return "", "", n, "not_applicable" if n == "0" else "missing"
    if "tetthet" in column and not float(value):
        return "", "", "", "not_applicable"
    return value, margin, n, "provisional" if "Foreløpige" in column else "ok"
