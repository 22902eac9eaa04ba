"""Ask Statistics Norway's KLASS for a year's municipalities, and compare the register with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from tilstand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.register import Register

    Get = Callable[[str], bytes]

T = TypeVar("T")

MUNICIPALITIES, KOSTRA_GROUPS = 131, 112
DAY = "10-01"
# Not places: 9999 stands for unknown; 2100 (Svalbard) is a municipality at Udir only.
NOT_PLACES = frozenset({"9999"})
NOT_IN_KLASS = frozenset({"2100"})


def municipalities(get: Get, year: int, base: str) -> dict[str, str]:
    """Fetch the municipalities that there were on 1 October of a year.

    Parameters
    ----------
    get : callable
        Answers a call.
    year : int
        The year.
    base : str
        Address of KLASS.

    Returns
    -------
    dict
        Name by code.

    Raises
    ------
    DataError
        When the answer is not a list of codes and names.

    References
    ----------
    .. [1] Statistics Norway: KLASS, code list 131 (municipalities), call ``codesAt``.
    """
    url = f"{base}/classifications/{MUNICIPALITIES}/codesAt.json?date={year}-{DAY}"

    def read(answer: Any) -> dict[str, str]:
        return {str(item["code"]): str(item["name"]).strip() for item in answer["codes"]}

    found = _asked(get, url, read, "codes with names")
    return {code: name for code, name in found.items() if code not in NOT_PLACES}


def groups_address(year: int, base: str) -> str:
    """Return the address of a year's KOSTRA groups of municipalities."""
    return (
        f"{base}/classifications/{MUNICIPALITIES}/correspondsAt.json"
        f"?targetClassificationId={KOSTRA_GROUPS}&date={year}-{DAY}"
    )


def kostra_groups(get: Get, year: int, base: str) -> dict[str, str]:
    """Fetch the KOSTRA group that each municipality was in on 1 October of a year.

    Parameters
    ----------
    get : callable
        Answers a call.
    year : int
        The year.
    base : str
        Address of KLASS.

    Returns
    -------
    dict
        Group, such as ``EKG13``, by code of the municipality.

    Raises
    ------
    DataError
        When the answer is not a list of pairs of codes.

    References
    ----------
    .. [1] Statistics Norway: KLASS, correspondence of 131 (municipalities) with 112 (KOSTRA
       groups), call ``correspondsAt``.
    """
    url = groups_address(year, base)

    def read(answer: Any) -> dict[str, str]:
        items = answer["correspondenceItems"]
        return {str(item["sourceCode"]): str(item["targetCode"]) for item in items}

    found = _asked(get, url, read, "correspondenceItems with codes")
    return {code: group for code, group in found.items() if code not in NOT_PLACES}


def differences(register: Register, year: int, found: dict[str, str]) -> list[str]:
    """Tell where the register and KLASS disagree on a year's municipalities.

    Parameters
    ----------
    register : Register
        Units with their validity.
    year : int
        The year.
    found : dict
        Name by code, as `municipalities` gives them.

    Returns
    -------
    list of str
        A line for each code that only one of them has, and for each other name; names that
        differ only by what stands after a dash or in brackets are the same.
    """
    units = register.units
    valid = units[
        (units["level"] == "municipality")
        & (units["valid_from"] <= year)
        & (units["valid_to"] >= year)
        & ~units["code"].isin(NOT_IN_KLASS)
    ]
    known = dict(zip(valid["code"], valid["name_nb"], strict=True))
    found = {code: name for code, name in found.items() if code not in NOT_IN_KLASS}
    place = "data/register/units.csv"
    lines = [
        f"{place}: '{code}' {found[code]} is lacking in {year}, KLASS has it"
        for code in sorted(set(found) - set(known))
    ]
    lines += [
        f"{place}: '{code}' {known[code]} stands in {year}, KLASS does not have it"
        for code in sorted(set(known) - set(found))
    ]
    return lines + [
        f"{place}: '{code}' is called '{known[code]}', KLASS says '{found[code]}' in {year}"
        for code in sorted(set(known) & set(found))
        if _plain(known[code]) != _plain(found[code])
    ]


def changes(get: Get, year: int, base: str) -> list[tuple[int, str, str]]:
    """Fetch the changes of municipality codes from a year to the end of the next.

    Parameters
    ----------
    get : callable
        Answers a call.
    year : int
        First year.
    base : str
        Address of KLASS.

    Returns
    -------
    list of tuple
        Year, former code and new code.

    Raises
    ------
    DataError
        When the answer is not a list of changes.
    """
    span = f"from={year}-01-01&to={year + 2}-01-01"
    url = f"{base}/classifications/{MUNICIPALITIES}/changes.json?{span}"

    def read(answer: Any) -> list[tuple[int, str, str]]:
        return [
            (int(str(item["changeOccurred"])[:4]), str(item["oldCode"]), str(item["newCode"]))
            for item in answer["codeChanges"]
            if item.get("oldCode") and item.get("newCode") and item["oldCode"] != item["newCode"]
        ]

    return _asked(get, url, read, "codeChanges with both codes")


def unknown_changes(register: Register, found: list[tuple[int, str, str]]) -> list[str]:
    """Tell which changes of code the register does not follow.

    Parameters
    ----------
    register : Register
        Units with their validity.
    found : list of tuple
        As `changes` gives them.

    Returns
    -------
    list of str
        A line a change whose new code is of no place that had the former one.
    """
    return [
        f"data/register/units.csv: '{old}' became '{new}' in {year}, KLASS says; the register's "
        f"series break there"
        for year, old, new in found
        if not register.valid_unit("municipality", new, year)
    ]


def _asked(get: Get, url: str, read: Callable[[Any], T], expected: str) -> T:
    """Ask KLASS and read the answer, or say what it was instead."""
    content = get(url)
    try:
        return read(json.loads(content))
    except (ValueError, KeyError, TypeError):
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected {expected}") from None


def _plain(name: str) -> str:
    return name.split(" - ", maxsplit=1)[0].split(" (", maxsplit=1)[0].strip().casefold()
