"""Note what looks odd in an export without being wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand.tabular.names import folded

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.register import Register
    from tilstand.tabular.raw import RawTable

# So many are named, and the rest counted.
MOST_NOTES = 3


def strangers(figures: pd.DataFrame, table: RawTable, register: Register) -> list[str]:
    """Note counties and municipalities that the register lacks in the year of the figures.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one export.
    table : RawTable
        The file, for the notes.
    register : Register
        Tells when a code was valid.

    Returns
    -------
    list of str
        One line, or none; where they are many the rest are counted, and the year is doubted.
    """
    areas = figures[figures["level"].isin(["county", "municipality"])]
    areas = areas[["level", "unit", "year", "name"]].drop_duplicates()
    unknown = [
        area
        for area in areas.to_dict("records")
        if not register.valid_unit(area["level"], area["unit"], int(area["year"]))
    ]
    if not unknown:
        return []
    named = [f"{area['level']} {area['unit']} {area['name']}" for area in unknown[:MOST_NOTES]]
    years = ", ".join(sorted({area["year"] for area in unknown}))
    lacks = f"{table.name}: data/register/units.csv does not have {', '.join(named)}"
    if len(unknown) <= MOST_NOTES:
        return [f"{lacks} for {years}"]
    more = f"and {len(unknown) - MOST_NOTES} others of {len(areas)} counties and municipalities"
    doubt = f"do the codes in the file belong to another year than {years}?"
    return [f"{lacks} {more} for {years}: {doubt}"]


def misnamed(figures: pd.DataFrame, table: RawTable, register: Register) -> list[str]:
    """Note counties and municipalities whose name is not the one that goes with their code.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one export.
    table : RawTable
        The file, for the notes.
    register : Register
        Knows the name behind a code in each year.

    Returns
    -------
    list of str
        One line, or none: three areas at most, and the rest counted.
    """
    areas = figures[figures["level"].isin(["county", "municipality"])]
    odd: dict[str, str] = {}
    for area in areas[["level", "unit", "year", "name"]].drop_duplicates().to_dict("records"):
        level, code, year = area["level"], area["unit"], int(area["year"])
        if not register.valid_unit(level, code, year):
            continue
        known = str(register.unit(code, year)["name_nb"])
        if not _parts(known) & _parts(area["name"]):
            odd[code] = f"{level} {code} is {known}, but called '{area['name']}' here"
    if not odd:
        return []
    more = len(odd) - MOST_NOTES
    rest = f"; {more} others have another's name too" if more > 0 else ""
    return [f"{table.name}: {'; '.join([*odd.values()][:MOST_NOTES])}{rest}"]


def _parts(name: str) -> set[str]:
    """List what a place is called: "Oslo - Oslove" is both."""
    return {folded(part) for part in (name, *re.split(r" - |/", name))}


def without_margin(figures: pd.DataFrame, table: RawTable) -> list[str]:
    """Note that an export which may hold margins holds none.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one export.
    table : RawTable
        The file, for the notes.

    Returns
    -------
    list of str
        One line, or none.
    """
    if figures.empty or (figures["margin"] != "").any():
        return []
    return [f"{table.name}: no margins (Usikkerhet), so no page can say how sure a difference is"]
