"""Pick what a council has to see first: what differs clearly, and what has clearly changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.open.lines import DIMENSIONS, key_series
from tilstand.report.numbers import Value, decimals_off_zero
from tilstand.report.page.across import source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.open.told import Told
    from tilstand.report.page.compare import Comparison
    from tilstand.report.page.page import Page

Against = Literal["nation", "before"]
#: More rows than this are more than a council reads on two pages.
MOST = 8
SURE = ("clear", "sign", "chance")


def council_words(page: Page) -> dict[str, Any]:
    """Count the key figures that can be compared, and those that differ or changed clearly."""
    found = key_series(page)
    beside = [told.beside().certainty for told in found]
    changed = [told.change.certainty for told in found]
    compared = [certainty for certainty in beside if certainty in SURE]
    return {
        "figures": _count(len(found)),
        "compared": _count(len(compared)),
        "clear": Value(compared.count("clear") if compared else None, recipe="count of rows"),
        "changed": _count(changed.count("clear")),
    }


def _count(number: int) -> Value:
    return Value(number or None, recipe="count of rows")


def show_clear(page: Page, against: Against) -> None:
    """Show the key figures that differ clearly from the country, or from the year before.

    Parameters
    ----------
    page : Page
        The open page.
    against : {"nation", "before"}
        What they are held against.
    """
    found = [(told, *_compared(told, against)) for told in key_series(page)]
    clear = [one for one in found if one[2].certainty == "clear"]
    clear.sort(key=lambda one: -abs(float(one[0].now) / (float(one[1]) or 1.0) - 1))
    if not clear:
        return
    rows = [_line(page, *one) for one in clear[:MOST]]
    pick = page.pick
    other = (
        wording.sentence(page.register.name("norge", page.year, page.language))
        if against == "nation"
        else pick(nb="Året før", en="The year before")
    )
    titles = {
        "nation": pick(
            nb="De største av forskjellene som er tydelige",
            en="The largest of the differences that are clear",
        ),
        "before": pick(
            nb="De største av endringene som er tydelige",
            en="The largest of the changes that are clear",
        ),
    }
    page.table(
        pd.DataFrame(rows),
        [
            Column("label", pick(nb="Mål", en="Measure")),
            Column("own", page.name),
            Column("other", other),
            Column("interval", pick(nb="Forskjell, 95 %-intervall", en="Difference, 95% interval")),
        ],
        name=f"tydelig-{against}",
        title=titles[against],
        source=source_of(page, pd.DataFrame([told.own.rows[-1] for told, *_ in clear[:MOST]])),
    )


def _compared(told: Told, against: Against) -> tuple[Value, Comparison]:
    if against == "nation":
        return told.other("norge"), told.beside()
    return told.before, told.change


def _line(page: Page, told: Told, other: Value, found: Comparison) -> dict[str, str]:
    row = {"indicator": told.indicator, **dict.fromkeys(DIMENSIONS, ""), **told.where}
    language = page.language
    gap = told.now - other
    places = decimals_off_zero((float(found.low), float(found.high)), found.low.decimals)
    low, high = (end.rounded(places).text(language) for end in (found.low, found.high))
    ends = f"{low} {wording.word('to', language)} {high}"
    return {
        "label": label_of_measure(row, page.register, language),
        "own": told.now.text(language),
        "other": other.text(language),
        "interval": f"{gap.text(language)} ({ends})",
    }
