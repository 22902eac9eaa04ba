"""Show what Statistics Norway's tables hold beside the municipality, and the tables themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.open.told import declared_of
from tilstand.report.page.across import source_of
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.sources.edition_figures import fetched_tables

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

PLACES, NONE = "places", "–"
ANSWERS = "pupil_survey_answer_share"


def tables(page: Page) -> tuple[pd.DataFrame, list[Column]]:
    """List the tables that were fetched for the edition.

    Parameters
    ----------
    page : Page
        The open page.

    Returns
    -------
    frame : pandas.DataFrame
        Title, day of the last change, state of the newest year and the service's own notes.
    columns : list of Column
        What to show of it.
    """
    pick = page.pick
    early, final = pick(nb="foreløpige", en="provisional"), pick(nb="endelige", en="final")
    found = fetched_tables(page.project, page.register, page.edition.name)
    frame = pd.DataFrame(
        {
            "label": found["title"],
            "updated": found["updated"],
            "state": found["provisional"].map({True: early, False: final}),
            "notes": found["notes"].where(found["notes"] != "", NONE),
        }
    )
    columns = [
        Column("label", pick(nb="Tabell", en="Table")),
        Column("updated", pick(nb="Sist endret", en="Last changed")),
        Column("state", pick(nb="Tall", en="Figures")),
        Column("notes", pick(nb="Merknader fra SSB", en="Notes of Statistics Norway")),
    ]
    return frame, columns


def around(page: Page, *indicators: str) -> pd.DataFrame:
    """Pick the newest figures of country and county of measures that no municipality has.

    Parameters
    ----------
    page : Page
        The open page.
    *indicators : str
        Codes of the catalogue.

    Returns
    -------
    pandas.DataFrame
        One row a measure and breakdown; empty where the municipality has a figure of its own
        from the same source, and where nothing was fetched.
    """
    county = wording.sentence(page.register.name(_county(page), page.year, page.language))
    rows = []
    for indicator in indicators:
        mine = page.every(indicator)
        mine = mine[mine["source"].str.startswith("ssb-") & mine["value"].notna()]
        if mine.empty or (mine["place"] == page.place).any():
            continue
        newest = mine[mine["year"] == mine["year"].max()]
        keys = ["grade", "gender", "subject", "category"]
        for _, group in newest.groupby(keys, sort=False):
            one = {str(name): value for name, value in group.iloc[0].items()}
            values = dict(zip(group["place"], group["value"], strict=True))
            rows.append(
                {
                    "label": label_of_measure(one, page.register, page.language),
                    "year": str(one["year"]),
                    "nation": float(values.get("norge", float("nan"))),
                    "county": float(values.get(_county(page), float("nan"))),
                    "places": len(str(one["printed"]).partition(".")[2]),
                    "unit": wording.unit_word(
                        page.register.indicators[indicator].unit, page.language
                    ),
                    "indicator": indicator,
                }
            )
    return pd.DataFrame(rows).assign(county_name=county) if rows else pd.DataFrame()


def _county(page: Page) -> str:
    county = str(page.register.unit(page.edition.municipality, page.year)["county"])
    return str(page.register.unit(county, page.year)["place"]) if county else "norge"


def show_around(page: Page, name: str, *indicators: str) -> None:
    """Show country and county of measures that no municipality has; nothing without them."""
    found = around(page, *indicators)
    if found.empty:
        return
    pick = page.pick
    with_county = found["county"].notna().any()
    columns = [
        Column("label", pick(nb="Mål", en="Measure")),
        Column("year", pick(nb="År", en="Year")),
        *(
            [Column("county", str(found["county_name"].iloc[0]), PLACES, absent=NONE)]
            if with_county
            else []
        ),
        Column("nation", pick(nb="Landet", en="The country"), PLACES, absent=NONE),
        Column("unit", wording.word("unit", page.language)),
    ]
    shown = page.figures[page.figures["indicator"].isin(set(found["indicator"]))]
    page.table(
        found,
        columns,
        name=name,
        title=pick(
            nb="Tall som bare finnes for fylke og land",
            en="Figures that there are of county and country only",
        ),
        source=source_of(page, shown[shown["source"].str.startswith("ssb-")].tail(1)),
    )


def show_answers(page: Page) -> None:
    """Show how pupils spread over the answers, a table a theme; nothing where none was fetched."""
    rows = page.every(ANSWERS)
    rows = rows[rows["place"].isin([page.place, "norge"]) & rows["value"].notna()]
    themes = rows["category"].str.split("/").str[0]
    for theme in sorted(set(themes[rows["place"] == page.place])):
        _theme(page, theme, rows[themes == theme])


def _theme(page: Page, theme: str, rows: pd.DataFrame) -> None:
    own = rows[rows["place"] == page.place]
    grades = declared_of(page, ANSWERS).preferred(own)
    newest = rows[(rows["year"] == own["year"].max()) & rows["grade"].isin(grades)]
    columns = [Column("label", page.pick(nb="Svar", en="Answer"))]
    lines: dict[str, dict[str, float | str]] = {}
    for (grade, place), group in newest.groupby(["grade", "place"], sort=False):
        where = page.name if place == page.place else page.pick(nb="landet", en="Norway")
        key = f"{place}-{grade}"
        heading = f"{where}, {wording.grade_name(str(grade), page.language)}"
        columns.append(Column(key, heading, 1, absent=NONE))
        for row in group.to_dict("records"):
            answer = str(row["category"]).partition("/")[2]
            label = page.register.category_label(answer, page.language)
            lines.setdefault(answer, {"label": label})[key] = float(row["value"])
    named = wording.sentence(page.register.category_label(theme, page.language))
    page.table(
        pd.DataFrame([lines[answer] for answer in sorted(lines)]),
        columns,
        name=f"eu-svar-{theme.removeprefix('survey_').replace('_', '-')}",
        title=page.pick(nb=f"{named}: svar i prosent", en=f"{named}: answers in per cent"),
        source=source_of(page, newest.tail(1)),
    )
