import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.span import span

DATA = pd.DataFrame(
    {"label": ["Laveste nivå", "Høyeste nivå"], "low": [1.0, 27.5], "high": [22.0, 50.0]}
)


@pytest.mark.parametrize(("language", "exp"), [("nb", "27,5"), ("en", "27.5")])
def test_both_ends_are_labelled_in_the_language(size, words, language, exp):
    assert {"Laveste nivå", exp} <= words(span(DATA, size, language, decimals=1))


def test_span_drawn_twice_is_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: span(DATA, s, "nb"), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_span_is_cut_off(size, inside):
    assert inside(span(DATA, size, "nb", decimals=1)) == []


def test_school_apart_is_drawn_and_labelled(words):
    got = words(span(DATA.assign(single=[None, 71.0]), style.WIDE, "nb"))

    assert "71" in got
