"""Say and show what one school's page holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.pupil_tables import TOTAL
from tilstand.analysis.school_development import distances, drawn
from tilstand.analysis.school_measures import ABOUT, OVER, UNDER
from tilstand.report import wording
from tilstand.report.chapters.pupils.like_rule import rule_in_words
from tilstand.report.chapters.pupils.pupil_titles import tests_named
from tilstand.report.chapters.schools.school_exhibits import SchoolExhibits

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.numbers import Value
    from tilstand.report.page.page import Page

LEVEL_KINDS = {
    "lowest_level": ("laveste nivå", "lowest level"),
    "highest_level": ("høyeste nivå", "highest level"),
}
LAST_PRIMARY = 7
OTHER_KINDS = {
    "points": ("grunnskolepoeng, snitt", "grunnskolepoeng, mean"),
    "few_points": ("andel under 30 poeng, prosent", "share below 30 points, per cent"),
    "bullied": ("elever som blir mobbet, prosent", "pupils who are bullied, per cent"),
}
VERDICTS = {
    OVER: ("over", "above"),
    ABOUT: ("omtrent lik", "about the same"),
    UNDER: ("under", "below"),
    "": ("skjult", "hidden"),
}


#: What the prose asks of the message.
MESSAGE = (
    "tests",
    "year",
    "earlier",
    "apart_words",
    "several",
    "one",
    "even",
    "one_even",
    "alone",
    "hidden_now",
    "hidden_years",
    "few_pupils",
    "closed",
    "no_tests",
)


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
            ``school_name``, ``grades``; ``both_stages`` where the file's numbers are of primary and
            lower secondary grades; ``begins`` with ``begins_year`` and ``others_year`` where the
            school has results from later than the others.
        """
        school, language = self.school, self.page.language
        return {
            "school_name": school.name,
            "grades": wording.grade_name(school.grades, language),
            "both_stages": school.name if self._has_both_stages() else "",
            **self._first_year(),
        }

    def _has_both_stages(self) -> bool:
        grades = {int(grade) for grade in self.measures["grade"] if str(grade).isdigit()}
        return bool(grades) and min(grades) <= LAST_PRIMARY < max(grades)

    def _first_year(self) -> dict[str, Any]:
        """Tell from when a school of an edition's own file has results, where others have more."""
        blank = dict.fromkeys(("begins", "begins_year", "others_year"), "")
        if not self.book.has("scores"):
            return blank
        means = self.book.protected.means("scores", "year", "school")
        means = means[(means["year"] != TOTAL) & (means["status"] != "empty")]
        rows = means[means["school"] == self.school.key]
        if rows.empty or rows["year"].min() == means["year"].min():
            return blank
        first, others = rows["year"].min(), means["year"].min()
        return {
            "begins": self.school.name,
            "begins_year": self._year(first),
            "others_year": self._year(others),
        }

    def message(self) -> dict[str, Any]:
        """Return the page's main message as numbers and words; exactly one kind is not blank.

        Returns
        -------
        dict
            ``year`` and ``tests`` (how many are shown); of the school's name, ``even`` and
            ``one_even`` where none of several, or the only one, differs; ``apart_words`` with
            ``several`` where any does, or ``one`` where there is but one; ``alone`` where there are
            no others to be told from. Where none is shown,
            ``hidden_now`` with ``earlier`` (the last year that is), ``hidden_years`` where only
            all years together are, ``few_pupils`` where nothing is. Where the school has no test
            in the last year, ``closed`` with ``earlier``, else ``no_tests``.
        """
        rows = self.measures[self.measures["kind"] == "score"]
        shown = rows[rows["verdict"].fillna("") != ""]
        clear = shown[shown["verdict"] != ABOUT]
        value, name = self.book.computed, self.school.name
        if not self.book.has("scores"):
            return dict.fromkeys(MESSAGE, "") | {"no_tests": name}
        year = self.book.years("scores")[-1]
        lines = self._lines()
        last = str(lines["year"].max()) if len(lines) else ""
        pooled = self.measures["kind"].isin(LEVEL_KINDS) & self.measures["value"].notna()
        kind = self._kind_of_message(rows, shown, last, pooled=bool(pooled.any()))
        number = value(len(clear) or None, clear, 0)
        return dict.fromkeys(MESSAGE, "") | {
            "tests": value(len(shown) or None, shown, 0),
            "year": self._year(year),
            "earlier": self._year(last) if last else "",
            "apart_words": self._apart_words(clear, shown) if len(clear) else "",
            "several": number if len(clear) and len(shown) > 1 else "",
            "one": number if len(clear) and len(shown) == 1 else "",
            **({kind: name} if kind else {}),
        }

    def _year(self, year: str) -> Value:
        """Make a year that prose can name; it names a mean of the year that is not hidden."""
        means = self.book.protected.means("scores", "year", "school")
        return self.book.year(year, means[(means["year"] == year) & (means["status"] == "ok")])

    def _lines(self) -> pd.DataFrame:
        """Return the years that the figures of development show."""
        if not self.book.has("scores"):
            return pd.DataFrame()
        every = distances(self.book.protected)
        return drawn(every[every["school"] == self.school.key])

    def _kind_of_message(
        self, rows: pd.DataFrame, shown: pd.DataFrame, earlier: str, *, pooled: bool
    ) -> str:
        if rows.empty:
            return "closed" if earlier else "no_tests"
        if shown.empty and rows["value"].notna().any():
            return "alone"
        if shown.empty and earlier:
            return "hidden_now"
        if shown.empty:
            return "hidden_years" if pooled else "few_pupils"
        if (shown["verdict"] == ABOUT).all():
            return "even" if len(shown) > 1 else "one_even"
        return ""

    def _apart_words(self, clear: pd.DataFrame, shown: pd.DataFrame) -> str:
        pick, words = self.page.pick, []
        for side in (OVER, UNDER):
            told = clear[clear["verdict"] == side]
            if len(told):
                where = tests_named(self.book, told, shown)
                rest = pick(nb="resten av kommunen i", en="the rest of the municipality in")
                words.append(f"{pick(*VERDICTS[side])} {rest} {where}")
        return wording.sentence("; ".join(words))

    def facts(self) -> dict[str, bool]:
        """Tell which sections the school has something for, for headings tagged ``when-...``."""
        kinds = set(self.measures["kind"])
        shown = set(self.measures.loc[self.measures["value"].notna(), "kind"])
        return {
            "results": "score" in kinds,
            "development": len(self._lines()) > 0,
            "levels": {"lowest_level", "highest_level"} <= shown,
            "progress": "progress" in kinds,
            "leaving": "points" in kinds,
            "environment": bool({"survey", "bullied"} & kinds),
        }

    def contribution_words(self) -> dict[str, Any]:
        """Say how many of the school's contributions can be told from the average school's."""
        rows = self.book.contributions
        rows = rows[rows["school"] == self.school.key]
        clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        kind = "pupil-file"
        ref = f"{kind}|contributions|{self.school.key}"
        value = self.book.named(len(rows) or None, ref, kind)
        return {
            "contributions": value,
            "contributions_clear": self.book.named(len(clear) or None, ref, kind),
            "contributions_none_clear": self.school.name if len(rows) and not len(clear) else "",
            "no_contribution": "" if len(rows) else self.school.name,
            "like_rule": rule_in_words(self.page, max(rows["rule"], default="")),
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
