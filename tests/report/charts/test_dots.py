import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.dots import dots

DATA = pd.DataFrame(
    {"label": ["Eksempel", "landet"], "value": [42.25, 39.9], "role": ["own", "nation"]}
)


@pytest.mark.parametrize(("language", "exp"), [("nb", {"39,9"}), ("en", {"39.9"})])
def test_dots_are_labelled_in_the_language(size, words, language, exp):
    assert {"Eksempel", "landet", *exp} <= words(dots(DATA, size, language))


def test_dots_drawn_twice_are_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: dots(DATA, s, "nb"), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_dots_is_cut_off(size, inside):
    assert inside(dots(DATA, size, "nb")) == []


def test_group_stands_as_a_heading(size, words):
    assert "Lesing" in words(dots(DATA.assign(group="Lesing"), size, "nb"))


def test_interval_is_drawn_only_where_there_is_one():
    data = DATA.assign(low=[41.0, None], high=[43.0, None])

    _lines, intervals = dots(data, style.WIDE, "nb").axes[0].collections

    assert [ends[:, 0].tolist() for ends in intervals.get_segments()] == [[41.0, 43.0]]


def test_axis_starts_at_zero_when_asked():
    assert dots(DATA, style.WIDE, "nb", from_zero=True).axes[0].get_xlim()[0] == 0


def test_single_value_can_be_drawn(size, words):
    assert "42,2" in words(dots(DATA.head(1), size, "nb"))


@pytest.mark.parametrize(("values", "exp"), [([-2.0, 3.0], 1), ([2.0, 3.0], 0)])
def test_gains_and_losses_stand_around_a_line_at_zero(size, values, exp):
    axes = dots(DATA.assign(value=values), size, "nb").axes[0]

    upright = [line for line in axes.lines if list(line.get_xdata()) == [0, 0]]
    assert len(upright) == exp


@pytest.mark.parametrize(
    ("low", "exp"), [(-1.0, "kan ikke skilles fra null"), (0.5, "kan skilles fra null")]
)
def test_key_says_whether_rows_can_be_told_from_what_they_are_held_against(size, low, exp):
    data = DATA.head(1).assign(value=1.0, low=low, high=2.0)

    (legend,) = dots(data, size, "nb", reference=0.0, against="null").legends

    assert [text.get_text() for text in legend.get_texts()] == [exp]


def test_rows_without_intervals_have_no_key(size):
    assert dots(DATA, size, "nb", reference=0.0).legends == []


def test_what_intervals_are_held_against_stays_in_sight():
    data = DATA.head(1).assign(value=3.0, low=2.5, high=3.5)

    low, high = dots(data, style.WIDE, "nb", reference=0.0).axes[0].get_xlim()
    assert low < 0
    assert high > 3.5


@pytest.mark.parametrize(("places", "exp"), [({}, "1"), ({"places": 1}, "1,0")])
def test_whole_value_has_the_decimals_of_the_table_behind_it_where_it_says_so(places, exp, words):
    data = DATA.head(1).assign(value=1.0, low=-1.1, high=3.1, **places)

    assert f"{exp} (−1,1 til 3,1)" in words(dots(data, style.WIDE, "nb", decimals=1))


@pytest.mark.parametrize("letters", [40, 97, 200])
@pytest.mark.parametrize("name", ["Skole", "W"])
def test_long_name_leaves_room_to_draw(size, inside, words, name, letters):
    """Without room matplotlib would warn, and a chapter that prints warnings is not published."""
    long = (name * letters)[:letters]
    data = DATA.assign(label=[long, "landet"], low=[41.0, 38.0], high=[43.0, 41.0])

    figure = dots(data, size, "nb", decimals=1)

    assert inside(figure) == []
    shown = max(words(figure), key=len)
    assert shown == long or (shown.endswith("…") and long.startswith(shown[:-1]))
    style.as_svg(lambda s: dots(data, s, "nb", decimals=1), size)
