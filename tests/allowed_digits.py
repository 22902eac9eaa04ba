"""Names and rules that carry digits of their own; a number from the data is always {{ a name }}."""

from __future__ import annotations

import re

ALLOWED = re.compile(
    "|".join(
        [
            r"\d+\.(\s?(,|og|–|-|til)\s?\d+\.)*\s?(års)?(trinn|klasse)",
            r"[Gg]rades? \d+(\s?(,|and|–|-|to)\s?\d+)*",
            r"[Vv]g\s?[123]",
            r"§+\s?\d+[-–a-zA-Z\d ]*",
            r"(kapittel|kap\.|chapter|section)\s\d[\d.]*\s?[A-Za-z]?",
            r"([Nn]ivå|[Ll]evel) [1-5]\b",
            r"95\s?%|80\s?%",
            r"(NOU|St\.\s?meld\.|Meld\.\s?St\.)[^.;)]*",
            r"Skolemelding 2020|Tilstandsrapporten 2020|Årsrapport(en)? 2020|[Aa]nnual report 2020",
            r"\b\d{1,2}\.? (januar|juni|august|oktober|desember)( 2024)?\b",
            r"\b\d{1,2} (January|June|August|October|December)( 2024)?\b",
            r"lme4|LK\s?20|SPEED\s?\d?|PISA \d{4}|TALIS( \d{4})?|CC BY 4\.0|WCAG 2\.1",
            r"\(m\d{1,2}\)=|\bM\d{1,2}\b",  # the numbers of the methods
            r"\]\([^)]*\)",
        ]
    )
)
