"""Ask of one edition's cells what the rules want hidden, and what its reader must reckon with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tilstand.disclosure.cells import TOTAL, System, Table, build_system
from tilstand.disclosure.errors import DisclosureError
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection.earlier import Cell, Earlier, cell_in
from tilstand.pupils.protection.nested import NO, OUTSIDE
from tilstand.pupils.protection.tables import CountView, text_cells

#: Categories of those who are left over, which no page shows.
LEFT_OVER = (NO, OUTSIDE)
#: A group's whole, its parts, and which of the parts have none themselves.
Family = tuple[int, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Asked:
    """Hold what the rules ask of one edition's cells.

    Parameters
    ----------
    system : System
        The cells of one population.
    need : numpy.ndarray of int, shape (cells,)
        Doubt asked for; 0 where a cell may be shown.
    known : numpy.ndarray of bool, shape (cells,)
        Counts that others have published.
    floor : numpy.ndarray of int, shape (cells,)
        Smallest count that a reader must reckon with behind a blank.
    wide : numpy.ndarray of int, shape (cells, 2)
        The count below which each cell is small, and the doubt that small counts need.
    unseen : numpy.ndarray of bool, shape (cells,)
        Cells of those who are left over, which no page shows.
    """

    system: System
    need: np.ndarray
    known: np.ndarray
    floor: np.ndarray
    wide: np.ndarray
    unseen: np.ndarray


def asked_of(
    tables: Sequence[CountView],
    rules: DisclosureRules,
    public: Mapping[Cell, int],
    published: Earlier | None = None,
) -> Asked:
    """Ask what the rules want of the tables of one population.

    Parameters
    ----------
    tables : sequence of CountView
        All tables of the population in one edition.
    rules : DisclosureRules
        What counts as small.
    public : mapping
        Counts that others have published, by dimension and category.
    published : Earlier, optional
        How the tables were published, where that has been done: which zeros were blanks then.

    Returns
    -------
    Asked
        One entry a cell.

    Raises
    ------
    DataError
        When two tables give the same pupils different counts, or when a published count is not
        what the pupils add up to.
    """
    try:
        system = build_system([_table(table) for table in tables])
    except DisclosureError as error:
        # The lines name counts, and a log is no place for those.
        lines = [
            f"{_without_counts(line)}: two tables count it differently" for line in error.lines
        ]
        raise DataError(lines) from None
    need = np.zeros(len(system.values), dtype=np.int64)
    for at, table in enumerate(tables):
        need = np.maximum(need, _needs(system, table, rules, at))
    known = _known(system, public, tables[0].population)
    need[known] = 0
    need, floor = _settle_zeros(system, tables, need)
    if published is not None:
        blank = [
            cell_in(system.dimensions, k, published.window) in published.blank for k in system.keys
        ]
        floor = _floor(_all_families(system, tables), np.array(blank) & (system.values == 0))
    unseen = _unseen(system, tables)
    floor[unseen] = 0
    return Asked(system, need, known, floor, _doubt(system, tables, rules), unseen)


def _unseen(system: System, tables: Sequence[CountView]) -> np.ndarray:
    """Mark the cells of those who are left over, which no page shows."""
    axes = {system.dimensions.index(table.unseen) for table in tables if table.unseen}
    return np.array(
        [any(key[axis] in LEFT_OVER for axis in axes) for key in system.keys], dtype=bool
    )


def _doubt(system: System, tables: Sequence[CountView], rules: DisclosureRules) -> np.ndarray:
    """Find the count below which each cell is small, and the doubt that small counts need."""
    asked = np.tile([rules.min_count, rules.width], (len(system.values), 1))
    for at, table in enumerate(tables):
        for cell in system.members[at][_named(system, table)[system.members[at]]]:
            asked[cell] = rules.strict_min_count, rules.strict_width
    return asked


def _named(system: System, table: CountView) -> np.ndarray:
    """Mark the cells that name a category of a sensitive dimension."""
    axes = [system.dimensions.index(d) for d in table.sensitive]
    return np.array([any(key[axis] != TOTAL for axis in axes) for key in system.keys], dtype=bool)


def _needs(system: System, table: CountView, rules: DisclosureRules, at: int) -> np.ndarray:
    """Ask each cell of a table for the doubt that the plain or the strict rules want."""
    limits = Rules(rules.min_count, rules.width, rules.min_n)
    strict = Rules(rules.strict_min_count, rules.strict_width, rules.strict_min_n)
    need = required_widths(system, limits, at)
    if table.sensitive:
        need = np.where(_named(system, table), required_widths(system, strict, at), need)
    named = _named(system, table)
    for base, cells, leaf in _families(system, table, at):
        asked = strict if named[cells].any() else limits
        total, values = int(system.values[base]), system.values[cells]
        few = 0 < total < asked.min_base
        whole = rules.whole_group and total > 0 and bool((leaf & (values == total)).any())
        rest = total - values
        most = rules.complements & (rest > 0) & (rest < asked.min_count)
        seen = leaf & (values > 0) & (few | whole | most)
        need[cells[seen]] = np.maximum(need[cells[seen]], asked.width)
        if whole or (few and rules.whole_group):
            # The zeros are what gives the group away, so one pupil's doubt must reach them.
            empty = cells[leaf & (values == 0)]
            need[empty] = np.maximum(need[empty], 1)
    return need


def _all_families(system: System, tables: Sequence[CountView]) -> list[Family]:
    return [part for at, table in enumerate(tables) for part in _families(system, table, at)]


def _families(system: System, table: CountView, at: int) -> Iterator[Family]:
    """Go through a table's groups: the whole, its parts, and which parts have none themselves."""
    if table.along is None:
        return
    axis = system.dimensions.index(table.along)
    parent = table.subtotals.get(table.along, {})
    families: dict[tuple[str, ...], list[int]] = {}
    position = {system.keys[cell]: int(cell) for cell in system.members[at]}
    for key, cell in position.items():
        if key[axis] != TOTAL:
            above = parent.get(key[axis], TOTAL)
            families.setdefault((*key[:axis], above, *key[axis + 1 :]), []).append(cell)
    groups = set(parent.values())
    for whole, cells in families.items():
        leaf = np.array([system.keys[cell][axis] not in groups for cell in cells])
        yield position[whole], np.array(cells), leaf


def _settle_zeros(
    system: System, tables: Sequence[CountView], need: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Hide a group's zeros all or none, and say what a reader must reckon with behind a blank.

    A zero below a margin that is zero itself, and shown, cannot be in doubt; then the group's
    zeros are shown, and its number of pupils has to go instead.
    """
    need = need.copy()
    families = _all_families(system, tables)
    empty = system.values == 0
    sums = system.matrix
    while True:
        # A zero is known where a sum of nothing but zeros has a part or total that is shown.
        nothing = np.asarray(abs(sums) @ (~empty)).ravel() == 0
        shown = np.asarray(abs(sums) @ (empty & (need == 0)).astype(float)).ravel() > 0
        total_shown = np.asarray((sums < 0) @ (empty & (need == 0)).astype(float)).ravel() > 0
        lone = np.asarray(abs(sums) @ (need > 0).astype(float)).ravel() == 1
        known = np.asarray(abs(sums[nothing & (total_shown | (shown & lone))]).sum(axis=0)).ravel()
        lost = (known > 0) & (need > 0)
        for _, cells, leaf in families:
            zeros = cells[leaf & empty[cells]]
            if lost[zeros].any() or ((need[zeros] > 0).any() and (need[zeros] == 0).any()):
                lost[zeros] = True
        if not (lost & (need > 0)).any():
            break
        need[lost] = 0
    return need, _floor(families, empty & (need > 0))


def _floor(families: Iterable[Family], zeros: np.ndarray) -> np.ndarray:
    """Say what a reader must reckon with behind a blank: 0 where blanks of its group are zeros."""
    floor = np.ones(len(zeros), dtype=np.int64)
    for _, cells, leaf in families:
        if zeros[cells].any():
            floor[cells[leaf]] = 0
    return floor


def _table(table: CountView) -> Table:
    counts = text_cells(table.counts, table.dimensions)
    return Table(counts, table.dimensions, table.subtotals, table.name, table.fixed)


def _known(system: System, public: Mapping[Cell, int], population: str) -> np.ndarray:
    known = np.zeros(len(system.values), dtype=bool)
    faults = []
    for at, key in enumerate(system.keys):
        cell = cell_in(system.dimensions, key)
        if cell not in public:
            continue
        if public[cell] != system.values[at]:
            faults.append(
                f"{population}: {_label(key)}: '{public[cell]}' is published, expected the count "
                "that the pupil file gives; is the file complete?"
            )
        known[at] = True
    if faults:
        raise DataError(sorted(faults))
    return known


def _label(key: Sequence[str]) -> str:
    return " / ".join(part for part in key if part != TOTAL) or TOTAL


def _without_counts(line: str) -> str:
    return line.rsplit(": '", 1)[0]
