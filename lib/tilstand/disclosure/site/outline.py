"""Name what the cells of a site hang together by, and what must not be given away of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tilstand.disclosure.attack.published import ALL, Key, key

WINDOW = re.compile(r"(\d{4})-(\d{4})")


@dataclass(frozen=True)
class Limits:
    """Say what a site must not give away.

    Parameters
    ----------
    min_count, min_n, width : int
        As in the edition's rules.
    strict_min_count, strict_min_n, strict_width : int
        The same for cells that name a category of a sensitive dimension.
    mean_width : float
        Least doubt about a hidden mean, in standard deviations.
    complements : bool
        A count must not be printed where all but a few of its group stand behind it.
    whole_group : bool
        Nor where all of them do.
    """

    min_count: int
    min_n: int
    width: int
    strict_min_count: int
    strict_min_n: int
    strict_width: int
    mean_width: float
    complements: bool
    whole_group: bool


@dataclass(frozen=True)
class Outline:
    """Name what one population's cells hang together by; no number.

    Parameters
    ----------
    parents : mapping
        By dimension: group of a category where it is not the total.
    partial : frozenset of str
        Dimensions whose categories need not add up.
    sensitive : frozenset of str
        Dimensions under the strict limits.
    size : mapping
        By measure of means: further categories of the count that is their number of pupils.
    spread : mapping
        By measure of means: standard deviation of all pupils.
    asked : mapping
        By measure of means and year: the least of the standard deviations of the editions that
        tell of that year, which the doubt about a hidden mean is measured in.
    decimals : mapping
        By measure of means: decimals that its protection has reckoned with.
    categories : mapping
        By dimension: all its categories, those that no page names included.
    """

    parents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    size: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    asked: Mapping[tuple[str, str], float] = field(default_factory=dict)
    decimals: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)


def limits_for(cell: Key, limits: Limits, outline: Outline) -> tuple[int, int, int]:
    """Return the least count, the least width and the least group that hold for a cell."""
    if any(dimension in outline.sensitive for dimension, _ in cell):
        return limits.strict_min_count, limits.strict_width, limits.strict_min_n
    return limits.min_count, limits.width, limits.min_n


def families(cells: Iterable[Key], outline: Outline) -> dict[tuple[str, Key], list[Key]]:
    """Group cells by the dimension in which they differ and the cell that they add up to."""
    known = list(cells)
    windows = {dict(cell)["year"] for cell in known if WINDOW.fullmatch(dict(cell).get("year", ""))}
    found: dict[tuple[str, Key], list[Key]] = {}
    for cell in known:
        place = dict(cell)
        for dimension, category in cell:
            if dimension == "year":
                inside = [w for w in windows if category in years_of(w)]
                above = inside if not WINDOW.fullmatch(category) else []
            else:
                above = [outline.parents.get(dimension, {}).get(category, ALL)]
            for group in above:
                found.setdefault((dimension, key({**place, dimension: group})), []).append(cell)
    return found


def years_of(window: str) -> list[str]:
    """List the years that a window pools."""
    first, last = window.split("-")
    return [str(year) for year in range(int(first), int(last) + 1)]


def groups_of(outline: Outline, dimension: str) -> set[str]:
    """Name the groups inside a dimension."""
    return set(outline.parents.get(dimension, {}).values())
