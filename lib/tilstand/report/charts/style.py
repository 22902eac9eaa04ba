"""Hold the house style of every figure: colours, type, canvas, axes and labels."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter, MaxNLocator
from PIL import Image

from tilstand.report.charts.dark import with_dark_form
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

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
FONT = "Source Sans 3"
FONTS = Path(__file__).parents[1] / "fonts"
DOTS_PER_INCH = 180
POINTS_PER_INCH = 72


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


WIDE = Size("wide", 7.1, 10.0)
NARROW = Size("narrow", 3.55, 8.6)
# The strip above a drawing of simulated numbers that holds the word for it.
TAG_INCHES = 0.18
SIZES = (WIDE, NARROW)


def _register_fonts() -> None:
    # Entered by hand: the semibold file names itself a family of its own.
    for path in sorted(FONTS.glob("*.ttf")):
        weight = int(path.stem.rsplit("-", 1)[1])
        entry = font_manager.FontEntry(fname=str(path), name=FONT, weight=weight)
        font_manager.fontManager.ttflist.append(entry)


_register_fonts()


def _settings(size: Size) -> dict:
    import seaborn as sns

    style = sns.axes_style("white")
    return {
        **style,
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
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        "svg.fonttype": "path",
        "svg.hashsalt": "tilstand",
        "hatch.linewidth": 0.6,
    }


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
        An empty figure with one set of axes.
    """
    with mpl.rc_context(_settings(size)):
        layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.04)
        figure = Figure(figsize=(size.width, height), layout=layout)
        yield figure, figure.add_subplot()


def as_svg(draw: Callable[[Size], Figure], size: Size, stamp: str = "") -> str:
    """Draw one form of a figure and return it as SVG text without date or producer.

    Parameters
    ----------
    draw : callable
        Draws the figure in a size.
    size : Size
        The form.
    stamp : str, optional
        Written across the drawing, so that it cannot be taken for what it is not.

    Returns
    -------
    str
        An ``svg`` element.
    """
    with mpl.rc_context(_settings(size)):
        return _svg(_laid_out(_stamped(draw, size, stamp)))


def as_svg_and_pixels(
    draw: Callable[[Size], Figure], size: Size, stamp: str = ""
) -> tuple[str, Image.Image]:
    """Draw one form of a figure once and return it as SVG text and as an image.

    Parameters
    ----------
    draw, size, stamp
        As for `as_svg`.

    Returns
    -------
    str
        An ``svg`` element.
    PIL.Image.Image
        The same drawing, `DOTS_PER_INCH` to an inch.
    """
    with mpl.rc_context(_settings(size)):
        figure = _laid_out(_stamped(draw, size, stamp))
        svg = _svg(figure)
        figure.set_dpi(DOTS_PER_INCH)
        paper = FigureCanvasAgg(figure)
        paper.draw()
    return svg, Image.fromarray(np.asarray(paper.buffer_rgba())).convert("RGB")


def _laid_out(figure: Figure) -> Figure:
    """Place every part once: each saving would do it anew, and draw twice to do so."""
    FigureCanvasSVG(figure)  # becomes the figure's: widths of text are those of the SVG form
    figure.set_dpi(POINTS_PER_INCH)
    layout = figure.get_layout_engine()
    assert layout is not None  # `canvas` gave it one
    layout.execute(figure)
    figure.set_layout_engine(None)
    return figure


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


def _svg(figure: Figure) -> str:
    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(stream, format="svg", metadata=metadata)
    text = stream.getvalue()
    return with_dark_form(text[text.index("<svg") :])


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
