"""Draw small multiples: how each of many units developed, a panel each, on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import FixedLocator, FuncFormatter

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE_COLUMNS, NARROW_COLUMNS = 3, 2
LONGEST = {"wide": 32, "narrow": 24}
#: Beside shorter names there is room for the newest value.
SHORT = {"wide": 22, "narrow": 15}


def panels(data: pd.DataFrame, size: style.Size, language: str, *, decimals: int = 0) -> Figure:
    """Draw one panel for each label, in the order given, with intervals and a line at zero.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``year``, ``value``, ``low``, ``high`` and ``role``.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title. Panels are never sorted here: schools stand by name.
    """
    labels = list(dict.fromkeys(data["label"]))
    columns = min(NARROW_COLUMNS if size.is_narrow else WIDE_COLUMNS, len(labels))
    rows = -(-len(labels) // columns)
    years = sorted(data["year"].unique())
    low, high = data["low"].min(), data["high"].max()
    room = 0.06 * (high - low or 1)
    with style.canvas(size, 1.35 * rows + 0.3) as (figure, first):
        first.remove()
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, label in zip(grid, labels, strict=False):
            rows_of = data[data["label"] == label]
            _panel(axes, rows_of, label, size)
            if len(label) <= SHORT[size.name]:
                last = rows_of.iloc[int(rows_of["year"].argmax())]
                newest = write_number(last["value"], decimals, language)
                style_of = {"fontsize": size.text, "color": style.INK, "pad": 3}
                axes.set_title(newest, loc="right", fontweight=600, **style_of)
            axes.set_ylim(low - room, high + room)
            axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
            axes.xaxis.set_major_locator(FixedLocator(years))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"’{int(year) % 100:02d}"))
            style.number_axis(axes.yaxis, language, decimals, ticks=3)
            axes.tick_params(axis="y", length=0)
        for axes in grid[len(labels) :]:
            axes.set_visible(False)
        # The last panel of every column carries the years.
        for axes in grid[max(len(labels) - columns, 0) : len(labels)]:
            axes.tick_params(labelbottom=True)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, label: str, size: style.Size) -> None:
    colour = style.ROLE_COLOURS[str(rows["role"].iloc[0])]
    axes.axhline(0, color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    axes.vlines(rows["year"], rows["low"], rows["high"], color=colour, linewidth=1.6, zorder=2)
    style.mark(axes, rows.index, rows["year"], rows["value"])
    axes.plot(
        rows["year"],
        rows["value"],
        color=colour,
        linewidth=1.2,
        marker="o",
        markersize=5,
        markeredgecolor=style.PAPER,
        zorder=3,
    )
    longest = LONGEST[size.name]
    cut = label if len(label) <= longest else f"{label[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
    axes.set_title(cut, fontsize=size.text, color=style.INK, loc="left", pad=3)


FORM = Form(
    names={"nb": "Små figurer på samme skala", "en": "Small multiples on one scale"},
    draw=panels,
    tell=phrases.courses,
    columns=behind.numbers,
)
