"""Hide means of small groups, and the means from which they could be worked out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import TOTAL, Table, build_system
from tilstand.disclosure.scores import ContradictionError, Measured, ScoreProblem, withhold_means
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection.earlier import YEAR, Cell, Earlier, cell_in
from tilstand.pupils.protection.nested import add_remainders
from tilstand.pupils.protection.tables import MeanView, text_cells

# A reader thinks of no mean further from that of all than so many standard deviations of pupils.
REACH = 4.0
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
        Every group and margin with pupils in it; the same one whenever the table is asked.
    """
    kept = vars(table)  # a table never changes, and is asked ten times while it is protected
    if "_all_groups" not in kept:
        kept["_all_groups"] = _summed(table)
    return kept["_all_groups"]


def _summed(table: MeanView) -> dict[Cell, Group]:
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
    blank: Mapping[str, set[Cell]],
    earlier: Sequence[Earlier] = (),
) -> dict[str, set[Cell]]:
    """Hide means of groups that are too small, and as many more as keep those in doubt.

    The mean of all, less the means of the others, is the mean of the one that was left out; the
    mean of those who took a test, less that of those who have an earlier one too, is the mean of
    the few who have none. So all sums of scores on the same pupils are one problem
    (`disclosure.scores`), with the rounding of what is printed reckoned in.

    Parameters
    ----------
    tables : sequence of MeanView
        All tables of one population, whatever they measure.
    rules : DisclosureRules
        Smallest group that shows a mean, and how much doubt a hidden one needs.
    blank : mapping of str to set of Cell
        By measure: groups whose number of pupils is hidden; they show no mean either.
    earlier : sequence of Earlier
        What earlier editions have published of the same pupils.

    Returns
    -------
    dict of str to set of Cell
        By measure: groups that show no mean.

    Raises
    ------
    DataError
        When two tables give the same pupils different means.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2.1 (magnitude
    tables: a total minus its other contributions).
    """
    problem = ScoreProblem()
    scales = _scales([*tables, *(view for one in earlier for view in one.means)])
    widths = _widths([*tables, *(view for one in earlier for view in one.means)], rules)
    hidden: dict[str, set[Cell]] = {}
    for measure in sorted({view.measure for view in tables}):
        mine = [view for view in tables if view.measure == measure]
        groups = _joined(mine)
        hidden[measure] = {
            cell
            for cell, group in groups.items()
            if cell in blank.get(measure, set()) or group.n < _least(mine, cell, rules)
        }
        _add(problem, mine, groups, rules, widths, hidden[measure], "", None, scales)
    add_remainders(problem, tables, rules, widths)
    for one in earlier:
        for measure in sorted({view.measure for view in one.means}):
            mine = [view for view in one.means if view.measure == measure]
            shown = one.shown_means.get(measure, frozenset())
            _add(problem, mine, _joined(mine), rules, widths, set(), one.window, shown, scales)
        add_remainders(problem, one.means, rules, widths, one.window)
    try:
        found = withhold_means(problem)
    except ContradictionError:
        # What an earlier edition has printed is of other pupils: nothing is added to it.
        return {view.measure: set(_joined([view])) | hidden[view.measure] for view in tables}
    for measure in hidden:
        at = {
            name_of(view, cell): cell
            for view in tables
            if view.measure == measure
            for cell in all_groups(view)
        }
        hidden[measure] |= {cell for name, cell in at.items() if name in found.names}
    return hidden


def score_width(tables: Sequence[MeanView], measure: str, rules: DisclosureRules) -> float:
    """Say how far apart the ends of what may be concluded about a small group's mean must be.

    Parameters
    ----------
    tables : sequence of MeanView
        The population's.
    measure : str
        What is measured.
    rules : DisclosureRules
        ``score_width`` where the edition says one. Else the standard deviation between schools'
        means, and no less than ``mean_width`` standard deviations of pupils.

    Returns
    -------
    float
        In the measure's own unit.
    """
    if rules.score_width > 0:
        return rules.score_width
    groups = _joined([view for view in tables if view.measure == measure])
    everyone = groups[frozenset()]
    schools = [
        group
        for cell, group in groups.items()
        if [d for d, _ in cell] in (["school"], ["feeder_school"])
    ]
    apart = sum(group.n * (group.mean - everyone.mean) ** 2 for group in schools)
    between = math.sqrt(apart / max(1, sum(group.n for group in schools)))
    spread = everyone.sd if everyone.sd > 0 else 1.0
    return max(between, rules.mean_width * spread)


def _widths(tables: Sequence[MeanView], rules: DisclosureRules) -> dict[str, float]:
    """Say by quantity how much doubt a small group needs; an earlier score as much as a later."""
    found: dict[str, float] = {}
    for view in tables:
        quantity = view.quantity or view.measure
        width = score_width([view], view.measure, rules)
        found[quantity] = max(found.get(quantity, 0.0), width)
    for view in tables:
        for quantity in view.equation:
            found.setdefault(quantity, max(found.get(one, 0.0) for one in view.equation))
    return found


def _scales(tables: Sequence[MeanView]) -> dict[str, tuple[float, float]]:
    """Say by quantity where a reader thinks its means lie; what no table has is like the first."""
    found: dict[str, tuple[float, float]] = {}
    for view in sorted(tables, key=lambda one: (bool(one.equation), one.name)):
        everyone = all_groups(view)[frozenset()]
        reach = REACH * (everyone.sd if everyone.sd > 0 else 1.0)
        ends = (
            max(everyone.mean - reach, view.scale[0]),
            min(everyone.mean + reach, view.scale[1]),
        )
        found.setdefault("", ends)
        low, high = found.setdefault(view.quantity or view.measure, ends)
        found[view.quantity or view.measure] = min(low, ends[0]), max(high, ends[1])
    return found


def name_of(view: MeanView, cell: Cell, window: str = "") -> tuple[str, Cell]:
    """Name a sum of scores: what is summed, over whom."""
    return view.quantity or view.measure, _windowed(cell | frozenset(view.fixed.items()), window)


def _windowed(cell: Cell, window: str) -> Cell:
    if not window or any(dimension == YEAR for dimension, _ in cell):
        return cell
    return cell | {(YEAR, window)}


def _add(
    problem: ScoreProblem,
    tables: Sequence[MeanView],
    groups: Mapping[Cell, Group],
    rules: DisclosureRules,
    needs: Mapping[str, float],
    blank: set[Cell],
    window: str,
    shown: frozenset[Cell] | None,
    scales: Mapping[str, tuple[float, float]],
) -> None:
    """Take in one measure of one edition; `shown` are the means that are public already."""
    view = tables[0]
    half = 0.5 * 10.0**-view.decimals
    for cell, group in groups.items():
        name = name_of(view, cell, window)
        public = shown is not None and _windowed(cell, window) in shown
        least = _least(tables, cell, rules)
        low, high = scales[name[0]]
        show = public if shown is not None else cell not in blank and view.shows(cell)
        problem.add(
            Measured(
                name,
                group.n,
                min(low, group.mean),
                max(high, group.mean),
                printed=round(group.mean, view.decimals) if show else None,
                half=half,
                fixed=public,
                need=needs[name[0]] if group.n < least else 0.0,
                least=least,
                whom=name[1],
            )
        )
        if view.equation:
            # A change is a later score less an earlier one, of the same pupils.
            whom = name[1]
            terms: dict[Hashable, float] = {name: -1.0}
            for quantity, factor in view.equation.items():
                terms[quantity, whom] = factor
                ends = scales.get(quantity, scales[""])
                need = needs.get(quantity, 0.0) if group.n < least else 0.0
                problem.add(
                    Measured((quantity, whom), group.n, *ends, need=need, least=least, whom=whom)
                )
            problem.add_equation(terms)
    system = build_system([_sizes(table) for table in tables])
    matrix = system.matrix
    cells = [name_of(view, cell_in(system.dimensions, key), window)[1] for key in system.keys]
    for quantity in (view.quantity or view.measure, *view.equation):
        for row in range(matrix.shape[0]):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            entries = zip(matrix.indices[part], matrix.data[part], strict=True)
            problem.add_equation({(quantity, cells[c]): float(v) for c, v in entries})


def _least(tables: Sequence[MeanView], cell: Cell, rules: DisclosureRules) -> int:
    sensitive = {d for table in tables for d in table.sensitive}
    named = any(dimension in sensitive for dimension, _ in cell)
    return rules.strict_min_n if named else rules.min_n


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


def spread_of(table: MeanView) -> float:
    """Return the standard deviation of all pupils in two digits; 0 where there is none."""
    sd = all_groups(table)[frozenset()].sd
    return float(f"{sd:.2g}") if sd > 0 else 0.0


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
        The dimensions (``Total`` in margins), ``value`` as it is printed, ``sd`` of all pupils
        (one for all groups: a group's own would give sums of squares away; both missing where
        hidden),
        ``n`` (as it is; the caller hides it with the counts) and ``status``: ``ok``,
        ``suppressed`` or ``empty`` for a group without pupils.
    """
    groups = all_groups(table)
    frame = text_cells(table.means, table.dimensions)
    leaves = [[*dict.fromkeys(frame[d]), TOTAL] for d in table.dimensions]
    pooled = spread_of(table)
    rows = []
    for key in itertools.product(*leaves):
        cell = cell_in(table.dimensions, key)
        group = groups.get(cell)
        if not table.shows(cell):
            continue
        if group is None:
            rows.append((*key, math.nan, math.nan, 0, "empty"))
        elif cell in hidden:
            rows.append((*key, math.nan, math.nan, group.n, "suppressed"))
        else:
            spread = pooled if group.n > 1 else math.nan
            rows.append((*key, round(group.mean, table.decimals), spread, group.n, "ok"))
    return pd.DataFrame(rows, columns=[*table.dimensions, "value", "sd", "n", "status"])
