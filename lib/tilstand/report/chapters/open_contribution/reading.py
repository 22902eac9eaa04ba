"""Read the national fit and its guards out of an edition's exports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.comparable import first_comparable_year
from tilstand.analysis.open_contribution import guards
from tilstand.analysis.open_contribution.fit import OpenFit, fit_open
from tilstand.analysis.open_contribution.flags import MASTERY, TAKING_PART, school_flags
from tilstand.analysis.open_contribution.gate import Gate, national_gate, shown_schools
from tilstand.analysis.open_contribution.pairs import INDICATOR, OpenPairs, open_pairs
from tilstand.analysis.open_contribution.standing_apart import apart_schools
from tilstand.analysis.open_contribution.towns import town_means
from tilstand.register import read_text_table
from tilstand.sources.contribution_tests import (
    OUTCOME_GRADE,
    PRIOR_GRADE,
    needed_tests,
    setting_rows,
    settings_of,
)
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.analysis.open_contribution.settings import Settings
    from tilstand.report.page.page import Page

R = TypeVar("R")
APART_COLUMNS = ("word", "reason_nb", "reason_en")
SCALE_BREAK = "np-2022"


def _shared(make: Callable[[OpenContribution], R]) -> cached_property[R]:
    """Make a property of the country that all pages in a language have from the first that asks."""

    def get(self: OpenContribution) -> R:
        key = (__name__, make.__name__, *self.page.of_country, self.page.language)
        return once(key, lambda: make(self))

    get.__doc__ = make.__doc__
    return cached_property(get)


@dataclass(frozen=True)
class OpenContribution:
    """Hold what an edition's open tables say of its lower secondary schools.

    Parameters
    ----------
    page : Page
        The page that shows it.
    """

    page: Page

    @cached_property
    def setting_rows(self) -> pd.DataFrame:
        """Assumptions and limits that hold in the edition's year, with words and sources."""
        return setting_rows(self.page.project.register, self.page.year)

    @cached_property
    def settings(self) -> Settings:
        """The same as numbers."""
        return settings_of(self.setting_rows)

    @cached_property
    def first_year(self) -> int:
        """First autumn on the scale of the edition's year."""
        return first_comparable_year(self.page.register, INDICATOR, self.page.year)

    @property
    def first_possible(self) -> int:
        """First autumn whose grade 9 had its grade 8 on today's scale."""
        breaks = self.page.register.breaks
        return int(breaks.loc[breaks["break"] == SCALE_BREAK, "year"].iloc[0]) + 1

    @_shared
    def tests(self) -> pd.DataFrame:
        """The edition's rows of both grades' tests."""
        rows = self.page.every(INDICATOR)
        return rows[
            rows["grade"].isin([PRIOR_GRADE, OUTCOME_GRADE]) & (rows["year"] >= self.first_year)
        ]

    @cached_property
    def views(self) -> pd.DataFrame:
        """Shares by mastery level, and of those who sat the tests, where the exports have them."""
        figures = self.page.figures
        return figures[
            figures["indicator"].isin([MASTERY, TAKING_PART])
            & figures["grade"].isin([PRIOR_GRADE, OUTCOME_GRADE])
            & (figures["year"] >= self.first_year)
        ]

    @_shared
    def flags(self) -> pd.DataFrame:
        """Mark the country's schools by absence and share at the highest level (`school_flags`).

        Only schools of the fit: those that stand apart are in no count of the page.
        """
        made = school_flags(
            self.views, self.settings, first_year=self.first_year, last_year=self.page.year
        )
        fitted = [] if self.fit is None else self.fit.data.units
        return made[made["unit"].isin(fitted)].reset_index(drop=True)

    @cached_property
    def _units(self) -> pd.DataFrame:
        units = self.page.register.units
        schools = units[units["level"] == "school"]
        return schools if "municipality" in schools else schools.assign(municipality="")

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each school of the country."""
        names = self._units[f"name_{self.page.language}"].str.strip()
        return dict(zip(self._units["code"], names, strict=True))

    @cached_property
    def owners(self) -> dict[str, str]:
        """Place of each school's municipality."""
        return dict(zip(self._units["code"], self._units["municipality"], strict=True))

    @_shared
    def apart(self) -> dict[str, str]:
        """Why a school stands apart, by organisation number."""
        words = read_text_table(self.page.project.register / "apart_schools.csv", APART_COLUMNS)
        said = dict(zip(words["word"], words[f"reason_{self.page.language}"], strict=True))
        found = apart_schools(self.tests, self.names, said)
        private = self.page.pick(nb="privat skole", en="private school")
        return {unit: private if why == "private" else why for unit, why in found.items()}

    @_shared
    def pairs(self) -> OpenPairs:
        """Pairs of means of all schools that do not stand apart."""
        return open_pairs(
            self.tests,
            first_year=self.first_year,
            last_year=self.page.year,
            apart=sorted(self.apart),
        )

    @_shared
    def fit(self) -> OpenFit | None:
        """Fit the country's schools; None where the exports hold no country of them."""
        return fit_open(self.pairs.pairs, self.settings)

    @_shared
    def placebo(self) -> OpenFit | None:
        """Fit the same machinery to grade 8 against the next autumn's grade 8."""
        return guards.placebo(self.tests, self.settings, self.first_year, sorted(self.apart))

    @_shared
    def gate(self) -> Gate:
        """Whether schools may be shown."""
        return national_gate(self.fit, self.placebo, self.settings)

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Our schools by name, those kept back too.

        Returns
        -------
        DataFrame
            Columns of `gate.shown_schools`, ``label``, ``flag_absence`` and ``flag_top``; empty
            without a fit.
        """
        key = (__name__, "schools", *self.page.of_country, self.page.language, self.page.place)
        return once(key, self._schools)

    def _schools(self) -> pd.DataFrame:
        if self.fit is None:
            return pd.DataFrame()
        table = shown_schools(self.fit, self.gate, self.settings)
        ours = table[table["unit"].map(self.owners) == self.page.place]
        marked = {
            name: ours["unit"].isin(self.flags.loc[self.flags[name], "unit"])
            for name in ("flag_absence", "flag_top")
        }
        ours = ours.assign(label=ours["unit"].map(self.names), **marked)
        order = ours["label"].map(by_name).sort_values(kind="stable").index
        return ours.loc[order].reset_index(drop=True)

    @property
    def shown(self) -> pd.DataFrame:
        """Our schools that pass the gate."""
        table = self.schools
        return table[table["kept_back"] == ""].reset_index(drop=True) if len(table) else table

    @cached_property
    def town(self) -> pd.Series | None:
        """The municipality's own mean; None where it has no published school."""
        if self.fit is None:
            return None
        means = town_means(self.fit, {u: p for u, p in self.owners.items() if p == self.page.place})
        return None if means.empty else means.iloc[0]

    @_shared
    def trials(self) -> pd.DataFrame:
        """Other assumptions and the placebo, as `guards.sensitivity` lays them out."""
        rows = []
        if self.fit is not None:
            absent = self.flags.loc[self.flags["flag_absence"], "unit"].tolist()
            rows.append(guards.sensitivity(self.pairs, self.settings, self.fit, absent))
        if self.placebo is not None:
            rows.append(pd.DataFrame([guards.summary(self.placebo, "placebo")]))
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()

    @property
    def wanted(self) -> list[tuple[str, int]]:
        """Grades and autumns that the chapter asks for, newest first."""
        return needed_tests(self.page.register, self.page.year, self.settings.fewest_pairs)
