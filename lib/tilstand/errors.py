"""Say what is wrong in words a school administrator can act on."""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass, replace
from typing import Any

#: What a user can do about faults of the disk and of a folder's permissions.
REMEDIES = {
    errno.ENOSPC: "make room on the disk and run the command again",
    errno.EDQUOT: "make room on the disk and run the command again",
    errno.EROFS: "choose a place that can be written to, and run the command again",
    errno.EACCES: "ask for permission to read and write there, and run the command again",
    errno.EPERM: "ask for permission to read and write there, and run the command again",
}
#: Faults of one cause that are told one by one; of more, the first rows and the count.
MOST_PLACES = 3
_IN_EDITOR = re.compile(r" \(line \d+ in a text editor\)")


@dataclass(frozen=True, order=True)
class Fault:
    """Point at one faulty cell.

    Parameters
    ----------
    file : str
        Path of the file, as the user would type it.
    row : int
        Row as a spreadsheet shows it; the header is row 1. Zero means the whole file.
    column : str
        Name of the column; empty when the fault is the row's or the file's.
    value : str
        What stands there.
    expected : str
        What should have stood there.
    """

    file: str
    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        """Write the fault as one line."""
        place = ":".join(part for part in (self.file, str(self.row or ""), self.column) if part)
        return f"{place}: '{self.value}', expected {self.expected}"


class TilstandError(Exception):
    """Stop with one or more lines that say what to do.

    Parameters
    ----------
    lines : str or sequence
        One line a fault; anything with a readable ``str``.
    """

    exit_code = 1

    def __init__(self, lines: object) -> None:
        self.lines = [str(line) for line in (lines if isinstance(lines, list) else [lines])]
        super().__init__("\n".join(self.lines))


class DataError(TilstandError):
    """Report faults in data, register or edition files; what one cause has done is one line."""

    def __init__(self, lines: object) -> None:
        super().__init__(by_cause(lines) if isinstance(lines, list) else lines)


def by_cause(lines: list[Any]) -> list[Any]:
    """Gather faults of one cause, in one file, into one.

    Parameters
    ----------
    lines : list of Fault or str
        Faults, by row.

    Returns
    -------
    list of Fault or str
        In the order of the first fault of each cause. A cause with more than `MOST_PLACES` faults
        is one line, which counts them and names its first rows.

    Examples
    --------
    >>> faults = [Fault("a.csv", row, "n", "x", "a number") for row in range(2, 9)]
    >>> str(by_cause(faults)[0])
    "a.csv:2:n: 'x', expected a number (7 such cells in 7 rows: 2, 3, 4 ...)"
    """
    groups: dict[object, list[Any]] = {}
    for place, line in enumerate(lines):
        alike = isinstance(line, Fault) and line.row
        key = (line.file, _IN_EDITOR.sub("", line.expected)) if alike else place
        groups.setdefault(key, []).append(line)
    gathered: list[Any] = []
    for group in groups.values():
        gathered += group if len(group) <= MOST_PLACES else [_counted(group)]
    return gathered


def _counted(faults: list[Fault]) -> Fault:
    rows = list(dict.fromkeys(fault.row for fault in faults))
    first = ", ".join(map(str, rows[:MOST_PLACES]))
    cells = "cells" if faults[0].column else "places"
    more = " ..." if len(rows) > MOST_PLACES else ""
    where = f"in {len(rows)} rows: {first}{more}" if len(rows) > 1 else f"in row {first}"
    expected = f"{faults[0].expected} ({len(faults)} such {cells} {where})"
    return replace(faults[0], expected=expected)


class BuildError(TilstandError):
    """Report a chapter or a page that could not be built."""


class CallError(TilstandError):
    """Report a call that cannot be carried out as it stands."""

    exit_code = 2


def system_fault(error: OSError) -> str:
    """Write a fault of the machine as one line.

    Parameters
    ----------
    error : OSError
        What the system answered.

    Returns
    -------
    str
        The file where one is known, what is wrong, and what to do where a user can mend it.
    """
    if isinstance(error, shutil.Error) and error.args:  # of copying a folder: all its faults
        faults = error.args[0]
        why = str(faults[0][2] if isinstance(faults, list) else faults)
        named = re.findall(r"'([^']+)'", why)
        error = machine_fault(why, named[-1] if named else "") or OSError(why)
    where = f"{error.filename}: " if error.filename else ""
    remedy = REMEDIES.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}{f'; {remedy}' if remedy else ''}"


def machine_fault(text: str, where: str) -> OSError | None:
    """Find in what another program said that the disk or a permission stopped it.

    Parameters
    ----------
    text : str
        What it said, such as ``OSError: [Errno 28] No space left on device``.
    where : str
        The file or folder that it was at.

    Returns
    -------
    OSError or None
        The first fault that a user can mend, for `system_fault`.
    """
    for code in map(int, re.findall(r"\[Errno (\d+)\]", text)):
        if code in REMEDIES:
            return OSError(code, os.strerror(code), where)
    return None
