"""Write an edition's numbers for other programs: all of them as a table, the measures as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tilstand import contracts
from tilstand.pipeline.outputs.excel import workbook
from tilstand.register import read_text_table
from tilstand.report import wording
from tilstand.safe_text import csv_of
from tilstand.sources.edition_figures import load_edition_figures
from tilstand.sources.published import load_statements
from tilstand.store import kept
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from tilstand.pipeline.sphinx.compile import Frame
    from tilstand.project import Project
    from tilstand.register import Register

NUMBERS = "tall"
STATEMENTS = "utsagn"
INDEX = "indikatorer.json"
COLUMNS_SAID = ("column", "name_nb", "name_en", "meaning_nb", "meaning_en")
IN_WORDS = {"nb": "i ord", "en": "in words"}
IN_UNITS = {"nb": "Måleenhet", "en": "Unit of measure"}
UNIT_SAID = {"nb": "Hva verdien er målt i.", "en": "What the value is measured in."}
#: Rows that are worth keeping from book to book.
MANY = 5_000
COLUMNS = ("place", *contracts.FIGURE_COLUMNS)


def write_dataset(
    project: Project,
    register: Register,
    frame: Frame,
    shown: dict[str, list[dict[str, str]]],
    folder: Path,
) -> None:
    """Write ``tall`` and ``utsagn`` as CSV and Excel, and ``indikatorer.json``.

    An export holds every school of the country: schools' numbers go along with the figures and
    tables that show them, not here.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        The catalogue of measures.
    frame : Frame
        The edition and its language.
    shown : dict
        Where each measure is shown, by its code, as `places_shown` gives it.
    folder : Path
        Gets the files.
    """
    numbers = numbers_of(project, register, frame.name, frame.language)
    folder.mkdir(parents=True, exist_ok=True)  # a book without figures has none yet
    title = f"{frame.municipality} {frame.edition}"
    said = load_statements(project, "", contracts.STATEMENT_COLUMNS)
    mine = {code for code, own in frame.documents.items() if own}
    said = said.loc[[set(cell.split(";")) <= mine for cell in said["source"]]]
    tables = [(NUMBERS, numbers.plain, numbers.in_words)]
    if not said.empty:
        text = csv_of(said, float_format="%.10g")
        tables.append((STATEMENTS, text, text))
    store = project.store if numbers.many else None
    for name, plain, text in tables:
        (folder / f"{name}.csv").write_text(plain, encoding="utf-8-sig")
        fields = numbers.fields if name == NUMBERS else ()
        book = workbook(text, [title], fields, frame.language, store)
        (folder / f"{name}.xlsx").write_bytes(book)
    index = {
        "edition": frame.edition,
        "municipality": frame.municipality,
        "language": frame.language,
        "licence": "CC-BY-4.0",
        "numbers": f"{NUMBERS}.csv",
        "indicators": [
            one | {"shown": shown.get(one["indicator"], [])} for one in numbers.indicators
        ],
    }
    text = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    (folder / INDEX).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Numbers:
    """Hold what an edition's files say of all its figures, the same for a country's municipalities.

    Parameters
    ----------
    plain, in_words : str
        CSV with codes alone, and with names beside them.
    fields : list of dict
        What the columns hold, as `workbook` takes it.
    indicators : list of dict
        What is said of each measure.
    many : bool
        Whether there are more than `MANY` rows.
    """

    plain: str
    in_words: str
    fields: list[dict[str, str]]
    indicators: list[dict[str, Any]]
    many: bool


def numbers_of(project: Project, register: Register, edition: str, language: str) -> Numbers:
    """Write what an edition's files say of all its figures, once for all copies of a project."""
    figures, fuller = load_edition_figures(project, register, edition)

    def write() -> Numbers:
        rows = figures.loc[figures["level"] != "school", list(COLUMNS)]
        valued = rows[rows["status"].isin(contracts.STATUSES_WITH_VALUE)]
        years = valued.groupby("indicator", sort=False)["year"].unique()
        codes = sorted(rows["indicator"].unique())
        described = [_described(code, fuller, years.get(code, [])) for code in codes]
        texts = _texts(project, fuller, rows, language)
        return Numbers(*texts, described, len(rows) > MANY)

    return once((__name__, project.country, edition, id(fuller), language), write)


def _texts(
    project: Project, register: Register, rows: pd.DataFrame, language: str
) -> tuple[str, str, list[dict[str, str]]]:
    """Write the figures as CSV, with codes alone and with names beside them, and their columns.

    Of a country they are the same for all its municipalities, and are kept in the store.
    """

    def make() -> tuple[str, str, list[dict[str, str]]]:
        named, fields = _in_words(project, register, rows, language)
        return csv_of(rows, float_format="%.10g"), csv_of(named, float_format="%.10g"), fields

    if len(rows) <= MANY:
        return make()
    known = [register.units, register.sources, register.categories]
    files = sorted(project.register.rglob("*.csv"))
    return kept(project.store, "dataset", __name__, make, rows, known, files, language)


def _in_words(
    project: Project, register: Register, rows: pd.DataFrame, language: str
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Set names beside codes, and say of every column what it holds."""
    columns = read_text_table(project.register / "columns.csv", COLUMNS_SAID)
    said = {row["column"]: row for row in columns.to_dict("records")}
    indicators = register.indicators

    def category(code: str) -> str:
        return register.category_label(code, language) if code else ""

    words: dict[str, Any] = {
        "place": [
            # A unit that the register does not know has a code and no name.
            register.name(place, int(year), language) if place else ""
            for place, year in zip(rows["place"], rows["year"], strict=True)
        ],
        "indicator": [indicators[code].name[language] for code in rows["indicator"]],
        **{key: rows[key].map(category) for key in ("gender", "subject", "category")},
        "source": rows["source"].map(
            {code: register.source_title(code, language) for code in set(rows["source"])}
        ),
    }
    units = [wording.unit_word(indicators[code].unit, language) for code in rows["indicator"]]
    named: dict[str, Any] = {}
    fields: list[dict[str, str]] = []
    for column in rows.columns:
        meaning = said[column][f"meaning_{language}"]
        kind = "number" if column in ("value", "n", "margin") else "string"
        fields.append({"name": column, "type": "year" if column == "year" else kind})
        fields[-1]["meaning"] = meaning
        named[column] = rows[column]
        if column in words:
            header = f"{said[column][f'name_{language}']} ({IN_WORDS[language]})"
            named[header] = words[column]
            fields.append({"name": header, "type": "string", "meaning": meaning})
        if column == "value":
            header = IN_UNITS[language]
            named[header] = units
            fields.append({"name": header, "type": "string", "meaning": UNIT_SAID[language]})
    return rows.assign(**named)[list(named)], fields


def dataset_links(frame: Frame) -> str:
    """Link to the files, with a word on each."""
    words = {
        "nb": (
            "Alle tallene",
            "Alle målene, med sider og tabeller som viser dem",
            "Alle utsagnene",
        ),
        "en": ("All the numbers", "All measures, with what shows them", "All the statements"),
    }
    numbers, measures, statements = words[frame.language]
    files = {
        f"{NUMBERS}.csv": (numbers, "CSV"),
        f"{NUMBERS}.xlsx": (numbers, "Excel"),
        INDEX: (measures, "JSON"),
    }
    if any(frame.documents.values()):
        files |= {
            f"{STATEMENTS}.csv": (statements, "CSV"),
            f"{STATEMENTS}.xlsx": (statements, "Excel"),
        }
    items = "".join(
        f'<li><a href="data/{file}" download>{word} ({kind})</a></li>'
        for file, (word, kind) in files.items()
    )
    return f'<ul class="take-along">{items}</ul>'


def places_shown(exhibits: list[tuple[str, dict[str, Any]]]) -> dict[str, list[dict[str, str]]]:
    """List where each measure is shown.

    Parameters
    ----------
    exhibits : list of (str, dict)
        Slug of the page and the exhibit, in reading order.

    Returns
    -------
    dict
        For each code of the catalogue: title, page and table of every figure and table with it.
    """
    found: dict[str, list[dict[str, str]]] = {}
    for slug, exhibit in exhibits:
        kind = "fig" if exhibit["kind"] == "figure" else "tab"
        entry = {
            "title": exhibit["title"],
            "page": f"../{slug}.html#{kind}-{exhibit['name']}",
            "table": f"{slug}-{exhibit['name']}.csv",
        }
        for code in dict.fromkeys(ref.partition("|")[0] for ref in exhibit["refs"]):
            found.setdefault(code, []).append(entry)
    return found


def _described(code: str, register: Register, years: Iterable[int]) -> dict[str, Any]:
    entry = register.indicators[code]
    return {
        "indicator": code,
        "name": entry.name,
        "definition": entry.definition,
        "unit": entry.unit,
        "decimals": entry.decimals,
        "direction": entry.direction,
        "origin": entry.origin,
        "years": sorted(int(year) for year in years),
        "breaks": [
            {"year": int(row["year"]), "name": {"nb": row["name_nb"], "en": row["name_en"]}}
            for row in register.breaks_of(code)
            if row["year"]
        ],
    }
