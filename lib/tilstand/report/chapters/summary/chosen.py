"""Show what an edition chooses to open its book with: findings and charts that carry its story."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from tilstand.errors import DataError
from tilstand.report import wording
from tilstand.report.page import documents, exhibits
from tilstand.report.page.blocks import data_element, statement_anchor
from tilstand.report.page.picks import read_measure
from tilstand.report.page.rows import label_of_measure

if TYPE_CHECKING:
    from tilstand.report.page.page import Page


def has_chosen(page: Page) -> bool:
    """Tell whether the edition chooses its findings."""
    return bool(page.edition.summary.findings)


def lead_of(page: Page) -> str | None:
    """Return the sentence that the edition chooses to open with; None where it has none."""
    return page.edition.summary.lead.get(page.language)


def list_chosen(page: Page) -> None:
    """Show the findings that the edition chooses, in its order; nothing where it chooses none.

    Raises
    ------
    DataError
        When the edition file names a statement or a measure that is not known.
    """
    items = [_item(page, one) for one in page.edition.summary.findings]
    if items:
        exhibits.show_block(f'<ol class="headlines">{"".join(items)}</ol>')


def show_charts(page: Page) -> None:
    """Show the charts that the edition chooses, each with its finding as title."""
    for number, one in enumerate(page.edition.summary.charts, start=1):
        indicator, where = _measure(page, one["measure"])
        since = int(one.get("from_year", 0))
        by = one.get("by", "")
        # What tells the bars apart takes all its values.
        picked: dict[str, Any] = {k: v for k, v in where.items() if k != by or v}
        rows = page.rows(indicator, by, **picked)
        rows = rows[rows["year"] >= since]
        own = page.series(indicator, **{key: value for key, value in where.items() if key != by})
        nation = page.series(indicator, "norge", **{k: v for k, v in where.items() if k != by})
        values = {"now": own.latest, "first": own.first, "nation": nation.latest}
        if since:
            values["first"] = own.at(since)
        said = page.pick(one["nb"], one["en"])
        asked = {key: value for key, value in values.items() if f"{{{key}" in said}
        title = page.title(one["nb"], one["en"], **asked)
        # No more decimals than the source prints: "about 40" is not 40.0.
        places = max((len(str(text).partition(".")[2]) for text in rows["printed"]), default=0)
        name = f"hoved-{number}"
        page.chart(one["form"], rows, name=name, title=title, decimals=places)


def _measure(page: Page, spec: str) -> tuple[str, dict[str, str]]:
    indicator, where = read_measure(spec)
    if indicator not in page.register.indicators:
        raise DataError(f"{_file(page)}:summary: no measure '{indicator}' in the register")
    return indicator, where


def _file(page: Page) -> str:
    return f"data/editions/{page.edition.name}.toml"


def _item(page: Page, one: dict[str, str]) -> str:
    language = page.language
    title, text, chapter, where, place = one.get(language, ""), "", one.get("chapter", ""), "", ""
    if "statement" in one:
        found = page.statements("")
        found = found[found["id"] == one["statement"]]
        if found.empty:
            raise DataError(f"{_file(page)}:summary: no statement '{one['statement']}'")
        row = found.iloc[0]
        said = row[f"title_{language}"]
        title, text = title or said, row[f"text_{language}"]
        chapter = chapter or row["chapter"]
        where = documents.place_in(row["source"], row["section"], page.register, language)
        place = f"#{statement_anchor(row['id'])}" if chapter == row["chapter"] else ""
    numbers = _numbers(page, one["measure"]) if "measure" in one else ""
    source = f' <span class="where">({escape(where)})</span>' if where else ""
    link = f'<a href="{chapter}.html{place}">{escape(title)}</a>' if chapter else escape(title)
    told = f" {escape(text)}" if text else ""
    return f"<li>{link}.{told}{numbers}{source}</li>"


def _numbers(page: Page, specs: str) -> str:
    """Write the latest number of each measure with its name, unit and year."""
    parts = []
    for spec in specs.split(";"):
        indicator, where = _measure(page, spec)
        series = page.series(indicator, **where)
        if series.empty:
            continue
        value, entry = series.latest, series.indicator
        name = label_of_measure(
            {"indicator": indicator, "gender": "", **where}, page.register, page.language
        )
        silent = entry.unit in ("count", "score", "grade_mark", "ratio")
        unit = "" if silent else f" {wording.unit_word(entry.unit, page.language)}"
        year = data_element(value.year_value(), page.language)
        number = data_element(value, page.language)
        parts.append(f'<span class="from-data">{escape(name)}</span>: {number}{unit} ({year})')
    return f" <span>{'; '.join(parts)}.</span>" if parts else ""
