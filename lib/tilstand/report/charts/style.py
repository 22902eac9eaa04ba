"""Hold the house style of every figure: colours, type, canvas, axes and labels."""

from __future__ import annotations

import math
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter, MaxNLocator

from tilstand.report.charts.fonts import FONT
from tilstand.report.charts.pixels import POINTS_PER_INCH, Painter
from tilstand.report.charts.svg import Canvas, Renderer, width_of, written
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

ACCENT = "#00607a"
INK = "#1d2429"
SOFT = "#5b6670"
GRID = "#dfe4e8"
PAPER = "#ffffff"
SIMULATED = "#6a3d9a"
# Comparators in greys, the country darkest; role decides, never the order of drawing.
ROLE_COLOURS = {
    "own": ACCENT,
    "nation": "#2f363c",
    "county": "#6b757d",
    "other": "#8b959c",
    # Okabe and Ito's blue and vermilion: told apart in every form of colour blindness and in grey.
    "female": "#d55e00",
    "male": "#0072b2",
    "second": "#b86a00",
    "simulated": SIMULATED,
}
# A line needs 3:1 against the ground, text 4.5:1: two of the hues are darker as text.
COMPARATORS = ("nation", "county", "other")
ROLE_INKS = (
    ROLE_COLOURS | {"female": "#b34f00", "second": "#945500"} | dict.fromkeys(COMPARATORS, INK)
)
ROLE_DASHES = {"own": "-", "nation": "-", "county": (0, (5, 2)), "other": (0, (1.5, 1.8))}
ROLE_MARKERS = {"own": "o", "nation": "D", "county": "s", "other": "^", "female": "o", "male": "D"}
# One diverging scale for mastery levels, light in the middle, darkest at the ends.
LEVEL_COLOURS = {
    3: ("#a6541c", "#e6dfd3", "#00607a"),
    5: ("#8a3d0c", "#d29463", "#e6dfd3", "#6aa3b3", "#00607a"),
}
DOTS_PER_INCH = 180
PIXELS_PER_POINT = DOTS_PER_INCH / POINTS_PER_INCH


# Share of a drawing that the names of its rows may take.
NAME_SHARE = 0.62


@dataclass(frozen=True)
class Size:
    """Describe one drawing of a figure.

    Parameters
    ----------
    name : str
        ``wide`` for screens from a tablet up, ``narrow`` for phones.
    width : float
        Inches; 96 CSS pixels each.
    text : float
        Size of the smallest text, in points (0.75 points to a CSS pixel).
    """

    name: str
    width: float
    text: float

    @property
    def is_narrow(self) -> bool:
        """Whether this is the phone form."""
        return self.name == "narrow"

    def fitted(self, name: str) -> str:
        """Cut a row's name that would leave no room to draw; the table behind has it whole."""
        most = NAME_SHARE * self.width * POINTS_PER_INCH
        cut = name
        while width_of(cut, self.text) > most:
            cut = cut.rstrip("\N{HORIZONTAL ELLIPSIS}")[:-1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        return cut


WIDE = Size("wide", 7.1, 10.0)
NARROW = Size("narrow", 3.55, 8.6)
# The strip above a drawing of simulated numbers that holds the word for it.
TAG_INCHES = 0.18
SIZES = (WIDE, NARROW)
# Ticks of an axis that is made ahead: as many as most have.
TICKS = 8
_held: ContextVar[Size | None] = ContextVar("held", default=None)
_blank: dict[Size, list[Drawing]] = {size: [] for size in SIZES}


@cache
def _settings(size: Size) -> dict:
    import seaborn as sns  # here: its import takes longer than a figure

    return {
        **sns.axes_style("white"),
        "font.family": FONT,
        "font.size": size.text,
        "axes.labelsize": size.text,
        "xtick.labelsize": size.text,
        "ytick.labelsize": size.text,
        "text.color": INK,
        "axes.labelcolor": SOFT,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "axes.edgecolor": SOFT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.linewidth": 0.8,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "patch.edgecolor": PAPER,  # parts of a bar stand apart
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        "hatch.linewidth": 0.6,
    }


@contextmanager
def _styled(size: Size) -> Iterator[None]:
    """Draw by the house's settings; where they hold already, they aren't laid down again."""
    if _held.get() == size:
        yield
        return
    token = _held.set(size)
    try:
        with mpl.rc_context(_settings(size)):
            yield
    finally:
        _held.reset(token)


@contextmanager
def canvas(size: Size, height: float) -> Iterator[tuple[Figure, Axes]]:
    """Open a figure in the house style.

    Parameters
    ----------
    size : Size
        The form to draw.
    height : float
        Inches.

    Yields
    ------
    figure, axes
        An empty figure with one set of axes; no marks stand on the one upwards.
    """
    with _styled(size):
        figure = _blank[size].pop() if _blank[size] else _new(size)
        figure.set_size_inches(size.width, height)
        yield figure, figure.axes[0]


def make_ahead(count: int) -> None:
    """Make empty figures: a process that is forked from this one takes them as its own.

    Parameters
    ----------
    count : int
        How many there are to be of each size.
    """
    for size in SIZES:
        with _styled(size):
            while len(_blank[size]) < count:
                figure = _new(size)
                for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis):
                    axis.get_major_ticks(TICKS)
                _blank[size].append(figure)


def _new(size: Size) -> Drawing:
    layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.04)
    figure = Drawing(figsize=(size.width, size.width), layout=layout)
    axes = figure.add_subplot()
    axes.tick_params(axis="y", length=0)  # labels stand close, before there are ticks to move
    return figure


class Drawing(Figure):
    """Be a figure that knows where its rows stand."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.marks: list[tuple[Axes, Any, Any, Any]] = []


def mark(axes: Axes, rows: Any, across: Any, upwards: Any) -> None:
    """Note where rows stand, for a reader who points at one and is told its values.

    Parameters
    ----------
    axes : Axes
        Of a figure that `canvas` opened.
    rows : int or array of int, (n,)
        Numbers of the rows of what the figure draws.
    across, upwards : float or array of float, (n,)
        Where each stands, in data units.
    """
    figure = axes.get_figure()
    assert isinstance(figure, Drawing)
    number, x, y = np.broadcast_arrays(*np.atleast_1d(rows, across, upwards))
    figure.marks.append((axes, number, x, y))


def as_svg(
    draw: Callable[[Size], Figure], size: Size, stamp: str = "", cells: list[str] | None = None
) -> str:
    """Draw one form of a figure as an element of a page.

    Parameters
    ----------
    draw : callable
        Draws the figure in a size.
    size : Size
        The form.
    stamp : str, optional
        Written across the drawing, so that it cannot be taken for what it is not.
    cells : list of str, optional
        Where each row of the figure stands in the table behind it; its own number if not given.

    Returns
    -------
    str
        An ``svg`` element, without date or producer. ``data-at`` says where each row stands, in
        the drawing and in the table: ``x y line``, or ``x y line column``, parted by semicolons.
    """
    with _styled(size):
        figure = _laid_out(_stamped(draw, size, stamp))
        return _svg(figure, Renderer(*figure.bbox.size), cells)


def as_svg_and_pixels(
    draw: Callable[[Size], Figure], size: Size, stamp: str = "", cells: list[str] | None = None
) -> tuple[str, NDArray[np.uint8]]:
    """Draw one form of a figure once, as an element of a page and as an image.

    Parameters
    ----------
    draw, size, stamp, cells
        As for `as_svg`.

    Returns
    -------
    str
        An ``svg`` element.
    array of uint8, (height, width, 4)
        The same drawing in red, green, blue and opacity, `DOTS_PER_INCH` to an inch.
    """
    with _styled(size):
        figure = _laid_out(_stamped(draw, size, stamp))
        painter = Painter(*figure.bbox.size, DOTS_PER_INCH, PAPER)
        return _svg(figure, painter, cells), painter.pixels()


def _laid_out(figure: Figure) -> Figure:
    """Place every part once: each drawing would do it anew."""
    Canvas(figure)  # becomes the figure's: widths of text are those of the SVG form
    figure.set_dpi(POINTS_PER_INCH)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # no words: nobody need look for a place for them
    layout = figure.get_layout_engine()
    assert layout is not None  # `canvas` gave it one
    layout.execute(figure)
    figure.set_layout_engine(None)
    return figure


def _svg(figure: Figure, renderer: Renderer, cells: list[str] | None) -> str:
    said = []
    for axes, rows, across, upwards in figure.marks if isinstance(figure, Drawing) else []:
        places = axes.transData.transform(np.column_stack([across, upwards]))
        said += [
            f"{x:.0f} {figure.bbox.height - y:.0f} {cells[row] if cells else row}"
            for row, (x, y) in zip(rows, places, strict=True)
            if math.isfinite(x + y)
        ]
    return written(figure, renderer, ";".join(said))


def _stamped(draw: Callable[[Size], Figure], size: Size, stamp: str) -> Figure:
    figure = draw(size)
    if stamp:
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + TAG_INCHES)
        layout = figure.get_layout_engine()
        assert isinstance(layout, ConstrainedLayoutEngine)  # `canvas` gave it one
        layout.set(rect=(0, 0, 1, height / (height + TAG_INCHES)))
        figure.text(
            1,
            1,
            stamp,
            ha="right",
            va="top",
            fontsize=8,
            fontweight=600,
            color=SIMULATED,
            in_layout=False,
        )
    return figure


def number_axis(axis: Axis, language: str, decimals: int = 0, *, ticks: int = 5) -> None:
    """Write an axis's numbers as the language does."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(_Numbers(language, decimals))


class _Numbers(Formatter):
    """Write all ticks of an axis with the same decimals, as few as they need."""

    def __init__(self, language: str, decimals: int) -> None:
        self.language, self.most, self.decimals = language, max(decimals, 1), 0

    def set_locs(self, locs: list[float]) -> None:
        super().set_locs(locs)
        self.decimals = max((self._needed(tick) for tick in locs), default=0)

    def _needed(self, value: float) -> int:
        return 0 if math.isclose(value, round(value), abs_tol=1e-9) else self.most

    def __call__(self, value: float, _position: object = None) -> str:
        return write_number(value, max(self.decimals, self._needed(value)), self.language)


def spread_labels(positions: list[float], gap: float) -> list[float]:
    """Move labels apart so that none stands closer to the next than a gap.

    Parameters
    ----------
    positions : list of float
        Where the labels would stand, in data units.
    gap : float
        Smallest distance allowed, same unit.

    Returns
    -------
    list of float
        Where they stand, in the order given; a cluster stays centred on its own middle.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    clusters: list[tuple[list[int], float]] = []
    for index in order:
        members, centre = [index], positions[index]
        while clusters:
            before, middle = clusters[-1]
            if centre - middle >= gap * (len(before) + len(members)) / 2:
                break
            clusters.pop()
            members = before + members
            centre = sum(positions[i] for i in members) / len(members)
        clusters.append((members, centre))
    placed = [0.0] * len(positions)
    for members, centre in clusters:
        first = centre - gap * (len(members) - 1) / 2
        for step, index in enumerate(members):
            placed[index] = first + gap * step
    return placed
