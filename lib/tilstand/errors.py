"""Say what is wrong in words a school administrator can act on."""

from __future__ import annotations

import errno
from dataclasses import dataclass

#: What a user can do about faults of the disk and of a folder's permissions.
REMEDIES = {
    errno.ENOSPC: "make room on the disk and run the command again",
    errno.EDQUOT: "make room on the disk and run the command again",
    errno.EROFS: "give the folder to a disk that can be written, and run the command again",
    errno.EACCES: "ask for permission to read and write there, and run the command again",
    errno.EPERM: "ask for permission to read and write there, and run the command again",
}


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
    """Report faults in data, register or edition files."""


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
    where = f"{error.filename}: " if error.filename else ""
    remedy = REMEDIES.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}{f'; {remedy}' if remedy else ''}"
