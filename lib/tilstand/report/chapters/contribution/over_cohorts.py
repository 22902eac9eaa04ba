"""Show contributions over cohorts, schools that turned, and schools beside those like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.contribution.contribution_exhibits import (
    interval_columns,
    interval_options,
)
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
            "apart": rows["turned"],
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
        ``turned_up`` and ``turned_down``, names in words, None where there are none; ``tested``,
        ``change_first``, ``change_newest`` and ``class_share``.
    """
    years = {end: shown.number("change", end) for end in ("first", "newest")}
    return {
        **shown.said("change", "tested", decimals=0),
        **{end: wording.listing(names, page.language) or None for end, names in _turned(shown)},
        **{f"change_{end}": _year(shown, year) for end, year in years.items()},
        "class_share": shown.value(shown.number("change", "class_share"), 2),
    }


def turned_facts(shown: Shown) -> dict[str, bool]:
    """Tell whether there are several cohorts, and whether schools turned, for ``when-`` tags."""
    named = {f"has_{end}": bool(names) for end, names in _turned(shown)}
    tested = len(shown.frame("turned")) > 0
    return {**named, "none_turned": tested and not any(named.values()), "several": tested}


def _turned(shown: Shown) -> list[tuple[str, list[str]]]:
    rows = shown.frame("turned")
    found = []
    for end, sign in (("turned_up", 1), ("turned_down", -1)):
        there = rows[rows["turned"] & (sign * rows["change"] > 0)] if len(rows) else rows
        found.append((end, [str(one) for one in there["school"]] if len(rows) else []))
    return found


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


def cohort_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return subtitle and marks of the small multiples."""
    population = shown.reference
    return {
        "subtitle": page.pick(
            nb=f"Skolebidrag med 95 %-intervall, skalapoeng. Null er gjennomsnittsskolen i "
            f"{population} for hvert kull. Skolene står etter navn.",
            en=f"School contribution with a 95% interval, scale points. Zero is the average school "
            f"in {population} for each cohort. Schools are listed by name.",
        ),
        **shown.marks,
    }


def change_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return the key of the figure of unshrunk changes."""
    pick = page.pick
    return {
        **interval_options(
            page, shown, value=pick(nb="endring, ikke trukket", en="unshrunk change")
        ),
        "subtitle": pick(
            nb="Skalapoeng mer eller mindre enn skolene i snitt, med 95 %-intervall. Skolene står "
            "etter navn.",
            en="Scale points more or less than schools on average, with a 95% interval. Schools "
            "are listed by name.",
        ),
        "reference_name": pick(nb="som skolene i snitt", en="as schools on average"),
        "sides": None,
    }


def like_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return the key of the figure of schools beside those like them."""
    pick = page.pick
    value = pick(nb="forskjell fra like skoler", en="difference from like schools")
    return {
        **interval_options(page, shown, value=value),
        "subtitle": pick(
            nb="Skolens bidrag minus snittet av bidragene til skolene som er mest like, med "
            "95 %-intervall, skalapoeng. Skolene står etter navn.",
            en="The school’s contribution less the mean contribution of the schools most like it, "
            "with a 95% interval, scale points. Schools are listed by name.",
        ),
        "reference_name": pick(nb="som skoler som er like", en="as schools that are like it"),
        "sides": None,
    }


def intake_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return axes and key of the figure of intake against outcome."""
    pick = page.pick
    return {
        "subtitle": pick(
            nb="Skolens snitt for elever med begge resultatene, alle kull, hele skalapoeng.",
            en="The school’s mean for pupils with both results, all cohorts, whole scale points.",
        ),
        "names": (
            pick(nb="kommunens skoler", en="the municipality’s schools"),
            pick(nb="andre skoler", en="other schools"),
        ),
        "across": pick(nb="Tidligere resultat, snitt", en="Earlier result, mean"),
        "upwards": pick(nb="Resultat, snitt", en="Result, mean"),
        **shown.marks,
    }


def intake_correlation(shown: Shown) -> Value:
    """Correlate the schools' mean results with their intake."""
    rows = shown.frame("intake")
    return shown.value(rows["intake"].corr(rows["outcome"]) if len(rows) else None, 2)


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
        Column("x", pick(nb="Tidligere resultat, snitt", en="Earlier result, mean"), 0),
        Column("value", pick(nb="Resultat, snitt", en="Result, mean"), 0),
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


def staying_columns(page: Page) -> list[Column]:
    """Return the columns of the table behind the figure of what stays."""
    pick = page.pick
    return interval_columns(
        page,
        other=pick(nb="Hvis bidraget driver", en="If contributions drift"),
        pupils=pick(nb="Elever i alle kull", en="Pupils, all cohorts"),
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
