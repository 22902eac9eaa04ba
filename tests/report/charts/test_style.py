import itertools
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont

from tilstand.report.charts import style


def draw(size: style.Size) -> Figure:
    with style.canvas(size, 2.0) as (figure, axes):
        axes.plot([1, 2], [3, 4], color=style.ACCENT)
        axes.set_title("Trivsel i Bærum")
    return figure


def light(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def contrast(one: str, other: str) -> float:
    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("size", style.SIZES)
def test_drawing_twice_gives_the_same_bytes(size):
    assert style.as_svg(draw, size) == style.as_svg(draw, size)


@pytest.mark.parametrize("size", style.SIZES)
def test_a_figure_made_ahead_is_drawn_like_any_other(size, monkeypatch):
    def crowded(size: style.Size) -> Figure:
        with style.canvas(size, 2.0) as (figure, axes):
            axes.plot(range(20), range(20), color=style.ACCENT)
            axes.set_yticks(range(20), [f"Skole {number}" for number in range(20)])
            axes.get_yticklabels()[0].set_fontweight(600)
            axes.grid(axis="x")
        return figure

    monkeypatch.setattr(style, "_blank", {size: [] for size in style.SIZES})
    exp = style.as_svg(crowded, size)
    style.make_ahead(1)

    assert style.as_svg(crowded, size) == exp


def test_svg_bears_no_date_and_no_producer():
    got = style.as_svg(draw, style.WIDE)

    assert not {"<metadata>", "dc:date", "Matplotlib"} & set(got.replace("<", " <").split())


def test_svg_begins_with_its_own_element():
    assert style.as_svg(draw, style.WIDE).startswith("<svg")


def test_svg_asks_for_no_other_file():
    got = style.as_svg(draw, style.WIDE)

    assert not re.search(r"<image|href|url\(", got)


def test_text_is_text_in_the_font_of_the_page():
    got = style.as_svg(draw, style.WIDE)

    assert ">Trivsel i Bærum</text>" in got
    assert "font-family" not in got


def test_nothing_is_styled_in_the_page():
    assert not re.search(r"style|#[0-9a-f]{6}", style.as_svg(draw, style.WIDE))


def test_house_settings_stay_inside_the_drawing():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    style.as_svg(draw, style.WIDE)

    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("weight", [400, 600])
def test_house_font_is_the_one_that_the_library_brings(weight):
    from matplotlib.font_manager import FontProperties

    got = findfont(FontProperties(family=style.FONT, weight=weight), fallback_to_default=False)

    assert got.endswith(f"SourceSans3-{weight}.ttf")


def test_narrow_form_fits_a_phone():
    assert style.NARROW.width * 96 <= 375 - 32


@pytest.mark.parametrize("size", style.SIZES)
def test_smallest_text_is_readable(size):
    assert size.text / 0.75 >= 11


@pytest.mark.parametrize("colour", [style.INK, style.SOFT, style.ACCENT])
def test_text_stands_out_from_the_paper_as_wcag_asks(colour):
    assert contrast(colour, style.PAPER) >= 4.5


@pytest.mark.parametrize("role", style.ROLE_COLOURS)
def test_marks_stand_out_from_the_paper_as_wcag_asks(role):
    assert contrast(style.ROLE_COLOURS[role], style.PAPER) >= 3


@pytest.mark.parametrize("count", style.LEVEL_COLOURS)
def test_there_is_a_colour_for_every_level(count):
    assert len(set(style.LEVEL_COLOURS[count])) == count


@pytest.mark.parametrize("count", style.LEVEL_COLOURS)
def test_levels_are_darkest_at_the_ends(count):
    lights = [light(colour) for colour in style.LEVEL_COLOURS[count]]
    middle = count // 2

    assert lights[: middle + 1] == sorted(lights[: middle + 1])
    assert lights[middle:] == sorted(lights[middle:], reverse=True)


@pytest.mark.parametrize(("language", "exp"), [("nb", "12,5"), ("en", "12.5")])
def test_axis_writes_numbers_as_the_language_does(language, exp):
    with style.canvas(style.WIDE, 2.0) as (_, axes):
        style.number_axis(axes.yaxis, language, 1)

    assert axes.yaxis.get_major_formatter()(12.5) == exp


def test_axis_writes_whole_numbers_without_decimals():
    with style.canvas(style.WIDE, 2.0) as (_, axes):
        style.number_axis(axes.yaxis, "nb", 1)

    assert axes.yaxis.get_major_formatter()(10.0) == "10"


@pytest.mark.parametrize(
    ("positions", "exp"),
    [
        ([], []),
        ([5.0], [5.0]),
        ([1.0, 9.0], [1.0, 9.0]),
        ([5.0, 5.0], [4.5, 5.5]),
        ([9.0, 1.0], [9.0, 1.0]),
        ([5.2, 5.0], [5.6, 4.6]),
    ],
)
def test_labels_are_moved_apart_around_their_middle(positions, exp):
    assert style.spread_labels(positions, 1.0) == pytest.approx(exp)


@pytest.mark.parametrize("seed", range(20))
def test_no_two_labels_stand_closer_than_the_gap(seed):
    generator = np.random.default_rng(seed)
    positions = list(generator.uniform(0, 5, size=8))

    got = sorted(style.spread_labels(positions, 0.5))

    assert all(b - a >= 0.5 - 1e-9 for a, b in itertools.pairwise(got))


@pytest.mark.parametrize("seed", range(20))
def test_labels_keep_their_order(seed):
    generator = np.random.default_rng(seed)
    positions = list(generator.uniform(0, 5, size=8))

    got = style.spread_labels(positions, 0.5)

    assert np.argsort(got).tolist() == np.argsort(positions).tolist()
