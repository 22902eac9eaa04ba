"""Find what an edition adds to its chapters: own words, their numbers, and what is lacking."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tilstand.contracts import STATEMENT_COLUMNS, STATUSES_WITH_VALUE
from tilstand.edition import year_before
from tilstand.edition.own_words import OTHERS, text_path
from tilstand.pipeline.compose.own_words import Own
from tilstand.report.chapters.open.own_text import numbers_in, read_text
from tilstand.report.page.documents import known
from tilstand.report.page.rows import open_measures
from tilstand.sources.declared import read_declared
from tilstand.sources.edition_figures import open_edition
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from tilstand.pipeline.basis.contents import Chapter
    from tilstand.project import Project

#: More measures than this are not listed one by one on a page that lacks them.
MOST_LISTED = 8


class OwnWords:
    """Find what one edition adds to each chapter, in one language.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.
    language : {"nb", "en"}
        Language of the book.
    """

    def __init__(self, project: Project, edition: str, language: str) -> None:
        self.project, self.edition, self.language = project, edition, language

    def chapter(self, chapter: Chapter) -> tuple[Own, dict[str, dict[str, Any]]]:
        """Read a chapter's own words, with the numbers that they name.

        Raises
        ------
        DataError
            When the text has a heading or a name that means nothing.
        """
        if not chapter.is_notebook or chapter.school:
            return Own(), {}
        args = (chapter.slug, self.language)
        words = read_text(self.project, self.edition, *args)
        file = self.project.relative(text_path(self.project, self.edition, *args))
        numbers = numbers_in(self.project, self.edition, self.language, words, file)
        last = read_text(self.project, self._before, *args) if words else {}
        return Own(words, last, file, self._lacking.get(chapter.slug)), numbers

    @cached_property
    def _before(self) -> str:
        return year_before(self.project, self.edition)

    @cached_property
    def _lacking(self) -> dict[str, list[str]]:
        """Measures that each chapter lacks; nothing where a document fills the chapters."""
        edition, place, _, register = open_edition(self.project, self.edition)
        said = load_statements(self.project, "", STATEMENT_COLUMNS)
        said = known(said, register.sources, edition.year)
        if (said["edition"] == str(edition.year)).any():
            return {}
        declared = read_declared(self.project.register)
        near = open_measures(self.project, self.edition).near
        # What county and country have stands on the page, and is not unreported.
        shown = (near["place"] == place) | near["level"].isin(("nation", "county"))
        there = set(near.loc[shown & near["status"].isin(STATUSES_WITH_VALUE), "indicator"])
        found: dict[str, list[str]] = {one: [] for one in [*(d.chapter for d in declared), *OTHERS]}
        for one in declared:
            if one.indicator not in there and (one.origin != "own" or one.importance):
                name = register.indicators[one.indicator].name[self.language]
                found[one.chapter].append(name)
        return {chapter: names[:MOST_LISTED] for chapter, names in found.items()}
