"""Say in the titles of figures over cohorts what they find, counted from their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page

#: From which correlation results follow intake largely, and somewhat.
LARGELY, SOMEWHAT = 0.5, 0.2


def steady_title(page: Page, rows: pd.DataFrame) -> str:
    """Say how many schools are on one side of zero in every cohort.

    Parameters
    ----------
    page : Page
        Gives the language.
    rows : pandas.DataFrame
        ``label`` (the school) and ``value`` (its contribution to one cohort), a row a cohort.

    Returns
    -------
    str
        The title; blank where there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.report import open_page
    >>> rows = pd.DataFrame({"label": ["A", "A", "B", "B"], "value": [1, 2, -1, 1]})
    >>> steady_title(open_page(2020, "en"), rows)
    '1 of 2 schools kept to the same side of zero in every cohort'
    """
    if rows.empty:
        return ""
    ends = rows.groupby("label", sort=False)["value"].agg(["min", "max"])
    steady = int(((ends["min"] > 0) | (ends["max"] < 0)).sum())
    return _counted(
        page,
        (steady, len(ends)),
        nb="{} holdt seg på samme side av null i alle kullene",
        en="{} kept to the same side of zero in every cohort",
    )


def turned_title(page: Page, rows: pd.DataFrame) -> str:
    """Say how many schools changed otherwise than schools on average, of those tested."""
    return _apart(
        page,
        rows,
        nb="{} endret seg annerledes enn snittet, fra det første til det nyeste kullet",
        en="{} changed differently from the average, from the first to the newest cohort",
    )


def like_title(page: Page, rows: pd.DataFrame) -> str:
    """Say how many schools can be told from schools with equal intake."""
    return _apart(
        page,
        rows,
        nb="{} kan skilles fra skoler med likt elevgrunnlag",
        en="{} can be distinguished from schools with a similar intake",
    )


def staying_title(page: Page, rows: pd.DataFrame) -> str:
    """Say how many schools stand out in what stays from cohort to cohort."""
    return _apart(
        page,
        rows,
        nb="{} skiller seg fra gjennomsnittsskolen i det som blir fra kull til kull",
        en="{} can be distinguished from the average school in what stays from cohort to cohort",
    )


def intake_title(page: Page, correlation: float | None) -> str:
    """Say how far the schools' results follow their intake.

    Parameters
    ----------
    page : Page
        Gives the language.
    correlation : float or None
        Of the schools' mean results with their mean earlier results; None where there is none.

    Examples
    --------
    >>> from tilstand.report import open_page
    >>> intake_title(open_page(2020, "en"), 0.93)
    'Schools’ results largely follow what their pupils came with'
    """
    if correlation is None or correlation != correlation:
        return ""
    if correlation >= LARGELY:
        nb, en = "følger langt på vei", "largely follow"
    elif correlation >= SOMEWHAT:
        nb, en = "følger til en viss grad", "follow to some extent"
    elif correlation > -SOMEWHAT:
        nb, en = "følger i liten grad", "hardly follow"
    else:
        nb, en = "går motsatt vei av", "run opposite to"
    return page.pick(
        nb=f"Skolenes resultater {nb} det elevene hadde med seg",
        en=f"Schools’ results {en} what their pupils came with",
    )


def _apart(page: Page, rows: pd.DataFrame, *, nb: str, en: str) -> str:
    """Count rows that are marked as apart or, where none is marked, whose interval leaves zero."""
    if rows.empty:
        return ""
    apart = rows["apart"] if "apart" in rows else (rows["low"] > 0) | (rows["high"] < 0)
    return _counted(page, (int(apart.sum()), len(rows)), nb=nb, en=en)


def _counted(page: Page, counts: tuple[int, int], *, nb: str, en: str) -> str:
    """Write "3 of 12 schools ..." or "None of 12 schools ..."."""
    found, several = counts
    few = write_number(found, 0, page.language) if found else page.pick(nb="Ingen", en="None")
    whole = write_number(several, 0, page.language)
    return page.pick(
        nb=nb.format(f"{few} av {whole} skoler"), en=en.format(f"{few} of {whole} schools")
    )
