"""Hand figures, tables, blocks and numbers from a notebook to the page builder."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from IPython.display import display

from tilstand.report.charts.alone import alone

EXHIBIT = "application/vnd.tilstand.exhibit+json"
NUMBERS = "application/vnd.tilstand.numbers+json"
BLOCK = "application/vnd.tilstand.block+json"


@dataclass(frozen=True)
class Exhibit:
    """Carry a figure or table with all that stands around it on the page.

    Parameters
    ----------
    kind : {"figure", "table"}
        What it is numbered as.
    name : str
        Anchor and file name, unique in the chapter.
    title : str
        The finding.
    subtitle : str
        Measure, group, unit and years.
    source : str
        Source line, with n where it is known.
    table : str
        The numbers as an HTML table.
    csv : str
        The numbers as CSV.
    alt : str
        The figure's message in words; empty for a table.
    images : dict
        ``wide`` and ``narrow`` as ``svg`` elements and ``png`` in base64; empty for a table.
    refs : tuple of str
        Rows of the *figures* table behind it.
    simulated : bool
        The numbers are simulated: the page, the drawing and the download all say so.
    old : int
        The newest year of numbers that are old ones for the edition; the figure wears it.
    fields : tuple of dict
        What the columns of the CSV hold: name, type and unit.
    """

    kind: str
    name: str
    title: str
    subtitle: str
    source: str
    table: str
    csv: str
    alt: str = ""
    images: dict[str, str] = field(default_factory=dict)
    refs: tuple[str, ...] = ()
    simulated: bool = False
    old: int = 0
    fields: tuple[dict[str, str], ...] = ()


def show(exhibit: Exhibit) -> None:
    """Emit an exhibit as the cell's output."""
    wide = exhibit.images.get("wide", "")
    preview = (alone(wide, {}) if wide else "") + exhibit.table
    html = f"<h4>{exhibit.title}</h4><p>{exhibit.subtitle}</p>{preview}<p>{exhibit.source}</p>"
    display({EXHIBIT: asdict(exhibit), "text/html": html}, raw=True)


def show_block(html: str) -> None:
    """Emit a block of finished HTML as the cell's output."""
    display({BLOCK: {"html": html}, "text/html": html}, raw=True)


def say(numbers: dict[str, dict[str, Any]]) -> None:
    """Emit the numbers and words that the chapter's prose may use."""
    lines = "\n".join(f"{name} = {entry['text']}" for name, entry in numbers.items())
    display({NUMBERS: numbers, "text/plain": lines}, raw=True)
