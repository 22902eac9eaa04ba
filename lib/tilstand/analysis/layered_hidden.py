"""Find the schools whose contributions over cohorts are too small to be shown, or to be banded."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.small_schools import small_schools


def hidden_schools(
    results: LayeredResults, schools: Collection[str], least: int, also: Collection[str] = ()
) -> set[object]:
    """Find our schools that are not shown: one of their cohorts is too small.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    schools : collection of str
        Our schools' ids.
    least : int
        Pupils of the smallest cohort of a school that is shown.
    also : collection of str
        Schools that are not shown whatever their size.

    Returns
    -------
    set
        By the rule of ``tilstand value-added``, never one alone: all contributions add up to
        nought.
    """
    rows = _groups(results, schools)
    # What is not shown counts as the smallest.
    return small_schools(rows.assign(n=rows["n"].where(~rows["school"].isin(list(also)), 0)), least)


def without_band(
    results: LayeredResults, schools: Collection[str], least: int, also: Collection[str] = ()
) -> set[object]:
    """Find our schools that get no band: hidden for their own sake, not to cover for another.

    Parameters
    ----------
    results, schools, least, also
        As for `hidden_schools`.

    Returns
    -------
    set
        Those with too small a cohort and those named.
    """
    rows = _groups(results, schools)
    return set(rows.loc[(rows["n"] < least) | rows["school"].isin(list(also)), "school"])


def _groups(results: LayeredResults, schools: Collection[str]) -> pd.DataFrame:
    tree = results.model.tree
    rows = pd.concat(
        [
            pd.DataFrame({"school": tree.ids[level]["school"], "n": results.pupils(level)})
            for level in {tree.level("school"), tree.level("cohort")}
        ]
    )
    return rows[rows["school"].isin(list(schools))]
