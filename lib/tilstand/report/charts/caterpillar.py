"""Draw how uncertain each of many numbers is: intervals around a reference, two marks a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from tilstand.report.charts import behind, intervals, phrases, style
from tilstand.report.charts.form import Form

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PHONE_NAME = 26
DASHES = (0, (4, 2))


def caterpillar(
    data: pd.DataFrame,
    size: style.Size,
    language: str,
    *,
    names: tuple[str, str],
    interval: str = "",
    reference: float = 0.0,
    reference_name: str = "",
    against: str = "",
    sides: tuple[str, str] | None = None,
    decimals: int = 1,
) -> Figure:
    """Draw one interval a row in the order given, its mark a ring where it holds the reference.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``value`` (round mark) and ``role``; optional ``other`` (diamond),
        ``low`` and ``high`` (interval), ``apart`` (bool, where the chapter has tested it) and
        ``group`` (rows of one group share a heading).
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    names : tuple of str
        What the round mark and the diamond are, for the key above the rows.
    interval : str
        What the line through a row is, for the key; left out if empty.
    reference : float
        Where the vertical line stands.
    reference_name : str
        What it is, for the key.
    against : str
        What rows can be told from, in the key; the line if empty.
    sides : tuple of str, optional
        What it is to lie left and right of the reference, below the axis.
    decimals : int
        Decimals of the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title. Rows are never sorted here: schools stand by name.
    """
    rows = _rows(data)
    step = 0.27 if not size.is_narrow else 0.25
    key = [
        *intervals.key_of(rows, reference, names[0], against, language),
        *_key(data, names[1], interval, reference_name),
    ]
    height = step * len(rows) + 0.22 * intervals.key_lines(key, size) + 0.6
    if sides:
        height += 0.36 if size.is_narrow else 0.2
    with style.canvas(size, height) as (figure, axes):
        axes.axvline(reference, color=style.INK, linewidth=1.1, linestyle=DASHES, zorder=1)
        intervals.row_lines(axes, rows)
        _marks(axes, rows, reference)
        # A long name would leave a phone no room for the marks; the table has it whole.
        longest = PHONE_NAME if size.is_narrow else None
        rows = [{**row, "label": size.fitted(_cut(row["label"], longest))} for row in rows]
        named = [(row["label"], 600 if row["heading"] else 400) for row in rows]
        intervals.name_rows(axes, named, size)
        if intervals.has_any(rows):
            intervals.values_beside(axes, rows, size, language, max(decimals, 1))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.04)
        style.number_axis(axes.xaxis, language, decimals, ticks=4 if size.is_narrow else 7)
        for end, word in enumerate(sides or ()):
            axes.annotate(
                word,
                xy=(end, 0),
                xycoords="axes fraction",
                xytext=(0, -(1.9 + 1.2 * end * size.is_narrow) * size.text),
                textcoords="offset points",
                ha="right" if end else "left",
                va="top",
                color=style.SOFT,
                annotation_clip=False,
            )
        intervals.show_key(figure, key, size)
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


def _marks(axes: Axes, rows: list[dict], reference: float) -> None:
    """Draw all marks of one look together, which takes the fewest words."""
    looks: dict[tuple, list[tuple[float, int]]] = {}
    for place, row in enumerate(rows):
        if row["heading"]:
            continue
        style.mark(axes, row["row"], row["value"], place)
        if np.isfinite(row["other"]):
            looks.setdefault((0, row["role"], None), []).append((row["other"], place))
        apart = intervals.is_apart(row, reference)
        looks.setdefault((1, row["role"], apart), []).append((row["value"], place))
    for (front, role, apart), at in sorted(looks.items(), key=lambda look: look[0][0]):
        look = intervals.mark_of(role, apart=apart, size=7.5) if front else _diamond(role)
        axes.plot(*zip(*at, strict=True), **look, zorder=3 + front)


def _diamond(role: str) -> dict:
    return {
        "marker": "D",
        "markersize": 5.5,
        "color": style.ROLE_COLOURS[role],
        "markerfacecolor": style.PAPER,
        "markeredgecolor": style.ROLE_COLOURS[role],
        "markeredgewidth": 1.1,
        "linestyle": "none",
    }


def _key(data: pd.DataFrame, other: str, interval: str, reference_name: str) -> list[Line2D]:
    role = str(data["role"].iloc[0])
    entries = []
    if "other" in data:
        entries.append(Line2D([], [], label=other, **_diamond(role)))
    if interval:
        colour = style.ROLE_COLOURS[role]
        entries.append(Line2D([], [], label=interval, color=colour, linewidth=2))
    if reference_name:
        look: dict[str, Any] = {"color": style.INK, "linewidth": 1.1, "linestyle": DASHES}
        entries.append(Line2D([], [], label=reference_name, **look))
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
