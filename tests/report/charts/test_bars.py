import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.bars import bars

DATA = pd.DataFrame(
    {"label": ["Eksempel", "landet"], "value": [1234.5, 900.0], "role": ["own", "nation"]}
)


@pytest.mark.parametrize(
    ("language", "exp"), [("nb", "1\N{NO-BREAK SPACE}234,5"), ("en", "1,234.5")]
)
def test_bars_are_labelled_in_the_language(size, words, language, exp):
    got = words(bars(DATA, size, language, decimals=1))

    assert {"Eksempel", "landet", exp} <= got


def test_bars_drawn_twice_are_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: bars(DATA, s, "nb"), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_bars_is_cut_off(size, inside):
    assert inside(bars(DATA, size, "nb", decimals=1)) == []


def test_bars_start_at_zero(size):
    assert bars(DATA, size, "nb").axes[0].get_xlim()[0] == 0


def test_first_row_stands_on_top(size):
    axes = bars(DATA, size, "nb").axes[0]

    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_two_series_of_a_label_are_named_at_their_bars(words):
    data = pd.DataFrame(
        {
            "label": ["Lærere"] * 2,
            "series": ["kvinner", "menn"],
            "value": [76, 24],
            "role": ["female", "male"],
        }
    )

    assert {"76 kvinner", "24 menn"} <= words(bars(data, style.WIDE, "nb"))


def test_second_series_is_told_apart_without_colour():
    data = pd.concat([DATA.assign(series="2019"), DATA.assign(series="2020")])

    got = {patch.get_hatch() for patch in bars(data, style.WIDE, "nb").axes[0].patches}

    assert len(got) == 2


def test_values_of_nothing_can_be_drawn(words):
    assert "0" in words(bars(DATA.assign(value=0.0), style.WIDE, "nb"))
