"""Hold a municipality against its KOSTRA group, which Statistics Norway's KLASS names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.sources.like_towns import KEY, like_rows

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.register import Register

#: What an edition writes among its comparators, and the register's unit behind it.
KOSTRA = "kostra"
COLUMNS = ("code", "group")
#: The part of the members that have to have a number before their mean stands for the group.
ENOUGH = 0.8


@dataclass(frozen=True)
class Group:
    """Hold a KOSTRA group.

    Parameters
    ----------
    code : str
        Code at Statistics Norway, such as ``EKG13``.
    members : tuple of str
        Places of its municipalities, ours among them.
    """

    code: str
    members: tuple[str, ...]

    @property
    def enough(self) -> int:
        """How many members have to have a number."""
        return ceil(ENOUGH * len(self.members))


def group_of(register: Register, groups: pd.DataFrame, edition: Edition) -> Group | None:
    """Find an edition's KOSTRA group.

    Parameters
    ----------
    register : Register
        Knows the places of municipalities and the groups.
    groups : DataFrame
        ``code`` of each municipality and its ``group``, as KLASS tells them.
    edition : Edition
        Its municipality and year.

    Returns
    -------
    Group or None
        None where the edition does not ask for it, and where its group is not known.
    """
    mine = groups.loc[groups["code"] == edition.municipality, "group"]
    known = register.units.loc[register.units["level"] == "group", "code"]
    if KOSTRA not in edition.comparators or mine.empty or mine.iloc[0] not in set(known):
        return None
    codes = groups.loc[groups["group"] == mine.iloc[0], "code"]
    there = [c for c in codes if register.valid_unit("municipality", c, edition.year)]
    places = (str(register.unit(code, edition.year)["place"]) for code in there)
    return Group(str(mine.iloc[0]), tuple(places))


def named(register: Register, group: Group) -> Register:
    """Name the comparator's place and group."""
    units = register.units
    theirs = units[units["code"] == group.code].iloc[-1]
    row = units["code"] == KOSTRA
    units = units.copy()
    for column in ("place", "name_nb", "name_en"):
        units.loc[row, column] = theirs[column]
    return replace(register, units=units)


def group_rows(figures: pd.DataFrame, register: Register, group: Group) -> pd.DataFrame:
    """Average the members' figures where Statistics Norway has none of the group itself.

    Parameters
    ----------
    figures : DataFrame
        As `load_edition_figures` has them.
    register : Register
        As `named` gives it.
    group : Group
        The group.

    Returns
    -------
    DataFrame
        As `like_rows` makes them, of measures that enough of the members have.
    """
    made = like_rows(figures, register, list(group.members), KOSTRA, group.enough)
    units = register.units
    place = units.loc[units["code"] == KOSTRA, "place"].iloc[0]
    theirs = figures[figures["place"] == place]
    known = pd.MultiIndex.from_frame(theirs[KEY])
    return made[~pd.MultiIndex.from_frame(made[KEY]).isin(known)]


def lacking_line(edition: Edition, group: Group | None) -> list[str]:
    """Say in a line what is missing where an edition asks for its group in vain."""
    if KOSTRA not in edition.comparators or group:
        return []
    name = edition.name
    place = f"data/editions/{name}.toml:comparators: '{KOSTRA}'"
    why = f"is left out, as nothing here says which group {edition.municipality} is in"
    return [f"{place} {why}; tilstand fetch --edition {name} asks Statistics Norway's KLASS"]
