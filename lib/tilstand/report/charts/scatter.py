"""Draw two numbers of many units against each other, a few of them named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from tilstand.report.charts import behind, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAINT = "#8b959c"
#: More marked units than this are told by the table, not by names in the drawing.
NAMED = 3


def scatter(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    names: tuple[str, str],
    across: str,
    upwards: str,
    decimals: int = 0,
) -> Figure:
    """Draw one dot a row.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``x``, ``value`` and ``role``: ``rest`` is fainter than all others.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    names : tuple of str
        What the marked dots and ``rest`` are, for the key.
    across, upwards : str
        What the axes are.
    decimals : int
        Decimals of the axes.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    rest, marked = data[data["role"] == "rest"], data[data["role"] != "rest"]
    colour = style.ROLE_COLOURS[str(marked["role"].iloc[0])] if len(marked) else style.ACCENT
    looks = ({"color": colour, "markersize": 8.0}, {"color": FAINT, "markersize": 4.0})
    with style.canvas(size, 4.0 if not size.is_narrow else 3.6) as (figure, axes):
        for rows, look, order in ((marked, looks[0], 3), (rest, looks[1], 2)):
            axes.plot(rows["x"], rows["value"], **_mark(look), zorder=order)
        style.mark(axes, data.index, data["x"], data["value"])
        if len(marked) <= NAMED:
            _name(axes, marked)
        axes.set_xlabel(across)
        axes.set_ylabel(upwards)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.margins(0.08)
        for axis in (axes.xaxis, axes.yaxis):
            style.number_axis(axis, language, decimals)
        shown = zip((marked, rest), names, looks, strict=True)
        figure.legend(
            handles=[
                Line2D([], [], label=name, **_mark(look)) for rows, name, look in shown if len(rows)
            ],
            loc="outside upper left",
            ncols=1 if size.is_narrow else 2,
            frameon=False,
            fontsize=size.text,
            borderaxespad=0.1,
        )
    return figure


def _mark(look: dict) -> dict:
    return {
        **look,
        "linestyle": "none",
        "marker": "o",
        "markeredgecolor": style.PAPER,
        "markeredgewidth": 0.7,
    }


def _name(axes: Axes, rows: pd.DataFrame) -> None:
    for row in rows.to_dict("records"):
        axes.annotate(
            row["label"],
            xy=(row["x"], row["value"]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=style.INK,
            zorder=5,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )


def _tell(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Tell every marked row's two numbers and count the rest, which the table holds."""
    marked, rest = data[data["role"] != "rest"], data[data["role"] == "rest"]
    words = {"nb": "{}: {} mot {}", "en": "{}: {} against {}"}[language]
    places = max(decimals, 1)
    told = [
        words.format(
            row["label"], *(write_number(row[at], places, language) for at in ("value", "x"))
        )
        for row in marked.to_dict("records")
    ]
    count = {"nb": "og {} andre", "en": "and {} others"}[language]
    return [*told, count.format(len(rest))] if len(rest) else told


FORM = Form(
    names={"nb": "Spredningsdiagram", "en": "Scatter plot"},
    draw=scatter,
    tell=_tell,
    columns=behind.numbers,
)
