"""Make numbers, texts and truth values of columns whose cells are text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tilstand.errors import Fault
from tilstand.tabular.cells import EITHER, bare, number
from tilstand.tabular.names import NO_TOTAL, is_total, one_spelling, tidy

#: What programs write for nothing, as pandas has it.
_SIGNS = ("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "1.#IND", "1.#QNAN", "<NA>")
MISSING = frozenset(
    (*_SIGNS, "-NaN", "-nan", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
)
TRUTHS = {"true": True, "false": False}
#: Whole numbers up to here are exact as floating point.
EXACT = 2**53
#: A column is of numbers, some of them spoilt, when more of its cells than this are numbers.
MOSTLY = 0.5


@dataclass
class Column:
    """Learn, chunk by chunk, what the cells of a column are.

    Parameters
    ----------
    name : str
        Its name in the header.
    as_text : bool
        Whether the cells are ids, which stay text whatever they look like.
    of_schools : bool
        Whether the ids are schools or places, none of which is a total.
    """

    name: str
    as_text: bool = False
    of_schools: bool = False
    filled: int = 0
    missing: int = 0
    words: int = 0
    fractions: bool = False
    truths: bool = True
    first: dict[str, tuple[int, str]] = field(default_factory=dict)
    thousands: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    totals: list[tuple[int, str]] = field(default_factory=list)

    def look(self, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Take in the cells of a chunk and the spreadsheet rows that they stand in."""
        if self.as_text:
            self.counts.update(texts)
            sums = {
                text for text in {*texts} if self.of_schools and is_total(text, of_schools=True)
            }
            if sums:
                pairs = zip(rows, texts, strict=True)
                self.totals += [(row, text) for row, text in pairs if text in sums]
            return
        values, missing, words = parsed(texts)
        self.filled += len(texts) - int(missing.sum())
        self.missing += int(missing.sum())
        self.words += int(words.sum())
        numbers = values[~missing & ~words]
        whole = np.isfinite(numbers) & (numbers == np.floor(numbers)) & (abs(numbers) < EXACT)
        self.fractions = self.fractions or not bool(whole.all())
        if self.truths:
            found = set(texts) - MISSING
            self.truths = {text.lower() for text in found} <= set(TRUTHS)
        joined = "\n".join(texts)
        for sign in ",.":
            if sign in joined:
                self._signed(sign, rows, texts, words)

    def _signed(self, sign: str, rows: Sequence[int], texts: Sequence[str], words: Any) -> None:
        signed = [place for place, text in enumerate(texts) if sign in text and not words[place]]
        if signed:
            self.first.setdefault(sign, (rows[signed[0]], texts[signed[0]]))
            self.fractions = True
        if sign == "." and self.thousands:
            self.thousands = all(EITHER.fullmatch(texts[place].strip()) for place in signed)

    @property
    def kind(self) -> str:
        """Name the type of the column: number, whole, truth or text."""
        if self.as_text:
            return "text"
        if self.filled and self.truths and not self.missing:
            return "truth"
        if self.words:
            return "text"
        return "number" if self.fractions or self.missing or not self.filled else "whole"

    @property
    def spoilt(self) -> bool:
        """Tell whether this is a column of numbers with some words in it."""
        return bool(self.words) and self.filled - self.words > MOSTLY * self.filled

    def doubts(self, name: str, *, commas: bool) -> list[Fault]:
        """Find totals among schools, and numbers whose decimal sign is in doubt.

        Parameters
        ----------
        name : str
            How faults name the file.
        commas : bool
            Whether another column has decimal commas.

        Returns
        -------
        list of Fault
            One, or none.
        """
        if self.totals:
            (row, text), more = self.totals[0], len(self.totals)
            expected = NO_TOTAL if more == 1 else f"{NO_TOTAL} ({more} such rows)"
            return [Fault(name, row, self.name, text, expected)]
        if self.kind != "number" or "." not in self.first:
            return []
        row, text = self.first["."]
        if "," in self.first:
            expected = "one decimal sign in a column, and this one has commas too"
            return [Fault(name, row, self.name, text, expected)]
        if commas and self.thousands:
            expected = "a number without a point: it may be thousands, where commas are decimals"
            return [Fault(name, row, self.name, text, expected)]
        return []

    def spellings(self) -> Mapping[str, str]:
        """Choose one spelling for each name of a column of ids."""
        return one_spelling({name: n for name, n in self.counts.items() if name not in MISSING})


def parsed(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read cells as numbers, with decimal point or comma.

    Parameters
    ----------
    texts : sequence of str
        n cells.

    Returns
    -------
    values : ndarray of float, shape (n,)
        NaN where there is no number.
    missing, words : ndarray of bool, shape (n,)
        Cells that hold nothing, and something else than a number.

    Examples
    --------
    >>> parsed(["53,5", "1 234", "", "*"])[0].tolist()
    [53.5, 1234.0, nan, nan]
    """
    cells = pd.Series(texts, dtype=object)
    missing = cells.isin(MISSING).to_numpy()
    plain = pd.to_numeric(cells.where(~missing), errors="coerce").to_numpy(dtype=float, copy=True)
    rest = np.isnan(plain) & ~missing
    if rest.any():
        known = {text: _norwegian(text) for text in cells[rest].unique()}
        plain[rest] = cells[rest].map(known).to_numpy(dtype=float)
    return plain, missing, np.isnan(plain) & ~missing


def _norwegian(text: str) -> float:
    shorn = bare(text)
    plain = number(shorn, ",") or number(shorn, ".")
    return float("nan") if plain is None else float(plain)


def made(column: Column, texts: Sequence[str], spellings: Mapping[str, str]) -> Any:
    """Turn the cells of a chunk into the type of their column.

    Parameters
    ----------
    column : Column
        What the whole file has shown of the column.
    texts : sequence of str
        n cells.
    spellings : mapping of str to str
        The spelling to show of each name; empty where spellings do not matter.

    Returns
    -------
    array, shape (n,)
        Text with NaN, whole numbers of 64 bits, floating point or truth values.
    """
    if column.kind == "text":
        shown = [None if text in MISSING else _shown(text, column, spellings) for text in texts]
        return pd.array(shown, dtype="str")
    if column.kind == "truth":
        return np.array([TRUTHS[text.lower()] for text in texts], dtype=bool)
    values, _, _ = parsed(texts)
    return values.astype(np.int64) if column.kind == "whole" else values


def _shown(text: str, column: Column, spellings: Mapping[str, str]) -> str:
    if spellings:
        return spellings[text]
    if column.spoilt:  # the numbers as every program reads them, beside the word that is none
        return number(bare(text), ",") or text
    return tidy(text)
