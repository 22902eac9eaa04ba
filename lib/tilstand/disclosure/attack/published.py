"""Gather what readers can see: counts, blanks, percentages and means as they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

ALL = "Total"
Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    """State a linear fact that can be read off a page.

    Parameters
    ----------
    terms : mapping of Key to float
        Cells and their coefficients.
    low, high : float
        What the sum lies between.
    """

    terms: Mapping[Key, float]
    low: float
    high: float


@dataclass
class Published:
    """Gather everything that readers can see about one set of pupils.

    Parameters
    ----------
    least_hidden : int
        Smallest count behind a blank: 1 where true zeros are printed, else 0.
    subtotals : mapping, optional
        For a dimension, ``{category: group}`` of groups that are printed beside the categories.
    """

    least_hidden: int = 1
    subtotals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cells: dict[Key, int | None] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    uncounted: set[Key] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    _tables: list[tuple[tuple[str, ...], set[Key]]] = field(default_factory=list)

    def add_table(
        self,
        frame: pd.DataFrame,
        dimensions: Sequence[str],
        count: str = "count",
        *,
        counted: bool = True,
    ) -> None:
        """Take in a table of counts, blanks included.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a cell; ``Total`` where a dimension is summed over; a missing count is a
            blank. A combination that is not there is taken for a true zero.
        dimensions : sequence of str
            Columns that span the table.
        count : str
            Column of the counts.
        counted : bool
            False for a table that prints something else than counts (percentages, say): what it
            does not count may be zero.
        """
        seen: set[Key] = set()
        labels = frame[list(dimensions)].astype(str).to_numpy()
        counts = frame[count].to_numpy(dtype=object)
        for row, value in zip(labels, counts, strict=True):
            cell = key(dict(zip(dimensions, row, strict=True)))
            seen.add(cell)
            shown = None if pd.isna(value) else int(value)
            before = self.cells.get(cell)
            if before is not None and shown is not None and before != shown:
                self.contradictions.append(
                    f"{name(cell)}: {before} in one place, {shown} in another"
                )
            if cell not in self.cells and not counted:
                self.uncounted.add(cell)
            elif counted:
                self.uncounted.discard(cell)
            self.cells[cell] = shown if before is None else before
        self._tables.append((tuple(dimensions), seen))

    def add_percent(
        self, part: Mapping[str, str], whole: Mapping[str, str], percent: float, decimals: int = 0
    ) -> None:
        """Take in a printed percentage.

        Parameters
        ----------
        part, whole : mapping of str to str
            Categories of the cell, and of the group it is a share of.
        percent : float
            As printed.
        decimals : int
            Decimals printed. Both ways of rounding a half are reckoned with.
        """
        half = 0.5 * 10.0**-decimals
        top, base = key(part), key(whole)
        for cell in (top, base):
            if cell not in self.cells:
                self.cells[cell] = None
                self.uncounted.add(cell)
        ends = ((percent - half) / 100, (percent + half) / 100)
        self.facts.append(Fact({top: 1.0, base: -ends[0]}, 0.0, np.inf))
        self.facts.append(Fact({top: 1.0, base: -ends[1]}, -np.inf, 0.0))

    def add_range(self, cell: Key, low: float, high: float) -> None:
        """Take in a printed range of a count.

        Parameters
        ----------
        cell : Key
            The count.
        low, high : float
            Ends as printed.
        """
        self.facts.append(Fact({cell: 1.0}, low, high))

    def add_complement(
        self, part: Mapping[str, str], whole: Mapping[str, str], rest: float
    ) -> None:
        """Take in a printed number of those in a group who are *not* in a cell.

        Parameters
        ----------
        part, whole : mapping of str to str
            Categories of the cell and of its group.
        rest : float
            As printed.
        """
        self.facts.append(Fact({key(whole): 1.0, key(part): -1.0}, rest, rest))

    def add_mean(
        self, whole: Mapping[str, str], dimension: str, mean: float, decimals: int = 1
    ) -> None:
        """Take in the printed mean of a dimension whose categories are numbers.

        Parameters
        ----------
        whole : mapping of str to str
            The group; `dimension` is summed over.
        dimension : str
            Dimension with numbers for categories, mastery levels say.
        mean : float
            As printed.
        decimals : int
            Decimals printed.
        """
        half = 0.5 * 10.0**-decimals
        group = {d: c for d, c in whole.items() if d != dimension}
        parts = {
            cell: float(dict(cell)[dimension])
            for cell in self.cells
            if {d: c for d, c in cell if d != dimension} == _shown(group)
            and _is_number(dict(cell).get(dimension, ""))
        }
        for sign, end in ((1.0, mean - half), (-1.0, mean + half)):
            terms = {cell: sign * (level - end) for cell, level in parts.items()}
            self.facts.append(Fact(terms, 0.0, np.inf))

    def sums(self) -> list[tuple[Key, list[Key]]]:
        """List every printed or hidden total with the cells it is the sum of.

        Returns
        -------
        list of (Key, list of Key)
            Total and parts; parts that no table shows are true zeros and left out.
        """
        found: dict[tuple[Key, str], tuple[Key, list[Key]]] = {}
        for dimensions, cells in self._tables:
            for dimension in dimensions:
                parent = self.subtotals.get(dimension, {})
                families: dict[Key, list[Key]] = {}
                for cell in cells:
                    place = dict(cell)
                    mine = place.get(dimension, ALL)
                    if mine != ALL:
                        above = parent.get(mine, ALL)
                        families.setdefault(key({**place, dimension: above}), []).append(cell)
                for total, parts in families.items():
                    if total in self.cells:
                        found[total, dimension] = (total, sorted(parts))
        return [found[at] for at in sorted(found)]


def key(categories: Mapping[str, str]) -> Key:
    """Name a cell by its categories; dimensions that are summed over fall away.

    Parameters
    ----------
    categories : mapping of str to str
        Category by dimension.

    Returns
    -------
    Key
        Sorted pairs.
    """
    return tuple(sorted(_shown(categories).items()))


def name(cell: Key) -> str:
    """Write a cell's name for people.

    Parameters
    ----------
    cell : Key
        The cell.

    Returns
    -------
    str
        Its categories, or ``Total``.
    """
    return " / ".join(category for _, category in cell) or ALL


def _shown(categories: Mapping[str, str]) -> dict[str, str]:
    return {d: c for d, c in categories.items() if c != ALL}


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
