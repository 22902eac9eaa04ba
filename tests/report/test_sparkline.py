import re

import pytest
from bs4 import BeautifulSoup

from tilstand.report.charts.sparkline import sparkline
from tilstand.report.page.page import Page

WORDS = {"nb": "Utvikling: 10 i 2018, 30 i 2019, 20 i 2020", "en": "Trend: 10 in 2018, 30 in 2019"}


@pytest.fixture
def trend(tiny):
    def series(values: dict[int, int]):
        codes = {year: "9201" if year > 2019 else "9101" for year in values}
        tiny.write_figures(
            *(
                {"year": str(year), "unit": codes[year], "value": str(value)}
                for year, value in values.items()
            )
        )
        return Page(tiny.project, 2020, "nb").series("pupils")

    return series


@pytest.mark.parametrize("language", WORDS)
def test_small_line_says_every_value_in_words(trend, language):
    svg = sparkline(trend({2018: 10, 2019: 30, 2020: 20}), language)

    label = BeautifulSoup(svg, "html.parser").svg["aria-label"]
    assert label.startswith(WORDS[language])


def test_years_stand_as_far_apart_as_they_are(trend):
    svg = sparkline(trend({2010: 10, 2019: 30, 2020: 20}), "nb")

    points = BeautifulSoup(svg, "html.parser").find(class_="spark-own")["points"].split()
    first, second, third = (float(point.split(",")[0]) for point in points)
    assert (second - first) / (third - second) == pytest.approx(9, rel=0.02)


def test_higher_values_stand_higher(trend):
    svg = sparkline(trend({2018: 10, 2019: 30, 2020: 20}), "nb")

    heights = [float(y) for y in re.findall(r"[\d.]+,([\d.]+)", svg)]
    assert heights[1] < heights[2] < heights[0]


def test_two_years_are_no_trend(trend):
    assert sparkline(trend({2019: 30, 2020: 20}), "nb") == ""


def test_nothing_before_a_break_is_drawn(trend):
    assert sparkline(trend({2017: 1, 2018: 10, 2019: 30, 2020: 20}), "nb", breaks=(2019,)) == ""
