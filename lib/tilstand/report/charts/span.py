"""Draw how schools spread when only the ends are published: a bar from lowest to highest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilstand.report.charts import behind, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def span(
    data: pd.DataFrame, size: style.Size, language: str, *, decimals: int = 0, limit: float = 100
) -> Figure:
    """Draw one bar a row from the lowest to the highest school, with single schools as dots.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``low`` and ``high``; optional ``single``, one school apart from the
        others, and ``mark``, the municipality's own value.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the labels.
    limit : float
        Right end of the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    with style.canvas(size, 0.62 * len(data) + 0.5) as (figure, axes):
        style.mark(axes, data.index, (data["low"] + data["high"]) / 2, np.arange(len(data)))
        for place, row in enumerate(data.to_dict("records")):
            width = row["high"] - row["low"]
            axes.barh(place, width, left=row["low"], height=0.36, color=style.ACCENT, alpha=0.85)
            for value, shift, side in ((row["low"], -6, "right"), (row["high"], 6, "left")):
                _number(axes, value, place, language, decimals, shift, side)
            single = row.get("single")
            if single == single and single is not None:
                axes.plot(single, place, marker="o", markersize=9, color=style.ACCENT)
                _number(axes, single, place, language, decimals, 9, "left")
        axes.set_yticks(
            range(len(data)),
            [size.fitted(name) for name in data["label"]],
            color=style.INK,
            va="center",
        )
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.set_xlim(-0.05 * limit, limit * 1.05)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        style.number_axis(axes.xaxis, language, decimals)
    return figure


def _number(
    axes: Axes, value: float, place: int, language: str, decimals: int, shift: int, side: str
) -> None:
    axes.annotate(
        write_number(value, decimals, language),
        xy=(value, place),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        color=style.INK,
        fontweight=600,
    )


def _tell(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    return [_range(row, language, decimals) for row in data.to_dict("records")]


def _range(row: dict, language: str, decimals: int) -> str:
    words = {"nb": "fra {} til {}", "en": "from {} to {}"}[language]
    ends = (
        write_number(row["low"], decimals, language),
        write_number(row["high"], decimals, language),
    )
    text = f"{row['label']}: {words.format(*ends)}"
    single = row.get("single")
    if single is not None and single == single:
        apart = {"nb": "én skole for seg på {}", "en": "one school apart at {}"}[language]
        text += f", {apart.format(write_number(single, decimals, language))}"
    return text


FORM = Form(
    names={"nb": "Spenndiagram", "en": "Range chart"},
    draw=span,
    tell=_tell,
    columns=behind.ends,
)
