"""Show where the sources disagree: every value, and why it may be so."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.report import wording
from tilstand.report.numbers import write_number
from tilstand.report.page import blocks, documents
from tilstand.report.series import settle

if TYPE_CHECKING:
    from tilstand.register import Register

WORDS: dict[str, dict[str, str]] = {
    "no_figure": {"nb": "Gjelder ikke et tall", "en": "Not about a figure"},
    "used": {"nb": "ja", "en": "yes"},
    "used_inferred": {"nb": "ja, utledet", "en": "yes, inferred"},
    "unused": {"nb": "nei", "en": "no"},
    "values_differ": {"nb": "To ulike verdier", "en": "Two different values"},
    "parts_do_not_sum": {
        "nb": "Deler som ikke går opp",
        "en": "Parts that do not add up",
    },
    "label": {"nb": "Navn eller tekst som ikke passer", "en": "Names or text that do not fit"},
    "unclear": {"nb": "Uklart hva tallet gjelder", "en": "Unclear what the figure covers"},
}


def _word(key: str, language: str) -> str:
    return WORDS[key][language]


def contested(figures: pd.DataFrame, register: Register, language: str) -> pd.DataFrame:
    """Put every value of a disputed measure side by side.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    register : Register
        Names measures, categories and documents.
    language : {"nb", "en"}
        Language of the words.

    Returns
    -------
    pandas.DataFrame
        ``label`` with the year, ``value`` as written on a page, ``number``, ``where`` and
        ``used``: one row a value, the one that the book uses first within its measure.
    """
    keys = list(contracts.MEASURE_KEY)
    disputed = figures.loc[figures["mark"].str.startswith("contested"), keys].drop_duplicates()
    rows = figures[figures["indicator"].isin(disputed["indicator"]) & figures["value"].notna()]
    rows = rows.merge(disputed, on=keys)
    chosen = settle(rows)[[*keys, "value"]].rename(columns={"value": "chosen"})
    rows = rows.merge(chosen, on=keys, how="left")
    used = rows["value"] == rows["chosen"]
    rows = rows.assign(_used=used).sort_values([*keys, "_used"], ascending=[True] * 8 + [False])
    return pd.DataFrame(
        [
            {
                "label": _measure_label(row, register, language),
                "value": _with_unit(row, register, language),
                "number": row["value"],
                "where": documents.place_in(row["source"], row["section"], register, language),
                "used": _use(row, language),
            }
            for row in rows.to_dict("records")
        ],
        columns=["label", "value", "number", "where", "used"],
    )


def _measure_label(row: dict, register: Register, language: str) -> str:
    parts = [
        register.indicators[row["indicator"]].name[language],
        wording.grade_name(row["grade"], language),
        register.category_label(row["subject"], language),
        register.category_label(row["category"], language),
        str(row["year"]),
    ]
    return wording.sentence(", ".join(part for part in parts if part))


def _with_unit(row: dict, register: Register, language: str) -> str:
    unit = register.indicators[row["indicator"]].unit
    written = write_number(row["value"], len(row["printed"].partition(".")[2]), language)
    return written if unit == "count" else f"{written} {wording.unit_word(unit, language)}"


def _use(row: dict, language: str) -> str:
    if not row["_used"]:
        return _word("unused", language)
    return _word("used_inferred" if row["mark"] == "inferred" else "used", language)


def explanations(found: pd.DataFrame, register: Register, language: str) -> str:
    """Write why the sources disagree, one fold for each kind of disagreement.

    Parameters
    ----------
    found : pandas.DataFrame
        Rows of the contradiction files that the edition knows.
    register : Register
        Names measures and documents.
    language : {"nb", "en"}
        Language of the text.

    Returns
    -------
    str
        HTML; the latest documents first within a fold; empty when there is nothing to explain.
    """
    years = dict(zip(register.sources["source"], register.sources["data_year"], strict=True))
    latest = found["source"].map(lambda cell: max(years[name] for name in cell.split(";")))
    ordered = found.assign(_latest=latest).sort_values("_latest", ascending=False, kind="stable")
    folds = []
    for kind in contracts.CONTRADICTION_KINDS:
        rows = ordered[ordered["kind"] == kind].to_dict("records")
        items = "".join(_explanation(row, register, language) for row in rows)
        if rows:
            folds.append(
                blocks.fold(
                    _word(kind, language), len(rows), f'<dl class="statements">{items}</dl>'
                )
            )
    return "".join(folds)


def _explanation(row: dict, register: Register, language: str) -> str:
    code = row["indicator"]
    name = register.indicators[code].name[language] if code else _word("no_figure", language)
    where = documents.place_in(row["source"], row["section"], register, language)
    return (
        f"<dt>{escape(wording.sentence(name))}, {row['year']}</dt>"
        f"<dd>{escape(row[f'explanation_{language}'])} "
        f'<span class="where">({escape(where)})</span></dd>'
    )
