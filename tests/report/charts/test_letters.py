import numpy as np
import pytest
from PIL import Image

from tilstand.report.charts import style
from tilstand.report.charts.fonts import FILES
from tilstand.report.charts.letters import write

REGULAR = FILES[400]
TEXT = "Trivsel i Bærum, 10. trinn"


def ink(text: str, size: float = 25.0, width: float | None = None) -> np.ndarray:
    """How much ink each pixel has; a line begins 20 to the right and stands 60 down."""
    sheet = Image.new("RGBA", (900, 100), style.PAPER)
    write(sheet, (20, 60), text, style.INK, (REGULAR, size), width)
    return 255 - np.asarray(sheet.convert("L")).astype(int)


def ends(found: np.ndarray) -> tuple[int, int]:
    across = np.flatnonzero(found.max(axis=0) > 40)
    return int(across[0]), int(across[-1])


@pytest.mark.parametrize("width", [250, 265, 280])
def test_a_line_takes_the_width_that_it_is_given(width):
    got = ends(ink(TEXT, width=width))

    assert got == pytest.approx((20, 20 + width), abs=5)


def test_a_line_is_twice_as_wide_in_letters_of_twice_the_size():
    small, large = (ends(ink(TEXT, size))[1] - 20 for size in (20.0, 40.0))

    assert large == pytest.approx(2 * small, abs=2)


def test_letters_stand_on_their_line():
    got = np.flatnonzero(ink("Hnm").max(axis=1) > 40)

    assert got[-1] == 59


def test_a_letter_looks_the_same_wherever_it_stands():
    one, three = (ink("i" * count).sum() for count in (1, 3))

    assert three == pytest.approx(3 * one, rel=0.02)


def test_a_sheet_stays_opaque():
    sheet = Image.new("RGBA", (300, 100), style.PAPER)
    write(sheet, (20, 60), TEXT, style.INK, (REGULAR, 25.0))

    assert sheet.getextrema()[3] == (255, 255)


@pytest.mark.parametrize("text", ["", " ", "\N{ZERO WIDTH SPACE}", "\N{GRINNING FACE}"])
def test_any_text_can_be_written(text):
    assert ink(text, width=12.0).shape == (100, 900)
