import io

import numpy as np
import pytest
from PIL import Image

from tilstand.report.charts import style
from tilstand.report.charts.picture import picture

TEXTS = {"title": "Færre elever", "subtitle": "Elever, antall.", "source": "Kilde: GSI."}


def opened(texts: dict[str, str], width: int = 900) -> Image.Image:
    drawing = Image.new("RGB", (width, 300), style.ACCENT)
    return Image.open(io.BytesIO(picture(drawing, texts)))


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
    drawing = Image.new("RGB", (400, 300), style.ACCENT)

    assert picture(drawing, TEXTS) == picture(drawing, TEXTS)
