"""Gather every number that an edition publishes into one table that can be kept and compared."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from tilstand.disclosure.site.beside import is_printed, printed_numbers
from tilstand.report.numbers import half_up
from tilstand.safe_text import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tilstand.pipeline.compose.compose import Draft

RESULTS = "results.csv"
COLUMNS = ("page", "exhibit", "row", "column", "value")
#: What the sources of numbers about pupils begin with.
ABOUT_PUPILS = ("protected|", "pupil-file|")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def results_csv(drafts: list[Draft], html: Path | None = None) -> str:
    """Write every number of an edition in a language, in reading order.

    Parameters
    ----------
    drafts : list of Draft
        The executed chapters.
    html : Path, optional
        Folder of the finished pages: of what a page about pupils was handed, a number whose
        sentence was dropped is left out.

    Returns
    -------
    str
        CSV with ``page``, ``exhibit`` (empty for a number in the text), ``row``, ``column`` and
        ``value``.
    """
    rows: list[tuple[str, ...]] = [COLUMNS]
    for draft in drafts:
        rows += _said(draft, html)
        for exhibit in draft.exhibits:
            rows += _shown(draft.slug, exhibit)
    return csv_lines(rows)


def _said(draft: Draft, html: Path | None) -> Iterator[tuple[str, ...]]:
    page = None if html is None else html / f"{draft.slug}.html"
    printed = printed_numbers(page) if page is not None and _about_pupils(draft) else None
    for name, entry in draft.numbers.items():
        if entry.get("number") is not None:
            written = _written(entry)
            if printed is None or is_printed(float(written), printed):
                yield draft.slug, "", name, "", written


def _about_pupils(draft: Draft) -> bool:
    handed = (*draft.numbers.values(), *draft.exhibits)
    return any(ref.startswith(ABOUT_PUPILS) for one in handed for ref in one.get("refs", ()))


def _written(entry: dict[str, Any]) -> str:
    """Write a number; one about pupils as it is printed, for no file holds more than its page."""
    number = entry["number"]
    if any(ref.startswith(ABOUT_PUPILS) for ref in entry.get("refs", ())):
        number = half_up(number, max(entry.get("decimals", 0), 0))
    return f"{float(number):.10g}"


def _shown(page: str, exhibit: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    headers, *rows = csv.reader(io.StringIO(exhibit["csv"]))
    words = _word_columns(headers, exhibit.get("fields", ()))
    for key, row in zip(_row_keys(rows, words), rows, strict=True):
        for place, (header, value) in enumerate(zip(headers, row, strict=True)):
            if place not in words and NUMBER.fullmatch(value):
                yield page, exhibit["name"], key, header, value


def _word_columns(headers: list[str], fields: Sequence[dict[str, str]]) -> list[int]:
    """Find the columns that name a row: words and years; the first one where nothing is known."""
    types = {field["name"]: field["type"] for field in fields}
    return [n for n, name in enumerate(headers) if types.get(name) in ("string", "year")] or [0]


def _row_keys(rows: list[list[str]], words: list[int]) -> list[str]:
    """Name each row by its words, and by its place among rows that are named alike."""
    keys: list[str] = []
    seen: dict[str, int] = {}
    for row in rows:
        label = "; ".join(row[place] for place in words if row[place].strip())
        seen[label] = seen.get(label, 0) + 1
        keys.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return keys
