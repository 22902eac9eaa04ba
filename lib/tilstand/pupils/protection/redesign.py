"""Publish less of a table that cannot be published as it stands: merge, pool, drop, leave out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tilstand.disclosure.cells import TOTAL, System
from tilstand.pupils.protection.earlier import YEAR
from tilstand.pupils.protection.tables import CountView

#: What is tried, in this order; each step keeps what the ones before it did.
MERGE, POOL, DROP, LEAVE = "merge", "pool", "drop", "leave"
STEPS = (MERGE, POOL, DROP, LEAVE)


def blanked(
    system: System, tables: Sequence[CountView], cells: np.ndarray, step: str
) -> np.ndarray:
    """Mark what a step takes out of the tables that hold some cells.

    Parameters
    ----------
    system : System
        The population's cells.
    tables : sequence of CountView
        Its tables, in the system's order.
    cells : numpy.ndarray of int
        Counts that cannot be protected as the tables stand.
    step : str
        ``merge`` takes the categories of a distribution and leaves its groups; ``pool`` takes the
        single years; ``drop`` takes schools and sexes; ``leave`` takes the tables.

    Returns
    -------
    numpy.ndarray of bool, shape (cells,)
        Cells to blank, zeros among them.
    """
    out = np.zeros(len(system.values), dtype=bool)
    for table, members in zip(tables, system.members, strict=True):
        # A cell that is too large for no table of this edition's concerns all of them.
        if len(cells) and not np.isin(members, cells).any():
            continue
        axes = _axes(system, table, step)
        groups = set(table.subtotals.get(table.along or "", {}).values()) | {TOTAL}
        for at in members:
            key = system.keys[at]
            if step == LEAVE or any(key[axis] not in groups for axis in axes):
                out[at] = True
    return out


def _axes(system: System, table: CountView, step: str) -> list[int]:
    """Find the dimensions that a step is about."""
    names = {MERGE: [table.along] if table.along else [], POOL: [YEAR]}
    others = [d for d in table.dimensions if d not in (YEAR, table.along)]
    named = names.get(step, others)
    return [system.dimensions.index(d) for d in named if d in table.dimensions]
