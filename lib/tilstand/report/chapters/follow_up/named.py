"""Name the schools, courses, programmes and decisions that the documents speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.alphabet import by_name
from tilstand.report.page import documents
from tilstand.report.page.tables import Column
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page

HEADERS = {
    "name": {"nb": "Navn", "en": "Name"},
    "about": {"nb": "Hva det gjelder", "en": "What it is about"},
    "where": {"nb": "Hvor det står", "en": "Where to find it"},
}
SOURCE = {"nb": "Kilde: kommunens dokumenter.", "en": "Source: the municipality’s documents."}


def named(page: Page, *kinds: str, chapter: str = "") -> pd.DataFrame:
    """Pick what the edition's own documents call by name.

    Parameters
    ----------
    page : Page
        The page.
    *kinds : str
        school, kindergarten, course, programme, research, case or link; all if none is named.
    chapter : str, optional
        Only what belongs to this chapter.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``about`` and ``where`` in the page's language, schools in Norwegian order and
        the rest as the documents have it.

    Examples
    --------
    >>> from tilstand.report import open_page
    >>> "Ramstad skole" in set(named(open_page(2020, "en"), "school")["name"])
    True
    """
    found = load_statements(page.project, "named", contracts.NAMED_COLUMNS)
    found = documents.known(found, page.register.sources, page.year)
    found = found[found["edition"] == str(page.year)]
    if kinds:
        found = found[found["kind"].isin(kinds)]
    if chapter:
        found = found[found["chapter"] == chapter]
    where = [
        documents.place_in(row["source"], row["section"], page.register, page.language)
        for row in found.to_dict("records")
    ]
    found = found.assign(about=found[f"about_{page.language}"], where=where)
    if set(found["kind"]) <= {"school", "kindergarten"} and not found.empty:
        found = found.sort_values("name", key=lambda names: names.map(by_name), kind="stable")
    return found.reset_index(drop=True)


def show_named(page: Page, found: pd.DataFrame, *, name: str, nb: str, en: str) -> None:
    """Show what is named as a table; nothing where there is none."""
    if found.empty:
        return
    columns = [Column(key, header[page.language]) for key, header in HEADERS.items()]
    title = page.pick(nb=nb, en=en)
    page.table(found[list(HEADERS)], columns, name=name, title=title, source=SOURCE[page.language])


TITLES = {
    "school": {"nb": "Skoler som er nevnt", "en": "Schools that are mentioned"},
    "kindergarten": {"nb": "Barnehager som er nevnt", "en": "Kindergartens that are mentioned"},
    "course": {"nb": "Kursene", "en": "The courses"},
    "programme": {"nb": "Satsinger, programmer og verktøy", "en": "Aims, programmes and tools"},
    "research": {"nb": "Forskningen det bygger på", "en": "The research behind it"},
}


def show_names(page: Page, chapter: str) -> None:
    """Show what a chapter's documents call by name, a table a kind.

    Says whether there is any as the fact ``named``, for the heading above.

    Parameters
    ----------
    page : Page
        The page.
    chapter : str
        The chapter.
    """
    there = set(named(page, *TITLES, chapter=chapter)["kind"])
    page.holds(named=bool(there))
    for kind, title in TITLES.items():
        if kind in there:
            show_named(page, named(page, kind, chapter=chapter), name=f"navn-{kind}", **title)
