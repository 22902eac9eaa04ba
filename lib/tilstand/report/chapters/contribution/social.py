"""Show wellbeing and bullying with grade and sex allowed for, which are no contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.social_side import BULLIED, DECIMALS, GRADE, SEX, WELLBEING
from tilstand.report.chapters.contribution.contribution_exhibits import interval_options
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.contribution.shown import Shown
    from tilstand.report.page.page import Page


def _of(shown: Shown, outcome: str) -> pd.DataFrame:
    rows = shown.frame("social")
    return rows[rows["outcome"] == outcome] if len(rows) else rows


def social_rows(shown: Shown, outcome: str) -> pd.DataFrame:
    """Make the rows of the figure of an outcome, by name; none where no answers may be shown."""
    rows = _of(shown, outcome)
    if rows.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "label": rows["school"].astype(str),
            "n": rows["n"],
            "value": rows["estimate"],
            "low": rows["ci_low"],
            "high": rows["ci_high"],
            "role": shown.role,
        }
    )


def allowed_words(shown: Shown, outcome: str) -> dict[str, str]:
    """Say in both languages what is allowed for: grade, sex, both or nothing."""
    rows = _of(shown, outcome)
    names = str(rows["allowed_for"].iloc[0]).split() if len(rows) else []
    nb, en = {GRADE: "trinn", SEX: "kjønn"}, {GRADE: "grade", SEX: "sex"}
    return {
        "nb": " og ".join(nb[one] for one in names),
        "en": " and ".join(en[one] for one in names),
    }


def _apart(rows: pd.DataFrame) -> int:
    """Count the schools whose whole interval, as printed, lies on one side of zero."""
    return int(((rows["low"] > 0) | (rows["high"] < 0)).sum()) if len(rows) else 0


def social_words(shown: Shown, language: str) -> dict[str, Any]:
    """Count the schools of each outcome, and those whose whole interval lies on one side.

    Returns
    -------
    dict
        ``wellbeing_schools``, ``wellbeing_apart`` and the same of ``bullied``; missing where there
        are none. ``social_allowed`` names what is allowed for.
    """
    said: dict[str, Any] = {}
    for outcome in (WELLBEING, BULLIED):
        rows = social_rows(shown, outcome)
        said[f"{outcome}_schools"] = shown.value(len(rows) or None, 0)
        said[f"{outcome}_apart"] = shown.value(_apart(rows) if len(rows) else None, 0)
    words = [allowed_words(shown, one)[language] for one in (WELLBEING, BULLIED)]
    said["social_allowed"] = max(words, key=len) or None
    return said


def social_facts(shown: Shown) -> dict[str, bool]:
    """Tell whether there are schools to show of each outcome, and any apart, for ``when-`` tags."""
    facts: dict[str, bool] = {"social": False}
    for outcome in (WELLBEING, BULLIED):
        rows = social_rows(shown, outcome)
        facts["social"] |= len(rows) > 0
        facts[f"{outcome}_some"] = _apart(rows) > 0
        facts[f"{outcome}_none"] = len(rows) > 0 and not _apart(rows)
    return facts


def show_social(page: Page, shown: Shown) -> None:
    """Draw the schools' differences in wellbeing and in bullying, by name."""
    pick = page.pick
    titles = {
        WELLBEING: pick(nb="Trivsel ved skolene", en="Wellbeing at the schools"),
        BULLIED: pick(nb="Andel mobbet ved skolene", en="Share bullied at the schools"),
    }
    units = {
        WELLBEING: pick(nb="Poeng på skalaen 1–5", en="Points on the scale 1–5"),
        BULLIED: pick(nb="Prosentpoeng", en="Percentage points"),
    }
    names = {WELLBEING: "skr-trivsel", BULLIED: "skr-mobbing"}
    difference = pick(nb="forskjell, trukket mot snittet", en="difference, shrunken")
    for outcome, about in titles.items():
        words = allowed_words(shown, outcome)[page.language]
        title = f"{about}, {pick(nb='justert for', en='adjusted for')} {words}" if words else about
        options = interval_options(page, shown, value=difference)
        unit, decimals = units[outcome], DECIMALS[outcome]
        page.chart_of(
            "caterpillar",
            social_rows(shown, outcome),
            [
                Column("label", pick(nb="Skole", en="School")),
                Column("n", pick(nb="Svar", en="Answers"), 0),
                Column("value", unit, decimals),
                Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), decimals),
                Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), decimals),
            ],
            name=names[outcome],
            title=title,
            **{
                **options,
                "decimals": decimals,
                "sides": (pick(nb="lavere", en="lower"), pick(nb="høyere", en="higher")),
                "subtitle": pick(
                    nb=f"{unit} over eller under gjennomsnittsskolen, alle år samlet. Skolene står "
                    "etter navn.",
                    en=f"{unit} above or below the average school, all years together. Schools are "
                    "listed by name.",
                ),
                "source": _source(page),
            },
        )


def _source(page: Page) -> str:
    return page.pick(
        nb="Kilde: utgavens elevfil, egne beregninger. Bare svar fra trinn og skoler der tallet "
        "for alle år samlet er vist, er med.",
        en="Source: the edition's pupil file, our computations. Only answers of grades and schools "
        "whose number for all years together is shown are included.",
    )
