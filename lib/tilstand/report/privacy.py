"""Tell how many numbers about pupils the book holds, and how many of them it hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.pupils import PupilBook


def privacy_words(book: PupilBook) -> dict[str, Value]:
    """Count the protected cells, and name the rules that they were protected by.

    Parameters
    ----------
    book : PupilBook
        The edition's pupils, protected.

    Returns
    -------
    dict
        ``count_cells`` and ``count_hidden``, ``mean_cells`` and ``mean_hidden`` (numbers in the
        protected tables, a number of several tables once); ``fewest`` (smallest count shown),
        ``fewest_mean`` (smallest group with a mean), ``doubt`` (least width of what a reader can
        know about a hidden count).
    """
    protected, rules = book.protected, book.protected.rules
    counts: list[pd.DataFrame] = []
    means: list[pd.DataFrame] = []
    for table, view in sorted({(lay.table, lay.view) for lay in protected.layouts.values()}):
        is_count = any(
            lay.measure == "count" and (lay.table, lay.view) == (table, view)
            for lay in protected.layouts.values()
        )
        opened = protected.counts(table, *view) if is_count else protected.means(table, *view)
        (counts if is_count else means).append(opened[["ref", "status"]])
    said = {}
    for name, parts in (("count", counts), ("mean", means)):
        cells = pd.concat([*parts, pd.DataFrame(columns=["ref", "status"])], ignore_index=True)
        cells = cells[cells["status"] != "empty"].drop_duplicates("ref")
        said[f"{name}_cells"] = _number(len(cells))
        said[f"{name}_hidden"] = _number(int((cells["status"] == "suppressed").sum()))
    return {
        **said,
        "fewest": _rule(rules.min_count),
        "fewest_mean": _rule(rules.min_n),
        "doubt": _rule(rules.width),
    }


def _number(count: int) -> Value:
    return Value(float(count), decimals=0, recipe="count of rows")


def _rule(number: int) -> Value:
    return Value(float(number), decimals=0, recipe="edition")
