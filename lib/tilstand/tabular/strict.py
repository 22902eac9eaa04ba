"""Read the project's own CSV files strictly, keeping the row a person sees in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.errors import Fault

if TYPE_CHECKING:
    from pathlib import Path

ROW = "_row"


def read_strict(
    path: Path, name: str, columns: tuple[str, ...]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a CSV of known columns as text and collect what is wrong with its form.

    Parameters
    ----------
    path : Path
        UTF-8 CSV file with a header.
    name : str
        How faults name the file.
    columns : tuple of str
        The header, in this order.

    Returns
    -------
    table : pandas.DataFrame
        The columns as text, with the spreadsheet row in ``_row``; empty when the form is broken.
    faults : list of Fault
        Wrong encoding, header or number of cells.
    """
    nothing = pd.DataFrame(columns=[*columns, ROW])
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return nothing, [Fault(name, 0, "", "no such file", "a CSV file")]
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        value = f"byte {error.object[error.start]:#04x}"
        return nothing, [Fault(name, row, "", value, "text in UTF-8 (save as CSV UTF-8)")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        return nothing, [Fault(name, reader.line_num, "", str(error), "well-formed CSV")]
    if not rows:
        return nothing, [Fault(name, 1, "", "", f"the header {','.join(columns)}")]
    header = tuple(rows[0][1])
    faults = _header_faults(name, header, columns)
    if faults:
        return nothing, faults
    wrong = [(row, cells) for row, cells in rows[1:] if len(cells) != len(columns)]
    faults = [
        Fault(name, row, "", f"{len(cells)} cells", f"{len(columns)} cells") for row, cells in wrong
    ]
    good = [(*cells, row) for row, cells in rows[1:] if len(cells) == len(columns)]
    return pd.DataFrame(good, columns=[*columns, ROW]), faults


def _header_faults(name: str, header: tuple[str, ...], columns: tuple[str, ...]) -> list[Fault]:
    lacking = [column for column in columns if column not in header]
    if lacking:
        return [Fault(name, 1, column, "", f"a column named '{column}'") for column in lacking]
    extra = [column for column in header if column not in columns]
    if extra:
        return [Fault(name, 1, column, column, "no such column") for column in extra]
    if header != columns:
        expected = f"the columns in the order {','.join(columns)}"
        return [Fault(name, 1, "", ",".join(header), expected)]
    return []
