"""Know which places a municipality is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

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


def near_rows(
    figures: pd.DataFrame, register: Register, edition: Edition, own: str
) -> pd.DataFrame:
    """Keep the figures of a municipality, its schools and all that it is held against.

    Exports are of a whole country, of which a chapter asks for little.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    register, edition, own
        As `comparator_places` takes them.

    Returns
    -------
    pandas.DataFrame
        Rows in their order: all of nation, counties and groups, of the municipalities that
        `comparator_places` names, and of our schools.
    """
    named = comparator_places(register, edition, own, figures["year"].unique())
    level = figures["level"].to_numpy(dtype=object)
    kept = (level != "school") & (level != "municipality")
    kept |= figures["place"].isin(named).to_numpy()
    kept |= (level == "school") & figures["unit"].isin(own_schools(register, own)).to_numpy()
    return figures[kept]


def own_schools(register: Register, own: str) -> set[str]:
    """List the organisation numbers of the schools that an edition places in its municipality."""
    units = register.units
    if "municipality" not in units:
        return set()
    return set(units.loc[(units["level"] == "school") & (units["municipality"] == own), "code"])
