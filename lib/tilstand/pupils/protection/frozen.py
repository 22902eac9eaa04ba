"""Take the years that an earlier edition has published from that edition, as they were counted.

A pupil who is erased from an older cohort, or registered late, would be the difference between two
editions. So years that have been published stay as they were: what changes in them is told of,
and is shown only by an edition that starts anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tilstand.analysis.table_forms import TOTAL, CountTable, MeanTable, PupilTables, years_in
from tilstand.pupils.protection.earlier import YEAR

# Means of the same pupils may differ by rounding of the computer, no more.
SAME = 1e-6


@dataclass(frozen=True)
class Frozen:
    """Hold tables of which the published years are as they were published.

    Parameters
    ----------
    tables : PupilTables
        The edition's.
    changed : dict of str to tuple of str
        By table: published years that the pupil file counts otherwise now.
    """

    tables: PupilTables
    changed: dict[str, tuple[str, ...]]


def freeze(tables: PupilTables, before: Sequence[PupilTables]) -> Frozen:
    """Put published years in the place of the same years of a pupil file.

    Parameters
    ----------
    tables : PupilTables
        As the edition's pupil file has them.
    before : sequence of PupilTables
        Earlier editions' own, oldest first; of two with a year the later one counts.

    Returns
    -------
    Frozen
        Tables with the same views. A view of means that does not tell years apart is withheld
        where a published year has changed: it could not be put together from both.
    """
    counts, means = dict(tables.counts), dict(tables.means)
    changed: dict[str, set[str]] = {}
    blind = True
    for old in before:
        for name in sorted(set(counts) & set(old.counts)):
            counts[name], years = _counts(counts[name], old.counts[name])
            changed.setdefault(name, set()).update(years)
        for name in sorted(set(means) & set(old.means)):
            means[name], years = _means(means[name], old.means[name])
            changed.setdefault(name, set()).update(years)
        if years_in(old) == years_in(tables):
            # The same edition again: it stays as it was, views that tell no years apart too.
            counts |= {name: one for name, one in old.counts.items() if name in counts}
            means |= {name: one for name, one in old.means.items() if name in means}
            blind = False
    told = {name: tuple(sorted(years)) for name, years in sorted(changed.items()) if years}
    if told and blind:
        for name, table in means.items():
            pooled = tuple(view for view in table.views if YEAR not in view)
            means[name] = replace(table, withheld=pooled)
    return Frozen(PupilTables(counts, means), told)


def _counts(new: CountTable, old: CountTable) -> tuple[CountTable, set[str]]:
    if YEAR not in new.dimensions or YEAR not in old.dimensions:
        return new, set()
    keys = [*new.separate, *new.dimensions]
    mine, theirs, gone = _split(new.counts, old.counts, new.separate)
    both = pd.DataFrame(
        {
            "new": gone.groupby(keys)["count"].sum(),
            "old": theirs.groupby(keys)["count"].sum(),
        }
    ).fillna(0)
    apart = both[both["new"] != both["old"]]
    years = set(map(str, apart.index.get_level_values(YEAR))) if len(apart) else set()
    rows = pd.concat([mine, theirs[new.counts.columns]], ignore_index=True)
    return replace(new, counts=rows), years


def _means(new: MeanTable, old: MeanTable) -> tuple[MeanTable, set[str]]:
    if YEAR not in new.dimensions or YEAR not in old.dimensions:
        return new, set()
    if new.separate != old.separate:
        return new, set()
    # Margins are summed from inner groups, so only those count.
    inner_new = new.rows[new.rows[YEAR].astype(str) != TOTAL]
    inner_old = old.rows[old.rows[YEAR].astype(str) != TOTAL]
    mine, theirs, gone = _split(inner_new, inner_old, new.separate)
    theirs = _same_slope(theirs, new.rows, new.separate)
    keys = [*new.separate, *new.dimensions]
    both = gone.merge(theirs, on=keys, how="outer", suffixes=("", "_old"))
    far = ~np.isclose(both["value"], both["value_old"], rtol=SAME, atol=SAME)
    apart = both[(both["n"] != both["n_old"]) | far]
    years = set(apart[YEAR].astype(str))
    pooled = new.rows[new.rows[YEAR].astype(str) == TOTAL]
    columns = list(new.rows.columns)
    rows = pd.concat([pooled, mine, theirs.reindex(columns=columns)], ignore_index=True)
    return replace(new, rows=rows), years


def _split(
    new: pd.DataFrame, old: pd.DataFrame, separate: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Part rows by whether both editions have their table and year: new alone, old, new's own."""
    names = [*separate, YEAR]
    own, theirs = (_names(frame, names) for frame in (new, old))
    shared = set(own) & set(theirs)
    ours = np.array([one in shared for one in own], dtype=bool)
    kept = np.array([one in shared for one in theirs], dtype=bool)
    return new[~ours], old[kept], new[ours]


def _names(frame: pd.DataFrame, names: list[str]) -> list[tuple[str, ...]]:
    return list(frame[names].astype(str).itertuples(index=False, name=None))


def _same_slope(old: pd.DataFrame, rows: pd.DataFrame, separate: tuple[str, ...]) -> pd.DataFrame:
    """Bring older means to the slope of the edition: what one leads to expect has moved."""
    if "slope" not in rows or old.empty:
        return old
    slopes = rows.groupby(list(separate))["slope"].first().rename("now").reset_index()
    both = old.merge(slopes, on=list(separate), how="left")
    moved = both["value"] + (both["slope"] - both["now"]) * both["prior"]
    return both.assign(value=moved, slope=both["now"]).drop(columns="now")
