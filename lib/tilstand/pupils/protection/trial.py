"""Attack protected tables as soon as they are made, and keep what the attack could find out."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from tilstand.disclosure.site.audit import Findings, audit_site
from tilstand.disclosure.site.numbers import Said, cell_of_ref
from tilstand.pupils.protection.earlier import Cell
from tilstand.pupils.protection.outlines import limits_of, outlines_of
from tilstand.pupils.protection.protected import Protected

#: Tables of a later result less a slope times the earlier one.
SLOPED = ("adjusted",)


def attack_tables(
    protected: Protected,
    public: Mapping[str, Mapping[Cell, int]] | None = None,
    before: Sequence[Protected] = (),
) -> Findings:
    """Try to work out every hidden number from all that the tables show.

    The pages themselves are attacked before they are published
    (`tilstand.pipeline.outputs.audit`); this attack comes before there are any, so that the page
    on privacy can tell of it.

    Parameters
    ----------
    protected : Protected
        The tables with their blanks.
    public : mapping, optional
        Counts of these pupils that others have published, by population and cell.
    before : sequence of Protected
        Earlier editions on some of the same pupils.

    Returns
    -------
    Findings
        How many counts and means there are, how many are hidden, how many of those can be worked
        out, and the narrowest interval that is left around a count that may be small.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.3.1 (disclosure
    audit).
    """
    said = list(_said(protected))
    there = {one.population for one in said}
    for earlier in before:
        said += [one for one in _said(earlier, own=False) if one.population in there]
    known = {name.replace(" ", "_"): cells for name, cells in (public or {}).items()}
    said += [
        Said(population, "count", cell, float(count), 0, "what others have published")
        for population, cells in known.items()
        if population in there
        for cell, count in cells.items()
    ]
    return audit_site(said, limits_of(protected.rules), outlines_of(protected, before))


def _said(protected: Protected, *, own: bool = True) -> Iterator[Said]:
    """Say every number of the tables as a page that prints all of them would.

    Of another edition (not `own`) nothing is said of what rests on that edition's slope: with this
    one's the same pupils' mean is another number.
    """
    for table, view in sorted({(lay.table, lay.view) for lay in protected.layouts.values()}):
        where = f"{table} by {', '.join(view)}"
        # No reader has more decimals than pages print: means are rounded where they are made.
        decimals = max(
            lay.decimals
            for lay in protected.layouts.values()
            if (lay.table, lay.view) == (table, view)
        )
        for counted, opened in _opened(protected, table, view):
            for row in opened:
                if counted:
                    yield _one(row["ref"], row["count"], 0, where)
                    continue
                yield _one(row["n_ref"], row["n"], 0, where)
                if row["status"] != "empty" and (own or table not in SLOPED):
                    yield _one(row["ref"], row["value"], decimals, where)


def _opened(
    protected: Protected, table: str, view: tuple[str, ...]
) -> Iterator[tuple[bool, list[dict[Hashable, Any]]]]:
    kinds = {
        layout.measure == "count"
        for layout in protected.layouts.values()
        if (layout.table, layout.view) == (table, view)
    }
    for counted in sorted(kinds):
        opened = protected.counts(table, *view) if counted else protected.means(table, *view)
        yield counted, opened.to_dict("records")


def _one(ref: str, number: Any, decimals: int, where: str) -> Said:
    population, measure, cell = cell_of_ref(ref)
    known = None if not isinstance(number, int | float) or math.isnan(number) else number
    value = None if known is None else round(float(known), decimals)
    return Said(population, measure, cell, value, decimals, where)
