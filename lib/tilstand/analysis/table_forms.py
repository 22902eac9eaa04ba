"""Say what a table of pupils is, and what its categories are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

TOTAL = "Total"
TOOK, EXEMPT, ABSENT = "took", "exempt", "absent"
LEVELS = {5: ("1", "2", "3"), 8: ("1", "2", "3", "4", "5"), 9: ("1", "2", "3", "4", "5")}
#: The grade that sits the test of the grade below.
SAME_TEST = 9
BELOW_30, FROM_30, NO_POINTS = "below_30", "from_30", "none"
#: The group of those who have points, of whom a share below 30 is one.
WITH_POINTS = "with_points"
#: Grunnskolepoeng below this are counted as few.
FEW_POINTS = 30.0
UNKNOWN = "unknown"
#: Lines that contributions are measured from: as fitted, and corrected for test error.
PLAIN, CORRECTED = "plain", "corrected"


@dataclass(frozen=True)
class CountTable:
    """Hold the inner cells of one table and say what of it is shown.

    Parameters
    ----------
    name : str
        As in the module's list.
    counts : DataFrame
        ``separate``, ``dimensions`` (text) and ``count`` (int); missing combinations are zero.
    dimensions : tuple of str
        Those that are summed over in margins.
    views : tuple of tuple of str
        Sets of ``dimensions`` published together.
    along : str
        The dimension of a distribution.
    separate : tuple of str
        Dimensions never summed over.
    subtotals : mapping
        For a dimension, ``{category: group}``.
    """

    name: str
    counts: pd.DataFrame
    dimensions: tuple[str, ...]
    views: tuple[tuple[str, ...], ...]
    along: str
    separate: tuple[str, ...] = ()
    subtotals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class MeanTable:
    """Hold means with their number and spread.

    Parameters
    ----------
    name : str
        As in the module's list.
    rows : DataFrame
        ``separate``, ``dimensions`` (text, ``Total`` where summed over), ``value``, ``n``
        (pupils or answers) and ``sd`` (of single values, ddof 1; missing for n = 1).
    dimensions : tuple of str
        Those that are summed over.
    views : tuple of tuple of str
        Sets of ``dimensions`` published together.
    separate : tuple of str
        Dimensions never summed over.
    withheld : tuple of tuple of str
        Those of ``views`` that show nothing.
    years : tuple of str
        Years whose own means are shown; all of them where nothing is said.
    """

    name: str
    rows: pd.DataFrame
    dimensions: tuple[str, ...]
    views: tuple[tuple[str, ...], ...]
    separate: tuple[str, ...] = ()
    withheld: tuple[tuple[str, ...], ...] = ()
    years: tuple[str, ...] = ()


@dataclass(frozen=True)
class PupilTables:
    """Hold every table of one municipality, by name."""

    counts: dict[str, CountTable]
    means: dict[str, MeanTable]


def years_in(tables: PupilTables) -> set[str]:
    """Name the years that any table of counts is about."""
    frames = [table.counts for table in tables.counts.values()]
    return {str(year) for frame in frames if "year" in frame for year in frame["year"]}
