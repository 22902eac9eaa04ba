"""Know which counts of an edition's pupils others have published already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from tilstand.analysis.table_forms import TOOK, PupilTables
from tilstand.pupils.protection.book import WITH_POINTS, views_of
from tilstand.pupils.protection.earlier import Cell
from tilstand.pupils.protection.tables import CountView, MeanView

Public = dict[str, dict[Cell, int]]


@dataclass(frozen=True)
class Printed:
    """Say which pupils the number behind a published figure counts.

    Parameters
    ----------
    population : str
        Filled with the figure's ``grade`` and ``subject``.
    alone : str
        The population where nothing else speaks of these pupils.
    also : mapping
        Further categories that they are all in.
    later : int
        Years from the figure's autumn to the year that the tables count by.
    """

    population: str
    also: Mapping[str, str] = field(default_factory=dict)
    later: int = 0
    alone: str = ""


#: Indicators whose published n are counts of pupils that the tables count too.
PRINTED = {
    "np_scale_points": Printed("results/{grade}/{subject}", {"result": TOOK}),
    "grunnskolepoeng": Printed("grade_points", {"band": WITH_POINTS}, later=1),
    "teacher_mark": Printed(
        "grade_points", {"final_{subject}": "yes"}, later=1, alone="marks/{subject}/final"
    ),
    "exam_mark": Printed(
        "grade_points", {"exam_{subject}": "yes"}, later=1, alone="marks/{subject}/exam"
    ),
}


def public_counts(tables: PupilTables, figures: pd.DataFrame, municipality: str) -> Public:
    """Find the counts of an edition's pupils that its exports print.

    Parameters
    ----------
    tables : PupilTables
        The edition's tables.
    figures : DataFrame
        What the edition knows of published statistics: ``indicator, level, unit, place, year,
        grade, gender, subject, n``.
    municipality : str
        Place of the edition's municipality.

    Returns
    -------
    dict
        Counts by population and cell. A number that is not the tables' own count (of public and
        private schools together, or before a correction) is about other pupils and left out.
    """
    counts, means, _ = views_of(tables)
    known: Public = {}
    rows = figures[figures["indicator"].isin(PRINTED) & figures["n"].notna()]
    ours = (rows["level"] == "school") | (rows["place"] == municipality)
    views: dict[str, list[CountView | MeanView]] = {}
    for count_view in counts:
        views.setdefault(count_view.population, []).append(count_view)
    for mean_view in means:
        views.setdefault(mean_view.population, []).append(mean_view)
    for row in rows[ours].to_dict("records"):
        printed = PRINTED[str(row["indicator"])]
        test = {"grade": row["grade"], "subject": row["subject"]}
        population = printed.population.format(**test)
        also = {dimension.format(**test): c for dimension, c in printed.also.items()}
        if printed.alone and printed.alone.format(**test) in views:
            population, also = printed.alone.format(**test), {}
        cell = {"year": str(int(row["year"]) + printed.later), **also}
        if row["level"] == "school":
            cell["school"] = str(row["unit"])
        if row["gender"]:
            cell["gender"] = str(row["gender"])
        for own in _counted(views.get(population, []), cell, also):
            if own == int(row["n"]):
                known.setdefault(population, {})[frozenset(cell.items())] = own
    return known


def _counted(
    views: list[CountView | MeanView], cell: Mapping[str, str], also: Mapping[str, str]
) -> Iterator[int]:
    """Count a cell's pupils in each view that has it."""
    for view in views:
        if isinstance(view, CountView):
            asked, frame, number = dict(cell), view.counts, "count"
        elif dict(view.fixed) != dict(also):
            continue
        else:
            asked = {d: c for d, c in cell.items() if d not in also}
            frame, number = view.means, "n"
        if not set(asked) <= set(view.dimensions):
            continue
        here = pd.Series(True, index=frame.index)
        for dimension, category in asked.items():
            groups = getattr(view, "subtotals", {}).get(dimension, {})
            labels = frame[dimension].astype(str)
            here &= (labels == category) | (labels.map(groups) == category)
        if here.any():
            yield int(frame.loc[here, number].sum())
