"""Show the measures that a municipality planned for a school year as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.report import wording
from tilstand.report.page.tables import Column
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page

HEADERS: dict[str, dict[str, str]] = {
    "theme": {"nb": "Tiltak", "en": "Measure"},
    "content": {"nb": "Innhold", "en": "Content"},
    "audience": {"nb": "For (når)", "en": "For (when)"},
    "organiser": {"nb": "Ansvar", "en": "Responsible"},
}


def planned(page: Page, *sections: str) -> pd.DataFrame:
    """Pick the measures that the edition's own documents list.

    Parameters
    ----------
    page : Page
        The page; its edition and language choose documents and words.
    *sections : str
        Sections of the document; all if none is named.

    Returns
    -------
    pandas.DataFrame
        ``theme``, ``content``, ``audience`` (with the time in brackets) and ``organiser`` in the
        page's language, with ``source`` and ``section``; empty when no document of the edition's
        data year lists measures.
    """
    found = load_statements(page.project, "measures", contracts.MEASURE_COLUMNS)
    sources = page.register.sources
    own = sources[sources["data_year"].astype(int) == page.year]["source"]
    found = found[found["source"].isin(own)]
    if sections:
        found = found[found["section"].isin(sections)]
    language = page.language
    return found.assign(
        theme=[wording.sentence(text) for text in found[f"theme_{language}"]],
        content=found[f"content_{language}"],
        audience=[
            f"{wording.sentence(audience)} ({time})"
            for audience, time in zip(
                found[f"audience_{language}"], found[f"when_{language}"], strict=True
            )
        ],
        organiser=[
            wording.sentence(page.register.category_label(code, language))
            for code in found["organiser"]
        ],
    ).reset_index(drop=True)


def columns(page: Page) -> list[Column]:
    """Name the columns of a table of measures in the page's language."""
    return [Column(key, header[page.language]) for key, header in HEADERS.items()]
