"""Hide means of small groups, and the means from which they could be worked out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import TOTAL, System, Table, build_system
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.suppression import UnprotectableError, suppress
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection.counts import cell_of
from tilstand.pupils.protection.earlier import Cell, Earlier, cell_in, join
from tilstand.pupils.protection.tables import MeanView, text_cells

# Sums of scores are counted in tenths of a standard deviation from a floor four of them down.
STEP = 0.1
FLOOR = 4.0
# Means that two tables give the same pupils may differ by rounding of the computer, no more.
SAME = 1e-6


@dataclass(frozen=True)
class Group:
    """Hold one group of pupils: how many, the sum of their scores and of the squares.

    Parameters
    ----------
    n : int
        Pupils.
    total, square : float
        Sum of scores and of squared scores.
    """

    n: int
    total: float
    square: float

    @property
    def mean(self) -> float:
        """Mean of the scores."""
        return self.total / self.n

    @property
    def sd(self) -> float:
        """Standard deviation with n - 1; not a number for a single pupil."""
        if self.n < 2:
            return math.nan
        return math.sqrt(max(self.square - self.n * self.mean**2, 0.0) / (self.n - 1))


def all_groups(table: MeanView) -> dict[Cell, Group]:
    """Sum a table's groups to all margins.

    Parameters
    ----------
    table : MeanView
        Inner groups.

    Returns
    -------
    dict of Cell to Group
        Every group and margin with pupils in it.
    """
    frame = text_cells(table.means, table.dimensions)
    n = frame["n"].to_numpy(dtype=float)
    value = np.where(n > 0, frame["value"].to_numpy(dtype=float), 0.0)
    spread = np.where(n > 1, frame["sd"].to_numpy(dtype=float), 0.0)
    sums = frame[list(table.dimensions)].assign(
        n=n, total=n * value, square=np.maximum(n - 1, 0) * spread**2 + n * value**2
    )
    parts = ["n", "total", "square"]
    found: dict[Cell, Group] = {}
    for size in range(len(table.dimensions) + 1):
        for kept in itertools.combinations(table.dimensions, size):
            names = list(kept)
            rows = sums.groupby(names)[parts].sum().reset_index() if kept else _one(sums[parts])
            for row in rows.to_dict("records"):
                if row["n"] > 0:
                    cell = frozenset((d, str(row[d])) for d in kept)
                    found[cell] = Group(round(row["n"]), float(row["total"]), float(row["square"]))
    return found


def _one(sums: pd.DataFrame) -> pd.DataFrame:
    return sums.sum().to_frame().T


def hide_means(
    tables: Sequence[MeanView],
    rules: DisclosureRules,
    hidden_counts: set[Cell],
    earlier: Sequence[Earlier] = (),
) -> set[Cell]:
    """Hide means of groups that are too small, and as many more as keep those in doubt.

    The mean of all, less the means of the others, is the mean of the one that was left out. So
    sums of scores are protected like a table of amounts: somebody who knows every printed mean
    exactly must still be able to be wrong about a hidden one by `rules.mean_width` standard
    deviations. Rounding only adds to that doubt.

    Parameters
    ----------
    tables : sequence of MeanView
        All tables of one population and measure.
    rules : DisclosureRules
        Smallest group that shows a mean, and how much doubt a hidden one needs.
    hidden_counts : set of Cell
        Groups whose number of pupils is hidden; they show no mean either.
    earlier : sequence of Earlier
        What earlier editions have published of the same pupils.

    Returns
    -------
    set of Cell
        Groups that show no mean.

    Raises
    ------
    DataError
        When two tables give the same pupils different means.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2.1 (magnitude
    tables: a total minus its other contributions).
    """
    groups = _joined(tables)
    everyone = groups[frozenset()]
    spread = everyone.sd if everyone.sd > 0 else 1.0
    scale = (STEP * spread, everyone.mean - FLOOR * spread)
    own = _asked(tables, rules, scale, hidden_counts)
    measure = tables[0].measure
    told = [one for one in earlier if any(view.measure == measure for view in one.means)]
    before = [
        _asked([v for v in one.means if v.measure == measure], rules, scale, set()) for one in told
    ]
    windows = [one.window for one in told]
    joint = join(own.system, [asked.system for asked in before], windows, tables[0].population)
    printed = [
        asked.empty
        | np.array(
            [
                cell_in(asked.system.dimensions, key, one.window) in one.shown_means[measure]
                for key in asked.system.keys
            ]
        )
        for asked, one in zip(before, told, strict=True)
    ]
    known = joint.spread(own.empty, printed)
    need = np.where(known, 0, joint.spread(own.need, [asked.need for asked in before]))
    steps = joint.spread(own.steps, [asked.steps for asked in before])
    problem = Problem(steps, joint.matrix, need, known, floor=0)
    size = len(own.need)
    try:
        hidden = suppress(problem, joint.depth, joint.grids).hidden[:size]
        hidden |= ~own.empty & known[:size] & (own.need > 0)
    except UnprotectableError:
        # Too few pupils altogether: then nothing of the measure is shown.
        hidden = ~own.empty
    return {own.cells[at] for at in np.flatnonzero(hidden)}


@dataclass(frozen=True)
class _Asked:
    """Hold what the rules ask of one edition's groups."""

    system: System
    cells: list[Cell]
    steps: np.ndarray
    need: np.ndarray
    empty: np.ndarray


def _asked(
    tables: Sequence[MeanView],
    rules: DisclosureRules,
    scale: tuple[float, float],
    hidden_counts: set[Cell],
) -> _Asked:
    groups = _joined(tables)
    sensitive = {d for table in tables for d in table.sensitive}
    unit, floor = scale
    system = build_system([_sizes(table) for table in tables])
    # How far each sum of scores could lie below its true value, in steps.
    steps = np.zeros(len(system.values), dtype=np.int64)
    need = np.zeros(len(system.values), dtype=np.int64)
    empty = np.zeros(len(system.values), dtype=bool)
    cells = [cell_of(system.dimensions, key) for key in system.keys]
    for at, cell in enumerate(cells):
        group = groups.get(cell)
        if group is None:
            empty[at] = True
            continue
        steps[at] = max(round((group.total - group.n * floor) / unit), group.n)
        named = any(dimension in sensitive for dimension, _ in cell)
        least = rules.strict_min_n if named else rules.min_n
        if group.n < least:
            need[at] = math.ceil(group.n * rules.mean_width / STEP)
        elif cell in hidden_counts:
            need[at] = 1
    return _Asked(system, cells, steps, need, empty)


def _joined(tables: Sequence[MeanView]) -> dict[Cell, Group]:
    joined: dict[Cell, Group] = {}
    faults = []
    for table in tables:
        for cell, group in all_groups(table).items():
            other = joined.setdefault(cell, group)
            apart = abs(other.total - group.total) > SAME * max(1.0, abs(group.total))
            if other.n != group.n or apart:
                name = " / ".join(sorted(category for _, category in cell)) or TOTAL
                faults.append(f"{table.name}: {name}: two tables give these pupils different means")
    if faults:
        raise DataError(sorted(set(faults)))
    return joined


def _sizes(table: MeanView) -> Table:
    frame = text_cells(table.means, table.dimensions)
    counts = frame[list(table.dimensions)].assign(count=frame["n"].astype("int64"))
    return Table(counts, table.dimensions, name=table.name)


def means_frame(table: MeanView, hidden: set[Cell]) -> pd.DataFrame:
    """Return one table of means as it may be shown.

    Parameters
    ----------
    table : MeanView
        Inner groups.
    hidden : set of Cell
        Groups that show no mean.

    Returns
    -------
    pandas.DataFrame
        The dimensions (``Total`` in margins), ``value``, ``sd`` (both missing where hidden),
        ``n`` (as it is; the caller hides it with the counts) and ``status``: ``ok``,
        ``suppressed`` or ``empty`` for a group without pupils.
    """
    groups = all_groups(table)
    frame = text_cells(table.means, table.dimensions)
    leaves = [[*dict.fromkeys(frame[d]), TOTAL] for d in table.dimensions]
    rows = []
    for key in itertools.product(*leaves):
        cell = cell_of(table.dimensions, key)
        group = groups.get(cell)
        if group is None:
            rows.append((*key, math.nan, math.nan, 0, "empty"))
        elif cell in hidden:
            rows.append((*key, math.nan, math.nan, group.n, "suppressed"))
        else:
            # The order in which numbers were added up must not show.
            rows.append((*key, round(group.mean, 9), round(group.sd, 9), group.n, "ok"))
    return pd.DataFrame(rows, columns=[*table.dimensions, "value", "sd", "n", "status"])
