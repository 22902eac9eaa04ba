"""Project pupils from residents, and say how far off ageing the residents has been before."""

from __future__ import annotations

import numpy as np
import pandas as pd

BY_AGE, RESIDENTS, PROJECTED = "residents_by_age", "residents_6_15", "residents_6_15_projected"
PUPILS, MADE = "gsi_pupils", "pupil_projection"
SCHOOL_AGES = range(6, 16)
#: Fewer errors of the past than this say nothing about the next.
ENOUGH = 4
NORMAL = 1.96


def ageing_errors(by_age: pd.DataFrame, horizon: int) -> np.ndarray:
    """Compare residents of school age with those counted so many years before, grown older.

    Parameters
    ----------
    by_age : pandas.DataFrame
        Residents: years as index, ages 0 to 15 as columns.
    horizon : int
        Years ahead, 1 to 6.

    Returns
    -------
    numpy.ndarray
        Relative errors, one a year that can be checked: (forecast - count) / count. Nobody moves
        in the forecast, so what it misses is what moving has done.

    Examples
    --------
    >>> still = pd.DataFrame(10.0, index=range(2020, 2023), columns=range(16))
    >>> ageing_errors(still, 1).tolist()
    [0.0, 0.0]
    """
    errors = []
    for year in by_age.index:
        if year - horizon not in by_age.index:
            continue
        former = by_age.loc[year - horizon, [age - horizon for age in SCHOOL_AGES]].sum()
        count = by_age.loc[year, list(SCHOOL_AGES)].sum()
        if count > 0:
            errors.append((former - count) / count)
    return np.array(errors)


def project_pupils(figures: pd.DataFrame, year: int, places: dict[str, str]) -> pd.DataFrame:
    """Turn projected residents of school age into pupils, with the error of the past.

    Parameters
    ----------
    figures : pandas.DataFrame
        *Figures* as text; residents by age are used up here and not kept.
    year : int
        The edition's year.
    places : dict
        Place behind every code: residents of earlier years stand under former codes.

    Returns
    -------
    pandas.DataFrame
        The figures with `MADE` for the years that residents are projected for: as many for each
        resident of 6 to 15 years as in the latest year that has both. ``margin`` is half a 95 %
        interval from the errors that ageing the residents of earlier years has given, as far
        ahead as six years and as six years beyond; blank where fewer than `ENOUGH` can be
        checked. The mark is ``inferred``.
    """
    kept = figures[figures["indicator"] != BY_AGE]
    place = figures["unit"].map(places).fillna(figures["unit"])
    made = [
        _projected(figures[place == one], year)
        for one in place[figures["indicator"] == PROJECTED].unique()
    ]
    return pd.concat([kept, *made], ignore_index=True)


def _projected(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    residents, pupils = (_series(rows, name) for name in (RESIDENTS, PUPILS))
    both = [one for one in residents.index if one in pupils.index and one <= year]
    ahead = _series(rows, PROJECTED)
    if not both or ahead.empty:
        return rows.iloc[:0]
    each = pupils[both[-1]] / residents[both[-1]]
    by_age = _by_age(rows)
    found = rows[(rows["indicator"] == PROJECTED) & (rows["value"] != "")]
    margins = []
    for one in found["year"].astype(int):
        errors = ageing_errors(by_age, min(max(one - both[-1], 1), SCHOOL_AGES[0]))
        spread = float(np.sqrt(np.mean(errors**2))) if len(errors) >= ENOUGH else None
        margins.append("" if spread is None else f"{NORMAL * spread * each * ahead[one]:.0f}")
    values = [f"{each * ahead[one]:.0f}" for one in found["year"].astype(int)]
    return found.assign(indicator=MADE, value=values, margin=margins, mark="inferred")


def _series(rows: pd.DataFrame, indicator: str) -> pd.Series:
    mine = rows[(rows["indicator"] == indicator) & (rows["value"] != "")]
    mine = mine[(mine[["grade", "gender", "category"]] == "").all(axis=1)]
    mine = mine.drop_duplicates("year")
    return pd.Series(mine["value"].astype(float).to_numpy(), index=mine["year"].astype(int))


def _by_age(rows: pd.DataFrame) -> pd.DataFrame:
    mine = rows[(rows["indicator"] == BY_AGE) & rows["category"].str.startswith("age_")]
    mine = mine[mine["value"] != ""]
    ages = mine["category"].str.removeprefix("age_").astype(int)
    table = mine.assign(age=ages, year=mine["year"].astype(int), value=mine["value"].astype(float))
    wide = table.pivot_table(index="year", columns="age", values="value", aggfunc="first")
    return wide.dropna() if set(range(16)) <= set(wide.columns) else wide.iloc[:0]
