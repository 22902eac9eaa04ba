"""Set a drawing as a picture that stands alone, with its title above it and its source below."""

from __future__ import annotations

import io
import textwrap
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from tilstand.report.charts import style
from tilstand.report.charts.alone import LICENCE
from tilstand.report.charts.fonts import FONTS

# A picture: pixels between its parts, and how each text stands in it (file, pixels, colour).
MARGIN = 40
TEXTS = {
    "title": ("SourceSans3-600.ttf", 42, style.INK),
    "subtitle": ("SourceSans3-400.ttf", 30, style.SOFT),
    "source": ("SourceSans3-400.ttf", 24, style.SOFT),
}
COLOURS = 96
PACKED = 6  # of 9: the most takes six times as long and saves a twelfth


def picture(pixels: Image.Image, texts: dict[str, str]) -> bytes:
    """Set a drawing with its title above it and its source below.

    Parameters
    ----------
    pixels : PIL.Image.Image
        The drawing.
    texts : dict
        ``title``, ``subtitle`` and ``source``; empty ones take no room.

    Returns
    -------
    bytes
        A PNG file without date or producer.
    """
    above = [_wrapped(kind, texts.get(kind, ""), pixels.width) for kind in ("title", "subtitle")]
    source = " ".join(part for part in (texts.get("source", ""), LICENCE) if part)
    below = [_wrapped("source", source, pixels.width)]
    heights = [_height(kind, rows) for kind, rows in above + below]
    sheet = Image.new(
        "RGB",
        (pixels.width + 2 * MARGIN, pixels.height + sum(heights) + 3 * MARGIN),
        style.PAPER,
    )
    pen = ImageDraw.Draw(sheet)
    top = MARGIN
    for kind, rows in above:
        top = _write(pen, kind, rows, top)
    top += MARGIN // 2
    sheet.paste(pixels, (MARGIN, top))
    _write(pen, *below[0], top + pixels.height + MARGIN // 2)
    stream = io.BytesIO()
    sheet.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        stream, "png", compress_level=PACKED
    )
    return stream.getvalue()


@cache
def _font(kind: str) -> ImageFont.FreeTypeFont:
    file, size, _ = TEXTS[kind]
    # From memory: forks that share an open file would move each other's place in it.
    held = io.BytesIO((FONTS / file).read_bytes())
    # The basic layout is the same on every machine; the other needs a library that few have.
    return ImageFont.truetype(held, size, layout_engine=ImageFont.Layout.BASIC)


def _wrapped(kind: str, text: str, width: int) -> tuple[str, list[str]]:
    font = _font(kind)
    if not text:
        return kind, []
    letters = int(width / (font.getlength(text) / len(text)) * 0.97)
    return kind, textwrap.wrap(text, max(letters, 1))


def _height(kind: str, rows: list[str]) -> int:
    return round(len(rows) * TEXTS[kind][1] * 1.3)


def _write(pen: ImageDraw.ImageDraw, kind: str, rows: list[str], top: int) -> int:
    _, size, colour = TEXTS[kind]
    for number, line in enumerate(rows):
        pen.text((MARGIN, top + round(number * size * 1.3)), line, fill=colour, font=_font(kind))
    return top + _height(kind, rows)
