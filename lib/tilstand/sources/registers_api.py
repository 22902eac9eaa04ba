"""Ask the registers of schools and kindergartens which units a municipality has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError
from tilstand.tabular.cells import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.sources.open_sources import Assumption

    Get = Callable[[str], bytes]

PAGE_SIZE = 1000
MOST_PAGES = 100
CODE = "Kommunenummer"
#: Kindergartens are counted on 15 December: one that closed later was there.
COUNTED = "-12-15"
UNIT_COLUMNS = ("unit", "name", "municipality", "active", "kind", "private", "closed")


def fetch_units(get: Get, wanted: list[Assumption], base: str) -> list[dict[str, Any]]:
    """Fetch every unit of a register, page by page.

    Parameters
    ----------
    get : callable
        Answers a call.
    wanted : list of Assumption
        The register's fields.
    base : str
        Address of the register.

    Returns
    -------
    list of dict
        The units as they come; those that lack the organisation number's field stop it.

    Raises
    ------
    DataError
        When an answer is no list of units, or has none of the fields that are needed.
    """
    found: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        url = f"{base}/{wanted[0].source}?sidenummer={page}&antallPerSide={PAGE_SIZE}"
        rows = _rows(get(url), url)
        lacking = lacking_fields(rows, wanted)
        if rows and lacking:
            raise DataError(f"{url}: no field {', '.join(lacking)} ({wanted[0].where})")
        found += rows
        if len(rows) < PAGE_SIZE:
            break
    return found


def _rows(content: bytes, url: str) -> list[dict[str, Any]]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    lists = answer.values() if isinstance(answer, dict) else [answer]
    rows = next((one for one in lists if isinstance(one, list)), None)
    if rows is None:
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected a list of units")
    return [row for row in rows if isinstance(row, dict)]


def lacking_fields(rows: list[dict[str, Any]], wanted: list[Assumption]) -> list[str]:
    """Name the fields that no unit has."""
    there = {name for row in rows for name in row}
    return [one.name for one in wanted if one.name not in there]


def read_units(rows: list[dict[str, Any]], wanted: list[Assumption]) -> pd.DataFrame:
    """Read a register's units into one table.

    Parameters
    ----------
    rows : list of dict
        As `fetch_units` gives them.
    wanted : list of Assumption
        What each field is, by ``fills``.

    Returns
    -------
    pandas.DataFrame
        `UNIT_COLUMNS` and the other fields by what they are, as text; ``active``, ``kind`` and
        ``private`` are bool, ``closed`` is an ISO day or blank. A closed unit keeps the code of
        its municipality as it was then.
    """
    fields = {one.fills: one.name for one in wanted}
    table = [
        {what: _told(row.get(field)) for what, field in fields.items()}
        | {what: bool(row.get(fields[what])) for what in ("active", "kind", "private")}
        for row in rows
    ]
    found = pd.DataFrame(table, columns=list(fields))
    found["closed"] = found["closed"].str[:10]
    return found


def _told(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get(CODE, next(iter(value.values()), ""))
    return "" if value is None else str(value).strip()


def ours_in(year: int, units: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Keep a municipality's units of the register's own kind that were there in a year.

    Parameters
    ----------
    year : int
        The year; a unit that closed after 15 December was there.
    units : pandas.DataFrame
        As `read_units` gives them.
    codes : list of str
        Every code that the municipality has had.
    """
    there = units["active"] | (units["closed"] > f"{year}{COUNTED}")
    return units[units["kind"] & there & units["municipality"].isin(codes)]


def count_kindergartens(units: pd.DataFrame, code: str, year: int) -> pd.DataFrame:
    """Count a municipality's kindergartens, all of them and by ownership, as figures."""
    private = int(units["private"].sum())
    counts = {"": len(units), "private": private, "municipal": len(units) - private}
    rows = [
        _figure("kindergartens", code, year, str(count), category, "nbr")
        for category, count in counts.items()
    ]
    return pd.DataFrame(rows, columns=list(contracts.FIGURE_COLUMNS))


def fetch_norm(
    get: Get, wanted: list[Assumption], code: str, year: int, base: str
) -> tuple[pd.DataFrame, list[str]]:
    """Ask barnehagefakta.no how many kindergartens meet the pedagogue norm.

    Parameters
    ----------
    get : callable
        Answers a call.
    wanted : list of Assumption
        The fields and the category of each.
    code : str
        The municipality's code today.
    year : int
        Year that the shares are of.
    base : str
        Address of the service.

    Returns
    -------
    figures : pandas.DataFrame
        Shares in per cent.
    notes : list of str
        Fields that are not there, or no number.
    """
    url = f"{base}/{wanted[0].source}/{code}"
    try:
        answer = json.loads(get(url))
    except ValueError:
        answer = None
    told = answer.get("indikatorDataKommune") if isinstance(answer, dict) else None
    if not isinstance(told, dict):
        raise DataError(f"{url}: no indikatorDataKommune, expected the municipality's indicators")
    rows, notes = [], []
    for one in wanted:
        value = number(str(told.get(one.name, "")).replace(",", "."), ".")
        if value is None or not value or not 0 <= float(value) <= 100:
            said = f"{one.name}: '{told.get(one.name, '')}'"
            notes.append(f"{url}: {said}, expected a share in per cent ({one.where})")
        else:
            rows.append(_figure(one.fills, code, year, value, one.category, "barnehagefakta"))
    return pd.DataFrame(rows, columns=list(contracts.FIGURE_COLUMNS)), notes


def _figure(
    indicator: str, code: str, year: int, value: str, category: str, source: str
) -> dict[str, str]:
    said = {"year": str(year), "level": "municipality", "unit": code, "status": "ok"}
    told = {"indicator": indicator, "value": value, "category": category, "source": source}
    return {**dict.fromkeys(contracts.FIGURE_COLUMNS, ""), **said, **told, "section": source}
