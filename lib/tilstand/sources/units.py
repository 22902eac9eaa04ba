"""Tell which unit each row of an export is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.tabular.cells import bare

if TYPE_CHECKING:
    from tilstand.errors import Fault
    from tilstand.tabular.raw import RawTable

UNIT_COLUMNS = (
    "EnhetNivaa",
    "Nasjonaltkode",
    "Fylkekode",
    "Kommunekode",
    "Organisasjonsnummer",
    "EnhetNavn",
)
NAME_COLUMNS = ("Nasjonalt", "Fylke", "Kommune")
LEVELS = {"1": "nation", "2": "county", "3": "municipality", "4": "school"}
CODE_COLUMNS = {
    "nation": "EnhetNivaa",
    "county": "Fylkekode",
    "municipality": "Kommunekode",
    "school": "Organisasjonsnummer",
}
NORWAY = "I"
#: A row above the country that marks have: the same numbers once more.
ALL = "0"
#: A municipality's own staff, not at any school, have its number with a letter behind.
CENTRAL = re.compile(r"[0-9]{9}[A-Z]")
CENTRAL_NAME = "(SENTRALT)"
# Names of one unit in another year's export end like this: "Bærum (2020 - 2023)".
SPAN = re.compile(r"\s*\([0-9]{4} ?- ?([0-9]{4})?\)$")
ALL_SCHOOLS = "Alle skoler"
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


#: Why rows stand aside; so many of them are named in a note.
STAFF = "staff at no school, who are in the municipality's own row"
ABROAD = "not in Norway"
MOST_NAMED = 3


@dataclass(frozen=True)
class Unit:
    """Name one unit of an export.

    Parameters
    ----------
    level : str
        nation, county, municipality or school.
    code : str
        0 for the country, else the code as in the file; the organisation number for schools.
    name : str
        Without spaces at the ends and without the years that Udir adds to former units.
    municipality, county : str
        Codes of the units it lies in; blank above their level.
    """

    level: str
    code: str
    name: str
    municipality: str
    county: str


def read_units(table: RawTable) -> tuple[dict[int, Unit], list[Fault], list[str]]:
    """Read the identifying columns of an export.

    Parameters
    ----------
    table : RawTable
        A table with the columns ``UNIT_COLUMNS`` among its own.

    Returns
    -------
    units : dict
        The unit of each row, by spreadsheet row; rows with a fault are not there.
    faults : list of Fault
        Levels that don't exist, codes that have lost their leading zero, organisation numbers
        with a wrong check digit, schools without a name.
    notes : list of str
        Rows left out because they lie outside Norway's own schools, or are counted elsewhere.
    """
    lacking = [column for column in UNIT_COLUMNS if column not in table.header]
    if lacking:
        expected = "this column of Udir's export"
        return {}, [table.fault(table.header_row, name, "", expected) for name in lacking], []
    places = {column: table.header.index(column) for column in table.header}
    units, faults = {}, []
    aside: dict[str, list[tuple[int, str]]] = {}
    country = any(bare(cells[places["EnhetNivaa"]]) == "1" for _, cells in table.rows)
    for row, cells in table.rows:
        cell = {column: bare(cells[place]) for column, place in places.items()}
        if cell["EnhetNivaa"] == ALL and country:
            continue
        if CENTRAL.fullmatch(cell["Organisasjonsnummer"]) or CENTRAL_NAME in cell["EnhetNavn"]:
            aside.setdefault(STAFF, []).append((row, cell["EnhetNavn"]))
            continue
        if cell["EnhetNivaa"] == "1" and cell["Nasjonaltkode"] not in (NORWAY, ""):
            aside.setdefault(ABROAD, []).append((row, cell["EnhetNavn"]))
            continue
        wrong = _wrong(cell)
        faults += [table.fault(row, column, cell[column], exp) for column, exp in wrong]
        if not wrong:
            units[row] = _unit(cell)
    return units, faults, [_left_out(table, why, rows) for why, rows in aside.items()]


def _left_out(table: RawTable, why: str, rows: list[tuple[int, str]]) -> str:
    """Tell in one line which rows stand aside for one reason."""
    named = ", ".join(f"'{name}'" for _, name in rows[:MOST_NAMED])
    more = f" and {len(rows) - MOST_NAMED} more rows" if len(rows) > MOST_NAMED else ""
    return f"{table.name}:{rows[0][0]}: left out {named}{more}: {why}"


def _wrong(cell: dict[str, str]) -> list[tuple[str, str]]:
    level = LEVELS.get(cell["EnhetNivaa"])
    if level is None:
        return [("EnhetNivaa", "1 (country), 2 (county), 3 (municipality) or 4 (school)")]
    wrong = []
    if level == "nation" and cell["Nasjonaltkode"] != NORWAY:
        wrong.append(("Nasjonaltkode", "I on the row of the country"))
    if level != "nation" and not re.fullmatch(r"[0-9][0-9]", cell["Fylkekode"]):
        wrong.append(("Fylkekode", "a county code of 2 digits, leading zero kept, such as 03"))
    if level in ("municipality", "school") and not re.fullmatch(r"[0-9]{4}", cell["Kommunekode"]):
        expected = "a municipality code of 4 digits, leading zero kept, such as 0301"
        wrong.append(("Kommunekode", expected))
    if level == "school" and not is_organisation(cell["Organisasjonsnummer"]):
        wrong.append(("Organisasjonsnummer", "an organisation number of 9 digits that exists"))
    if level == "school" and cell["EnhetNavn"] in ("", ALL_SCHOOLS):
        wrong.append(("EnhetNavn", "the name of the school"))
    return wrong


def is_organisation(code: str) -> bool:
    """Tell whether a code is an organisation number: nine digits, the last a modulus 11 check."""
    if not re.fullmatch(r"[0-9]{9}", code):
        return False
    check = -sum(int(digit) * weight for digit, weight in zip(code, WEIGHTS, strict=False)) % 11
    return check == int(code[8])


def _unit(cell: dict[str, str]) -> Unit:
    level = LEVELS[cell["EnhetNivaa"]]
    county, municipality = cell["Fylkekode"], cell["Kommunekode"]
    if level == "nation":
        return Unit(level, "0", cell.get("Nasjonalt") or cell["EnhetNavn"], "", "")
    if level == "county":
        return Unit(level, county, plain_name(cell.get("Fylke") or cell["EnhetNavn"]), "", "")
    if level == "municipality":
        name = cell.get("Kommune") or cell["EnhetNavn"]
        return Unit(level, municipality, plain_name(name), "", county)
    return Unit(level, cell["Organisasjonsnummer"], cell["EnhetNavn"], municipality, county)


def plain_name(name: str) -> str:
    """Take the years off a former unit's name: ``Bærum (2020 - 2023)`` is ``Bærum``."""
    return SPAN.sub("", bare(name))
