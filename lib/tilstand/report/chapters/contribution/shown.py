"""Word and trace what may be shown of an edition's school contributions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.pupils.door import Contribution, open_contribution
from tilstand.report import wording
from tilstand.report.chapters.pupils.shown import own_role
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

OFFICIAL = "official_school_contribution"
ORIGIN = "pupil-file"


@dataclass(frozen=True)
class Shown:
    """Hold the contributions that a chapter shows, in the words of its page.

    Parameters
    ----------
    page : Page
        Gives language and names.
    found : Contribution or None
        What the door for pupils has handed out; None where the edition has no pupil file, and
        every number is then missing and every table empty.
    """

    page: Page
    found: Contribution | None = None

    @property
    def wider(self) -> bool:
        """Whether the pupils stand for more than our own municipality."""
        return self.found is not None and self.found.wider

    @property
    def least(self) -> int | None:
        """Pupils of the smallest school that is shown."""
        return None if self.found is None else self.found.least

    def frame(self, name: str) -> pd.DataFrame:
        """Take one of the tables of `Contribution`; no rows where there are no pupils."""
        return pd.DataFrame() if self.found is None else getattr(self.found, name)

    def numbers(self, name: str) -> dict[str, float]:
        """Take one of the sets of numbers of `Contribution`; none where there are no pupils."""
        return {} if self.found is None else getattr(self.found, name)

    def number(self, name: str, key: str) -> float | None:
        """Take one number of a set; None where there are no pupils."""
        return self.numbers(name).get(key)

    def column(self, name: str, key: str) -> pd.Series:
        """Take one column of a table; no rows where there are no pupils."""
        return self.frame(name).get(key, pd.Series(dtype=float))

    def value(self, number: float | None, decimals: int = 1) -> Value:
        """Make a value that names the pupil file as its origin; missing where not finite."""
        clean = None if number is None or not math.isfinite(float(number)) else float(number)
        ref = f"{ORIGIN}|{self.page.edition.name}"
        return Value(clean, decimals=decimals, refs=(ref,), recipe=ORIGIN)

    def said(self, name: str, *keys: str, decimals: int = 1) -> dict[str, Value]:
        """Make values of numbers of one set, by their keys."""
        return {key: self.value(self.number(name, key), decimals) for key in keys}

    @property
    def role(self) -> str:
        """How charts mark the municipality's own numbers."""
        return own_role(self.page)

    @property
    def marks(self) -> dict[str, Any]:
        """Source line and mark of every exhibit."""
        few = f"{self.least}"
        source = self.page.pick(
            nb=f"Kilde: utgavens elevfil, egne beregninger. Skoler med færre enn {few} elever "
            "er utelatt, og de der tallet sammen med resten av boka ville røpet en liten gruppe.",
            en=f"Source: the edition's pupil file, our computations. Schools with fewer than "
            f"{few} pupils are left out, and those whose number would give a small group away "
            "together with the rest of the book.",
        )
        return {"source": source, "simulated": self.page.edition.simulated}

    def left_out(self) -> dict[str, Value]:
        """Count the schools that are shown, of all, cohort by cohort and for all together.

        Returns
        -------
        dict
            ``left_out``, missing where no school is, ``with_pooled`` and ``all_schools``.
        """
        schools = self.number("counts", "schools")
        out = None if schools is None else schools - self.column("cohorts", "school").nunique()
        return {
            "left_out": self.value(out or None, 0),
            "with_pooled": self.value(len(self.frame("ours")) or None, 0),
            "all_schools": self.value(schools, 0),
        }

    def words(self) -> dict[str, str | Value]:
        """Name for prose what the pupils were tested in and what zero means.

        Returns
        -------
        dict
            ``result`` and ``earlier_result``, ``corrected`` (with or without the correction for
            test error) and ``reference`` (whose average school is zero).
        """
        page, found = self.page, self.found
        if found is None:
            return dict.fromkeys(WORDS, Value(None))
        return {
            "result": self._test(found.subject, found.grade, nb="prøven", en="the test"),
            "earlier_result": self._test(
                found.subject, found.prior_grade, nb="den tidligere prøven", en="the earlier test"
            ),
            "corrected": page.pick(nb="med", en="with")
            if found.corrected
            else page.pick(nb="uten", en="without"),
            "reference": self.reference,
        }

    def _test(self, subject: str, grade: str, *, nb: str, en: str) -> str:
        """Name a test by what the edition says of it: its subject, its grade, or neither."""
        pick, plain = self.page.pick, self.page.pick(nb=nb, en=en)
        named = self.page.register.category_label(subject, self.page.language)
        place = wording.grade_name(grade, self.page.language) if grade else plain
        if not named:
            return f"{plain} {pick(nb='på', en='in')} {place}" if grade else plain
        return f"{named} {pick(nb='på', en='in')} {place}"

    @property
    def reference(self) -> str:
        """Whose average school zero is."""
        if self.wider:
            return self.page.pick(nb="hele filen", en="the whole file")
        name = self.page.name
        return self.page.pick(nb=f"kommunen {name}", en=f"the municipality {name}")


#: Keys of `Contribution.checks` that the documentation names.
CHECKS = (
    "half_correlation",
    "half_reliability",
    "model_reliability",
    *(
        f"{name}{end}"
        for name in ("half_slope", "cohort_slope", "placebo", "placebo_naive")
        for end in ("", "_low", "_high")
    ),
)
WORDS = ("result", "earlier_result", "corrected", "reference")


def open_shown(page: Page) -> Shown:
    """Open an edition's school contributions for a chapter.

    Parameters
    ----------
    page : Page
        The chapter's page.

    Returns
    -------
    Shown
        Empty where the edition has no pupil file.
    """
    return Shown(page, open_contribution(page.project, page.edition.name))


def year_before(value: Value) -> Value:
    """Name the year before a value's own, where two years are pooled."""
    number = None if value.missing or value.year is None else value.year - 1
    return replace(value, number=number, recipe="year", decimals=0, approximate=False)


def official_rows(page: Page) -> pd.DataFrame:
    """List the official indicator for grades 1-4, labelled by the two years that are pooled."""
    rows = page.rows(OFFICIAL, grade="1-4").sort_values("year")
    between = page.pick(nb="og", en="and")
    return rows.assign(label=[f"{year - 1} {between} {year}" for year in rows["year"]])
