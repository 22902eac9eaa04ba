"""Set a drawing as a picture that stands alone, with its title above it and its source below."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageColor

from tilstand.report.charts import style
from tilstand.report.charts.alone import LICENCE
from tilstand.report.charts.fonts import FILES
from tilstand.report.charts.letters import font_of, write
from tilstand.report.charts.pixels import image_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A picture: pixels between its parts, and how each text stands in it (font, colour).
MARGIN = 40
TEXTS = {
    "title": ((FILES[600], 42), style.INK),
    "subtitle": ((FILES[400], 30), style.SOFT),
    "source": ((FILES[400], 24), style.SOFT),
}
PAPER = np.array([*ImageColor.getrgb(style.PAPER), 255], dtype=np.uint8)
COLOURS = 24  # of the drawing, beside the paper's
PACKED = 4  # of 9: 6 takes half as long again and saves a twentieth


def picture(pixels: NDArray[np.uint8], texts: dict[str, str]) -> bytes:
    """Set a drawing with its title above it and its source below.

    Parameters
    ----------
    pixels : array of uint8, (height, width, 4)
        The drawing: red, green, blue and opacity, which is full everywhere.
    texts : dict
        ``title``, ``subtitle`` and ``source``; empty ones take no room.

    Returns
    -------
    bytes
        A PNG file without date or producer.
    """
    height, width, _ = pixels.shape
    above = [_wrapped(kind, texts.get(kind, ""), width) for kind in ("title", "subtitle")]
    source = " ".join(part for part in (texts.get("source", ""), LICENCE) if part)
    below = [_wrapped("source", source, width)]
    heights = [_height(kind, rows) for kind, rows in above + below]
    sheet = np.empty((height + sum(heights) + 3 * MARGIN, width + 2 * MARGIN, 4), dtype=np.uint8)
    sheet.view(np.uint32)[:] = PAPER.view(np.uint32)
    image = image_of(sheet)
    top = MARGIN
    for kind, rows in above:
        top = _write(image, kind, rows, top)
    top += MARGIN // 2
    sheet[top : top + height, MARGIN : MARGIN + width] = pixels
    _write(image, *below[0], top + height + MARGIN // 2)
    stream = io.BytesIO()
    _in_few_colours(sheet).save(stream, "png", compress_level=PACKED)
    return stream.getvalue()


def _in_few_colours(sheet: NDArray[np.uint8]) -> Image.Image:
    """Count the colours of what is drawn only: nearly all of a sheet is paper."""
    height, width, _ = sheet.shape
    dots = sheet.view(np.uint32).ravel()
    drawn = np.flatnonzero(dots != PAPER.view(np.uint32))
    strip = Image.frombuffer("RGBA", (len(drawn), 1), dots[drawn], "raw", "RGBA", 0, 1)
    few = strip.convert("RGB").quantize(
        COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    numbers = np.zeros(len(dots), dtype=np.uint8)
    numbers[drawn] = np.asarray(few)[0] + 1
    image = Image.frombuffer("P", (width, height), numbers, "raw", "P", 0, 1)
    image.putpalette([*PAPER[:3].tolist(), *(few.getpalette() or [])])
    return image


def _wrapped(kind: str, text: str, width: int) -> tuple[str, list[str]]:
    font = font_of(*TEXTS[kind][0])
    if not text:
        return kind, []
    letters = int(width / (font.getlength(text) / len(text)) * 0.97)
    return kind, textwrap.wrap(text, max(letters, 1))


def _height(kind: str, rows: list[str]) -> int:
    (_, size), _ = TEXTS[kind]
    return round(len(rows) * size * 1.3)


def _write(sheet: Image.Image, kind: str, rows: list[str], top: int) -> int:
    font, colour = TEXTS[kind]
    foot = top + font_of(*font).getmetrics()[0]
    for number, line in enumerate(rows):
        write(sheet, (MARGIN, foot + round(number * font[1] * 1.3)), line, colour, font)
    return top + _height(kind, rows)
