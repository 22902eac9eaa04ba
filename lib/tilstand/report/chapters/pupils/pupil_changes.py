"""Show what the same pupils gained from one test to the next, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.changes import changes_by_group
from tilstand.analysis.table_forms import TOTAL
from tilstand.report import wording
from tilstand.report.chapters.pupils.chapter_titles import cohorts_title, sexes_title, starts_title
from tilstand.report.chapters.pupils.shown import DERIVED, HIGH, LOW
from tilstand.report.numbers import Value
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

SEXES = ("female", "male")


#: What the chapter's prose asks for; missing where no pupils sat both tests, or too few.
MESSAGE = (
    "subject",
    "year",
    "change",
    "change_word",
    "change_low",
    "change_high",
    "change_n",
)


class Changes:
    """Answer how the same pupils' results moved from grade 8 to grade 9.

    Parameters
    ----------
    page : Page
        The chapter's page.
    book : PupilBook
        The pupils, protected.
    """

    def __init__(self, page: Page, book: PupilBook) -> None:
        self.page, self.book = page, book
        self.years = book.years("progress")
        none = pd.DataFrame(columns=["subject", "year", "gender", "start", "value", "ref"])
        there = book.has("progress")
        self.by_sex = book.protected.means("progress", "year", "gender") if there else none
        self.by_start = book.protected.means("progress", "start", "gender") if there else none

    def message(self) -> dict[str, Any]:
        """Return the mean change in the first subject of the last cohort, with its interval."""
        rows = self._latest()
        if rows.empty:
            return dict.fromkeys(MESSAGE, Value(None))
        row = dict(rows.iloc[0])
        gain = "positive" if row["value"] >= 0 else "negative"
        words = {
            "positive": self.page.pick(nb="høyere", en="higher"),
            "negative": self.page.pick(nb="lavere", en="lower"),
        }
        return {
            "subject": self.book.subject(str(row["subject"])),
            "year": self.book.year(self.years[-1], rows),
            "change": self.book.computed(abs(row["value"]), rows.iloc[:1]),
            "change_word": words[gain],
            "change_low": self.book.computed(row["low"], rows.iloc[:1]),
            "change_high": self.book.computed(row["high"], rows.iloc[:1]),
            "change_n": self.book.value(row, "n", 0),
        }

    def show_years(self) -> None:
        """Show the change of each cohort in each subject, with intervals."""
        rows = self.by_sex[(self.by_sex["gender"] == TOTAL) & (self.by_sex["year"] != TOTAL)]
        rows = rows[rows["value"].notna()].sort_values(["subject", "year"])
        if rows.empty:
            return
        pick = self.page.pick
        rows = rows.assign(
            group=[wording.sentence(self.book.subject(code)) for code in rows["subject"]],
            label=rows["year"],
            role=self.book.role,
        )
        self.page.chart_of(
            "dots",
            rows,
            [
                Column("group", pick(nb="Prøve", en="Test")),
                Column("label", pick(nb="Høsten på 9. trinn", en="Autumn of grade 9")),
                *self._numbers(),
            ],
            name="kull",
            title=cohorts_title(self.book, rows),
            subtitle=pick(
                nb="Endring fra 8. til 9. trinn på samme prøve, skalapoeng, 95 %-intervall.",
                en="Change from grade 8 to grade 9 on the same test, scale points, 95% interval.",
            ),
            reference=0.0,
            against=wording.word("zero", self.page.language),
            decimals=1,
            **self.book.marks,
        )

    def show_starts(self) -> None:
        """Show the change by the level that pupils started from, beside what chance returns."""
        if self.by_start.empty:
            return
        found = []
        reliability = self.book.reliability or 1.0
        prior = self.book.protected.means("prior_scores", "start")
        for subject, part in self._starts().groupby("subject", sort=True):
            told = changes_by_group(part, prior[prior["subject"] == subject], "start", reliability)
            name = wording.sentence(self.book.subject(str(subject)))
            refs = part.set_index("start")[["ref", "n_ref"]]
            for row in told[told["value"].notna()].to_dict("records"):
                level = self.page.register.category_label(
                    f"level_{row['start']}", self.page.language
                )
                found.append(
                    {
                        **row,
                        "subject": str(subject),
                        "group": name,
                        "label": level,
                        "role": self.book.role,
                        **refs.loc[row["start"]].to_dict(),
                    }
                )
        if not found:
            return
        pick = self.page.pick
        self.page.chart_of(
            "dots",
            pd.DataFrame(found),
            [
                Column("group", pick(nb="Prøve", en="Test")),
                Column("label", pick(nb="Nivå på 8. trinn", en="Level in grade 8")),
                *self._numbers(),
                Column(
                    "returned",
                    pick(nb="Ventet av tilfeldigheter", en="Expected by chance"),
                    1,
                    *DERIVED,
                ),
                Column("beyond", pick(nb="Utover det", en="Beyond that"), 1, *DERIVED),
            ],
            name="startniva",
            title=starts_title(self.book, pd.DataFrame(found)),
            subtitle=pick(
                nb="Endring fra 8. til 9. trinn etter startnivå, skalapoeng, 95 %-intervall.",
                en="Change from grade 8 to grade 9 by level at the start, points, 95% interval.",
            ),
            reference=0.0,
            against=wording.word("zero", self.page.language),
            decimals=1,
            **self.book.marks,
        )

    def show_sexes(self) -> None:
        """Show the change of girls and of boys."""
        rows = self.by_sex[
            self.by_sex["gender"].isin(SEXES)
            & self.by_sex["year"].isin(self.years[-1:])
            & self.by_sex["value"].notna()
        ]
        if rows.empty:
            return
        pick = self.page.pick
        names = {
            "female": pick(nb="jenter", en="girls"),
            "male": pick(nb="gutter", en="boys"),
        }
        rows = rows.assign(
            group=[wording.sentence(self.book.subject(code)) for code in rows["subject"]],
            label=rows["gender"].map(names),
            role=rows["gender"],
        ).sort_values(["group", "gender"])
        self.page.chart_of(
            "dots",
            rows,
            [
                Column("group", pick(nb="Prøve", en="Test")),
                Column("label", pick(nb="Kjønn", en="Sex")),
                *self._numbers(),
            ],
            name="kull-kjonn",
            title=sexes_title(self.book, rows),
            subtitle=pick(
                nb=f"Fra 8. til 9. trinn, skalapoeng, 95 %-intervall. {self.years[-1]}.",
                en=f"From grade 8 to grade 9, scale points, 95% interval. {self.years[-1]}.",
            ),
            reference=0.0,
            against=wording.word("zero", self.page.language),
            decimals=1,
            **self.book.marks,
        )

    def _latest(self) -> pd.DataFrame:
        rows = self.by_sex[(self.by_sex["gender"] == TOTAL) & (self.by_sex["value"].notna())]
        rows = rows[rows["year"].isin(self.years[-1:])]
        reading = rows[rows["subject"] == "reading"]
        return reading if len(reading) else rows

    def _starts(self) -> pd.DataFrame:
        rows = self.by_start
        return rows[(rows["gender"] == TOTAL) & (rows["start"] != TOTAL)]

    def _numbers(self) -> list[Column]:
        pick = self.page.pick
        return [
            Column("value", pick(nb="Endring, poeng", en="Change, points"), 1, ref="ref"),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1, *LOW),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1, *HIGH),
            Column("n", pick(nb="Elever", en="Pupils"), 0, ref="n_ref"),
        ]
