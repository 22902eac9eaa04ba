"""One constraint system of all tables that are built on the same pupils."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .errors import DisclosureError

TOTAL = "Total"


@dataclass(frozen=True)
class Table:
    """Hold the inner cells of one table that will be published with all its margins.

    Parameters
    ----------
    counts : pandas.DataFrame
        One row a combination: the dimensions as text and ``count``. A combination that is not
        there is a true zero.
    dimensions : tuple of str
        Columns of `counts` that span the table.
    subtotals : mapping, optional
        For a dimension, ``{category: group}`` of groups that are published beside the
        categories; a group may itself belong to a group. The top of every tree is ``Total``.
    name : str, optional
        What the table is called in messages.
    fixed : mapping, optional
        Categories of further dimensions that all the table's pupils are in: a table of those who
        took a test shows no one else, and sums to no one else.
    """

    counts: pd.DataFrame
    dimensions: tuple[str, ...]
    subtotals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    name: str = "table"
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class System:
    """Hold every cell of several linked tables, and the sums that bind them.

    Cells that stand in several tables (a school's total, say) are one cell here, so that hiding
    it in one table and printing it in another is impossible.

    Parameters
    ----------
    dimensions : tuple of str
        Union of the tables' dimensions.
    keys : list of tuple of str
        Category of each cell in each dimension; ``Total`` where it is summed over.
    values : numpy.ndarray of int, shape (cells,)
        The true counts.
    matrix : scipy.sparse.csr_matrix, shape (sums, cells)
        One row a sum: 1 at each part and -1 at the total, so that ``matrix @ values == 0``.
    members : list of numpy.ndarray of int
        Positions of each table's cells, in the order of the tables.
    grids : list of numpy.ndarray of int
        The same as arrays with one axis a dimension and the total last on each; a table with
        subtotals gives one for each of its groups.
    """

    dimensions: tuple[str, ...]
    keys: list[tuple[str, ...]]
    values: np.ndarray
    matrix: sp.csr_matrix
    members: list[np.ndarray]
    grids: list[np.ndarray] = field(default_factory=list)

    @property
    def position(self) -> dict[tuple[str, ...], int]:
        """Position of each cell by its key."""
        return {key: at for at, key in enumerate(self.keys)}

    @property
    def margin_depth(self) -> np.ndarray:
        """Count the dimensions that each cell is summed over."""
        return np.array([sum(part == TOTAL for part in key) for key in self.keys])

    def frame(self, table: int = 0) -> pd.DataFrame:
        """Return one table's cells as a frame of labels.

        Parameters
        ----------
        table : int
            Which of the tables.

        Returns
        -------
        pandas.DataFrame
            The dimensions, one row a cell, indexed by position in the system.
        """
        at = self.members[table]
        return pd.DataFrame([self.keys[i] for i in at], columns=list(self.dimensions), index=at)


def build_system(tables: Sequence[Table]) -> System:
    """Join tables to one system of cells and sums.

    Parameters
    ----------
    tables : sequence of Table
        Tables on the same pupils. They may share dimensions; a dimension that a table lacks is
        ``Total`` in its cells.

    Returns
    -------
    System
        Cells in a fixed order: table by table, categories sorted, ``Total`` last.

    Raises
    ------
    DisclosureError
        When two tables give different counts for the same cell.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"school": ["A", "A", "B", "B"], "level": ["1", "2", "1", "2"],
    ...                        "count": [3, 20, 12, 9]})
    >>> system = build_system([Table(counts, ("school", "level"))])
    >>> len(system.keys)
    9
    >>> int(system.values[system.position["A", "Total"]])
    23

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47(7), 1008-1027.
    """
    dimensions = tuple(
        dict.fromkeys(d for table in tables for d in (*table.dimensions, *table.fixed))
    )
    position: dict[tuple[str, ...], int] = {}
    values: list[int] = []
    members: list[np.ndarray] = []
    grids: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    cols: list[np.ndarray] = []
    signs: list[np.ndarray] = []
    faults: list[str] = []
    height = 0
    for table in tables:
        nodes, cube, families = _lattice(table)
        at = _place(table, nodes, cube, dimensions, position, values, faults)
        members.append(at.ravel())
        grids += _grids(at, families)
        for axis, family in enumerate(families):
            across = np.moveaxis(at, axis, -1).reshape(-1, at.shape[axis])
            for total, parts in family:
                lines = across[:, [*parts, total]]
                number = height + np.arange(len(lines))
                height += len(lines)
                rows.append(np.repeat(number, lines.shape[1]))
                cols.append(lines.ravel())
                signs.append(np.tile(np.r_[np.ones(len(parts)), -1.0], len(lines)))
    if faults:
        raise DisclosureError(sorted(set(faults)))
    entries = (np.concatenate(signs), (np.concatenate(rows), np.concatenate(cols)))
    matrix = sp.csr_matrix(entries, shape=(height, len(values)))
    return System(
        dimensions, list(position), np.array(values, dtype=np.int64), matrix, members, grids
    )


def _grids(at: np.ndarray, families: list[list[tuple[int, list[int]]]]) -> list[np.ndarray]:
    """Cut a table into arrays in which every line is parts with their total last."""
    ways = [[[*parts, total] for total, parts in family] for family in families]
    return [at[np.ix_(*chosen)] for chosen in itertools.product(*ways)]


def _lattice(
    table: Table,
) -> tuple[list[list[str]], np.ndarray, list[list[tuple[int, list[int]]]]]:
    """Spread a table's inner cells over all categories, groups and totals."""
    frame = table.counts
    leaves = [_in_order(frame[d].astype(str).unique()) for d in table.dimensions]
    cube = np.zeros([len(names) for names in leaves], dtype=np.int64)
    where = tuple(
        pd.Categorical(frame[d].astype(str), categories=names).codes
        for d, names in zip(table.dimensions, leaves, strict=True)
    )
    np.add.at(cube, where, frame["count"].to_numpy(dtype=np.int64))
    nodes: list[list[str]] = []
    families: list[list[tuple[int, list[int]]]] = []
    for axis, (dimension, names) in enumerate(zip(table.dimensions, leaves, strict=True)):
        parent = dict(table.subtotals.get(dimension, {}))
        labels, family, spread = _tree(names, parent)
        cube = np.moveaxis(np.tensordot(spread, cube, axes=(1, axis)), 0, axis)
        nodes.append(labels)
        families.append(family)
    return nodes, cube, families


def _in_order(names: Iterable[str]) -> list[str]:
    """Sort categories as text, or as numbers where all of them are."""
    names = sorted(names)
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def _tree(
    leaves: list[str], parent: dict[str, str]
) -> tuple[list[str], list[tuple[int, list[int]]], np.ndarray]:
    """Return labels (leaves, groups, Total), who sums to whom, and node-by-leaf membership."""

    def path(name: str) -> list[str]:
        way = [name]
        while way[-1] in parent and len(way) <= len(parent) + 1:
            way.append(parent[way[-1]])
        return way if way[-1] == TOTAL else [*way, TOTAL]

    groups = sorted({node for leaf in leaves for node in path(leaf)[1:-1]})
    labels = [*leaves, *groups, TOTAL]
    index = {label: at for at, label in enumerate(labels)}
    spread = np.zeros((len(labels), len(leaves)), dtype=np.int64)
    children: dict[str, set[str]] = {}
    for column, leaf in enumerate(leaves):
        way = path(leaf)
        spread[[index[node] for node in way], column] = 1
        for below, above in itertools.pairwise(way):
            children.setdefault(above, set()).add(below)
    family = [
        (index[above], sorted(index[below] for below in children[above])) for above in children
    ]
    return labels, sorted(family), spread


def _place(
    table: Table,
    nodes: list[list[str]],
    cube: np.ndarray,
    dimensions: tuple[str, ...],
    position: dict[tuple[str, ...], int],
    values: list[int],
    faults: list[str],
) -> np.ndarray:
    """Map each cell of a table to its position in the system, shared cells once."""
    at = np.empty(cube.size, dtype=np.int64)
    slot = [dimensions.index(d) for d in table.dimensions]
    for flat, place in enumerate(np.ndindex(cube.shape)):
        key = [table.fixed.get(dimension, TOTAL) for dimension in dimensions]
        for axis, node in enumerate(place):
            key[slot[axis]] = nodes[axis][node]
        value = int(cube[place])
        found = position.setdefault(tuple(key), len(values))
        if found == len(values):
            values.append(value)
        elif values[found] != value:
            label = " / ".join(key)
            faults.append(
                f"{table.name}: {label}: '{value}', expected {values[found]}, "
                "the count that a linked table gives the same pupils"
            )
        at[flat] = found
    return at.reshape(cube.shape)
