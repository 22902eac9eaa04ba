"""Tell an analyst which groups a protected table discloses all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .cells import TOTAL, System
from .group_rules import disclosed_groups
from .hierarchy import plain


def disclosure_notes(
    system: System,
    hidden: np.ndarray,
    dimensions: Sequence[str],
    file: str,
    *,
    whole_group: bool = True,
) -> Iterator[str]:
    """Write a line for each dimension along which whole groups are seen to be in one category.

    Parameters
    ----------
    system : System
        The cells and their sums.
    hidden : numpy.ndarray of bool, shape (cells,)
        The blanks.
    dimensions : sequence of str
        Dimensions that the whole-group rule looks along.
    file : str
        What the table is called.
    whole_group : bool
        Whether the rule was asked for.

    Yields
    ------
    str
        How many groups, one of them, and the way out.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from tilstand.disclosure.cells import Table, build_system
    >>> counts = pd.DataFrame({"level": ["1", "2"], "count": [20, 0]})
    >>> system = build_system([Table(counts, ("level",))])
    >>> nothing = np.zeros(3, dtype=bool)
    >>> for line in disclosure_notes(system, nothing, ["level"], "a.csv", whole_group=False):
    ...     print(line)
    a.csv: level: 1 group is seen to be in one category altogether, such as 'Total' in '1'; \
--whole-group hides that
    """
    for dimension in system.dimensions:
        found = disclosed_groups(system, hidden, dimension)
        if not found:
            continue
        base, full = found[0]
        axis = system.dimensions.index(dimension)
        if dimension not in dimensions:
            names = ",".join([*dimensions, dimension])
            remedy = f"--distribution {names} hides that, if {dimension} says something of people"
        elif whole_group:
            remedy = "public totals or zeros show that already, whatever is hidden"
        else:
            remedy = "--whole-group hides that"
        groups = "group is" if len(found) == 1 else "groups are"
        yield (
            f"{file}: {dimension}: {len(found)} {groups} seen to be in one category altogether, "
            f"such as '{cell_name(system.keys[base])}' in '{plain(system.keys[full][axis])}'; "
            f"{remedy}"
        )


def cell_name(key: Sequence[str]) -> str:
    """Write a cell's name for people.

    Parameters
    ----------
    key : sequence of str
        Its label in each dimension.

    Returns
    -------
    str
        The labels, subtotals by their plain name.

    Examples
    --------
    >>> cell_name(("A", "Total"))
    'A / Total'
    """
    return " / ".join(plain(label) for label in key) or TOTAL
