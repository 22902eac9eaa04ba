"""Name the columns of a table: what a reader sees over them, and how their numbers are set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """Describe one column of numbers or words in a table.

    Parameters
    ----------
    key : str
        Column of the frame.
    header : str
        Header in the page's language, with the unit.
    decimals : int, str or None
        Decimals of numbers, or the column of the frame that holds each row's; None for a column
        of words.
    ref : str, optional
        Column of the frame that names each number's protected cell. The audit of the finished
        site reads the numbers back by it.
    of : str
        What the number is of that cell where it is not its value: ``low``, ``high`` or ``sd``.
    absent : str
        What the page shows where there is no number; "not reported" if empty. The CSV file has a
        blank.
    signed : bool
        Whether the page shows a plus sign, as of changes.
    """

    key: str
    header: str
    decimals: int | str | None = None
    ref: str = ""
    of: str = ""
    absent: str = ""
    signed: bool = False
