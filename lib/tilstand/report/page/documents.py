"""Account for the documents behind an edition: their figures, marks and gaps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.report import wording
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.register import Register

WORDS: dict[str, dict[str, str]] = {
    "not_stated": {"nb": "ikke oppgitt", "en": "not stated"},
    "summary": {"nb": "Sammendrag", "en": "Summary"},
}
SUMMARY = "sammendrag"
# What is counted is the rows of the data files themselves: no single row stands behind it.
COUNT = "count of rows"


def known(rows: pd.DataFrame, sources: pd.DataFrame, year: int) -> pd.DataFrame:
    """Keep the rows that an edition can know.

    Parameters
    ----------
    rows : pandas.DataFrame
        Any table with ``source``; several documents are joined by ``;``.
    sources : pandas.DataFrame
        ``data/register/sources.csv``.
    year : int
        Data year of the edition.

    Returns
    -------
    pandas.DataFrame
        Rows whose every document speaks of the edition's year or an earlier one.

    Examples
    --------
    >>> sources = pd.DataFrame({"source": ["old", "new"], "data_year": [2010, 2020]})
    >>> rows = pd.DataFrame({"source": ["old", "old;new"], "value": [1, 2]})
    >>> known(rows, sources, 2010)["value"].tolist()
    [1]
    """
    there = set(sources.loc[sources["data_year"].astype(int) <= year, "source"])
    inside = [cell for cell in rows["source"].unique() if set(cell.split(";")) <= there]
    return rows[rows["source"].isin(inside)]


def counted(number: float) -> Value:
    """Make a count of rows ready for prose; missing when there are none to tell of."""
    return Value(float(number) or None, recipe=COUNT)


def share(part: float, whole: float) -> Value:
    """Make a share of rows ready for prose, in whole percent; missing when there are none."""
    return Value(100 * part / whole if whole else None, recipe=COUNT)


def several(number: int) -> Value:
    """Make a count ready for prose that speaks of several; missing when there is only one."""
    return counted(number if number > 1 else 0)


def documents(sources: pd.DataFrame, figures: pd.DataFrame, language: str) -> pd.DataFrame:
    """List the source documents, the richest first.

    Parameters
    ----------
    sources : pandas.DataFrame
        Documents of the register that the edition knows.
    figures : pandas.DataFrame
        The *figures* table.
    language : {"nb", "en"}
        Language of the titles.

    Returns
    -------
    pandas.DataFrame
        ``title``, ``publisher``, ``data_year``, ``published`` and ``figures``, a row a document.
    """
    counts = figures.groupby("source").size()
    listed = pd.DataFrame(
        {
            "title": sources[f"title_{language}"],
            "publisher": sources["publisher"],
            "data_year": sources["data_year"],
            "published": sources["published"].replace("", WORDS["not_stated"][language]),
            "figures": sources["source"].map(counts).fillna(0).astype(int),
        }
    )
    return listed.sort_values("figures", ascending=False, kind="stable", ignore_index=True)


def marks(figures: pd.DataFrame, register: Register, language: str) -> pd.DataFrame:
    """Count how the figures of each document are marked.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    register : Register
        Names the documents.
    language : {"nb", "en"}
        Language of the names.

    Returns
    -------
    pandas.DataFrame
        ``label``, one column a mark (``printed``, ``inferred``, ``approximate``,
        ``contested``), ``without_value`` and ``total``; the columns add up to the total.
    """
    names = {"": "printed", "contested_other": "contested"}
    names |= dict.fromkeys(("more_than", "range", "fraction"), "approximate")
    has_value = figures["status"].isin(contracts.STATUSES_WITH_VALUE)
    kinds = figures["mark"].replace(names).where(has_value, "without_value")
    columns = ["printed", "inferred", "approximate", "contested", "without_value"]
    # A bound and an end of a range are approximate too: the source does not give the number.
    counts = pd.crosstab(figures["source"], kinds).reindex(columns=columns, fill_value=0)
    counts["total"] = counts.sum(axis=1)
    counts = counts.sort_values("total", ascending=False, kind="stable")
    labels = [wording.sentence(register.source_title(name, language)) for name in counts.index]
    counts.insert(0, "label", labels)
    return counts.reset_index(drop=True)


def place_in(source: str, section: str, register: Register, language: str) -> str:
    """Name where something stands: "Tilstandsrapporten 2020, kapittel 3.2.1"."""
    titles = [register.source_title(name, language) for name in source.split(";")]
    title = wording.listing(titles, language)
    if not section:
        return title
    numbered = all(part.strip()[:1].isdigit() for part in section.split(";"))
    return (
        f"{title}, {wording.word('section', language)} {section}"
        if numbered
        else f"{title}, {section}"
    )


def gaps(statements: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """Count by chapter what a source shows without numbers.

    Parameters
    ----------
    statements : pandas.DataFrame
        Statements of the kind ``gap``.
    titles : dict
        Title of each chapter by its slug.

    Returns
    -------
    pandas.DataFrame
        ``label`` and ``gaps``, most gaps first.
    """
    counts = statements.groupby("chapter").size().sort_values(ascending=False, kind="stable")
    labels = [titles.get(slug, wording.sentence(slug)) for slug in counts.index]
    return pd.DataFrame({"label": labels, "gaps": counts.to_numpy()})


def chapter_titles(folder: Path, language: str) -> dict[str, str]:
    """Read the chapters' titles from the notebooks themselves.

    Parameters
    ----------
    folder : Path
        Folder of the notebooks.
    language : {"nb", "en"}
        Language of the titles.

    Returns
    -------
    dict
        Title by slug; the summary is called so, since its title names the edition.
    """
    titles = {}
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            tags = cell["metadata"].get("tags", [])
            if cell["cell_type"] == "markdown" and f"lang-{language}" in tags:
                titles[path.stem] = "".join(cell["source"]).splitlines()[0].lstrip("# ")
                break
    return titles | {SUMMARY: WORDS["summary"][language]}
