"""Hide the number of pupils behind a mean wherever the counts hide it, zeros included."""

from __future__ import annotations

import pandas as pd

from tilstand.pupils.protection.book import Place
from tilstand.pupils.protection.counts import Hidden
from tilstand.pupils.protection.earlier import Cell, cell_in
from tilstand.pupils.protection.means import all_groups
from tilstand.pupils.protection.tables import MeanView


def sizeless(view: MeanView, place: Place, found: Hidden) -> set[Cell]:
    """Find the groups whose number of pupils is hidden, or is not that of the counts."""
    counted = {
        cell_in(found.system.dimensions, key): None if blank else int(value)
        for key, blank, value in zip(
            found.system.keys, found.hidden, found.system.values, strict=True
        )
    }
    fixed = frozenset(place.link.fixed.items())
    return {
        cell for cell, group in all_groups(view).items() if counted.get(cell | fixed) != group.n
    }


def hidden_zeros(view: MeanView, place: Place, found: Hidden) -> set[Cell]:
    """Find the groups without pupils whose zero is hidden: that there is nobody may not be told."""
    fixed = frozenset(place.link.fixed.items())
    zeros = found.hidden & (found.system.values == 0)
    keys = (key for key, there in zip(found.system.keys, zeros, strict=True) if there)
    cells = {cell_in(found.system.dimensions, key) for key in keys}
    return {cell - fixed for cell in cells if cell >= fixed} - set(all_groups(view))


def without_sizes(
    frame: pd.DataFrame, view: MeanView, blank: set[Cell], nobody: set[Cell]
) -> pd.DataFrame:
    """Blank the numbers of pupils of some groups, and say of others no more that they are empty."""
    keys = zip(*(frame[d] for d in view.dimensions), strict=True)
    cells = [cell_in(view.dimensions, key) for key in keys]
    empty = pd.Series([cell in nobody for cell in cells], index=frame.index)
    gone = empty | pd.Series([cell in blank for cell in cells], index=frame.index)
    return frame.assign(
        n=frame["n"].astype("Int64").mask(gone), status=frame["status"].mask(empty, "suppressed")
    )
