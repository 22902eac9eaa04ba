"""Load the published figures, as much of them as an edition could know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.register import read_text_table
from tilstand.store import held

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register


def load_figures(project: Project, register: Register, year: int) -> pd.DataFrame:
    """Load every published figure that was known in a data year.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Tells the data year of each source document and the place behind each unit code.
    year : int
        Data year; documents about later years are left out.

    Returns
    -------
    pandas.DataFrame
        The *figures* table: ``year`` as integers, ``value``, ``n`` and ``margin`` as floats
        (NaN where blank), ``printed`` as the value's text, ``place`` as the unit's name over
        time, the rest as text; sorted by measure and year.
    """
    return _typed(_read_all(project), register, year)


def _read_all(project: Project) -> pd.DataFrame:
    tables = [
        read_text_table(path, contracts.FIGURE_COLUMNS).assign(file=path.name)
        for path in sorted(project.published.glob("*.csv"))
    ]
    columns = [*contracts.FIGURE_COLUMNS, "file"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _typed(text: pd.DataFrame, register: Register, year: int) -> pd.DataFrame:
    known = register.sources[register.sources["data_year"].astype(int) <= year]["source"]
    figures = text[text["source"].isin(known)].copy()
    figures["printed"] = figures["value"]
    figures["year"] = figures["year"].astype(int)
    for column in ("value", "n", "margin"):
        figures[column] = pd.to_numeric(figures[column], errors="coerce")
    places = dict(zip(register.units["code"], register.units["place"], strict=True))
    figures["place"] = figures["unit"].map(places).astype(object).fillna("")
    order = ["indicator", "place", "grade", "gender", "subject", "category", "year", "mark"]
    return figures.sort_values(order, kind="stable", ignore_index=True)


@held
def load_statements(project: Project, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Load a kind of statement files (``*``, or ``measures-*`` and its like) as text.

    Parameters
    ----------
    project : Project
        The checkout.
    name : str
        Start of the file names: empty for statements, else ``contradictions``, ``measures``,
        ``followup`` or ``named``.
    columns : tuple of str
        The columns of that kind.

    Returns
    -------
    pandas.DataFrame
        All files of the kind in one table; to be copied before anything is changed in it.
    """
    paths = statement_files(project, name)
    tables = [read_text_table(path, columns) for path in paths]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(columns))


def statement_files(project: Project, name: str) -> list:
    """List the statement files of one kind, in order."""
    special = ("contradictions-", "measures-", "followup-", "named-")
    if name:
        return sorted(project.statements.glob(f"{name}-*.csv"))
    return [
        path
        for path in sorted(project.statements.glob("*.csv"))
        if not path.name.startswith(special)
    ]
