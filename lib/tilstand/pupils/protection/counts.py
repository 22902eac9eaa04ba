"""Hide counts: one system of all tables that are built on the same pupils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import System
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.suppression import UnprotectableError, suppress
from tilstand.disclosure.suppression.probe import unsafe_cells
from tilstand.disclosure.suppression.witnesses import Witnesses
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.asked import asked_of
from tilstand.pupils.protection.earlier import Cell, Earlier, Joint, cell_in, join
from tilstand.pupils.protection.redesign import LEAVE, STEPS, blanked
from tilstand.pupils.protection.tables import CountView

# Helping blanks that turn out narrow are given needs of their own; twice has always been enough.
MOST_ROUNDS = 6
# Systems with more cells than this are protected by hypercubes: seconds instead of a minute each.
QUICK = 600


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
    own = asked_of(tables, rules, public or {})
    before = [asked_of(one.counts, rules, {}, one) for one in earlier]
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
