"""Tell which public exports an edition has, from when, and which ones it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording
from tilstand.report.numbers import Value
from tilstand.report.page.tables import Column
from tilstand.sources.edition_figures import edition_files
from tilstand.sources.incoming import incoming_files
from tilstand.sources.wanted import wanted_files

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

WORDS: dict[str, dict[str, str]] = {
    "file": {"nb": "Uttrekk", "en": "Export"},
    "downloaded": {"nb": "Lastet ned", "en": "Downloaded"},
    "days": {"nb": "Dager før utgavens dato", "en": "Days before the edition’s date"},
    "unknown": {"nb": "ikke oppgitt", "en": "not stated"},
    "units": {"nb": "Enheter", "en": "Units"},
    "figures": {"nb": "Tall", "en": "Figures"},
    "suppressed": {"nb": "Skjult, prosent", "en": "Suppressed, per cent"},
    "years": {"nb": "Skoleår som mangler", "en": "School years missing"},
    "need": {"nb": "Trengs", "en": "Needed"},
    "required": {"nb": "ja", "en": "yes"},
    "optional": {"nb": "fyller flere kapitler", "en": "fills more chapters"},
}


def _word(key: str, language: str) -> str:
    return WORDS[key][language]


def held(page: Page) -> tuple[pd.DataFrame, list[Column]]:
    """List the exports that the edition has.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    frame : pandas.DataFrame
        One row an export, grade and year; empty where the edition has none.
    columns : list of Column
        What to show of it.
    """
    files = edition_files(page.project, page.register, page.edition.name)
    language = page.language
    names = _form_names(page)
    labels = [
        ", ".join(
            part
            for part in (
                wording.sentence(names[row["form"]]),
                wording.grade_name(row["grade"], language),
                row["school_year"],
            )
            if part
        )
        for row in files.to_dict("records")
    ]
    dates = pd.to_datetime(files["downloaded"])
    days = (pd.Timestamp(page.edition.date) - dates).dt.days if len(files) else dates
    frame = files.assign(label=labels, days=days, percent=100 * files["suppressed"])
    columns = [
        Column("label", _word("file", language)),
        Column("downloaded", _word("downloaded", language), absent=_word("unknown", language)),
        Column("days", _word("days", language), 0, absent="–"),
        Column("units", _word("units", language), 0),
        Column("figures", _word("figures", language), 0),
        Column("percent", _word("suppressed", language), 0),
    ]
    return frame.drop(columns=["source"]), columns


def lacking(page: Page) -> tuple[pd.DataFrame, list[Column]]:
    """List the exports that the edition wants and lacks, one row a kind.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    frame : pandas.DataFrame
        Kind, school years and whether chapters need it; empty where nothing lacks and where the
        edition is not one of exports at all.
    columns : list of Column
        What to show of it.
    """
    language = page.language
    columns = [
        Column("label", _word("file", language)),
        Column("years", _word("years", language)),
        Column("need", _word("need", language)),
    ]
    rows: dict[str, dict[str, str]] = {}
    there = edition_files(page.project, page.register, page.edition.name)
    exports = bool(incoming_files(page.project, page.edition.name))
    for wish in wanted_files(page.project, page.register, page.year) if exports else []:
        same = (there["form"] == wish.form) & (there["year"] == wish.year)
        if (same & ((there["grade"] == wish.grade) | (wish.grade == ""))).any():
            continue
        need = _word("required" if wish.required else "optional", language)
        row = rows.setdefault(wish.title[language], {"years": "", "need": need})
        row["years"] = ", ".join(part for part in (row["years"], wish.school_year) if part)
    frame = pd.DataFrame([{"label": label, **row} for label, row in rows.items()])
    return frame, columns


def counts(page: Page) -> dict[str, Value]:
    """Count what the edition has from public statistics.

    Returns
    -------
    dict
        ``files`` (exports), ``public`` (figures in them) and ``lacking`` (kinds of files),
        missing where there are none.
    """
    files = edition_files(page.project, page.register, page.edition.name)
    numbers = {
        "files": files["file"].nunique(),
        "public": int(files["figures"].sum()),
        "lacking": len(lacking(page)[0]),
    }
    return {name: Value(n or None, recipe="count of rows") for name, n in numbers.items()}


def _form_names(page: Page) -> dict[str, str]:
    path = page.project.register / "exports" / "forms.csv"
    forms = pd.read_csv(path, dtype=str, keep_default_na=False)
    return dict(zip(forms["form"], forms[f"name_{page.language}"], strict=True))
