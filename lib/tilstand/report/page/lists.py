"""List on a page what documents say, and show its key figures as cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.report import wording
from tilstand.report.page import blocks, exhibits
from tilstand.report.page.words import Words

if TYPE_CHECKING:
    import pandas as pd


class Lists(Words):
    """Put statements and key figures on a page."""

    def list_statements(self, found: pd.DataFrame) -> None:
        """Show statements as a list of short paragraphs with their sources.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> page = open_page(2020, "en")
        >>> page.list_statements(page.statements("", "goal").head(1))
        {'application/vnd.tilstand.block+json': {'html': '<dl class="statements">...
        """
        if not found.empty:
            exhibits.show_block(self._statement_html(found))

    def list_rest(self, chapter: str) -> None:
        """Fold away, kind by kind, what the sources say of a chapter and the page has not listed.

        Says whether there is any as the fact ``rest``, for the heading above.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").list_rest("sfo")
        {'application/vnd.tilstand.numbers+json': {'rest': ...
        """
        found = self.statements(chapter)
        rest = found[~found["id"].isin(self._listed)]
        self.holds(rest=not rest.empty)
        there = set(rest["kind"])
        for kind in (one for one in contracts.STATEMENT_KINDS if one in there):
            of_kind = rest[rest["kind"] == kind]
            title = wording.word(f"kinds_{kind}", self.language)
            html = self._statement_html(of_kind)
            exhibits.show_block(blocks.fold(title, len(of_kind), html))

    def _statement_html(self, found: pd.DataFrame) -> str:
        """Write statements, and remember that the page has listed them."""
        html = blocks.statement_list(found, self.register, self.language, self._listed)
        self._listed |= set(found["id"])
        return html

    def cards(self, cards: list[blocks.Card]) -> None:
        """Show key figures as cards, leaving out those that the edition lacks.

        Examples
        --------
        >>> from tilstand.report.page.blocks import Card
        >>> from tilstand.report.page.page import open_page
        >>> page = open_page(2020, "en")
        >>> pupils = page.series("pupils")
        >>> page.cards([Card.of(page, pupils.now, chapter="elevtall", nb="Elever", en="Pupils")])
        {'application/vnd.tilstand.block+json': {'html': '<ul class="cards">...
        """
        known = [card for card in cards if not card.value.missing]
        if known:
            exhibits.show_block(blocks.card_list(known, self.language))
