"""Write a drawing as SVG that belongs in a page: real text, and colours that the page decides.

Text is text, in the page's font, and keeps the width that it was measured to have whatever font
a reader has. A colour is a class (`tilstand.report.charts.dark`), so that one drawing serves light
and dark, and nothing is styled inside the page, which its policy forbids.

References
----------
W3C, Scalable Vector Graphics 2, 11.4: ``textLength``.
W3C, CSS Color Module Level 5, ``light-dark()``.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from tilstand.report.charts.dark import class_of
from tilstand.report.charts.fonts import FONT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from matplotlib.transforms import Transform

LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
ANCHORS = {"center": ("middle", 0.5), "right": ("end", 1.0)}
# A text of fewer letters has room to spare in any font.
HELD = 3
# Hatched areas: a step and a width in points, and what the lines are drawn in.
HATCH_STEP, HATCH_WIDTH, HATCH_COLOUR = 5.0, 0.6, "#ffffff"


class Canvas(FigureCanvasBase):
    """Measure text as the SVG will have it, while the parts of a figure are placed."""

    def get_renderer(self) -> Renderer:
        """Return a renderer to measure with."""
        width, height = self.figure.bbox.size
        return Renderer(width, height)


class Renderer(RendererBase):
    """Collect what a figure draws as SVG elements.

    Parameters
    ----------
    width, height : float
        Of the drawing, in points.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.parts: list[str] = []
        self._upright = Affine2D().scale(1, -1).translate(0, height)
        self._kept: tuple[str, list[str]] | None = None
        self._groups: list[str] = []

    def finished(self) -> str:
        """Return all that was drawn."""
        self._close()
        return "".join(self.parts)

    # what matplotlib asks of a renderer -------------------------------------------------------
    def get_canvas_width_height(self) -> tuple[float, float]:
        """Say how large the drawing is."""
        return self.width, self.height

    def points_to_pixels(self, points: Any) -> Any:
        """Take points as they are: a unit of the drawing is one."""
        return points

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, _ismath: object
    ) -> tuple[float, float, float]:
        """Measure a text in the house font."""
        return _measured(s, prop.get_weight(), prop.get_size_in_points())

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """Say how far the house font reaches up and down: matplotlib would ask the file anew."""
        return heights(prop, 1.0)

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002
        """Remember in which part of the figure the next elements stand."""
        self._groups.append(s)

    def close_group(self, s: str) -> None:  # noqa: ARG002
        """Leave a part."""
        self._groups.pop()

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803  (matplotlib calls it by name)
    ) -> None:
        """Draw a line or an area; of a line only what lies inside its axes."""
        self._draw(gc, path, transform, rgbFace)

    def _draw(self, gc: GraphicsContextBase, path: Path, transform: Transform, face: Any) -> None:
        whole = transform + self._upright
        if _shows(face):
            self._add(_paint("f", face), _written(path, whole))
            if gc.get_hatch():
                pen = f'{_paint("s", HATCH_COLOUR)} stroke-width="{HATCH_WIDTH:g}"'
                self._add(pen, _slanted(path.get_extents(whole)))
        if gc.get_linewidth() > 0 and _shows(gc.get_rgb()):
            clip = None if _shows(face) else self._clip(gc)
            self._add(_pen(gc), _written(path, whole, clip))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw marks; round ones as dots of a round pen, which take the fewest words."""
        box = self._clip(gc)
        places = [
            (x, y)
            for x, y in trans.transform(path.vertices)
            if np.isfinite(x + y)
            and (box is None or (box[0] <= x <= box[2] and box[1] <= self.height - y <= box[3]))
        ]
        if not (_is_round(marker_path) and _shows(rgbFace)):
            for x, y in places:
                self._draw(gc, marker_path, marker_trans + Affine2D().translate(x, y), rgbFace)
            return
        dots = "".join(f"M{_n(x)} {_n(self.height - y)}h0" for x, y in places)
        across = _width(marker_path, marker_trans)
        edge = gc.get_linewidth() if _shows(gc.get_rgb()) else 0
        if edge:
            self._add(_dot(gc.get_rgb(), across + edge), dots)
        self._add(_dot(rgbFace, across - edge), dots)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: object = None,
        mtext: Text | None = None,
    ) -> None:
        """Write a text from where its alignment has it grow."""
        self._close()
        width, _, _ = self.get_text_width_height_descent(s, prop, ismath)
        side = mtext.get_horizontalalignment() if mtext and not angle else "left"
        anchor, share = ANCHORS.get(side, ("", 0.0))
        tick = " t" if "xtick" in self._groups or "ytick" in self._groups else ""
        said = [f'class="f {class_of(to_hex(gc.get_rgb()))}{tick}"']
        said.append(f'x="{_n(x + share * width)}" y="{_n(y)}"')
        if anchor:
            said.append(f'text-anchor="{anchor}"')
        weight = prop.get_weight()
        if weight not in (400, "normal", "regular"):
            said.append(f'font-weight="{weight}"')
        said.append(f'font-size="{prop.get_size_in_points():g}"')
        if angle:
            said.append(f'transform="rotate({-angle:g} {_n(x)} {_n(y)})"')
        if len(s) >= HELD:
            said.append(f'textLength="{_n(width)}" lengthAdjust="spacingAndGlyphs"')
        self.parts.append(f"<text {' '.join(said)}>{escape(s, quote=False)}</text>")

    # how it is kept short ---------------------------------------------------------------------
    def _clip(self, gc: GraphicsContextBase) -> tuple[float, float, float, float] | None:
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        x0, y0, x1, y1 = box.extents
        return x0 - 1, self.height - y1 - 1, x1 + 1, self.height - y0 + 1

    def _add(self, looks: str, drawn: str) -> None:
        """Draw together with what was drawn before, where both look alike."""
        if drawn and self._kept and self._kept[0] == looks:
            self._kept[1].append(drawn)
        elif drawn:
            self._close()
            self._kept = (looks, [drawn])

    def _close(self) -> None:
        if self._kept:
            looks, drawn = self._kept
            self.parts.append(f'<path {looks} d="{"".join(drawn)}"/>')
            self._kept = None


def written(figure: Figure, renderer: Renderer, marks: str = "") -> str:
    """Write a figure whose parts are placed.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        At 72 dots an inch, with nothing left for a layout engine to do.
    renderer : Renderer
        Of the figure's size; draws it.
    marks : str, optional
        Where its rows stand, as the page's script reads it.

    Returns
    -------
    str
        An ``svg`` element without a ground: the page's is its own.
    """
    width, height = figure.bbox.size
    grounds = [figure.patch, *(axes.patch for axes in figure.axes)]
    for ground in grounds:
        ground.set_visible(False)
    figure.draw(renderer)
    for ground in grounds:
        ground.set_visible(True)
    at = f' data-at="{marks}"' if marks else ""
    return (
        f'<svg viewBox="0 0 {_n(width)} {_n(height)}" width="{round(width * 4 / 3)}" '
        f'height="{round(height * 4 / 3)}" aria-hidden="true"{at}>{renderer.finished()}</svg>'
    )


def width_of(text: str, size: float, weight: int = 400) -> float:
    """Measure how wide a text is in the house font, in points."""
    return _measured(text, weight, size)[0]


def heights(prop: FontProperties, scale: float) -> tuple[float, float, float]:
    """Say how far a font reaches above and below its line, and what is free between two lines.

    Parameters
    ----------
    prop : matplotlib.font_manager.FontProperties
        The font.
    scale : float
        Dots to a point.

    Returns
    -------
    ascent, descent, gap : float
        In dots, to the last digit as `matplotlib.text.Text` works them out.
    """
    return _heights(tuple(prop.get_family()), prop.get_weight(), prop.get_size_in_points(), scale)


@lru_cache(maxsize=1024)
def _heights(
    family: tuple[str, ...], weight: str | int, size: float, scale: float
) -> tuple[float, float, float]:
    font = get_font(findfont(FontProperties(family=list(family), weight=weight)))
    table: Any = font.get_sfnt_table("OS/2")
    unit = 1 / cast("Any", font.get_sfnt_table("head"))["unitsPerEm"] * size * (72 * scale) / 72
    up, down, gap = (table[f"sTypo{name}"] for name in ("Ascender", "Descender", "LineGap"))
    return up * unit, -down * unit, gap * unit


@lru_cache(maxsize=65536)
def _measured(text: str, weight: str | int, size: float) -> tuple[float, float, float]:
    prop = FontProperties(family=FONT, weight=weight, size=size)
    return text_to_path.get_text_width_height_descent(text, prop, False)


def _n(number: float) -> str:
    """Write a coordinate to a tenth of a point, which no eye can tell from more."""
    text = f"{number:.1f}".removesuffix(".0")
    if text == "-0":
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _written(
    path: Path, transform: Transform, clip: tuple[float, float, float, float] | None = None
) -> str:
    parts: list[str] = []
    for points, code in path.iter_segments(
        transform, remove_nans=True, clip=clip, simplify=False, curves=True
    ):
        if code == Path.CLOSEPOLY:
            parts.append("z")
        elif code in LETTERS:
            parts.append(LETTERS[code] + " ".join(map(_n, np.asarray(points).tolist())))
    return "".join(parts).replace(" -", "-")


def _shows(colour: Any) -> bool:
    return colour is not None and (isinstance(colour, str) or len(colour) < 4 or colour[3] > 0)


def _paint(kind: str, colour: Any) -> str:
    """Paint an area (f) or a stroke (s) by the class of a colour."""
    alpha = 1 if isinstance(colour, str) or len(colour) < 4 else colour[3]
    through = f' opacity="{alpha:.2g}"' if alpha < 1 else ""
    return f'class="{kind} {class_of(to_hex(colour))}"{through}'


def _pen(gc: GraphicsContextBase) -> str:
    said = f'{_paint("s", gc.get_rgb())} stroke-width="{gc.get_linewidth():.2g}"'
    offset, dashes = cast("tuple[float, Sequence[float] | None]", gc.get_dashes())
    if dashes is not None and len(dashes) > 0:
        said += f' stroke-dasharray="{" ".join(f"{d:.3g}" for d in dashes)}"'
        said += f' stroke-dashoffset="{offset:.3g}"' if offset else ""
    return said


def _dot(colour: Any, width: float) -> str:
    return f'{_paint("s", colour)} stroke-linecap="round" stroke-width="{width:.3g}"'


def _is_round(path: Path) -> bool:
    return path.codes is not None and Path.CURVE4 in np.asarray(path.codes)


def _width(path: Path, transform: Transform) -> float:
    """Measure a mark, once for each size: matplotlib looks for the ends of each of its curves."""
    parts = (np.asarray(path.vertices), np.asarray(path.codes), transform.get_matrix())
    return _widest(*((part.tobytes(), part.dtype.str) for part in parts))


@lru_cache(maxsize=1024)
def _widest(*parts: tuple[bytes, str]) -> float:
    places, codes, matrix = (np.frombuffer(*part) for part in parts)
    path = Path(places.reshape(-1, 2), codes)
    return float(path.get_extents(Affine2D(matrix.reshape(3, 3))).width)


def _slanted(box: Any) -> str:
    """Hatch an upright rectangle with lines from lower left to upper right."""
    (x0, y0), (x1, y1) = box.min, box.max
    lines = []
    for start in np.arange(x0 + y0 + HATCH_STEP, x1 + y1, HATCH_STEP):
        low = max(x0, start - y1), min(y1, start - x0)
        high = min(x1, start - y0), max(y0, start - x1)
        lines.append(f"M{_n(low[0])} {_n(low[1])}L{_n(high[0])} {_n(high[1])}")
    return "".join(lines)
