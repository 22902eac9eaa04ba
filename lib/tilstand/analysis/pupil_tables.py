"""Turn pupils into the tables that protection takes: whole counts, and means with n and sd.

The contract between analysis and protection. Every number about pupils in the book is computed
from the *protected* form of one of these tables, and from nothing else.

A `CountTable` holds inner cells only, no margins: the dimensions as text and ``count``. It says
which of its margins are shown (``views``): each view is a set of dimensions that is published
with all margins of its own, every other dimension summed over. Cells of two views that agree are
the same cell, so the views of one table are one constraint system. ``separate`` names dimensions
that are never summed over (one test is not added to another): a system for each combination.
``subtotals`` are groups inside a dimension, as `disclosure.cells.Table` takes them. ``along`` is
the dimension whose categories make a group's distribution.

A `MeanTable` holds, for each of its views, rows of the view's dimensions (``Total`` in the
others) with ``value``, ``n`` and ``sd``. A mean and its n are one more equation about the rest:
where one of a group's parts is hidden, a second one is too.

=============  ======  ================================================  =======================
name           kind    dimensions                                        one unit is
=============  ======  ================================================  =======================
results        counts  grade, subject | year, school, gender, result     a pupil entered for a test
transitions    counts  subject | year, start, end                        a pupil with both tests
grade_points   counts  year, school, gender, band                        a pupil leaving 10. trinn
bullying       counts  grade | year, school, gender, bullied             an answer
completion     counts  year, gender, completed                           a pupil who began vg1
scores         means   grade, subject, year, school, gender              score
progress       means   subject, year, school, gender, start              score 9. less 8. trinn
prior_scores   means   subject, start                                    their score on 8. trinn
adjusted       means   grade, subject, line, year, school                score less what the earlier
                                                                         one leads to expect
marks          means   subject, measure, year, school, gender            grades, and their gap
points         means   year, school, gender                              grunnskolepoeng
survey         means   grade, index, year, school                        answer, 1-5
=============  ======  ================================================  =======================

Dimensions before ``|`` are separate. ``result`` is a mastery level, ``exempt`` or ``absent``; the
levels sum to ``took``. ``Total`` over all years is the four-year figure.

Which views there are decides how much must be hidden. A school's levels are shown for all years
together and no school's levels year by year: a class has three or four pupils on a level, and
what hides them would hide its mean too. A school's year is shown as a mean and the number behind
it, which is a cell of ``results``; a year's levels are shown for the whole municipality.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.table_forms import (
    ABSENT,
    BELOW_30,
    CORRECTED,
    EXEMPT,
    FEW_POINTS,
    FROM_30,
    LEVELS,
    NO_POINTS,
    PLAIN,
    SAME_TEST,
    TOOK,
    TOTAL,
    UNKNOWN,
    CountTable,
    MeanTable,
    PupilTables,
)

if TYPE_CHECKING:
    from tilstand.analysis.pupil_data import PupilData


def tables_of(data: PupilData, reliability: float | None = None) -> PupilTables:
    """Make every table that the book may show of a municipality's pupils.

    Parameters
    ----------
    data : PupilData
        The pupils.
    reliability : float, optional
        Of the earlier test, where contributions are corrected for its error.

    Returns
    -------
    PupilTables
        Only tables with rows.
    """
    counts = [*_test_counts(data), *_other_counts(data)]
    means = [*_test_means(data, reliability), *_other_means(data)]
    return PupilTables(
        {table.name: table for table in counts if len(table.counts)},
        {table.name: table for table in means if len(table.rows)},
    )


def count_cells(rows: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Count rows by dimensions.

    Parameters
    ----------
    rows : DataFrame
        One row a pupil.
    dimensions : tuple of str
        Columns to count by; missing and blank become ``unknown``.

    Returns
    -------
    DataFrame
        The dimensions as text and ``count``, only combinations that occur.
    """
    text = _texts(rows, dimensions)
    counted = text.groupby(list(dimensions), observed=True).size()
    return counted.rename("count").reset_index()


def mean_rows(
    rows: pd.DataFrame,
    value: str,
    dimensions: tuple[str, ...],
    views: tuple[tuple[str, ...], ...],
    separate: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Average a column in every view and all margins of it.

    Parameters
    ----------
    rows : DataFrame
        One row a pupil or answer; those without ``value`` are left out.
    value : str
        Column of numbers.
    dimensions, views, separate : tuple
        As in `MeanTable`.

    Returns
    -------
    DataFrame
        ``separate``, ``dimensions``, ``value``, ``n``, ``sd``; each combination once.
    """
    known = rows[rows[value].notna()]
    text = _texts(known, (*separate, *dimensions)).assign(value=known[value].astype(float))
    kept = {part for view in views for part in _subsets(view)}
    parts = []
    for shown in sorted(kept, key=lambda part: (len(part), part)):
        by = [*separate, *shown]
        grouped = text.groupby(by)["value"] if by else text.groupby(lambda _: TOTAL)["value"]
        found = grouped.agg(["mean", "count", "std"]).reset_index()
        found = found.rename(columns={"mean": "value", "count": "n", "std": "sd"})
        parts.append(found.assign(**{d: TOTAL for d in dimensions if d not in shown}))
    columns = [*separate, *dimensions, "value", "n", "sd"]
    if not parts or text.empty:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _subsets(view: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [
        tuple(name for name, kept in zip(view, mask, strict=True) if kept)
        for mask in product((True, False), repeat=len(view))
    ]


def _texts(rows: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    text = pd.DataFrame({name: rows[name] for name in dimensions}, index=rows.index)
    for name in dimensions:
        column = text[name].astype(object)
        text[name] = column.where(column.notna() & (column != ""), UNKNOWN).astype(str)
    return text


def results_of(tests: pd.DataFrame) -> pd.DataFrame:
    """Add ``result`` to tests: the mastery level, or why there is none."""
    level = tests["level"].astype("Int64").astype("string")
    exempt = tests["exempt"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    why = pd.Series(ABSENT, index=tests.index, dtype="string").mask(exempt, EXEMPT)
    return tests.assign(result=level.fillna(why).astype(str))


def same_test(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the pairs of 8. and 9. trinn, who sit the same test, and add each pupil's ``change``."""
    same = pairs[pairs["grade"].astype("Int64") == SAME_TEST]
    return same.assign(change=same["outcome"].astype(float) - same["prior"].astype(float))


def _test_counts(data: PupilData) -> list[CountTable]:
    results = results_of(data.tests)
    groups = {"result": {level: TOOK for levels in LEVELS.values() for level in levels}}
    test = ("grade", "subject")
    own = ("year", "school", "gender", "result")
    pairs = same_test(data.pairs)
    return [
        CountTable(
            "results",
            count_cells(results, (*test, *own)),
            own,
            (("school", "result"), ("year", "gender", "result")),
            "result",
            test,
            groups,
        ),
        CountTable(
            "transitions",
            count_cells(pairs, ("subject", "year", "start", "end")),
            ("year", "start", "end"),
            (("year", "start", "end"),),
            "end",
            ("subject",),
        ),
    ]


def _other_counts(data: PupilData) -> list[CountTable]:
    banded = data.points.assign(band=_band(data.points["points"]))
    bullied = data.bullying.assign(bullied=_yes_no(data.bullying["bullied"]))
    completed = data.completion.assign(completed=_yes_no(data.completion["completed"]))
    by_school = ("year", "school", "gender")
    return [
        CountTable(
            "grade_points",
            count_cells(banded, (*by_school, "band")),
            (*by_school, "band"),
            (("year", "school", "band"), ("year", "gender", "band")),
            "band",
        ),
        CountTable(
            "bullying",
            count_cells(bullied, ("grade", *by_school, "bullied")),
            (*by_school, "bullied"),
            (("year", "school", "bullied"), ("year", "gender", "bullied")),
            "bullied",
            ("grade",),
        ),
        CountTable(
            "completion",
            count_cells(completed, ("year", "gender", "completed")),
            ("year", "gender", "completed"),
            (("year", "gender", "completed"),),
            "completed",
        ),
    ]


def _band(points: pd.Series) -> pd.Series:
    number = points.astype("Float64").astype(float)
    band = pd.Series(FROM_30, index=points.index).mask(number < FEW_POINTS, BELOW_30)
    return band.mask(number.isna(), NO_POINTS)


def _yes_no(said: pd.Series) -> pd.Series:
    return pd.Series("no", index=said.index).mask(said.astype("boolean").fillna(False), "yes")


def _test_means(data: PupilData, reliability: float | None) -> list[MeanTable]:
    same = same_test(data.pairs)
    test, by_school = ("grade", "subject"), ("year", "school", "gender")
    shown = (("year", "school"), ("year", "gender"))
    moved = (*by_school, "start")
    changes = (("year", "school"), ("year", "gender"), ("start", "gender"), ("year", "start"))
    return [
        _mean("scores", data.tests, "score", by_school, shown, test),
        _mean("progress", same, "change", moved, changes, ("subject",)),
        _mean("prior_scores", same, "prior", ("start",), (("start",),), ("subject",)),
        _adjusted(data.pairs, test, reliability),
    ]


def _adjusted(
    pairs: pd.DataFrame, test: tuple[str, ...], reliability: float | None = None
) -> MeanTable:
    """Average what each school's contribution rests on: results less the slope times the earlier.

    No page opens it. Whoever has a school's contribution, and the model, has this mean too, so it
    is protected with the others, and a school whose mean is hidden shows no contribution. Two
    lines are shown where the earlier test's error is corrected for, and two lines tell more than
    one: where both stand, they meet in the means of both tests.
    """
    views = (("year", "school"),)
    whole = (*test, "line")
    parts = []
    for _, rows in pairs.groupby(list(test), sort=True):
        prior, outcome = rows["prior"].astype(float), rows["outcome"].astype(float)
        apart = prior - prior.mean()
        spread = float((apart**2).sum())
        slope = float((apart * outcome).sum()) / spread if spread > 0 else 0.0
        lines = {PLAIN: slope, **({CORRECTED: slope / reliability} if reliability else {})}
        for line, steep in lines.items():
            # A slope as the method's page prints it.
            said = float(f"{steep:.3g}")
            adjusted = rows.assign(line=line, adjusted=outcome - said * prior)
            made = mean_rows(adjusted, "adjusted", ("year", "school"), views, whole)
            earlier = mean_rows(adjusted, "prior", ("year", "school"), views, whole)
            parts.append(made.assign(slope=said, prior=earlier["value"]))
    columns = [*whole, "year", "school", "value", "n", "sd", "slope", "prior"]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    # The chapters show every single year, beside all of them together.
    return MeanTable("adjusted", rows, ("year", "school"), views, whole)


def _other_means(data: PupilData) -> list[MeanTable]:
    by_school = ("year", "school", "gender")
    shown = (("year", "school"), ("year", "gender"))
    both = data.marks[data.marks["final"].notna() & data.marks["exam"].notna()]
    marks = [
        data.marks.assign(measure="final", value=data.marks["final"]),
        data.marks.assign(measure="exam", value=data.marks["exam"]),
        both.assign(measure="final_less_exam", value=both["final"] - both["exam"]),
    ]
    filled = [part for part in marks if len(part)]
    each = pd.concat(filled, ignore_index=True) if filled else marks[0]
    return [
        _mean("marks", each, "value", by_school, shown, ("subject", "measure")),
        _mean("points", data.points, "points", by_school, shown),
        _mean(
            "survey",
            data.answers,
            "value",
            ("year", "school"),
            (("year", "school"),),
            ("grade", "index"),
        ),
    ]


def _mean(
    name: str,
    rows: pd.DataFrame,
    value: str,
    dimensions: tuple[str, ...],
    views: tuple[tuple[str, ...], ...],
    separate: tuple[str, ...] = (),
) -> MeanTable:
    found = mean_rows(rows, value, dimensions, views, separate)
    return MeanTable(name, found, dimensions, views, separate)
