"""Change a table before blanks are put in it: coarser tables often show more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from .cells import Table, build_system
from .problem import Problem
from .rules import Rules, required_widths
from .suppression import suppress


@dataclass(frozen=True)
class Design:
    """Hold one way to lay a table out, and what of it can be shown.

    Parameters
    ----------
    name : str
        What was merged.
    table : Table
        The table.
    cells, hidden : int
        Cells with pupils in them, margins included, and how many of them are blank.
    shown : float
        Share of the pupils that stand in an open inner cell.
    """

    name: str
    table: Table
    cells: int
    hidden: int
    shown: float


def merge_categories(table: Table, dimension: str, merged: Mapping[str, str]) -> Table:
    """Merge categories of a dimension.

    Parameters
    ----------
    table : Table
        The table.
    dimension : str
        One of its dimensions.
    merged : mapping of str to str
        New name of each category that is merged; others keep theirs.

    Returns
    -------
    Table
        The coarser table.
    """
    names = table.counts[dimension].astype(str)
    return _summed(table, table.counts.assign(**{dimension: names.map(lambda c: merged.get(c, c))}))


def pool(table: Table, dimension: str) -> Table:
    """Sum over a dimension altogether: years, most often.

    Parameters
    ----------
    table : Table
        The table.
    dimension : str
        The dimension to give up.

    Returns
    -------
    Table
        The table without it.
    """
    left = tuple(d for d in table.dimensions if d != dimension)
    return _summed(Table(table.counts, left, table.subtotals, table.name), table.counts)


def assess(name: str, table: Table, rules: Rules) -> Design:
    """Protect a table and say how much of it is left to see.

    Parameters
    ----------
    name : str
        What to call the design.
    table : Table
        The table.
    rules : Rules
        What counts as recognisable.

    Returns
    -------
    Design
        With the blanks counted.
    """
    system = build_system([table])
    need = required_widths(system, rules)
    problem = Problem(system.values, system.matrix, need, need < 0, rules.floor)
    hidden = suppress(problem, system.margin_depth, system.grids).hidden
    inner = system.margin_depth == 0
    pupils = max(1, int(system.values[inner].sum()))
    open_pupils = int(system.values[inner & ~hidden].sum())
    return Design(
        name, table, int((system.values > 0).sum()), int(hidden.sum()), open_pupils / pupils
    )


def best_design(designs: Sequence[Design]) -> Design:
    """Choose the design that shows the most pupils; among equals the first.

    Parameters
    ----------
    designs : sequence of Design
        From the finest to the coarsest.

    Returns
    -------
    Design
        The one to publish.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2.2 (redesign).
    """
    return max(designs, key=lambda design: round(design.shown, 9))


def _summed(table: Table, counts: pd.DataFrame) -> Table:
    keys = list(table.dimensions)
    text = counts.astype(dict.fromkeys(keys, str))
    summed = text.groupby(keys)["count"].sum().reset_index()
    return Table(summed, table.dimensions, table.subtotals, table.name)
