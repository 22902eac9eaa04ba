"""State what protection works on: views of one population, nothing hidden yet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import TOTAL
from tilstand.errors import DataError

# What a reference to a cell is written with, and so cannot stand in a name.
MARKS = "|;="


@dataclass(frozen=True)
class CountView:
    """Hold counts of pupils, inner cells only, as they are before anything is hidden.

    Parameters
    ----------
    name : str
        What pages open it by; unique in the book.
    population : str
        Which pupils. Tables of one population that share a dimension's category speak of the same
        pupils, and what one of them hides no other shows.
    dimensions : tuple of str
        Columns that span the table; every margin over them (``Total``) is shown too.
    counts : pandas.DataFrame
        The dimensions as text and ``count``. A combination that is not there is a true zero.
    along : str, optional
        Dimension that divides a group to 100 %, such as mastery levels.
    sensitive : tuple of str
        Dimensions that ask for the strict rules: special education, immigrant background.
    subtotals : mapping
        For a dimension, ``{category: group}`` of groups that are shown beside the categories.
    fixed : mapping
        Categories of further dimensions that all the table's pupils are in.
    unseen : str
        Dimension whose category ``no`` counts those who are left over, and is shown nowhere.
    """

    name: str
    population: str
    dimensions: tuple[str, ...]
    counts: pd.DataFrame
    along: str | None = None
    sensitive: tuple[str, ...] = ()
    subtotals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    unseen: str = ""


@dataclass(frozen=True)
class MeanView:
    """Hold means of groups of pupils, inner groups only, before anything is hidden.

    Parameters
    ----------
    name : str
        What pages open it by; unique in the book.
    population : str
        Which pupils, as for counts: the groups' sizes are counts of that population.
    dimensions : tuple of str
        Columns that span the table; the means of all margins are shown too.
    means : pandas.DataFrame
        The dimensions as text, ``value``, ``n`` (pupils) and ``sd`` (of pupils, with n - 1).
    measure : str
        What is measured; tables of one population and measure are protected together.
    sensitive : tuple of str
        Dimensions that ask for the strict rules.
    fixed : mapping
        As for counts.
    quantity : str
        What is summed; the measure itself where nothing is said. Measures of one quantity on
        groups that are part of one another can be subtracted.
    equation : mapping of str to float
        Quantities that the measure is made of, with their factors: a change is a later score less
        an earlier one.
    decimals : int
        Decimals to which the means are printed, wherever they are.
    scale : tuple of float
        Lowest and highest value that everybody knows there is.
    withheld : bool
        Whether it shows nothing at all.
    years : tuple of str
        Years whose own means are shown, and those of all together; all where nothing is said.
    """

    name: str
    population: str
    dimensions: tuple[str, ...]
    means: pd.DataFrame
    measure: str = "points"
    sensitive: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    quantity: str = ""
    equation: Mapping[str, float] = field(default_factory=dict)
    decimals: int = 1
    scale: tuple[float, float] = (-math.inf, math.inf)
    withheld: bool = False
    years: tuple[str, ...] = ()

    def shows(self, cell: frozenset[tuple[str, str]]) -> bool:
        """Tell whether a group is one of those that pages may show."""
        year = dict(cell).get("year")
        return year is None or not self.years or year in self.years


def check_tables(tables: Sequence[CountView | MeanView]) -> None:
    """Refuse tables that could not be protected as they stand.

    Parameters
    ----------
    tables : sequence of CountView or MeanView
        All tables of the book.

    Raises
    ------
    DataError
        One line for each fault: names, columns, categories or numbers that cannot be. No line
        holds a count.
    """
    names = [table.name for table in tables]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [f"{name}: two tables of this name, expected one" for name in twice]
    for table in tables:
        faults += _faults(table)
    if faults:
        raise DataError(faults)


def _faults(table: CountView | MeanView) -> list[str]:
    if isinstance(table, CountView) and (set(table.subtotals) - {table.along}):
        return [f"{table.name}: groups inside '{', '.join(table.subtotals)}', expected them along"]
    is_count = isinstance(table, CountView)
    frame = table.counts if isinstance(table, CountView) else table.means
    numbers = ["count"] if is_count else ["value", "n", "sd"]
    label = table.name
    missing = [c for c in [*table.dimensions, *numbers] if c not in frame.columns]
    if missing:
        return [f"{label}: '{', '.join(missing)}' is missing, expected it among the columns"]
    found = []
    along = table.along if isinstance(table, CountView) else None
    asked = {*table.sensitive, *([along] if along else [])} - set(table.dimensions)
    found += [f"{label}: '{d}', expected one of the table's dimensions" for d in sorted(asked)]
    found += [
        f"{label}: '{word}', expected a name without | ; ="
        for word in (table.name, table.population, *table.dimensions)
        if any(mark in word for mark in MARKS)
    ]
    found += [
        f"{label}:{dimension}: '{category}', expected an inner category"
        for dimension in table.dimensions
        for category in sorted(set(frame[dimension].astype(str)))
        if category in ("", TOTAL, "nan", "None") or any(mark in category for mark in MARKS)
    ]
    if frame[list(table.dimensions)].astype(str).duplicated().any():
        found.append(f"{label}: a combination stands twice, expected one row each")
    whole = pd.to_numeric(frame[numbers[0] if is_count else "n"], errors="coerce").to_numpy(float)
    if not np.all((whole >= 0) & (whole == np.rint(whole))):
        found.append(f"{label}: a count that is no whole number, 0 or more")
    return found


def text_cells(frame: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return a frame with its dimensions as text, in an order that does not depend on the input.

    Parameters
    ----------
    frame : pandas.DataFrame
        Inner cells.
    dimensions : sequence of str
        Its dimensions.

    Returns
    -------
    pandas.DataFrame
        Sorted by the dimensions.
    """
    names = list(dimensions)
    text = frame.astype(dict.fromkeys(names, str))
    return text.sort_values(names, kind="stable").reset_index(drop=True)
