"""Show how schools differ in the Pupil Survey, all of them tested together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.chapters.pupils.pupil_titles import schools_apart
from tilstand.report.chapters.pupils.shown import DERIVED, HIGH, LOW
from tilstand.report.numbers import write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page


class Environment:
    """Answer how many schools can be told from the rest in well-being and bullying.

    Parameters
    ----------
    page : Page
        The chapter's page.
    book : PupilBook
        The pupils, protected.
    """

    def __init__(self, page: Page, book: PupilBook) -> None:
        self.page, self.book = page, book
        rows = book.measures[book.measures["value"].notna()]
        self.indexes = rows[rows["kind"] == "survey"]
        self.bullied = rows[rows["kind"] == "bullied"]

    def message(self) -> dict[str, Any]:
        """Count comparisons and those in which a school can be distinguished from the others."""
        both = pd.concat([self.indexes, self.bullied])
        apart = both["verdict"].isin(["over", "under"])
        both = both.assign(ref=both["whole_ref"])
        bullied = self.bullied.assign(ref=self.bullied["whole_ref"])
        return {
            "compared": self.book.computed(float(len(both)), both, 0),
            "apart": self.book.computed(float(apart.sum()), both, 0),
            "bullied_schools": self.book.computed(float(len(bullied)), bullied, 0),
            "bullied_apart": self.book.computed(
                float(bullied["verdict"].isin(["over", "under"]).sum()), bullied, 0
            ),
        }

    def show_indexes(self) -> None:
        """Count, for each index, the schools above and below the others, and give their range."""
        found = []
        for (grade, index), part in self.indexes.groupby(["grade", "subject"], sort=True):
            said = part["verdict"].value_counts()
            found.append(
                {
                    "grade": self.book.grade(str(grade)),
                    "label": wording.sentence(self.book.subject(str(index))),
                    "whole": part["whole"].iloc[0],
                    "ref": part["whole_ref"].iloc[0],
                    "schools": float(len(part)),
                    "over": float(said.get("over", 0)),
                    "about": float(said.get("about", 0)),
                    "under": float(said.get("under", 0)),
                }
            )
        if not found:
            return
        pick = self.page.pick
        self.page.table(
            pd.DataFrame(found),
            [
                Column("label", pick(nb="Indeks", en="Index")),
                Column("grade", pick(nb="Trinn", en="Grade")),
                Column("whole", pick(nb="Kommunen, 1–5", en="Municipality, 1–5"), 2, ref="ref"),
                Column("schools", pick(nb="Skoler", en="Schools"), 0, *DERIVED),
                Column("over", pick(nb="Over de andre", en="Above the others"), 0, *DERIVED),
                Column("about", pick(nb="Omtrent lik", en="About the same"), 0, *DERIVED),
                Column("under", pick(nb="Under", en="Below"), 0, *DERIVED),
            ],
            name="indekser",
            title=self._indexes_title(),
            **self.book.marks,
        )

    def _indexes_title(self) -> str:
        """Say in how many comparisons of a school with the others the two can be told apart."""
        verdicts = self.indexes["verdict"]
        apart, language = int(verdicts.isin(["over", "under"]).sum()), self.page.language
        found, several = (write_number(n, 0, language) for n in (apart, len(verdicts)))
        if not apart:
            return self.page.pick(
                nb=f"Ingen skole kan skilles fra de andre i noen av {several} sammenligninger",
                en=f"No school can be distinguished from the others in {several} comparisons",
            )
        return self.page.pick(
            nb=f"I {found} av {several} sammenligninger kan en skole skilles fra de andre",
            en=f"In {found} of {several} comparisons a school can be distinguished from the others",
        )

    def show_bullying(self) -> None:
        """Show each school's share of bullied pupils over all years, by name."""
        for grade, part in self.bullied.groupby("grade", sort=True):
            self._bullying(str(grade), part)

    def _bullying(self, grade: str, part: pd.DataFrame) -> None:
        pick, first = self.page.pick, part.iloc[0]
        place = {school.key: number for number, school in enumerate(self.book.schools)}
        apart = part["verdict"].isin(["over", "under"])
        named = part["school"].map(self.book.names)
        rows = part.assign(label=named, role=self.book.role, apart=apart)
        rows = rows.sort_values("school", key=lambda keys: keys.map(place))
        everyone = {
            "label": self.page.name,
            "value": first["whole"],
            "ref": first["whole_ref"],
            "low": first["whole_low"],
            "high": first["whole_high"],
            "role": "nation",
        }
        name = self.book.grade(grade)
        self.page.chart_of(
            "dots",
            pd.concat([rows, pd.DataFrame([everyone])], ignore_index=True),
            [
                Column("label", pick(nb="Skole", en="School")),
                Column("value", pick(nb="Prosent", en="Per cent"), 1, ref="ref"),
                Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1, *LOW),
                Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1, *HIGH),
            ],
            name=f"mobbing-{grade}",
            title=schools_apart(
                self.page,
                part["verdict"],
                pick(nb=f"andelen som mobbes på {name}", en=f"the share bullied in {name}"),
            ),
            subtitle=pick(
                nb=f"Prosent, {first['period']} samlet, 95 %-intervall.",
                en=f"Per cent, {first['period']} together, 95% interval.",
            ),
            decimals=1,
            from_zero=True,
            against=wording.word("the_others", self.page.language),
            **self.book.marks,
        )
