"""Ask what the national tests of an edition's exports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.analysis.published_tests import INDICATOR, SUBJECTS
from tilstand.report import wording
from tilstand.report.chapters.summary.question import Question
from tilstand.report.chapters.summary.scale_cards import GRADES, name_of

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

RESULTS, GROWTH = "nasjonale-prover-skoler", "kommunebidrag"


def scale_questions(page: Page) -> list[Question]:
    """List what the start page asks of national tests.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    list of Question
        Each grade and subject against the country, and each subject's cohort against what it
        had in grade 5.
    """
    asked = []
    for grade in GRADES:
        for subject in SUBJECTS:
            where = {"grade": grade, "subject": subject}
            name = name_of(page, where, page.language)
            theme = f"{RESULTS} {grade} {subject}"
            asked.append(Question(INDICATOR, "nation", RESULTS, where, name=name, theme=theme))
    for subject in SUBJECTS:
        word = page.register.category_label(subject, page.language)
        name = page.pick(
            nb=f"Vekst fra 5. til 8. trinn i {word}, skalapoeng",
            en=f"Growth from grade 5 to grade 8 in {word}, scale points",
        )
        where = {"subject": subject}
        asked.append(Question(INDICATOR, "cohort", GROWTH, where, name=wording.sentence(name)))
    return asked
