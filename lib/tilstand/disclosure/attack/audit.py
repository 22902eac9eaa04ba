"""Audit published tables: list every small count that a reader can pin down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .intervals import Interval, bound_hidden
from .published import Key, Published, name


@dataclass(frozen=True)
class Audit:
    """Hold what an attack found.

    Parameters
    ----------
    intervals : list of Interval
        One a hidden count.
    faults : list of str
        One line for everything that must not be published as it stands.
    """

    intervals: list[Interval]
    faults: list[str]

    @property
    def recovered(self) -> int:
        """Count the blanks whose number can be computed."""
        return sum(interval.width == 0 for interval in self.intervals)

    @property
    def narrowest(self) -> int | None:
        """Return the smallest width of a hidden count; None where nothing is hidden."""
        return min((interval.width for interval in self.intervals), default=None)


def audit(
    published: Published,
    min_count: int = 5,
    width: int = 3,
    truth: Mapping[Key, int] | None = None,
    already_public: frozenset[Key] = frozenset(),
    enough: int | None = None,
) -> Audit:
    """Attack what is published and list every small count that gives way.

    Parameters
    ----------
    published : Published
        All that is printed.
    min_count : int
        Counts from 1 to ``min_count - 1`` must not be printed nor computable.
    width : int
        Required distance between the ends of what may be concluded about such a count.
    truth : mapping of Key to int, optional
        The true counts. Without them every blank that could be a small count is taken for one.
    already_public : frozenset of Key
        Cells that others have published; printing them again gives nothing away.
    enough : int, optional
        Stop widening an interval here (default `width`); larger values cost time.

    Returns
    -------
    Audit
        Intervals and faults.
    """
    faults = list(published.contradictions)
    for cell, shown in sorted(published.cells.items()):
        if shown is not None and 0 < shown < min_count and cell not in already_public:
            faults.append(f"{name(cell)}: '{shown}', expected a blank for fewer than {min_count}")
    try:
        intervals = bound_hidden(published, width if enough is None else enough)
    except ValueError as fault:
        return Audit([], [*faults, str(fault)])
    for interval in intervals:
        true = None if truth is None else truth.get(interval.cell)
        small = interval.low < min_count if true is None else 0 < true < min_count
        # Nobody is behind a zero, so a cell shown to be empty gives no one away.
        if small and interval.high > 0 and interval.width < width:
            faults.append(
                f"{name(interval.cell)}: '{interval.low} to {interval.high}', expected an interval "
                f"of {width} or more"
            )
    return Audit(intervals, faults)
