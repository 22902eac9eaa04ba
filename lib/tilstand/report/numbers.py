"""Carry numbers from the data into running text, with their sources, in either language."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from tilstand.report import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MINUS = "\N{MINUS SIGN}"
LOCALES = {"nb": "nb_NO", "en": "en_GB"}
#: Shares that documents write in words, in per cent.
FRACTIONS = {
    20.0: {"nb": "en femdel", "en": "a fifth"},
    25.0: {"nb": "en firedel", "en": "a quarter"},
    100 / 3: {"nb": "en tredel", "en": "a third"},
    50.0: {"nb": "halvparten", "en": "half"},
    200 / 3: {"nb": "to tredeler", "en": "two thirds"},
    75.0: {"nb": "tre firedeler", "en": "three quarters"},
}
IN_WORDS = "share in words"


def half_up(number: float, decimals: int) -> Decimal:
    """Round halves away from zero, as readers do: 26.5 is 27 and 27.5 is 28."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(number))).quantize(step, rounding=ROUND_HALF_UP)
    return rounded + 0  # turns minus zero into zero


def decimals_off_zero(ends: Iterable[float], decimals: int, most: int = 3) -> int:
    """Count the decimals that keep both ends of an interval off zero where they are not zero.

    Whether zero lies within is what an interval is read for: "0.0 to 2.0" would hide it.

    Parameters
    ----------
    ends : iterable of float
        Both ends.
    decimals : int
        Decimals that are enough elsewhere.
    most : int
        Decimals at most.
    """
    known = [float(end) for end in ends if end]
    while decimals < most and any(half_up(end, decimals) == 0 for end in known if end == end):
        decimals += 1
    return decimals


def write_number(number: float, decimals: int, language: str) -> str:
    """Write a number as the language writes it.

    Parameters
    ----------
    number : float
        Any real number; numpy scalars too.
    decimals : int
        Digits after the decimal mark.
    language : {"nb", "en"}
        1 234,5 or 1,234.5.

    Returns
    -------
    str
        The number, with a true minus sign and no-break spaces.

    Raises
    ------
    ValueError
        When the number is not finite: nothing may print "nan".
    """
    value = float(number)
    if not math.isfinite(value):
        message = f"{value} is no number to print: is the value missing?"
        raise ValueError(message)
    return _written(half_up(value, decimals), decimals, language)


@lru_cache(maxsize=16384)
def _written(value: Decimal, decimals: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(value, format=pattern, locale=LOCALES[language])
    return text.replace("-", MINUS)


@dataclass(frozen=True)
class Value:
    """Hold one number with what it takes to print and to trace it.

    Parameters
    ----------
    number : float or None
        The number; None where the edition's sources have none.
    decimals : int
        Decimals to print.
    year : int or None
        The year the number is about, where it is about one.
    refs : tuple of str
        Rows of the *figures* table that the number comes from, as
        ``indicator|year|unit|grade|gender|subject|category``.
    approximate : bool
        Whether the source says "about".
    more_than : bool
        Whether the source says "more than".
    recipe : str
        How the number came out of the rows: ``value`` when printed as it stands.
    fraction : bool
        Whether the source writes the share as a fraction in words.
    """

    number: float | None
    decimals: int = 0
    year: int | None = None
    refs: tuple[str, ...] = ()
    approximate: bool = False
    recipe: str = "value"
    more_than: bool = False
    fraction: bool = False

    @property
    def missing(self) -> bool:
        """Whether the edition has no such number."""
        return self.number is None

    def __float__(self) -> float:
        """Return the number itself; NaN where it is missing."""
        return math.nan if self.number is None else float(self.number)

    def text(self, language: str) -> str:
        """Write the number for running text, with "om lag" or "mer enn" where the source has it."""
        if self.number is None:
            message = "a missing value cannot be printed"
            raise ValueError(message)
        if self.recipe in ("year", "edition"):
            return f"{self.number:.0f}"
        written = write_number(self.number, self.decimals, language)
        if self.recipe == IN_WORDS and self.fraction:
            nearest = min(FRACTIONS, key=lambda share: abs(share - float(self)))
            written = FRACTIONS[nearest][language]
        elif self.recipe == IN_WORDS:
            written += f" {wording.word('percent', language)}"
        before = "about" if self.approximate else "more_than" if self.more_than else ""
        return f"{wording.word(before, language)} {written}" if before else written

    def year_value(self) -> Value:
        """Return the year as a value, so that prose can name it without typing it."""
        number = None if self.missing else self.year
        made = replace(self, number=number, recipe="year", decimals=0)
        return replace(made, approximate=False, more_than=False)

    def _with(self, other: Value, name: str, result: Callable[[float, float], float]) -> Value:
        known = self.number is not None and other.number is not None
        return Value(
            number=result(float(self), float(other)) if known else None,
            decimals=max(self.decimals, other.decimals),
            year=self.year if self.year == other.year else None,
            refs=tuple(dict.fromkeys(self.refs + other.refs)),
            approximate=self.approximate or other.approximate,
            recipe=name,
        )

    def __add__(self, other: Value) -> Value:
        """Add two values and keep both sources."""
        return self._with(other, "sum", lambda a, b: a + b)

    def __sub__(self, other: Value) -> Value:
        """Subtract and keep both sources."""
        return self._with(other, "difference", lambda a, b: a - b)

    def share_of(self, whole: Value, decimals: int = 1) -> Value:
        """Return this value as a percentage of another."""
        made = self._with(whole, "share", lambda a, b: 100 * a / b)
        return replace(made, decimals=decimals)

    def __abs__(self) -> Value:
        """Return the size without the sign, for prose whose words carry the direction."""
        number = None if self.number is None else abs(self.number)
        return replace(self, number=number, recipe="size of " + self.recipe)

    def scaled(self, factor: float, decimals: int = 0) -> Value:
        """Return the value in another unit, such as minutes for hours.

        Examples
        --------
        >>> from tilstand.report.numbers import Value
        >>> Value(0.5, 1).scaled(60).text("en")
        '30'
        """
        number = None if self.number is None else self.number * factor
        return replace(self, number=number, decimals=decimals, recipe=f"scaled {self.recipe}")

    def in_words(self) -> Value:
        """Print a share with its unit, and as a fraction in words where the source has it so.

        Examples
        --------
        >>> from tilstand.report.numbers import Value
        >>> Value(66.7, 1, approximate=True, fraction=True).in_words().text("en")
        'about two thirds'
        >>> Value(67).in_words().text("nb")
        '67 prosent'
        """
        return replace(self, recipe=IN_WORDS)

    def rounded(self, decimals: int) -> Value:
        """Print with this many decimals."""
        return replace(self, decimals=decimals, recipe=f"rounded {self.recipe}")


def computed(
    number: float | None, *sources: Value, decimals: int = 1, recipe: str = "computed"
) -> Value:
    """Make a value of a number that an analysis computed from other values."""
    refs = tuple(dict.fromkeys(ref for source in sources for ref in source.refs))
    clean = None if number is None or not math.isfinite(float(number)) else float(number)
    return Value(clean, decimals=decimals, refs=refs, recipe=recipe)


def rule_number(number: int) -> Value:
    """Return a number of the edition's rules, which comes from no row.

    Parameters
    ----------
    number : int
        The least count that is shown, say.

    Returns
    -------
    Value
        Without decimals.

    Examples
    --------
    >>> from tilstand.report.numbers import rule_number
    >>> rule_number(10).number
    10.0
    """
    return Value(float(number), decimals=0, recipe="edition")
