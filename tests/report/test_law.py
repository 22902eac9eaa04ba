"""Which section of the Education Act a year's report rests on."""

import pytest

from tilstand.report.chapters.sources import law


@pytest.mark.parametrize(
    ("year", "report", "inform"),
    [(2008, None, None), (2010, "§ 13-10", None), (2023, "§ 13-10", None), (2024, None, "§ 17-12")],
)
def test_the_duty_follows_the_year(year, report, inform):
    assert law.reporting(year) == {"law_report": report, "law_inform": inform}
