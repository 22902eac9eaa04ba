"""Know what an edition says of protecting pupils: how small is small, and how much doubt stays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from tilstand.edition.slips import unknown_keys


@dataclass(frozen=True)
class DisclosureRules:
    """Set what counts as recognisable, as the edition's table ``[disclosure]`` has it.

    Parameters
    ----------
    min_count : int
        Counts of pupils from 1 to ``min_count - 1`` are hidden.
    min_n : int
        Groups of fewer pupils show neither a distribution nor a mean.
    width : int
        Least distance, in pupils, between the ends of what may be concluded about a hidden count.
    strict_min_count, strict_min_n, strict_width : int
        The same for special education and immigrant background.
    complements : bool
        Hide a count that all but a few of its group stand behind: "97 of 99" tells of two.
    whole_group : bool
        Hide the distribution of a group whose pupils all stand in one category.
    mean_width : float
        Least distance between the ends of what may be concluded about a hidden mean, in standard
        deviations of all pupils.
    score_width : float
        The same in points of the measure; 0 for one standard deviation between the schools'
        means, and no less than ``mean_width`` says.

    Notes
    -----
    The defaults follow the practice of Udir (counts 1 to 4 hidden), of KOSTRA (no shares of groups
    below 10) and the rule that what a hidden number can be derived from is hidden too; a school
    owner may be stricter.
    """

    min_count: int = 5
    min_n: int = 10
    width: int = 3
    strict_min_count: int = 10
    strict_min_n: int = 20
    strict_width: int = 5
    complements: bool = True
    whole_group: bool = True
    mean_width: float = 0.5
    score_width: float = 0.0


LEAST = {
    "min_count": 2,
    "min_n": 2,
    "width": 1,
    "strict_min_count": 2,
    "strict_min_n": 2,
    "strict_width": 1,
}


def checked_rules(said: object, name: str, faults: list[str]) -> DisclosureRules:
    """Check the table ``[disclosure]`` of an edition file.

    Parameters
    ----------
    said : object
        What the file says; None where it says nothing.
    name : str
        The edition file, for messages.
    faults : list of str
        One line is added for each fault.

    Returns
    -------
    DisclosureRules
        The defaults for what is not said.
    """
    if said is None:
        return DisclosureRules()
    if not isinstance(said, dict):
        faults.append(f"{name}:disclosure: '{said}', expected a table [disclosure]")
        return DisclosureRules()
    known = [field.name for field in fields(DisclosureRules)]
    found = unknown_keys(said, known, (), f"{name}:disclosure")
    found += [
        f"{name}:disclosure.{key}: '{said[key]}', expected {wish}"
        for key in known
        if key in said and (wish := _expected(key, said[key]))
    ]
    if found:
        faults.extend(found)
        return DisclosureRules()
    rules = DisclosureRules(**said)
    lax = [
        key
        for key in ("min_count", "min_n", "width")
        if getattr(rules, f"strict_{key}") < getattr(rules, key)
    ]
    faults.extend(
        f"{name}:disclosure.strict_{key}: '{said[f'strict_{key}']}', expected "
        f"{getattr(rules, key)} or more: at least as strict as {key}"
        for key in lax
        if f"strict_{key}" in said
    )
    # An owner who tightens the plain rule tightens the strict one with it.
    return replace(rules, **{f"strict_{key}": getattr(rules, key) for key in lax})


def _expected(key: str, value: Any) -> str:
    """Say what a key wants where the value is something else; empty where it fits."""
    if key in LEAST:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and value >= LEAST[key] else f"a whole number, {LEAST[key]} or more"
    if key == "mean_width":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number and 0 < value <= 4 else "a number above 0 and at most 4"
    if key == "score_width":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number and value >= 0 else "a number, 0 or more"
    return "" if isinstance(value, bool) else "true or false"
