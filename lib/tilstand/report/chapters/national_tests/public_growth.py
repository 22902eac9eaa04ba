"""Read growth from grade 5 to grade 8 out of an edition's exports, for every municipality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from tilstand import contracts
from tilstand.alphabet import by_name
from tilstand.analysis import subject_growth
from tilstand.analysis.cohort_pairs import REASONS, Cohort, cohort_pairs
from tilstand.analysis.proportions import LEVEL
from tilstand.analysis.published_means import mean_difference
from tilstand.analysis.published_tests import rows_of_tests
from tilstand.analysis.subject_growth import (
    OUTCOME_GRADE,
    PRIOR_GRADE,
    YEARS_BETWEEN,
    contributions_of_subjects,
    fit_subjects,
    last_cohort_year,
    of_subject,
)
from tilstand.register import read_text_table
from tilstand.report.numbers import Value, computed
from tilstand.report.page import compare
from tilstand.report.series import row_ref
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.analysis.cohort_growth import Growth
    from tilstand.report.page.page import Page

R = TypeVar("R")
#: Levels that the published margins could be of instead, tried one at a time.
MARGIN_LEVELS = (0.90, 0.99)


@dataclass(frozen=True)
class PublicGrowth:
    """Hold the growth of a cohort from grade 5 to grade 8, as public tables show it.

    Parameters
    ----------
    page : Page
        The chapter's page.
    """

    page: Page

    def _once(self, name: str, make: Callable[[], R]) -> R:
        """Make what is of the whole country once for all pages that know the same of it."""
        return once((__name__, name, *self.page.of_country), make)

    @cached_property
    def _tests(self) -> pd.DataFrame:
        asked = [PRIOR_GRADE, OUTCOME_GRADE]
        return self._once("tests", lambda: rows_of_tests(self.page.figures, asked))

    @cached_property
    def _near(self) -> pd.DataFrame:
        """Of the tests those of the municipality and what it is held against."""
        return rows_of_tests(self.page.near, [PRIOR_GRADE, OUTCOME_GRADE])

    @cached_property
    def last_year(self) -> int:
        """Newest autumn whose cohort has both tests on one scale; 0 where there is none."""
        return self._once("year", lambda: last_cohort_year(self._tests, self.page.register))

    @cached_property
    def year(self) -> Value:
        """Autumn of the later test, missing where there is none."""
        return self._year(self.last_year)

    @property
    def prior_year(self) -> Value:
        """Autumn of the earlier test."""
        return self._year(self.last_year - YEARS_BETWEEN if self.last_year else 0)

    def _year(self, year: int) -> Value:
        tests = self._near
        nation = tests[(tests["place"] == "norge") & (tests["year"] == year)]
        refs = tuple(row_ref(row) for row in nation.head(1).to_dict("records"))
        return Value(year or None, year=year or None, refs=refs, recipe="year")

    @property
    def wanted(self) -> list[tuple[str, int]]:
        """Grades and autumns that the edition's own year asks for."""
        year = self.page.year
        return [(OUTCOME_GRADE, year), (PRIOR_GRADE, year - YEARS_BETWEEN)]

    # -- the analysis ------------------------------------------------------------------------

    def cohort(self, level: str = "municipality", margin_level: float = LEVEL) -> Cohort:
        """Pair the two means of every unit, for all subjects; each only once."""
        if (level, margin_level) not in self._cohorts:
            made = self._once(f"{level} {margin_level}", lambda: self._paired(level, margin_level))
            self._cohorts[level, margin_level] = made
        return self._cohorts[level, margin_level]

    def _paired(self, level: str, margin_level: float) -> Cohort:
        file = self.page.project.register / "changes.csv"
        return cohort_pairs(
            self._tests,
            read_text_table(file, contracts.CHANGE_COLUMNS),
            self.last_year,
            level=level,
            margin_level=margin_level,
            owners=self._owners,
        )

    @cached_property
    def _owners(self) -> dict[str, str]:
        """Place of the municipality that each school lies in."""
        units = self.page.register.units
        if "municipality" not in units:
            return {}
        schools = units[units["level"] == "school"]
        return dict(zip(schools["code"], schools["municipality"], strict=True))

    @cached_property
    def _cohorts(self) -> dict[tuple[str, float], Cohort]:
        return {}

    @cached_property
    def towns(self) -> Cohort:
        """The municipalities' pairs."""
        return self.cohort()

    @cached_property
    def fits(self) -> dict[str, Growth]:
        """The line of each subject, on municipalities with whole coverage."""
        return self._once("fits", lambda: fit_subjects(self.towns.pairs))

    @cached_property
    def results(self) -> pd.DataFrame:
        """Contributions of every municipality and subject, by name.

        Returns
        -------
        DataFrame
            Columns of `contributions`, with ``label``, ``county`` and ``role``: own, other (in
            our county) or rest.
        """
        made = self._once(
            "contributions", lambda: contributions_of_subjects(self.towns.pairs, self.fits)
        )
        if made.empty:
            return made
        units = self.page.register.units
        valid = units[(units["level"] == "municipality") & (units["valid_to"] >= self.last_year)]
        valid = valid[valid["valid_from"] <= self.last_year].drop_duplicates("code")
        county = dict(zip(valid["code"], valid["county"], strict=True))
        names = dict(zip(valid["code"], valid[f"name_{self.page.language}"], strict=True))
        made = made.assign(
            county=made["unit"].map(county),
            label=made["unit"].map(names).fillna(made["unit"]),
            n=made["outcome_n"],
            value=made["contribution"],
        )
        ours = made.loc[made["place"] == self.page.place, "county"]
        near = made["county"].isin(set(ours)) if len(ours) else made["county"].isin(self._county())
        made["role"] = "rest"
        made.loc[near, "role"] = "other"
        made.loc[made["place"] == self.page.place, "role"] = "own"
        order = made["label"].map(by_name)
        return made.loc[order.sort_values(kind="stable").index].reset_index(drop=True)

    def _county(self) -> list[str]:
        return [str(self.page.register.unit(self.page.edition.municipality, self.page.year).county)]

    def of(self, subject: str) -> pd.DataFrame:
        """Return one subject's rows of `results`."""
        return (
            self.results[self.results["subject"] == subject] if len(self.results) else self.results
        )

    def own(self, subject: str) -> pd.Series | None:
        """Return the municipality's own row; None where it has no contribution."""
        rows = self.of(subject)
        rows = rows[rows["role"] == "own"] if len(rows) else rows
        return None if rows.empty else rows.iloc[0]

    def refused(self, subject: str) -> pd.Series | None:
        """Return the municipality's pair where the two tests are not of the same pupils."""
        if not self.last_year:
            return None
        rows = of_subject(self.towns.pairs, subject)
        rows = rows[(rows["place"] == self.page.place) & rows["partial"].astype(bool)]
        return None if rows.empty else rows.iloc[0]

    # -- what prose says ---------------------------------------------------------------------

    def _basis(self, subject: str) -> Value:
        if subject not in self._bases:
            self._bases[subject] = self._based(subject)
        return self._bases[subject]

    @cached_property
    def _bases(self) -> dict[str, Value]:
        return {}

    def _based(self, subject: str) -> Value:
        tests, last = self._near, self.last_year
        rows = tests[
            (tests["place"] == self.page.place)
            & (tests["subject"] == subject)
            & (
                ((tests["grade"] == OUTCOME_GRADE) & (tests["year"] == last))
                | ((tests["grade"] == PRIOR_GRADE) & (tests["year"] == last - YEARS_BETWEEN))
            )
        ]
        refs = tuple(row_ref(row) for row in rows.to_dict("records"))
        return Value(0, refs=refs or self.year.refs)

    def number(self, subject: str, number: float | None, decimals: int = 1) -> Value:
        """Make a value of a number that rests on the subject's two exports."""
        return computed(number, self._basis(subject), decimals=decimals, recipe="growth")

    def contribution(self, subject: str) -> compare.Comparison:
        """Compare the municipality's later mean with the expected one."""
        row = self.own(subject)
        if row is None:
            return compare.means(None)
        found = mean_difference(float(row["contribution"]), float(row["se"]) ** 2)
        return compare.means(found, self._basis(subject), decimals=1)

    def numbers(self, subject: str) -> dict[str, Value]:
        """Return the numbers that prose names for a subject.

        Returns
        -------
        dict of Value
            Of the municipality: ``prior``, ``outcome``, ``expected``, ``reliability`` (percent),
            ``shrunk``, ``prior_n``, ``outcome_n``, and ``partial_n``, ``whole_n`` and
            ``coverage`` (percent) where the earlier test lacks many pupils, and no contribution
            is computed. Of all: ``units``, ``slope``, ``naive``,
            ``growth_sd``, ``apart`` (told from zero). Missing where there are none.
        """
        row, fit = self.own(subject), self.fits.get(subject)
        own = {} if row is None else row.to_dict()
        refused = self.refused(subject)
        lacking = {} if refused is None else refused.to_dict()
        rows = self.of(subject)
        told: dict[str, tuple[float | None, int]] = {
            "prior": (own.get("prior"), 1),
            "outcome": (own.get("outcome"), 1),
            "expected": (own.get("expected"), 1),
            "shrunk": (own.get("shrunk"), 1),
            "reliability": (100 * own["reliability"] if own else None, 0),
            "prior_n": (own.get("prior_n"), 0),
            "outcome_n": (own.get("outcome_n"), 0),
            "partial_n": (lacking.get("prior_n"), 0),
            "whole_n": (lacking.get("outcome_n"), 0),
            "coverage": (100 * lacking["coverage"] if lacking else None, 0),
            "units": (fit.units if fit else None, 0),
            "slope": (fit.slope if fit else None, 2),
            "naive": (fit.naive_slope if fit else None, 2),
            "growth_sd": (fit.growth_sd if fit else None, 1),
            "apart": (int(rows["stands_out"].sum()) if len(rows) else None, 0),
            "all": (len(rows) or None, 0),
        }
        return {name: self.number(subject, *pair) for name, pair in told.items()}

    def why_not(self, subject: str) -> str | None:
        """Say why the municipality has no contribution; None where it has one or nobody has."""
        left = self.towns.left_out if self.last_year else pd.DataFrame()
        if left.empty or self.own(subject) is not None:
            return None
        rows = left[(left["place"] == self.page.place) & (left["subject"] == subject)]
        reason = rows["reason"].iloc[0] if len(rows) else "no_prior"
        return self.page.pick(**WHY[reason])

    def left_out(self, subject: str) -> dict[str, Value]:
        """Count the municipalities without a contribution, by reason."""
        left = (
            self.towns.left_out if self.last_year else pd.DataFrame(columns=["subject", "reason"])
        )
        counts = left.loc[left["subject"] == subject, "reason"].value_counts()
        known = self.last_year > 0
        return {
            reason: self.number(subject, int(counts.get(reason, 0)) if known else None, 0)
            for reason in REASONS
        }

    # -- other assumptions, and schools ------------------------------------------------------

    def sensitivity(self, subject: str) -> pd.DataFrame:
        """Compute the municipality's contribution under other assumptions.

        Returns
        -------
        DataFrame
            ``assumption`` (base, correlation, margin, everyone), ``setting``, ``slope``,
            ``contribution``, ``low`` and ``high``; empty where the municipality has none.
        """
        if self.own(subject) is None or subject not in self.fits:
            return pd.DataFrame()
        other_margins = {
            level: of_subject(self.cohort(margin_level=level).pairs, subject)
            for level in MARGIN_LEVELS
        }
        pairs = of_subject(self.towns.pairs, subject)
        return subject_growth.sensitivity(pairs, self.fits[subject], other_margins, self.page.place)

    @property
    def school_count(self) -> int:
        """How many of our schools have a contribution in some subject."""
        return int(self.schools["unit"].nunique()) if len(self.schools) else 0

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Contributions of our schools that hold both grades, by name; the line is all schools'."""
        if not self.last_year or "municipality" not in self.page.register.units:
            return pd.DataFrame()
        pairs = self.cohort("school").pairs
        fits = self._once("school fits", lambda: fit_subjects(pairs))
        units = self.page.register.units
        ours = units[(units["level"] == "school") & (units["municipality"] == self.page.place)]
        names = dict(zip(ours["code"], ours[f"name_{self.page.language}"].str.strip(), strict=True))
        made = contributions_of_subjects(pairs[pairs["unit"].isin(names)], fits)
        if made.empty:
            return made
        made = made.assign(
            label=made["unit"].map(names),
            n=made["outcome_n"],
            value=made["shrunk"],
            other=made["contribution"],
            role="own",
        )
        order = made["label"].map(by_name).sort_values(kind="stable").index
        return made.loc[order].reset_index(drop=True)


WHY = {
    "no_prior": {
        "nb": "kommunen har ikke noe resultat fra 5. trinn med dette kullet",
        "en": "the municipality has no grade 5 result of this cohort",
    },
    "prior_hidden": {
        "nb": "resultatet fra 5. trinn er skjult fordi elevene var få",
        "en": "the grade 5 result is hidden because the pupils were few",
    },
    "outcome_hidden": {
        "nb": "resultatet fra 8. trinn er skjult fordi elevene var få",
        "en": "the grade 8 result is hidden because the pupils were few",
    },
    "coverage": {
        "nb": "prøven på 5. trinn omfatter ikke de samme elevene som prøven på 8. trinn",
        "en": "the grade 5 test is not of the same pupils as the grade 8 test",
    },
    "split": {
        "nb": "kommunen ble delt, eller fikk en del av en delt kommune, mellom de to prøvene",
        "en": "the municipality was split, or received a part of a split one, between the tests",
    },
}
