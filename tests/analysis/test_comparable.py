"""Tell which years of an indicator may stand on one line."""

import pytest

from tilstand.analysis.comparable import break_years


@pytest.mark.parametrize(
    ("indicator", "exp"),
    [
        ("grunnskolepoeng", (2020, 2023)),
        ("exam_mark", (2020, 2023)),
        ("np_scale_points", (2014, 2022)),
        ("bullied_share", (2013, 2016, 2022)),
        ("pupil_survey_score", (2013, 2022)),
    ],
)
def test_lines_stop_at_every_break_of_the_series(repo_register, indicator, exp):
    assert break_years(repo_register, indicator) == exp
