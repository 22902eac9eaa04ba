"""Draw distributions over mastery levels: stacked bars centred on the middle level."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from matplotlib.colors import to_rgb

from tilstand.report.charts import behind, intervals, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROOM_FOR_LABEL = 5.5
DARK = 0.45


def levels(data: pd.DataFrame, size: style.Size, language: str, *, names: list[str]) -> Figure:
    """Draw one stacked bar a row, so that the middle levels stand above each other.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``group`` (heading), ``label``, ``role``, ``number`` (level, from 1) and
        ``value`` (percent), in the order to show.
    size : Size
        Wide or narrow form.
    language : {"nb", "en"}
        How numbers are written.
    names : list of str
        Names of the levels from the lowest to the highest, for the key above the bars.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing, without title.
    """
    colours = style.LEVEL_COLOURS[len(names)]
    middle = (len(names) + 1) / 2
    rows: list[tuple[str, pd.DataFrame | None]] = []
    for group, part in data.groupby("group", sort=False):
        rows.append((str(group), None))
        rows += [(str(label), shares) for label, shares in part.groupby("label", sort=False)]
    step = 0.29 if not size.is_narrow else 0.28
    with style.canvas(size, step * (len(rows) + 1) + 0.2) as (figure, axes):
        lowest, highest = 0.0, 0.0
        for place, (_, shares) in enumerate(rows):
            if shares is None:
                continue
            values = dict(zip(shares["number"], shares["value"], strict=True))
            left = -sum(v for k, v in values.items() if k < middle) - values.get(middle, 0) / 2
            lowest = min(lowest, left)
            at = dict(zip(shares["number"], shares.index, strict=True))
            for number in sorted(values):
                style.mark(axes, at[number], left + values[number] / 2, place)
                colour = colours[number - 1]
                axes.barh(place, values[number], left=left, height=0.78, color=colour)
                if values[number] >= ROOM_FOR_LABEL * (1 if not size.is_narrow else 1.6):
                    dark = sum(to_rgb(colour)) / 3 < DARK
                    text = write_number(values[number], 0, language)
                    axes.text(
                        left + values[number] / 2,
                        place,
                        text,
                        ha="center",
                        va="center",
                        color=style.PAPER if dark else style.INK,
                    )
                left += values[number]
            highest = max(highest, left)
        _key(axes, names, colours, lowest, highest)
        named = [(label, 600 if shares is None else 400) for label, shares in rows]
        intervals.name_rows(axes, named, size)
        axes.set_ylim(len(rows) - 0.4, -1.5)
        axes.set_xlim(lowest, highest)
        axes.axvline(0, color=style.INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    return figure


def _key(
    axes: Axes, names: list[str], colours: tuple[str, ...], lowest: float, highest: float
) -> None:
    width = (highest - lowest) / len(names)
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        left = lowest + number * width
        axes.barh(-1, width * 0.96, left=left, height=0.7, color=colour)
        dark = sum(to_rgb(colour)) / 3 < DARK
        ink = style.PAPER if dark else style.INK
        axes.text(left + width * 0.48, -1, name, ha="center", va="center", color=ink)


def _tell(data: pd.DataFrame, language: str, _decimals: int) -> list[str]:
    return [_ends(rows, language) for _, rows in data.groupby(["group", "label"], sort=False)]


def _ends(rows: pd.DataFrame, language: str) -> str:
    ordered = rows.sort_values("number")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    words = {
        "nb": "{} prosent på laveste nivå og {} på høyeste",
        "en": "{} per cent at the lowest level and {} at the highest",
    }[language]
    ends = (write_number(low["value"], 0, language), write_number(high["value"], 0, language))
    return f"{low['group']}, {low['label']}: {words.format(*ends)}"


FORM = Form(
    names={"nb": "Stablede søyler", "en": "Stacked bars"},
    draw=levels,
    tell=_tell,
    columns=partial(behind.numbers, within="level_name"),
)
