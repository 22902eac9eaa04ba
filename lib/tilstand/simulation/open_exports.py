"""Write a simulated nation in the form of the statistics bank's exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tilstand.safe_text import csv_lines
from tilstand.simulation.open_nation import INDICATOR, MASTERY, TAKING_PART, Nation

UNIT_COLUMNS = (
    *("EnhetNivaa", "Nasjonaltkode", "Fylkekode", "Kommunekode", "Organisasjonsnummer"),
    *("Nasjonalt", "Fylke", "Kommune", "EnhetNavn"),
)
SUBJECTS = {"reading": "Lesing", "numeracy": "Regning"}
GENDERS = {"": "Alle kjønn", "male": "Gutter", "female": "Jenter"}
MEASURES = {"value": "Skalapoeng", "margin": "Usikkerhet", "n": "Antall elever deltatt"}
#: Words of the views that go beside: shares by mastery level, and of those who sat the test.
VIEWS = {
    **{(MASTERY, f"level_{level}"): f"Andel mestringsnivå {level}" for level in range(1, 6)},
    (TAKING_PART, ""): "Andel deltatt",
}
_FIRST_TOWN = 9000


def town_code(town: int) -> str:
    """Make the invented code of a municipality, such as 9000."""
    return f"{_FIRST_TOWN + town}"


def write_exports(nation: Nation, folder: Path, *, gender: bool = True) -> list[Path]:
    """Write one file a grade and autumn.

    Parameters
    ----------
    nation : Nation
        What is published.
    folder : Path
        Where the files go; made where it is not there.
    gender : bool
        Whether boys and girls have columns of their own.

    Returns
    -------
    list of Path
        The files. Counties, municipalities and schools have invented codes and names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = with_towns(nation)
    if not gender:
        figures = figures[figures["gender"] == ""]
    units = _units(nation)
    made = []
    for (year, grade), rows in figures.groupby(["year", "grade"]):
        path = folder / f"{_school_year(int(str(year)))}-{grade}-trinn-simulert.csv"
        path.write_bytes(_encoded(rows, units, int(str(year)), str(grade)))
        made.append(path)
    return made


def with_towns(nation: Nation) -> pd.DataFrame:
    """Add the country's and municipalities' rows to the schools'.

    Parameters
    ----------
    nation : Nation
        What is published.

    Returns
    -------
    DataFrame
        Rows of level nation, municipality and school; the former are means of the published
        schools, as heavy as their pupils, in whole points. Views are of schools alone.
    """
    schools = nation.figures
    town = nation.truth.set_index("unit")["town"]
    shown = schools[schools["indicator"] == INDICATOR].dropna(subset=["value"])
    shown = shown.assign(points=shown["value"] * shown["n"])
    key = ["indicator", "grade", "gender", "category", "subject", "year"]
    parts = [schools]
    codes = shown["unit"].map(town).map(town_code)
    for level, unit in (("nation", pd.Series("0", shown.index)), ("municipality", codes)):
        sums = shown.assign(unit=unit).groupby([*key, "unit"])[["points", "n"]].sum().reset_index()
        parts.append(
            sums.assign(
                level=level,
                value=np.round(sums["points"] / sums["n"]),
                margin=np.round(17.5 / np.sqrt(sums["n"]), 1),
                status="ok",
            ).drop(columns="points")
        )
    return pd.concat(parts, ignore_index=True)


def _school_year(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def _units(nation: Nation) -> dict[tuple[str, str], list[str]]:
    """Name every unit in the columns that identify it."""
    land, whole = "Hele landet", "Alle skoler"
    country = ["1", "I", "00", "0000", "I", land, "Alle fylker", "Alle kommuner", whole]
    found = {("nation", "0"): country}
    towns = nation.truth["town"].to_numpy(int)
    for number, (unit, town) in enumerate(zip(nation.truth["unit"], towns, strict=True), 1):
        code = town_code(int(town))
        county, name = f"Prøvefylke {code[:2]}", f"Prøveby {code}"
        found["municipality", code] = ["3", "I", code[:2], code, code, land, county, name, whole]
        school = f"Prøveskole {number:04d}"
        found["school", unit] = ["4", "I", code[:2], code, unit, land, county, name, school]
    return found


def _encoded(
    rows: pd.DataFrame, units: dict[tuple[str, str], list[str]], year: int, grade: str
) -> bytes:
    points = rows[rows["indicator"] == INDICATOR]
    columns = [
        (subject, gender, INDICATOR, "", measure)
        for subject in SUBJECTS
        for gender in GENDERS
        if (points["gender"] == gender).any()
        for measure in MEASURES
    ]
    columns += [
        (subject, "", indicator, category, "value")
        for subject in SUBJECTS
        for indicator, category in VIEWS
        if (rows["indicator"] == indicator).any()
    ]
    header = [
        f"{_school_year(year)}.{SUBJECTS[subject]}.{grade}. årstrinn.Alle eierformer."
        f"{GENDERS[gender]}.{VIEWS.get((indicator, category), MEASURES[measure])}"
        for subject, gender, indicator, category, measure in columns
    ]
    key = ["level", "unit", "subject", "gender", "indicator", "category"]
    table = rows.set_index(key)[list(MEASURES)]
    cells = {
        (*place, measure): _cell(value, "share" if place[4] != INDICATOR else measure)
        for place, line in zip(table.index, table.to_numpy(float), strict=True)
        for measure, value in zip(MEASURES, line, strict=True)
    }
    sheet = [[*UNIT_COLUMNS, *header]]
    for place, names_of in units.items():
        sheet.append([*names_of, *(cells.get((*place, *column), "*") for column in columns)])
    return ("sep=\t\n" + csv_lines(sheet, "\t")).encode("utf-16-le")


def _cell(value: float, measure: str) -> str:
    if not np.isfinite(value):
        return "*"
    if measure in ("margin", "share"):
        return f"{value:.1f}".replace(".", ",")
    return f"{round(value):,}".replace(",", " ")
