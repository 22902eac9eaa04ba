"""Lay out the measures that an edition has figures for, and the breaks in their series."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.alphabet import by_name
from tilstand.register import read_text_table
from tilstand.report import wording
from tilstand.report.page import exhibits
from tilstand.report.page.blocks import fold
from tilstand.report.page.exhibits import Exhibit
from tilstand.safe_text import csv_of

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

# An origin with fewer measures than this shares a fold with others of its kind.
OWN_FOLD = 3

WORDS: dict[str, dict[str, str]] = {
    "applies_to": {"nb": "Gjelder", "en": "Applies to"},
    "definition": {"nb": "Hva det teller", "en": "What it counts"},
    "measure": {"nb": "Mål", "en": "Measure"},
    "origin": {"nb": "Opphav", "en": "Origin"},
    "other_origins": {"nb": "andre opphav", "en": "other origins"},
    "years": {"nb": "År med tall", "en": "Years with figures"},
}


def word(key: str, language: str) -> str:
    """Look up a word of this module."""
    return WORDS[key][language]


def show(made: str | Exhibit) -> None:
    """Show a block or a table; nothing when it is empty, so that the page can say so."""
    if isinstance(made, Exhibit) and made.table:
        exhibits.show(made)
    elif isinstance(made, str) and made:
        exhibits.show_block(made)


def load_origins(project: Project) -> pd.DataFrame:
    """Load what the makers of the figures are called in each language."""
    return read_text_table(project.register / "origins.csv", contracts.ORIGIN_COLUMNS)


def measures(
    figures: pd.DataFrame, register: Register, origins: pd.DataFrame, language: str
) -> pd.DataFrame:
    """List the measures that an edition has figures for.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    register : Register
        Holds the catalogue.
    origins : pandas.DataFrame
        As `load_origins` gives them.
    language : {"nb", "en"}
        Language of names and definitions.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``unit``, ``years``, ``definition``, ``origin`` and ``indicator``, sorted by
        the label; years are those in which some place has a value.
    """
    names = dict(zip(origins["origin"], origins[f"name_{language}"], strict=True))
    with_value = figures["status"].isin(contracts.STATUSES_WITH_VALUE)
    known = figures.loc[with_value, ["indicator", "year"]].drop_duplicates()
    years = known.groupby("indicator")["year"].agg(lambda column: year_spans(set(column)))
    rows = []
    for code in figures["indicator"].unique():
        entry = register.indicators[code]
        rows.append(
            {
                "label": wording.sentence(entry.name[language]),
                "unit": wording.unit_word(entry.unit, language),
                "years": years.get(code, ""),
                "definition": entry.definition[language],
                "origin": names.get(entry.origin, entry.origin),
                "indicator": code,
            }
        )
    columns = ["label", "unit", "years", "definition", "origin", "indicator"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        "label", key=lambda labels: labels.map(by_name), ignore_index=True
    )


def year_spans(years: set[int]) -> str:
    """Write years with unbroken runs drawn together: "2002, 2015--2020" with an en dash."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(
        str(first) if first == last else f"{first}\N{EN DASH}{last}" for first, last in spans
    )


def measures_exhibit(
    listed: pd.DataFrame, name: str, title: str, source: str, language: str
) -> Exhibit:
    """Make the catalogue's table: one fold for each origin, and one download for all.

    Parameters
    ----------
    listed : pandas.DataFrame
        As `measures` gives it.
    name : str
        Anchor and file name.
    title : str
        What the table holds.
    source : str
        Source line.
    language : {"nb", "en"}
        Language of the headers.

    Returns
    -------
    Exhibit
        A table with the folds in the order of their size.
    """
    sizes = listed["origin"].value_counts()
    shared = word("other_origins", language)
    # A single small origin has no others to share a fold with.
    alone = (sizes < OWN_FOLD).sum() == 1
    group = listed["origin"].where((listed["origin"].map(sizes) >= OWN_FOLD) | alone, shared)
    order = sorted(
        set(group), key=lambda origin: (origin == shared, -(group == origin).sum(), origin)
    )
    folds = [
        fold(
            wording.sentence(origin),
            int((group == origin).sum()),
            _measure_table(
                listed[group == origin], wording.sentence(origin), origin == shared, language
            ),
        )
        for origin in order
    ]
    headers = {
        "label": word("measure", language),
        "unit": wording.word("unit", language),
        "years": word("years", language),
        "definition": word("definition", language),
        "origin": word("origin", language),
    }
    csv = csv_of(listed[list(headers)].rename(columns=headers))
    return Exhibit("table", name, title, "", source, "".join(folds), csv)


def _measure_table(rows: pd.DataFrame, caption: str, show_origin: bool, language: str) -> str:  # noqa: FBT001
    lines = []
    for row in rows.to_dict("records"):
        below = [row["unit"], row["years"], *([row["origin"]] if show_origin else [])]
        note = " · ".join(escape(part) for part in below if part)
        lines.append(
            f'<tr><th scope="row">{escape(row["label"])}<br><span class="where">{note}</span></th>'
            f"<td>{escape(row['definition'])}</td></tr>"
        )
    head = "".join(
        f'<th scope="col">{word(key, language)}</th>' for key in ("measure", "definition")
    )
    return (
        f'<div class="tablewrap"><table class="measures"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def breaks(figures: pd.DataFrame, register: Register, language: str) -> pd.DataFrame:
    """List the breaks in the series that an edition has figures for, oldest first.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    register : Register
        Knows the breaks and which measures they break.
    language : {"nb", "en"}
        Language of names and reasons.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``first``, ``last`` (blank when lasting), ``reason`` and ``measures``.
    """
    used: dict[str, list[str]] = {}
    for code in figures["indicator"].unique():
        entry = register.indicators[code]
        for broken in entry.breaks:
            used.setdefault(broken, []).append(entry.name[language])
    found = register.breaks[register.breaks["break"].isin(used)]
    return pd.DataFrame(
        {
            "name": found[f"name_{language}"],
            "first": found["year"],
            "last": found["last_year"],
            "reason": found[f"reason_{language}"],
            "measures": ["; ".join(sorted(used[code])) for code in found["break"]],
        }
    ).sort_values(["first", "last"], ignore_index=True)


def break_list(found: pd.DataFrame, language: str) -> str:
    """Write breaks as a description list: year and name, the reason, the measures it breaks."""
    items = []
    for row in found.to_dict("records"):
        years = "\N{EN DASH}".join(year for year in (row["first"], row["last"]) if year)
        items.append(
            f"<dt>{years}: {escape(row['name'])}</dt><dd>{escape(row['reason'])} "
            f'<span class="where">{word("applies_to", language)}: '
            f"{escape(row['measures'])}.</span></dd>"
        )
    return f'<dl class="statements">{"".join(items)}</dl>' if items else ""
