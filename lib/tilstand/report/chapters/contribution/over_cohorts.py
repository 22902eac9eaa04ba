"""Show contributions over cohorts, schools that turned, and schools beside those like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.contribution.contribution_exhibits import interval_options
from tilstand.report.chapters.pupils.shown import open_pupils
from tilstand.report.chapters.schools.comments import show_comments
from tilstand.report.numbers import Value
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.contribution.shown import Shown
    from tilstand.report.page.page import Page


def cohort_rows(shown: Shown) -> pd.DataFrame:
    """Make the rows of the small multiples: a school's contribution to each cohort, by name."""
    rows = shown.frame("cohorts")
    if rows.empty or rows["cohort"].nunique() < 2:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "label": rows["school"].astype(str),
            "year": rows["cohort"].astype(int),
            "autumn": rows["cohort"].astype(int).astype(str),
            "n": rows["n"],
            "value": rows["estimate"],
            "low": rows["ci_low"],
            "high": rows["ci_high"],
            "role": shown.role,
        }
    )


def cohort_columns(page: Page) -> list[Column]:
    """Return the columns of the table behind the small multiples."""
    pick = page.pick
    return [
        Column("label", pick(nb="Skole", en="School")),
        Column("autumn", pick(nb="Høst", en="Autumn")),
        Column("n", pick(nb="Elever", en="Pupils"), 0),
        *_contribution(page),
    ]


def change_rows(shown: Shown) -> pd.DataFrame:
    """Make the rows of the figure of unshrunk changes, by name."""
    rows = shown.frame("turned")
    if rows.empty:
        return pd.DataFrame()
    rows = rows[rows["change"].notna()]
    return pd.DataFrame(
        {
            "label": rows["school"].astype(str),
            "value": rows["change"],
            "low": rows["low"],
            "high": rows["high"],
            "role": shown.role,
        }
    )


def change_columns(page: Page) -> list[Column]:
    """Return the columns of the table behind the figure of changes."""
    pick = page.pick
    return [
        Column("label", pick(nb="Skole", en="School")),
        *_contribution(page, pick(nb="Endring, poeng", en="Change, points")),
    ]


def turned_words(page: Page, shown: Shown) -> dict[str, Any]:
    """Name the schools that turned, for a sentence, and say what the test allows for.

    Returns
    -------
    dict
        ``turned_up`` and ``turned_down``, names in words, blank where there are none;
        ``none_turned``, how many were tested where none did; ``tested, change_first,
        change_newest`` and ``class_share``.
    """
    rows = shown.frame("turned")
    told = shown.said("change", "tested", decimals=0)
    flagged = rows[rows["turned"]] if len(rows) else rows
    names = {
        end: [str(one) for one in flagged.loc[sign * flagged["change"] > 0, "school"]]
        if len(flagged)
        else []
        for end, sign in (("turned_up", 1), ("turned_down", -1))
    }
    years = {end: shown.number("change", end) for end in ("first", "newest")}
    return {
        **told,
        **{end: wording.listing(found, page.language) for end, found in names.items()},
        "none_turned": told["tested"] if not len(flagged) else "",
        **{f"change_{end}": _year(shown, year) for end, year in years.items()},
        "class_share": shown.value(shown.number("change", "class_share"), 2),
    }


def show_turned_comments(page: Page, shown: Shown) -> None:
    """Show what schools that turned say themselves; nothing where none did."""
    rows = shown.frame("turned")
    book = open_pupils(page) if len(rows) and rows["turned"].any() else None
    if book is None:
        return
    named = {school.name: school for school in book.schools}
    for name in rows.loc[rows["turned"], "school"]:
        if str(name) in named:
            show_comments(page, named[str(name)], named=True)


def like_rows(shown: Shown) -> pd.DataFrame:
    """Make the rows of the figure of schools beside those like them, by name."""
    rows = shown.frame("like")
    if rows.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "label": rows["school"].astype(str),
            "value": rows["difference"],
            "low": rows["low"],
            "high": rows["high"],
            "role": shown.role,
        }
    )


def like_columns(page: Page) -> list[Column]:
    """Return the columns of the table behind that figure."""
    pick = page.pick
    return [
        Column("label", pick(nb="Skole", en="School")),
        *_contribution(page, pick(nb="Forskjell, poeng", en="Difference, points")),
    ]


def plain_options(page: Page, shown: Shown, value: str, subtitle: str, zero: str) -> dict[str, Any]:
    """Give an interval chart with one mark a school its key.

    Parameters
    ----------
    page : Page
        Gives the language.
    shown : Shown
        Gives the exhibit its marks.
    value, subtitle, zero : str
        What the mark is, what the figure shows, and what zero is.
    """
    options = interval_options(page, shown, value=value, other=" ")
    return {**options, "subtitle": subtitle, "reference_name": zero}


def intake_rows(page: Page, shown: Shown) -> pd.DataFrame:
    """Make the rows of intake against outcome: ours by name, the others unnamed."""
    rows = shown.frame("intake")
    if rows.empty:
        return pd.DataFrame()
    other = page.pick(nb="annen skole", en="other school")
    ours = rows["school"] != ""
    return pd.DataFrame(
        {
            "label": rows["school"].where(ours, other),
            "n": rows["n"],
            "x": rows["intake"],
            "value": rows["outcome"],
            "role": ours.map({True: shown.role, False: "rest"}),
        }
    )


def intake_columns(page: Page) -> list[Column]:
    """Return the columns of the table behind that figure."""
    pick = page.pick
    return [
        Column("label", pick(nb="Skole", en="School")),
        Column("n", pick(nb="Elever", en="Pupils"), 0),
        Column("x", pick(nb="Tidligere resultat, snitt", en="Earlier result, mean"), 1),
        Column("value", pick(nb="Resultat, snitt", en="Result, mean"), 1),
    ]


def staying_rows(shown: Shown) -> pd.DataFrame:
    """Make the rows of what stays, with what would stay if contributions drift, by name."""
    rows = shown.frame("pooled")
    if rows.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "label": rows["school"].astype(str),
            "n": rows["n"],
            "value": rows["estimate"],
            "low": rows["ci_low"],
            "high": rows["ci_high"],
            "other": rows["drifting"],
            "role": shown.role,
        }
    )


def _contribution(page: Page, value: str = "") -> list[Column]:
    pick = page.pick
    return [
        Column("value", value or pick(nb="Bidrag, poeng", en="Contribution, points"), 1),
        Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
        Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
    ]


def _year(shown: Shown, year: float | None) -> Value:
    made = shown.value(year, 0)
    when = None if made.number is None else int(made.number)
    return Value(made.number, refs=made.refs, recipe="year", year=when)
