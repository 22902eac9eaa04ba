"""Show measures one a line: a chapter's further figures, and the key figures of the whole book."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.open.told import NATION, Told, own_rows
from tilstand.report.charts.sparkline import sparkline
from tilstand.report.page import exhibits
from tilstand.report.page.across import source_of
from tilstand.report.page.blocks import data_element
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.sources.declared import grade_order, read_declared
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.report.numbers import Value
    from tilstand.report.page.page import Page
    from tilstand.sources.declared import Declared

PLACES, NONE = "places", "–"
DIMENSIONS = ["grade", "gender", "subject", "category"]
IMPORTANT = ("must", "usual")
#: Numbers of these units grow with the place, so that places do not share an axis.
EXTENSIVE = ("count", "fte")


def lines_of(page: Page, chapter: str) -> list[Told]:
    """List the further figures of a chapter that the edition has, a series each."""
    declared = read_declared(page.project.register)
    mine = [one for one in declared if one.chapter == chapter and one.form == "line"]
    return [told for one in mine for told in every_series(page, one)]


def every_series(page: Page, declared: Declared, *, preferred: bool = False) -> list[Told]:
    """Open each series that the municipality has of a measure.

    Parameters
    ----------
    page : Page
        The open page.
    declared : Declared
        The measure.
    preferred : bool
        Keep the preferred grades and both sexes together only.

    Returns
    -------
    list of Told
        In order of grade, sex, subject and category.
    """
    rows = own_rows(page, declared.indicator)
    if preferred:
        rows = rows[rows["gender"] == ""]
        rows = rows[rows["grade"].isin(declared.preferred(rows))]
    keys = dict.fromkeys(zip(*(rows[name] for name in DIMENSIONS), strict=True))
    wheres = [dict(zip(DIMENSIONS, map(str, key), strict=True)) for key in keys]
    wheres.sort(key=lambda where: (grade_order(where["grade"]), *list(where.values())[1:]))
    return [Told(page, declared, where) for where in wheres]


def has_lines(page: Page, chapter: str) -> bool:
    """Tell whether a chapter has further figures."""
    return bool(lines_of(page, chapter))


def show_lines(page: Page, chapter: str) -> None:
    """Show a chapter's further figures in one table; nothing where the edition has none.

    Parameters
    ----------
    page : Page
        The open page.
    chapter : str
        The chapter's file name, as ``data/register/shown.csv`` has it.
    """
    found = lines_of(page, chapter)
    if not found:
        return
    pick, places = page.pick, _places(found)
    rows = [_line(page, told, places) for told in found]
    columns = [
        Column("label", pick(nb="Mål", en="Measure")),
        Column("year", pick(nb="År", en="Year")),
        Column("own", page.name, PLACES),
        Column("before", pick(nb="Året før", en="The year before"), PLACES, absent=NONE),
    ]
    columns += [Column(place, _place(page, place), PLACES, absent=NONE) for place in places]
    page.table(
        pd.DataFrame(rows),
        [
            *columns,
            Column("unit", wording.word("unit", page.language)),
        ],
        name=f"open-{chapter}-flere",
        title=pick(nb="Flere tall om temaet", en="More figures on the theme"),
        source=source_of(page, pd.DataFrame([told.own.rows[-1] for told in found])),
    )


def _place(page: Page, place: str) -> str:
    return wording.sentence(page.register.name(place, page.year, page.language))


def _places(found: list[Told]) -> list[str]:
    """List the places with a column: county and country, and others that have a number."""
    always = (found[0].county, NATION)
    return [
        place
        for place in found[0].beside_places
        if place in always or any(not told.other(place).missing for told in found)
    ]


def _line(page: Page, told: Told, places: list[str]) -> dict[str, Any]:
    row = {"indicator": told.indicator, **dict.fromkeys(DIMENSIONS, ""), **told.where}
    return {
        "label": label_of_measure(row, page.register, page.language),
        "year": str(told.now.year),
        "own": float(told.now),
        "before": float(told.before),
        **{place: float(told.other(place)) for place in places},
        "places": told.now.decimals,
        "unit": wording.unit_word(told.own.indicator.unit, page.language),
    }


def key_series(page: Page) -> list[Told]:
    """List the key figures that the edition has: those a yearly report must or usually has."""
    key = (__name__, page.project, page.edition.name, page.language)
    return once(key, lambda: _key_series(page))


def _key_series(page: Page) -> list[Told]:
    declared = read_declared(page.project.register)
    named = [one for one in declared if one.importance in IMPORTANT]
    found = [told for one in named for told in every_series(page, one, preferred=True)]
    return [told for told in found if int(told.now.year or 0) >= page.year - 1]


def key_lacking(page: Page) -> str | None:
    """Name the key figures that no source has of late, as running text; None where none lacks."""
    declared = read_declared(page.project.register)
    named = [one for one in declared if one.importance in IMPORTANT]
    above = page.near["level"].isin(("nation", "county")) & page.near["value"].notna()
    known = page.near[(page.near["place"] == page.place) | above]
    late = set(known.loc[known["year"].astype(int) >= page.year - 1, "indicator"])
    missing = [
        page.label(one.indicator)
        for one in named
        if one.indicator not in late and not every_series(page, one)
    ]
    return wording.listing(missing, page.language) or None


def show_key_figures(page: Page) -> None:
    """Show every key figure on one screen: value, trend, change, comparators, certainty."""
    found = key_series(page)
    if not found:
        return
    pick, places = page.pick, _places(found)
    heads = [
        pick(nb="Mål", en="Measure"),
        pick(nb="År", en="Year"),
        page.name,
        pick(nb="Utvikling", en="Trend"),
        pick(nb="Endring", en="Change"),
        *(_place(page, place) for place in places),
        pick(nb="Mot landet", en="Compared with Norway"),
    ]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_key_row(page, told, places) for told in found)
    caption = pick(nb=f"Nøkkeltall for {page.name}", en=f"Key figures of {page.name}")
    exhibits.show_block(
        f'<div class="tablewrap key-figures" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _key_row(page: Page, told: Told, places: list[str]) -> str:
    language = page.language
    row: dict[str, Any] = {"indicator": told.indicator, **dict.fromkeys(DIMENSIONS, "")}
    label = label_of_measure({**row, **told.where}, page.register, language)
    link = f'<a href="{told.declared.chapter}.html">{escape(label)}</a>'
    extensive = told.own.indicator.unit in EXTENSIVE
    nation = None if extensive else page.series(told.indicator, NATION, **told.where)
    trend = sparkline(told.own, language, nation, page.break_years(told.indicator))
    cells = [
        data_element(told.now.year_value(), language),
        f"<strong>{data_element(told.now, language)}</strong>",
        trend,
        _change(page, told),
        *(_element(page, told.other(place)) for place in places),
        escape(_beside(told)),
    ]
    return f'<tr><th scope="row">{link}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _element(page: Page, value: Value) -> str:
    return "–" if value.missing else data_element(value, page.language)


def _change(page: Page, told: Told) -> str:
    if told.before.missing:
        return "–"
    gap = told.now - told.before
    sign = "+" if float(gap) > 0 else ""
    sure = told.certainty_word(told.change)
    return f"{sign}{data_element(gap, page.language)} <small>{escape(sure)}</small>"


def _beside(told: Told) -> str:
    other = told.other(NATION)
    if other.missing or told.own.indicator.unit in EXTENSIVE:
        return "–"
    return told.certainty_word(told.beside())
