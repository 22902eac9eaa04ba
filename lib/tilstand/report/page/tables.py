"""Write tables that a screen reader can follow, and their CSV twins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.columns import Column
from tilstand.report.numbers import half_up, write_number
from tilstand.safe_text import csv_of, spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Column", "Table"]

YEAR = re.compile(r"(19|20)\d\d")
WORTH_SORTING = 6  # rows; fewer are taken in at a glance
LONG = 24  # characters of a cell that is read as text and not at a glance
MANY, SQUEEZED = 3, 14  # columns that leave a phone no room for names of so many characters
CROWDED = 7  # columns, many of them words, that do not stand side by side on a phone
PHONE = 330  # pixels that a table has on a phone, and what its parts take of them
LETTER, BETWEEN, NAMES = 7.4, 11, 120


@dataclass(frozen=True)
class Table:
    """Hold a table ready for the page and for download.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a line; the first column names the row.
    columns : sequence of Column
        What to show, in order; the first is the row header.
    caption : str
        What the table holds, in one phrase.
    sortable : bool
        Let a reader sort the rows by a column. Never a table of schools: it would rank them.
    """

    frame: pd.DataFrame
    columns: Sequence[Column]
    caption: str
    sortable: bool = False
    refs: tuple[str, ...] = field(default=())

    def html(self, language: str) -> str:
        """Write the table with caption, column scopes and row headers.

        A table of texts has its rows one below the other on a phone, each cell with its column's
        name; so has one of many columns, not all of numbers, or wider than a phone, whose short
        cells share lines there.
        Its parts say what they are by role, which a browser forgets where they no longer stand as
        a table.
        """
        texts, crowd = self._holds_texts(), self._is_crowded()
        stacked = texts or crowd
        say = _role if stacked else _no_role
        head = "".join(
            f'<th scope="col"{say("columnheader")}{_align(column)}>{escape(column.header)}</th>'
            for column in self.columns
        )
        body = "".join(self._row(row, language, stacked=stacked) for row in self._rows)
        caption = escape(self.caption)
        names = "texts crowd" if crowd else "texts"
        kind = f' class="{names}" role="table"' if stacked else self._kind()
        if self.sortable and len(self.frame) >= WORTH_SORTING:
            kind += " data-sort"
        return (
            f'<div class="tablewrap" tabindex="0" role="region" aria-label="{caption}">'
            f"<table{kind}><caption>{caption}</caption>"
            f"<thead{say('rowgroup')}><tr{say('row')}>{head}</tr></thead>"
            f"<tbody{say('rowgroup')}>{body}</tbody></table></div>"
        )

    @cached_property
    def _rows(self) -> list[dict[Any, Any]]:
        return self.frame.to_dict("records")

    def _longest(self, column: Column) -> int:
        """Count the letters of a column's longest cell."""
        return max((len(str(row[column.key])) for row in self._rows), default=0)

    def _holds_texts(self) -> bool:
        words = [column for column in self.columns if column.decimals is None]
        long = [column for column in words if self._longest(column) > LONG]
        return len(self.columns) > 2 and len(long) > 1

    def _is_crowded(self) -> bool:
        words = [column for column in self.columns if column.decimals is None]
        many = len(self.columns) >= CROWDED and len(words) > MANY
        return many or (not self._holds_texts() and self._overflows())

    def _overflows(self) -> bool:
        """Tell whether numbers that words stand among are wider than a phone.

        A table of numbers alone is read along its rows, and rather moved sideways.
        """
        if all(column.decimals is not None for column in self.columns[1:]):
            return False
        widths = [LETTER * self._letters(column) + BETWEEN for column in self.columns]
        widths[0] = max(widths[0], NAMES if self._has_names() else 0)
        return sum(widths) > PHONE

    def _has_names(self) -> bool:
        """Tell whether many columns would squeeze the names of rows on a phone."""
        return len(self.columns) > MANY and self._longest(self.columns[0]) > SQUEEZED

    def _letters(self, column: Column) -> int:
        """Count the letters of a column's longest part that no line break can divide."""
        told = [_cell(row, column, "nb") for row in self._rows]
        whole = [unescape(re.sub("<[^>]*>", "", text)) for text in told]
        cells = whole if column.decimals is not None else " ".join(whole).split()
        return max((len(part) for part in [*column.header.split(), *cells]), default=0)

    def _kind(self) -> str:
        return ' class="named"' if self._has_names() else ""

    def _row(self, row: dict, language: str, *, stacked: bool) -> str:
        first, *rest = self.columns
        say = _role if stacked else _no_role
        cells = "".join(
            f"<td{say('cell')}{_under(column) if stacked else ''}{_align(column)}"
            f"{_named(row, column)}{self._exact(row, column)}>{_cell(row, column, language)}</td>"
            for column in rest
        )
        header = _cell(row, first, language)
        return f'<tr{say("row")}><th scope="row"{say("rowheader")}>{header}</th>{cells}</tr>'

    def _exact(self, row: dict, column: Column) -> str:
        """Return the number that a sort goes by; rounded and set for a reader, it says less."""
        value = row[column.key]
        if not self.sortable or column.decimals is None or isinstance(value, str) or pd.isna(value):
            return ""
        return f' data-value="{float(value):.10g}"'

    def csv(self, *, simulated: bool = False) -> str:
        """Write the numbers as CSV with plain decimals and the headers of the page.

        Parameters
        ----------
        simulated : bool
            Add a first column that says on every row that the numbers are simulated.
        """
        values = [_plain(self.frame[column.key], column) for column in self.columns]
        shown = pd.concat(values, axis=1, keys=[column.header for column in self.columns])
        if simulated:
            shown.insert(0, "simulated", "true")
        return csv_of(shown, float_format="%.10g")

    def fields(self, unit: str = "", *, simulated: bool = False) -> tuple[dict[str, str], ...]:
        """Describe the columns of the CSV file for a program that reads it.

        Parameters
        ----------
        unit : str, optional
            Unit of the columns of numbers, as a word; a column whose header ends with its own
            (``"Andel, prosent"``) keeps that.
        simulated : bool
            As for `csv`.

        Returns
        -------
        tuple of dict
            ``name`` (the header), ``type`` (of Frictionless' Table Schema) and, for numbers,
            ``unit`` where it is known.
        """
        first = [{"name": "simulated", "type": "boolean"}] if simulated else []
        return (*first, *(self._field(column, unit) for column in self.columns))

    def _field(self, column: Column, unit: str) -> dict[str, str]:
        plain = _plain(self.frame[column.key], column)
        values = [value for value in plain.tolist() if not pd.isna(value)]
        name = spreadsheet_safe(column.header)
        if column.decimals is None:
            years = values and all(YEAR.fullmatch(str(value)) for value in values)
            return {"name": name, "type": "year" if years else "string"}
        numeric = pd.api.types.is_numeric_dtype(plain) or not values
        whole = bool(values) and numeric and all(value % 1 == 0 for value in values)
        kind = ("integer" if whole else "number") if numeric else "string"
        own = column.header.rpartition(", ")[2]
        said = own if own in wording.all_unit_words() else unit
        return {"name": name, "type": kind} | ({"unit": said} if said else {})


def _role(name: str) -> str:
    return f' role="{name}"'


def _no_role(_name: str) -> str:
    return ""


def _under(column: Column) -> str:
    return f' data-under="{escape(column.header)}"'


def _named(row: dict, column: Column) -> str:
    if not column.ref or not isinstance(row.get(column.ref), str):
        return ""
    of = f' data-of="{column.of}"' if column.of else ""
    return f' data-cell="{escape(row[column.ref])}"{of}'


def _align(column: Column) -> str:
    return "" if column.decimals is None else ' class="num"'


def as_printed(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Round numbers about pupils to what the page prints, before anything is made of them.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a line.
    columns : sequence of Column
        What is shown. Those of numbers are rounded where any of them names protected cells, so
        that neither a download nor a drawing holds more digits than the page.

    Returns
    -------
    pandas.DataFrame
        The same columns.
    """
    if not any(column.ref for column in columns):
        return frame
    numbers = [column for column in columns if column.decimals is not None]
    fractions = [c for c in numbers if not pd.api.types.is_integer_dtype(frame[c.key])]
    return frame.assign(**{column.key: _rounded(frame, column) for column in fractions})


def _rounded(frame: pd.DataFrame, column: Column) -> pd.Series:
    told = [
        value
        if isinstance(value, str)
        else float("nan")
        if pd.isna(value)
        else float(half_up(value, digits))
        for value, digits in zip(frame[column.key], _digits(frame, column), strict=True)
    ]
    return pd.Series(told, index=frame.index)


def _digits(frame: pd.DataFrame, column: Column) -> list[int]:
    if isinstance(column.decimals, str):
        return [int(digits) for digits in frame[column.decimals]]
    return [column.decimals or 0] * len(frame)


def _plain(values: pd.Series, column: Column) -> pd.Series:
    """Make a column of numbers, some of them absent, one that programs read as numbers."""
    if column.decimals is None or pd.api.types.is_numeric_dtype(values):
        return values
    blank = values.map(lambda value: isinstance(value, str) and not value).to_numpy(dtype=bool)
    return values.where(~blank, None).infer_objects()


def _cell(row: dict, column: Column, language: str) -> str:
    value = row[column.key]
    if isinstance(value, str):
        return escape(value)
    if value is None or pd.isna(value):
        absent = escape(column.absent or wording.word("not_reported", language))
        return absent if column.absent else f'<span class="none">{absent}</span>'
    if column.decimals is None:
        return escape(str(value))
    decimals = row[column.decimals] if isinstance(column.decimals, str) else column.decimals
    written = write_number(float(value), int(decimals), language)
    return f"+{written}" if column.signed and float(value) > 0 else written
