"""Nest the categories of one column in those of another: schools in municipalities, say."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .cells import TOTAL
from .errors import DisclosureCallError, DisclosureError

# Between a subtotal's column and its name; no category of a file has it.
_MARK = "\x1f"


@dataclass(frozen=True)
class Hierarchies:
    """Hold which columns nest in which, and turn rows of columns into cells and back.

    Parameters
    ----------
    dimensions : tuple of str
        Columns that span the table.
    chains : mapping of str to tuple of str
        For a dimension, the columns that its categories nest in, from the inside out.
    """

    dimensions: tuple[str, ...]
    chains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read and written, the outer ones before those inside them."""
        order = [c for d in self.dimensions for c in (*reversed(self.chains.get(d, ())), d)]
        return tuple(dict.fromkeys(order))

    def node(self, row: Mapping[str, str], dimension: str) -> str:
        """Return the category, the subtotal or ``Total`` that a row speaks of.

        Parameters
        ----------
        row : mapping of str to str
            Text by column; ``Total`` where it is summed over.
        dimension : str
            The dimension.

        Returns
        -------
        str
            Label of the node in the dimension's tree.
        """
        if row[dimension] != TOTAL:
            return row[dimension]
        for column in self.chains.get(dimension, ()):
            if row[column] != TOTAL:
                return f"{column}{_MARK}{row[column]}"
        return TOTAL

    def parents(
        self, rows: Sequence[tuple[int, Mapping[str, str]]], file: str
    ) -> dict[str, dict[str, str]]:
        """Find the tree of each dimension, and refuse categories that nest in two.

        Parameters
        ----------
        rows : sequence of (int, mapping)
            Row as a spreadsheet shows it, and its text by column.
        file : str
            What the file is called in messages.

        Returns
        -------
        dict
            By dimension: parent of each category and subtotal.

        Raises
        ------
        DisclosureError
            One line for each category that stands in two others.
        """
        trees: dict[str, dict[str, str]] = {}
        faults = []
        for dimension, chain in self.chains.items():
            tree = trees.setdefault(dimension, {})
            first: dict[str, int] = {}
            for number, row in rows:
                inside, shown, within = row[dimension], row[dimension], dimension
                for column in chain:
                    outside = f"{column}{_MARK}{row[column]}"
                    before = tree.setdefault(inside, outside)
                    if before != outside:
                        faults.append(
                            f"{file}:{number}:{column}: '{row[column]}', expected "
                            f"'{plain(before)}', which {within} '{shown}' is in at row "
                            f"{first[inside]}; names that mean two things need a code beside them"
                        )
                    first.setdefault(inside, number)
                    inside, shown, within = outside, row[column], column
        if faults:
            raise DisclosureError(list(dict.fromkeys(faults)))
        return trees

    def row(self, key: Sequence[str], trees: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
        """Spread a cell's labels over the columns.

        Parameters
        ----------
        key : sequence of str
            One label a dimension.
        trees : mapping
            As `parents` returns them.

        Returns
        -------
        tuple of str
            Text in the order of `columns`; ``Total`` where a column is summed over.
        """
        texts = dict.fromkeys(self.columns, TOTAL)
        for dimension, label in zip(self.dimensions, key, strict=True):
            node: str | None = label
            while node is not None and node != TOTAL:
                column, mark, name = node.partition(_MARK)
                texts[column if mark else dimension] = name if mark else node
                node = trees.get(dimension, {}).get(node)
        return tuple(texts[column] for column in self.columns)


def read_hierarchies(dimensions: Sequence[str], nested: Sequence[str]) -> Hierarchies:
    """Read which columns nest in which.

    Parameters
    ----------
    dimensions : sequence of str
        Columns that span the table. An outer column among them is no dimension of its own.
    nested : sequence of str
        Each ``inner:outer`` or ``inner:outer:outermost``.

    Returns
    -------
    Hierarchies
        The dimensions with their chains.

    Raises
    ------
    DisclosureCallError
        When the columns do not nest.

    Examples
    --------
    >>> read_hierarchies(["school", "level"], ["school:municipality"]).columns
    ('municipality', 'school', 'level')
    """
    above: dict[str, str] = {}
    for text in nested:
        parts = [part.strip() for part in text.split(":")]
        if len(parts) < 2 or "" in parts or len(set(parts)) < len(parts):
            raise DisclosureCallError(
                f"--hierarchy: '{text}', expected columns from the inside out, such as "
                "school:municipality"
            )
        for inner, outer in itertools.pairwise(parts):
            if above.setdefault(inner, outer) != outer:
                raise DisclosureCallError(
                    f"--hierarchy: '{text}', expected one column that '{inner}' nests in "
                    f"('{above[inner]}' is named already)"
                )
    outer_columns = set(above.values())
    kept = tuple(d for d in dimensions if d not in outer_columns)
    chains: dict[str, tuple[str, ...]] = {}
    for dimension in kept:
        chain: list[str] = []
        while (chain[-1] if chain else dimension) in above:
            chain.append(above[chain[-1] if chain else dimension])
            if len(chain) > len(above):
                break
        if chain:
            chains[dimension] = tuple(chain)
    reached = {c for d, chain in chains.items() for c in (d, *chain[:-1])}
    named = [c for chain in chains.values() for c in chain]
    if set(above) - reached or len(set(named)) < len(named):
        lost = sorted(set(above) - reached) or sorted({c for c in named if named.count(c) > 1})
        raise DisclosureCallError(
            f"--hierarchy: '{', '.join(nested)}', expected chains of columns that start in one of "
            f"--dimensions ({', '.join(dimensions)}) and share none ({', '.join(lost)})"
        )
    return Hierarchies(kept, chains)


def plain(label: str) -> str:
    """Return the name that a node has in the file.

    Parameters
    ----------
    label : str
        Category, subtotal or ``Total``.

    Returns
    -------
    str
        The name without its column.

    Examples
    --------
    >>> plain("Åsen")
    'Åsen'
    """
    return label.rpartition(_MARK)[2]
