"""Draw how places compare: dots with intervals where there are any, one row a label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from tilstand.report.charts import behind, intervals, phrases, strips, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def dots(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    decimals: int = 1,
    from_zero: bool = False,
    reference: float | None = None,
    against: str = "",
) -> Figure:
    """Draw one dot a row and label it with its value; group rows under headings.

    Where many groups hold the same few places, a group is one line with all its places
    (`tilstand.report.charts.strips`).

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``value`` and ``role`` in the order to show; optional ``group``
        (rows of one group share a heading), ``low`` and ``high`` (interval) and ``apart``
        (bool: can it be told from what it is held against, as the chapter tested it).
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the labels.
    from_zero : bool
        Start the value axis at zero.
    reference : float, optional
        What intervals are held against; marks of those that hold it are rings.
    against : str
        What rows are held against, for the key that says so; the line if empty.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    if strips.fit(data):
        return strips.strips(data, size, language, decimals=decimals)
    rows = _rows(data, grouped="group" in data.columns)
    held = intervals.has_any(rows)
    key = intervals.key_of(rows, reference, "", against, language) if held else []
    step = 0.27 if not size.is_narrow else 0.25
    height = step * len(rows) + 0.55 + 0.22 * intervals.key_lines(key, size)
    with style.canvas(size, height) as (figure, axes):
        intervals.row_lines(axes, rows)
        for place, row in enumerate(rows):
            if row["heading"]:
                continue
            style.mark(axes, row["row"], row["value"], place)
            strong = row["role"] not in style.COMPARATORS
            apart = intervals.is_apart(row, reference)
            marker = style.ROLE_MARKERS.get(row["role"], "o")
            look = intervals.mark_of(
                row["role"], apart=apart, size=9 if strong else 7, marker=marker
            )
            axes.plot(row["value"], place, **look, zorder=3)
            if not held:
                _number(axes, row, place, write_number(row["value"], decimals, language))
        if held:
            intervals.values_beside(axes, rows, size, language, decimals)
        named = [(row["label"], 600 if row["role"] == "own" else 400) for row in rows]
        intervals.name_rows(axes, named, size)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        low, high = data["value"].min(), data["value"].max()
        if held:
            low, high = np.nanmin([low, data["low"].min()]), np.nanmax([high, data["high"].max()])
        if reference is not None:
            low, high = min(low, reference), max(high, reference)
        if reference is not None or low < 0 < high:  # gains on one side, losses on the other
            axes.axvline(reference or 0, color=style.SOFT, linewidth=0.9, zorder=1)
        room = (high - (0 if from_zero else low)) or 1
        left, right = (0.04, 0.04) if held else (0.16, 0.26)  # numbers stand right of the dots
        axes.set_xlim(0 if from_zero else low - left * room, high + right * room)
        style.number_axis(axes.xaxis, language, decimals, ticks=4 if size.is_narrow else 6)
        # Steps of 2.5 would be rounded on the axis: 3.25 must not read 3.3.
        ticks = 4 if size.is_narrow else 6
        axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
        axes.set_xlabel("")
        if key:
            intervals.show_key(figure, key, size)
    return figure


def _number(axes: Axes, row: dict, place: int, text: str) -> None:
    axes.annotate(
        text,
        xy=(row["value"], place),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        color=style.INK,
        fontweight=400 if row["role"] in style.COMPARATORS else 600,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8},
        zorder=4,
    )


def _rows(data: pd.DataFrame, *, grouped: bool) -> list[dict]:
    blank = {"heading": False, "low": np.nan, "high": np.nan}
    rows: list[dict] = []
    heading = None
    for number, record in zip(data.index, data.to_dict("records"), strict=True):
        if grouped and record["group"] != heading:
            heading = record["group"]
            rows.append({**blank, "heading": True, "label": heading, "role": "own"})
        rows.append({**blank, **record, "heading": False, "row": number})
    return rows


FORM = Form(
    names={"nb": "Punktdiagram", "en": "Dot chart"},
    draw=dots,
    tell=phrases.points,
    columns=partial(behind.numbers, within="series"),
)
