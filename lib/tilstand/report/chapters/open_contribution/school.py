"""Say on a school's page what the open tables tell of it, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.analysis.certainty import certainty_of
from tilstand.analysis.proportions import Difference, Interval
from tilstand.report.chapters.open_contribution.spoken import basis
from tilstand.report.page import compare

if TYPE_CHECKING:
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
        ``open_told`` or ``open_unclear`` (the name, where the school passes the gate and can, or
        cannot, be told from the average) and ``open`` (a comparison with its interval).
    """
    said: dict[str, Any] = {"open_told": "", "open_unclear": "", "open": compare.means(None)}
    rows = shown.shown
    if rows.empty:
        return said
    rows = rows[(rows["unit"] == unit) | (rows["label"] == name)]
    if len(rows) != 1:
        return said
    row = rows.iloc[0]
    low, high, estimate = (float(row[end]) for end in ("low", "high", "estimate"))
    found = Difference(estimate, Interval(low, high), certainty_of(estimate, low, high))
    told = row["told"] != "unclear"
    return {
        "open_told": name if told else "",
        "open_unclear": "" if told else name,
        "open": compare.means(found, basis(shown), decimals=1),
    }
