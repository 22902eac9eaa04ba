"""Note what looks odd in an export without being wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand.tabular.names import folded

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.register import Register
    from tilstand.tabular.raw import RawTable

# Of areas that the register lacks so many are named, and the rest counted.
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
        One an area; where they are many the rest are counted, and the year is doubted.
    """
    areas = figures[figures["level"].isin(["county", "municipality"])]
    areas = areas[["level", "unit", "year", "name"]].drop_duplicates()
    unknown = [
        area
        for area in areas.to_dict("records")
        if not register.valid_unit(area["level"], area["unit"], int(area["year"]))
    ]
    notes = [
        f"{table.name}: {area['level']} {area['unit']} {area['name']} is not in "
        f"data/register/units.csv for {area['year']}"
        for area in unknown[:MOST_NOTES]
    ]
    if len(unknown) > MOST_NOTES:
        of = f"of {len(areas)} counties and municipalities"
        notes.append(f"{table.name}: nor are {len(unknown) - MOST_NOTES} others {of}")
        years = ", ".join(sorted({area["year"] for area in unknown}))
        notes.append(f"{table.name}: do the codes in the file belong to another year than {years}?")
    return notes


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
        One an area, three at most; the last one counts the rest.
    """
    areas = figures[figures["level"].isin(["county", "municipality"])]
    odd: dict[str, str] = {}
    for area in areas[["level", "unit", "year", "name"]].drop_duplicates().to_dict("records"):
        level, code, year = area["level"], area["unit"], int(area["year"])
        if not register.valid_unit(level, code, year):
            continue
        known = str(register.unit(code, year)["name_nb"])
        if not _parts(known) & _parts(area["name"]):
            odd[code] = f"{table.name}: {level} {code} is {known}, but called '{area['name']}' here"
    notes = [*odd.values()][:MOST_NOTES]
    if len(odd) > MOST_NOTES:
        notes[-1] += f" ({len(odd) - MOST_NOTES} others have another's name too)"
    return notes


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
