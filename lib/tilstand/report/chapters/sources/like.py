"""Print which municipalities ours is held against as most like it, and by what rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.report import wording
from tilstand.report.numbers import Value, computed
from tilstand.report.page.tables import Column
from tilstand.report.series import row_ref
from tilstand.sources.like_towns import ENOUGH, LIKE, TESTS, most_like

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page


def like_towns(page: Page) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Find the municipalities, where the edition asks for them.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    towns : DataFrame
        As `most_like` has them, with ``label``; empty where the edition does not ask or its
        exports are not of the whole country.
    said : dict
        ``like_towns`` (how many), ``like_enough`` (of how many a measure has to be known),
        ``like_grade`` (in words) and ``like_asked`` (our name, where the edition asks in vain).
    """
    asked = LIKE in page.edition.comparators
    towns = most_like(page.figures, page.place)
    towns = towns if asked else towns.head(0)
    labels = [page.register.name(place, page.year, page.language) for place in towns["place"]]
    tests = page.figures[
        (page.figures["indicator"] == TESTS) & (page.figures["place"] == page.place)
    ]
    rests = Value(0, refs=tuple(row_ref(row) for row in tests.to_dict("records")))
    grade = wording.grade_name(towns["grade"].iloc[0], page.language) if len(towns) else ""
    return towns.assign(label=labels), {
        "like_towns": computed(len(towns) or None, rests, decimals=0, recipe="count of rows"),
        "like_enough": Value(ENOUGH, recipe="rule") if len(towns) else Value(None),
        "like_grade": grade,
        "like_asked": page.name if asked and towns.empty else "",
    }


def show_like(page: Page, towns: pd.DataFrame) -> None:
    """Show them, nearest first, with the two numbers that the rule is about."""
    page.table(
        towns,
        [
            Column("label", page.pick(nb="Kommune", en="Municipality")),
            Column(
                "pupils", page.pick(nb="Elever som tok prøven", en="Pupils who sat the test"), 0
            ),
            Column("points", page.pick(nb="Skalapoeng", en="Scale points"), 1),
            Column("distance", page.pick(nb="Avstand", en="Distance"), 2),
        ],
        name="lignende",
        sortable=True,
        title=page.pick(
            nb=f"Kommunene som ligner mest på {page.name}",
            en=f"The municipalities most like {page.name}",
        ),
        source=page.pick(
            nb="Kilde: Utdanningsdirektoratet, nasjonale prøver. Egne beregninger.",
            en="Source: the Directorate for Education, national tests. Our computations.",
        ),
    )
