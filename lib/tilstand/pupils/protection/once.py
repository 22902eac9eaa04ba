"""Protect tables once: the same ones are taken from where they were kept before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from tilstand.analysis.table_forms import PupilTables
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.book import views_of
from tilstand.pupils.protection.protect import Before, Public, protect
from tilstand.pupils.protection.protected import Protected
from tilstand.pupils.protection.tables import CountView, MeanView, text_cells
from tilstand.store import kept


def protect_once(
    folder: Path,
    tables: PupilTables,
    rules: DisclosureRules,
    *,
    public: Public | None = None,
    before: Sequence[Before] = (),
    jobs: int = 1,
) -> Protected:
    """Protect tables, or take them from the store.

    Parameters
    ----------
    folder : Path
        The store's, under ``.build``, which is never published. What is kept there is what may be
        shown and nothing else.
    tables : PupilTables
        As for `protect`.
    rules : DisclosureRules
        As for `protect`.
    public : mapping, optional
        As for `protect`.
    before : sequence of (PupilTables, Protected)
        As for `protect`.
    jobs : int
        As for `protect`.

    Returns
    -------
    Protected
        What pages may open.

    Raises
    ------
    DataError
        As `protect` does.
    """
    return kept(
        folder,
        "protected",
        __name__,
        lambda: protect(tables, rules, public=public, before=before, jobs=jobs),
        rests_on(tables, rules, public or {}, before),
    )


def rests_on(
    tables: PupilTables,
    rules: DisclosureRules,
    public: Public | None = None,
    before: Sequence[Before] = (),
) -> list[Any]:
    """List everything that a protected table depends on, in an order of its own.

    Parameters
    ----------
    tables, rules, public, before
        As for `protect`. The order of tables and rows makes no difference.

    Returns
    -------
    list
        Texts and lists of them.
    """
    counts, means, _ = views_of(tables)
    views: list[CountView | MeanView] = [*counts, *means]
    said: list[Any] = [json.dumps(asdict(rules))]
    for view in sorted(views, key=lambda one: one.name):
        frame = view.counts if isinstance(view, CountView) else view.means
        names = [one.name for one in fields(view) if one.name not in ("counts", "means")]
        about = {name: getattr(view, name) for name in names}
        text = text_cells(frame, view.dimensions)
        said += [json.dumps(about, sort_keys=True), text.to_csv(index=False, float_format="%.9g")]
    for population, cells in sorted((public or {}).items()):
        known = sorted((sorted(cell), count) for cell, count in cells.items())
        said.append(json.dumps([population, known]))
    for earlier, published in before:
        said += [rests_on(earlier, published.rules), published.to_json()]
    return said
