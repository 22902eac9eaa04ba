"""Know which places a municipality is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tilstand.edition import Edition
    from tilstand.register import Register

NATION = "norge"


def comparator_places(
    register: Register, edition: Edition, own: str, years: Iterable[int]
) -> set[str]:
    """List the places over time that an edition's chapters show beside the municipality.

    Parameters
    ----------
    register : Register
        Places behind the codes.
    edition : Edition
        Names its comparators by codes valid in its year.
    own : str
        The municipality's place.
    years : iterable of int
        Years shown: the municipality may have belonged to other counties then.

    Returns
    -------
    set of str
        The municipality itself, the country, the edition's comparators, and the counties.
    """
    places = {own, NATION}
    for code in edition.comparators:
        places.add(str(register.unit(code, edition.year)["place"]))
    units = register.units
    for year in set(years):
        valid = units[
            (units["place"] == own) & (units["valid_from"] <= year) & (units["valid_to"] >= year)
        ]
        for code, county in zip(valid["code"], valid["county"], strict=True):
            if not register.is_its_county(code, int(year)):
                places.add(str(register.unit(county, int(year))["place"]))
    return places


def own_schools(register: Register, own: str) -> set[str]:
    """List the organisation numbers of the schools that an edition places in its municipality."""
    units = register.units
    if "municipality" not in units:
        return set()
    return set(units.loc[(units["level"] == "school") & (units["municipality"] == own), "code"])
