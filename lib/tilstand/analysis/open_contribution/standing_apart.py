"""Find the schools that stand apart: other aims, other languages or other intake than the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def apart_schools(
    figures: pd.DataFrame, names: Mapping[str, str], words: Mapping[str, str]
) -> dict[str, str]:
    """Name the schools that are neither estimated nor part of the variances.

    Parameters
    ----------
    figures : DataFrame
        *Figures*; a school with a number in a column of private schools is private.
    names : mapping of str to str
        Name of each school, by organisation number.
    words : mapping of str to str
        What a word in a name says of its school, by word in small letters.

    Returns
    -------
    dict of str to str
        Why, by organisation number. A word counts where a word of the name begins with it.
    """
    found = {}
    for unit, name in names.items():
        parts = re.findall(r"[^\W_]+", name.lower())
        reason = next((why for word, why in words.items() if _begins(parts, word)), "")
        if reason:
            found[unit] = reason
    private = figures[
        (figures["level"] == "school")
        & (figures["category"] == "private")
        & figures["status"].isin(["ok", "suppressed", "provisional"])
    ]
    return {**{str(unit): "private" for unit in private["unit"].unique()}, **found}


def _begins(parts: list[str], word: str) -> bool:
    # A short word is a whole one: "wang" is a chain of schools, "wangen" a place.
    return any(part == word if len(word) < 6 else part.startswith(word) for part in parts)
