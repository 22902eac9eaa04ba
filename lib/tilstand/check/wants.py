"""Tell what an edition's chapters can show: there or not, from where, and what none shows."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from tilstand.check.contribution_exports import contribution_lines
from tilstand.edition import load_edition
from tilstand.sources.comparators import comparator_places, own_schools
from tilstand.sources.declared import read_declared
from tilstand.sources.edition_figures import kostra_group, load_edition_figures
from tilstand.sources.headers import Vocabulary
from tilstand.sources.kostra import lacking_line
from tilstand.sources.unshown import REASONS, measure_lines, open_figures, unshown

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.project import Project
    from tilstand.register import Register

DIMENSIONS = ("grade", "gender", "subject", "category")
#: So many are named, the others are counted.
MOST = 3
#: An own figure is put in by hand, whatever else there is.
OWN = "own"
PUBLISHERS = {
    "ssb": "Statistics Norway",
    "udir": "Udir's open tables",
    "nbr": "the national register of kindergartens",
    "barnehagefakta": "barnehagefakta.no",
}


def wants_lines(project: Project, register: Register, edition: str) -> list[str]:
    """Write what each chapter of an edition can show, one line a measure.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The register under ``data/register``.
    edition : str
        The edition's name.

    Returns
    -------
    list of str
        Chapters in the order of the list, each measure there or missing with its source; what the
        contribution from open tables needs; then the figures that no chapter shows.

    Raises
    ------
    DataError
        When an export has faults.
    """
    table = edition_measures(project, register, edition)
    forms = Vocabulary.load(project.register / "exports").names["en"]
    lines = []
    for chapter, rows in groupby(table.to_dict("records"), key=lambda row: row["chapter"]):
        lines.append(str(chapter))
        lines += [f"  {_line(row, forms)}" for row in rows]
    known = load_edition(project, register, edition)
    figures, fuller = load_edition_figures(
        project, register, edition, _place(project, register, edition)
    )
    lines += contribution_lines(project, fuller, figures, known.year)
    return [*lines, *unshown_lines(project, register, edition)]


def edition_measures(project: Project, register: Register, edition: str) -> pd.DataFrame:
    """Tell of every measure that a chapter can show whether an edition has it.

    Returns
    -------
    pandas.DataFrame
        As `measure_lines` returns it.
    """
    place = _place(project, register, edition)
    figures, fuller = load_edition_figures(project, register, edition, place)
    return measure_lines(fuller, figures, read_declared(project.register), place)


def unshown_lines(project: Project, register: Register, edition: str) -> list[str]:
    """Name the open figures of an edition that no chapter shows, one line a reason."""
    known = load_edition(project, register, edition)
    place = _place(project, register, edition)
    figures, fuller = load_edition_figures(project, register, edition, place)
    found = unshown(
        open_figures(project, figures),
        read_declared(project.register),
        comparator_places(fuller, known, place, figures["year"]),
        own_schools(fuller, place),
    )
    names = _place_names(fuller)
    lines = lacking_line(known, kostra_group(project, register, known))
    for reason, group in found.groupby("reason", sort=True):
        rows = group.to_dict("records")
        named = [_named(row, names) for row in rows]
        if reason == REASONS["place"]:
            named = [str(names.get(row["unit"], row["unit"])) for row in rows]
        told, sources = _first(named), ", ".join(dict.fromkeys(group["source"]))
        lines.append(f"no chapter shows: {told} ({sources}), because {reason}")
    return lines


def _first(named: list[str]) -> str:
    """List the first three, and count the others."""
    every = list(dict.fromkeys(named))
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return "; ".join(every[:MOST]) + more


def _place_names(register: Register) -> dict[str, str]:
    """Return the latest name of each code, of schools as of municipalities."""
    units = register.units.drop_duplicates("code", keep="last")
    return dict(zip(units["code"], units["name_en"].str.strip(), strict=True))


def _place(project: Project, register: Register, edition: str) -> str:
    known = load_edition(project, register, edition)
    return str(register.unit(known.municipality, known.year)["place"])


def _line(row: dict, forms: dict[str, str]) -> str:
    name = f"{row['indicator']} ({row['name_en']})"
    if row["there"]:
        schools = f", {row['schools']} schools" if row["schools"] else ""
        said = f"there: {name}: {row['breakdown']}, {row['years']}, from {row['source']}{schools}"
        return f"{said}, in own words as {row['names']}"
    origin = _origin(row["source"], forms)
    if row["above"] and row["source"] != OWN:
        return f"of county and country only: {name}: {row['above']}, from {origin}"
    return f"missing: {name}: would come from {origin}"


def _origin(origin: str, forms: dict[str, str]) -> str:
    if origin == OWN:
        return "figures of your own (data/published/, see data/README.md)"
    if origin in forms:
        return f"Udir's export '{forms[origin]}'"
    service, _, table = origin.partition(" ")
    return f"{PUBLISHERS[service]}, table {table}" if table else PUBLISHERS[service]


def _named(row: dict, names: dict[str, str]) -> str:
    parts = [f"grade {row['grade']}" if row["grade"] else ""]
    parts += [str(row[name]) for name in DIMENSIONS[1:]]
    place = names.get(row["unit"], row["unit"])
    told = [str(row["indicator"]), *parts, f"{place} {row['years']}"]
    return ", ".join(part for part in told if part)
