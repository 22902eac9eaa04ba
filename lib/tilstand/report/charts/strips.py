"""Draw the same few places in many groups: a line a group, its places as marks on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from tilstand.report.charts import intervals, style
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAST_ROWS, MOST_PLACES = 9, 6
# Comparators of one role are told apart by their marks.
SHAPES = {"own": "o", "nation": "D", "county": "s"}
OTHERS = ("^", "v", "<", ">")
DODGE = 0.28  # of a line
NEAR = 0.025  # of the axis: closer marks would hide one another


def fit(data: pd.DataFrame) -> bool:
    """Tell whether rows are the same few places again and again, the municipality among them.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``role`` and perhaps ``group``, ``low`` and ``high``.

    Returns
    -------
    bool
        Whether they read better as a line a group than as a row a place.
    """
    if "group" not in data or len(data) < LEAST_ROWS:
        return False
    if "low" in data and data["low"].notna().any():
        return False
    places = data.drop_duplicates(["label", "role"])
    once = data.groupby(["group", "label"]).size().max() == 1
    named = places["label"].is_unique and set(places["role"]) <= {*SHAPES, "other"}
    return bool(once and named and "own" in set(places["role"]) and 1 < len(places) <= MOST_PLACES)


def strips(data: pd.DataFrame, size: style.Size, language: str, *, decimals: int) -> Figure:
    """Draw a line a group with its places on it; the municipality's value stands at the right.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows that `fit`, in the order to show.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    decimals : int
        Decimals of the labels.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    groups = list(dict.fromkeys(data["group"]))
    looks = _looks(data)
    key = [Line2D([], [], label=label, **look | {"markersize": 7}) for label, look in looks.items()]
    with style.canvas(size, 0.42 * len(groups) + 0.85) as (figure, axes):
        axes.hlines(
            range(len(groups)),
            0,
            1,
            color=style.GRID,
            linewidth=0.8,
            zorder=0,
            transform=axes.get_yaxis_transform(),
        )
        low, high = float(data["value"].min()), float(data["value"].max())
        room = (high - low) or 1.0
        for place, group in enumerate(groups):
            _line(axes, data[data["group"] == group], place, looks, NEAR * room)
            values = data[(data["group"] == group) & data["role"].isin(["own", "nation"])]
            _values(axes, values, place, language, decimals)
        intervals.name_rows(axes, [(group, 400) for group in groups], size)
        axes.set_ylim(len(groups) - 0.4, -0.7)
        axes.set_xlim(low - 0.06 * room, high + 0.06 * room)
        ticks = 4 if size.is_narrow else 6
        style.number_axis(axes.xaxis, language, decimals, ticks=ticks)
        axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
        figure.legend(
            handles=key,
            loc="outside upper left",
            ncols=3 if size.is_narrow else MOST_PLACES,
            frameon=False,
            fontsize=size.text,
            handlelength=1.0,
            handletextpad=0.3,
            columnspacing=1.2,
            borderaxespad=0.1,
        )
    return figure


def _looks(data: pd.DataFrame) -> dict[str, dict[str, Any]]:
    looks: dict[str, dict[str, Any]] = {}
    others = iter(OTHERS * 2)
    for row in data.drop_duplicates("label").to_dict("records"):
        role = row["role"]
        marker = SHAPES.get(role) or next(others)
        size = 10 if role == "own" else 7.5
        looks[row["label"]] = intervals.mark_of(role, apart=None, size=size, marker=marker)
    return looks


def _line(
    axes: Axes, rows: pd.DataFrame, place: int, looks: dict[str, dict[str, Any]], near: float
) -> None:
    """Draw a group's marks; one that would hide another steps below it."""
    taken: list[float] = []
    for number, row in zip(rows.index, rows.to_dict("records"), strict=True):
        step = sum(abs(row["value"] - value) < near for value in taken)
        taken.append(row["value"])
        style.mark(axes, number, row["value"], place + DODGE * step)
        axes.plot(row["value"], place + DODGE * step, **looks[row["label"]], zorder=4 - 0.1 * step)


def _values(axes: Axes, rows: pd.DataFrame, place: int, language: str, decimals: int) -> None:
    """Write the municipality's and the country's value above their marks."""
    placed: list[float] = []
    for row in rows.to_dict("records"):
        if any(np.isclose(row["value"], value) for value in placed):
            continue
        placed.append(row["value"])
        axes.annotate(
            write_number(row["value"], decimals, language),
            xy=(row["value"], place),
            xytext=(0, 5.5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=style.INK,
            fontweight=600 if row["role"] == "own" else 400,
        )
