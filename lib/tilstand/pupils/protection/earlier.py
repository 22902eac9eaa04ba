"""Reckon with what earlier editions have published of the same pupils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from tilstand.disclosure.cells import TOTAL, System
from tilstand.errors import DataError
from tilstand.pupils.protection.tables import CountView, MeanView

Cell = frozenset[tuple[str, str]]
YEAR = "year"


@dataclass(frozen=True)
class Earlier:
    """Hold one population of an earlier edition.

    Parameters
    ----------
    window : str
        The years that its totals pool, such as ``2021-2024``.
    counts, means : list of CountView, list of MeanView
        Its views, as they were before anything was hidden.
    shown : frozenset of Cell
        Counts that it has published; a total over its years is in the category of its window.
    shown_means : mapping
        By measure: groups whose means it has published.
    blank : frozenset of Cell
        Counts that it has left blank, named as those it has published.
    """

    window: str
    counts: list[CountView] = field(default_factory=list)
    means: list[MeanView] = field(default_factory=list)
    shown: frozenset[Cell] = frozenset()
    shown_means: Mapping[str, frozenset[Cell]] = field(default_factory=dict)
    blank: frozenset[Cell] = frozenset()


@dataclass(frozen=True)
class Joint:
    """Hold the cells of an edition and of earlier ones as one system.

    Parameters
    ----------
    values : numpy.ndarray of int, shape (cells,)
        Counts; the edition's own cells come first.
    matrix : scipy.sparse.csr_matrix
        The sums of all editions.
    depth : numpy.ndarray of int, shape (cells,)
        How many dimensions each cell is summed over.
    grids : list of numpy.ndarray of int
        All tables' cells as arrays.
    places : list of numpy.ndarray of int
        For each earlier edition, where its cells are.
    """

    values: np.ndarray
    matrix: sp.csr_matrix
    depth: np.ndarray
    grids: list[np.ndarray]
    places: list[np.ndarray]

    def spread(self, own: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
        """Take for every cell the greatest of what its editions say of it.

        Parameters
        ----------
        own : numpy.ndarray
            One entry a cell of the edition.
        others : sequence of numpy.ndarray
            The same of each earlier one.

        Returns
        -------
        numpy.ndarray
            One entry a cell of all.
        """
        whole = np.zeros((len(self.values), *own.shape[1:]), dtype=own.dtype)
        whole[: len(own)] = own
        for place, said in zip(self.places, others, strict=True):
            whole[place] = np.maximum(whole[place], said)
        return whole


def join(own: System, others: Sequence[System], windows: Sequence[str], population: str) -> Joint:
    """Join an edition's system with those of earlier ones: a year's cell is the same cell.

    A total over an earlier edition's years is a cell of its own. What it leaves out of a new
    total, or the other way round, would be found by subtraction if the two were seen apart.

    Parameters
    ----------
    own : System
        The edition's.
    others : sequence of System
        Those of earlier editions.
    windows : sequence of str
        The years that each of those pools.
    population : str
        For messages.

    Returns
    -------
    Joint
        One system; the edition's own alone if there are no others.

    Raises
    ------
    DataError
        When two editions count the same pupils differently. No line holds a count.
    """
    position = {cell_in(own.dimensions, key): at for at, key in enumerate(own.keys)}
    values, depth = own.values.tolist(), own.margin_depth.tolist()
    places, grids, faults = [], list(own.grids), []
    for other, window in zip(others, windows, strict=True):
        place = np.empty(len(other.values), dtype=np.int64)
        summed = other.margin_depth
        for at, key in enumerate(other.keys):
            cell = cell_in(other.dimensions, key, window)
            found = position.setdefault(cell, len(values))
            place[at] = found
            if found == len(values):
                values.append(int(other.values[at]))
                depth.append(int(summed[at]))
            elif values[found] != other.values[at]:
                faults.append(" / ".join(sorted(category for _, category in cell)))
        places.append(place)
        grids += [place[grid] for grid in other.grids]
    if faults:
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise DataError(
            f"{population}: '{'; '.join(sorted(faults)[:3])}{more}': the pupil files of two "
            "editions count these pupils differently, expected the same pupils in both"
        )
    rows = [_wide(own.matrix, np.arange(len(own.values)), len(values))]
    rows += [
        _wide(other.matrix, place, len(values)) for other, place in zip(others, places, strict=True)
    ]
    matrix = sp.csr_matrix(sp.vstack(rows, format="csr"))
    return Joint(np.array(values, dtype=np.int64), matrix, np.array(depth), grids, places)


def cell_in(dimensions: Sequence[str], key: Sequence[str], window: str = "") -> Cell:
    """Name a cell of an edition; what it sums over years is in the category of its window.

    Parameters
    ----------
    dimensions, key : sequence of str
        Dimensions, and the cell's category in each.
    window : str, optional
        The years that the edition pools; empty for the edition that is being made.

    Returns
    -------
    frozenset of (str, str)
        Dimension and category.
    """
    shown = {d: c for d, c in zip(dimensions, key, strict=True) if c != TOTAL}
    if window:
        shown.setdefault(YEAR, window)
    return frozenset(shown.items())


def _wide(matrix: sp.csr_matrix, place: np.ndarray, size: int) -> sp.csr_matrix:
    coo = matrix.tocoo()
    return sp.csr_matrix((coo.data, (coo.row, place[coo.col])), shape=(matrix.shape[0], size))
