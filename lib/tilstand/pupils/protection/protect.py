"""Turn tables of pupils into tables that may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pandas as pd

from tilstand.analysis.table_forms import PupilTables
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.book import ELSEWHERE, Place, views_of
from tilstand.pupils.protection.counts import Hidden, counts_frame, hide_counts
from tilstand.pupils.protection.earlier import Cell, Earlier, cell_in
from tilstand.pupils.protection.frozen import freeze
from tilstand.pupils.protection.means import (
    all_groups,
    hide_means,
    means_frame,
    score_width,
    spread_of,
)
from tilstand.pupils.protection.nested import outside_groups, remainders
from tilstand.pupils.protection.protected import Layout, Protected
from tilstand.pupils.protection.sizes import hidden_zeros, sizeless, without_sizes
from tilstand.pupils.protection.tables import CountView, MeanView, check_tables, text_cells

Public = Mapping[str, Mapping[Cell, int]]
#: An earlier edition: its tables as they were, and as they were published.
Before = tuple[PupilTables, Protected]


def protect(
    tables: PupilTables,
    rules: DisclosureRules | None = None,
    *,
    public: Public | None = None,
    before: Sequence[Before] = (),
    jobs: int = 1,
) -> Protected:
    """Hide every number that could point at a pupil, in all tables of the book at once.

    Tables on the same pupils (one population) form one system of cells and sums, so that no table
    tells what another one hides. Shares, means, intervals and figures are made from what comes out
    of here and from nothing else.

    Parameters
    ----------
    tables : PupilTables
        All tables of the book that are built on pupils.
    rules : DisclosureRules, optional
        The edition's rules; the defaults if not given.
    public : mapping, optional
        By population: counts that are public already. They stay open, and the rest is protected
        against a reader who knows them.
    before : sequence of (PupilTables, Protected)
        Earlier editions of the same municipality. Where years are the same, so are the pupils.
    jobs : int
        Populations to work on at the same time; the result is the same for any number.

    Returns
    -------
    Protected
        What pages may open.

    Raises
    ------
    DataError
        When a table is faulty, tables contradict each other, or what is public gives a count away.
    """
    frozen = freeze(tables, [theirs for theirs, _ in before])
    counts, means, places = views_of(frozen.tables)
    same = _published_already([*counts, *means], before, rules or DisclosureRules())
    earlier = [earlier_of(*one) for one in before]
    made = protect_views(
        [view for view in counts if view.population not in same],
        [view for view in means if view.population not in same],
        places,
        rules or DisclosureRules(),
        public or {},
        earlier,
        jobs,
    )
    for population, published in same.items():
        for name, layout in published.layouts.items():
            if layout.population == population:
                made.layouts[name], made.frames[name] = layout, published.frames[name]
        if population in published.redesigned:
            made.redesigned[population] = published.redesigned[population]
    return replace(made, changed=frozen.changed)


def _published_already(
    views: Sequence[CountView | MeanView], before: Sequence[Before], rules: DisclosureRules
) -> dict[str, Protected]:
    """Find the populations of which an edition has published the very same: they stay so."""
    mine = _contents(views)
    found: dict[str, Protected] = {}
    for tables, published in before:
        if published.rules == rules:
            counts, means, _ = views_of(tables)
            theirs = _contents([*counts, *means])
            found |= {p: published for p, said in mine.items() if theirs.get(p) == said}
    return found


def _contents(views: Sequence[CountView | MeanView]) -> dict[str, list[str]]:
    """Write down a population's views, to compare them."""
    said: dict[str, list[str]] = {}
    for view in sorted(views, key=_named):
        frame = view.counts if isinstance(view, CountView) else view.means
        text = text_cells(frame, view.dimensions).to_csv(index=False, float_format="%.6g")
        said.setdefault(view.population, []).append(f"{view.name}\n{text}")
    return said


def earlier_of(tables: PupilTables, published: Protected) -> dict[str, Earlier]:
    """Lay out an earlier edition by its populations.

    Parameters
    ----------
    tables : PupilTables
        Its tables before anything was hidden.
    published : Protected
        The same as they were published.

    Returns
    -------
    dict of str to Earlier
        By population.
    """
    counts, means, places = views_of(tables)
    found = {}
    means = [view for view in means if not view.withheld]
    for population in sorted({v.population for v in counts} | {v.population for v in means}):
        mine = [view for view in counts if view.population == population]
        others = [view for view in means if view.population == population]
        window = _window([*(v.counts for v in mine), *(v.means for v in others)])
        fixed = {view.name: frozenset(view.fixed.items()) for view in mine}
        shown: set[Cell] = set()
        blank: set[Cell] = set()
        shown_means: dict[str, set[Cell]] = {view.measure: set() for view in others}
        for name, layout in published.layouts.items():
            if layout.population != population:
                continue
            frame = published.frames[name]
            keys = zip(*(frame[d] for d in layout.dimensions), strict=True)
            cells = [cell_in(layout.dimensions, key, window) for key in keys]
            printed = [cell for cell, s in zip(cells, frame["status"], strict=True) if s == "ok"]
            if layout.measure == "count":
                # Its whole is the group that it counts a part of, and not all of the population.
                whole = fixed.get(name, frozenset())
                shown |= {cell | whole for cell in printed}
                blank |= {cell | whole for cell in set(cells) - set(printed)}
                shown |= {frozenset({**layout.size, **dict(cell)}.items()) for cell in printed}
                continue
            shown_means.setdefault(layout.measure, set()).update(printed)
            size = frozenset(layout.size.items())
            known = zip(cells, frame["n"].notna(), strict=True)
            shown |= {cell | size for cell, there in known if there}
        found[population] = Earlier(
            window,
            _with_remainders(_all_counts(mine, others, places)),
            others,
            frozenset(shown),
            {measure: frozenset(cells) for measure, cells in shown_means.items()},
            frozenset(blank),
        )
    return found


def protect_views(
    counts: Sequence[CountView],
    means: Sequence[MeanView],
    places: Mapping[str, Place],
    rules: DisclosureRules,
    public: Public,
    earlier: Sequence[Mapping[str, Earlier]] = (),
    jobs: int = 1,
) -> Protected:
    """Hide in views that have been laid out already, as `protect` does.

    Parameters
    ----------
    counts, means, places
        As `views_of` gives them.
    rules : DisclosureRules
        What counts as small.
    public : mapping
        Counts that are public already.
    earlier : sequence of mappings
        Earlier editions by population.
    jobs : int
        Populations to work on at the same time.

    Returns
    -------
    Protected
        What pages may open.

    Raises
    ------
    DataError
        As for `protect`.
    """
    check_tables([*counts, *means])
    layouts: dict[str, Layout] = {}
    frames: dict[str, pd.DataFrame] = {}
    names = sorted({v.population for v in counts} | {v.population for v in means if not v.withheld})
    mines = [sorted((v for v in counts if v.population == p), key=_named) for p in names]
    shown = [view for view in means if not view.withheld]
    others = [sorted((v for v in shown if v.population == p), key=_named) for p in names]
    windows = [
        _window([*(v.counts for v in mine), *(v.means for v in ours)])
        for mine, ours in zip(mines, others, strict=True)
    ]
    befores = [
        _of_these_years(population, window, earlier)
        for population, window in zip(names, windows, strict=True)
    ]
    tasks = [
        (
            _with_remainders(_all_counts(mine, ours, places)),
            rules,
            _in_system(public.get(population, {}), window),
            before,
        )
        for population, mine, ours, window, before in zip(
            names, mines, others, windows, befores, strict=True
        )
    ]
    hidden_counts = _each(tasks, jobs)
    each = zip(mines, others, windows, hidden_counts, befores, strict=True)
    for mine, ours, window, found, before in each:
        for at, view in enumerate(mine):
            frames[view.name] = _without_elsewhere(counts_frame(found, at, view.dimensions))
            layouts[view.name] = _layout(places[view.name], view, "count", window)
        blank: dict[str, set[Cell]] = {}
        for one in ours:
            blank.setdefault(one.measure, set()).update(sizeless(one, places[one.name], found))
        hidden = hide_means(ours, rules, blank, before) if ours else {}
        for one in ours:
            frame = means_frame(one, hidden[one.measure])
            nobody = hidden_zeros(one, places[one.name], found)
            frames[one.name] = without_sizes(frame, one, blank[one.measure], nobody)
            doubt = float(f"{score_width([one], one.measure, rules):.2g}")
            layout = _layout(places[one.name], one, one.measure, window)
            layouts[one.name] = replace(layout, doubt=doubt)
    for bare in (view for view in means if view.withheld):
        frame = means_frame(bare, set(all_groups(bare)))
        frames[bare.name] = frame.assign(n=pd.array([pd.NA] * len(frame), dtype="Int64"))
        layouts[bare.name] = _layout(places[bare.name], bare, bare.measure, "")
    redesigned = {p: one.step for p, one in zip(names, hidden_counts, strict=True) if one.step}
    return Protected(layouts, frames, rules, redesigned)


def _of_these_years(
    population: str, window: str, earlier: Sequence[Mapping[str, Earlier]]
) -> list[Earlier]:
    """Take the editions that speak of some of the same pupils."""
    years = _years(window)
    alike = [one[population] for one in earlier if population in one]
    found = [one for one in alike if years & _years(one.window)]
    # The same years pooled are the same total.
    return [replace(one, window="") if one.window == window else one for one in found]


def _years(window: str) -> set[int]:
    first, _, last = window.partition("-")
    return set(range(int(first), int(last or first) + 1)) if first.isdigit() else set()


Task = tuple[list[CountView], DisclosureRules, dict[Cell, int], list[Earlier]]


def _each(tasks: list[Task], jobs: int) -> list[Hidden]:
    """Hide the counts of each population."""
    if jobs < 2 or len(tasks) < 2:
        return [hide_counts(*task) for task in tasks]
    # Processes of their own, started afresh: a fork of a program with threads may hang.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(hide_counts, *zip(*tasks, strict=True)))


def _all_counts(
    counts: Sequence[CountView], means: Sequence[MeanView], places: Mapping[str, Place]
) -> list[CountView]:
    """Put a population's counts first, then what is the same as them, then the sizes of means."""
    named = [(view, places[view.name].link.size) for view in counts]
    same = [_as_group(view, size) for view, size in named if view.along in size]
    return [*counts, *same, *(_sizes(view, places[view.name]) for view in means)]


def _as_group(view: CountView, size: Mapping[str, str]) -> CountView:
    """Tie the totals of a table to the group that they are: all of a test's pairs took the test.

    Their number stands behind means as that of the group; it is one number, hidden in both places
    or in none.
    """
    along = str(view.along)
    categories = view.counts[along].astype(str).unique()
    groups = {**view.subtotals, along: dict.fromkeys(categories, size[along])}
    return replace(view, name=f"as a group: {view.name}", subtotals=groups)


def _with_remainders(views: list[CountView]) -> list[CountView]:
    return [*views, *outside_groups(views), *remainders(views)]


def _named(view: CountView | MeanView) -> str:
    return view.name


def _layout(place: Place, view: CountView | MeanView, measure: str, window: str) -> Layout:
    along = view.along if isinstance(view, CountView) else None
    groups = view.subtotals.get(along or "", {}) if isinstance(view, CountView) else {}
    return Layout(
        table=place.table,
        view=place.view,
        separate=dict(place.separate),
        population=view.population,
        dimensions=view.dimensions,
        along=along,
        measure=measure,
        window=window,
        sensitive=view.sensitive,
        parent=dict(groups),
        size={**place.link.fixed, **place.link.size},
        partial=(place.link.pad,) if place.link.pad else (),
        spread=0.0 if isinstance(view, CountView) else spread_of(view),
        decimals=0 if isinstance(view, CountView) else view.decimals,
    )


def _window(frames: Sequence[pd.DataFrame]) -> str:
    """Name the years that a population's totals pool."""
    found = {str(year) for frame in frames if "year" in frame for year in frame["year"]}
    if not found:
        return ""
    first, last = min(found), max(found)
    return first if first == last else f"{first}-{last}"


def _in_system(public: Mapping[Cell, int], window: str) -> dict[Cell, int]:
    """Name published cells as the system does: what the window pools is summed over."""
    return {
        frozenset(part for part in cell if part != ("year", window)): count
        for cell, count in public.items()
    }


def _sizes(view: MeanView, place: Place) -> CountView:
    """Return the groups' sizes, which are counts of the same pupils."""
    frame = text_cells(view.means, view.dimensions)
    counts = frame[list(view.dimensions)].assign(count=frame["n"].astype("int64"))
    return CountView(
        view.name,
        view.population,
        view.dimensions,
        counts,
        sensitive=view.sensitive,
        fixed=place.link.fixed,
    )


def _without_elsewhere(frame: pd.DataFrame) -> pd.DataFrame:
    labels = frame.drop(columns=["count", "status"])
    return frame[~(labels == ELSEWHERE).any(axis=1)].reset_index(drop=True)
