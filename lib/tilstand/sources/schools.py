"""Learn from exports which schools there were, when, and what became of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHOOL_COLUMNS = (
    "unit",
    "name",
    "municipality",
    "place",
    "first_year",
    "last_year",
    "opened",
    "closed",
    "successor",
)
# Words that say what kind of school it is and not which one.
KINDS = frozenset(
    {"skole", "skule", "skola", "skuvla", "skuvle", "barneskole", "barneskule", "ungdomsskole"}
    | {"ungdomsskule", "grunnskole", "grunnskule", "barne", "ungdoms", "og", "avdeling", "avd"}
)


def learn_schools(
    figures: pd.DataFrame, places: dict[str, str], mergers: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """List every school of the exports with its years and its successor.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one or more exports, all levels, with ``year``, ``grade``, ``name`` and
        ``municipality``.
    places : dict
        Place behind each municipality code, so that a new code is no new municipality.
    mergers : mapping of str to str, optional
        What is known to have become of schools, by organisation number (blank: nothing goes on).
        It goes before what names tell.

    Returns
    -------
    pandas.DataFrame
        One row a school: organisation number, newest name and municipality code, ``place``,
        ``first_year`` and ``last_year`` seen, ``opened`` and ``closed`` (whether an earlier or a
        later export of all its grades lacks it: otherwise its years are only what was seen),
        ``successor`` (organisation number, blank if none).

    Notes
    -----
    A school's successor opened the year after in the same place and bears its name, once words
    such as *skole* are left out; one name may hold the other (*Eineåsen* after *Eineåsen
    avdeling Gommerud*). Where two schools could be meant, none is: a successor is inferred from
    names, and the register of schools says nothing of it. ``school-mergers.csv`` does, for
    those that somebody has looked up.
    """
    rows = figures[figures["level"] == "school"]
    if rows.empty:
        return pd.DataFrame(columns=list(SCHOOL_COLUMNS))
    seen = rows[["unit", "name", "municipality", "year", "grade"]].drop_duplicates()
    seen = seen.assign(year=seen["year"].astype(int)).sort_values(["year", "grade"])
    exported = seen.groupby("grade")["year"].agg(["min", "max"])
    by_grade = seen.groupby(["unit", "grade"])["year"].agg(["min", "max"]).reset_index()
    span = by_grade.merge(exported, left_on="grade", right_index=True, suffixes=("", "_file"))
    span["opened"] = span["min"] > span["min_file"]
    span["closed"] = span["max"] < span["max_file"]
    schools = seen.groupby("unit")[["name", "municipality"]].last()
    schools["first_year"] = span.groupby("unit")["min"].min()
    schools["last_year"] = span.groupby("unit")["max"].max()
    schools[["opened", "closed"]] = span.groupby("unit")[["opened", "closed"]].all()
    schools["place"] = schools["municipality"].map(places).fillna(schools["municipality"])
    schools = schools.reset_index()
    there = {"", *schools["unit"]}
    known = {old: new for old, new in (mergers or {}).items() if new in there}
    named = zip(schools["unit"], _successors(schools), strict=True)
    schools["successor"] = [known.get(unit, heir) for unit, heir in named]
    return schools[list(SCHOOL_COLUMNS)]


def _core(name: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", name.lower())
    return frozenset(words) - KINDS or frozenset(words)


def _successors(schools: pd.DataFrame) -> list[str]:
    opened = schools[schools["opened"]].to_dict("records")
    found = []
    for old in schools.to_dict("records"):
        heirs = [
            new["unit"]
            for new in opened
            if old["closed"]
            and new["place"] == old["place"]
            and new["first_year"] == old["last_year"] + 1
            and (
                _core(new["name"]) <= _core(old["name"]) or _core(old["name"]) <= _core(new["name"])
            )
        ]
        found.append(heirs[0] if len(heirs) == 1 else "")
    return found


def lineages(schools: pd.DataFrame) -> dict[str, str]:
    """Find the newest organisation number that each school lives on under.

    Parameters
    ----------
    schools : pandas.DataFrame
        The table of `learn_schools`.

    Returns
    -------
    dict
        Organisation number of the last successor, by organisation number.
    """
    heirs = dict(zip(schools["unit"], schools["successor"], strict=True))
    newest = {}
    for unit in heirs:
        last = unit
        seen = {unit}
        while heirs.get(last) and heirs[last] not in seen:
            last = heirs[last]
            seen.add(last)
        newest[unit] = last
    return newest
