"""Write the files that a reader takes along: numbers as CSV and Excel, drawings as SVG and PNG."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tilstand.pipeline.outputs.excel import workbook
from tilstand.report.charts.alone import alone
from tilstand.safe_text import spreadsheet_safe

if TYPE_CHECKING:
    from pathlib import Path

FORMS = {"wide": ".svg", "png": ".png"}


def write_files(
    exhibit: dict[str, Any], stem: str, folder: Path, language: str = "nb", address: str = ""
) -> None:
    """Write every file of a figure or table.

    Parameters
    ----------
    exhibit : dict
        As a chapter handed it over.
    stem : str
        Name of the files, without ending.
    folder : Path
        Gets ``data/<stem>.csv`` and ``.xlsx``, and ``figures/<stem>.svg`` and ``.png``; both
        folders are there.
    language : {"nb", "en"}, optional
        Language of what explains the columns.
    address : str, optional
        Where the exhibit stands on the site, if that is known.
    """
    data = folder / "data"
    (data / f"{stem}.csv").write_text(exhibit["csv"], encoding="utf-8-sig")
    notes = [spreadsheet_safe(exhibit[part]) for part in ("title", "subtitle", "source")]
    (data / f"{stem}.xlsx").write_bytes(
        workbook(exhibit["csv"], notes, exhibit.get("fields", ()), language)
    )
    for form, ending in FORMS.items():
        if form not in exhibit["images"]:
            continue
        drawn = exhibit["images"][form]
        content = (
            base64.b64decode(drawn)
            if form == "png"
            else alone(drawn, exhibit, address).encode("utf-8")
        )
        (folder / "figures" / f"{stem}{ending}").write_bytes(content)
