"""Answer a name that is not there with the ones that are like it."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Collection

    from tilstand.register import Register

#: Names are alike from here on; of so many that are, all are told.
ALIKE, MOST = 0.5, 3


def unknown(what: str, asked: object, known: Collection[str]) -> CallError:
    """Say that there is no such thing, and what may have been meant.

    Examples
    --------
    >>> print(unknown("measure", "bullied", ["bullied_share", "pupils"]))
    no measure 'bullied', did you mean bullied_share?
    """
    text = str(asked)
    begin = sorted((name for name in known if text and name.startswith(text)), key=len)
    near = begin or get_close_matches(text, list(known), MOST, ALIKE)
    hint = f"did you mean {' or '.join(near[:MOST])}?" if near else _some(known)
    return CallError(f"no {what} '{text}', {hint}")


def _some(known: Collection[str]) -> str:
    shown = sorted(known)
    return f"there are {', '.join(shown[:8])}{' ...' if len(shown) > 8 else ''}"


def language_of(asked: object) -> str:
    """Return a language of the book, or say which there are."""
    if asked in LANGUAGES:
        return str(asked)
    raise unknown("language", asked, LANGUAGES)


def _folded(name: str) -> str:
    """Write a name as it is compared: whatever its case, blanks and form of letters."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def place_of(register: Register, asked: str, year: int) -> str:
    """Find a place by its code or its name, as it was in a year.

    Parameters
    ----------
    register : Register
        Municipalities, counties and the edition's schools.
    asked : str
        Such as ``4601``, ``Bergen`` or the name of a school.
    year : int
        The edition's year.

    Returns
    -------
    str
        The place over time.

    Raises
    ------
    CallError
        When nothing is called so, or more than one.
    """
    units = register.units
    valid = units[(units["valid_from"] <= year) & (units["valid_to"] >= year)]
    names = [valid["name_nb"].map(_folded), valid["name_en"].map(_folded)]
    found = valid[
        (valid["code"] == asked) | (names[0] == _folded(asked)) | (names[1] == _folded(asked))
    ]
    places = list(dict.fromkeys(found["place"]))
    if len(places) == 1:
        return str(places[0])
    if places:
        codes = ", ".join(f"{row['code']} ({row['level']})" for row in found.to_dict("records"))
        raise CallError(f"more than one place is called '{asked}': give the code, {codes}")
    raise unknown("place", asked, [*valid["name_nb"]])
