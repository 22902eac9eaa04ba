"""Read the three cells of one measurement: value, margin and number of pupils."""

from __future__ import annotations

from tilstand.tabular.cells import EXPECTED_NUMBER, SUPPRESSED, expected_number, number

# A form may lack margin or n.
ROLES = ("value", "margin", "n")
Range = tuple[float, float]


def read_numbers(
    texts: dict[str, str], sign: str, ranges: dict[str, Range]
) -> tuple[dict[str, str], dict[str, str]]:
    """Read the cells that are numbers.

    Parameters
    ----------
    texts : dict
        The cells by role, without spaces around them.
    sign : str
        The file's decimal sign.
    ranges : dict
        Lowest and highest number of each role.

    Returns
    -------
    numbers : dict
        Plain numbers by role; a cell that is ``*`` or blank is not there.
    wrong : dict
        What was expected, by role, where a cell is no number, or one out of its range.
    """
    numbers, wrong = {}, {}
    for role, text in texts.items():
        if text in ("", SUPPRESSED):
            continue
        plain = number(text, sign)
        lowest, highest = ranges[role]
        if plain is None:
            wrong[role] = expected_number(text, f"{EXPECTED_NUMBER}, * or blank")
        elif role == "n" and not plain.isdigit():
            wrong[role] = "a whole number of pupils, 0 or more"
        elif not lowest <= float(plain) <= highest:
            wrong[role] = f"a number from {lowest:g} to {highest:g}"
        else:
            numbers[role] = plain
    return numbers, wrong


def half_hidden(texts: dict[str, str]) -> bool:
    """Tell whether some cells of a hidden measurement are ``*`` and others blank: odd, but safe."""
    marks = {text for text in texts.values() if text in ("", SUPPRESSED)}
    return len(marks) > 1


def read_status(texts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Tell suppressed, missing and none apart, and find cells that speak against each other.

    Parameters
    ----------
    texts : dict
        The cells by role, without spaces around them.

    Returns
    -------
    status : str
        ``suppressed`` for ``*``, also where only the number of pupils is hidden beside blanks;
        ``not_applicable`` for a blank value with 0 pupils: nobody sat the test; ``missing`` for a
        blank value else; ``ok`` for a number.
    torn : dict
        What was expected, by role, where cells don't go together.
    """
    value, margin, n = (texts.get(role) for role in ROLES)
    torn = {}
    if value == SUPPRESSED:
        if margin not in (None, "", SUPPRESSED):
            torn["margin"] = "* like the value beside it"
        return "suppressed", torn
    if value == "":
        if margin not in (None, "", SUPPRESSED):
            torn["margin"] = "blank like the value beside it"
        if SUPPRESSED in (n, margin):
            return "suppressed", torn
        return "not_applicable" if n == "0" else "missing", torn
    if margin in ("", SUPPRESSED):
        torn["margin"] = "a margin beside a value that is a number"
    if n in ("", SUPPRESSED, "0"):
        torn["n"] = "the number of pupils behind a value that is a number"
    return "ok", torn
