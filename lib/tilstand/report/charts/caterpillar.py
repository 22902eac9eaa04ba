"""Draw how uncertain each of many numbers is: intervals around a reference, two marks a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILLED, OPEN = "o", "D"
PHONE_NAME = 26


def caterpillar(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    names: tuple[str, str],
    interval: str = "",
    reference: float = 0.0,
    reference_name: str = "",
    decimals: int = 1,
) -> Figure:
    """Draw one interval a row with a filled and an open mark, in the order given.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``value`` (filled mark) and ``role``; optional ``other`` (open mark),
        ``low`` and ``high`` (interval) and ``group`` (rows of one group share a heading).
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    names : tuple of str
        What the filled and the open mark are, for the key above the rows.
    interval : str
        What the line through a row is, for the key; left out if empty.
    reference : float
        Where the vertical line stands.
    reference_name : str
        What it is, for the key.
    decimals : int
        Decimals of the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title. Rows are never sorted here: schools stand by name.
    """
    rows = _rows(data)
    step = 0.27 if not size.is_narrow else 0.25
    key = _key(data, names, interval, reference_name)
    lines = len(key) if size.is_narrow else -(-len(key) // 2)
    with style.canvas(size, step * len(rows) + 0.22 * lines + 0.6) as (figure, axes):
        axes.axvline(reference, color=style.INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
        style.row_lines(axes, rows)
        for role in dict.fromkeys(data["role"]):
            _dots(axes, rows, str(role))
        for place, row in enumerate(rows):
            if not row["heading"]:
                style.mark(axes, row["row"], row["value"], place)
        # A long name would leave a phone no room for the marks; the table has it whole.
        longest = PHONE_NAME if size.is_narrow else None
        axes.set_yticks(range(len(rows)), [_cut(row["label"], longest) for row in rows])
        for text, row in zip(axes.get_yticklabels(), rows, strict=True):
            weight = 600 if row["heading"] else 400
            text.set(fontweight=weight, color=style.INK, verticalalignment="center")
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.04)
        style.number_axis(axes.xaxis, language, decimals, ticks=4 if size.is_narrow else 7)
        figure.legend(
            handles=key,
            loc="outside upper left",
            ncols=1 if size.is_narrow else 2,
            frameon=False,
            fontsize=size.text,
            handlelength=1.8,
            borderaxespad=0.1,
            labelspacing=0.3,
        )
    return figure


def _rows(data: pd.DataFrame) -> list[dict]:
    blank = {"heading": False, "other": np.nan, "low": np.nan, "high": np.nan}
    rows: list[dict] = []
    heading = None
    for number, record in zip(data.index, data.to_dict("records"), strict=True):
        if "group" in record and record["group"] != heading:
            heading = record["group"]
            rows.append({**blank, "heading": True, "label": heading})
        rows.append({**blank, **record, "row": number})
    return rows


def _cut(label: str, longest: int | None) -> str:
    if longest is None or len(label) <= longest:
        return label
    return f"{label[: longest - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _dots(axes: Axes, rows: list[dict], role: str) -> None:
    colour = style.ROLE_COLOURS[role]
    for key, filled in (("other", False), ("value", True)):
        at = [(row[key], place) for place, row in enumerate(rows) if row.get("role") == role]
        known = [(value, place) for value, place in at if np.isfinite(value)]
        if known:
            axes.plot(*zip(*known, strict=True), **_mark(colour, filled=filled), zorder=3 + filled)


def _mark(colour: str, *, filled: bool) -> dict:
    return {
        "marker": FILLED if filled else OPEN,
        "markersize": 7.5 if filled else 6.5,
        "color": colour,
        "markerfacecolor": colour if filled else style.PAPER,
        "markeredgecolor": style.PAPER if filled else colour,
        "markeredgewidth": 0.8 if filled else 1.4,
        "linestyle": "none",
    }


def _key(
    data: pd.DataFrame, names: tuple[str, str], interval: str, reference_name: str
) -> list[Line2D]:
    colour = style.ROLE_COLOURS[str(data["role"].iloc[0])]
    entries = [Line2D([], [], label=names[0], **_mark(colour, filled=True))]
    if "other" in data:
        entries.append(Line2D([], [], label=names[1], **_mark(colour, filled=False)))
    if interval:
        entries.append(Line2D([], [], label=interval, color=colour, linewidth=2))
    if reference_name:
        entries.append(
            Line2D(
                [], [], label=reference_name, color=style.INK, linewidth=1.1, linestyle=(0, (4, 2))
            )
        )
    return entries


def _tell(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Tell every row; whether an interval holds zero turns on a decimal, which it always has."""
    return phrases.points(data, language, max(decimals, 1))


FORM = Form(
    names={"nb": "Intervalldiagram", "en": "Interval chart"},
    draw=caterpillar,
    tell=_tell,
    columns=behind.numbers,
)
