"""Name breaks where a figure's years meet them, from the register's own words."""

import pandas as pd
import pytest

from tilstand.report import open_page
from tilstand.report.page import breaks


@pytest.fixture
def page(repo):
    return open_page(2020, "nb", repo)


def years(*values):
    return pd.DataFrame({"year": values})


@pytest.mark.parametrize(
    ("indicator", "shown", "exp"),
    [
        ("grunnskolepoeng", (2018, 2024), "Brudd i serien: avlyst eksamen (2020–2022)."),
        ("grunnskolepoeng", (2021, 2024), "Brudd i serien: avlyst eksamen (2020–2022)."),
        ("grunnskolepoeng", (2023, 2024), ""),
        ("pupil_survey_score", (2014, 2020), ""),
        ("pupil_survey_score", (2013, 2020), ""),
    ],
)
def test_break_is_named_where_it_falls_within_the_years(page, indicator, shown, exp):
    assert breaks.line(page, indicator, years(*shown)) == exp


def test_several_breaks_are_named_in_order(page):
    got = breaks.line(page, "bullied_share", years(2010, 2017))

    assert got.index("(2013)") < got.index("(2016)")


def test_whole_span_is_marked_when_all_years_lie_in_it(page):
    assert "feil i beregningsverktøyet (2014–2021)" in breaks.line(
        page, "np_scale_points", years(2015, 2020)
    )
