"""Tell the attack what the cells of protected tables hang together by, and no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import pandas as pd

from tilstand.disclosure.cells import TOTAL
from tilstand.disclosure.site.outline import Limits, Outline
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.earlier import YEAR
from tilstand.pupils.protection.nested import YES
from tilstand.pupils.protection.protected import Layout, Protected


def limits_of(rules: DisclosureRules) -> Limits:
    """Return the rules as the attack knows them.

    Parameters
    ----------
    rules : DisclosureRules
        The edition's.

    Returns
    -------
    Limits
        What must not be given away.
    """
    names = Limits.__dataclass_fields__
    return Limits(**{name: value for name, value in asdict(rules).items() if name in names})


def outlines_of(
    protected: Protected | None, earlier: Sequence[Protected] = ()
) -> dict[str, Outline]:
    """Name what the tables of each population hang together by.

    Parameters
    ----------
    protected : Protected or None
        Its layouts are read, its numbers are not.
    earlier : sequence of Protected
        Other editions that readers have: what doubt they were held to.

    Returns
    -------
    dict of str to Outline
        By population, named as on pages.
    """
    outlines: dict[str, Outline] = {}
    if protected is None:
        return outlines
    for title, layout in protected.layouts.items():
        name = layout.population.replace(" ", "_")
        old = outlines.get(name, Outline())
        along = layout.along or ""
        measure = {layout.measure.replace(" ", "_"): layout}
        means = {} if layout.measure == "count" else measure
        said = [(d.replace(" ", "_"), category) for d, category in layout.size.items()]
        parents = {**old.parents.get(along, {}), **layout.parent}
        outlines[name] = Outline(
            parents={**old.parents, **({along: parents} if along else {})},
            partial=old.partial | set(layout.partial) | {d for d, c in said if c == YES},
            sensitive=old.sensitive | set(layout.sensitive),
            size={**old.size, **{key: one.size for key, one in means.items()}},
            spread={**old.spread, **{key: one.spread for key, one in means.items()}},
            decimals={**old.decimals, **{key: one.decimals for key, one in means.items()}},
            categories=_with_categories(old, layout, protected.frames.get(title)),
        )
    asked = _asked([*earlier, protected])
    return {name: replace(one, asked=asked.get(name, {})) for name, one in outlines.items()}


def _asked(editions: Sequence[Protected]) -> dict[str, dict[tuple[str, str], float]]:
    """Find the least spread that any edition tells of a year's means, by population."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for edition in editions:
        for title, layout in edition.layouts.items():
            if layout.measure == "count":
                continue
            labels = edition.frames.get(title)
            years = {layout.window}
            if labels is not None and YEAR in labels:
                years |= {str(year) for year in labels[YEAR]} - {TOTAL}
            mine = found.setdefault(layout.population.replace(" ", "_"), {})
            for year in years:
                key = layout.measure.replace(" ", "_"), year
                mine[key] = min(mine.get(key, layout.spread), layout.spread)
    return found


def _with_categories(
    outline: Outline, layout: Layout, labels: pd.DataFrame | None
) -> dict[str, frozenset[str]]:
    """Add a table's categories, as pages name them: a sum is whole only if all are there."""
    known = dict(outline.categories)
    if labels is None:
        return known
    for dimension in layout.dimensions:
        named = {str(label).replace(" ", "_") for label in labels[dimension]} - {TOTAL}
        known[dimension] = known.get(dimension, frozenset()) | named
    return known
