"""Say why a series is broken, in the register's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.reading import Reading


def line(page: Reading, indicator: str, data: pd.DataFrame) -> str:
    """Name the breaks that fall within a figure's years, for the line under it.

    Parameters
    ----------
    page : Reading
        The page.
    indicator : str
        Code of the catalogue.
    data : pandas.DataFrame
        What the figure draws.

    Returns
    -------
    str
        "Brudd i serien: ny serie fra 2022 (2022)."; empty where none falls within.
    """
    first, last = int(data["year"].min()), int(data["year"].max())
    named = []
    for row in page.register.breaks_of(indicator):
        start, end = int(row["year"]), int(row["last_year"] or row["year"])
        if start <= last and end > first - bool(row["last_year"]):
            span = f"{start}" if start == end else f"{start}\N{EN DASH}{end}"
            named.append((start, f"{row[f'name_{page.language}']} ({span})"))
    if not named:
        return ""
    opening = wording.sentence(wording.word("break", page.language))
    return f"{opening}: {'; '.join(text for _, text in sorted(named))}."


def reason(page: Reading, code: str) -> str:
    """Return the reason for a break in the page's language.

    Parameters
    ----------
    page : Reading
        The page.
    code : str
        Code of the break in ``data/register/breaks.csv``.

    Returns
    -------
    str
        One or two sentences.
    """
    found = page.register.breaks[page.register.breaks["break"] == code].iloc[0]
    return str(found[f"reason_{page.language}"])


def first_year(page: Reading, code: str) -> int:
    """Return the first year after a break."""
    found = page.register.breaks[page.register.breaks["break"] == code].iloc[0]
    return int(found["year"])


def year_within(page: Reading, code: str) -> Value:
    """Return the edition's year if it lies within a break that has an end, else nothing."""
    found = page.register.breaks[page.register.breaks["break"] == code].iloc[0]
    within = int(found["year"]) <= page.year <= int(found["last_year"])
    ref = f"breaks|{code}"
    return Value(page.year if within else None, year=page.year, refs=(ref,), recipe="year")
