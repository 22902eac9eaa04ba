"""Write the numbers one to twelve in words where they stand in running text."""

from __future__ import annotations

import re

CARDINALS = {
    "nb": ["én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"],
    "en": [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ],
}
ORDINALS = "første andre tredje fjerde femte sjette sjuende åttende niende tiende ellevte tolvte"
LAST = 12
# Measures keep their figures, and so do numbers that are names: levels, grades, sections.
MEASURED = re.compile(
    r"\s*(?:prosent|per ?cent|percentage|kroner|skalapoeng|scale|poeng|points?\b|grunnskolepoeng|"
    r"studiepoeng|credits?\b|mill|%|:\d|[–/)]|-)"
)
NAMED = re.compile(
    r"(?:[–(/§-]|(?:nivå|level|trinn|grade|grades|uke|NOK|kapittel|section)\s*)$", re.IGNORECASE
)
# «Tre av 43» mixes ways of writing in one breath: beside a larger number it is «3 av 43».
BESIDE = r"(?:av|of|mot|against|til|to|eller|or|og|and)"
AFTER = re.compile(rf"\s+{BESIDE}\s+(?:de |the |om lag |about )?(?P<n>\d[\d\u00a0, ]*)")
BEFORE = re.compile(rf"(?P<n>\d[\d\u00a0, ]*)\s+{BESIDE}\s+(?:de |the |om lag |about )?$")
BEGINS = re.compile(r"(?:^|[.!?](?:\]\([^)]*\))?[»”*]*\s+|^\s*[-*>]\s+)(?:\*\*)?$")
NEUTER = re.compile(
    r"\s*(?:år|trinn|mål|fritidshus|barn|tilsyn|møte|kurs|tiltak|nettverk|semester|program|kull|"
    r"område|lag|fag|tall|svar|sted|råd|løfte|kapittel|utsagn|dokument)\b"
)


def spoken(text: str, language: str, before: str, after: str) -> str:
    """Write a number as running text has it.

    Parameters
    ----------
    text : str
        The number as figures; "om lag 8" is written as "om lag åtte".
    language : {"nb", "en"}
        Language of the text.
    before, after : str
        What stands around it on its line, filled in.

    Returns
    -------
    str
        The number in words where it is a whole one from one to twelve that counts something;
        else unchanged.

    Examples
    --------
    >>> spoken("3", "nb", "De er delt i ", " grupper.")
    'tre'
    >>> spoken("3", "nb", "Av skolene er ", " av 43 med.")
    '3'
    >>> spoken("5", "en", "", " per cent were bullied.")
    '5'
    """
    found = re.fullmatch(r"(.*?)(\d+)", text)
    head, number = found.groups() if found else ("", "")
    if not number.isdigit() or not 1 <= int(number) <= LAST or re.search(r"\d|[,.]$", head):
        return text
    if MEASURED.match(after) or NAMED.search(before) or _stands_beside_a_larger(before, after):
        return text
    word = CARDINALS[language][int(number) - 1]
    if language == "nb" and number == "1" and NEUTER.match(after):
        word = "ett"
    begins = not head and BEGINS.search(before)
    return head + (word[0].upper() + word[1:] if begins else word)


def ordinal(text: str) -> str:
    """Write a Norwegian ordinal of one to twelve in a word: 3 is "tredje"; others keep a point."""
    fits = text.isdigit() and 1 <= int(text) <= LAST
    return ORDINALS.split()[int(text) - 1] if fits else f"{text}."


def _stands_beside_a_larger(before: str, after: str) -> bool:
    others = [pattern for pattern in (AFTER.match(after), BEFORE.search(before)) if pattern]
    return any(_is_larger(other["n"]) for other in others)


def _is_larger(number: str) -> bool:
    digits = re.sub(r"\s", "", number.replace(",", ".")).rstrip(".")
    return "." in digits or int(digits) > LAST
