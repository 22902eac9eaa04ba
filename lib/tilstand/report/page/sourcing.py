"""Write where numbers come from: documents, sections, n and marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.register import Register


# An export's figures name their column, which tells a reader nothing: 2025-26.Lesing.8. årstrinn...
EXPORT_COLUMN = re.compile(r"\d{4}-\d{2}\.")


def source_line(data: pd.DataFrame, register: Register, language: str) -> str:
    """Name the documents and sections that rows come from, and n where it is published.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows with ``source`` and ``section``.
    register : Register
        Names the documents.
    language : {"nb", "en"}
        Language of the line.

    Returns
    -------
    str
        "Kilde: Tilstandsrapporten 2020, kapittel 2.2.5."

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> from tilstand.report.page.sourcing import source_line
    >>> page = open_page(2020, "en")
    >>> source_line(page.rows("pupils"), page.register, "en")
    'Source: Tilstandsrapporten 2020, section 3.2.1.'
    """
    if data.empty:
        return ""
    parts = []
    found: dict[str, dict[str, None]] = {}
    for source, section in zip(data["source"], data["section"], strict=True):
        found.setdefault(source, {})[str(section)] = None
    for source, sections in found.items():
        if all(EXPORT_COLUMN.match(section) for section in sections):
            parts.append(register.source_title(source, language))
            continue
        numbered = all(section[:1].isdigit() for section in sections)
        name = f"{wording.word('section', language)} " if numbered else ""
        title = register.source_title(source, language)
        parts.append(f"{title}, {name}{wording.listing(list(sections), language)}")
    word = wording.word("source" if len(parts) == 1 else "sources", language)
    return f"{word}: {'; '.join(parts)}.{_n(data, language)}"


def _n(data: pd.DataFrame, language: str) -> str:
    if "n" not in data or data["n"].notna().sum() != len(data):
        return ""
    values = sorted(set(data["n"]))
    ends = values if len(values) == 1 else [values[0], values[-1]]
    written = "\N{EN DASH}".join(write_number(value, 0, language) for value in ends)
    return f" n = {written}."


def marks_line(data: pd.DataFrame, language: str) -> str:
    """Say that some values are inferred, approximate or contested, where they are."""
    if "mark" not in data:
        return ""
    texts = {
        "inferred": {
            "nb": "Noen verdier er utledet: kilden skriver dem ikke rett ut.",
            "en": "Some values are inferred: the source does not print them outright.",
        },
        "approximate": {
            "nb": "Noen verdier er omtrentlige i kilden.",
            "en": "Some values are approximate in the source.",
        },
        "more_than": {
            "nb": "Noen verdier er nedre grenser: Kilden skriver «mer enn».",
            "en": "Some values are lower bounds: the source says “more than”.",
        },
        "fraction": {
            "nb": "Noen andeler er en brøk i ord i kilden.",
            "en": "Some shares are a fraction in words in the source.",
        },
        "range": {
            "nb": "Kilden gir et spenn for noen av verdiene.",
            "en": "The source gives a range for some of the values.",
        },
        "contested": {
            "nb": "Kildene oppgir også en annen verdi; se «Data og kilder».",
            "en": "The sources also give another value; see “Data and sources”.",
        },
    }
    return " ".join(text[language] for mark, text in texts.items() if mark in set(data["mark"]))
