"""Draw parts and amounts: horizontal bars from zero, one or two to a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TWO_ROLES = 2


def bars(data: pd.DataFrame, size: style.Size, language: str, *, decimals: int = 0) -> Figure:
    """Draw horizontal bars, labelled with their values.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``label``, ``value`` and ``role`` in the order to show. A label may stand twice
        with two ``series`` names (women and men, two years): their bars stand together.
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
    labels = list(dict.fromkeys(data["label"]))
    series = list(dict.fromkeys(data["series"])) if "series" in data else [None]
    thick = 0.62 / len(series)
    step = 0.30 if len(series) == 1 else 0.25 * len(series)
    with style.canvas(size, step * len(labels) + 0.5) as (figure, axes):
        for number, name in enumerate(series):
            rows = data if name is None else data[data["series"] == name]
            shift = (number - (len(series) - 1) / 2) * thick
            for at, row in zip(rows.index, rows.to_dict("records"), strict=True):
                place = labels.index(row["label"]) + shift
                style.mark(axes, at, row["value"] / 2, place)
                _bar(axes, row, place, thick, language, decimals, name, number)
        axes.set_yticks(range(len(labels)), [size.fitted(name) for name in labels], color=style.INK)
        axes.set_ylim(len(labels) - 0.45, -0.55)
        axes.set_xlim(0, 1.02 * data["value"].max() or 1)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    return figure


def _bar(
    axes: Axes,
    row: dict,
    place: float,
    thick: float,
    language: str,
    decimals: int,
    name: str | None,
    number: int,
) -> None:
    colour = style.ROLE_COLOURS[row["role"]]
    hatch = "////" if number else None
    axes.barh(
        place, row["value"], height=thick * 0.94, color=colour, hatch=hatch, edgecolor=style.PAPER
    )
    text = write_number(row["value"], decimals, language)
    axes.annotate(
        f"{text} {name}" if name else text,
        xy=(row["value"], place),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        color=style.INK,
        annotation_clip=False,
    )


FORM = Form(
    names={"nb": "Søylediagram", "en": "Bar chart"},
    draw=bars,
    tell=phrases.points,
    columns=partial(behind.numbers, within="series"),
)
