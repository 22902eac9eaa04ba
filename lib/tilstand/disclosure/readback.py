"""Read numbers back from rendered pages, as a reader's own script would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pandas as pd

from .published import ALL, Published

_TOTAL_WORDS = frozenset({"total", "totalt", "i alt", "alle", "all", "sum", "begge kjønn"})
_BLANKS = frozenset({"", "*", "**", ".", "..", ":", "-", "\u2013", "\u2014", "skjult", "hidden"})
_NUMBER = re.compile(r"^[-\u2212]?\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?$")
_NOT_TEXT = frozenset({"script", "style", "template"})


@dataclass
class HtmlTable:
    """Hold one table of a page, spans filled in.

    Parameters
    ----------
    caption : str
        Its caption.
    head : list of list of str
        Header rows.
    body : list of list of str
        The other rows.
    """

    caption: str = ""
    head: list[list[str]] = field(default_factory=list)
    body: list[list[str]] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """Return the table as text, several header rows joined by a slash.

        Returns
        -------
        pandas.DataFrame
            One column a header.
        """
        rows = self.head or self.body[:1]
        body = self.body if self.head else self.body[1:]
        width = max((len(row) for row in [*rows, *body]), default=0)
        full = [row + [""] * (width - len(row)) for row in rows]
        names = [
            " / ".join(dict.fromkeys(p for p in parts if p)) for parts in zip(*full, strict=True)
        ]
        return pd.DataFrame([row + [""] * (width - len(row)) for row in body], columns=names)


def read_tables(html: str) -> list[HtmlTable]:
    """Read every table of a page.

    Parameters
    ----------
    html : str
        The page.

    Returns
    -------
    list of HtmlTable
        In the page's order; nested tables stand after the one around them.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [_spread(raw) for raw in reader.tables]


def read_number(text: str) -> tuple[float, int] | None:
    """Read a number as it is printed in Norwegian or English.

    Parameters
    ----------
    text : str
        ``1 234``, ``12,5 %``, ``12.5%`` or a blank.

    Returns
    -------
    tuple of float and int, or None
        The number and its decimals; None for a blank or for anything that is no number.
    """
    tight = text.replace("%", "").strip()
    if not _NUMBER.match(tight):
        return None
    plain = re.sub(r"[\s\u00a0\u202f]", "", tight).replace("\u2212", "-").replace(",", ".")
    return float(plain), len(plain.partition(".")[2])


def is_blank(text: str) -> bool:
    """Say whether a printed cell hides its number.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    bool
        True for an empty cell, ``*`` and the like.
    """
    return text.strip().lower() in _BLANKS


def is_total(text: str) -> bool:
    """Say whether a printed label means that a dimension is summed over.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    bool
        True for ``Total``, ``I alt`` and the like.
    """
    return text.strip().lower() in _TOTAL_WORDS


def take_in(
    published: Published,
    frame: pd.DataFrame,
    dimensions: Sequence[str],
    count: str | None = None,
    percent: str | None = None,
    along: str | None = None,
    fixed: dict[str, str] | None = None,
) -> None:
    """Add what a printed table says to what readers know.

    Parameters
    ----------
    published : Published
        What readers know; added to in place.
    frame : pandas.DataFrame
        A table as text, one row a cell.
    dimensions : sequence of str
        Columns that name the cell.
    count : str, optional
        Column of counts.
    percent : str, optional
        Column of percentages of the group that `along` divides.
    along : str, optional
        Dimension whose categories add up to 100 %.
    fixed : dict, optional
        Category of dimensions that the page names elsewhere: its school, say.
    """
    labels = frame[list(dimensions)].map(lambda text: ALL if is_total(text) else text.strip())
    labels = labels.assign(**(fixed or {}))
    names = [*dimensions, *(fixed or {})]
    if count is not None:
        read = [read_number(text) for text in frame[count]]
        counts = pd.array([None if n is None else round(n[0]) for n in read], dtype="Int64")
    else:
        counts = pd.array([None] * len(frame), dtype="Int64")
    published.add_table(labels.assign(count=counts), names, counted=count is not None)
    if percent is None or along is None:
        return
    for place, text in zip(labels.to_dict("records"), frame[percent], strict=True):
        share = read_number(text)
        if share is not None and place[along] != ALL:
            part = {str(d): str(c) for d, c in place.items()}
            published.add_percent(part, {**part, along: ALL}, *share)


class _Reader(HTMLParser):
    """Collect raw cells: text, whether a header, and spans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[dict] = []
        self._open: list[dict] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_TEXT:
            self._silent += 1
        if tag == "table":
            table: dict = {"caption": "", "rows": [], "cell": None, "in": "", "head": False}
            self.tables.append(table)
            self._open.append(table)
        if not self._open:
            return
        table = self._open[-1]
        if tag == "caption":
            table["in"] = "caption"
        elif tag in {"thead", "tbody", "tfoot"}:
            table["head"] = tag == "thead"
        elif tag == "tr":
            table["rows"].append({"head": table["head"], "cells": []})
            table["cell"] = None
        elif tag in {"td", "th"}:
            spans = {name: value for name, value in attrs if name in {"colspan", "rowspan"}}
            cell = {
                "text": "",
                "across": max(1, int(spans.get("colspan") or 1)),
                "down": max(1, int(spans.get("rowspan") or 1)),
            }
            if not table["rows"]:
                table["rows"].append({"head": table["head"], "cells": []})
            table["rows"][-1]["cells"].append(cell)
            table["cell"] = cell
            table["in"] = "cell"
        elif tag == "br" and table["cell"] is not None:
            table["cell"]["text"] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_TEXT:
            self._silent = max(0, self._silent - 1)
        if not self._open:
            return
        if tag == "table":
            self._open.pop()
        elif tag in {"caption", "td", "th"}:
            self._open[-1]["in"] = ""
        elif tag == "thead":
            self._open[-1]["head"] = False

    def handle_data(self, data: str) -> None:
        if not self._open or self._silent:
            return
        table = self._open[-1]
        if table["in"] == "caption":
            table["caption"] += data
        elif table["in"] == "cell" and table["cell"] is not None:
            table["cell"]["text"] += data


def _spread(raw: dict) -> HtmlTable:
    """Repeat the text of a cell over the columns and rows that it spans."""
    table = HtmlTable(caption=" ".join(raw["caption"].split()))
    waiting: dict[int, tuple[int, str]] = {}
    for row in raw["rows"]:
        line: list[str] = []
        cells = iter(row["cells"])
        cell = next(cells, None)
        while cell is not None or len(line) in waiting:
            at = len(line)
            if at in waiting:
                left, text = waiting.pop(at)
                if left > 1:
                    waiting[at] = (left - 1, text)
                line.append(text)
                continue
            assert cell is not None
            text = " ".join(cell["text"].split())
            for column in range(at, at + cell["across"]):
                if cell["down"] > 1:
                    waiting[column] = (cell["down"] - 1, text)
                line.append(text)
            cell = next(cells, None)
        (table.head if row["head"] else table.body).append(line)
    return table
