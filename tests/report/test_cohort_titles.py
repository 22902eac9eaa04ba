"""Try titles that say what figures over cohorts find."""

import pandas as pd
import pytest

from tilstand.report import open_page
from tilstand.report.chapters.contribution import cohort_titles as titles


@pytest.fixture(scope="module")
def pages(repo):
    return [open_page(2020, language, repo) for language in ("nb", "en")]


def _intervals(*ends):
    return pd.DataFrame(ends, columns=["low", "high"]).assign(label="Skole", value=0.0)


def test_schools_on_one_side_in_every_cohort_are_counted(pages):
    values = {"A": [1, 2, 3], "B": [-1, 1, 2], "C": [-3, -1, -2], "D": [0, 1, 1]}
    rows = pd.DataFrame([(name, value) for name, all_ in values.items() for value in all_])
    rows.columns = ["label", "value"]

    got = [titles.steady_title(page, rows) for page in pages]

    assert got == [
        "2 av 4 skoler holdt seg på samme side av null i alle kullene",
        "2 of 4 schools kept to the same side of zero in every cohort",
    ]


@pytest.mark.parametrize("name", ["turned_title", "like_title", "staying_title", "steady_title"])
def test_figure_without_rows_has_no_title(pages, name):
    assert [getattr(titles, name)(page, pd.DataFrame()) for page in pages] == ["", ""]


@pytest.mark.parametrize(
    ("ends", "exp"),
    [
        ([(0.1, 2), (-1, 1)], "1 of 2 schools"),
        ([(-2, -0.1), (0.5, 1), (-1, 1)], "2 of 3 schools"),
        ([(-1, 1), (0, 2)], "None of 2 schools"),
    ],
)
def test_intervals_that_leave_zero_out_are_counted(pages, ends, exp):
    assert titles.like_title(pages[1], _intervals(*ends)).startswith(exp)


def test_marks_go_before_intervals(pages):
    rows = _intervals((1, 2), (1, 2)).assign(apart=[True, False])

    assert titles.turned_title(pages[0], rows).startswith("1 av 2 skoler")


def test_none_is_a_word_in_either_language(pages):
    got = [titles.staying_title(page, _intervals((-1, 1))) for page in pages]

    assert [title.split()[0] for title in got] == ["Ingen", "None"]


@pytest.mark.parametrize(
    ("correlation", "exp"),
    [
        (0.99, "largely"),
        (0.5, "largely"),
        (0.49, "to some extent"),
        (0.2, "to some extent"),
        (0.0, "hardly"),
        (-0.19, "hardly"),
        (-0.2, "opposite"),
        (-1.0, "opposite"),
    ],
)
def test_correlation_decides_what_is_said_of_intake(pages, correlation, exp):
    assert exp in titles.intake_title(pages[1], correlation)


@pytest.mark.parametrize("correlation", [None, float("nan")])
def test_nothing_is_said_of_intake_without_a_correlation(pages, correlation):
    assert titles.intake_title(pages[0], correlation) == ""
