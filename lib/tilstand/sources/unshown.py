"""Say which figures of an edition no chapter shows, and why; and which measures it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.sources.declared import CROSSED, PARTS, part_of
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from collections.abc import Collection

    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.declared import Declared

GROUP = ["source", "indicator", "level", "unit", "place", "grade", "gender", "subject", "category"]
REASONS = {
    "unknown": "no chapter has the indicator; add it to data/register/shown.csv",
    "place": "they are neither the municipality nor its comparators, which the edition file names",
    "schools": "chapter {chapter} does not show it school by school",
    "school_sexes": "schools are shown for girls and boys together",
    "crossed": "chapter {chapter} shows it by one dimension at a time, not by two",
    "beside": "chapter {chapter} shows it of the municipality and the country only",
    "hidden": "all of it is hidden or missing",
}


def told_sources(project: Project) -> set[str]:
    """List the documents that chapters retell word by word: those with statements.

    Their figures stand in prose of their own, which the tests of the results hold.
    """
    found = load_statements(project, "", contracts.STATEMENT_COLUMNS)["source"]
    return {code for codes in found for code in str(codes).split(";")}


def open_figures(project: Project, figures: pd.DataFrame) -> pd.DataFrame:
    """Keep the figures that chapters take as they come: exports, fetched ones, local ones."""
    return figures[~figures["source"].isin(told_sources(project))]


def unshown(
    figures: pd.DataFrame,
    declared: list[Declared],
    places: Collection[str],
    schools: Collection[str],
) -> pd.DataFrame:
    """List the figures that no chapter shows.

    Parameters
    ----------
    figures : pandas.DataFrame
        As `open_figures` keeps them.
    declared : list of Declared
        What chapters show.
    places : collection of str
        The municipality and its comparators, as places over time.
    schools : collection of str
        Codes of the municipality's schools.

    Returns
    -------
    pandas.DataFrame
        One row a source, unit and breakdown: the columns of `GROUP`, ``years`` and ``reason``.
    """
    known: dict[object, Declared] = {one.indicator: one for one in declared}
    valued = figures["status"].isin(contracts.STATUSES_WITH_VALUE)
    told = figures.assign(part=part_of(figures), valued=valued)
    rows = []
    for keys, group in told.groupby(GROUP, sort=True, dropna=False):
        row: dict[str, object] = dict(zip(GROUP, keys, strict=True))
        one = known.get(row["indicator"])
        row["part"], row["valued"] = group["part"].iloc[0], bool(group["valued"].any())
        reason = _reason(row, one, places, schools)
        if reason:
            chapter = one.chapter if one else ""
            years = ", ".join(str(year) for year in sorted(set(group["year"])))
            rows.append({**row, "years": years, "reason": REASONS[reason].format(chapter=chapter)})
    return pd.DataFrame(rows, columns=[*GROUP, "years", "reason"])


def _reason(
    row: dict[str, object],
    one: Declared | None,
    places: Collection[str],
    schools: Collection[str],
) -> str:
    if one is None:
        return "unknown"
    if row["level"] == "school":
        if row["unit"] not in schools:
            return "place"
        if not one.schools:
            return "schools"
        # A hidden school stands in the table of schools as hidden.
        return "school_sexes" if row["gender"] else ""
    if row["place"] not in places:
        return "place"
    if one.beside and row["level"] not in ("municipality", *one.beside):
        return "beside"
    if row["part"] == CROSSED and not _across(row, one):
        return "crossed"
    return "" if row["valued"] else "hidden"


def _across(row: dict[str, object], one: Declared) -> bool:
    """Tell whether the chapter shows two dimensions of a measure across each other."""
    crossed = frozenset(name for name in PARTS if row[name])
    if one.form == "line":
        return True
    paired = len(crossed) == 2 and "gender" in crossed and one.form == "chart"
    return paired or crossed in one.crossed


def measure_lines(
    register: Register, figures: pd.DataFrame, declared: list[Declared], place: str
) -> pd.DataFrame:
    """Tell of every measure that a chapter can show whether the edition has it.

    Parameters
    ----------
    register : Register
        Names the indicators and sources.
    figures : pandas.DataFrame
        All figures of the edition.
    declared : list of Declared
        What chapters show.
    place : str
        The municipality's place over time.

    Returns
    -------
    pandas.DataFrame
        ``chapter``, ``indicator``, ``name_nb``, ``name_en``, ``there`` (bool), ``breakdown``
        (grades and parts), ``years``, ``source`` (where it comes from, or would), ``names`` (for
        own words), ``schools`` (how many have a value), ``above`` (years that only county and
        country have).
    """
    valued = figures[figures["status"].isin(contracts.STATUSES_WITH_VALUE)]
    by_indicator = dict(iter(valued.groupby("indicator", sort=False)))
    rows = []
    for one in declared:
        found = by_indicator.get(one.indicator, valued.iloc[:0])
        own = found[found["place"] == place]
        newest = own[own["year"] >= own["year"].max() - 1] if len(own) else own
        names = register.indicators[one.indicator].name
        above = found if own.empty else found.iloc[:0]
        rows.append(
            {
                "chapter": one.chapter,
                "indicator": one.indicator,
                "name_nb": names["nb"],
                "name_en": names["en"],
                "there": not own.empty,
                "breakdown": _breakdown(newest, one),
                "years": _years(own),
                "source": ", ".join(dict.fromkeys(own["source"])) or one.origin,
                "above": _years(above[above["level"].isin(("nation", "county"))]),
                "names": _names(newest, one),
                "schools": found.loc[found["level"] == "school", "unit"].nunique(),
            }
        )
    return pd.DataFrame(rows)


def _breakdown(own: pd.DataFrame, one: Declared) -> str:
    if own.empty:
        return ""
    grades = [f"grade {grade}" for grade in one.preferred(own) if grade]
    parts = [name for name in ("gender", "subject", "category") if (own[name] != "").any()]
    return ", ".join([*grades, *(f"by {name}" for name in parts)]) or "in total"


def _names(own: pd.DataFrame, one: Declared) -> str:
    """Name up to three of its numbers as own words do: ``{{ tall.bullied_share.10 }}``."""
    if own.empty:
        return ""
    kept = own[own["grade"].isin(one.preferred(own))]
    dimensions = ["grade", "gender", "subject", "category"]
    parts = kept[dimensions].drop_duplicates().head(3).to_numpy().tolist()
    return " ".join(
        f"{{{{ {'.'.join(['tall', one.indicator, *filter(None, part)])} }}}}" for part in parts
    )


def _years(own: pd.DataFrame) -> str:
    years = sorted(set(own["year"]))
    if not years:
        return ""
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
