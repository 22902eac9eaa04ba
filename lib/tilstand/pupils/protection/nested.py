"""Find groups that are part of one another, and protect the few who are left over.

Of 72 who took a test 71 have an earlier one. No page says what the one scored; the two means do.
A table on the 71 says so by a category of its own (``earlier=yes``), and those who are left over
(``earlier=no``) are cells like any others, only that they are never shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from tilstand.disclosure.scores import ScoreProblem
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.earlier import YEAR, Cell
from tilstand.pupils.protection.tables import CountView, MeanView

YES, NO = "yes", "no"
#: Those of a table who are in none of a group's categories: of a test, those who did not sit it.
OUTSIDE = "outside"


def remainders(views: Sequence[CountView]) -> list[CountView]:
    """Lay out the counts of those whom one view counts and a part of it does not.

    Parameters
    ----------
    views : sequence of CountView
        All views of one population, sizes of means among them.

    Returns
    -------
    list of CountView
        One a pair of views, with the dimension that tells the two apart; `CountView.unseen` names
        it, since its ``no`` is shown nowhere.
    """
    found: dict[tuple[object, ...], CountView] = {}
    for whole in views:
        for part, extra in _parts(whole, views):
            shared = tuple(d for d in whole.dimensions if d in part.dimensions)
            if not shared:
                continue
            fixed = {d: c for d, c in whole.fixed.items() if d not in shared}
            inner = _counted(whole, shared)
            mine = _counted(part, shared)
            both = pd.DataFrame({"whole": inner, "part": mine}).fillna(0)
            rest = both["whole"] - both["part"]
            if (rest < 0).any():
                # The part is of other pupils, and leaves nothing over.
                continue
            rows = [
                counts.rename("count").astype("int64").reset_index().assign(**{extra: label})
                for label, counts in ((YES, both["part"]), (NO, rest))
            ]
            name = (extra, shared, tuple(sorted(fixed.items())))
            if name in found:
                continue
            found[name] = CountView(
                f"left over: {whole.name}, {part.name}",
                whole.population,
                (extra, *shared),
                pd.concat(rows, ignore_index=True),
                subtotals={
                    d: groups
                    for d, groups in {**part.subtotals, **whole.subtotals}.items()
                    if d in shared
                },
                fixed=fixed,
                unseen=extra,
            )
    return [found[name] for name in sorted(found, key=str)]


def outside_groups(views: Sequence[CountView]) -> list[CountView]:
    """Lay out the counts of those whom a group leaves out: the whole less the group.

    Two exempt and two absent are blanks of their own; the whole and those who sat the test say
    that they are four together.

    Parameters
    ----------
    views : sequence of CountView
        All tables of one population.

    Returns
    -------
    list of CountView
        One a view and group that leaves out more than one category, with the group and `OUTSIDE`
        in the place of the categories.
    """
    found = []
    for view in views:
        along = view.along or ""
        parent = view.subtotals.get(along, {})
        text = view.counts.astype(dict.fromkeys(view.dimensions, str))
        for group in sorted(set(parent.values())):
            inside = text[along].map(parent).eq(group)
            if text.loc[~inside, along].nunique() < 2:
                continue
            parted = text.assign(**{along: inside.map({True: group, False: OUTSIDE})})
            found.append(
                replace(
                    view,
                    name=f"outside {group}: {view.name}",
                    counts=parted.groupby(list(view.dimensions))["count"].sum().reset_index(),
                    along=None,
                    subtotals={d: groups for d, groups in view.subtotals.items() if d != along},
                    unseen=along,
                )
            )
    return found


def _parts(whole: CountView, views: Sequence[CountView]) -> Iterator[tuple[CountView, str]]:
    """Go through the views that count a part of a view's pupils, told apart by one dimension."""
    mine = dict(whole.fixed)
    for part in views:
        own = {d: c for d, c in part.fixed.items() if c == YES}
        for extra in own:
            rest = {d: c for d, c in part.fixed.items() if d != extra}
            alike = all(rest.get(d, c) == c for d, c in mine.items())
            covered = all(d in mine for d in rest)
            inside = all(d in rest or d in part.dimensions for d in mine)
            if extra not in mine and extra not in whole.dimensions and alike and covered and inside:
                yield part, extra


def _counted(view: CountView, shared: tuple[str, ...]) -> pd.Series:
    text = view.counts.astype(dict.fromkeys(shared, str))
    return text.groupby(list(shared))["count"].sum()


def add_remainders(
    problem: ScoreProblem,
    views: Sequence[MeanView],
    rules: DisclosureRules,
    widths: Mapping[str, float],
    window: str = "",
) -> None:
    """Add the sums of scores of those whom one view averages and a part of it does not.

    Parameters
    ----------
    problem : ScoreProblem
        With the sums of both views; the sums of what is left over are added.
    views : sequence of MeanView
        All views of one population.
    rules : DisclosureRules
        Smallest group whose mean may be known.
    widths : mapping of str to float
        By quantity: how much doubt a smaller one needs.
    window : str
        The years that totals of an earlier edition pool.
    """
    for whole in views:
        fixed = frozenset(whole.fixed.items())
        quantity = whole.quantity or whole.measure
        for part in views:
            theirs = {quantity, *whole.equation} & {part.quantity or part.measure, *part.equation}
            more = frozenset(part.fixed.items()) - fixed
            if not theirs or len(more) != 1 or not fixed <= frozenset(part.fixed.items()):
                continue
            ((extra, _),) = more
            for cell in _cells(whole) & _cells(part):
                there = _windowed(cell | fixed, window)
                names = [(quantity, there), (quantity, there | more)]
                if not all(name in problem.sums for name in names):
                    continue
                one, other = (problem.sums[name] for name in names)
                left = one.n - other.n
                if left < 0:
                    continue
                rest = (quantity, there | {(extra, NO)})
                need = widths.get(quantity, 0.0) if 0 < left < rules.min_n else 0.0
                over = replace(one, name=rest, n=left, printed=None, fixed=False, whom=rest[1])
                problem.add(replace(over, need=need, least=rules.min_n))
                problem.add_equation({names[0]: -1.0, names[1]: 1.0, rest: 1.0})


def _cells(view: MeanView) -> set[Cell]:
    frame = view.means[view.means["n"] > 0]
    found: set[Cell] = set()
    for row in frame[list(view.dimensions)].astype(str).itertuples(index=False, name=None):
        pairs = list(zip(view.dimensions, row, strict=True))
        for kept in itertools.product((True, False), repeat=len(pairs)):
            found.add(frozenset(pair for pair, there in zip(pairs, kept, strict=True) if there))
    return found


def _windowed(cell: Cell, window: str) -> Cell:
    if not window or any(dimension == YEAR for dimension, _ in cell):
        return cell
    return cell | {(YEAR, window)}
