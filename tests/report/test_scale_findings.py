"""Say what national tests in an edition's exports show, and how surely."""

from __future__ import annotations

import pytest
from corpus.country import Country

from tilstand.report import open_page
from tilstand.report.chapters.summary.findings import answer
from tilstand.report.chapters.summary.headlines import choose
from tilstand.report.chapters.summary.question import Question
from tilstand.report.chapters.summary.scale_questions import scale_questions

FILES = [(2022, "5"), (2025, "8")]
INDICATOR = "np_scale_points"
NATION = Question(
    INDICATOR, "nation", "nasjonale-prover-skoler", {"grade": "8", "subject": "reading"}
)
COHORT = Question(INDICATOR, "cohort", "kommunebidrag", {"subject": "reading"})


@pytest.fixture
def opened(project_copy):
    def settle(language: str = "nb", **country):
        Country(**country).settle(project_copy, 2025, FILES)
        return open_page(2025, language, project_copy)

    return settle


def test_the_municipality_is_held_to_the_country_with_the_certainty_of_the_margins(opened):
    got = answer(opened(towns=90), NATION)

    assert (got.kind, got.certainty) == ("good", "clear")
    assert "i landet; forskjellen er tydelig" in got.html


def test_growth_is_held_to_what_grade_5_let_expect(opened):
    got = answer(opened("en", towns=90), COHORT)

    assert (got.kind, got.certainty) == ("good", "clear")
    assert "expected going by grade 5" in got.html


def test_a_cohort_of_which_many_are_missing_is_no_finding(opened):
    assert answer(opened(partial=True), COHORT) is None


def test_a_test_of_an_older_autumn_is_no_news(opened):
    old = Question(INDICATOR, "nation", "x", {"grade": "5", "subject": "reading"})

    assert answer(opened(towns=90), old) is None


@pytest.mark.parametrize("question", [NATION, COHORT])
def test_without_exports_there_is_no_answer(project_copy, question):
    assert answer(open_page(2020, "nb", project_copy), question) is None


def test_each_test_may_open_the_edition_but_growth_only_once(opened):
    page = opened(towns=90)

    got = choose([one for question in scale_questions(page) if (one := answer(page, question))])

    assert sorted(one.question.chapter for one in got) == [
        "kommunebidrag",
        *["nasjonale-prover-skoler"] * 3,
    ]
    assert len({one.name for one in got}) == len(got)
