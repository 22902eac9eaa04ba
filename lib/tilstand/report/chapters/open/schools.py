"""Show a measure school by school, by name, with what is hidden kept hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.proportions import share_interval
from tilstand.contracts import STATUSES_WITH_VALUE
from tilstand.report import wording
from tilstand.report.chapters.open.told import NORMAL, tell
from tilstand.report.page.across import source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.report.chapters.open.told import Told
    from tilstand.report.page.page import Page

#: More schools than this do not get a drawing: their table says it.
MOST_DRAWN = 60
YEARS = 4


def school_rows(page: Page, indicator: str) -> pd.DataFrame:
    """Pick the rows of the municipality's schools.

    Parameters
    ----------
    page : Page
        The open page.
    indicator : str
        Code of the catalogue.

    Returns
    -------
    pandas.DataFrame
        Rows of the *figures* table of schools that the register places in the municipality, with
        ``name``; values with fewer pupils behind them than the edition's least number are
        suppressed, whatever the source shows.
    """
    units = page.register.units
    if "municipality" not in units:
        return page.near.iloc[:0].assign(name="")
    names = once((__name__, page.project, page.edition.name), lambda: _names(page))
    found = page.near
    found = found[(found["indicator"] == indicator) & (found["level"] == "school")]
    found = found[found["unit"].isin(names.index)]
    few = found["n"].notna() & (found["n"] < page.edition.disclosure.min_n)
    shown = found.assign(
        name=found["unit"].map(names),
        value=found["value"].mask(few),
        status=found["status"].mask(few, "suppressed"),
    )
    return shown[shown["gender"] == ""]


def _names(page: Page) -> pd.Series:
    """Name our schools by organisation number."""
    units = page.register.units
    own = units[(units["level"] == "school") & (units["municipality"] == page.place)]
    return own.drop_duplicates("code", keep="last").set_index("code")["name_nb"].str.strip()


def show_schools(page: Page, indicator: str) -> None:
    """Show every school by name: a drawing where there are intervals, and a table of years.

    Parameters
    ----------
    page : Page
        The open page.
    indicator : str
        Code of the catalogue.
    """
    rows = school_rows(page, indicator)
    rows = rows[(rows["subject"] == "") & (rows["category"] == "")]
    for grade in sorted(set(rows["grade"])):
        here = rows[rows["grade"] == grade]
        if here["value"].notna().any():
            told = tell(page, indicator, grade=grade)
            _draw(page, told, here)
            _table(page, told, here)


def with_ends(told: Told, rows: pd.DataFrame) -> pd.DataFrame:
    """Add a 95 % interval to schools' values, where what is published allows one."""
    if told.own.indicator.unit == "percent":
        ends = [
            share_interval(value * n / 100, n) if n == n and value == value else None
            for value, n in zip(rows["value"], rows["n"], strict=True)
        ]
        low = [end.low if end else np.nan for end in ends]
        high = [end.high if end else np.nan for end in ends]
        return rows.assign(low=low, high=high)
    half = NORMAL * told.deviation / np.sqrt(rows["n"].where(rows["n"] > 0))
    return rows.assign(low=rows["value"] - half, high=rows["value"] + half)


def _draw(page: Page, told: Told, rows: pd.DataFrame) -> None:
    latest = rows[(rows["year"] == rows["year"].max()) & rows["value"].notna()]
    drawn = with_ends(told, latest.assign(label=latest["name"], role="own"))
    own = told.own.at(int(latest["year"].max()))
    if own.missing or drawn["low"].isna().all() or len(drawn) > MOST_DRAWN:
        return
    drawn = drawn.sort_values("name", key=lambda names: names.map(by_name))
    decimals, pick = told.now.decimals, page.pick
    apart = int(((drawn["low"] > float(own)) | (drawn["high"] < float(own))).sum())
    page.chart_of(
        "caterpillar",
        drawn,
        [
            Column("label", pick(nb="Skole", en="School")),
            Column("value", wording.sentence(page.label(told.indicator)), decimals),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), decimals),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), decimals),
            Column("n", pick(nb="Elever", en="Pupils"), 0),
        ],
        name=f"open-{told.indicator.replace('_', '-')}-skoler",
        title=page.title(
            nb="{apart} av {schools} skoler har et intervall som ikke dekker {name}",
            en="{apart} of {schools} schools have an interval that does not cover {name}",
            apart=str(apart),
            schools=str(len(drawn)),
            name=page.name,
        ),
        subtitle=_caption(page, told, str(latest["year"].max())),
        source=_below(page, told, rows),
        names=(pick(nb="skolen", en="the school"), ""),
        interval=wording.word("interval_95", page.language),
        reference=float(own),
        reference_name=page.name,
        against=page.name,
        decimals=decimals,
    )


def _table(page: Page, told: Told, rows: pd.DataFrame) -> None:
    years = sorted(set(rows["year"]))[-YEARS:]
    recent = rows[rows["year"].isin(years)]
    lines: dict[str, dict[str, Any]] = {}
    for row in recent.to_dict("records"):
        line = lines.setdefault(row["name"], {"label": row["name"]})
        line[str(row["year"])] = _cell(page, row)
    frame = pd.DataFrame([lines[name] for name in sorted(sorted(lines), key=by_name)])
    names = [str(year) for year in years]
    decimals = told.now.decimals
    none = page.pick(nb="–", en="–")
    page.table(
        frame.reindex(columns=["label", *names]),
        [
            Column("label", page.pick(nb="Skole", en="School")),
            *[Column(name, name, decimals, absent=none) for name in names],
        ],
        name=f"open-{told.indicator.replace('_', '-')}-skoletabell",
        title=_caption(page, told, ""),
        source=_below(page, told, recent),
    )


def _cell(page: Page, row: dict) -> float | str | None:
    if row["status"] == "suppressed":
        return wording.word("suppressed", page.language)
    return float(row["value"]) if row["status"] in STATUSES_WITH_VALUE else None


def _caption(page: Page, told: Told, year: str) -> str:
    row = {"indicator": told.indicator, "gender": "", "subject": "", "category": ""}
    name = label_of_measure(
        {**row, "grade": told.where.get("grade", "")}, page.register, page.language
    )
    tail = f" ({year})" if year else ""
    return page.pick(
        nb=f"{name}{tail}. Skolene står etter navn.",
        en=f"{name}{tail}. Schools are listed by name.",
    )


def _below(page: Page, told: Told, rows: pd.DataFrame) -> str:
    least = page.edition.disclosure.min_n
    hidden = page.pick(
        nb=f"Skjult: færre enn {least} elever, eller skjult av Udir. –: ikke aktuelt eller "
        "ikke rapportert.",
        en=f"Suppressed: fewer than {least} pupils, or hidden by Udir. –: does not apply or is "
        "not reported.",
    )
    made = ""
    if told.deviation == told.deviation and told.own.indicator.unit != "percent":
        made = page.pick(
            nb="Intervallene er regnet ut av hvor mye snittet på de samme skolene flytter seg fra "
            "år til år.",
            en="The intervals are computed from how much the mean of the same schools moves from "
            "year to year.",
        )
    line = source_of(page, rows.assign(n=np.nan))
    return " ".join(part for part in (hidden, made, line) if part)
