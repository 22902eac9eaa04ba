"""Draw how places compare: dots with intervals where there are any, one row a label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def dots(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    decimals: int = 1,
    from_zero: bool = False,
) -> Figure:
    """Draw one dot a row and label it with its value; group rows under headings.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``value`` and ``role`` in the order to show; optional ``group``
        (rows of one group share a heading), ``low`` and ``high`` (interval).
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the labels.
    from_zero : bool
        Start the value axis at zero.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    grouped = "group" in data.columns
    rows = _rows(data, grouped=grouped)
    step = 0.27 if not size.is_narrow else 0.25
    with style.canvas(size, step * len(rows) + 0.55) as (figure, axes):
        style.row_lines(axes, rows)
        for place, row in enumerate(rows):
            if row["heading"]:
                continue
            style.mark(axes, row["row"], row["value"], place)
            strong = row["role"] not in ("county", "other", "nation")
            colour = style.ROLE_COLOURS[row["role"]]
            axes.plot(
                row["value"],
                place,
                marker=style.ROLE_MARKERS.get(row["role"], "o"),
                markersize=9 if strong else 7,
                color=colour,
                markeredgecolor=style.PAPER,
                zorder=3,
            )
            axes.annotate(
                write_number(row["value"], decimals, language),
                xy=(row["high"] if np.isfinite(row["high"]) else row["value"], place),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=style.INK,
                fontweight=600 if strong else 400,
                bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8},
                zorder=4,
            )
        axes.set_yticks(range(len(rows)), [row["label"] for row in rows])
        for text, row in zip(axes.get_yticklabels(), rows, strict=True):
            own = row["heading"] or row["role"] == "own"
            weight = 600 if own else 400
            text.set(fontweight=weight, color=style.INK, verticalalignment="center")
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        low, high = data["value"].min(), data["value"].max()
        if "high" in data:
            low, high = np.nanmin([low, data["low"].min()]), np.nanmax([high, data["high"].max()])
        if low < 0 < high:  # gains on one side, losses on the other
            axes.axvline(0, color=style.SOFT, linewidth=0.9, zorder=1)
        margin = 0.16 * ((high - (0 if from_zero else low)) or 1)
        axes.set_xlim(0 if from_zero else low - margin, high + 1.6 * margin)
        style.number_axis(axes.xaxis, language, decimals, ticks=4 if size.is_narrow else 6)
        # Steps of 2.5 would be rounded on the axis: 3.25 must not read 3.3.
        ticks = 4 if size.is_narrow else 6
        axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
        axes.set_xlabel("")
    return figure


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
