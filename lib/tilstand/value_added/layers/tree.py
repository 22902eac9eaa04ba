"""Units nested in units: which class lies in which cohort of which school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.errors import TooFewSchoolsError

#: What the levels are to the estimands, outermost first.
ROLES = ("municipality", "school", "cohort", "class")
#: Several units of a level.
PLURAL = {
    "municipality": "municipalities",
    "school": "schools",
    "cohort": "cohorts of a school",
    "class": "classes",
}
# As many units in each unit above are added up one by one.
_FEW = 8
#: Parts the ids of a leaf's name; no id holds it.
JOINT = "\x1f"


@dataclass(frozen=True)
class Tree:
    """Hold the units of every level and where each lies.

    Parameters
    ----------
    columns : dict of str to str
        Role to column, outermost first, of every id.
    levels : tuple of str
        Roles that carry a variance, innermost first.
    order : ndarray of int, shape (C,)
        The leaves' positions in the statistics, in the order of the tree.
    parent : tuple of ndarray
        For each level but the top: each unit's position in the level above.
    starts : tuple of ndarray
        For each level but the top: the first unit of each unit of the level above.
    ids : tuple of DataFrame
        For each level: the ids of its units, one column a role.
    left_out : dict of str to str
        Roles without a variance, and why.
    remarks : tuple of str
        What else a reader has to know of the units.
    """

    columns: dict[str, str]
    levels: tuple[str, ...]
    order: np.ndarray
    parent: tuple[np.ndarray, ...]
    starts: tuple[np.ndarray, ...]
    ids: tuple[pd.DataFrame, ...]
    left_out: dict[str, str]
    remarks: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """Count the levels that carry a variance."""
        return len(self.levels)

    def level(self, role: str) -> int:
        """Return the position of a role among the levels, counted from the leaves.

        Parameters
        ----------
        role : str
            One of `ROLES`. A cohort or class without a variance of its own is at the level that
            it coincides with.

        Returns
        -------
        int
            Position in `levels`.
        """
        if role in self.levels:
            return self.levels.index(role)
        return 0 if role == "cohort" and "class" not in self.levels else self.level("school")

    def joined(self, level: int, values: np.ndarray) -> np.ndarray:
        """Add up the units of a level in the units of the level above.

        Parameters
        ----------
        level : int
            Position in `levels`.
        values : ndarray, shape (..., units)
            Any numbers of that level's units.

        Returns
        -------
        ndarray, shape (..., units of the level above)
            Their sums.
        """
        each = self.equal[level]
        if not each:
            return np.add.reduceat(values, self.starts[level], axis=-1)
        # Equally many units everywhere are added up several times as fast.
        total = values[..., ::each].copy()
        for i in range(1, each):
            total += values[..., i::each]
        return total

    @cached_property
    def equal(self) -> tuple[int, ...]:
        """For each level but the top, how many units lie in each above, 0 if many or unequal."""
        sizes = [np.bincount(parent) for parent in self.parent]
        return tuple(
            int(size[0]) if size[0] < _FEW and (size == size[0]).all() else 0 for size in sizes
        )

    def counts(self) -> list[str]:
        """Say how many units there are of every level, outermost first."""
        found = zip(self.levels, self.ids, strict=True)
        return [f"{len(ids)} {PLURAL[role]}" for role, ids in found][::-1]

    def ancestors(self, low: int, high: int) -> np.ndarray:
        """Return the position at level `high` of every unit of level `low`."""
        at = np.arange(len(self.ids[low]))
        for level in range(low, high):
            at = self.parent[level][at]
        return at


def build_tree(
    leaves: pd.Index,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, object]] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
) -> Tree:
    """Arrange leaves into levels.

    Parameters
    ----------
    leaves : Index, shape (C,)
        Names of the leaves: their ids as text, outermost first, parted by `JOINT`.
    columns : mapping of str to str
        Role to column, outermost first, one for each part of a name.
    values : mapping of str to mapping of str to object, optional
        For each column: each id as text, and as it is in the data. Ids keep their type and are
        sorted as such; as text without.
    orders : mapping of str to sequence of str, optional
        For columns with an order of their own: the ids as text in it.

    Returns
    -------
    Tree
        Without levels that coincide with the one above or below them: a variance of its own
        needs several units within one, so a single cohort is no level beside the school.

    Raises
    ------
    TooFewSchoolsError
        If there is only one school.
    """
    roles = list(columns)
    parts = [str(leaf).split(JOINT) for leaf in leaves]
    codes, labels = [], []
    for i, role in enumerate(roles):
        text = np.array([part[i] for part in parts], dtype=object)
        number, found = pd.factorize(text)
        given = (values or {}).get(columns[role], {})
        values_here = [given.get(one, one) for one in found]
        place = sorted_positions(found.tolist(), given, (orders or {}).get(columns[role]))
        rank = np.empty(len(place), dtype=int)
        rank[place] = np.arange(len(place))
        codes.append(rank[number])
        labels.append(_as_index([values_here[k] for k in place]))
    order = np.lexsort(codes[::-1])
    codes = [code[order] for code in codes]
    # Where a new unit of each depth begins.
    fresh, begun = [], np.zeros(len(order), dtype=bool)
    for code in codes:
        begun = begun | np.append(True, code[1:] != code[:-1])
        fresh.append(begun)
    counts = [int(one.sum()) for one in fresh]
    school = roles.index("school")
    if counts[school] < 2:
        name = labels[school][0]
        raise TooFewSchoolsError(
            f"only one school ({name}): schools can be compared from two upwards"
        )
    left_out = _left_out(roles, counts, columns)
    kept = [i for i, role in enumerate(roles) if role not in left_out][::-1]
    numbers = {i: np.cumsum(fresh[i]) - 1 for i in kept}
    first = {i: np.flatnonzero(fresh[i]) for i in kept}
    parent = tuple(numbers[up][first[low]] for low, up in pairwise(kept))
    starts = tuple(np.flatnonzero(np.diff(one, prepend=-1)) for one in parent)
    # Units carry the ids of what coincides with them too.
    shown = {i: [k for k in range(len(roles)) if k <= i or counts[k] == counts[i]] for i in kept}
    ids = tuple(
        pd.DataFrame({roles[k]: labels[k][codes[k][first[i]]] for k in shown[i]}) for i in kept
    )
    return Tree(
        dict(columns),
        tuple(roles[i] for i in kept),
        order,
        parent,
        starts,
        ids,
        left_out,
        _remarks(roles, codes, columns),
    )


def plural(roles: Sequence[str]) -> str:
    """Name the units of some levels.

    Examples
    --------
    >>> plural(["cohort", "school"])
    'cohorts of a school and schools'
    """
    return " and ".join(PLURAL[role] for role in roles)


def _remarks(
    roles: Sequence[str], codes: Sequence[np.ndarray], columns: Mapping[str, str]
) -> tuple[str, ...]:
    if "municipality" not in roles:
        return ()
    pairs = np.unique(np.stack(codes[:2]), axis=1)
    twice = int((np.bincount(pairs[1]) > 1).sum())
    if not twice:
        return ()
    remark = f"{columns['school']}: {twice} ids occur in more than one municipality and count as a"
    return (f"{remark} school of each",)


def _left_out(
    roles: Sequence[str], counts: Sequence[int], columns: Mapping[str, str]
) -> dict[str, str]:
    count = dict(zip(roles, counts, strict=True))
    gone: dict[str, str] = {}
    if "municipality" in count:
        name = columns["municipality"]
        if count["municipality"] == 1:
            gone["municipality"] = (
                f"{name}: a single municipality, so differences between municipalities cannot be "
                "estimated"
            )
        elif count["municipality"] == count["school"]:
            gone["municipality"] = (
                f"{name}: every municipality has a single school, so municipalities cannot be told "
                "from schools"
            )
    if "cohort" in count and count["cohort"] == count["school"]:
        gone["cohort"] = (
            f"{columns['cohort']}: no school has pupils in two cohorts, so what stays with a "
            "school cannot be told from one cohort's"
        )
    above = "cohort" if "cohort" in count else "school"
    if "class" in count and count["class"] == count[above]:
        gone["class"] = (
            f"{columns['class']}: every {'school and cohort' if above == 'cohort' else 'school'} "
            "has a single class, so classes cannot be told from schools"
        )
    return gone


def sorted_positions(
    text: Sequence[str], values: Mapping[str, object], order: Sequence[str] | None = None
) -> list[int]:
    """Return the positions of ids in their order.

    Parameters
    ----------
    text : sequence of str
        Ids as text.
    values : mapping of str to object
        The ids as they are in the data; they are sorted as such.
    order : sequence of str, optional
        An order of their own, as of a category.

    Returns
    -------
    list of int
        The first id's position first.
    """
    positions = range(len(text))
    if order is not None and set(text) <= set(order):
        rank = {one: i for i, one in enumerate(order)}
        return sorted(positions, key=lambda k: rank[text[k]])
    ids: list[Any] = [values.get(one, one) for one in text]
    try:
        return sorted(positions, key=lambda k: ids[k])
    except TypeError:
        return sorted(positions, key=lambda k: str(ids[k]))


def _as_index(ids: Sequence[object]) -> pd.Index:
    if all(isinstance(one, str) for one in ids):
        return pd.Index([str(one) for one in ids], dtype="str")
    return pd.Index(list(ids), dtype=None if len({type(one) for one in ids}) == 1 else object)
