"""Read numbers as Norwegians write them, and refuse what could be two numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUPPRESSED = "*"
# Space, no-break space, figure space, thin space, narrow no-break space.
SPACES = " \u00a0\u2007\u2009\u202f"
MINUS = "-\u2212"
WHOLE = rf"[{MINUS}]?([0-9]+|[0-9]{{1,3}}([{SPACES}][0-9]{{3}})+)"
FORMS = {",": re.compile(rf"{WHOLE}(,[0-9]+)?"), ".": re.compile(rf"{WHOLE}(\.[0-9]+)?")}
# 1.234 and 1,234 are a thousand to some and a little more than one to others.
EITHER = re.compile(rf"[{MINUS}]?[0-9]{{1,3}}\.[0-9]{{3}}")
EXPECTED_NUMBER = "a number such as 1 234,5 (decimal comma, space between thousands)"
#: More digits than a double holds are an id that a program took for a number, or a slip.
MOST_DIGITS = 15
# What spreadsheets make of a number that looks like a day, and of a formula that fails.
_MONTHS = "jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[kc]t|nov|de[sc]"
DATE = re.compile(
    rf"[0-9]{{1,4}}[ .\-/]{{1,2}}({_MONTHS})[a-zæøå.]*|({_MONTHS})[a-z.]*[ .\-/][0-9]{{1,4}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}( .*)?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}",
    re.IGNORECASE,
)
ERRORS = re.compile(r"#(N/A|I/T|REF|VALUE|VERDI|DIV/0|NAME|NAVN|NUM|NULL)[!?]?", re.IGNORECASE)
A_DATE = "a spreadsheet has made a date of it: download anew, and import the column as text"
AN_ERROR = "a formula has failed there: put its value in the cell"
_CLEAN = str.maketrans({**dict.fromkeys(SPACES, ""), ",": ".", "\u2212": "-"})


def bare(text: str) -> str:
    """Strip a cell of the spaces around it, no-break spaces too."""
    return text.strip().strip(SPACES)


def decimal_sign(texts: Iterable[str]) -> str:
    """Find the decimal sign that a file uses.

    Parameters
    ----------
    texts : iterable of str
        Every cell of the file that should be a number.

    Returns
    -------
    str
        ``.`` when the file never uses a comma and at least one point can only be a decimal point;
        otherwise ``,``. A file uses one sign: cells with the other one are then faults.
    """
    clear = False
    for text in texts:
        if "," in text:
            return ","
        clear = clear or (
            "." in text and bool(FORMS["."].fullmatch(text)) and not EITHER.fullmatch(text)
        )
    return "." if clear else ","


def number(text: str, sign: str) -> str | None:
    """Write a number plainly.

    Parameters
    ----------
    text : str
        A cell without spaces around it.
    sign : str
        The file's decimal sign.

    Returns
    -------
    str or None
        The number with decimal point and no thousands separator; None if it is no number.

    Examples
    --------
    >>> number("5\N{NO-BREAK SPACE}943", ","), number("0,4", ","), number("1 23", ",")
    ('5943', '0.4', None)
    """
    if not FORMS[sign].fullmatch(text):
        return None
    plain = text.translate(_CLEAN)
    whole = plain.lstrip("-").partition(".")[0]
    return plain if len(whole) <= MOST_DIGITS else None


def expected_number(text: str, expected: str = EXPECTED_NUMBER) -> str:
    """Say what was expected instead of a cell that is no number, with the cause where it shows.

    Parameters
    ----------
    text : str
        The cell.
    expected : str
        What would do.

    Returns
    -------
    str
        What would do, and what to do about a date or an error that a spreadsheet has made.
    """
    if DATE.fullmatch(text):
        return f"{expected}; {A_DATE}"
    return f"{expected}; {AN_ERROR}" if ERRORS.fullmatch(text) else expected
