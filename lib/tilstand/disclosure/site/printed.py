"""Read numbers as pages print them."""

from __future__ import annotations

import re

_IN_TEXT = re.compile(r"[-\u2212]?\d[\d\u00a0\u202f]*(?:[.,]\d+)?")
_NUMBER = re.compile(r"^[-\u2212]?\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?$")


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


def numbers_in(text: str) -> set[float]:
    """Find all numbers in a text, without their signs.

    Parameters
    ----------
    text : str
        In Norwegian or English.

    Returns
    -------
    set of float
        Where a comma may group thousands or stand before decimals, both readings.

    Examples
    --------
    >>> sorted(numbers_in("12,5 % of 1,234"))
    [1.234, 12.5, 1234.0]
    """
    found: set[float] = set()
    # In English a comma groups thousands, in Norwegian it goes before decimals: take both readings.
    for written in (text, re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)):
        for match in _IN_TEXT.finditer(written):
            number = read_number(match.group())
            if number is not None:
                found.add(abs(number[0]))
    return found
