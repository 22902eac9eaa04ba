"""List the real schools that get a page of open figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.alphabet import by_name
from tilstand.pupils.roster import slug_of
from tilstand.register import LAST_YEAR
from tilstand.sources.comparators import own_schools
from tilstand.sources.declared import read_declared
from tilstand.sources.edition_figures import open_edition
from tilstand.sources.unshown import open_figures
from tilstand.store import held

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.register import Register

IMPORTANT = ("must", "usual")


@dataclass(frozen=True)
class OpenSchool:
    """Name one school: its organisation number, its address in the book, and its name."""

    key: str
    slug: str
    name: str


@dataclass(frozen=True)
class OpenBook:
    """Say what an edition has of open figures.

    Parameters
    ----------
    schools : list of OpenSchool
        By name, in Norwegian order.
    has_key_figures : bool
        Whether the municipality has any key figure.
    """

    schools: list[OpenSchool]
    has_key_figures: bool


@held
def open_book(project: Project, edition: Edition) -> OpenBook:
    """List an edition's schools with open figures, and tell whether it has key figures.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        An edition with a pupil file has its schools' pages from there, and none here.

    Returns
    -------
    OpenBook
        Schools that the newest files still have; a school that closed has no page.
    """
    _, place, figures, fuller = open_edition(project, edition.name)
    figures = open_figures(project, figures)
    key = {one.indicator for one in read_declared(project.register) if one.importance in IMPORTANT}
    mine = figures[(figures["place"] == place) & figures["indicator"].isin(key)]
    schools = [] if edition.pupils is not None else _schools(fuller, place)
    return OpenBook(schools, bool(mine["value"].notna().any()))


def _schools(register: Register, place: str) -> list[OpenSchool]:
    units = register.units
    here = units[units["code"].isin(own_schools(register, place))]
    here = here[(here["level"] == "school") & (here["valid_to"] == LAST_YEAR)]
    taken: dict[str, int] = {}
    found = []
    for row in here.drop_duplicates("code").sort_values("code").to_dict("records"):
        name = str(row["name_nb"]).strip()
        slug = slug_of(name)
        taken[slug] = taken.get(slug, 0) + 1
        numbered = f"{slug}-{taken[slug]}" if taken[slug] > 1 else slug
        found.append(OpenSchool(str(row["code"]), numbered, name))
    return sorted(found, key=lambda school: (by_name(school.name), school.key))
