"""Hide counts: one system of all tables that are built on the same pupils."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import TOTAL, System, Table, build_system
from tilstand.disclosure.errors import DisclosureError
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import UnprotectableError, suppress
from tilstand.disclosure.suppression.probe import unsafe_cells
from tilstand.disclosure.suppression.witnesses import Witnesses
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection.earlier import Cell, Earlier, Joint, cell_in, join
from tilstand.pupils.protection.nested import NO, OUTSIDE
from tilstand.pupils.protection.redesign import LEAVE, STEPS, blanked
from tilstand.pupils.protection.tables import CountView, text_cells

# Helping blanks that turn out narrow are given needs of their own; twice has always been enough.
MOST_ROUNDS = 6
#: Categories of those who are left over, which no page shows.
LEFT_OVER = (NO, OUTSIDE)
# Systems with more cells than this are protected by hypercubes: seconds instead of a minute each.
QUICK = 600
#: A group's whole, its parts, and which of the parts have none themselves.
Family = tuple[int, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Hidden:
    """Hold one population's cells with the blanks among them.

    Parameters
    ----------
    system : System
        All cells of the population's tables, and their sums.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    need : numpy.ndarray of int, shape (cells,)
        How much doubt the rules ask for each cell; 0 where a blank only helps another one.
    step : str
        How the tables had to be redesigned (`redesign.STEPS`); blank where they did not.
    """

    system: System
    hidden: np.ndarray
    need: np.ndarray
    step: str = ""


def hide_counts(
    tables: Sequence[CountView],
    rules: DisclosureRules,
    public: Mapping[Cell, int] | None = None,
    earlier: Sequence[Earlier] = (),
) -> Hidden:
    """Hide the small counts of one population, and whatever else would give them away.

    Parameters
    ----------
    tables : sequence of CountView
        All tables of the population in the whole book.
    rules : DisclosureRules
        What counts as small.
    public : mapping, optional
        Counts that others have published, by dimension and category; they stay open, and the
        rest is protected against a reader who knows them.
    earlier : sequence of Earlier
        What earlier editions have published of the same pupils: the reader has kept it, and
        what they hid stays in doubt beside what this one shows.

    Returns
    -------
    Hidden
        The blanks.

    Raises
    ------
    DataError
        When two tables give the same pupils different counts, or when a published count is not
        what the pupils add up to.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47(7), 1008-1027.
    """
    population = tables[0].population
    own = _asked(tables, rules, public or {})
    before = [_asked(one.counts, rules, {}, one) for one in earlier]
    windows = [one.window for one in earlier]
    joint = join(own.system, [asked.system for asked in before], windows, population)
    printed = [
        np.array([cell_in(asked.system.dimensions, k, w) in one.shown for k in asked.system.keys])
        for asked, w, one in zip(before, windows, earlier, strict=True)
    ]
    known = joint.spread(own.known, printed)
    need = np.where(known, 0, joint.spread(own.need, [asked.need for asked in before]))
    floors = [asked.floor for asked in before]
    # A blank of an earlier edition that hides no zero hides none where this one blanks more.
    least = joint.spread(np.zeros_like(own.floor), floors)
    floor = joint.spread(own.floor, floors)
    wide = joint.spread(own.wide, [asked.wide for asked in before])
    unseen = joint.spread(own.unseen, [asked.unseen for asked in before])
    step, order = "", ["", "", *STEPS]
    while True:
        problem = Problem(joint.values, joint.matrix, need, known, floor, unseen)
        try:
            hidden = _settled(problem, joint, wide)
            break
        except UnprotectableError as error:
            mine = error.cells[error.cells < len(own.need)]
            order = order if order[0] == LEAVE else order[1:]
            if order[0] == "":
                need = np.where(_lost(problem), 0, need)
                continue
            step = order[0]
            out = _taken_out(own.system, tables, mine, step, known)
            if step == LEAVE and not (out & ~unseen).any():
                # Nothing of any table is shown; what is known of them is known from elsewhere.
                need = np.zeros_like(need)
                out = _taken_out(own.system, tables, mine[:0], step, known)
            unseen, floor = unseen | out, np.where(out, least, floor)
    # What an earlier edition has shown cannot be taken back, but need not be repeated.
    size = len(own.need)
    again = ~own.known & known[:size] & (own.need > 0) & (own.system.values > 0)
    return Hidden(own.system, hidden[:size] | again, need[:size], step)


def _taken_out(
    system: System, tables: Sequence[CountView], cells: np.ndarray, step: str, known: np.ndarray
) -> np.ndarray:
    """Mark what a step takes out among the cells of all editions, but for what is known already."""
    out = np.zeros(len(known), dtype=bool)
    out[: len(system.values)] = blanked(system, tables, cells, step)
    return out & ~known


def _lost(problem: Problem) -> np.ndarray:
    """Mark the counts that others give away, whatever the book hides: no secret of the book's."""
    bare = replace(problem, floor=np.zeros(len(problem.need), dtype=np.int64), given=~problem.known)
    lost = np.zeros(len(problem.need), dtype=bool)
    lost[unsafe_cells(bare, bare.hideable, Witnesses(bare), whole=True)] = True
    return lost


def _settled(problem: Problem, joint: Joint, wide: np.ndarray) -> np.ndarray:
    """Hide until helping blanks are wide enough too."""
    for _ in range(MOST_ROUNDS):
        hidden = suppress(problem, joint.depth, joint.grids, QUICK).hidden
        narrow = _narrow(problem, hidden, wide)
        if len(narrow) == 0:
            break
        need = problem.need.copy()
        need[narrow] = wide[narrow, 1]
        problem = replace(problem, need=need)
    return hidden


@dataclass(frozen=True)
class _Asked:
    """Hold what the rules ask of one edition's cells."""

    system: System
    need: np.ndarray
    known: np.ndarray
    floor: np.ndarray
    wide: np.ndarray
    unseen: np.ndarray


def _asked(
    tables: Sequence[CountView],
    rules: DisclosureRules,
    public: Mapping[Cell, int],
    published: Earlier | None = None,
) -> _Asked:
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
    return _Asked(system, need, known, floor, _doubt(system, tables, rules), unseen)


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


def _narrow(problem: Problem, hidden: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Find blanks put in to help others that a reader would know to be small or nearly so.

    A reader cannot tell such a blank from a small count, nor a zero of a group that is blank as a
    whole, so they deserve the same doubt.
    """
    limit, width = wide.T
    # Nobody need be left over at all, so a remainder that is not small gives no one away.
    shown = ~problem.given if problem.given is not None else True
    helper = hidden & (problem.need < width) & (problem.values < limit + width) & shown
    if not helper.any():
        return np.zeros(0, dtype=np.int64)
    asked = Problem(
        problem.values,
        problem.matrix,
        np.where(helper, width, 0),
        problem.known,
        problem.floor,
        problem.given,
    )
    return unsafe_cells(asked, hidden, Witnesses(asked), whole=True)


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
        cell = cell_of(system.dimensions, key)
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


def cell_of(dimensions: Sequence[str], key: Sequence[str]) -> Cell:
    """Name a cell by the categories that it does not sum over.

    Parameters
    ----------
    dimensions, key : sequence of str
        Dimensions, and the cell's category in each.

    Returns
    -------
    frozenset of (str, str)
        Dimension and category.
    """
    return frozenset((d, c) for d, c in zip(dimensions, key, strict=True) if c != TOTAL)


def counts_frame(found: Hidden, at: int, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return one table of a population as it may be shown.

    Parameters
    ----------
    found : Hidden
        The population.
    at : int
        Which of its tables.
    dimensions : sequence of str
        The table's dimensions.

    Returns
    -------
    pandas.DataFrame
        The dimensions, ``count`` (missing where hidden) and ``status``.
    """
    frame = found.system.frame(at)[list(dimensions)]
    place = frame.index.to_numpy()
    blank = found.hidden[place]
    counts = pd.Series(found.system.values[place], index=frame.index, dtype="Int64").mask(blank)
    shown = frame.assign(count=counts, status=np.where(blank, "suppressed", "ok"))
    return shown.reset_index(drop=True)


def _label(key: Sequence[str]) -> str:
    return " / ".join(part for part in key if part != TOTAL) or TOTAL


def _without_counts(line: str) -> str:
    return line.rsplit(": '", 1)[0]
