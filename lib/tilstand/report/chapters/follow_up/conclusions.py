"""Gather what the municipality itself concludes, document by document and theme by theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.follow_up.named import named

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

AHEAD = ("goal", "recommendation")
REPORT, PAPER, ANNUAL = "tilstandsrapport-2020", "skolemelding-2020", "arsrapport-2020"
#: What the report says of results as a whole: its statements, the weightiest first.
RESULTS = (
    "sr-grunnskolepoeng",
    "sr-exam-cancelled",
    "sr-np5-best",
    "sr-np8-best",
    "sr-np9-progress",
    "sr-np5-gender",
    "sr-grunnskolepoeng-gender",
    "sr-wellbeing",
    "sr-bullying-duty",
    "sr-digital-trend",
    "sr-vg1-trend",
    "ss-se-grade-ten",
    "bh-special-help-shortage",
)
#: Document and how its sections begin, for each theme of a document's concluding part.
THEMES = {
    "kindergarten": (REPORT, ("2.4",)),
    "pandemic": (REPORT, ("3.5", "3.5.1")),
    "learning": (REPORT, ("3.5.2",)),
    "staff": (REPORT, ("3.5.3",)),
    "after_school": (REPORT, ("3.5.4",)),
    "house": (REPORT, ("3.5.5",)),
    "annual": (ANNUAL, ("",)),
    "frame": (PAPER, ("5 Rammer", "4 ")),
    "environment": (PAPER, ("5 Læringsmiljø", "3.1 Skolebidrag", "3.1 Videre utvikling: Kunnskap")),
    "teaching": (PAPER, ("5 Undervisningen",)),
    "leading": (PAPER, ("5 Ledelse",)),
    "home": (PAPER, ("5 Hjemmet", "3.4 Videre")),
}


class Conclusions:
    """Gather an edition's own conclusions.

    Parameters
    ----------
    page : Page
        The page.

    Examples
    --------
    >>> from tilstand.report import open_page
    >>> Conclusions(open_page(2020, "en")).there_is()["pandemic"]
    True
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._said = page.statements("")
        self.challenges = self._said[self._said["kind"] == "challenge"]
        self.ahead = self._said[self._said["kind"].isin(AHEAD)]
        self._parts = self._divided()

    def titles(self) -> str | None:
        """Name the documents of the edition's year, as a list; None where there are none."""
        page = self.page
        sources = dict.fromkeys(name for cell in self._said["source"] for name in cell.split(";"))
        names = [page.register.source_title(name, page.language) for name in sources]
        return wording.listing(names, page.language) if names else None

    def there_is(self) -> dict[str, bool]:
        """Tell of each theme whether the edition's documents say anything."""
        facts = {theme: not found.empty for theme, found in self._parts.items()}
        cases = not named(self.page, "case", "link").empty
        about = (self._said["chapter"] == "sammendrag").any()
        return facts | {"cases": cases, "about": bool(about)}

    def show(self, theme: str) -> None:
        """List what is said of a theme, with its document and section."""
        self.page.list_statements(self._parts[theme])

    def _divided(self) -> dict[str, pd.DataFrame]:
        """Hand each statement to the first theme that takes it."""
        said = self._said[self._said["kind"] != "gap"]
        rank = {name: place for place, name in enumerate(RESULTS)}
        results = said[said["id"].isin(rank)]
        parts = {"results": results.sort_values("id", key=lambda ids: ids.map(rank))}
        for theme, (source, starts) in THEMES.items():
            parts[theme] = said[_within(said, source, starts)]
        shown = {name for found in parts.values() for name in found["id"]}
        left = said[~said["id"].isin(shown)]
        parts["other"] = left[left["kind"] == "recommendation"]
        parts["more"] = left[left["kind"] == "challenge"]
        return parts


def _within(said: pd.DataFrame, source: str, starts: tuple[str, ...]) -> pd.Series:
    """Tell which statements stand in sections of a document that begin so."""
    inside = [
        row["source"] == source
        and any(
            _begins(part.strip(), start) for part in row["section"].split(";") for start in starts
        )
        for row in said.to_dict("records")
    ]
    return pd.Series(inside, index=said.index, dtype=bool)


def _begins(section: str, start: str) -> bool:
    """Tell whether a section is within another; 3.5 alone is not what 3.5.2 is within."""
    return section == start or (start != "3.5" and section.startswith(start))
