"""Say which tables of the book speak of the same pupils, and lay them out as views for hiding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from tilstand.analysis.table_forms import (
    TOOK,
    TOTAL,
    WITH_POINTS,
    CountTable,
    MeanTable,
    PupilTables,
)
from tilstand.pupils.protection.tables import CountView, MeanView

# The strict rules hold for cells that name a category of these.
SENSITIVE = frozenset(
    {"special_education", "immigration_background", "immigrant_background", "background"}
)
# Pupils of a table who are in no row of a table on the same pupils; counted, never shown.
ELSEWHERE = "elsewhere"
# Groups inside a dimension that a table of means needs for its number of pupils.
GROUPS: dict[str, dict[str, dict[str, str]]] = {
    "grade_points": {"band": {"below_30": WITH_POINTS, "from_30": WITH_POINTS}},
}


@dataclass(frozen=True)
class Link:
    """Say that a table speaks of the pupils of another one.

    Parameters
    ----------
    to : str
        The other table.
    rename : mapping
        Names of dimensions in the other table's population: its own schools are other schools.
    fixed : mapping
        Category of the other table's dimensions that the pupils are all in. A dimension of its
        own with the category ``yes`` says that they are some of them; who is left over is
        protected as well (`nested`). ``{subject}`` stands for the table's own category.
    pad : str
        Dimension that pupils of the other table may lack; they are counted as `ELSEWHERE`.
    within : tuple of str
        The other table's separate categories, where they are not the table's own.
    size : mapping
        Group of the other table's that a total of this one is the same as.
    """

    to: str
    rename: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    pad: str = ""
    within: tuple[str, ...] | None = None
    size: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """Say what a table of means is made of.

    Parameters
    ----------
    quantity : str
        What is summed.
    equation : mapping of str to float
        Quantities with their factors, as `MeanView` takes them.
    decimals : int
        Decimals that pages print.
    scale : tuple of float
        Lowest and highest value, where everybody knows them.
    """

    quantity: str = ""
    equation: Mapping[str, float] = field(default_factory=dict)
    decimals: int = 1
    scale: tuple[float, float] = (-math.inf, math.inf)


PRIMARY = {"school": "feeder_school"}
EARLIER = {"earlier": "yes"}
#: Leavers of 10. trinn with a mark, and with both marks.
MARKED = {
    "final": {"final_{subject}": "yes"},
    "exam": {"exam_{subject}": "yes"},
    "final_less_exam": {"final_{subject}": "yes", "exam_{subject}": "yes"},
}
LINKS = {
    "feeder": Link("results", rename=PRIMARY, pad="feeder_school"),
    "scores": Link("results", fixed={"result": TOOK}),
    "transitions": Link(
        "results",
        rename={"end": "result"},
        fixed=EARLIER,
        within=("9", "{subject}"),
        size={"result": TOOK},
    ),
    "progress": Link("results", fixed={"result": TOOK, **EARLIER}, within=("9", "{subject}")),
    "prior_scores": Link("results", fixed={"result": TOOK, **EARLIER}, within=("9", "{subject}")),
    "adjusted": Link("results", fixed={"result": TOOK, **EARLIER}, within=("{grade}", "{subject}")),
    "points": Link("grade_points", fixed={"band": WITH_POINTS}),
    "completion": Link("grade_points", fixed={"followed": "yes"}, within=()),
}
MADE = {
    "scores": Made("score"),
    "progress": Made("change", {"score": 1.0, "prior": -1.0}),
    "prior_scores": Made("prior"),
    "adjusted": Made("adjusted", {"score": 1.0, "prior": -1.0}),
    "points": Made("points", scale=(0.0, 60.0)),
    "survey": Made(decimals=2, scale=(1.0, 5.0)),
    "marks/final": Made("final {subject}", decimals=2, scale=(1.0, 6.0)),
    "marks/exam": Made("exam {subject}", decimals=2, scale=(1.0, 6.0)),
    "marks/final_less_exam": Made(
        "gap {subject}", {"final {subject}": 1.0, "exam {subject}": -1.0}, decimals=2
    ),
}


@dataclass(frozen=True)
class Place:
    """Tell where a view belongs: its table, the categories it is about, and its link.

    Parameters
    ----------
    table : str
        Name of the table.
    view : tuple of str
        Dimensions as the table names them.
    separate : mapping
        Category of each dimension that is never summed over.
    link : Link
        How it hangs together with the population's other tables.
    """

    table: str
    view: tuple[str, ...]
    separate: Mapping[str, str]
    link: Link


def views_of(
    tables: PupilTables,
) -> tuple[list[CountView], list[MeanView], dict[str, Place]]:
    """Lay out every view of every table, named by the pupils it speaks of.

    Parameters
    ----------
    tables : PupilTables
        All tables of one municipality.

    Returns
    -------
    counts : list of CountView
        Views of counts.
    means : list of MeanView
        Views of means; their numbers of pupils are counts of the same population.
    places : dict of str to Place
        Where each view belongs, by its name.
    """
    counts: list[CountView] = []
    means: list[MeanView] = []
    places: dict[str, Place] = {}
    for table in tables.counts.values():
        for separate, rows in _parts(table.counts, table.separate):
            for view in table.views:
                place = Place(table.name, view, separate, _link(table.name, separate, tables))
                made = _count_view(table, rows, place, tables)
                counts.append(made)
                places[made.name] = place
    for means_table in tables.means.values():
        for separate, rows in _parts(means_table.rows, means_table.separate):
            for view in means_table.views:
                link = _link(means_table.name, separate, tables)
                place = Place(means_table.name, view, separate, link)
                shown = _mean_view(means_table, rows, place)
                means.append(shown)
                places[shown.name] = place
    return counts, means, places


def _link(name: str, separate: Mapping[str, str], tables: PupilTables) -> Link:
    """Find whose pupils a table speaks of; its own where the other table is not there."""
    link = LINKS.get(name, Link(name))
    if name == "marks":
        link = Link("grade_points", fixed=MARKED[separate["measure"]], within=())
    if name == "adjusted" and _owed_elsewhere(separate, tables):
        link = replace(link, rename=PRIMARY)
    fixed = {d.format(**separate): category for d, category in link.fixed.items()}
    within = tuple(one.format(**separate) for one in link.within or ())
    link = replace(link, fixed=fixed, within=None if link.within is None else within)
    if link.to not in tables.counts:
        return Link(name)
    whole = tables.counts[link.to]
    if link.within is not None and whole.separate:
        there = set(
            whole.counts[list(whole.separate)].astype(str).itertuples(index=False, name=None)
        )
        return link if link.within in there else Link(name)
    return link


def _owed_elsewhere(separate: Mapping[str, str], tables: PupilTables) -> bool:
    """Tell whether results are owed to schools that the pupils came from, not to their own.

    They are in 8. trinn where the file names the primary school. One school may be both, so names
    tell nothing; that a school has fewer who took the test than who have both tests does.
    """
    results = tables.counts.get("results")
    if results is None:
        return False
    by_school = ["year", "school"]
    mine = _of(tables.means["adjusted"].rows, separate)
    mine = mine[(mine[by_school] != TOTAL).all(axis=1)]
    theirs = _of(results.counts, {d: separate[d] for d in results.separate})
    took = theirs[~theirs["result"].isin(["exempt", "absent"])].groupby(by_school)["count"].sum()
    there = took.reindex(pd.MultiIndex.from_frame(mine[by_school]), fill_value=0)
    return bool((mine["n"].to_numpy() > there.to_numpy()).any())


def _of(rows: pd.DataFrame, separate: Mapping[str, str]) -> pd.DataFrame:
    for dimension, category in separate.items():
        rows = rows[rows[dimension].astype(str) == category]
    return rows


def _parts(
    rows: pd.DataFrame, separate: tuple[str, ...]
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    if not separate:
        yield {}, rows
        return
    for names, part in rows.groupby(list(separate), sort=True):
        yield dict(zip(separate, map(str, names), strict=True)), part


def _population(place: Place) -> str:
    within = place.separate.values() if place.link.within is None else place.link.within
    return "/".join([place.link.to, *within])


def _name(place: Place) -> str:
    return f"{'/'.join([place.table, *place.separate.values()])} by {', '.join(place.view)}"


def _renamed(place: Place) -> tuple[str, ...]:
    return tuple(place.link.rename.get(d, d) for d in place.view)


def _sensitive(dimensions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(d for d in dimensions if d in SENSITIVE)


def _count_view(
    table: CountTable, rows: pd.DataFrame, place: Place, tables: PupilTables
) -> CountView:
    dimensions = _renamed(place)
    renamed = rows.rename(columns=dict(place.link.rename))
    counts = renamed.groupby(list(dimensions))["count"].sum().reset_index()
    if place.link.pad:
        counts = _padded(counts, dimensions, place, tables.counts[place.link.to])
    groups = {**GROUPS.get(table.name, {}), **table.subtotals}
    return CountView(
        name=_name(place),
        population=_population(place),
        dimensions=dimensions,
        counts=counts,
        along=place.link.rename.get(table.along, table.along)
        if table.along in place.view
        else None,
        sensitive=_sensitive(dimensions),
        subtotals={d: parent for d, parent in groups.items() if d in dimensions},
        fixed=place.link.fixed,
    )


def _padded(
    counts: pd.DataFrame, dimensions: tuple[str, ...], place: Place, whole: CountTable
) -> pd.DataFrame:
    """Count those who stand in the other table only, so that both have the same totals."""
    mine = [d for d in dimensions if d != place.link.pad]
    alike = whole.counts
    for dimension, category in place.separate.items():
        alike = alike[alike[dimension].astype(str) == category]
    rest = alike.groupby(mine)["count"].sum() - counts.groupby(mine)["count"].sum().reindex(
        alike.groupby(mine)["count"].sum().index, fill_value=0
    )
    missing = rest[rest > 0].rename("count").reset_index()
    return pd.concat([counts, missing.assign(**{place.link.pad: ELSEWHERE})], ignore_index=True)


def _mean_view(table: MeanTable, rows: pd.DataFrame, place: Place) -> MeanView:
    inner = pd.Series(True, index=rows.index)
    for dimension in table.dimensions:
        is_total = rows[dimension].astype(str) == TOTAL
        inner &= ~is_total if dimension in place.view else is_total
    dimensions = _renamed(place)
    groups = rows[inner].rename(columns=dict(place.link.rename))
    kind = f"{table.name}/{place.separate['measure']}" if table.name == "marks" else table.name
    made = MADE.get(kind, Made())
    equation = {name.format(**place.separate): by for name, by in made.equation.items()}
    if "slope" in rows:
        equation["prior"] = -float(rows["slope"].iloc[0])
    slope = f" {-equation['prior']:g}" if "slope" in rows else ""
    return MeanView(
        name=_name(place),
        population=_population(place),
        dimensions=dimensions,
        means=groups[[*dimensions, "value", "n", "sd"]].reset_index(drop=True),
        measure="/".join([table.name, *place.separate.values()]),
        sensitive=_sensitive(dimensions),
        fixed=place.link.fixed,
        quantity=made.quantity.format(**place.separate) + slope,
        equation=equation,
        decimals=made.decimals,
        scale=made.scale,
        withheld=place.view in table.withheld,
        years=table.years,
    )
