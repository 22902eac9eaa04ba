"""Write the files that a reader takes along: numbers as CSV and Excel, drawings as SVG and PNG."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import math
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# Excel stores when a file was made: a day of no meaning, so that the same numbers are the same
# bytes. 1980 is the first day that a zip archive can name.
NEVER = dt.datetime(1980, 1, 1)
FORMS = {"wide": ".svg", "narrow": "-narrow.svg", "png": ".png"}


def write_files(exhibit: dict[str, Any], stem: str, folder: Path) -> None:
    """Write every file of a figure or table.

    Parameters
    ----------
    exhibit : dict
        As a chapter handed it over.
    stem : str
        Name of the files, without ending.
    folder : Path
        Gets ``data/<stem>.csv`` and ``.xlsx``, and ``figures/<stem>.svg``, ``-narrow.svg`` and
        ``.png``; both folders are there.
    """
    data = folder / "data"
    (data / f"{stem}.csv").write_text(exhibit["csv"], encoding="utf-8-sig")
    notes = [exhibit["title"], exhibit["subtitle"], exhibit["source"]]
    (data / f"{stem}.xlsx").write_bytes(workbook(exhibit["csv"], notes))
    for form, ending in FORMS.items():
        if form not in exhibit["images"]:
            continue
        drawn = exhibit["images"][form]
        content = base64.b64decode(drawn) if form == "png" else drawn.encode("utf-8")
        (folder / "figures" / f"{stem}{ending}").write_bytes(content)


def workbook(text: str, notes: list[str]) -> bytes:
    """Turn a CSV table into an Excel workbook.

    Parameters
    ----------
    text : str
        The table: a header and rows, comma-separated, decimal points.
    notes : list of str
        Lines for the second sheet: title, what is measured, source.

    Returns
    -------
    bytes
        The workbook. The same table gives the same bytes. Text is stored as text, never as a
        formula.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Tilstandsboka"
    book.properties.created = book.properties.modified = NEVER
    sheet = book.create_sheet("Tall")
    rows = list(csv.reader(io.StringIO(text)))
    for row in rows:
        sheet.append([_number(cell) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for index, column in enumerate(zip(*rows, strict=True), start=1):
        width = min(max(len(cell) for cell in column) + 2, 60)
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    about = book.create_sheet("Om")
    about.column_dimensions["A"].width = 100
    for line in filter(None, notes):
        about.append([line])
        about.cell(about.max_row, 1).data_type = "s"
    return _undated(book)


def _number(cell: str) -> str | int | float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(value) or (len(cell) > 1 and cell[0] == "0" and cell[1] != "."):
        return cell  # "nan" may be a name, and a code with a leading zero is no number
    return int(value) if value.is_integer() and "." not in cell else value


def _undated(book: Any) -> bytes:
    """Save a workbook without the time of day that openpyxl and the archive would write."""
    from openpyxl.writer.excel import ExcelWriter

    drafted, final = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(drafted, "w") as archive:
        writer = ExcelWriter(book, archive)
        writer.write_data()  # `Workbook.save` would set the time of day before this
    with zipfile.ZipFile(drafted) as draft, zipfile.ZipFile(final, "w") as archive:
        for name in draft.namelist():
            entry = zipfile.ZipInfo(name, date_time=NEVER.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, draft.read(name))
    return final.getvalue()
