"""Show one school's tables and figures beside the municipality's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.school_development import distances, drawn
from tilstand.analysis.school_moves import moved
from tilstand.analysis.table_forms import LEVELS, TOTAL
from tilstand.report import wording
from tilstand.report.chapters.pupils.shown import HIDDEN
from tilstand.report.chapters.schools.school_titles import (
    beside_the_rest,
    contribution_title,
    counted,
    development_title,
    indexes_named,
    levels_title,
)
from tilstand.report.numbers import decimals_off_zero, write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.pupils.roster import School
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

#: Measures whose rows are tests, so that a title can name them.
BY_TEST = {"score", "progress"}


class SchoolExhibits:
    """Draw and tabulate what may be shown of one school.

    Parameters
    ----------
    page : Page
        The school's page.
    book : PupilBook
        The edition's pupils, protected.
    school : School
        The school.
    measures : DataFrame
        Its rows of `school_measures.every_measure`, with ``label`` and ``words``.
    """

    def __init__(self, page: Page, book: PupilBook, school: School, measures: pd.DataFrame) -> None:
        self.page = page
        self.book = book
        self.school = school
        self.measures = measures

    def show_table(self, name: str, what: str, *kinds: str) -> None:
        """Show measures of some kinds beside the municipality's.

        Parameters
        ----------
        name : str
            Of the table.
        what : str
            What it holds: the title says what was found of it first.
        *kinds : str
            Which measures.
        """
        rows = self.measures[self.measures["kind"].isin(kinds)]
        rows = rows.assign(_order=rows["kind"].map(list(kinds).index)).sort_values(
            ["_order", "grade", "subject"], kind="stable"
        )
        if rows.empty:
            return
        pick, language = self.page.pick, self.page.language
        frame = pd.DataFrame({"label": rows["label"], "verdict": rows["words"]})
        for column in ("value", "whole"):
            frame[column] = rows[column].astype(float)
        for column in ("ref", "n_ref", "whole_ref"):
            frame[column] = rows[column].to_numpy()
        frame["interval"] = [_interval(row, language) for _, row in rows.iterrows()]
        frame["country"] = [self._country(row) for _, row in rows.iterrows()]
        frame["n"] = rows["n"].astype(float)
        decimals = int(rows["decimals"].max())
        columns = [
            Column("label", pick(nb="Hva", en="What")),
            Column("value", pick(nb="Skolen", en="School"), decimals, ref="ref", absent=HIDDEN),
            Column(
                "whole",
                pick(nb="Kommunen", en="Municipality"),
                decimals,
                ref="whole_ref",
                absent=HIDDEN,
            ),
            Column("country", pick(nb="Landet", en="Country"), decimals, "whole_ref", "derived"),
            Column("verdict", pick(nb="Skolen er", en="The school is")),
            Column("interval", pick(nb="95 %-intervall", en="95% interval")),
            Column("n", pick(nb="Elever", en="Pupils"), 0, ref="n_ref", absent=HIDDEN),
        ]
        if not (frame["country"] != "").any():
            columns = [column for column in columns if column.key != "country"]
        told = beside_the_rest if set(kinds) <= BY_TEST else counted
        self.page.table(
            frame, columns, name=name, title=told(self.book, rows, what), **self.book.marks
        )

    def _country(self, row: pd.Series) -> float | str:
        """Find the country's mean of a test; blank where the edition does not know it."""
        if row["kind"] != "score":
            return ""
        about = {"grade": str(row["grade"]), "subject": str(row["subject"])}
        found = self.page.series("np_scale_points", place="norge", **about).at(int(row["period"]))
        return "" if found.missing else float(found)

    def show_development(self) -> None:
        """Show, a grade at a time, how far each test lies from the municipality, year by year."""
        every = distances(self.book.protected)
        for grade, rows in drawn(every[every["school"] == self.school.key]).groupby("grade"):
            told = moved(every[every["grade"] == grade])
            ours = told[told["school"] == self.school.key]
            self._development(str(grade), rows, development_title(self.book, ours, str(grade)))

    def _development(self, grade: str, rows: pd.DataFrame, title: str) -> None:
        names = rows["subject"].map(self.book.subject).map(wording.sentence)
        rows = rows.assign(label=names, role=self.book.role).sort_values("subject", kind="stable")
        pick = self.page.pick
        columns = [
            Column("label", pick(nb="Prøve", en="Test")),
            Column("year", pick(nb="År", en="Year")),
            Column("score", pick(nb="Skolen", en="School"), 1, ref="ref"),
            Column("whole", pick(nb="Kommunen", en="Municipality"), 1, ref="whole_ref"),
            Column("value", pick(nb="Avstand", en="Distance"), 1, "ref", "derived"),
            Column("n", pick(nb="Elever", en="Pupils"), 0, ref="n_ref"),
        ]
        self.page.chart_of(
            "panels",
            rows,
            columns,
            name=f"development-{grade}",
            title=title,
            subtitle=pick(
                nb="Skolens snitt minus kommunens, skalapoeng, 95 %-intervall. Null er kommunens "
                f"snitt. {self.school.name}.",
                en="The school's mean less the municipality's, scale points, 95% interval. Zero is "
                f"the municipality's mean. {self.school.name}.",
            ),
            decimals=1,
            **self.book.marks,
        )

    def show_levels(self) -> None:
        """Show, a grade at a time, all years' pupils by level, beside the municipality."""
        shares = self.book.protected.shares("results", "school", "result")
        shares = shares[shares["result"].str.isdigit()]
        ours = shares[shares["school"].isin([self.school.key, TOTAL])]
        for grade, rows in ours.groupby("grade", sort=True):
            self._levels(str(grade), rows)

    def _levels(self, grade: str, rows: pd.DataFrame) -> None:
        own = rows[rows["school"] == self.school.key]
        whole = own.groupby("subject")["percent"].agg(lambda part: bool(part.notna().all()))
        subjects = [subject for subject, shown in whole.items() if shown]
        rows = rows[rows["subject"].isin(subjects)]
        # A distribution with a blank does not add up, the municipality's as little as a school's.
        full = rows.groupby(["subject", "school"])["percent"].transform(lambda p: p.notna().all())
        rows = rows[full.astype(bool)]
        if rows.empty:
            return
        pick, page = self.page.pick, self.page
        is_own = [school == self.school.key for school in rows["school"]]
        us, them = pick(nb="skolen", en="school"), pick(nb="kommunen", en="municip.")
        rows = rows.assign(
            group=rows["subject"].map(lambda code: wording.sentence(self.book.subject(code))),
            label=[us if own else them for own in is_own],
            role=[self.book.role if own else "other" for own in is_own],
            number=rows["result"].astype(int),
            value=rows["percent"],
            level=[
                page.register.category_label(f"level_{code}", page.language)
                for code in rows["result"]
            ],
            _turn=[int(not own) for own in is_own],
        ).sort_values(["subject", "_turn", "number"])
        names = [
            page.register.category_label(f"level_{code}", page.language)
            for code in LEVELS[int(grade)]
        ]
        years = self.book.years()
        columns = [
            Column("group", pick(nb="Prøve", en="Test")),
            Column("label", pick(nb="Hvem", en="Who")),
            Column("level", pick(nb="Nivå", en="Level")),
            Column("value", pick(nb="Prosent", en="Per cent"), 0, ref="ref"),
            Column("n", pick(nb="Elever", en="Pupils"), 0, ref="n_ref"),
        ]
        page.chart_of(
            "levels",
            rows,
            columns,
            name=f"levels-{grade}",
            title=levels_title(self.book, self._of_levels(grade, set(rows["subject"])), grade),
            subtitle=pick(
                nb="Andel elever på hvert mestringsnivå, skolen og kommunen, prosent. "
                f"{years[0]}–{years[-1]} samlet.",
                en="Share of pupils at each level, the school and the municipality, per cent. "
                f"{years[0]}–{years[-1]} together.",
            ),
            names=names,
            **self.book.marks,
        )

    def _of_levels(self, grade: str, subjects: set[str]) -> pd.DataFrame:
        rows = self.measures[self.measures["kind"].isin(["lowest_level", "highest_level"])]
        return rows[(rows["grade"] == grade) & rows["subject"].isin(subjects)]

    def show_environment(self) -> None:
        """Show the survey's indexes beside the municipality's, with intervals."""
        rows = self.measures[(self.measures["kind"] == "survey") & self.measures["value"].notna()]
        for grade, part in rows.groupby("grade", sort=True):
            self._environment(str(grade), part)

    def _environment(self, grade: str, part: pd.DataFrame) -> None:
        pick, year = self.page.pick, part["period"].iloc[0]
        low, high = ("ref", "low"), ("ref", "high")
        group = [wording.sentence(self.book.subject(index)) for index in part["subject"]]
        school = part.assign(group=group, label=pick(nb="skolen", en="school"), role=self.book.role)
        whole = school.assign(
            value=part["whole"],
            ref=part["whole_ref"],
            n_ref="",
            label=pick(nb="kommunen", en="municip."),
            role="nation",
            low=np.nan,
            high=np.nan,
            n=np.nan,
        )
        both = pd.concat([school, whole]).sort_values("group", kind="stable")
        both["n"] = both["n"].astype(object).where(both["n"].notna(), "")
        for end in ("low", "high"):
            both[f"{end}_text"] = both[end].round(2).astype(object).where(both[end].notna(), "")
        columns = [
            Column("group", pick(nb="Indeks", en="Index")),
            Column("label", pick(nb="Hvem", en="Who")),
            Column("value", pick(nb="Snitt, 1–5", en="Mean, 1–5"), 2, ref="ref"),
            Column("low_text", pick(nb="95 %-intervall, fra", en="95% interval, from"), 2, *low),
            Column("high_text", pick(nb="95 %-intervall, til", en="95% interval, to"), 2, *high),
            Column("n", pick(nb="Svar", en="Answers"), 0, ref="n_ref"),
        ]
        name = self.book.grade(grade)
        self.page.chart_of(
            "dots",
            both,
            columns,
            name=f"environment-{grade}",
            title=beside_the_rest(
                self.book,
                part,
                pick(nb=f"Elevundersøkelsen på {name}", en=f"the Pupil Survey in {name}"),
                indexes_named,
            ),
            subtitle=pick(
                nb=f"Snitt fra 1 til 5, med 95 %-intervall for skolen. {year}.",
                en=f"Mean from 1 to 5, with a 95% interval for the school. {year}.",
            ),
            decimals=2,
            **self.book.marks,
        )

    def show_contribution(self) -> None:
        """Show the school's contributions with intervals; nothing where none may be shown."""
        rows = self.book.contributions
        rows = rows[rows["school"] == self.school.key]
        if rows.empty:
            return
        pick = self.page.pick
        rows = rows.assign(
            label=[wording.sentence(self.book.test(row)) for _, row in rows.iterrows()],
            value=rows["estimate"],
            role=self.book.role,
            ends=[
                decimals_off_zero(ends, 1) for ends in zip(rows["low"], rows["high"], strict=True)
            ],
        )
        columns = [
            Column("label", pick(nb="Prøve", en="Test")),
            Column("value", pick(nb="Bidrag, poeng", en="Contribution, points"), 1),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), "ends"),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), "ends"),
            Column("n", pick(nb="Elever", en="Pupils"), 0),
        ]
        self.page.chart_of(
            "dots",
            rows,
            columns,
            name="contribution",
            title=contribution_title(self.book, rows),
            subtitle=pick(
                nb="Skalapoeng utover det elevenes tidligere resultat tilsier, i snitt for "
                f"kullene, 95 %-intervall. Null er {self._average_school(rows)}.",
                en="Scale points beyond what pupils' earlier results suggest, on average for the "
                f"cohorts, 95% interval. Zero is {self._average_school(rows)}.",
            ),
            reference=0.0,
            against=wording.word("zero", self.page.language),
            decimals=1,
            **self.book.marks,
        )

    def _average_school(self, rows: pd.DataFrame) -> str:
        """Name whose average school zero is, where the files of some tests hold more schools."""
        pick = self.page.pick
        own = pick(nb="kommunens gjennomsnittsskole", en="the municipality's average school")
        wide = pick(nb="gjennomsnittsskolen i elevfilen", en="the average school of the pupil file")
        if rows["wider"].all():
            return wide
        if not rows["wider"].any():
            return own
        tests = wording.listing(
            [self.book.test(row) for _, row in rows[rows["wider"]].iterrows()], self.page.language
        )
        return pick(nb=f"{own}, i {tests} {wide}", en=f"{own}, in {tests} {wide}")

    def show_cohorts_and_like(self) -> None:
        """Tabulate the newest cohort's contribution, and the school beside those like it."""
        rows = self.book.contributions
        rows = rows[rows["school"] == self.school.key]
        if rows.empty:
            return
        pick, language = self.page.pick, self.page.language
        table = pd.DataFrame(
            {
                "label": [wording.sentence(self.book.test(row)) for _, row in rows.iterrows()],
                "average": [
                    _estimate(row, "estimate", "low", "high", language)
                    for _, row in rows.iterrows()
                ],
                **{
                    name: [
                        _estimate(row, name, f"{name}_low", f"{name}_high", language)
                        for _, row in rows.iterrows()
                    ]
                    for name in ("newest", "difference")
                },
            }
        )
        self.page.table(
            table,
            [
                Column("label", pick(nb="Prøve", en="Test")),
                Column("average", pick(nb="Snitt av kullene", en="Average of the cohorts")),
                Column("newest", pick(nb="Nyeste kull", en="Newest cohort")),
                Column(
                    "difference", pick(nb="Mot skoler som er like", en="Beside schools like it")
                ),
            ],
            name="contribution-like",
            title=pick(
                nb="Skolebidrag, poeng, med 95 %-intervall",
                en="School contribution, points, with 95% intervals",
            ),
            **self.book.marks,
        )


def _estimate(row: pd.Series, value: str, low: str, high: str, language: str) -> str:
    """Write an estimate with its interval in one cell."""
    if pd.isna(row[value]):
        return HIDDEN
    places = decimals_off_zero((row[low], row[high]), 1)
    written = write_number(row[value], 1, language)
    ends = (write_number(row[end], places, language) for end in (low, high))
    between = f" {wording.word('to', language)} ".join(ends)
    return f"{written} ({between})"


def _interval(row: pd.Series, language: str) -> str:
    """Write both ends in one cell, so that the table fits a phone."""
    if pd.isna(row["low"]):
        return HIDDEN
    ends = (write_number(row[end], int(row["decimals"]), language) for end in ("low", "high"))
    return f" {wording.word('to', language)} ".join(ends)
