"""Say why a series is broken, in the register's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.page import Page


def reason(page: Page, code: str) -> str:
    """Give the reason for a break in the page's language.

    Parameters
    ----------
    page : Page
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


def first_year(page: Page, code: str) -> int:
    """Give the first year after a break."""
    found = page.register.breaks[page.register.breaks["break"] == code].iloc[0]
    return int(found["year"])


def year_within(page: Page, code: str) -> Value:
    """Give the edition's year if it lies within a break that has an end, else nothing."""
    found = page.register.breaks[page.register.breaks["break"] == code].iloc[0]
    within = int(found["year"]) <= page.year <= int(found["last_year"])
    ref = f"breaks|{code}"
    return Value(page.year if within else None, year=page.year, refs=(ref,), recipe="year")
