"""Draw how something developed: lines with the last value labelled, gaps at breaks."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from tilstand.report import wording
from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DENSE = 8
BRIDGE: dict[str, Any] = {"linewidth": 1.0, "linestyle": (0, (1, 3)), "zorder": 1.5}


def lines(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    decimals: int = 0,
    from_zero: bool = True,
    breaks: tuple[int, ...] = (),
) -> Figure:
    """Draw one line for each label.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``year``, ``value``, ``label`` and ``role`` (own, nation, county, other,
        female, male); optional ``dashed`` (bool) for forecasts, ``low`` and ``high``.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the labels.
    from_zero : bool
        Start the value axis at zero.
    breaks : tuple of int
        First year after each break: the line stops before it and starts anew. Where years are
        missing that the series otherwise has, the line stops too and thin dots lead on.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title: the page sets title and source as text.
    """
    height = 3.3 if not size.is_narrow else 2.9
    with style.canvas(size, height) as (figure, axes):
        for label, rows in data.groupby("label", sort=False):
            _line(axes, rows.sort_values("year"), str(label), breaks)
        _value_axis(axes, data, language, decimals, from_zero=from_zero)
        _year_axis(axes, data, size)
        _end_labels(axes, data, size, language, decimals)
        for year in breaks:
            if data["year"].min() < year <= data["year"].max():
                _break(axes, year - 0.5, language)
    return figure


def _break(axes: Axes, place: float, language: str) -> None:
    axes.axvline(place, color=style.SOFT, linewidth=0.9, linestyle=(0, (2, 3)))
    axes.annotate(
        wording.word("break_mark", language),
        xy=(place, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4, -1),
        textcoords="offset points",
        va="top",
        color=style.SOFT,
    )


def _line(axes: Axes, rows: pd.DataFrame, label: str, breaks: tuple[int, ...]) -> None:
    role = str(rows["role"].iloc[0])
    strong = role not in ("county", "other", "nation")
    dashed = "dashed" in rows and bool(rows["dashed"].iloc[0])
    years, values = rows["year"].to_numpy(), rows["value"].to_numpy()
    runs = _runs(years.tolist(), breaks)
    for before, after in pairwise(runs):
        ends = [before[-1], after[0]]
        first, last = years[ends]
        if not _is_over_a_break(first, last, breaks):  # dots lead the eye over missing years
            colour = style.ROLE_COLOURS[role]
            axes.add_line(Line2D(years[ends], values[ends], color=colour, alpha=0.55, **BRIDGE))
    for part in runs:
        axes.plot(
            years[part],
            values[part],
            color=style.ROLE_COLOURS[role],
            linewidth=2.4 if strong else 1.4,
            linestyle=(0, (3, 2)) if dashed else style.ROLE_DASHES.get(role, "-"),
            marker=style.ROLE_MARKERS.get(role, "o"),
            markersize=5.5 if strong else 4,
            markeredgecolor=style.PAPER,
            markeredgewidth=0.75,
            zorder=3 if strong else 2,
        )
    style.mark(axes, rows.index, years, values)
    if "low" in rows and rows["low"].notna().any():
        known = rows.dropna(subset=["low"])
        colour = style.ROLE_COLOURS[role]
        axes.vlines(known["year"], known["low"], known["high"], color=colour, linewidth=1.4)
    axes.set_label(label)


def _runs(years: list[int], breaks: tuple[int, ...]) -> list[range]:
    """Part rows at breaks and where years are missing that the series otherwise has."""
    apart = [after - before for before, after in pairwise(years)]
    usual = min(apart) if len(apart) > 1 else math.inf
    starts = [
        number
        for number, (before, after) in enumerate(pairwise(years), start=1)
        if after - before > usual or _is_over_a_break(before, after, breaks)
    ]
    return [range(*ends) for ends in pairwise([0, *starts, len(years)])]


def _is_over_a_break(before: int, after: int, breaks: tuple[int, ...]) -> bool:
    return any(before < year <= after for year in breaks)


def _value_axis(
    axes: Axes, data: pd.DataFrame, language: str, decimals: int, *, from_zero: bool
) -> None:
    axes.set(xlabel="", ylabel="")
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    low, high = data["value"].min(), data["value"].max()
    if "high" in data:
        high = max(high, data["high"].max())
        low = min(low, data["low"].min())
    margin = 0.12 * ((high - (0 if from_zero else low)) or high or 1)
    axes.set_ylim(0 if from_zero else low - margin, high + margin)
    style.number_axis(axes.yaxis, language, decimals)


def _year_axis(axes: Axes, data: pd.DataFrame, size: style.Size) -> None:
    years = sorted(data["year"].unique())
    crowded = len(years) > (DENSE if not size.is_narrow else DENSE // 2)
    span = years[-1] - years[0]
    wanted = [years[0], years[-1]] if size.is_narrow and crowded else years
    if crowded and not size.is_narrow:
        step = max(1, round(span / DENSE))
        inner = [year for year in years if (years[-1] - year) % step == 0]
        wanted = sorted({years[0], *inner})
    least = span / (10 if not size.is_narrow else 5)
    shown: list[int] = []
    for year in reversed(wanted):
        if not shown or shown[-1] - year >= least or (year == years[0] and len(wanted) == 1):
            shown.append(year)
    if len(shown) > 2 and shown[-1] != years[0]:  # a reader looks for the first year, and the last
        shown[-1] = years[0]
    axes.xaxis.set_major_locator(FixedLocator(sorted(shown)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.margins(x=0.04)


def _end_labels(
    axes: Axes, data: pd.DataFrame, size: style.Size, language: str, decimals: int
) -> None:
    last = [rows.iloc[int(rows["year"].argmax())] for _, rows in data.groupby("label", sort=False)]
    right = data["year"].max()
    low, high = axes.get_ylim()
    lines_high = 2.9 if size.is_narrow else 3.3
    gap = (high - low) * (size.text * 1.3 / 72) / (lines_high - 0.5)
    at_edge = [row for row in last if row["year"] == right]
    places = style.spread_labels([float(row["value"]) for row in at_edge], gap)
    for row, place in zip(at_edge, places, strict=True):
        _label(axes, row, place, language, decimals, shift=(8, 0), ha="left", va="center")
    early = [row for row in last if row["year"] != right]
    wide = (0.36 if size.is_narrow else 0.12) * (right - data["year"].min())  # half a label
    for number, row in enumerate(early):
        if "high" in row and pd.notna(row["high"]):  # above all intervals of the year
            top = float(data.loc[data["year"] == row["year"], "high"].max())
            below = sum(other["year"] == row["year"] for other in early[:number])
            lift = 7 + below * size.text * 1.3
        else:
            top = float(row["value"])
            lift = -7 if _crowded_above(row, data, 2 * gap, max(wide, 1)) else 7
        va: Literal["bottom", "top"] = "bottom" if lift > 0 else "top"
        _label(axes, row, top, language, decimals, shift=(0, lift), ha="center", va=va)


def _crowded_above(row: pd.Series, data: pd.DataFrame, room: float, wide: float) -> bool:
    """Tell whether another line runs close above the place where one ends."""
    others = data[(data["label"] != row["label"]) & ((data["year"] - row["year"]).abs() <= wide)]
    over = others["value"] - row["value"]
    return bool(((over > 0) & (over < room)).any())


def _label(
    axes: Axes,
    row: pd.Series,
    place: float,
    language: str,
    decimals: int,
    *,
    shift: tuple[float, float],
    ha: Literal["left", "center"],
    va: Literal["center", "bottom", "top"],
) -> None:
    number = write_number(row["value"], decimals, language)
    strong = row["role"] not in ("county", "other", "nation")
    axes.annotate(
        f"{row['label']} {number}",
        xy=(row["year"], place),
        xytext=shift,
        textcoords="offset points",
        ha=ha,
        va=va,
        color=style.ROLE_INKS[row["role"]],
        fontweight=600 if strong else 400,
        annotation_clip=False,
    )


FORM = Form(
    names={"nb": "Linjediagram", "en": "Line chart"},
    draw=lines,
    tell=phrases.courses,
    columns=behind.numbers,
)
