"""Protect groups of which a table says something about every member: all, or all but a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .cells import System


@dataclass(frozen=True)
class Family:
    """Hold one group and the categories that it is spread over.

    Parameters
    ----------
    base : int
        Position of the group's number of members in the system.
    parts : numpy.ndarray of int
        Positions of its counts, one a category.
    """

    base: int
    parts: np.ndarray


@dataclass(frozen=True)
class GroupRules:
    """Set what discloses a group.

    Parameters
    ----------
    min_count : int
        A remainder of 1 to ``min_count - 1`` is small.
    width : int
        Protection level of a count.
    whole_group : bool
        Apply the whole-group rule.
    complements : bool
        Blank a count that leaves a small remainder of its group.
    """

    min_count: int = 5
    width: int = 3
    whole_group: bool = True
    complements: bool = False


@dataclass(frozen=True)
class Protection:
    """Hold the protection levels that group rules ask for.

    Parameters
    ----------
    need : numpy.ndarray of int, shape (cells,)
        Required width of each cell's feasibility interval; 0 where a cell may be shown.
    floor : numpy.ndarray of int, shape (cells,)
        Smallest count that a reader must reckon with behind a blank.
    """

    need: np.ndarray
    floor: np.ndarray


def families(system: System, dimension: str) -> Iterator[Family]:
    """Iterate over the groups that a dimension divides.

    Parameters
    ----------
    system : System
        The cells and their sums.
    dimension : str
        Dimension whose categories (or subtotals) add up to the group.

    Yields
    ------
    Family
        A group with two categories or more.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"level": ["1", "2"], "count": [20, 0]})
    >>> system = build_system([Table(counts, ("level",))])
    >>> [(system.keys[f.base], system.values[f.parts].tolist()) for f in families(system, "level")]
    [(('Total',), [20, 0])]
    """
    axis = system.dimensions.index(dimension)
    elsewhere = [key[:axis] + key[axis + 1 :] for key in system.keys]
    matrix = system.matrix
    for row in range(matrix.shape[0]):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, signs = matrix.indices[at], matrix.data[at]
        base = int(cells[signs < 0][0])
        parts = cells[signs > 0]
        along = elsewhere[int(parts[0])] == elsewhere[base]
        if along and len(parts) > 1:
            yield Family(base, np.sort(parts))


def whole_in_one(system: System, family: Family) -> bool:
    """Say whether all members of a group are in one category.

    Parameters
    ----------
    system : System
        The cells.
    family : Family
        The group.

    Returns
    -------
    bool
        False for a group without members.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"level": ["1", "2"], "count": [20, 0]})
    >>> system = build_system([Table(counts, ("level",))])
    >>> [whole_in_one(system, family) for family in families(system, "level")]
    [True]
    """
    base = system.values[family.base]
    return bool(base > 0 and system.values[family.parts].max() == base)


def protect_groups(
    system: System,
    need: np.ndarray,
    known: np.ndarray,
    dimensions: Sequence[str],
    rules: GroupRules,
    disclosed: frozenset[int] = frozenset(),
) -> Protection:
    """Add the protection levels of the whole-group and the complement rule.

    A group whose members are all in one category is disclosed, whatever its size: the zeros of
    its other categories say of each member what the full one says of all. So the full cell is a
    primary suppression and so are the zeros, which need the doubt of one member.

    Parameters
    ----------
    system : System
        The cells and their sums.
    need : numpy.ndarray of int, shape (cells,)
        Protection levels that other rules ask for.
    known : numpy.ndarray of bool, shape (cells,)
        Cells that are public already.
    dimensions : sequence of str
        Dimensions whose categories say something about the members, a mastery level say.
    rules : GroupRules
        What discloses a group.
    disclosed : frozenset of int
        Groups, by the position of their number of members, that are known to be in one category
        whatever is hidden.

    Returns
    -------
    Protection
        Levels at least as high as `need`.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, chapter 5 (group
    disclosure in frequency tables).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame(
    ...     {"school": ["A", "A", "B", "B"], "level": ["1", "2"] * 2, "count": [20, 0, 8, 9]}
    ... )
    >>> system = build_system([Table(counts, ("school", "level"))])
    >>> nothing = np.zeros(len(system.values), dtype=int)
    >>> asked = protect_groups(system, nothing, nothing > 0, ["level"], GroupRules())
    >>> [key for key, level in zip(system.keys, asked.need) if level]
    [('A', '1'), ('A', '2')]
    """
    need = need.copy()
    floor = np.ones(len(need), dtype=np.int64)
    values = system.values
    for dimension in dimensions:
        for family in families(system, dimension):
            parts = family.parts
            rest = values[family.base] - values[parts]
            if rules.complements:
                most = (values[parts] > 0) & (rest > 0) & (rest < rules.min_count)
                need[parts[most]] = np.maximum(need[parts[most]], rules.width)
            if rules.whole_group and family.base not in disclosed and whole_in_one(system, family):
                level = np.where(values[parts] > 0, rules.width, 1)
                need[parts] = np.maximum(need[parts], level)
                floor[parts] = 0
    need[known] = 0
    _settle_zeros(system, need, floor, known)
    return Protection(need, floor)


def groups_of(system: System, cells: Sequence[int], dimensions: Sequence[str]) -> frozenset[int]:
    """Find the groups in one category that some cells belong to.

    Parameters
    ----------
    system : System
        The cells and their sums.
    cells : sequence of int
        Positions of counts.
    dimensions : sequence of str
        Dimensions whose categories say something about the members.

    Returns
    -------
    frozenset of int
        Position of each group's number of members.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"level": ["1", "2"], "count": [20, 0]})
    >>> system = build_system([Table(counts, ("level",))])
    >>> sorted(groups_of(system, [1], ["level"]))
    [2]
    """
    return frozenset(
        family.base
        for dimension in dimensions
        for family in families(system, dimension)
        if whole_in_one(system, family) and np.isin(cells, family.parts).any()
    )


def _settle_zeros(system: System, need: np.ndarray, floor: np.ndarray, known: np.ndarray) -> None:
    """Blank the zero margins above blank zeros, and open zeros that are public by their margin.

    Where a sum is zero, all of its parts are: a blank zero below an open one is no secret, and
    nor is a blank one above open parts.
    """
    empty = system.values == 0
    sums = system.matrix
    nothing = np.flatnonzero(np.asarray(abs(sums) @ (~empty)).ravel() == 0)
    lost = known & empty
    changed = True
    while changed:
        changed = False
        for row in nothing:
            at = slice(sums.indptr[row], sums.indptr[row + 1])
            cells, signs = sums.indices[at], sums.data[at]
            base, parts = int(cells[signs < 0][0]), cells[signs > 0]
            if lost[base] and not lost[parts].all():
                lost[parts] = True
                changed = True
            elif not lost[base] and lost[parts].all():
                lost[base] = True
                changed = True
        need[lost] = 0
        for row in nothing:
            at = slice(sums.indptr[row], sums.indptr[row + 1])
            cells, signs = sums.indices[at], sums.data[at]
            base, parts = int(cells[signs < 0][0]), cells[signs > 0]
            free = parts[~lost[parts]]
            if need[parts].any() and need[base] == 0:
                need[base], floor[base], changed = 1, 0, True
            elif need[base] and len(free) and not need[free].any():
                need[free], floor[free], changed = 1, 0, True
    floor[empty & (need > 0)] = 0


def disclosed_groups(system: System, hidden: np.ndarray, dimension: str) -> list[tuple[int, int]]:
    """List the groups that a pattern of blanks shows to be in one category altogether.

    Parameters
    ----------
    system : System
        The cells and their sums.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    dimension : str
        Dimension whose categories are looked at.

    Returns
    -------
    list of (int, int)
        Positions of the group's number of members and of the category that holds them all.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"level": ["1", "2"], "count": [20, 0]})
    >>> system = build_system([Table(counts, ("level",))])
    >>> disclosed_groups(system, np.zeros(3, dtype=bool), "level")
    [(2, 0)]
    """
    found = []
    for family in families(system, dimension):
        if whole_in_one(system, family):
            full = family.parts[np.argmax(system.values[family.parts])]
            others = family.parts[family.parts != full]
            if not hidden[others].any():
                found.append((family.base, int(full)))
    return found
