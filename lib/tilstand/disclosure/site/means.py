"""Bound the means that a site hides, and those that subtraction leaves, by what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from tilstand.disclosure.attack.published import Key, Published, key, name

from .numbers import Said
from .outline import Limits, Outline, families, limits_for

# A hidden mean is thought to lie within so many standard deviations of the shown ones.
REACH = 4.0


def audit_means(
    said: Sequence[Said],
    measure: str,
    page: Published,
    limits: Limits,
    outline: Outline,
    lines: list[str],
    population: str,
) -> tuple[int, int]:
    """Bound each hidden mean, and what is left by subtraction, by the means that are shown.

    Parameters
    ----------
    said : sequence of Said
        Everything printed of the population.
    measure : str
        ``mean:`` and what is averaged.
    page : Published
        The population's counts, blanks among them.
    limits, outline : Limits, Outline
        As for `audit_site`.
    lines : list of str
        Faults are added to it.
    population : str
        Begins each of them.

    Returns
    -------
    shown, hidden : int
        Means of this measure.
    """
    ends: dict[Key, tuple[float, float] | None] = {}
    most = outline.decimals.get(measure.removeprefix("mean:"))
    for one in said:
        if one.measure == measure and one.of == "":
            if most is not None and one.number is not None and one.decimals > most:
                lines.append(
                    f"{one.where}: {name(key(dict(one.cell)))}: a mean with '{one.decimals}' "
                    f"decimals, expected {most} or fewer"
                )
            half = 0.5 * 10.0**-one.decimals
            cell = key(dict(one.cell))
            if one.number is not None:
                ends[cell] = (one.number - half, one.number + half)
            else:
                ends.setdefault(cell, None)
    size = outline.size.get(measure.removeprefix("mean:"), {})
    sizes = {cell: page.cells.get(key({**dict(cell), **size})) for cell in ends}
    shown = {cell: end for cell, end in ends.items() if end is not None}
    hidden = [cell for cell, end in ends.items() if end is None and sizes[cell] != 0]
    for cell in sorted(shown):
        n, (_, _, least) = sizes[cell], limits_for(cell, limits, outline)
        if n is not None and 0 < n < least:
            lines.append(
                f"{population}: {name(cell)}: a mean of '{n}', expected one of {least} or more"
            )
    if not shown or not hidden:
        return len(shown), len(hidden)
    named = measure.removeprefix("mean:")
    spread = outline.spread.get(named, 0.0)

    def doubt(cell: Key) -> float:
        # What an earlier edition shows was held to the doubt that its own pupils ask for.
        year = dict(cell).get("year", "")
        return limits.mean_width * outline.asked.get((named, year), spread)

    for (_, total), (n, width) in sorted(_subtracted(shown, sizes, outline).items()):
        _, _, least = limits_for(total, limits, outline)
        if n < least and width < doubt(total) - 1e-6:
            lines.append(
                f"{population}: {name(total)}: the mean of '{n}' who are left over can be worked "
                f"out to within '{width:.1f}', expected {doubt(total):.1f} or more"
            )
    middle = float(np.mean([np.mean(end) for end in shown.values()]))
    system = _MeanSystem(ends, sizes, outline, middle, REACH * spread)
    for cell in sorted(hidden):
        n, (_, _, least) = sizes[cell], limits_for(cell, limits, outline)
        if n is not None and n < least and system.width(cell) < doubt(cell) - 1e-6:
            lines.append(
                f"{population}: {name(cell)}: a hidden mean can be worked out to within "
                f"'{system.width(cell):.1f}', expected {doubt(cell):.1f} or more"
            )
    return len(shown), len(hidden)


def _subtracted(
    shown: Mapping[Key, tuple[float, float]], sizes: Mapping[Key, int | None], outline: Outline
) -> dict[tuple[str, Key], tuple[int, float]]:
    """Take all shown parts of a group from it: how many are left, and how well their mean is known.

    Nobody need know how the rest is shared by the parts that are hidden.
    """
    found: dict[tuple[str, Key], tuple[int, float]] = {}
    for (dimension, total), parts in families(shown, outline).items():
        n = sizes.get(total)
        counted = [(sizes[part], shown[part]) for part in parts]
        if total not in shown or n is None or dimension in outline.partial:
            continue
        sure = [(size, ends) for size, ends in counted if size is not None]
        rest = n - sum(size for size, _ in sure)
        if sure and rest > 0:
            apart = n * (shown[total][1] - shown[total][0])
            apart += sum(size * (high - low) for size, (low, high) in sure)
            found[dimension, total] = (rest, apart / rest)
    return found


class _MeanSystem:
    """Hold sums of scores and the sums that bind them."""

    def __init__(
        self,
        ends: Mapping[Key, tuple[float, float] | None],
        sizes: Mapping[Key, int | None],
        outline: Outline,
        middle: float,
        reach: float,
    ) -> None:
        # A group whose size nobody knows binds nothing.
        known = [cell for cell in sorted(ends) if sizes[cell] is not None]
        self._at = {cell: at for at, cell in enumerate(known)}
        self._sizes = {cell: float(sizes[cell] or 0) for cell in known}
        wide = (middle - reach, middle + reach)
        bounds = [tuple(self._sizes[c] * end for end in ends[c] or wide) for c in known]
        self._bounds = [(min(pair), max(pair)) for pair in bounds]
        rows = []
        for (dimension, total), parts in families(known, outline).items():
            counted = sum(self._sizes[part] for part in parts)
            bound = total in self._at and dimension not in outline.partial
            if bound and counted == self._sizes[total]:
                row = np.zeros(len(known))
                row[[self._at[part] for part in parts]] = 1.0
                row[self._at[total]] = -1.0
                rows.append(row)
        self._rows = np.array(rows).reshape(len(rows), len(known))

    def width(self, cell: Key) -> float:
        """Return the width of what can be concluded about one mean."""
        if cell not in self._at:
            return float("inf")
        aim = np.zeros(len(self._at))
        aim[self._at[cell]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * aim,
                A_eq=self._rows if len(self._rows) else None,
                b_eq=np.zeros(len(self._rows)) if len(self._rows) else None,
                bounds=self._bounds,
                method="highs",
            )
            if found.x is None:
                return float("inf")
            ends.append(float(found.x[self._at[cell]]))
        return abs(ends[1] - ends[0]) / max(self._sizes[cell], 1.0)
