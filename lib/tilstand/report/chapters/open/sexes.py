"""Show girls beside boys in each subject or category: how far apart, how surely, and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.open.told import Told, declared_of, own_rows
from tilstand.report.page.across import source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.sources.declared import pairs_of_sexes

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

GIRLS, BOYS, NATION = "female", "male", "norge"


def has_sexes(page: Page, indicator: str) -> bool:
    """Tell whether the edition has a measure by sex in subjects or categories."""
    return bool(_pairs(page, indicator))


def show_sexes(page: Page, indicator: str) -> None:
    """Show the newest number of girls and of boys, one line a subject or category.

    Parameters
    ----------
    page : Page
        The open page.
    indicator : str
        Code of the catalogue, declared in ``data/register/shown.csv``.
    """
    pairs = _pairs(page, indicator)
    if not pairs:
        return
    pick = page.pick
    lines = [_line(page, *pair) for pair in pairs]
    frame = pd.DataFrame(lines)
    decimals = int(frame["decimals"].max())
    nation = wording.sentence(page.register.name(NATION, page.year, page.language))
    columns = [
        Column("label", wording.word("head_group", page.language)),
        Column("girls", pick(nb="Jenter", en="Girls"), decimals),
        Column("boys", pick(nb="Gutter", en="Boys"), decimals),
        Column("gap", pick(nb="Forskjell", en="Difference"), decimals, signed=True),
        Column("certainty", pick(nb="Hvor sikkert", en="How sure")),
    ]
    if frame["nation"].notna().any():
        columns.append(Column("nation", nation, decimals, signed=True, absent="–"))
    newest = pd.DataFrame([told.own.rows[-1] for pair in pairs for told in pair])
    name = label_of_measure(_where(indicator), page.register, page.language)
    page.table(
        frame,
        columns,
        name=f"open-{indicator.replace('_', '-')}-jenter-gutter",
        title=page.title(
            nb="{name}: jenter minus gutter i {place}",
            en="{name}: girls minus boys in {place}",
            name=name,
            place=page.name,
        ),
        source=source_of(page, newest),
    )


def _pairs(page: Page, indicator: str) -> list[tuple[Told, Told]]:
    """Open the series of girls and of boys that have a number of the same year."""
    declared = declared_of(page, indicator)
    rows = own_rows(page, indicator)
    rows = rows[pairs_of_sexes(rows)]
    rows = rows[rows["grade"].isin(declared.preferred(rows))] if len(rows) else rows
    keys = rows[["grade", "subject", "category"]].drop_duplicates().to_dict("records")
    found = []
    for key in keys:
        where = {str(name): str(value) for name, value in key.items()}
        girls, boys = (Told(page, declared, {**where, "gender": sex}) for sex in (GIRLS, BOYS))
        if not girls.now.missing and not boys.own.at(int(girls.now.year or 0)).missing:
            found.append((girls, boys))
    newest = max((int(girls.now.year or 0) for girls, _ in found), default=0)
    return [pair for pair in found if pair[0].now.year == newest]


def _line(page: Page, girls: Told, boys: Told) -> dict[str, Any]:
    year = int(girls.now.year or 0)
    value = boys.own.at(year)
    there = [girls.other(NATION), boys.at(NATION, year)]
    where = {name: text for name, text in girls.where.items() if name != "gender"}
    return {
        "label": _label(page, where),
        "girls": float(girls.now),
        "boys": float(value),
        "gap": float(girls.now) - float(value),
        "certainty": girls.certainty_word(girls.apart_from(boys)),
        "nation": float(there[0]) - float(there[1]),
        "decimals": max(girls.now.decimals, value.decimals),
    }


def _label(page: Page, where: dict[str, str]) -> str:
    """Name a line by its subject or category, and by its grade."""
    codes = [where["subject"], where["category"]]
    names = [page.register.category_label(code, page.language) for code in codes if code]
    return ", ".join(
        [wording.sentence(" ".join(names)), wording.grade_name(where["grade"], page.language)]
    ).rstrip(", ")


def _where(indicator: str) -> dict[str, str]:
    return {"indicator": indicator, **dict.fromkeys(["grade", "gender", "subject", "category"], "")}
