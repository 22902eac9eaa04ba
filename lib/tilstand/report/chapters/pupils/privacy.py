"""Tell how many numbers about pupils the book holds, how many it hides, and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook


def privacy_words(book: PupilBook) -> dict[str, Value]:
    """Say what the attack on the protected tables met and found, and the rules behind it.

    Parameters
    ----------
    book : PupilBook
        The edition's pupils, protected.

    Returns
    -------
    dict
        ``count_cells`` and ``count_hidden``, ``mean_cells`` and ``mean_hidden`` (numbers in the
        protected tables, a number of several tables once); ``recovered`` (hidden counts that
        could be worked out), ``narrowest`` (how far apart the lowest and the highest number are
        that a hidden count can be, where they are closest; missing where nothing is hidden);
        ``fewest`` (smallest count shown), ``fewest_mean`` (smallest group with a mean), ``doubt``
        (least width of what a reader can know about a hidden count).
    """
    rules, trial = book.protected.rules, book.trial
    return {
        "count_cells": _number(trial.cells),
        "count_hidden": _number(trial.hidden),
        "mean_cells": _number(trial.means),
        "mean_hidden": _number(trial.hidden_means),
        "recovered": _number(trial.recovered if trial.hidden else None),
        "narrowest": _number(trial.narrowest),
        "fewest": _rule(rules.min_count),
        "fewest_mean": _rule(rules.min_n),
        "doubt": _rule(rules.width),
    }


def _number(count: int | None) -> Value:
    return Value(None if count is None else float(count), decimals=0, recipe="count of rows")


def _rule(number: int) -> Value:
    return Value(float(number), decimals=0, recipe="edition")
