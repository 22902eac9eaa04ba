"""Read counts from a user's file and say which cell of it is wrong."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tilstand.safe_text import one_line

from .cells import TOTAL
from .errors import DisclosureError

# What Norwegian exports print where they show nothing.
NOT_SHOWN = frozenset({"", "*", ".", "..", ":", "-", "\u2013", "nan", "None", "<NA>"})
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


def read_inner_cells(path: Path, dimensions: Sequence[str], count: str) -> list[Cell]:
    """Read the inner cells of a table.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet.
    dimensions : sequence of str
        Columns that span the table.
    count : str
        Column of the counts.

    Returns
    -------
    list of Cell
        One a row, in the file's order.

    Raises
    ------
    DisclosureError
        One line for every wrong cell.
    """
    header, rows = _rows(path)
    _need_columns(path, header, [*dimensions, count])
    faults: list[str] = []
    cells: list[Cell] = []
    first: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        key = tuple(row[d] for d in dimensions)
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
    """Find rows that are called a sum of the others, and are one.

    A total taken for a category would be a way around every blank: the reader adds the rest up.
    """
    faults = []
    for axis, dimension in enumerate(dimensions):
        named = {cell.key[axis] for cell in cells if _IS_TOTAL.match(cell.key[axis])}
        for name in sorted(named):
            sums: dict[tuple[str, ...], int] = {}
            totals: dict[tuple[str, ...], int] = {}
            for cell in cells:
                part = (*cell.key[:axis], *cell.key[axis + 1 :])
                into = totals if cell.key[axis] == name else sums
                into[part] = into.get(part, 0) + (cell.count or 0)
            if sums and all(sums.get(part, 0) == total for part, total in totals.items()):
                row = next(cell.row for cell in cells if cell.key[axis] == name)
                faults.append(
                    f"{path}:{row}:{dimension}: '{name}', expected a category, and this is the sum "
                    "of the others (the file holds inner cells only; totals are computed)"
                )
    return faults


def read_published(path: Path, dimensions: Sequence[str], count: str) -> list[Cell]:
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

    Returns
    -------
    list of Cell
        The public cells.

    Raises
    ------
    DisclosureError
        One line for every wrong cell.
    """
    header, rows = _rows(path)
    column = count if count in header or "count" not in header else "count"
    _need_columns(path, header, [column])
    if not set(dimensions) & set(header):
        raise DisclosureError(
            f"{path}:1:{dimensions[0]}: '{', '.join(header)}', expected at least one of the "
            f"columns {', '.join(dimensions)}"
        )
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
        key = tuple(row.get(d, "") or TOTAL for d in dimensions)
        cells.append(Cell(number, key, value))
    if faults:
        raise DisclosureError(faults)
    return cells


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header and each row with its number, all as stripped text."""
    if not path.is_file():
        raise DisclosureError(f"{path}:0: '{path.name}', expected a file that exists")
    kind = path.suffix.lower()
    if kind in {".xlsx", ".xlsm", ".xls"}:
        lines = _texts(pd.read_excel(path, header=None, dtype=object))
    elif kind in {".parquet", ".pq"}:
        frame = pd.read_parquet(path)
        lines = [[str(name) for name in frame.columns], *_texts(frame.astype(object))]
    else:
        lines = _csv_lines(path)
    if not lines:
        raise DisclosureError(f"{path}:1: '', expected a header and rows of counts")
    header = [name.strip() for name in lines[0]]
    rows = []
    faults = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(part.strip() for part in line):
            continue
        if len(line) != len(header):
            faults.append(
                f"{path}:{number}: '{len(line)} columns', expected {len(header)} as in the header"
            )
            continue
        rows.append((number, dict(zip(header, (part.strip() for part in line), strict=True))))
    if faults:
        raise DisclosureError(faults)
    return header, rows


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    return [
        ["" if pd.isna(value) else str(value) for value in row]
        for row in frame.itertuples(index=False)
    ]


def _csv_lines(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(";\t,", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


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
