"""Find the ten municipalities most like ours in size and intake, and average them as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand import contracts

if TYPE_CHECKING:
    from tilstand.register import Register

#: What an edition writes among its comparators, and the register's unit behind it.
LIKE = "like"
TESTS = "np_scale_points"
SUBJECTS = ("reading", "numeracy")
#: Where intake is read off, the youngest pupils first.
GRADES = ("5", "8")
MANY, FEWEST, ENOUGH = 10, 30, 8
#: What makes one measurement of a place.
KEY = ["indicator", "year", "grade", "gender", "subject", "category"]
#: What is counted is the size of a municipality, and no average of others says anything of it.
_NO_AVERAGE = ("count", "fte")


def most_like(figures: pd.DataFrame, own: str) -> pd.DataFrame:
    """Find the municipalities nearest in size and intake.

    Parameters
    ----------
    figures : DataFrame
        *Figures* with ``place``, numbers as numbers: the tests of the whole country.
    own : str
        Our municipality's place.

    Returns
    -------
    DataFrame
        `MANY` rows, nearest first: ``place``, ``pupils`` (who sat the test, mean of autumns and
        subjects), ``points`` (their mean, scale points), ``distance`` and ``grade``, the youngest
        grade that ours has; empty with fewer than `FEWEST` municipalities.

    Notes
    -----
    The distance is that of the logarithm of pupils and of the mean, each in standard deviations
    between municipalities. The mean is that of the youngest pupils tested, before most of what
    schools do, and stands for the intake, which no open table has.
    """
    rows = figures[
        (figures["indicator"] == TESTS)
        & (figures["level"] == "municipality")
        & (figures["gender"] == "")
        & (figures["category"] == "")
        & figures["subject"].isin(SUBJECTS)
        & figures["status"].isin(contracts.STATUSES_WITH_VALUE)
        & (figures["n"] > 0)
    ]
    empty = pd.DataFrame(columns=["place", "pupils", "points", "distance", "grade"])
    of_own = set(rows.loc[rows["place"] == own, "grade"])
    grade = next((one for one in GRADES if one in of_own), None)
    if grade is None:
        return empty
    rows = rows[(rows["grade"] == grade) & (rows["place"] != "")]
    towns = rows.groupby("place").agg(pupils=("n", "mean"), points=("value", "mean"))
    if len(towns) < FEWEST:
        return empty
    scaled = pd.DataFrame({"pupils": np.log(towns["pupils"]), "points": towns["points"]})
    scaled = (scaled - scaled.loc[own]) / scaled.std().where(scaled.std() > 0, 1)
    distance = np.hypot(scaled["pupils"], scaled["points"])
    found = towns.assign(distance=distance, grade=grade).drop(index=own)
    order = found.reset_index().sort_values(["distance", "place"], kind="stable")
    return order.head(MANY).reset_index(drop=True)[list(empty.columns)]


def like_rows(
    figures: pd.DataFrame,
    register: Register,
    places: list[str],
    unit: str = LIKE,
    enough: int = ENOUGH,
) -> pd.DataFrame:
    """Average the municipalities' figures, as rows of a unit of their own.

    Parameters
    ----------
    figures : DataFrame
        As `load_edition_figures` has them.
    register : Register
        Knows the indicators' units.
    places : list of str
        The municipalities' places.
    unit : str
        The register's unit that stands for them.
    enough : int
        How many of them have to have a number.

    Returns
    -------
    DataFrame
        Rows of level ``group``, marked ``inferred``: means weighted by n where every one has it,
        else plain means, of measures that enough of them have a number for. What is
        counted is not averaged.
    """
    units = {code: one.unit for code, one in register.indicators.items()}
    rows = figures[
        figures["place"].isin(places)
        & (figures["level"] == "municipality")
        & figures["status"].isin(contracts.STATUSES_WITH_VALUE)
        & figures["value"].notna()
        & ~figures["indicator"].map(units).isin(_NO_AVERAGE)
    ].drop_duplicates([*KEY, "place"])
    size = rows.groupby(KEY)["place"].transform("size")
    rows = rows[size >= min(enough, len(places))]
    if rows.empty:
        return figures.iloc[:0]
    counted = (rows["n"] > 0).groupby([rows[one] for one in KEY]).transform("all")
    weight = rows["n"].where(counted, 1.0)
    share = weight / weight.groupby([rows[one] for one in KEY]).transform("sum")
    parts = rows.assign(
        value=share * rows["value"],
        margin=(share * rows["margin"]) ** 2,
        n=rows["n"].where(counted),
    )
    made = parts.groupby(KEY, sort=False).agg(
        value=("value", "sum"),
        margin=("margin", lambda part: np.sqrt(part.sum()) if part.notna().all() else np.nan),
        n=("n", lambda part: part.sum() if part.notna().all() else np.nan),
        source=("source", "first"),
        section=("section", "first"),
    )
    made = made.reset_index().assign(
        level="group",
        unit=unit,
        status="ok",
        mark="inferred",
        place=str(register.units.loc[register.units["code"] == unit, "place"].iloc[0]),
        file="",
    )
    made["value"] = made["value"].round(2)
    made["printed"] = made["value"].map(str)
    return made.reindex(columns=figures.columns)
