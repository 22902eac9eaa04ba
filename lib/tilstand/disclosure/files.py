"""Read counts from a user's file and say which cell of it is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tilstand.errors import DataError
from tilstand.safe_text import one_line
from tilstand.tabular.kinds import NO_LIMITS, OWN
from tilstand.tabular.names import folded, is_total, one_spelling, questions
from tilstand.tabular.raw import read_raw

from .cells import TOTAL
from .errors import DisclosureError

# What Norwegian exports print where they show nothing.
NOT_SHOWN = frozenset({"", "*", ".", "..", ":", "-", "\u2013", "nan", "None", "<NA>"})
# Columns of places, where the words for all of them are no category.
_SCHOOLS = re.compile(r"sk[ou]le|school|enhet|unit|kommune|municipality", re.IGNORECASE)
_WHOLE = re.compile(r"^\d+(?:[.,]0+)?$")
# How files call a row that sums over a dimension.
_IS_TOTAL = re.compile(r"(tota|sum|alle?\b|i ?alt\b|saml|begge|both|hele|whole)", re.IGNORECASE)
# No count of people is larger; sums of such counts stay exact in every program that we use.
MOST = 999_999_999
_SPACES = str.maketrans("", "", " \u00a0\u202f")


@dataclass(frozen=True)
class Cell:
    """Hold one row of a file of counts.

    Parameters
    ----------
    row : int
        Row as a spreadsheet shows it; the header is row 1.
    key : tuple of str
        Category in each dimension.
    count : int or None
        None where the file shows nothing.
    """

    row: int
    key: tuple[str, ...]
    count: int | None


def read_inner_cells(
    path: Path, dimensions: Sequence[str], count: str, *, allow_large: bool = False
) -> list[Cell]:
    """Read the inner cells of a table.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet.
    dimensions : sequence of str
        Columns that span the table.
    count : str
        Column of the counts.
    allow_large : bool
        Read a file of any size.

    Returns
    -------
    list of Cell
        One a row, in the file's order. Categories that differ in blanks, case or Unicode form are
        one.

    Raises
    ------
    DisclosureError
        One line for every wrong cell.
    """
    wanted = [*dimensions, count]
    header, rows = _rows(path, wanted, totals=False, allow_large=allow_large)
    _need_columns(path, header, wanted)
    shown = {dimension: _one_spelling(dimension, rows) for dimension in dimensions}
    faults: list[str] = []
    cells: list[Cell] = []
    first: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        key = tuple(shown[d][row[d]] for d in dimensions)
        for dimension, name in zip(dimensions, key, strict=True):
            if name in {"", TOTAL}:
                faults.append(
                    f"{path}:{number}:{dimension}: '{name}', expected a category "
                    "(the file holds inner cells only; totals are computed)"
                )
        value = _whole(row[count])
        if value is None:
            faults.append(
                f"{path}:{number}:{count}: '{one_line(row[count])}', expected a whole number, "
                f"0 or more{_largest(row[count])}"
            )
        if key in first:
            faults.append(
                f"{path}:{number}:{','.join(dimensions)}: '{one_line(' / '.join(key))}', expected "
                f"one row a combination (row {first[key]} has it already)"
            )
        first.setdefault(key, number)
        cells.append(Cell(number, key, value))
    if not cells:
        faults.append(f"{path}:2:{count}: '', expected at least one row of counts")
    faults = faults or _totals(path, cells, dimensions)
    if faults:
        raise DisclosureError(faults)
    return cells


def _totals(path: Path, cells: Sequence[Cell], dimensions: Sequence[str]) -> list[str]:
    """Find rows that are called a sum of the others, and are one or stand among schools.

    A total taken for a category would be a way around every blank: the reader adds the rest up.
    """
    faults = []
    for axis, dimension in enumerate(dimensions):
        places = _SCHOOLS.match(dimension) is not None
        names = {cell.key[axis] for cell in cells}
        named = {name for name in names if _IS_TOTAL.match(name) or is_total(name)}
        surely = {name for name in names if places and is_total(name, of_schools=True)}
        for name in sorted(named | surely):
            sums: dict[tuple[str, ...], int] = {}
            totals: dict[tuple[str, ...], int] = {}
            for cell in cells:
                part = (*cell.key[:axis], *cell.key[axis + 1 :])
                into = totals if cell.key[axis] == name else sums
                into[part] = into.get(part, 0) + (cell.count or 0)
            adds_up = sums and all(sums.get(part, 0) == all_ for part, all_ in totals.items())
            if adds_up or name in surely:
                row = next(cell.row for cell in cells if cell.key[axis] == name)
                what = "is the sum of the others" if adds_up else "looks like a total of the others"
                faults.append(
                    f"{path}:{row}:{dimension}: '{name}', expected a category, and this {what}: "
                    "delete its rows (the file holds inner cells only; totals are computed)"
                )
    return faults


def read_published(
    path: Path,
    dimensions: Sequence[str],
    count: str,
    inner: Sequence[Cell] = (),
    *,
    allow_large: bool = False,
) -> list[Cell]:
    """Read totals that are public already.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet. A dimension that is not among its columns, is blank or says
        ``Total`` is summed over. Rows without a count are not public and left out.
    dimensions : sequence of str
        Dimensions of the table to protect.
    count : str
        Column of the counts; ``count`` will do too.
    inner : sequence of Cell
        The table to protect; its spellings of the categories hold.
    allow_large : bool
        Read a file of any size.

    Returns
    -------
    list of Cell
        The public cells.

    Raises
    ------
    DisclosureError
        One line for every wrong cell.
    """
    header, rows = _rows(path, [*dimensions, count, "count"], totals=True, allow_large=allow_large)
    column = count if count in header or "count" not in header else "count"
    _need_columns(path, header, [column])
    if not set(dimensions) & set(header):
        raise DisclosureError(
            f"{path}:1:{dimensions[0]}: '{', '.join(header)}', expected at least one of the "
            f"columns {', '.join(dimensions)}"
        )
    like = {d: [cell.key[axis] for cell in inner] for axis, d in enumerate(dimensions)}
    shown = {d: _one_spelling(d, rows, like[d]) for d in dimensions}
    faults: list[str] = []
    cells: list[Cell] = []
    for number, row in rows:
        if row[column] in NOT_SHOWN:
            continue
        value = _whole(row[column])
        if value is None:
            faults.append(
                f"{path}:{number}:{column}: '{one_line(row[column])}', expected a whole number, "
                f"0 or more{_largest(row[column])}, or a blank where nothing is public"
            )
        key = tuple(shown[d][row.get(d, "")] or TOTAL for d in dimensions)
        cells.append(Cell(number, key, value))
    if faults:
        raise DisclosureError(faults)
    return cells


def _rows(
    path: Path, wanted: Sequence[str], *, totals: bool, allow_large: bool
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header and each row with its number, all as stripped text."""
    limits = NO_LIMITS if allow_large else OWN
    table, faults = read_raw(path, str(path), limits, wanted, totals=totals)
    faults = [fault for fault in faults if fault.value != "no rows"]
    if faults:
        raise DisclosureError(DataError([*faults]).lines)
    rows = [
        (number, dict(zip(table.header, (part.strip() for part in cells), strict=True)))
        for number, cells in table.rows
    ]
    return table.header, rows


def near_names(
    path: Path, cells: Sequence[Cell], dimensions: Sequence[str], hierarchy: Sequence[str]
) -> list[str]:
    """Ask about categories that are nearly equal, a line each.

    Parameters
    ----------
    path : Path
        The table's file.
    cells : sequence of Cell
        Its inner cells.
    dimensions : sequence of str
        Columns that span the table.
    hierarchy : sequence of str
        Columns that nest, such as ``school:municipality``: names of one municipality are compared.

    Returns
    -------
    list of str
        Lines for a person; none where all names are plainly different.
    """
    nested = [one.split(":") for one in hierarchy]
    outer = {inner.strip(): out.strip() for one in nested for inner, out in pairwise(one)}
    lines = []
    for axis, name in enumerate(dimensions):
        parent = dimensions.index(outer[name]) if outer.get(name) in dimensions else None
        within = {cell.key[axis]: "" if parent is None else cell.key[parent] for cell in cells}
        lines += questions(within, f"{path}:{name}", within)
    return lines


def _one_spelling(
    dimension: str,
    rows: Sequence[tuple[int, dict[str, str]]],
    like: Sequence[str] = (),
) -> dict[str, str]:
    """Choose one spelling of each category; categories of another file come first."""
    names = [row.get(dimension, "") for _, row in rows]
    shown = one_spelling(names)
    others = {folded(name): name for name in like}
    return {name: others.get(folded(name), one) for name, one in shown.items()}


def _need_columns(path: Path, header: list[str], wanted: list[str]) -> None:
    faults = [
        f"{path}:1:{name}: '{', '.join(header)}', expected a column '{name}'"
        for name in wanted
        if name not in header
    ]
    if faults:
        raise DisclosureError(faults)


def _whole(text: str) -> int | None:
    """Read '1 234' and '12.0' as whole numbers; None for anything else."""
    tight = text.translate(_SPACES)
    if not _WHOLE.fullmatch(tight):
        return None
    digits = re.split("[.,]", tight)[0].lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(MOST)) and int(digits) <= MOST else None


def _largest(text: str) -> str:
    """Name the limit where a number is beyond it."""
    return f" and {MOST} at most" if _WHOLE.fullmatch(text.translate(_SPACES)) else ""
