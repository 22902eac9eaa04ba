"""Show one measure: its years, its places, its parts and its schools, whatever there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.open import schools
from tilstand.report.chapters.open.lines import DIMENSIONS, EXTENSIVE
from tilstand.report.chapters.open.sexes import show_sexes
from tilstand.report.chapters.open.told import Told, declared_of, own_rows, tell
from tilstand.report.numbers import decimals_off_zero
from tilstand.report.page.across import show_across, source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.sources.declared import PARTS, grade_order, part_of

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

MOST_LINES = 2


def show_measure(page: Page, indicator: str) -> None:
    """Show all that the edition has of one measure; nothing where it has none.

    Parameters
    ----------
    page : Page
        The open page.
    indicator : str
        Code of the catalogue, declared in ``data/register/shown.csv``.
    """
    rows = own_rows(page, indicator)
    if rows.empty:
        return
    declared = declared_of(page, indicator)
    parts = part_of(rows)
    whole = rows[parts == "whole"]
    grades = declared.preferred(whole)
    if len(grades) <= MOST_LINES:
        for grade in grades:
            show_years(page, tell(page, indicator, grade=grade))
    show_places(page, indicator, grades)
    show_grades(page, indicator, whole)
    there = set(parts)
    for part in (one for one in PARTS if one in there):
        show_parts(page, indicator, part, rows[parts == part])
    show_sexes(page, indicator)
    if declared.schools:
        schools.show_schools(page, indicator)


def show_years(page: Page, told: Told) -> None:
    """Show the municipality over the years, beside its comparators where they share an axis."""
    rows = page.rows(told.indicator, "place", None, **told.where)
    if told.own.indicator.unit in EXTENSIVE:
        rows = rows[rows["role"] == "own"]
    years = rows.loc[rows["role"] == "own", "year"].nunique()
    name = _name(page, told.indicator, told.where)
    options: dict[str, Any] = {"from_zero": not _is_mean(told)} if years > 1 else {}
    page.chart(
        "lines" if years > 1 else "dots",
        rows if years > 1 else rows[rows["year"] == told.now.year],
        name=f"open-{_slug(told.indicator, told.where)}",
        title=_title(page, told, name),
        subtitle=page.title(
            nb="{name}, {unit}. {place}.",
            en="{name}, {unit}. {place}.",
            name=name,
            unit=wording.unit_word(told.own.indicator.unit, page.language),
            place=page.name,
        ),
        decimals=told.now.decimals,
        **options,
    )


def _is_mean(told: Told) -> bool:
    return told.own.indicator.unit in ("score", "grade_mark", "points")


def _title(page: Page, told: Told, name: str) -> str:
    since = told.first
    if since.missing:
        return page.title(
            nb="{name}: {now} i {year}",
            en="{name}: {now} in {year}",
            name=name,
            now=told.now,
            year=told.now.year_value(),
        )
    return page.title(
        nb="{name}: {first} i {start}, {now} i {year}",
        en="{name}: {first} in {start}, {now} in {year}",
        name=name,
        first=since,
        start=since.year_value(),
        now=told.now,
        year=told.now.year_value(),
    )


def show_places(page: Page, indicator: str, grades: list[str]) -> None:
    """Show a table of what the measure is held against, and how sure each difference is."""
    pick = page.pick
    told = [tell(page, indicator, grade=grade) for grade in grades]
    lines = [line for one in told for line in _comparisons(page, one, several=len(told) > 1)]
    if not lines:
        return
    frame = pd.DataFrame(lines)
    sure = frame["low"].notna().any()
    decimals = int(frame["decimals"].max())
    page.table(
        frame,
        [
            Column("label", pick(nb="Sammenlignet med", en="Compared with")),
            Column("own", page.name, decimals),
            Column("other", pick(nb="Den andre", en="The other"), decimals),
            Column("gap", pick(nb="Forskjell", en="Difference"), decimals, signed=True),
            Column("certainty", pick(nb="Hvor sikkert", en="How sure")),
            *(
                [
                    Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), "ends"),
                    Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), "ends"),
                ]
                if sure
                else []
            ),
        ],
        name=f"open-{_slug(indicator, {})}-steder",
        title=page.title(
            nb="{name}: hva tallet kan holdes opp mot",
            en="{name}: what the number can be held against",
            name=_name(page, indicator, {}),
        ),
        source=_source(page, indicator),
    )


def _comparisons(page: Page, told: Told, *, several: bool) -> list[dict[str, Any]]:
    language = page.language
    grade = told.where.get("grade", "")
    prefix = f"{wording.sentence(wording.grade_name(grade, language))}: " if several else ""
    before = told.before
    found = []
    if not before.missing:
        label = page.pick(nb="året før", en="the year before")
        label = f"{label} ({before.year})"
        found.append((f"{prefix}{label}", before, told.change))
    unit = told.own.indicator.unit
    for place in told.places if unit not in EXTENSIVE else ():
        other = told.other(place)
        if not other.missing:
            name = page.register.name(place, page.year, language)
            found.append((f"{prefix}{name}", other, told.beside(place)))
    lines = []
    for label, other, comparison in found:
        ends = (float(comparison.low), float(comparison.high))
        lines.append(
            {
                "label": label,
                "own": float(told.now),
                "other": float(other),
                "gap": float(told.now) - float(other),
                "low": ends[0],
                "high": ends[1],
                "ends": decimals_off_zero(ends, max(told.now.decimals, 1)),
                "certainty": told.certainty_word(comparison),
                "decimals": max(told.now.decimals, other.decimals),
            }
        )
    return lines


def show_grades(page: Page, indicator: str, whole: pd.DataFrame) -> None:
    """Show every grade there is over the years, where there are more than can have lines."""
    grades = sorted((grade for grade in set(whole["grade"]) if grade), key=grade_order)
    if len(grades) < MOST_LINES:
        return
    rows = page.rows(indicator, by="grade", grade=grades)
    order = {grade: place for place, grade in enumerate(grades)}
    rows = rows.assign(_order=rows["grade"].map(order)).sort_values(["_order", "year"])
    _across(page, indicator, rows, page.pick(nb="Trinn", en="Grade"), "trinn")


def show_parts(page: Page, indicator: str, part: str, rows: pd.DataFrame) -> None:
    """Show subjects, categories or sexes beside the comparators, and over the years."""
    if rows.empty:
        return
    declared = declared_of(page, indicator)
    codes = list(dict.fromkeys(rows[part]))
    every = sorted(set(rows["grade"]), key=grade_order)
    main = declared.preferred(rows)
    found = []
    for grade in every:
        here = page.rows(indicator, part, None, grade=grade, **{part: codes})
        if here.empty:
            continue
        if grade in main and not _extensive(page, indicator):
            _beside(page, indicator, part, here)
        ending = f", {wording.grade_name(grade, page.language)}" if grade and len(every) > 1 else ""
        found.append(here.assign(label=here["label"] + ending))
    if found:
        header = wording.word(HEADERS[part], page.language)
        _across(page, indicator, pd.concat(found), header, part)


def _beside(page: Page, indicator: str, part: str, here: pd.DataFrame) -> None:
    """Draw the newest number of each part beside those of other places."""
    grade, year = str(here["grade"].iloc[0]), int(here["year"].max())
    codes = list(dict.fromkeys(here[part]))
    beside = page.rows(indicator, "place", [year], grade=grade, **{part: codes})
    named = here.drop_duplicates(part).set_index(part)["label"].map(wording.sentence)
    beside = beside[beside[part].isin(named.index)]
    beside = beside.assign(group=beside[part].map(named)).sort_values("group", kind="stable")
    page.chart(
        "dots",
        beside,
        name=f"open-{_slug(indicator, {'grade': grade})}-{part}",
        title=page.title(
            nb="{name} i {year}",
            en="{name} in {year}",
            name=_name(page, indicator, {"grade": grade}),
            year=str(year),
        ),
    )


HEADERS = {"gender": "head_gender", "subject": "head_subject", "category": "head_group"}


def _extensive(page: Page, indicator: str) -> bool:
    return page.register.indicators[indicator].unit in EXTENSIVE


def _across(page: Page, indicator: str, rows: pd.DataFrame, header: str, end: str) -> None:
    decimals = max((len(str(text).partition(".")[2]) for text in rows["printed"]), default=0)
    own = rows.assign(label=rows["label"].map(wording.sentence), year=rows["year"].astype(str))
    show_across(
        page,
        pd.concat([own, _others(page, indicator, own)], ignore_index=True),
        header=header,
        name=f"open-{_slug(indicator, {})}-{end}-tabell",
        title=page.title(
            nb="{name} i {place}",
            en="{name} in {place}",
            name=_name(page, indicator, {}),
            place=page.name,
        ),
        decimals=decimals,
    )


def _others(page: Page, indicator: str, own: pd.DataFrame) -> pd.DataFrame:
    """Put the other places' newest numbers beside: their columns are named by place and year."""
    if _extensive(page, indicator):
        return own.iloc[:0]
    newest = own.sort_values("year").drop_duplicates(DIMENSIONS, keep="last")
    wheres = {name: list(set(own[name])) for name in DIMENSIONS}
    found = page.rows(indicator, "place", None, **wheres)
    found = found[found["role"] != "own"].assign(year=found["year"].astype(str))
    found = found.merge(newest[[*DIMENSIONS, "year", "label"]], on=[*DIMENSIONS, "year"])
    place = found["label_x"].map(wording.sentence)
    return found.assign(label=found["label_y"], year=place + " " + found["year"])


def _source(page: Page, indicator: str) -> str:
    rows = page.rows(indicator, by="place", grade=list(set(own_rows(page, indicator)["grade"])))
    return source_of(page, rows[rows["year"] == rows["year"].max()]) if len(rows) else ""


def _name(page: Page, indicator: str, where: dict[str, str]) -> str:
    blank = {"grade": "", "gender": "", "subject": "", "category": ""}
    return label_of_measure(
        {"indicator": indicator, **blank, **where}, page.register, page.language
    )


def _slug(indicator: str, where: dict[str, str]) -> str:
    parts = [indicator.replace("_", "-"), *(part for part in where.values() if part)]
    return "-".join(parts).replace("_", "-")
