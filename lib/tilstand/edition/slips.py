"""Answer a misspelt word of an edition file with the word that was meant."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tilstand.register import Register

#: So alike are two spellings of one word; so many words are told of those there
#: are; one letter is more of a short word.
ALIKE, MOST, SHORT = 0.7, 16, 3
#: Norwegian for what an edition file says in English, and other words for the same.
_SAME = """
    year år aar; municipality kommune; comparators sammenligning; languages språk sprak
    date dato; pupils elever; file fil; school skole; outcome resultat; subject fag; grade trinn
    cohort kull; gender kjønn; county fylke fylket; nation norge landet land nasjonalt country
    nb no nob bokmål norsk nn; en eng english engelsk; like liknende lignende
    reading lesing; numeracy regning
"""
SAME = {
    word: meaning
    for meaning, *words in map(str.split, filter(str.strip, re.split("[;\n]", _SAME)))
    for word in words
}


def meant(word: object, known: Iterable[str]) -> str:
    """Find the known word that a misspelt one is nearest to.

    Parameters
    ----------
    word : object
        What the file says.
    known : iterable of str
        What it may say.

    Returns
    -------
    str
        Blank where none is near.

    Examples
    --------
    >>> meant("kostr", ["asss", "kostra"]), meant("Kommune", ["year", "municipality"])
    ('kostra', 'municipality')
    """
    text, words = str(word).strip().casefold(), {one.casefold(): one for one in known}
    said = text if text in words else SAME.get(text, "")
    alike = ALIKE - 0.1 * (len(text) <= SHORT)
    near = [said] if said in words else get_close_matches(text, list(words), 1, alike)
    return words[near[0]] if near else ""


def hint(word: object, known: Collection[str], what: str = "") -> str:
    """Say what may have been meant, and what there is.

    Parameters
    ----------
    word : object
        What the file says.
    known : collection of str
        What it may say.
    what : str
        What else it may say, in words.

    Returns
    -------
    str
        The end of a line.

    Examples
    --------
    >>> hint("kostr", ["asss", "kostra"])
    "did you mean 'kostra'? Expected one of asss, kostra"
    """
    near = meant(word, known)
    asked = f"did you mean '{near}'? " if near else ""
    if near and len(known) > MOST and not what:
        return asked.strip()
    some = [*known][:MOST]
    more = " ..." if len(known) > MOST else ""
    listed = f"one of {', '.join(some)}{more}{what}"
    return f"{asked}Expected {listed}" if near else f"expected {listed}"


def unknown_keys(
    said: Mapping[str, object], known: Collection[str], needed: Iterable[str], where: str
) -> list[str]:
    """Name the keys that nothing is called, and those that are missing.

    Parameters
    ----------
    said : mapping
        A table of the file.
    known : collection of str
        Its keys.
    needed : iterable of str
        Those that have to be there; one that was misspelt is told once.
    where : str
        How a line begins.

    Returns
    -------
    list of str
        One line a slip.
    """
    wrong = [key for key in said if key not in known]
    near = {key: meant(key, [one for one in known if one not in said]) for key in wrong}
    lines = [
        f"{where}: '{key}' is no key here; {hint(near[key] or key, list(known))}" for key in wrong
    ]
    gone = [key for key in needed if key not in said and key not in near.values()]
    return lines + [f"{where}: '{key}' is missing" for key in gone]


def _plain(name: str) -> str:
    """Write a name without the letters that a keyboard may lack."""
    plain = name.strip().casefold()
    for letter, others in (("æ", "ae"), ("ø", "o"), ("å", "a"), ("aa", "a")):
        plain = plain.replace(letter, others)
    return plain


def unit_hint(asked: str, register: Register, year: int, words: Collection[str]) -> str:
    """Say which place or word may have been meant by one that is no code.

    Parameters
    ----------
    asked : str
        Such as ``kostr``, ``Bergen``, ``301`` or a code of another year.
    register : Register
        Tells the codes of the year.
    year : int
        The edition's year.
    words : collection of str
        Words that stand for places, besides codes; where there are none a municipality is asked
        for.

    Returns
    -------
    str
        The end of a line.
    """
    text = _plain(asked)
    units = register.units
    there = units[(units["valid_from"] <= year) & (units["valid_to"] >= year)]
    there = there[there["level"].isin(("county", "municipality") if words else ("municipality",))]
    names = there["name_nb"].map(_plain)
    older = units.loc[units["code"].isin((asked, asked.zfill(4))), "place"]
    found = there[(names == text) | there["place"].isin(older)]
    if found.empty and not meant(asked, words):
        found = there[names.isin(get_close_matches(text, list(names), 1, 0.8))]
    if not found.empty:
        called = " or ".join(
            f'"{row["code"]}" ({row["name_nb"]})' for row in found.to_dict("records")[:2]
        )
        return f"did you mean {called}?"
    if not words:
        return 'four digits between quotes, such as "4601"'
    return hint(asked, words, f", or the code of a municipality or a county in {year}")
