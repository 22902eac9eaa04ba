"""Read numbers as pages print them."""

from __future__ import annotations

import re

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
