"""Show how pupils spread over levels and schools: one municipality, from protected tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.analysis.school_variance import VarianceSplit, split_variance
from tilstand.analysis.table_forms import LEVELS, TOTAL
from tilstand.report import wording
from tilstand.report.chapters.pupils.chapter_titles import ends_title, split_title
from tilstand.report.chapters.pupils.pupil_titles import schools_apart
from tilstand.report.chapters.pupils.shown import DERIVED, HIGH, LOW
from tilstand.report.numbers import Value
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

FEWEST_SCHOOLS = 3


class Levels:
    """Answer how the levels are distributed and how much of the spread lies between schools.

    Parameters
    ----------
    page : Page
        The chapter's page.
    book : PupilBook
        The pupils, protected.
    """

    def __init__(self, page: Page, book: PupilBook) -> None:
        self.page, self.book = page, book
        shares = book.protected.shares("results", "year", "gender", "result")
        self.shares = shares[shares["result"].str.isdigit() & (shares["gender"] == TOTAL)]
        self.means = book.protected.means("scores", "year", "school")
        # In the newest autumn all may have been exempt.
        self.year = (sorted(set(self.means["year"]) - {TOTAL}) or book.years())[-1]

    def message(self) -> dict[str, Any]:
        """Return the chapter's message: the ends of the scale, and the share between schools."""
        grade, subject = self._main_test()
        ours = self._ours(grade)
        ours = ours[ours["subject"] == subject]
        last = str(LEVELS[int(grade)][-1])
        ends = {level: ours[ours["result"] == level] for level in ("1", last)}
        split = self._split(grade, subject)
        rows = self._schools(grade, subject)
        said: dict[str, Any] = {
            "test": self.book.test({"grade": grade, "subject": subject}),
            "year": self.book.year(self.year, ours),
            "lowest": self._share(ends["1"]),
            "highest": self._share(ends[last]),
        }
        if split is None:
            names = ("between", "within", "between_low", "between_high")
            return said | dict.fromkeys(names, Value(None))
        return said | {
            "between": self.book.computed(split.icc, rows, 0),
            "within": self.book.computed(100 - split.icc, rows, 0),
            "between_low": self.book.computed(split.interval.low, rows, 0),
            "between_high": self.book.computed(split.interval.high, rows, 0),
        }

    def _share(self, rows: pd.DataFrame) -> Value:
        """Return a level's share; missing where nobody in the whole test is on it."""
        return Value(None) if rows.empty else self.book.value(rows.iloc[0], "percent", 0)

    def show_levels(self) -> None:
        """Show, a grade at a time, the municipality's pupils by level in each subject."""
        for grade in sorted(set(self.shares["grade"]), key=int):
            self._levels(grade)

    def _levels(self, grade: str) -> None:
        pick, page = self.page.pick, self.page
        rows = self._ours(grade)
        # Levels of which one is hidden do not add up; nothing is drawn of them.
        rows = rows[rows.groupby("subject")["percent"].transform(lambda part: part.notna().all())]
        if rows.empty:
            return
        names = [
            page.register.category_label(f"level_{code}", page.language)
            for code in LEVELS[int(grade)]
        ]
        rows = rows.assign(
            group=[wording.sentence(self.book.subject(code)) for code in rows["subject"]],
            label=self.page.name,
            role=self.book.role,
            number=rows["result"].astype(int),
            value=rows["percent"],
            level=[names[int(code) - 1] for code in rows["result"]],
        ).sort_values(["subject", "number"])
        columns = [
            Column("group", pick(nb="Prøve", en="Test")),
            Column("level", pick(nb="Nivå", en="Level")),
            Column("value", pick(nb="Prosent", en="Per cent"), 0, ref="ref"),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 0, *LOW),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 0, *HIGH),
            Column("n", pick(nb="Elever", en="Pupils"), 0, ref="n_ref"),
        ]
        page.chart_of(
            "levels",
            rows,
            columns,
            name=f"nivaer-{grade}",
            title=ends_title(self.book, rows, grade),
            subtitle=pick(
                nb=f"Andel elever på hvert mestringsnivå, prosent. {self.page.name} {self.year}.",
                en=f"Share of pupils at each level, per cent. {self.page.name} {self.year}.",
            ),
            names=names,
            **self.book.marks,
        )

    def show_split(self) -> None:
        """Show, for every test, the share of the variance that lies between schools."""
        found = []
        for (grade, subject), _ in self._tests():
            split = self._split(str(grade), str(subject))
            if split is None:
                continue
            found.append(
                {
                    "group": self.book.grade(str(grade)),
                    "label": wording.sentence(self.book.subject(str(subject))),
                    "grade": str(grade),
                    "subject": str(subject),
                    "value": split.icc,
                    "low": split.interval.low,
                    "high": split.interval.high,
                    "within": split.within_sd,
                    "between": split.between_sd,
                    "schools": float(split.schools),
                    "role": self.book.role,
                    "ref": str(self._whole(str(grade), str(subject))["ref"]),
                }
            )
        if not found:
            return
        pick = self.page.pick
        columns = [
            Column("group", pick(nb="Trinn", en="Grade")),
            Column("label", pick(nb="Prøve", en="Test")),
            Column(
                "value",
                pick(nb="Mellom skoler, prosent", en="Between schools, per cent"),
                0,
                *DERIVED,
            ),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 0, *DERIVED),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 0, *DERIVED),
            Column(
                "within", pick(nb="Standardavvik i skolene", en="SD within schools"), 1, *DERIVED
            ),
            Column(
                "between", pick(nb="Standardavvik mellom dem", en="SD between them"), 1, *DERIVED
            ),
            Column("schools", pick(nb="Skoler", en="Schools"), 0, *DERIVED),
        ]
        self.page.chart_of(
            "dots",
            pd.DataFrame(found),
            columns,
            name="mellom-skoler",
            title=split_title(self.book, pd.DataFrame(found)),
            subtitle=pick(
                nb=f"Andel av variansen mellom skoler, prosent, 95 %-intervall. {self.year}.",
                en=f"Share of variance between schools, per cent, 95% interval. {self.year}.",
            ),
            decimals=0,
            from_zero=True,
            **self.book.marks,
        )

    def show_low(self) -> None:
        """Show each school's share at the lowest level over all years, by name."""
        grade, subject = self._main_test()
        rows = self.book.measures
        rows = rows[
            (rows["kind"] == "lowest_level")
            & (rows["grade"] == grade)
            & (rows["subject"] == subject)
            & rows["value"].notna()
        ]
        if rows.empty:
            return
        pick, whole = self.page.pick, rows.iloc[0]
        rows = rows.assign(
            label=rows["school"].map(self.book.names),
            role=self.book.role,
            order=1,
            apart=rows["verdict"].isin(["over", "under"]),
        ).sort_values("label", key=lambda names: names.map(self._place()))
        everyone = {
            "label": self.page.name,
            "value": whole["whole"],
            "ref": whole["whole_ref"],
            "low": whole["whole_low"],
            "high": whole["whole_high"],
            "n": np.nan,
            "role": "nation",
        }
        # The municipality's own share may be hidden where the schools' are not.
        known = [pd.DataFrame([everyone])] if pd.notna(whole["whole"]) else []
        both = pd.concat([rows, *known], ignore_index=True)
        columns = [
            Column("label", pick(nb="Skole", en="School")),
            Column("value", pick(nb="Prosent", en="Per cent"), 0, ref="ref"),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 0, *LOW),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 0, *HIGH),
        ]
        test = self.book.test({"grade": grade, "subject": subject})
        self.page.chart_of(
            "dots",
            both,
            columns,
            name="laveste-niva",
            title=schools_apart(
                self.page,
                rows["verdict"],
                pick(nb="andelen på laveste nivå", en="the share at the lowest level"),
            ),
            subtitle=pick(
                nb=f"{wording.sentence(test)}, {whole['period']} samlet. Prosent, 95 %-intervall.",
                en=f"{wording.sentence(test)}, {whole['period']}. Per cent, 95% interval.",
            ),
            decimals=0,
            from_zero=True,
            against=wording.word("the_others", self.page.language),
            **self.book.marks,
        )

    def told_apart(self) -> dict[str, Any]:
        """Count the schools whose share at the lowest level can be told from the others'."""
        grade, subject = self._main_test()
        rows = self.book.measures
        rows = rows[
            (rows["kind"] == "lowest_level")
            & (rows["grade"] == grade)
            & (rows["subject"] == subject)
            & rows["value"].notna()
        ]
        apart = rows["verdict"].isin(["over", "under"]).sum()
        wholes = rows.assign(ref=rows["whole_ref"])
        return {
            "low_schools": self.book.computed(len(rows), wholes, 0),
            "low_apart": self.book.computed(float(apart), wholes, 0),
        }

    def _place(self) -> dict[str, int]:
        return {school.name: place for place, school in enumerate(self.book.schools)}

    def _main_test(self) -> tuple[str, str]:
        """Choose the test that the message is about: reading in grade 8 where it is there."""
        tests = [(str(g), str(s)) for (g, s), _ in self._tests()]
        wanted = [test for test in tests if test[0] == "8"] or tests
        return next((test for test in wanted if test[1] == "reading"), wanted[0])

    def _tests(self) -> Any:
        rows = self.means[(self.means["year"] == self.year) & (self.means["school"] != TOTAL)]
        return rows.groupby(["grade", "subject"], sort=True)

    def _ours(self, grade: str) -> pd.DataFrame:
        rows = self.shares
        return rows[(rows["grade"] == grade) & (rows["year"] == self.year)]

    def _schools(self, grade: str, subject: str) -> pd.DataFrame:
        rows = self.means
        return rows[
            (rows["grade"] == grade)
            & (rows["subject"] == subject)
            & (rows["year"] == self.year)
            & (rows["school"] != TOTAL)
        ]

    def _whole(self, grade: str, subject: str) -> pd.Series:
        rows = self.means
        rows = rows[(rows["grade"] == grade) & (rows["subject"] == subject)]
        return rows[(rows["year"] == self.year) & (rows["school"] == TOTAL)].iloc[0]

    def _split(self, grade: str, subject: str) -> VarianceSplit | None:
        """Split a test's variance; None with few schools, or where their mean is hidden."""
        rows = self._schools(grade, subject)
        few = rows["value"].notna().sum() < FEWEST_SCHOOLS
        if few or pd.isna(self._whole(grade, subject)["value"]):
            return None
        return split_variance(rows)
