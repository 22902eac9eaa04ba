import io

import numpy as np
import pytest
from matplotlib.colors import to_rgba_array
from PIL import Image

from tilstand.report.charts import style
from tilstand.report.charts.picture import picture

TEXTS = {"title": "Færre elever", "subtitle": "Elever, antall.", "source": "Kilde: GSI."}


def filled(colour: str, width: int = 900) -> np.ndarray:
    dot = (255 * to_rgba_array(colour)[0]).round().astype(np.uint8)
    return np.tile(dot, (300, width, 1))


def opened(texts: dict[str, str], colour: str = style.ACCENT) -> Image.Image:
    return Image.open(io.BytesIO(picture(filled(colour), texts)))


def ink(image: Image.Image) -> int:
    return int((np.asarray(image.convert("L")) < 200).sum())


@pytest.mark.parametrize("kind", ["title", "subtitle", "source"])
def test_every_text_is_written_on_the_picture(kind):
    without = TEXTS | {kind: ""}

    assert ink(opened(TEXTS)) > ink(opened(without))


def test_long_titles_are_broken_and_make_the_picture_higher():
    assert opened(TEXTS | {"title": "Færre elever " * 12}).height > opened(TEXTS).height


def test_no_text_runs_out_of_the_picture():
    image = opened(TEXTS | {"title": "MMMM " * 60, "source": "Wide " * 90})
    margin = np.asarray(image.convert("L"))[:, -12:]

    assert (margin > 200).all()


def test_the_same_drawing_is_the_same_bytes():
    drawing = filled(style.ACCENT, 400)

    assert picture(drawing, TEXTS) == picture(drawing, TEXTS)


@pytest.mark.parametrize("colour", [style.ACCENT, style.GRID, *style.LEVEL_COLOURS[5]])
def test_a_drawing_keeps_its_colours(colour):
    got = np.asarray(opened(TEXTS, colour).convert("RGB")).astype(int)
    exp = filled(colour)[0, 0, :3]

    assert (abs(got - exp).max(axis=2) <= 2).sum() >= 300 * 900


def test_paper_is_the_papers_own_colour():
    got = opened(TEXTS).convert("RGB").getpixel((0, 0))

    assert got == (255, 255, 255)
