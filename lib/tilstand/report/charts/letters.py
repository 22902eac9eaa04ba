"""Write lines of text as pixels, each letter painted once and kept."""

from __future__ import annotations

import io
import string
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A font's file, and pixels to an em.
Font: TypeAlias = tuple[str, float]
#: Places within a pixel where a letter may begin.
PARTS = 2
#: Pixels to an em where whole ones are as good as the font's own measures.
LARGE = 1000
#: Letters that most texts are made of.
COMMON = string.ascii_letters + string.digits + "æøåÆØÅ.,:()-–−% "


@cache
def font_of(file: str, size: float) -> ImageFont.FreeTypeFont:
    """Open a font, once for each size.

    Parameters
    ----------
    file : str
        The font's file.
    size : float
        Pixels to an em.

    Returns
    -------
    PIL.ImageFont.FreeTypeFont
        The font.
    """
    # From memory: forks that share an open file would move each other's place in it.
    held = io.BytesIO(Path(file).read_bytes())
    # The basic layout is the same on every machine; the other needs a library that few have.
    return ImageFont.truetype(held, size, layout_engine=ImageFont.Layout.BASIC)


def learn(font: Font) -> None:
    """Paint the letters ahead that most texts are made of."""
    for letter in COMMON:
        _step(font[0], letter)
        for part in range(PARTS):
            _letter(letter, font, part)


def write(
    sheet: Image.Image,
    place: tuple[float, float],
    text: str,
    colour: str,
    font: Font,
    width: float | None = None,
) -> None:
    """Write a line of text.

    Parameters
    ----------
    sheet : PIL.Image.Image
        What is written on.
    place : tuple of float
        Where the line begins and where its letters stand, in pixels from the upper left.
    text : str
        One line.
    colour : str
        Six hexadecimal digits after ``#``.
    font : tuple
        The font's file, and pixels to an em.
    width : float, optional
        Pixels that the line is to take; as many as the font has it take if not given.
    """
    if not text:
        return
    line, left, up = _line(text, font, width)
    sheet.paste(colour, (round(place[0]) - left, round(place[1]) - up), line)


@lru_cache(maxsize=1024)
def _line(text: str, font: Font, width: float | None) -> tuple[Image.Image, int, int]:
    """Set a line; say too where in it the text begins, and how far down its letters stand."""
    file, size = font
    steps = [size * _step(file, letter) for letter in text]
    wider = width / sum(steps) if width and sum(steps) else 1.0
    places = wider * np.cumsum([0.0, *steps])
    room = round(size)  # letters reach beyond where they begin and end
    sheet: NDArray[np.uint8] = np.zeros(
        (_height(font), round(places[-1]) + 2 * room), dtype=np.uint8
    )
    begins = np.rint(PARTS * places).astype(int).tolist()
    for letter, (whole, part) in zip(text, (divmod(at, PARTS) for at in begins), strict=False):
        painted, left = _letter(letter, font, part)
        there = sheet[:, whole + room + left :][:, : painted.shape[1]]
        np.maximum(there, painted, out=there)
    return Image.fromarray(sheet), room, font_of(*font).getmetrics()[0]


@cache
def _step(file: str, letter: str) -> float:
    """Measure in ems how far after a letter the next one begins."""
    return font_of(file, LARGE).getlength(letter) / LARGE


@cache
def _letter(letter: str, font: Font, part: int) -> tuple[NDArray[np.uint8], int]:
    """Paint a letter as high as a line; say how far right of its beginning it is painted."""
    file, size = font
    large = font_of(file, PARTS * size)  # Pillow begins letters at whole pixels
    room = round(size)
    sheet = Image.new("L", (3 * room * PARTS, _height(font) * PARTS))
    place = room * PARTS + part, PARTS * font_of(*font).getmetrics()[0]
    ImageDraw.Draw(sheet).text(place, letter, 255, large, "ls")
    small = sheet.reduce(PARTS)
    box = small.getbbox() or (0, 0, 0, 0)
    return np.asarray(small)[:, box[0] : box[2]], box[0] - room


def _height(font: Font) -> int:
    return sum(font_of(*font).getmetrics())
