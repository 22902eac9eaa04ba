"""Draw a trend in the room of a word: a small line beside a key figure, said in words too."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeAlias

from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.report.series import Series

Place: TypeAlias = "Callable[[int, float], tuple[float, float]]"
WIDTH, HEIGHT, MARGIN = 96, 28, 4
LEAST = 3
WORDS = {
    "nb": ("Utvikling: {}", "{} i {}"),
    "en": ("Trend: {}", "{} in {}"),
}


def sparkline(
    own: Series, language: str, other: Series | None = None, breaks: tuple[int, ...] = ()
) -> str:
    """Draw a series as a small line with its last value marked.

    Parameters
    ----------
    own : Series
        The municipality's values; years stand as far apart as they are.
    language : {"nb", "en"}
        Language of the words.
    other : Series, optional
        A comparator, drawn thin and without a mark.
    breaks : tuple of int
        First year after each break in the series: nothing before the last one is drawn.

    Returns
    -------
    str
        An inline ``svg`` in the page's own colours, whose label says every value; empty where
        fewer than three years can be compared.
    """
    since = max([year for year in breaks if year <= own.year], default=0)
    points = _points(own, since)
    if len(points) < LEAST:
        return ""
    beside = _points(other, since) if other is not None else []
    beside = [(year, value) for year, value in beside if points[0][0] <= year <= points[-1][0]]
    place = _scale(points + beside)
    x, y = place(*points[-1])
    thin = f'<polyline class="spark-other" points="{_path(beside, place)}"/>' if beside else ""
    opening, each = WORDS[language]
    decimals = own.indicator.decimals
    said = ", ".join(each.format(write_number(v, decimals, language), year) for year, v in points)
    return (
        f'<svg class="spark" role="img" aria-label="{escape(opening.format(said))}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{thin}'
        f'<polyline class="spark-own" points="{_path(points, place)}"/>'
        f'<circle cx="{x:g}" cy="{y:g}" r="3"/></svg>'
    )


def _points(series: Series, since: int) -> list[tuple[int, float]]:
    return [(year, float(series.at(year))) for year in series.years if since <= year <= series.year]


def _scale(points: list[tuple[int, float]]) -> Place:
    years, values = [year for year, _ in points], [value for _, value in points]
    wide = (max(years) - min(years)) or 1
    high = (max(values) - min(values)) or 1

    def place(year: int, value: float) -> tuple[float, float]:
        right = MARGIN + (year - min(years)) / wide * (WIDTH - 2 * MARGIN)
        down = HEIGHT - MARGIN - (value - min(values)) / high * (HEIGHT - 2 * MARGIN)
        return round(right, 1), round(down, 1)

    return place


def _path(points: list[tuple[int, float]], place: Place) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in (place(*point) for point in points))
