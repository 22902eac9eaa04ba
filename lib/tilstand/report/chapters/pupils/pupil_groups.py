"""Show gaps between the sexes, and what pupils who did not sit a test could hide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.analysis.exemptions import share_bounds
from tilstand.analysis.school_tests import mean_gap
from tilstand.analysis.table_forms import ABSENT, EXEMPT, TOOK, TOTAL
from tilstand.report import wording
from tilstand.report.chapters.pupils.chapter_titles import gaps_title, left_out_title, marks_title
from tilstand.report.chapters.pupils.shown import DERIVED
from tilstand.report.numbers import Value, decimals_off_zero
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

SEXES = ("female", "male")
TEST = ["grade", "subject"]


class Gaps:
    """Answer where girls and boys differ.

    Parameters
    ----------
    page : Page
        The chapter's page.
    book : PupilBook
        The pupils, protected.
    """

    def __init__(self, page: Page, book: PupilBook) -> None:
        self.page, self.book = page, book
        self.year = book.years()[-1]
        means = book.protected.means("scores", "year", "gender")
        self.gaps = self._of(means[means["year"] == self.year], TEST)

    def message(self) -> dict[str, Any]:
        """Count the tests in which each sex lies ahead, and those that chance may explain."""
        rows = self.gaps
        counts = {
            "tests": len(rows),
            "girls_ahead": int((rows["low"] > 0).sum()),
            "boys_ahead": int((rows["high"] < 0).sum()),
            "even": int(((rows["low"] <= 0) & (rows["high"] >= 0)).sum()),
        }
        said: dict[str, Any] = {
            name: self.book.computed(float(number), rows, 0) for name, number in counts.items()
        }
        return said | {
            "year": self.book.year(self.year, rows),
            "only_test": gaps_title(self.book, rows) if len(rows) == 1 else None,
        }

    def show_scores(self) -> None:
        """Show girls' mean less boys' in every test."""
        self._show(
            self.gaps.assign(group=[self.book.grade(str(grade)) for grade in self.gaps["grade"]]),
            "kjonn-prover",
            gaps_title(self.book, self.gaps),
            self.page.pick(
                nb="Jenters snitt minus gutters på nasjonale prøver, skalapoeng, 95 %-intervall. "
                f"Over null ligger jentene foran. {self.year}.",
                en="Girls' mean less boys' on national tests, scale points, 95% interval. "
                f"Above zero girls are ahead. {self.year}.",
            ),
            1,
        )

    def show_marks(self) -> None:
        """Show girls' mean less boys' in final grades and in exams."""
        if not self.book.has("marks"):
            return
        year = self.book.years("marks")[-1]
        means = self.book.protected.means("marks", "year", "gender")
        means = means[(means["year"] == year) & means["measure"].isin(["final", "exam"])]
        gaps = self._of(means, ["subject", "measure"])
        pick = self.page.pick
        names = {
            "final": pick(nb="standpunkt", en="teacher-assessed mark"),
            "exam": pick(nb="eksamen", en="exam"),
        }
        gaps = gaps.assign(
            group=[wording.sentence(self.book.subject(str(code))) for code in gaps["subject"]],
            label=gaps["measure"].map(names),
        )
        self._show(
            gaps,
            "kjonn-karakterer",
            marks_title(self.book, gaps),
            pick(
                nb="Jenters snitt minus gutters i standpunkt og til eksamen, karakterer, "
                f"95 %-intervall. Over null ligger jentene foran. {year}.",
                en="Girls' mean less boys' in teacher-assessed and exam marks, 95% interval. "
                f"Above zero girls are ahead. {year}.",
            ),
            2,
        )

    def _of(self, means: pd.DataFrame, by: list[str]) -> pd.DataFrame:
        found = []
        for key, part in means.groupby(by, sort=True):
            girls, boys = (next(_rows(part, "gender", sex), None) for sex in SEXES)
            if girls is None or boys is None:
                continue
            value, low, high = mean_gap(girls, boys)
            if np.isnan(value):
                continue
            about = dict(zip(by, key, strict=True))
            numbers = {
                "girls": girls["value"],
                "boys": boys["value"],
                "value": value,
                "low": low,
                "high": high,
                "ref": girls["ref"],
                "other_ref": boys["ref"],
            }
            label = wording.sentence(self.book.subject(str(about["subject"])))
            found.append(about | numbers | {"label": label, "role": self.book.role})
        columns = [*by, "girls", "boys", "value", "low", "high", "ref", "other_ref", "label"]
        return pd.DataFrame(found, columns=[*columns, "role"])

    def _show(
        self, rows: pd.DataFrame, name: str, title: str, subtitle: str, decimals: int
    ) -> None:
        pick = self.page.pick
        names = {
            "low": pick(nb="95 %-intervall, fra", en="95% interval, from"),
            "high": pick(nb="95 %-intervall, til", en="95% interval, to"),
        }
        columns = [
            Column("group", pick(nb="Hva", en="What")),
            Column("label", pick(nb="Prøve eller fag", en="Test or subject")),
            Column("girls", pick(nb="Jenter", en="Girls"), decimals, ref="ref"),
            Column("boys", pick(nb="Gutter", en="Boys"), decimals, ref="other_ref"),
            Column("value", pick(nb="Forskjell", en="Difference"), decimals, *DERIVED),
            *(Column(end, header, "ends", *DERIVED) for end, header in names.items()),
        ]
        ends = zip(rows["low"], rows["high"], strict=True)
        rows = rows.assign(ends=[decimals_off_zero(both, decimals) for both in ends])
        self.page.chart_of(
            "dots",
            rows,
            columns,
            name=name,
            title=title,
            subtitle=subtitle,
            reference=0.0,
            against=wording.word("zero", self.page.language),
            decimals=decimals,
            **self.book.marks,
        )


def _rows(frame: pd.DataFrame, column: str, category: str) -> Iterator[pd.Series]:
    return (row for _, row in frame[frame[column] == category].iterrows())


#: What the chapter's prose asks for; missing where too few pupils sat each test to show any.
LEFT_OUT = (
    "year",
    "least_left_out",
    "most_left_out",
    "wide_test",
    "wide_shown",
    "wide_low",
    "wide_high",
)


class LeftOut:
    """Answer how many did not sit a test, and what the lowest level could be with them.

    Parameters
    ----------
    page : Page
        The chapter's page.
    book : PupilBook
        The pupils, protected.
    """

    def __init__(self, page: Page, book: PupilBook) -> None:
        self.page, self.book = page, book
        self.year = book.years()[-1]
        counts = book.protected.counts("results", "year", "gender", "result")
        counts = counts[(counts["gender"] == TOTAL) & (counts["year"] == self.year)]
        found = [self._bounds(key, part) for key, part in counts.groupby(TEST, sort=True)]
        self.rows = pd.DataFrame([row for row in found if row])

    def message(self) -> dict[str, Any]:
        """Return the shares left out, and the widest doubt about the lowest level."""
        if self.rows.empty:
            return dict.fromkeys(LEFT_OUT, Value(None))
        rows = self.rows
        wide = rows.iloc[int((rows["high"] - rows["low"]).argmax())]
        return {
            "year": self.book.year(self.year, rows),
            "least_left_out": self.book.computed(rows["left_out"].min(), rows, 1),
            "most_left_out": self.book.computed(rows["left_out"].max(), rows, 1),
            "wide_test": wide["test"],
            "wide_shown": self.book.computed(wide["value"], rows, 0),
            "wide_low": self.book.computed(wide["low"], rows, 0),
            "wide_high": self.book.computed(wide["high"], rows, 0),
        }

    def show_bounds(self) -> None:
        """Show the share at the lowest level, and where it could lie with everyone counted."""
        if self.rows.empty:
            return
        pick = self.page.pick
        columns = [
            Column("group", pick(nb="Trinn", en="Grade")),
            Column("label", pick(nb="Prøve", en="Test")),
            Column(
                "value", pick(nb="Av dem som tok prøven", en="Of those who sat it"), 0, *DERIVED
            ),
            Column("low", pick(nb="Av alle, minst", en="Of all, at least"), 0, *DERIVED),
            Column("high", pick(nb="Av alle, mest", en="Of all, at most"), 0, *DERIVED),
            Column("exempt", pick(nb="Fritatt, prosent", en="Exempt, per cent"), 1, *DERIVED),
            Column(
                "absent", pick(nb="Ikke til stede, prosent", en="Absent, per cent"), 1, *DERIVED
            ),
        ]
        self.page.chart_of(
            "dots",
            self.rows,
            columns,
            name="fritak",
            title=left_out_title(self.page, self.rows),
            subtitle=pick(
                nb="Laveste nivå, prosent av dem som tok prøven. Streken går fra minst til mest "
                f"mulig av alle påmeldte. {self.year}.",
                en="The lowest level, per cent of those who sat the test. The line goes from least "
                f"to most possible of all. {self.year}.",
            ),
            decimals=0,
            from_zero=True,
            **self.book.marks,
        )

    def _bounds(self, key: Any, part: pd.DataFrame) -> dict[str, Any]:
        grade, subject = key
        cells = part.set_index("result")["count"]
        wanted = [cells.get(name, 0) for name in ("1", TOOK, EXEMPT, ABSENT)]
        if any(pd.isna(count) for count in wanted):
            return {}
        lowest, took, exempt, absent = (float(count) for count in wanted)
        entered = took + exempt + absent
        bounds = share_bounds(lowest, took, exempt + absent)
        return {
            "group": self.book.grade(str(grade)),
            "label": wording.sentence(self.book.subject(str(subject))),
            "test": self.book.test({"grade": grade, "subject": subject}),
            "value": bounds.shown,
            "low": bounds.bounds.low,
            "high": bounds.bounds.high,
            "left_out": bounds.left_out,
            "exempt": 100 * exempt / entered,
            "absent": 100 * absent / entered,
            "role": self.book.role,
            "ref": part.set_index("result")["ref"].loc[TOTAL],
        }
