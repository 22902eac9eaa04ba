"""Read a grade's distributions over mastery levels as figures, tables and prose need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis import label_check, levels
from tilstand.report import wording
from tilstand.report.numbers import Value, computed
from tilstand.report.page.across import show_across
from tilstand.report.page.groups import name_of
from tilstand.report.page.rows import OLD_YEARS
from tilstand.sources.unshown import told_sources

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

SHARE = "np_mastery_share"
MEAN = "np_mean_level"
NATION = "norge"
TESTS = ["reading", "numeracy", "english"]
END_NAMES = {
    "low": {"nb": "lavt", "en": "low"},
    "high": {"nb": "høyt", "en": "high"},
}


class Mastery:
    """Hold one grade's distributions, for the municipality and the country.

    Parameters
    ----------
    page : Page
        The chapter's page.
    grade : str
        "5" (three levels), "8" or "9" (five).
    exported : bool
        Take what the edition's exports hold, not what documents print.
    """

    def __init__(self, page: Page, grade: str, *, exported: bool = False) -> None:
        self.page = page
        self.grade = grade
        codes = [f"level_{number}" for number in range(1, 6)]
        rows = page.rows(SHARE, by="place", grade=grade, subject=TESTS, category=codes)
        rows = rows[rows["source"].isin(told_sources(page.project)) != exported]
        self.tests = [code for code in TESTS if not exported or code in set(rows["subject"])]
        order = rows["subject"].map({code: number for number, code in enumerate(TESTS)})
        self.shares = (
            rows[rows["role"].isin(["own", "nation"])]
            .assign(number=rows["category"].str[-1:], _order=order)
            .sort_values(["_order", "year"], kind="stable")
            .drop(columns="_order")
        )
        self.shares["number"] = pd.to_numeric(self.shares["number"])
        self.years = [int(year) for year in sorted(set(self.shares["year"]))]
        self.top = int(self.shares["number"].max()) if self.years else 0

    @property
    def level_names(self) -> list[str]:
        """Names of the levels, from the lowest."""
        register, language = self.page.register, self.page.language
        return [register.category_label(f"level_{n}", language) for n in range(1, self.top + 1)]

    @property
    def first_year(self) -> Value:
        """First year with a distribution."""
        return self._year(0)

    @property
    def last_year(self) -> Value:
        """Last year with a distribution."""
        return self._year(-1)

    def _year(self, index: int) -> Value:
        if not self.years:
            return Value(None, recipe="year")
        refs = tuple(self.shares["ref"].iloc[:1])
        return Value(self.years[index], year=self.years[index], refs=refs, recipe="year")

    def bars(self) -> pd.DataFrame:
        """Return rows for a figure of levels: every year of ours, the last of the country."""
        if not self.years:
            return self.shares
        last = self.shares["year"] == self.years[-1]
        kept = self.shares[(self.shares["role"] == "own") | last].copy()
        kept["group"] = [name_of(self.page, "subject", code) for code in kept["subject"]]
        kept["label"] = kept["label"] + " " + kept["year"].astype(str)
        kept["level_name"] = kept["number"].map(dict(enumerate(self.level_names, start=1)))
        turn = kept["role"].map({"own": 0, "nation": 1})
        order = kept["subject"].map({code: number for number, code in enumerate(TESTS)})
        kept = kept.assign(_turn=turn, _order=order)
        kept = kept.sort_values(["_order", "_turn", "year", "number"])
        return kept.drop(columns=["_turn", "_order"])

    def _ends(self, place: str) -> pd.DataFrame:
        own = self.shares[self.shares["place"] == place]
        return levels.ends(own, top=self.top) if len(own) else pd.DataFrame()

    def end(
        self, side: str, place: str = "", year: Value | None = None, subject: str = ""
    ) -> Value:
        """Return the share at the lowest or highest levels.

        Parameters
        ----------
        side : {"low", "high"}
            Level 1 or 3 on 5. trinn; levels 1 and 2 or 4 and 5 on 8. trinn.
        place : str, optional
            The municipality if not given.
        year : Value, optional
            The last year if not given.
        subject : str, optional
            One test; the mean of the tests if not given.

        Returns
        -------
        Value
            Percent with one decimal; missing where there is no distribution.
        """
        wanted = self.last_year if year is None else year
        place = place or self.page.place
        ends = self._ends(place)
        if ends.empty or wanted.missing:
            return Value(None, decimals=1)
        tests = [subject] if subject else self.tests
        found = ends[(ends["year"] == wanted.year) & ends["subject"].isin(tests)]
        if found.empty or len(found) != len(tests):
            return Value(None, decimals=1, year=wanted.year)
        number = float(found[side].mean())
        refs = self._refs(place, int(wanted.year or 0), tests, side)
        return Value(number, decimals=1, year=wanted.year, refs=refs, recipe="sum of levels")

    def _refs(self, place: str, year: int, tests: list[str], side: str) -> tuple[str, ...]:
        width = 1 if self.top == 3 else 2  # as in levels.ends
        number = self.shares["number"]
        chosen = number <= width if side == "low" else number > self.top - width
        rows = self.shares[
            chosen
            & (self.shares["place"] == place)
            & (self.shares["year"] == year)
            & self.shares["subject"].isin(tests)
        ]
        return tuple(rows["ref"])

    def gap(self, side: str, subject: str, year: Value) -> Value:
        """Return the distance to the country in percentage points, signed."""
        own, nation = (self.end(side, place, year, subject) for place in ("", NATION))
        return own - nation

    def end_lines(self) -> pd.DataFrame:
        """Return rows for a line figure: both ends, mean of the tests, ours and the country's."""
        made = []
        for place in (self.page.place, NATION):
            rows = self.shares[self.shares["place"] == place]
            for side in ("high", "low"):
                name = END_NAMES[side][self.page.language]
                for year in sorted(set(rows["year"])):
                    row = rows[rows["year"] == year].iloc[0]
                    value = self.end(side, place, Value(year, year=int(year)))
                    label = f"{row['label']}, {name}"
                    made.append({**row, "label": label, "value": float(value)})
        return pd.DataFrame(made).drop(columns=["n"], errors="ignore")

    def now(self, side: str, place: str = "") -> Value:
        """Return the mean of the tests in the edition's own year; missing in other editions."""
        return self.end(side, place, Value(self.page.year, year=self.page.year))

    def reduced(self, share: Value, goal: Value) -> Value:
        """Return what a share would be if it fell by a goal's percentage."""
        if share.missing or goal.missing:
            return Value(None, decimals=1)
        return computed(float(share) * (1 - float(goal) / 100), share, goal, recipe="goal")

    def gaps(self) -> list[dict]:
        """Return table lines: the distance to the country at both ends, first and last year."""
        made = []
        for code in TESTS if self.years else []:
            row: dict[str, Any] = {"label": self._test_name(code), **self._origin()}
            for side in ("low", "high"):
                row[f"{side}_first"] = float(self.gap(side, code, self.first_year))
                row[f"{side}_last"] = float(self.gap(side, code, self.last_year))
            made.append(row)
        return made

    def _test_name(self, code: str) -> str:
        test = self.page.register.category_label(code, self.page.language)
        return f"{name_of(self.page, 'grade', self.grade)}, {test}"

    def _origin(self) -> dict[str, str]:
        row = self.shares.iloc[0]
        return {"source": row["source"], "section": row["section"], "ref": row["ref"]}

    # -- the check of labels -----------------------------------------------------------------

    @property
    def _printed(self) -> pd.DataFrame:
        rows = self.page.rows(MEAN, by="place", grade=self.grade, subject=TESTS)
        return rows[rows["role"].isin(["own", "nation"])]

    @property
    def agreeing(self) -> Value:
        """Labellings that agree with the printed means."""
        return self._fit("agreeing")

    @property
    def possible(self) -> Value:
        """Labellings that were tried."""
        return self._fit("possible")

    def _fit(self, part: str) -> Value:
        if not self.years or self._printed.empty:
            return Value(None)
        found = label_check.fit(self.shares, self._printed)
        refs = tuple(self._printed["ref"])
        return Value(getattr(found, part), refs=refs, recipe="label check")

    def checks(self) -> list[dict]:
        """Return table lines: computed and printed mean level, one line a test."""
        if self.possible.missing:
            return []
        both = label_check.against_printed(self.shares, self._printed)
        return [
            {
                "label": self._test_name(code),
                **self._pair(both[both["subject"] == code]),
                **self._origin(),
            }
            for code in TESTS
        ]

    def _pair(self, rows: pd.DataFrame) -> dict[str, float]:
        pair: dict[str, float] = {}
        for row in rows.to_dict("records"):
            who = "own" if row["place"] == self.page.place else "nation"
            pair |= {f"{who}_computed": row["computed"], f"{who}_printed": row["printed"]}
        return pair


def gaps(*grades: Mastery) -> pd.DataFrame:
    """Put the distances of several grades into one table."""
    return pd.DataFrame([line for grade in grades for line in grade.gaps()])


def checks(*grades: Mastery) -> pd.DataFrame:
    """Put the computed and printed means of several grades into one table."""
    return pd.DataFrame([line for grade in grades for line in grade.checks()])


def show_exported(page: Page, found: Mastery) -> None:
    """Show the levels that the edition's exports hold of one grade; nothing where they do not."""
    high, nation = found.end("high"), found.end("high", NATION)
    if high.missing:
        return
    grade = wording.grade_name(found.grade, page.language)
    top = page.pick(nb="høyeste nivå", en="the highest level")
    if found.top > 3:
        top = page.pick(nb="de to høyeste nivåene", en="the two highest levels")
    page.chart(
        "levels",
        found.bars(),
        name=f"np-nivaaer-{found.grade}",
        names=found.level_names,
        title=page.title(
            nb="{own} prosent på {top} på {grade} i {name} i {year}, {nation} i landet",
            en="{own} per cent at {top} in {grade} in {name} in {year}, {nation} in Norway",
            own=high,
            nation=nation,
            name=page.name,
            year=found.last_year,
            grade=grade,
            top=top,
        ),
        subtitle=page.title(
            nb="Elever etter mestringsnivå, prosent. Tittelen gir snittet av prøvene.",
            en="Pupils by mastery level, per cent. The title gives the mean of the tests.",
        ),
    )


def show_country(page: Page, grade: str) -> None:
    """Show the country's share on every level in every test and year.

    Parameters
    ----------
    page : Page
        The open page. An edition of today has no use for the country's old years.
    grade : str
        The grade.
    """
    found = page.near
    found = found[(found["indicator"] == SHARE) & (found["grade"] == grade)]
    if found.empty:
        return
    levels_of = sorted(set(found["category"]))
    rows = page.rows(SHARE, "place", grade=grade, subject=TESTS, category=levels_of)
    rows = rows[(rows["role"] == "nation") & (page.year - rows["year"] <= OLD_YEARS)]
    named, language = page.register.category_label, page.language
    labels = [
        wording.sentence(f"{named(subject, language)}, {named(level, language)}")
        for subject, level in zip(rows["subject"], rows["category"], strict=True)
    ]
    show_across(
        page,
        rows.assign(label=labels).sort_values(["subject", "category", "year"]),
        header=page.pick(nb="Prøve og nivå", en="Test and level"),
        name=f"np-landet-{grade}",
        title=page.title(
            nb="Landets fordeling på mestringsnivåer på {grade}, prosent",
            en="The country’s distribution over mastery levels in {grade}, per cent",
            grade=wording.grade_name(grade, page.language),
        ),
        decimals=1,
    )
