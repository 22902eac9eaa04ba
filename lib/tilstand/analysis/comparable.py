"""Know which years of an indicator may stand on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tilstand.register import Register


def first_comparable_year(register: Register, indicator: str, year: int) -> int:
    """Return the first year on the same scale as a year.

    Parameters
    ----------
    register : Register
        Breaks in series.
    indicator : str
        Code of the catalogue.
    year : int
        Year that others are compared with.

    Returns
    -------
    int
        The latest break at or before the year; 0 where there is none. Spans of years with a
        fault (breaks that have an end) do not begin a scale.
    """
    lasting = [row for row in register.breaks_of(indicator) if not row["last_year"]]
    starts = [int(row["year"]) for row in lasting if row["year"]]
    return max((start for start in starts if start <= year), default=0)


def on_one_scale(register: Register, indicator: str, first: int, last: int) -> bool:
    """Tell whether no break lies between two years."""
    return first_comparable_year(register, indicator, last) <= first


def break_years(register: Register, indicator: str) -> tuple[int, ...]:
    """List the years that a line may not run into: the first after each break or faulty span.

    Parameters
    ----------
    register : Register
        Breaks in series.
    indicator : str
        Code of the catalogue.

    Returns
    -------
    tuple of int
        Oldest first. A span such as the years of cancelled exams gives its first year and the
        one after its last.
    """
    found: set[int] = set()
    for row in register.breaks_of(indicator):
        found |= {int(row["year"])} if row["year"] else set()
        found |= {int(row["last_year"]) + 1} if row["last_year"] else set()
    return tuple(sorted(found))
