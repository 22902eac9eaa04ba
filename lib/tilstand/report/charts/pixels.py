"""Paint a drawing's pixels while it is written as SVG: each part is visited once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.font_manager import findfont
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, TransformedPath
from PIL import Image

from tilstand.report.charts.letters import write
from tilstand.report.charts.svg import Renderer

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.transforms import Transform
    from numpy.typing import NDArray

POINTS_PER_INCH = 72


class Painter(Renderer):
    """Collect what a figure draws as SVG elements, and paint the same.

    Parameters
    ----------
    width, height : float
        Of the drawing, in points.
    dots_per_inch : float
        Pixels of the painting to an inch.
    paper : str
        Colour of the ground.
    """

    def __init__(self, width: float, height: float, dots_per_inch: float, paper: str) -> None:
        super().__init__(width, height)
        scale = dots_per_inch / POINTS_PER_INCH
        self._larger = Affine2D().scale(scale)
        self._scale = scale
        across, up = (int(round(side * scale, 6)) for side in (width, height))
        self._agg = RendererAgg(across, up, dots_per_inch)
        ground = self._agg.new_gc()
        ground.set_foreground(paper)
        sheet = Affine2D().scale(across, up)
        self._agg.draw_path(ground, Path.unit_rectangle(), sheet, ground.get_rgb())
        self._pixels = np.asarray(self._agg.buffer_rgba())
        self._image = image_of(self._pixels)

    def pixels(self) -> NDArray[np.uint8]:
        """Return what was painted: red, green, blue and opacity, (height, width, 4)."""
        return self._pixels

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803  (matplotlib calls it by name)
    ) -> None:
        """Draw a line or an area."""
        super().draw_path(gc, path, transform, rgbFace)
        self._agg.draw_path(self._pen(gc), path, transform + self._larger, rgbFace)

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw marks."""
        super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
        places = trans + self._larger
        mark = marker_trans + self._larger
        self._agg.draw_markers(self._pen(gc), marker_path, mark, path, places, rgbFace)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = None,
        mtext: Text | None = None,
    ) -> None:
        """Write a text."""
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        place = x * self._scale, y * self._scale
        if angle:
            self._agg.draw_text(self._pen(gc), *place, s, prop, angle, False, mtext)
            return
        # Agg lays out and hints every letter anew, which takes several times as long.
        width, _, _ = self.get_text_width_height_descent(s, prop, ismath)
        font = str(findfont(prop)), prop.get_size_in_points() * self._scale
        write(self._image, place, s, to_hex(gc.get_rgb()), font, width * self._scale)

    def _pen(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """Take a pen over to the larger paper; Agg itself scales its width and dashes."""
        pen = self._agg.new_gc()
        pen.copy_properties(gc)
        box = gc.get_clip_rectangle()
        if box is not None:
            pen.set_clip_rectangle(self._larger.transform_bbox(box))
        path, place = gc.get_clip_path()
        if path is not None and place is not None:
            pen.set_clip_path(TransformedPath(cast("Path", path), place + self._larger))
        return pen


def image_of(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return an image that lies where pixels do: what is written on it is written in them.

    Parameters
    ----------
    pixels : array of uint8, (height, width, 4)
        As `Painter.pixels` returns them.
    """
    height, width, _ = pixels.shape
    image = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1)
    image.readonly = 0  # else Pillow would write on a copy
    return image
