"""Bring together all that an edition knows: published figures and the files of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError
from tilstand.sources.incoming import (
    downloaded,
    extended,
    incoming_files,
    learned,
    places_of,
    read_incoming,
    source_code,
)
from tilstand.sources.kept import content_key, kept
from tilstand.sources.published import load_figures
from tilstand.sources.statistikkbanken import SPAN

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.incoming import Incoming

NUMBERS = ("value", "n", "margin")
STORE = "incoming"
FILE_COLUMNS = (
    "file",
    "source",
    "form",
    "grade",
    "year",
    "school_year",
    "downloaded",
    "units",
    "figures",
    "suppressed",
)


def load_edition_figures(
    project: Project, register: Register, year: int, own: str = ""
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
    own : str, optional
        Place of the edition's municipality: documents that another municipality has given out
        are unknown to the edition. Every document is known if not given.

    Returns
    -------
    figures : pandas.DataFrame
        As `load_figures` gives them, the exports' rows after the published ones of a measure.
    register : Register
        The register with the exports' schools and sources, without others' documents.

    Raises
    ------
    DataError
        When an export has faults; a line for each.

    Notes
    -----
    Every chapter of an edition asks for the same, so what the exports say is kept in ``.build``
    under a key of the files, the register and the reading code.
    """
    register = _without_others(register, own) if own else register
    published = load_figures(project, register, year)
    files = incoming_files(project, year)
    if not files:
        return published, register
    parts = _parts(project, register, year, files)
    fuller = extended(register, parts["units"], parts["sources"])
    figures = pd.concat([published, parts["figures"][published.columns]], ignore_index=True)
    order = ["indicator", "place", "grade", "gender", "subject", "category", "year", "mark"]
    return figures.sort_values(order, kind="stable", ignore_index=True), fuller


def count_documents(project: Project, register: Register, year: int, own: str) -> tuple[int, int]:
    """Count an edition's documents of its municipality, and its sources of public statistics.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    year : int
        Data year of the edition.
    own : str
        Place of the edition's municipality.

    Returns
    -------
    documents, exports : int
        Sources that belong to the place, and those that belong to none.
    """
    _, fuller = load_edition_figures(project, register, year, own)
    known = fuller.sources[fuller.sources["data_year"].astype(int) <= year]
    return int((known["place"] == own).sum()), int((known["place"] == "").sum())


def edition_files(project: Project, register: Register, year: int) -> pd.DataFrame:
    """List the exports of an edition.

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
    pandas.DataFrame
        One row an export, form, grade and year in it: ``file``, ``source``, ``form``, ``grade``,
        ``year``, ``school_year``, ``downloaded`` (ISO date), ``units`` and ``figures``, and
        ``suppressed`` as a share of the figures.

    Raises
    ------
    DataError
        When an export has faults.
    """
    files = incoming_files(project, year)
    if not files:
        return pd.DataFrame(columns=list(FILE_COLUMNS))
    return _parts(project, register, year, files)["files"]


def _parts(
    project: Project, register: Register, year: int, files: list[Path]
) -> dict[str, pd.DataFrame]:
    key = content_key([*files, *sorted(project.register.rglob("*.csv"))], str(year))
    folder = project.work / STORE
    return kept(folder, str(year), key, lambda: _read_exports(project, register, year))


def _files(incoming: Incoming) -> pd.DataFrame:
    rows = []
    for path, export in incoming.exports.items():
        for (grade, year), held in export.figures.groupby(["grade", "year"]):
            rows.append(
                {
                    "file": path.name,
                    "source": source_code(export),
                    "form": export.form,
                    "grade": grade,
                    "year": int(str(year)),
                    "school_year": max(SPAN.findall(" ".join(held["section"].unique()))),
                    "downloaded": downloaded(path).isoformat(),
                    "units": held["unit"].nunique(),
                    "figures": len(held),
                    "suppressed": float((held["status"] == "suppressed").mean()),
                }
            )
    return pd.DataFrame(rows, columns=list(FILE_COLUMNS))


def _without_others(register: Register, own: str) -> Register:
    sources = register.sources
    known = sources["place"].isin(["", own])
    return register if known.all() else replace(register, sources=sources[known])


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
    return {"figures": rows, "units": units, "sources": sources, "files": _files(incoming)}
