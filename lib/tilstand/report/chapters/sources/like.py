"""Print which municipalities ours is held against as like it, and by what rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.numbers import Value, computed
from tilstand.report.page.tables import Column
from tilstand.report.series import row_ref
from tilstand.sources.edition_figures import kostra_group
from tilstand.sources.kostra import KOSTRA
from tilstand.sources.like_towns import ENOUGH, LIKE, TESTS, most_like

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page.page import Page


def like_towns(page: Page) -> pd.DataFrame:
    """Find the municipalities, where the edition asks for them.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    DataFrame
        As `most_like` has them, with ``label``; empty where the edition does not ask or its
        exports are not of the whole country.
    """
    asked = LIKE in page.edition.comparators
    towns = most_like(page.every(TESTS) if asked else page.figures.head(0), page.place)
    labels = [page.register.name(place, page.year, page.language) for place in towns["place"]]
    return towns.assign(label=labels)


def like_words(page: Page, towns: pd.DataFrame) -> dict[str, Value]:
    """Say how many they are, of how many a measure has to be known, and by which grade's tests.

    Parameters
    ----------
    page : Page
        The page.
    towns : DataFrame
        As `like_towns` gives them.

    Returns
    -------
    dict of Value
        ``like_towns``, ``like_enough`` and ``like_grade``; missing without municipalities.
    """
    tests = page.near[(page.near["indicator"] == TESTS) & (page.near["place"] == page.place)]
    rests = Value(0, refs=tuple(row_ref(row) for row in tests.to_dict("records")))
    there = len(towns) > 0

    def number(value: float) -> Value:
        return computed(value if there else None, rests, decimals=0, recipe="like_towns")

    return {
        "like_towns": number(len(towns)),
        "like_enough": number(ENOUGH),
        "like_grade": number(float(towns["grade"].iloc[0]) if there else 0),
    }


def kostra_words(page: Page) -> dict[str, Value | str | None]:
    """Name the KOSTRA group, count its members and say how many of them need a number.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    dict
        ``kostra``, ``kostra_members`` and ``kostra_enough``; missing where the edition does not
        ask for its group, or nothing says which it is.
    """
    group = kostra_group(page.project, page.register, page.edition)
    name = page.register.unit(KOSTRA, page.year)[f"name_{page.language}"] if group else None
    counts = (len(group.members), group.enough) if group else (None, None)
    members, enough = (Value(one, recipe="count of rows") for one in counts)
    return {"kostra": name, "kostra_members": members, "kostra_enough": enough}


def lacking(page: Page, towns: pd.DataFrame) -> bool:
    """Tell whether the edition asks for the municipalities in vain."""
    return LIKE in page.edition.comparators and towns.empty


def show_like(page: Page, towns: pd.DataFrame) -> None:
    """Show them, if any, nearest first, with the two numbers that the rule is about."""
    if towns.empty:
        return
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
