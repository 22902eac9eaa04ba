"""Draw many numbers with intervals against their size, a few of them marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICKS = (10, 30, 100, 300, 1000, 3000, 10_000)
FAINT = "#b9c1c7"


def cloud(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    names: tuple[str, str, str],
    across: str,
    decimals: int = 0,
) -> Figure:
    """Draw one dot with its interval a row, by size from left to right.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``n`` (above zero), ``value``, ``low``, ``high`` and ``role``: ``own``
        is labelled, ``other`` is darker than ``rest``.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    names : tuple of str
        What ``other``, ``rest`` and the line at zero are, for the key.
    across : str
        What the horizontal axis is.
    decimals : int
        Decimals of the vertical axis.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title. Size sets the place, so nobody is ranked.
    """
    looks = {
        "rest": {"color": FAINT, "size": 2.6, "width": 0.6, "order": 1},
        "other": {"color": style.SOFT, "size": 4.2, "width": 1.0, "order": 2},
        "own": {"color": style.ACCENT, "size": 9.0, "width": 2.4, "order": 4},
    }
    with style.canvas(size, 4.3 if not size.is_narrow else 4.4) as (figure, axes):
        for role, look in looks.items():
            _dots(axes, data[data["role"] == role], look)
        axes.axhline(0, color=style.INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1.8)
        style.mark(axes, data.index, data["n"], data["value"])
        _label(axes, data[data["role"] == "own"])
        axes.set_xscale("log")
        low, high = data["n"].min(), data["n"].max()
        ticks = [tick for tick in TICKS if low <= tick <= high] or [round(low)]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda tick, _: write_number(tick, 0, language))
        )
        axes.set_xlabel(across)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        style.number_axis(axes.yaxis, language, decimals)
        figure.legend(
            handles=_key(names, looks),
            loc="outside upper left",
            ncols=1 if size.is_narrow else 3,
            frameon=False,
            fontsize=size.text,
            handlelength=1.8,
            borderaxespad=0.1,
            labelspacing=0.3,
        )
    return figure


def _dots(axes: Axes, rows: pd.DataFrame, look: dict) -> None:
    axes.vlines(
        rows["n"],
        rows["low"],
        rows["high"],
        color=look["color"],
        linewidth=look["width"],
        zorder=look["order"],
    )
    axes.plot(
        rows["n"],
        rows["value"],
        linestyle="none",
        marker="o",
        markersize=look["size"],
        color=look["color"],
        markeredgecolor=style.PAPER,
        markeredgewidth=0.8 if look["size"] > 5 else 0,
        zorder=look["order"] + 0.5,
    )


def _label(axes: Axes, own: pd.DataFrame) -> None:
    for row in own.to_dict("records"):
        above = row["value"] >= 0
        end = row["high"] if above else row["low"]
        axes.annotate(
            row["label"],
            xy=(row["n"], end if np.isfinite(end) else row["value"]),
            xytext=(0, 5 if above else -5),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            color=style.ACCENT,
            fontweight=600,
            zorder=6,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )


def _key(names: tuple[str, str, str], looks: dict) -> list[Line2D]:
    marks = [
        Line2D([], [], label=name, marker="o", markersize=5, color=looks[role]["color"])
        for role, name in zip(("other", "rest"), names, strict=False)
    ]
    line: dict[str, Any] = {"color": style.INK, "linewidth": 1.1, "linestyle": (0, (4, 2))}
    return [*marks, Line2D([], [], label=names[2], **line)]


def _tell(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Name what is marked and count the rest: hundreds of rows are in the table."""
    own = phrases.points(data[data["role"] == "own"], language, decimals)
    rest = data[data["role"] != "own"]
    counts = [int((rest["low"] > 0).sum()), int((rest["high"] < 0).sum())]
    counts.append(len(rest) - sum(counts))
    words = {
        "nb": "av {} andre har {} hele intervallet over null, {} under null og {} har null i seg",
        "en": "of {} others {} have the whole interval above zero, {} below it and {} contain zero",
    }[language]
    return [
        *own,
        words.format(*(write_number(count, 0, language) for count in (len(rest), *counts))),
    ]


FORM = Form(
    names={"nb": "Punktsky", "en": "Dot cloud"},
    draw=cloud,
    tell=_tell,
    columns=behind.numbers,
)
