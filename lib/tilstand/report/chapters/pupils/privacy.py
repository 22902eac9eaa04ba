"""Tell how many numbers about pupils the book holds, how many it hides, and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording
from tilstand.report.numbers import Value, rule_number

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
        "fewest": rule_number(rules.min_count),
        "fewest_mean": rule_number(rules.min_n),
        "doubt": rule_number(rules.width),
        "strict_fewest": rule_number(rules.strict_min_count),
        "strict_doubt": rule_number(rules.strict_width),
    }


#: Tables of means, and what pupils or groups they average.
MEANS = {
    "scores": ("Nasjonale prøver, skalapoeng", "National tests, scale points"),
    "progress": (
        "Endring fra 8. til 9. trinn, skalapoeng",
        "Change from grade 8 to 9, scale points",
    ),
    "points": ("Grunnskolepoeng", "Lower secondary points"),
    "marks": ("Karakterer, 1–6", "Marks, 1–6"),
    "survey": ("Elevundersøkelsen, 1–5", "The Pupil Survey, 1–5"),
}
#: Populations by the table that they are named after.
WHOM = {
    "results": ("Resultater", "Results"),
    "grade_points": ("Elever som går ut av 10. trinn", "Pupils leaving grade 10"),
    "bullying": ("Mobbing", "Bullying"),
    "survey": ("Elevundersøkelsen", "The Pupil Survey"),
    "completion": ("Gjennomføring", "Completion"),
}
#: What was done with tables that could not be shown as they stand (`redesign.STEPS`).
DONE = {
    "merge": ("Nivåene er slått sammen", "The levels are merged"),
    "pool": (
        "Nivåene er slått sammen, og alle år vises under ett",
        "The levels are merged, and all years are shown together",
    ),
    "drop": ("Bare kommunens tall vises", "Only the municipality's numbers are shown"),
    "leave": ("Tabellen er utelatt", "The table is left out"),
}


def doubts(book: PupilBook) -> pd.DataFrame:
    """List how much doubt a small group's mean keeps.

    Parameters
    ----------
    book : PupilBook
        The edition's pupils, protected.

    Returns
    -------
    DataFrame
        ``label`` and ``doubt``, in the measure's own unit: the least of its tables.
    """
    rows = []
    for table, (nb, en) in MEANS.items():
        mine = [lay.doubt for lay in book.protected.layouts.values() if lay.table == table]
        known = [doubt for doubt in mine if doubt > 0]
        if known:
            rows.append({"label": book.page.pick(nb=nb, en=en), "doubt": min(known)})
    return pd.DataFrame(rows)


def redesigned(book: PupilBook) -> pd.DataFrame:
    """List the tables that show less than the book asks for, and what was done with them.

    Parameters
    ----------
    book : PupilBook
        The edition's pupils, protected.

    Returns
    -------
    DataFrame
        ``label`` and ``done``; no rows where all tables stand as they were asked for.
    """
    rows = [
        {
            "label": _population(book, name),
            "done": book.page.pick(nb=DONE[step][0], en=DONE[step][1]),
        }
        for name, step in sorted(book.protected.redesigned.items())
    ]
    return pd.DataFrame(rows)


def less_words(book: PupilBook, *tables: str) -> dict[str, str | None]:
    """Say what a chapter's page shows less of than it was asked for.

    Parameters
    ----------
    book : PupilBook
        The edition's pupils, protected.
    *tables : str
        Tables that the chapter shows; all where none is named.

    Returns
    -------
    dict
        ``less``; None where all tables stand as they were asked for.
    """
    said = [
        f"{_lowered(_population(book, name))} ({_lowered(book.page.pick(*DONE[step]))})"
        for name, step in sorted(book.protected.redesigned.items())
        if not tables or name.split("/")[0] in tables
    ]
    return {"less": "; ".join(said) or None}


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def kept_years(book: PupilBook) -> str | None:
    """Name the years that stay as an earlier edition published them; None where none do."""
    years = sorted({year for each in book.protected.changed.values() for year in each})
    return wording.listing(years, book.page.language) or None


def _population(book: PupilBook, name: str) -> str:
    """Name a population: "Resultater: lesing på 9. trinn"."""
    table, *parts = name.split("/")
    nb, en = WHOM.get(table, MEANS.get(table, (table, table)))
    whom = book.page.pick(nb=nb, en=en)
    if table == "results" and len(parts) == 2:
        return f"{whom}: {book.test({'grade': parts[0], 'subject': parts[1]})}"
    said = [book.grade(part) if part.isdigit() else book.subject(part) for part in parts]
    return f"{whom}: {', '.join(said)}" if said else whom


def _number(count: int | None) -> Value:
    return Value(None if count is None else float(count), decimals=0, recipe="count of rows")
