import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.slope import slope

DATA = pd.DataFrame(
    {
        "year": [2019, 2020] * 2,
        "value": [12.0, 11.8, 17.7, 16.4],
        "label": ["ledere", "ledere", "øvrige", "øvrige"],
        "role": ["own", "own", "other", "other"],
    }
)


@pytest.mark.parametrize(
    ("language", "exp"), [("nb", {"12,0", "ledere 11,8"}), ("en", {"12.0", "ledere 11.8"})]
)
def test_both_ends_are_labelled_in_the_language(size, words, language, exp):
    assert exp <= words(slope(DATA, size, language, decimals=1))


def test_slope_drawn_twice_is_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: slope(DATA, s, "nb"), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_slope_is_cut_off(size, inside):
    assert inside(slope(DATA, size, "nb", decimals=1)) == []


def test_years_stand_below(size, words):
    assert {"2019", "2020"} <= words(slope(DATA, size, "nb"))


def test_there_is_a_line_a_label():
    assert len(slope(DATA, style.WIDE, "nb").axes[0].lines) == 2


def test_unchanged_value_can_be_drawn(words):
    assert "ledere 5" in words(slope(DATA.assign(value=5.0), style.WIDE, "nb"))
