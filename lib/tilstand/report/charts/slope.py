"""Draw two points in time: one sloping line a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.charts import behind, phrases, style
from tilstand.report.charts.form import Form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def slope(data: pd.DataFrame, size: style.Size, language: str, *, decimals: int = 0) -> Figure:
    """Draw a line from the first year to the last for each label.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``year`` (two of them), ``value``, ``label`` and ``role``.
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
    years = sorted(data["year"].unique())
    height = 3.4 if not size.is_narrow else 3.1
    with style.canvas(size, height) as (figure, axes):
        low, high = data["value"].min(), data["value"].max()
        room = (high - low) or high or 1
        axes.set_ylim(low - 0.12 * room, high + 0.12 * room)
        gap = 1.24 * room * (size.text * 1.35 / 72) / (height - 0.4)
        for role, rows in data.groupby("label", sort=False):
            row = rows.sort_values("year")
            colour = style.ROLE_COLOURS[row["role"].iloc[0]]
            strong = row["role"].iloc[0] not in ("county", "other", "nation")
            axes.plot(
                [years.index(year) for year in row["year"]],
                row["value"],
                color=colour,
                linewidth=2.2 if strong else 1.4,
                marker=style.ROLE_MARKERS.get(row["role"].iloc[0], "o"),
                markersize=6,
                label=str(role),
            )
            style.mark(axes, row.index, [years.index(year) for year in row["year"]], row["value"])
        for side, year in enumerate(years):
            rows = data[data["year"] == year]
            places = style.spread_labels(list(rows["value"]), gap)
            for row, place in zip(rows.to_dict("records"), places, strict=True):
                number = write_number(row["value"], decimals, language)
                strong = row["role"] not in ("county", "other", "nation")
                axes.annotate(
                    f"{row['label']} {number}" if side else number,
                    xy=(side, place),
                    xytext=(9 if side else -9, 0),
                    textcoords="offset points",
                    ha="left" if side else "right",
                    va="center",
                    color=style.ROLE_INKS[row["role"]],
                    fontweight=600 if strong else 400,
                    annotation_clip=False,
                )
        axes.set_xticks(range(len(years)), [str(year) for year in years])
        axes.set_xlim(-0.25, len(years) - 0.95)
        axes.yaxis.set_visible(False)
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
    return figure


FORM = Form(
    names={"nb": "Stigningsdiagram", "en": "Slope chart"},
    draw=slope,
    tell=phrases.courses,
    columns=behind.numbers,
)
