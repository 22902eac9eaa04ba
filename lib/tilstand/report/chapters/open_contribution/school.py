"""Say on a school's page what the open tables tell of it, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.analysis.certainty import certainty_of
from tilstand.analysis.proportions import Difference, Interval
from tilstand.report.chapters.open_contribution.spoken import basis
from tilstand.report.page import compare

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.chapters.open_contribution.reading import OpenContribution


def school_words(shown: OpenContribution, unit: str, name: str) -> dict[str, Any]:
    """Name what a school's page may say.

    Parameters
    ----------
    shown : OpenContribution
        The edition's fit.
    unit : str
        Organisation number, or the key that the pupil file has for the school.
    name : str
        The school's name, by which it is found where the key is no number.

    Returns
    -------
    dict
        ``open``: the school against the average, with its interval; missing where it does not
        pass the gate.
    """
    row = _row(shown, unit, name)
    if row is None:
        return {"open": compare.means(None)}
    low, high, estimate = (float(row[end]) for end in ("low", "high", "estimate"))
    found = Difference(estimate, Interval(low, high), certainty_of(estimate, low, high))
    return {"open": compare.means(found, basis(shown), decimals=1)}


def school_facts(shown: OpenContribution, unit: str, name: str) -> dict[str, bool]:
    """Tell whether a school that passes the gate can be distinguished from the average.

    Parameters
    ----------
    shown, unit, name
        As for `school_words`.

    Returns
    -------
    dict
        ``open_told`` and ``open_unclear``; neither holds for a school that does not pass.
    """
    row = _row(shown, unit, name)
    told = row is not None and row["told"] != "unclear"
    return {"open_told": told, "open_unclear": row is not None and not told}


def _row(shown: OpenContribution, unit: str, name: str) -> pd.Series | None:
    """Find the one school of a key or a name among those that pass the gate."""
    rows = shown.shown
    if len(rows):
        rows = rows[(rows["unit"] == unit) | (rows["label"] == name)]
    return rows.iloc[0] if len(rows) == 1 else None
