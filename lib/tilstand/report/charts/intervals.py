"""Draw rows with intervals: their lines, marks that say what can be told, values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from tilstand.report import wording
from tilstand.report.charts import style
from tilstand.report.charts.svg import width_of
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Part of a drawing's width that names and values may take; the rest is for the marks.
TEXT_SHARE = 0.6
POINTS = 72
EDGE = 8.0  # points between the axes and what stands beside them


def row_lines(axes: Axes, rows: list[dict]) -> None:
    """Draw a thin line below each row that is no heading, and its interval where it has one.

    Parameters
    ----------
    axes : Axes
        Rows stand at 0, 1, 2 ... upwards.
    rows : list of dict
        ``heading``, and for others ``role``, ``low`` and ``high`` (NaN where there is none).
    """
    places = [place for place, row in enumerate(rows) if not row["heading"]]
    across = axes.get_yaxis_transform()
    axes.hlines(places, 0, 1, color=style.GRID, linewidth=0.8, zorder=0, transform=across)
    for role in dict.fromkeys(rows[place]["role"] for place in places):
        held = [p for p in places if rows[p]["role"] == role and np.isfinite(rows[p]["low"])]
        low, high = ([rows[place][end] for place in held] for end in ("low", "high"))
        if held:
            axes.hlines(held, low, high, color=style.ROLE_COLOURS[role], linewidth=2, zorder=2)


def is_apart(row: dict, reference: float | None) -> bool | None:
    """Tell whether a row can be told from what it is held against.

    Parameters
    ----------
    row : dict
        ``low`` and ``high``; ``apart`` where the chapter has tested it itself.
    reference : float or None
        What an interval has to leave out; nothing is told without it.

    Returns
    -------
    bool or None
        None where nothing can be told: no interval, or nothing to hold it against.

    Examples
    --------
    >>> from tilstand.report.charts.intervals import is_apart
    >>> [is_apart({"low": low, "high": 2.0}, 0.0) for low in (-1.0, 0.5)]
    [False, True]
    """
    if not np.isfinite(row["low"]):
        return None
    said = row.get("apart")
    if said is not None and said == said:
        return bool(said)
    return None if reference is None else bool(row["low"] > reference or row["high"] < reference)


def mark_of(role: str, *, apart: bool | None, size: float, marker: str = "o") -> dict[str, Any]:
    """Describe a mark: filled, or a ring where it cannot be told from what it is held against."""
    colour, ring = style.ROLE_COLOURS[role], apart is False
    return {
        "marker": marker,
        "markersize": size - 1 if ring else size,
        "color": colour,
        "markerfacecolor": style.PAPER if ring else colour,
        "markeredgecolor": colour if ring else style.PAPER,
        "markeredgewidth": 1.8 if ring else 0.8,
        "linestyle": "none",
    }


def key_of(
    rows: list[dict], reference: float | None, name: str, against: str, language: str
) -> list[Line2D]:
    """Say in words what filled marks and rings are, as far as the rows have them.

    Parameters
    ----------
    rows : list of dict
        As `row_lines` takes them.
    reference : float or None
        As for `is_apart`.
    name : str
        What the marks are; may be empty.
    against : str
        What they are held against; the line of the drawing if empty.
    language : {"nb", "en"}
        Language of the words.
    """
    against = against or wording.word("the_line", language)
    held = [row for row in rows if not row["heading"]]
    roles = {str(row["role"]) for row in held}
    role = roles.pop() if len(roles) == 1 else "nation"  # a key of many roles takes no one's hue
    entries = []
    for apart, key in ((True, "can_be_told"), (False, "cannot_be_told"), (None, "")):
        if not any(is_apart(row, reference) is apart for row in held):
            continue
        told = wording.word(key, language).format(against) if key else ""
        label = ", ".join(part for part in (name, told) if part)
        if label:
            entries.append(Line2D([], [], label=label, **mark_of(role, apart=apart, size=7.5)))
    return entries


def show_key(figure: Figure, entries: list[Line2D], size: style.Size) -> None:
    """Set a key above the drawing, in two columns where there is room."""
    figure.legend(
        handles=entries,
        loc="outside upper left",
        ncols=1 if size.is_narrow else 2,
        frameon=False,
        fontsize=size.text,
        handlelength=1.8,
        borderaxespad=0.1,
        labelspacing=0.3,
    )


def key_lines(entries: list[Line2D], size: style.Size) -> int:
    """Count the lines that a key takes."""
    return len(entries) if size.is_narrow else -(-len(entries) // 2)


def name_rows(axes: Axes, rows: list[tuple[str, int]], size: style.Size) -> None:
    """Write the names of rows left of the axes.

    Parameters
    ----------
    axes : Axes
        Rows stand at 0, 1, 2 ... upwards.
    rows : list of tuple
        Each row's name, and the weight that it is written in.
    size : Size
        Names that would leave no room to draw are cut.
    """
    names = [size.fitted(name) for name, _ in rows]
    wide = [
        width_of(name, size.text, weight) for name, (_, weight) in zip(names, rows, strict=True)
    ]
    widest = max(wide, default=0.0)
    axes.set_yticks(range(len(rows)), names)
    for text, (_, weight), width in zip(axes.get_yticklabels(), rows, wide, strict=True):
        text.set(fontweight=weight, color=style.INK, verticalalignment="center")
        text.set_in_layout(width == widest)  # the others end where it does


def values_beside(
    axes: Axes, rows: list[dict], size: style.Size, language: str, places: int
) -> None:
    """Write each row's value and interval in a column at the right: "−1,0 (−3,2 til 0,2)".

    Parameters
    ----------
    axes : Axes
        Rows stand at 0, 1, 2 ... upwards.
    rows : list of dict
        As `row_lines` takes them, with ``value``; ``ends`` says how many decimals a row needs.
    size : Size
        On a phone the interval is left to the table where names and values take the room.
    language : {"nb", "en"}
        How numbers are written.
    places : int
        Decimals, where a row does not say.
    """
    held = [(place, row) for place, row in enumerate(rows) if not row["heading"]]
    names = max(width_of(size.fitted(str(row["label"])), size.text) for row in rows)
    # Values that are whole numbers at their source get no decimals that they have not; where a
    # table behind the figure says how many there are, it says so in ``places``.
    is_whole = all("places" not in row and float(row["value"]).is_integer() for _, row in held)
    texts = [_value(row, language, places, is_whole=is_whole) for _, row in held]
    whole = [f"{value} {ends}".strip() for value, ends in texts]
    wide = max(width_of(text, size.text) for text in whole)
    if names + wide > TEXT_SHARE * size.width * POINTS:
        whole = [value for value, _ in texts]
        wide = max(width_of(text, size.text) for text in whole)
    for number, ((place, _), text) in enumerate(zip(held, whole, strict=True)):
        axes.annotate(
            text,
            xy=(1, place),
            xycoords=axes.get_yaxis_transform(),
            xytext=(EDGE + wide, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=style.INK,
            annotation_clip=False,
            in_layout=number == 0,  # all end at the same place
        )


def _value(row: dict, language: str, places: int, *, is_whole: bool) -> tuple[str, str]:
    ends = row.get("ends")
    decimals = places if ends is None or ends != ends else int(ends)
    value = write_number(row["value"], 0 if is_whole else row.get("places", decimals), language)
    if not np.isfinite(row["low"]):
        return value, ""
    low, high = (write_number(row[end], decimals, language) for end in ("low", "high"))
    return value, f"({low} {wording.word('to', language)} {high})"


def has_any(rows: Iterable[dict]) -> bool:
    """Tell whether any row has an interval."""
    return any(np.isfinite(row["low"]) for row in rows)
