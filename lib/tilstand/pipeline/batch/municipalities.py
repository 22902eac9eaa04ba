"""Read which municipalities a batch is about."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.errors import CallError, DataError, Fault

if TYPE_CHECKING:
    from tilstand.register import Register

COLUMN = "municipality"


def chosen_municipalities(register: Register, chosen: str, year: int) -> list[str]:
    """List the codes that a command was asked for.

    Parameters
    ----------
    register : Register
        Tells which codes were valid.
    chosen : str
        ``all``, or the path of a file as `read_municipalities` takes it.
    year : int
        Data year.

    Raises
    ------
    CallError, DataError
        As `read_municipalities`.
    """
    if chosen == "all":
        return all_municipalities(register, year)
    return read_municipalities(register, Path(chosen), year)


def all_municipalities(register: Register, year: int) -> list[str]:
    """List the codes of every municipality that was valid in a year, in order.

    Municipalities outside the counties, such as Svalbard, are left out: no report on schools is
    made for them.
    """
    units = register.units
    valid = units[
        (units["level"] == "municipality")
        & (units["county"] != "")
        & (units["valid_from"] <= year)
        & (units["valid_to"] >= year)
    ]
    return sorted(set(valid["code"]))


def read_municipalities(register: Register, path: Path, year: int) -> list[str]:
    """Read codes from a file: one a line, or a CSV file with a column ``municipality``.

    Parameters
    ----------
    register : Register
        Tells which codes were valid.
    path : Path
        The file; blank lines and what follows ``#`` are left aside.
    year : int
        Data year.

    Returns
    -------
    list of str
        Codes in the order of the file, each once.

    Raises
    ------
    CallError
        When there is no such file, or no code in it.
    DataError
        When a code was no municipality in the year; a line for each.
    """
    if not path.is_file():
        raise CallError(f"--municipalities: '{path}', expected all or a file with codes")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    first = next(csv.reader(lines[:1]), [])
    place = first.index(COLUMN) if COLUMN in first else None
    found: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        cells = next(csv.reader([line.partition("#")[0]]), [])
        if (place is not None and number == 1) or not any(cell.strip() for cell in cells):
            continue
        code = cells[place or 0].strip() if len(cells) > (place or 0) else ""
        found.setdefault(code, number)
    if not found:
        raise CallError(f"{path}: no code in it, expected one municipality code a line")
    faults = [
        Fault(path.as_posix(), row, COLUMN, code, f"a municipality code valid in {year}")
        for code, row in found.items()
        if not register.valid_unit("municipality", code, year)
    ]
    if faults:
        raise DataError(faults)
    return list(found)
