"""Answer what is asked of national tests, with the certainty that their margins give."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tilstand.analysis.published_tests import INDICATOR
from tilstand.report.chapters.national_tests.public_growth import PublicGrowth
from tilstand.report.chapters.national_tests.published_tests import PublishedTests

if TYPE_CHECKING:
    from tilstand.report.chapters.summary.question import Question
    from tilstand.report.numbers import Value
    from tilstand.report.page import compare
    from tilstand.report.page.page import Page

#: A municipality's number is fresh in its own autumn and the one before.
FRESH = 1


def is_asked(question: Question) -> bool:
    """Tell whether a question is one of national tests on the scale that has margins."""
    return question.indicator == INDICATOR


def measured(page: Page, question: Question) -> tuple[Value, Value, compare.Comparison] | None:
    """Compare the municipality's mean with the country's, or with what grade 5 let expect.

    Parameters
    ----------
    page : Page
        The page.
    question : Question
        ``against`` is ``nation`` (with a grade and a subject) or ``cohort`` (with a subject).

    Returns
    -------
    tuple or None
        The mean, what it is held against, and how sure the difference is. None where the edition
        has no fresh export of it, where both are printed with the same number, and where the two
        tests of a cohort are not of the same pupils.
    """
    compared = _expected if question.against == "cohort" else _nation
    found = compared(page, question)
    return None if found is None or found[2].size.missing else found


def _nation(page: Page, question: Question) -> tuple[Value, Value, compare.Comparison] | None:
    tests, subject = _tests(page, question.where["grade"]), question.where["subject"]
    if not tests.years or tests.years[-1] < page.year - FRESH:
        return None
    return tests.value(subject), tests.value(subject, "norge"), tests.against(subject)


def _expected(page: Page, question: Question) -> tuple[Value, Value, compare.Comparison] | None:
    growth, subject = _growth(page), question.where["subject"]
    if growth.last_year < page.year - FRESH or growth.own(subject) is None:
        return None
    told, found = growth.numbers(subject), growth.contribution(subject)
    outcome = replace(told["outcome"], year=growth.last_year)
    return outcome, told["expected"], found


@lru_cache(maxsize=4)
def _tests(page: Page, grade: str) -> PublishedTests:
    return PublishedTests(page, grade)


@lru_cache(maxsize=1)
def _growth(page: Page) -> PublicGrowth:
    return PublicGrowth(page)
