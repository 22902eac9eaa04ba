"""Say which cells of a table may not be shown, before any computing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cells import TOTAL, System


@dataclass(frozen=True)
class Rules:
    """Set what counts as recognisable.

    Parameters
    ----------
    min_count : int
        Counts from 1 to ``min_count - 1`` are hidden, in inner cells and margins alike.
    width : int
        Smallest distance between the ends of what may be concluded about such a count.
    min_base : int
        A group of fewer pupils than this shows no distribution; 0 switches the rule off.
    distribution : str, optional
        Dimension along which `min_base` and `whole_group` look.
    whole_group : bool
        Hide the distribution of a group whose pupils all stand in one category ("100 %"): it
        says about each of them what it says about all. Groups below `min_base` hide their zeros
        too then.
    complements : bool
        Hide a count that all but a few of its group stand behind.
    hide_zeros : bool
        Treat a zero as a small count, as the GaussSuppression package of Statistics Norway does.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, chapter 4.
    """

    min_count: int = 5
    width: int = 3
    min_base: int = 0
    distribution: str | None = None
    whole_group: bool = False
    hide_zeros: bool = False
    complements: bool = False

    @property
    def floor(self) -> int:
        """Smallest count that may hide behind a blank; 0 only when true zeros are hidden too."""
        return 0 if self.whole_group or self.hide_zeros else 1


def required_widths(system: System, rules: Rules, table: int = 0) -> np.ndarray:
    """Return how wide each cell of one table must stay; 0 where it may be shown.

    Parameters
    ----------
    system : System
        The cells and their sums.
    rules : Rules
        What counts as recognisable.
    table : int
        Which of the system's tables the rules are for.

    Returns
    -------
    numpy.ndarray of int, shape (cells,)
        Required interval width of each cell; every cell above 0 must be hidden.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"school": ["A", "A", "B", "B"], "level": ["1", "2", "1", "2"],
    ...                        "count": [3, 20, 12, 9]})
    >>> system = build_system([Table(counts, ("school", "level"))])
    >>> from tilstand.disclosure.rules import Rules, required_widths
    >>> need = required_widths(system, Rules(min_count=5, width=3))
    >>> [system.keys[at] for at in need.nonzero()[0]]
    [('A', '1')]
    """
    need = np.zeros(len(system.values), dtype=np.int64)
    at = system.members[table]
    values = system.values[at]
    least = 0 if rules.hide_zeros else 1
    need[at[(values >= least) & (values < rules.min_count)]] = rules.width
    if rules.distribution is not None:
        _hide_distributions(system, rules, at, need)
    return need


def _hide_distributions(system: System, rules: Rules, at: np.ndarray, need: np.ndarray) -> None:
    axis = system.dimensions.index(rules.distribution or "")
    groups: dict[tuple[str, ...], list[int]] = {}
    base: dict[tuple[str, ...], int] = {}
    for i in at:
        key = system.keys[i]
        group = key[:axis] + key[axis + 1 :]
        if key[axis] == TOTAL:
            base[group] = int(system.values[i])
        else:
            groups.setdefault(group, []).append(int(i))
    for group, cells in groups.items():
        total = base[group]
        values = system.values[cells]
        if 0 < total < rules.min_base:
            need[np.array(cells)[values > 0]] = rules.width
            if rules.whole_group:
                need[cells] = np.maximum(need[cells], 1)
        if rules.complements:
            rest = total - values
            most = (rest > 0) & (rest < rules.min_count) & (values > 0)
            need[np.array(cells)[most]] = rules.width
        if rules.whole_group and total > 0 and values.max() == total:
            # The zeros are what gives the group away, so one pupil's doubt must reach them.
            need[cells] = np.maximum(need[cells], np.where(values > 0, rules.width, 1))
