"""Bring together all that an edition knows: published figures and the files of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError
from tilstand.sources.incoming import (
    extended,
    incoming_files,
    learned,
    places_of,
    read_incoming,
)
from tilstand.sources.kept import content_key, kept
from tilstand.sources.published import load_figures

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

NUMBERS = ("value", "n", "margin")
STORE = "incoming"


def load_edition_figures(
    project: Project, register: Register, year: int
) -> tuple[pd.DataFrame, Register]:
    """Load all that an edition knows: published figures and its own exports.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    year : int
        Data year of the edition.

    Returns
    -------
    figures : pandas.DataFrame
        As `load_figures` gives them, the exports' rows after the published ones of a measure.
    register : Register
        The register with the exports' schools and sources.

    Raises
    ------
    DataError
        When an export has faults; a line for each.

    Notes
    -----
    Every chapter of an edition asks for the same, so what the exports say is kept in ``.build``
    under a key of the files, the register and the reading code.
    """
    published = load_figures(project, register, year)
    files = incoming_files(project, year)
    if not files:
        return published, register
    key = content_key([*files, *sorted(project.register.rglob("*.csv"))], str(year))
    parts = kept(
        project.work / STORE, str(year), key, lambda: _read_exports(project, register, year)
    )
    fuller = extended(register, parts["units"], parts["sources"])
    figures = pd.concat([published, parts["figures"][published.columns]], ignore_index=True)
    order = ["indicator", "place", "grade", "gender", "subject", "category", "year", "mark"]
    return figures.sort_values(order, kind="stable", ignore_index=True), fuller


def _read_exports(project: Project, register: Register, year: int) -> dict[str, pd.DataFrame]:
    incoming = read_incoming(project, register, year)
    if incoming.faults:
        raise DataError(list(incoming.faults))
    units, sources = learned(register, incoming)
    rows = incoming.rows.reindex(columns=[*contracts.FIGURE_COLUMNS, "file"])
    rows["printed"] = rows["value"]
    rows["year"] = rows["year"].astype(int)
    for column in NUMBERS:
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
    places = places_of(extended(register, units, sources))
    rows["place"] = rows["unit"].map(places).astype(object).fillna("")
    return {"figures": rows, "units": units, "sources": sources}
