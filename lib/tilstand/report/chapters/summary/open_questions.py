"""Ask on the start page what the key figures of open statistics show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.analysis.published_tests import INDICATOR
from tilstand.report.chapters.open.lines import DIMENSIONS, EXTENSIVE, key_series
from tilstand.report.chapters.summary.question import Question
from tilstand.report.page.rows import label_of_measure

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

#: Asked elsewhere on the start page.
ASKED = (INDICATOR, "grunnskolepoeng")


def open_questions(page: Page) -> list[Question]:
    """List what the start page asks of open figures.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    list of Question
        Each key figure against the country, but for those that grow with the place, and against
        the year before; a category of a measure is part of its theme.
    """
    asked = []
    for told in key_series(page):
        if told.indicator in ASKED:
            continue
        blank = {"indicator": told.indicator, **dict.fromkeys(DIMENSIONS, "")}
        name = label_of_measure({**blank, **told.where}, page.register, page.language)
        where = {key: value for key, value in told.where.items() if value}
        chapter = told.declared.chapter
        if told.own.indicator.unit not in EXTENSIVE:
            asked.append(Question(told.indicator, "nation", chapter, where, name=name))
        if not told.before.missing:
            asked.append(Question(told.indicator, "before", chapter, where, name=name))
    return asked
