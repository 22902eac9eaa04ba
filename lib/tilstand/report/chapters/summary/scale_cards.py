"""Show the newest national tests of an edition as key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.analysis.published_tests import INDICATOR, SUBJECTS
from tilstand.report import wording
from tilstand.report.page.blocks import Card

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

GRADES = ("5", "8", "9")
UNIT = {"nb": "skalapoeng", "en": "scale points"}


def scale_cards(page: Page, chapter: str) -> list[Card]:
    """Make a card of each national test that the edition's own autumn has.

    Parameters
    ----------
    page : Page
        The page.
    chapter : str
        Chapter that tells more.

    Returns
    -------
    list of Card
        The municipality's mean beside the country's, by grade and subject; cards of tests that
        the edition lacks have a missing value and are not shown.
    """
    cards = []
    for grade in GRADES:
        for subject in SUBJECTS:
            where = {"grade": grade, "subject": subject}
            own = page.now(INDICATOR, **where)
            nation = page.now(INDICATOR, "norge", **where)
            nb, en = (name_of(page, where, language) for language in ("nb", "en"))
            card = Card.of(page, own, nation, against="nation", chapter=chapter, nb=nb, en=en)
            cards.append(card)
    return cards


def name_of(page: Page, where: dict[str, str], language: str) -> str:
    """Name a test by its subject, grade and unit, such as ``Lesing, 8. trinn, skalapoeng``."""
    subject = wording.sentence(page.register.category_label(where["subject"], language))
    return f"{subject}, {wording.grade_name(where['grade'], language)}, {UNIT[language]}"
