"""Say and show what one school's page holds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.layered_contributions import FEWEST_SCHOOLS
from tilstand.analysis.school_development import distances, drawn
from tilstand.analysis.school_measures import ABOUT, OVER, UNDER
from tilstand.analysis.table_forms import TOTAL
from tilstand.report import wording
from tilstand.report.chapters.pupils.like_rule import rule_in_words
from tilstand.report.chapters.pupils.pupil_titles import tests_named
from tilstand.report.chapters.schools.school_exhibits import SchoolExhibits
from tilstand.report.numbers import Value, rule_number

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
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
    "alone": ("ikke sammenlignet", "not compared"),
}


#: The kinds of message, of which one holds.
KINDS = (
    "several_apart",
    "one_apart",
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
        verdicts = rows["verdict"].fillna("")
        verdicts = verdicts.mask(verdicts.eq("") & rows["value"].notna(), "alone")
        labelled = rows.assign(
            label=[_label(page, book, row) for _, row in rows.iterrows()],
            words=[page.pick(*VERDICTS[verdict]) for verdict in verdicts],
        )
        super().__init__(page, book, book.school(key), labelled)

    def words(self) -> dict[str, Any]:
        """Name the words and years that the prose says of the school.

        Returns
        -------
        dict
            ``school_name``, ``grades``; ``begins_year`` and ``others_year`` where the school has
            results from later than the others.
        """
        school, language = self.school, self.page.language
        return {
            "school_name": school.name,
            "grades": wording.grade_name(school.grades, language) if school.grades else None,
            **self._first_year(),
        }

    def _has_both_stages(self) -> bool:
        grades = {int(grade) for grade in self.measures["grade"] if str(grade).isdigit()}
        return bool(grades) and min(grades) <= LAST_PRIMARY < max(grades)

    def _first_year(self) -> dict[str, Any]:
        """Tell from when a school of an edition's own file has results, where others have more."""
        nothing = dict.fromkeys(("begins_year", "others_year"), Value(None))
        if not self.book.has("scores"):
            return nothing
        means = self.book.protected.means("scores", "year", "school")
        means = means[(means["year"] != TOTAL) & (means["status"] != "empty")]
        rows = means[means["school"] == self.school.key]
        if rows.empty or rows["year"].min() == means["year"].min():
            return nothing
        first, others = rows["year"].min(), means["year"].min()
        return {
            "begins_year": self._year(first),
            "others_year": self._year(others),
        }

    def message(self) -> dict[str, Any]:
        """Return the numbers and words of the page's main message; `facts` tells which it is.

        Returns
        -------
        dict
            ``year`` and ``tests`` (how many are shown), ``apart`` (how many differ) and
            ``apart_words`` (how); ``earlier``, the last year that development shows.
        """
        _, shown, clear = self._scores()
        if not self.book.has("scores"):
            missing = dict.fromkeys(("tests", "year", "earlier", "apart"), Value(None))
            return missing | {"apart_words": None}
        lines = self._lines
        return {
            "tests": self.book.computed(len(shown) or None, shown, 0),
            "year": self._year(self.book.years("scores")[-1]),
            "earlier": self._year(str(lines["year"].max())) if len(lines) else Value(None),
            "apart": self.book.computed(len(clear) or None, clear, 0),
            "apart_words": self._apart_words(clear, shown) if len(clear) else None,
        }

    def _scores(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Return the school's last results, those that are shown, and those that differ."""
        rows = self.measures[self.measures["kind"] == "score"]
        shown = rows[rows["verdict"].fillna("") != ""]
        return rows, shown, shown[shown["verdict"] != ABOUT]

    def _year(self, year: str) -> Value:
        """Make a year that prose can name; it names a mean of the year that is not hidden."""
        means = self.book.protected.means("scores", "year", "school")
        return self.book.year(year, means[(means["year"] == year) & (means["status"] == "ok")])

    @cached_property
    def _lines(self) -> pd.DataFrame:
        """Return the years that the figures of development show."""
        if not self.book.has("scores"):
            return pd.DataFrame()
        every = distances(self.book.protected)
        return drawn(every[every["school"] == self.school.key])

    def _kind_of_message(self) -> str:
        """Choose the kind of message.

        None of several results differs from the others' (``even``), or not the only one
        (``one_even``); some of several do (``several_apart``), or the only one (``one_apart``);
        there are no others to be told from (``alone``). Where none is shown, earlier ones are
        (``hidden_now``), or only all years together (``hidden_years``), or nothing
        (``few_pupils``). Without a test in the last year there may be earlier ones (``closed``).
        """
        if not self.book.has("scores"):
            return "no_tests"
        rows, shown, clear = self._scores()
        earlier = len(self._lines) > 0
        if rows.empty:
            return "closed" if earlier else "no_tests"
        if shown.empty and rows["value"].notna().any():
            return "alone"
        if shown.empty and earlier:
            return "hidden_now"
        if shown.empty:
            pooled = self.measures["kind"].isin(LEVEL_KINDS) & self.measures["value"].notna()
            return "hidden_years" if pooled.any() else "few_pupils"
        if clear.empty:
            return "even" if len(shown) > 1 else "one_even"
        return "several_apart" if len(shown) > 1 else "one_apart"

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
        """Tell what holds of the school: its kind of message, and what sections it has.

        Returns
        -------
        dict
            One of `KINDS`; ``both_stages`` where the file's numbers are of primary and lower
            secondary grades; the sections that the school has something for.
        """
        message = self._kind_of_message()
        kinds = set(self.measures["kind"])
        shown = set(self.measures.loc[self.measures["value"].notna(), "kind"])
        return {kind: kind == message for kind in KINDS} | {
            "both_stages": self._has_both_stages(),
            "results": "score" in kinds,
            "development": len(self._lines) > 0,
            "levels": {"lowest_level", "highest_level"} <= shown,
            "progress": "progress" in kinds,
            "leaving": "points" in kinds,
            "environment": bool({"survey", "bullied"} & kinds),
        }

    def contribution_words(self) -> dict[str, Any]:
        """Say how many of the school's contributions can be told from the average school's."""
        rows, clear = self._contributions()
        kind = "pupil-file"
        ref = f"{kind}|contributions|{self.school.key}"
        value = self.book.named(len(rows) or None, ref, kind)
        return {
            "contributions": value,
            "contributions_clear": self.book.named(len(clear) or None, ref, kind),
            "fewest_schools": rule_number(FEWEST_SCHOOLS),
            "fewest_pupils": rule_number(self.book.protected.rules.min_n),
            "like_rule": rule_in_words(self.page, max(rows["rule"], default="")) or None,
        }

    def contribution_facts(self) -> dict[str, bool]:
        """Tell whether the school has no contribution, or none that can be told apart."""
        rows, clear = self._contributions()
        return {
            "no_contribution": rows.empty,
            "none_clear": len(rows) > 0 and clear.empty,
            "like": bool(max(rows["rule"], default="")),
        }

    def _contributions(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the school's contributions, and those that can be told from the average's."""
        rows = self.book.contributions
        rows = rows[rows["school"] == self.school.key]
        return rows, rows[(rows["low"] > 0) | (rows["high"] < 0)]


def _label(page: Page, book: PupilBook, row: pd.Series) -> str:
    kind, grade = str(row["kind"]), book.grade(str(row["grade"]))
    if kind in OTHER_KINDS:
        words = wording.sentence(page.pick(*OTHER_KINDS[kind]))
        return f"{words}, {grade}" if kind == "bullied" else words
    if kind == "survey":
        return f"{wording.sentence(book.subject(str(row['subject'])))}, {grade}"
    test = wording.sentence(book.test(row))
    return f"{test}, {page.pick(*LEVEL_KINDS[kind])}" if kind in LEVEL_KINDS else test
