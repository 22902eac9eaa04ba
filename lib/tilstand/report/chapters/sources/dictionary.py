"""Explain the columns of the data set to those who take it along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.register import read_text_table

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.project import Project

COLUMNS = ("column", "name_nb", "name_en", "meaning_nb", "meaning_en")


def columns(project: Project, language: str) -> pd.DataFrame:
    """List the columns of the data set.

    Parameters
    ----------
    project : Project
        The checkout.
    language : {"nb", "en"}
        Language of names and meanings.

    Returns
    -------
    pandas.DataFrame
        ``column`` as it is called in the file, ``name`` and ``meaning``, in the file's order.
    """
    table = read_text_table(project.register / "columns.csv", COLUMNS)
    return table.rename(columns={f"name_{language}": "name", f"meaning_{language}": "meaning"})[
        ["column", "name", "meaning"]
    ]
