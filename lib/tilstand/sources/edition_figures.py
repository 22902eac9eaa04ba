"""Bring together all that an edition knows: published figures and the files of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand import contracts
from tilstand.edition import Called, edition_name, edition_path, load_edition, year_of
from tilstand.errors import DataError
from tilstand.register import Register
from tilstand.sources.derived import derive, read_rules
from tilstand.sources.fetch import snapshots_of
from tilstand.sources.fetched import (
    TABLE_COLUMNS,
    closed_schools,
    fetched_parts,
    read_fetched,
    without_mixing,
)
from tilstand.sources.incoming import (
    breaks_of,
    downloaded,
    extended,
    former_files,
    incoming_files,
    labels_of,
    learned,
    places_of,
    read_incoming,
    source_code,
)
from tilstand.sources.kostra import COLUMNS as GROUP_COLUMNS
from tilstand.sources.kostra import group_of, group_rows, named
from tilstand.sources.like_towns import LIKE, like_rows, most_like
from tilstand.sources.projection import project_pupils
from tilstand.sources.published import load_figures
from tilstand.sources.statistikkbanken import SPAN
from tilstand.store import held, kept
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.sources.incoming import Incoming
    from tilstand.sources.kostra import Group

NUMBERS = ("value", "n", "margin")
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


def register_of(project: Project) -> Register:
    """Load the register of a project, once in a process that holds."""
    return once(("register", project.country), lambda: Register.load(project.register))


@held
def open_edition(project: Project, called: Called) -> tuple[Edition, str, pd.DataFrame, Register]:
    """Open an edition as a chapter needs it.

    Parameters
    ----------
    project : Project
        The checkout.
    called : str or int
        The edition's name.

    Returns
    -------
    edition : Edition
        What the edition is of.
    place : str
        Place over time of its municipality.
    figures : pandas.DataFrame
        As `load_edition_figures` gives them; to be copied before anything is changed in it.
    register : Register
        Likewise.

    Raises
    ------
    DataError, FetchError
        As `load_edition` and `load_edition_figures`.
    """
    register = register_of(project)
    edition = load_edition(project, register, called)
    place = str(register.unit(edition.municipality, edition.year)["place"])
    return edition, place, *load_edition_figures(project, register, edition.name, place)


def load_edition_figures(
    project: Project, register: Register, edition: Called, own: str = ""
) -> tuple[pd.DataFrame, Register]:
    """Load all that an edition knows: published figures, its exports and what was fetched.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    edition : str or int
        The edition's name.
    own : str, optional
        Place of the edition's municipality: documents that another municipality has given out
        are unknown to the edition. Every document is known if not given.

    Returns
    -------
    figures : pandas.DataFrame
        As `load_figures` gives them, the edition's own rows after the published ones of a measure.
    register : Register
        The register with the exports' schools and sources, without others' documents.

    Raises
    ------
    DataError
        When an export has faults; a line for each.
    FetchError
        When a fetch was cut: an edition is not built from half an answer.

    Notes
    -----
    Every chapter of an edition asks for the same, so what the exports say is kept in the store
    under the files, the register and the code that reads them.
    """
    name = edition_name(edition)

    def load() -> tuple[Register, pd.DataFrame, Register]:
        return register, *_loaded(project, register, name, own)  # which it is, while it is held

    _, figures, fuller = once(("figures", project, name, own, id(register)), load)
    return figures, fuller


def _loaded(
    project: Project, register: Register, edition: str, own: str
) -> tuple[pd.DataFrame, Register]:
    known = _without_others(register, own) if own else register
    parts = _parts(project, register, edition)
    if not parts:
        return load_figures(project, known, year_of(project, edition)), known
    published, figures, fuller = _of_country(project, known, edition, parts)
    wanted = load_edition(project, register, edition) if own else None
    group = group_of(fuller, parts["groups"], wanted) if wanted else None
    like = wanted and LIKE in wanted.comparators
    if not (group or like):
        return figures, fuller
    figures = pd.concat([published, parts["figures"][published.columns]], ignore_index=True)
    if group:
        fuller = named(fuller, group)
        figures = pd.concat([figures, group_rows(figures, fuller, group)], ignore_index=True)
    if like:
        places = most_like(figures, own)["place"].tolist()
        figures = pd.concat([figures, like_rows(figures, fuller, places)], ignore_index=True)
    return _sorted(figures), fuller


def _of_country(
    project: Project, register: Register, edition: str, parts: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame, Register]:
    """Join what was published and what an edition adds: once for all who know the same."""

    def join() -> tuple[Any, ...]:
        published = load_figures(project, register, year_of(project, edition))
        figures = pd.concat([published, parts["figures"][published.columns]], ignore_index=True)
        more = ("units", "sources", "categories", "breaks")
        tables = {name: [getattr(register, name), parts[name]] for name in more}
        joined = {name: pd.concat(pair, ignore_index=True) for name, pair in tables.items()}
        fuller = replace(register, **joined)
        return published, _sorted(figures), fuller, parts  # which they are, while they are held

    sources = frozenset(register.sources["source"])
    return once(("country", project.country, edition, sources, id(parts)), join)[:3]


def _sorted(figures: pd.DataFrame) -> pd.DataFrame:
    order = ["indicator", "place", "grade", "gender", "subject", "category", "year", "mark"]
    return figures.sort_values(order, kind="stable", ignore_index=True)


def known_documents(
    project: Project, register: Register, edition: Called, own: str
) -> tuple[dict[str, bool], int]:
    """Tell which documents an edition has of its municipality, and count its public statistics.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    edition : str or int
        The edition's name.
    own : str
        Place of the edition's municipality.

    Returns
    -------
    documents : dict of str to bool
        Codes of all documents, and whether the edition has it as its municipality's own.
    exports : int
        Sources that belong to no place.
    """
    _, fuller = load_edition_figures(project, register, edition, own)
    year = year_of(project, edition)
    known = fuller.sources[fuller.sources["data_year"].astype(int) <= year]
    mine = set(known.loc[known["place"] == own, "source"])
    codes = [*register.sources["source"], *mine]
    return {code: code in mine for code in codes}, int((known["place"] == "").sum())


def edition_files(project: Project, register: Register, edition: Called) -> pd.DataFrame:
    """List the exports of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    edition : str or int
        The edition's name.

    Returns
    -------
    pandas.DataFrame
        One row an export, form, grade and year in it: ``file``, ``source``, ``form``, ``grade``,
        ``year``, ``school_year``, ``downloaded`` (ISO date; blank where the name does not tell),
        ``units`` and ``figures``, and ``suppressed`` as a share of the figures.

    Raises
    ------
    DataError
        When an export has faults.
    """
    parts = _parts(project, register, edition)
    return parts["files"].copy(deep=False) if parts else pd.DataFrame(columns=list(FILE_COLUMNS))


def fetched_tables(project: Project, register: Register, edition: Called) -> pd.DataFrame:
    """List Statistics Norway's tables of an edition, with their changes and notes.

    Returns
    -------
    pandas.DataFrame
        `TABLE_COLUMNS`, a row a table; empty where nothing was fetched.
    """
    parts = _parts(project, register, edition)
    return parts["tables"].copy(deep=False) if parts else pd.DataFrame(columns=list(TABLE_COLUMNS))


def kostra_group(project: Project, register: Register, edition: Edition) -> Group | None:
    """Find the KOSTRA group of an edition that asks for it; None where it is not known."""
    parts = _parts(project, register, edition.name)
    return group_of(register, parts["groups"], edition) if parts else None


def fetched_lines(project: Project, register: Register, edition: Called) -> list[str]:
    """List what could not be used of what was fetched, and what has moved, a line each."""
    parts = _parts(project, register, edition)
    return [str(line) for line in parts["told"]["line"]] if parts else []


def _parts(project: Project, register: Register, called: Called) -> dict[str, pd.DataFrame]:
    """Read what the edition adds, once; empty where it has neither exports nor answers."""
    edition, year = edition_name(called), year_of(project, called)
    answers = any(snapshots_of(project, edition).folder.glob("[!.]*"))
    # Of the edition's file, exports know the year alone: those of a country are read once for all.
    root = project.root if answers else project.country
    return once(("parts", root, edition, year), lambda: _parts_of(project, register, edition))


def _parts_of(project: Project, register: Register, edition: str) -> dict[str, pd.DataFrame]:
    if lost := former_files(project, edition):
        raise DataError(lost)
    files = incoming_files(project, edition)
    store = snapshots_of(project, edition).folder
    answers = sorted(path for path in store.glob("*") if not path.name.startswith("."))
    if not files and not answers:
        return {}
    toml = [path for path in [edition_path(project, edition)] if answers and path.is_file()]
    paths = [*files, *answers, *toml, *sorted(project.register.rglob("*.csv"))]
    return kept(
        project.store,
        f"figures-{edition}",
        __name__,
        lambda: _read(project, register, edition),
        paths,
        edition,
        year_of(project, edition),
        shared=True,
    )


def _files(incoming: Incoming) -> pd.DataFrame:
    rows = []
    for path, export in incoming.exports.items():
        for (grade, year), part in export.figures.groupby(["grade", "year"]):
            rows.append(
                {
                    "file": path.name,
                    "source": source_code(export),
                    "form": export.form,
                    "grade": grade,
                    "year": int(str(year)),
                    "school_year": max(SPAN.findall(" ".join(part["section"].unique()))),
                    "downloaded": str(downloaded(path) or ""),
                    "units": part["unit"].nunique(),
                    "figures": len(part),
                    "suppressed": float((part["status"] == "suppressed").mean()),
                }
            )
    return pd.DataFrame(rows, columns=list(FILE_COLUMNS))


def _without_others(register: Register, own: str) -> Register:
    sources = register.sources
    known = sources["place"].isin(["", own])
    return register if known.all() else replace(register, sources=sources[known])


def _read(project: Project, register: Register, called: str) -> dict[str, pd.DataFrame]:
    incoming = read_incoming(project, register, called)
    if incoming.faults:
        raise DataError(list(incoming.faults))
    units, sources = learned(register, incoming)
    fuller = extended(register, units, sources)
    rows = incoming.rows.reindex(columns=[*contracts.FIGURE_COLUMNS, "file"])
    derived = derive(rows.fillna(""), read_rules(project.register))
    parts = {
        "figures": pd.concat([rows, derived], ignore_index=True),
        "units": units,
        "sources": sources,
        "categories": labels_of(register, incoming),
        "breaks": breaks_of(register, incoming),
        "files": _files(incoming),
        "tables": pd.DataFrame(columns=list(TABLE_COLUMNS)),
        "told": pd.DataFrame(columns=["line"]),
        "groups": pd.DataFrame(columns=list(GROUP_COLUMNS)),
    }
    if snapshots_of(project, called).listed():
        edition = load_edition(project, register, called)
        fetched = read_fetched(project, register, edition)
        assert fetched is not None
        more = fetched_parts(fuller, fetched, edition)
        more["figures"] = without_mixing(more["figures"], parts["figures"], places_of(fuller))
        for name, table in more.items():
            parts[name] = pd.concat([parts[name], table], ignore_index=True)
        parts["units"] = closed_schools(parts["units"], fetched.schools)
        parts["figures"] = project_pupils(
            parts["figures"].fillna(""), edition.year, places_of(fuller)
        )
        parts["groups"] = pd.DataFrame(fetched.groups.items(), columns=list(GROUP_COLUMNS))
        parts["told"] = pd.DataFrame({"line": [*fetched.faults, *fetched.notes]})
    fuller = replace(register, units=pd.concat([register.units, parts["units"]], ignore_index=True))
    parts["figures"] = _typed(parts["figures"], fuller)
    return parts


def _typed(rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    typed = rows.drop_duplicates(list(contracts.MEASURE_KEY), ignore_index=True)
    typed["printed"] = typed["value"]
    typed["year"] = typed["year"].astype(int)
    for column in NUMBERS:
        typed[column] = pd.to_numeric(typed[column], errors="coerce").astype(float)
    typed["place"] = typed["unit"].map(places_of(register)).astype(object).fillna("")
    return typed
