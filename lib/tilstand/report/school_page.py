"""Say and show what one school's page holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.report import wording
from tilstand.report.school_exhibits import SchoolExhibits
from tilstand.report.school_measures import ABOUT, OVER, UNDER

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.page import Page
    from tilstand.report.pupils import PupilBook

LEVEL_KINDS = {
    "lowest_level": ("laveste nivå", "lowest level"),
    "highest_level": ("høyeste nivå", "highest level"),
}
OTHER_KINDS = {
    "points": ("grunnskolepoeng, snitt", "grunnskolepoeng, mean"),
    "few_points": ("andel under 30 poeng, prosent", "share below 30 points, per cent"),
    "bullied": ("elever som blir mobbet, prosent", "pupils who are bullied, per cent"),
}
VERDICTS = {
    OVER: ("over", "above"),
    ABOUT: ("omtrent som", "about as"),
    UNDER: ("under", "below"),
    "": ("skjult", "hidden"),
}


class SchoolPage(SchoolExhibits):
    """Say and show what one school's page holds.

    Parameters
    ----------
    page : Page
        The school's page.
    book : PupilBook
        The edition's pupils, protected.
    key : str
        The school's key.
    """

    def __init__(self, page: Page, book: PupilBook, key: str) -> None:
        rows = book.measures[book.measures["school"] == key].reset_index(drop=True)
        labelled = rows.assign(
            label=[_label(page, book, row) for _, row in rows.iterrows()],
            words=[page.pick(*VERDICTS[verdict]) for verdict in rows["verdict"].fillna("")],
        )
        super().__init__(page, book, book.school(key), labelled)

    def words(self) -> dict[str, Any]:
        """Give prose the school's name, its kind, and names that are blank where they don't hold.

        Returns
        -------
        dict
            ``school``, ``grades``; ``opened`` with ``new_school`` or ``merged_school`` and
            ``merged_from``; ``combined_school``.
        """
        school, language = self.school, self.page.language
        opened = str(school.opened) if school.opened else ""
        return {
            "school_name": school.name,
            "grades": wording.grade_name(school.grades, language),
            "opened": self.book.year(opened, self.measures) if opened else "",
            "new_school": school.name if opened and not school.merged else "",
            "merged_school": school.name if school.merged else "",
            "merged_from": wording.listing(list(school.merged), language),
            "combined_school": school.name if school.grades == "1-10" else "",
            **self.book.words(),
        }

    def message(self) -> dict[str, Any]:
        """Give the page's main message as numbers and words, one of three kinds.

        Returns
        -------
        dict
            ``tests`` and ``year``; ``apart`` and ``apart_words`` where any differs,
            ``none_apart`` where none does, ``few_pupils`` where none may be shown.
        """
        rows = self.measures[self.measures["kind"] == "score"]
        shown = rows[rows["verdict"].fillna("") != ""]
        apart = shown[shown["verdict"] != ABOUT]
        value = self.book.computed
        year = rows["period"].max() if len(rows) else ""
        words = []
        rest = self.page.pick(nb="resten av kommunen i", en="the rest of the municipality in")
        for side in (OVER, UNDER):
            told = apart[apart["verdict"] == side]
            names = [self.book.test(row) for _, row in told.iterrows()]
            if names:
                listed = wording.listing(names, self.page.language)
                words.append(f"{self.page.pick(*VERDICTS[side])} {rest} {listed}")
        return {
            "tests": value(len(shown) or None, shown, 0),
            "year": self.book.year(year, rows) if year else "",
            "apart": value(len(apart) or None, apart, 0),
            "apart_words": wording.sentence("; ".join(words)) if words else "",
            "none_apart": self.school.name if len(shown) and not len(apart) else "",
            "few_pupils": self.school.name if len(rows) and not len(shown) else "",
            "no_tests": "" if len(rows) else self.school.name,
        }

    def headings(self) -> dict[str, str]:
        """Give the headings of what the school has something under; the others are blank."""
        pick, kinds = self.page.pick, set(self.measures["kind"])
        shown = set(self.measures.loc[self.measures["value"].notna(), "kind"])
        levels = {"lowest_level", "highest_level"} <= shown
        heads = {
            "results_heading": (pick(nb="Resultatene", en="The results"), "score" in kinds),
            "development_heading": (pick(nb="Utviklingen", en="Development"), "score" in shown),
            "levels_heading": (pick(nb="Nivåene", en="The levels"), levels),
            "progress_heading": (
                pick(nb="Fra 8. til 9. trinn", en="From grade 8 to grade 9"),
                "progress" in kinds,
            ),
            "leaving_heading": (
                pick(nb="Avslutningen av grunnskolen", en="Leaving lower secondary school"),
                "points" in kinds,
            ),
            "environment_heading": (
                pick(nb="Læringsmiljøet", en="The learning environment"),
                bool({"survey", "bullied"} & kinds),
            ),
        }
        return {name: text if has else "" for name, (text, has) in heads.items()}

    def contribution_words(self) -> dict[str, Any]:
        """Say how many of the school's contributions can be told from the average school's."""
        rows = self.book.contributions
        rows = rows[rows["school"] == self.school.key]
        clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        kind = "simulated" if self.book.simulated else "pupil-file"
        ref = f"{kind}|contributions|{self.school.key}"
        value = self.book.named(len(rows) or None, ref, kind)
        return {
            "contributions": value,
            "contributions_clear": self.book.named(len(clear) or None, ref, kind),
            "contributions_none_clear": self.school.name if len(rows) and not len(clear) else "",
            "no_contribution": "" if len(rows) else self.school.name,
        }


def _label(page: Page, book: PupilBook, row: pd.Series) -> str:
    kind, grade = str(row["kind"]), book.grade(str(row["grade"]))
    if kind in OTHER_KINDS:
        words = wording.sentence(page.pick(*OTHER_KINDS[kind]))
        return f"{words}, {grade}" if kind == "bullied" else words
    if kind == "survey":
        return f"{wording.sentence(book.subject(str(row['subject'])))}, {grade}"
    test = wording.sentence(book.test(row))
    return f"{test}, {page.pick(*LEVEL_KINDS[kind])}" if kind in LEVEL_KINDS else test
