"""Read the municipality's goals, and hold each to the measure that it is about."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.analysis.proportions import share_interval
from tilstand.edition.own_words import GOAL_COLUMNS, GOALS
from tilstand.errors import DataError, Fault
from tilstand.register import Register, read_text_table
from tilstand.report.chapters.open.told import NONE, NORMAL, Told, declared_of, own_rows
from tilstand.report.numbers import Value
from tilstand.report.page.across import source_of
from tilstand.report.page.tables import Column
from tilstand.sources.declared import read_declared

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.report.page.page import Page

NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
SIGNED = re.compile(r"([<>]?)\s*(.*)", re.DOTALL)
DIMENSIONS = ("grade", "subject", "category")


def goals_path(project: Project, edition: str) -> Path:
    """Name the file of an edition's goals."""
    return project.editions / edition / GOALS


def read_goals(project: Project, edition: str) -> list[dict[str, Any]]:
    """Read the goals of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.

    Returns
    -------
    list of dict
        The columns of `GOAL_COLUMNS`, ``target`` as a number, and ``better`` (``lower`` for a
        target written ``<16``, ``higher`` for ``>43``, else as the register has it); empty
        where there is no file.

    Raises
    ------
    DataError
        A line a fault: an indicator that no chapter shows, a target or year that is no number.
    """
    path = goals_path(project, edition)
    if not path.is_file():
        return []
    name = project.relative(path)
    known = sorted({one.indicator for one in read_declared(project.register)})
    indicators = Register.load(project.register).indicators
    neutrals = {code for code in known if indicators[code].direction == "neutral"}
    goals: list[dict[str, Any]] = []
    faults: list[Fault] = []
    table = read_text_table(path, GOAL_COLUMNS)
    for row, cells in enumerate(table.to_dict("records"), start=2):
        goal = {column: str(cells[column]).strip() for column in GOAL_COLUMNS}
        if goal["indicator"] not in known:
            near = get_close_matches(goal["indicator"], known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            expected = f"an indicator that tilstand wants lists{hint}"
            faults.append(Fault(name, row, "indicator", goal["indicator"], expected))
        sign, written = SIGNED.fullmatch(goal["target"]).groups()  # type: ignore[union-attr]
        target = written.replace(",", ".") if NUMBER.fullmatch(written) else ""
        neutral = goal["indicator"] in neutrals
        if not target:
            faults.append(Fault(name, row, "target", goal["target"], "a number such as 5.0"))
        elif neutral and not sign:
            expected = "< or > before it: the register does not say which way is good"
            faults.append(Fault(name, row, "target", goal["target"], expected))
        if not goal["year"].isdigit():
            faults.append(Fault(name, row, "year", goal["year"], "a year such as 2028"))
        better = {"<": "lower", ">": "higher"}.get(sign, "")
        goals.append({**goal, "target": float(target) if target else np.nan, "better": better})
    if faults:
        raise DataError(faults)
    return goals


def distances(page: Page) -> pd.DataFrame:
    """Hold each goal to the measure's latest value.

    Parameters
    ----------
    page : Page
        The open page.

    Returns
    -------
    pandas.DataFrame
        One row a goal: ``label``, ``now``, ``target``, ``value`` (how much is left, so that zero
        and above is reached), ``low`` and ``high`` (95 % interval, where what is published allows
        one), ``state``, ``until``, ``responsible`` and ``status``.
    """
    return pd.DataFrame(
        [_distance(page, goal) for goal in read_goals(page.project, page.edition.name)]
    )


def _distance(page: Page, goal: dict[str, Any]) -> dict[str, Any]:
    told = _told(page, goal)
    better = -1.0 if (goal["better"] or told.own.indicator.direction) == "lower" else 1.0
    now, target = told.now, goal["target"]
    half = _margin(told)
    left = better * (float(now) - target)
    ends = (left - half, left + half)
    return {
        "label": goal["goal"],
        "role": "own",
        "now": float(now),
        "decimals": max(now.decimals, told.own.indicator.decimals),
        "target": target,
        "value": left,
        "low": ends[0],
        "high": ends[1],
        "state": _state(page, now, left, ends),
        "until": goal["year"],
        "responsible": goal["responsible"],
        "status": goal["status"],
        "indicator": goal["indicator"],
        "source": told.own.rows[-1]["source"] if not now.missing else "",
        "section": told.own.rows[-1]["section"] if not now.missing else "",
        "mark": "",
        "n": np.nan,
    }


def _told(page: Page, goal: dict[str, Any]) -> Told:
    declared = declared_of(page, goal["indicator"])
    rows = own_rows(page, goal["indicator"])
    if rows.empty:
        return Told(page, declared, {"grade": NONE})
    where = {name: str(goal[name]) for name in DIMENSIONS if goal[name]}
    where.setdefault("grade", (declared.preferred(rows) or [""])[-1])
    return Told(page, declared, where)


def _margin(told: Told) -> float:
    """Return half the 95 % interval of the latest value; NaN where there can be none."""
    if told.now.missing:
        return float("nan")
    published = told.margin(told.page.place, told.now)
    n = told.own.n(int(told.now.year or 0))
    if published == published:
        return published
    if told.own.indicator.unit == "percent" and not n.missing:
        ends = share_interval(float(told.now) * float(n) / 100, float(n))
        return (ends.high - ends.low) / 2
    return NORMAL * told.deviation / np.sqrt(float(n)) if not n.missing else float("nan")


def _state(page: Page, now: Value, left: float, ends: tuple[float, float]) -> str:
    if now.missing:
        return page.pick(nb="ikke målt i utgaven", en="not measured in the edition")
    reached = left >= 0
    if ends[0] == ends[0] and ends[0] < 0 <= ends[1]:
        return (
            page.pick(nb="nådd, innenfor usikkerheten", en="reached, within the margin")
            if reached
            else page.pick(
                nb="ikke nådd, innenfor usikkerheten", en="not reached, within the margin"
            )
        )
    if reached:
        return page.pick(nb="nådd", en="reached")
    return page.pick(nb="ikke nådd", en="not reached")


def goal_words(page: Page) -> dict[str, Any]:
    """Count the goals, and those that are reached."""
    found = distances(page)
    measured = found[found["value"].notna()] if len(found) else found
    reached = int((measured["value"] >= 0).sum()) if len(measured) else 0
    count = "count of rows"
    return {
        "goals": Value(len(found) or None, recipe=count),
        "goals_measured": Value(len(measured) or None, recipe=count),
        "goals_reached": Value(reached if len(measured) else None, recipe=count),
    }


def show_goals(page: Page) -> None:
    """Show how far each goal is from being reached, drawn and in a table."""
    found = distances(page)
    if found.empty:
        return
    pick = page.pick
    measured = found[found["value"].notna()]
    places = int(found["decimals"].max())
    if len(measured):
        page.chart_of(
            "caterpillar",
            measured,
            [
                Column("label", pick(nb="Mål", en="Goal")),
                Column("value", pick(nb="Avstand til målet", en="Distance to the target"), places),
                Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), places),
                Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), places),
            ],
            name="maal-avstand",
            title=pick(nb="Så langt er det igjen til hvert mål", en="What is left to each goal"),
            subtitle=pick(
                nb="Siste verdi minus måltallet, i målets egen enhet. Til høyre for null er målet "
                "nådd; der lavt er bra, er avstanden snudd.",
                en="Latest value minus target, in the unit of the measure. Right of zero the goal "
                "is reached; where low is good, the distance is turned around.",
            ),
            source=source_of(page, measured),
            names=(pick(nb="avstand", en="distance"), ""),
            interval=pick(nb="95 %-intervall", en="95% interval"),
            reference=0.0,
            reference_name=pick(nb="målet", en="the target"),
            against=pick(nb="målet", en="the target"),
            decimals=places,
        )
    page.table(
        found,
        [
            Column("label", pick(nb="Mål", en="Goal")),
            Column("now", pick(nb="Nå", en="Now"), "decimals"),
            Column("target", pick(nb="Måltall", en="Target"), "decimals"),
            Column("state", pick(nb="Stilling", en="State")),
            Column("until", pick(nb="Innen", en="By")),
            Column("responsible", pick(nb="Ansvarlig", en="Responsible")),
            Column("status", pick(nb="Status", en="Status")),
        ],
        name="maal-tabell",
        title=pick(nb="Kommunens mål og hvor langt den er kommet", en="Goals and how far they are"),
        source=source_of(page, measured)
        if len(measured)
        else pick(nb="Kommunen.", en="The municipality."),
    )
